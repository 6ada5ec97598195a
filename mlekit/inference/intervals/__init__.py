"""Intervals of what was fitted, one method per file.

`auto` is a fixed table: exact if the family has an exact interval, else profile; Wald for regressions and groups; with
a prior, quantiles of the conjugate posterior if there is one, else the profile of the posterior. At a boundary or an
edge, where curvature says nothing, Wald's interval gives way to the profile.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...errors import OptionError
from ...models.posterior import Fitted, LogPosterior
from ...models.solution import Status
from ...numerics.arrays import Floats, Mask
from ...registry import Registry
from ..checks import check_level
from ..conjugate import exact_intervals, posterior_distributions
from ..groups import taken
from ..information import log_likelihood
from ..verdict import codes, proved
from ._base import IntervalMethod, Option

ENDS = (int(Status.BOUNDARY), int(Status.EDGE))
_registry = Registry[type[IntervalMethod]](__name__, "method")


def get(method: object) -> IntervalMethod:
    """Return the interval method of a name."""
    if not isinstance(method, str):
        raise OptionError(f"method is {method!r}: give a name, one of {', '.join(['auto', *_registry.names])}")
    return _registry.get(method, ["auto"])()


def suited(solution: Fitted, method: str) -> str:
    """The method, if it suits these errors: those of other kinds go with Wald's interval only."""
    if solution.errors is None:
        return method if method == "auto" else (get(method), method)[1]
    if method != "auto" and not get(method).from_errors:
        raise OptionError(
            f"method={method!r} takes nothing from standard errors, and this fit has {solution.errors.kind!r} ones: "
            "use method='wald', or ask the fit as it was before with_cov"
        )
    return "wald" if method == "auto" else method


def conf_int(
    solution: Fitted, names: list[str], level: float, method: str, **options: Option
) -> tuple[Floats, Floats, str]:
    """(lower, upper, method) of the named values, [G, len(names)]; NaN for what is fixed."""
    check_level(level)
    problem, method = solution.problem, suited(solution, method)
    asked = list(dict.fromkeys(name for name in names if name not in problem.fixed_names))
    ended = np.zeros(problem.count, dtype=bool)
    if method == "auto":
        method, ended = automatic(problem, asked), _ended(solution)
        # a profile falls from a proved peak: from anywhere else its search would be long and mean nothing
        method = "wald" if method == "profile" and not proved(solution) else method
        method = "profile" if method == "wald" and ended.all() else method
    found = get(method)
    _check_options(found, method, options)
    ends = np.full((2, problem.count, len(names)), np.nan)
    if asked:
        free = [column for column, name in enumerate(names) if name in asked]
        both = np.array(found.ends(solution, asked, level, **options))
        if method == "wald" and ended.any():
            both[:, ended] = get("profile").ends(taken(solution, np.flatnonzero(ended)), asked, level)
        ends[:, :, free] = both[:, :, [asked.index(names[column]) for column in free]]
    return ends[0], ends[1], method


def _ended(solution: Fitted) -> Mask:
    """The fits at a boundary or an edge, whose intervals are profiles; an unbounded likelihood has none."""
    ended = np.isin(solution.status, ENDS)
    if not ended.any() or not (solution.problem.rows.kept or solution.problem.form.summed):
        return np.zeros(len(ended), dtype=bool)
    ended[ended] = np.isin(codes(solution, np.flatnonzero(ended)), ENDS)
    with np.errstate(all="ignore"):
        return ended & np.isfinite(log_likelihood(solution)) & ~np.isnan(solution.original).any(axis=1)


def _check_options(found: IntervalMethod, method: str, options: Mapping[str, Option]) -> None:
    """Raise an OptionError for an option that the method does not take."""
    for option in options:
        if option not in found.options:
            takes = (
                f"takes {' and '.join(f'{name}=' for name in found.options)}" if found.options else "takes no options"
            )
            raise OptionError(f"{option}=: method={method!r} {takes}; method='bootstrap' takes n= and seed=")


def automatic(problem: LogPosterior, names: list[str]) -> str:
    """The table of `auto`."""
    if not problem.coefficients.constant or problem.count > 1:
        return "wald"
    if problem.priors:
        known = all(found is not None for found in posterior_distributions(problem, names))
        return "posterior" if known else "profile"
    return "exact" if all(ends is not None for ends in exact_intervals(problem, names, 0.95)) else "profile"
