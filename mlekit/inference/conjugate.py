"""Exact results of families with sufficient statistics: their own intervals, and posteriors under conjugate priors."""

from __future__ import annotations

from typing import Any

from ..models.posterior import LogPosterior

Array = Any


def exact_interval(problem: LogPosterior, name: str, level: float) -> tuple[Array, Array] | None:
    """The family's own interval of one value, each end [G]; None where it has none."""
    if not _by_sums(problem):
        return None
    family: Any = problem.family
    param, place = _parameter(problem, name)
    stats = problem.form.statistics({}, {})
    assert stats is not None
    interval = family.exact_interval(param, stats.batch(), problem.fixed, level)
    return interval if interval is None or place is None else (interval[0][place], interval[1][place])


def posterior_distribution(problem: LogPosterior, name: str) -> Any:
    """The conjugate posterior of one value as a frozen scipy distribution; None where there is none."""
    stats = problem.statistics() if _by_sums(problem) else None
    if stats is None:
        return None
    family: Any = problem.family
    param, place = _parameter(problem, name)
    found = family.posterior(param, stats, problem.fixed)
    return found if found is None or place is None else found[place]


def _by_sums(problem: LogPosterior) -> bool:
    """True if the family's own formulas are about this fit."""
    return problem.form.summed and not problem.tied


def _parameter(problem: LogPosterior, name: str) -> tuple[str, int | None]:
    """The parameter that a value belongs to, and which of its levels."""
    family = problem.family
    if name in family.params:
        return name, None
    return next((param, family.names(param).index(name)) for param in family.params if name in family.names(param))
