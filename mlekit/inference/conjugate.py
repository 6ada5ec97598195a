"""Exact results of families with sufficient statistics: their own intervals, and posteriors under conjugate priors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from ..families import SufficientFamily
from ..models.posterior import Fitted, LogPosterior
from ..numerics.arrays import Floats
from ..numerics.frozen import FrozenScipy

Found = TypeVar("Found")


def exact_interval(problem: LogPosterior, name: str, level: float) -> tuple[Floats, Floats] | None:
    """The family's own interval of one value, each end [G]; None if it has none."""
    return exact_intervals(problem, [name], level)[0]


def exact_intervals(problem: LogPosterior, names: list[str], level: float) -> list[tuple[Floats, Floats] | None]:
    """The family's own intervals of several values; the levels of one parameter are worked out at once."""
    family = _by_sums(problem)
    if family is None:
        return [None] * len(names)
    sums = problem.form.statistics({}, {})
    assert sums is not None
    stats = sums.batch()
    found = _of_parameters(problem, names, lambda param: family.exact_interval(param, stats, problem.fixed, level))
    return [ends if ends is None or at is None else (ends[0][at], ends[1][at]) for ends, at in found]


def posterior_distribution(problem: LogPosterior, name: str) -> FrozenScipy | None:
    """The conjugate posterior of one value as a frozen scipy distribution; None if the prior is not conjugate."""
    return posterior_distributions(problem, [name])[0]


def posterior_distributions(problem: LogPosterior, names: list[str]) -> list[FrozenScipy | None]:
    """The conjugate posteriors of several values; those of the levels of one parameter are made at once."""
    family, stats = _by_sums(problem), problem.statistics()
    if family is None or stats is None:
        return [None] * len(names)
    found = _of_parameters(problem, names, lambda param: family.posterior(param, stats, problem.fixed))
    return [known if known is None or at is None else known[at] for known, at in found]


def variances(solution: Fitted) -> Floats | None:
    """The variances of the values by formula, [G, U]; None if they need the information matrix."""
    problem = solution.problem
    family = _by_sums(problem)
    if family is None or solution.errors is not None or solution.params is None or problem.fixed_names:
        return None
    stats = problem.statistics()
    return None if stats is None else family.variances(stats.batch())


def _by_sums(problem: LogPosterior) -> SufficientFamily | None:
    """The family, if its own formulas are about this fit."""
    return cast("SufficientFamily", problem.family) if problem.form.summed and not problem.tied else None


def _of_parameters(
    problem: LogPosterior, names: list[str], make: Callable[[str], Found]
) -> list[tuple[Found, int | None]]:
    """The result of `make` for the parameter of each name, worked out once, and the position among its levels."""
    family = problem.family
    place = {name: (param, at) for param in family.params for at, name in enumerate(family.names(param))}
    place |= {param: (param, None) for param in family.params}
    made = {param: make(param) for param in dict.fromkeys(place[name][0] for name in names)}
    return [(made[param], at) for param, at in (place[name] for name in names)]
