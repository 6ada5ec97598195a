"""Intervals for what was fitted, by method.

`auto` is a fixed table: exact where the law has an exact interval, else profile; Wald for regressions and groups; with
a prior, quantiles of the conjugate posterior where there is one, else the profile of the posterior.

    wald        estimate -+ z SE on the parameter's own scale, its ends not cut
    exact       the law's own: Clopper-Pearson, Garwood, t and chi-square
    profile     where twice the log-likelihood falls by the chi-square quantile, the others fitted anew
    bootstrap   quantiles of refits of resampled rows
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import OptionError, nearest
from ..models.base import Bound
from ..solvers._base import Array, Solution
from .information import critical, held, standard_errors, tied, values
from .verdict import proved

METHODS = ("auto", "wald", "exact", "profile", "bootstrap")


def check_level(level: Any) -> float:
    """A share between a half and one."""
    if not isinstance(level, (int, float)) or not 0.5 <= level < 1:
        small = isinstance(level, float) and 0 < level < 0.5
        hint = f": for a {1 - level:.0%} interval say level={1 - level:g}" if small else ""
        raise OptionError(f"level is {level!r}, but it is the share of intervals that cover, from 0.5 to 1{hint}")
    return level


def check_method(method: Any) -> None:
    """A method that there is."""
    if method not in METHODS:
        raise OptionError(f"there is no method {method!r}: {nearest(method, METHODS)}")


def suited(solution: Solution, method: Any) -> str:
    """The method, if there is one; other standard errors than those of the likelihood go with Wald's interval alone."""
    check_method(method)
    if solution.errors is None:
        return method
    if method not in ("auto", "wald"):
        raise OptionError(
            f"method={method!r} takes nothing from standard errors, and this fit has {solution.errors.kind!r} ones: "
            "use method='wald', or ask the fit as it was before with_cov"
        )
    return "wald"


def conf_int(
    bound: Bound, solution: Solution, names: list[str], level: float, method: str, **options: Any
) -> tuple[Array, Array, str]:
    """(lower, upper, method) of the named values, [G, len(names)]; NaN for what is held."""
    check_level(level)
    method = suited(solution, method)
    if set(options) - ({"n", "seed"} if method == "bootstrap" else set()):
        raise OptionError(f"{', '.join(options)}: method='bootstrap' takes n= and seed=, the others take nothing")
    still = held(bound)
    asked = list(dict.fromkeys(name for name in names if name not in still))
    if method == "auto":
        method = automatic(bound, asked)
        # a profile falls from a proved peak: from anywhere else it would be long on the way and mean nothing
        method = "wald" if method == "profile" and not proved(bound, solution) else method
    ends = np.full((2, bound.base.count, len(names)), np.nan)
    if asked:
        free = [place for place, name in enumerate(names) if name in asked]
        found = np.array(_methods()[method](bound, solution, asked, level, **options))
        ends[:, :, free] = found[:, :, [asked.index(names[place]) for place in free]]
    return ends[0], ends[1], method


def automatic(bound: Bound, names: list[str]) -> str:
    """The table of `auto`."""
    coefficients: Any = bound.model.coefficients
    if not coefficients.constant or bound.base.count > 1:
        return "wald"
    if bound.base.beliefs:
        return "posterior" if all(posterior_law(bound, name) is not None for name in names) else "profile"
    return "exact" if all(_exact(bound, name, 0.95) is not None for name in names) else "profile"


def _methods() -> dict[str, Any]:
    from . import bootstrap, profile

    return {
        "wald": wald,
        "exact": exact,
        "posterior": posterior,
        "profile": profile.conf_int,
        "bootstrap": bootstrap.conf_int,
    }


def wald(bound: Bound, solution: Solution, names: list[str], level: float) -> tuple[Array, Array]:
    """Estimate -+ z SE."""
    at = [bound.model.coefficients.names.index(name) for name in names]  # type: ignore[union-attr]
    estimate, error = values(bound, solution)[:, at], standard_errors(bound, solution)[:, at]
    half = critical(solution, level) * error
    return estimate - half, estimate + half


def exact(bound: Bound, solution: Solution, names: list[str], level: float) -> tuple[Array, Array]:
    """The law's own intervals."""
    if bound.base.beliefs:
        raise OptionError("an exact interval is about the likelihood alone: with a prior use method='auto'")
    found = [_exact(bound, name, level) for name in names]
    for name, interval in zip(names, found, strict=True):
        if interval is None:
            raise OptionError(
                f"{bound.model.family.name} has no exact interval for {name}: method='profile' is the one to use"
            )
    low, high = (np.stack([np.atleast_1d(ends[k]) for ends in found if ends], axis=1) for k in (0, 1))
    return low, high


def _exact(bound: Bound, name: str, level: float) -> tuple[Array, Array] | None:
    if not _by_sums(bound):
        return None
    param, place = _parameter(bound, name)
    interval = bound.model.family.exact_interval(param, bound.base.stats, bound.base.fixed, level)  # type: ignore[attr-defined]
    return interval if interval is None or place is None else (interval[0][place], interval[1][place])


def posterior(bound: Bound, solution: Solution, names: list[str], level: float) -> tuple[Array, Array]:
    """Quantiles of the conjugate posterior."""
    laws = [posterior_law(bound, name) for name in names]
    tails = (1 - level) / 2, (1 + level) / 2
    low, high = (np.stack([np.atleast_1d(law.ppf(tail)) for law in laws], axis=1) for tail in tails)
    return low, high


def posterior_law(bound: Bound, name: str) -> Any:
    """The conjugate posterior of one value as a frozen scipy law; None where there is none."""
    stats = bound.base.posterior_stats() if _by_sums(bound) else None
    if stats is None:
        return None
    param, place = _parameter(bound, name)
    law = bound.model.family.posterior(param, stats, bound.base.fixed)  # type: ignore[attr-defined]
    return law if law is None or place is None else law[place]


def _by_sums(bound: Bound) -> bool:
    """Whether the law's own formulas are about this fit."""
    return bound.base.summed and not tied(bound)


def _parameter(bound: Bound, name: str) -> tuple[str, int | None]:
    """The parameter that a value is of, and which of its levels."""
    family = bound.model.family
    if name in family.params:
        return name, None
    return next((param, family.names(param).index(name)) for param in family.params if name in family.names(param))
