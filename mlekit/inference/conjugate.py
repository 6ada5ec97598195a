"""Exact results of families with sufficient statistics: their own intervals, and posteriors under conjugate priors."""

from __future__ import annotations

from typing import cast

from ..families import SufficientFamily
from ..models.posterior import LogPosterior
from ..numerics.arrays import Floats
from ..numerics.frozen import FrozenScipy


def exact_interval(problem: LogPosterior, name: str, level: float) -> tuple[Floats, Floats] | None:
    """The family's own interval of one value, each end [G]; None if it has none."""
    family = _by_sums(problem)
    if family is None:
        return None
    param, at = _parameter(problem, name)
    stats = problem.form.statistics({}, {})
    assert stats is not None
    interval = family.exact_interval(param, stats.batch(), problem.fixed, level)
    return interval if interval is None or at is None else (interval[0][at], interval[1][at])


def posterior_distribution(problem: LogPosterior, name: str) -> FrozenScipy | None:
    """The conjugate posterior of one value as a frozen scipy distribution; None if the prior is not conjugate."""
    family, stats = _by_sums(problem), problem.statistics()
    if family is None or stats is None:
        return None
    param, at = _parameter(problem, name)
    found = family.posterior(param, stats, problem.fixed)
    return found if found is None or at is None else found[at]


def _by_sums(problem: LogPosterior) -> SufficientFamily | None:
    """The family, if its own formulas are about this fit."""
    return cast("SufficientFamily", problem.family) if problem.form.summed and not problem.tied else None


def _parameter(problem: LogPosterior, name: str) -> tuple[str, int | None]:
    """The parameter that a value belongs to, and which of its levels."""
    family = problem.family
    if name in family.params:
        return name, None
    return next((param, family.names(param).index(name)) for param in family.params if name in family.names(param))
