"""Intervals for what was fitted, by method.

`auto` is a fixed table: exact where the law has an exact interval, else profile; Wald for regressions and groups.

    wald        estimate -+ z SE on the parameter's own scale, its ends not cut
    exact       the law's own: Clopper-Pearson, Garwood, t and chi-square
    profile     where twice the log-likelihood falls by the chi-square quantile, the others fitted anew
    bootstrap   quantiles of refits of resampled rows
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from ..errors import OptionError, nearest
from ..models.base import Bound
from ..solvers.base import Array, Solution
from .information import standard_errors, values

METHODS = ("auto", "wald", "exact", "profile", "bootstrap")


def check_level(level: float) -> float:
    """A share between a half and one."""
    if not 0.5 <= level < 1:
        hint = f": for a {1 - level:.0%} interval say level={1 - level:g}" if 0 < level < 0.5 else ""
        raise OptionError(f"level is {level}, but it is the share of intervals that cover, from 0.5 to 1{hint}")
    return level


def conf_int(
    bound: Bound, solution: Solution, names: list[str], level: float, method: str, **options: Any
) -> tuple[Array, Array, str]:
    """(lower, upper, method) of the named values, [G, len(names)]."""
    check_level(level)
    if method not in METHODS:
        raise OptionError(f"there is no method {method!r}: {nearest(method, METHODS)}")
    if method == "auto":
        method = automatic(bound, names)
    return (*_method(method)(bound, solution, names, level, **options), method)


def automatic(bound: Bound, names: list[str]) -> str:
    """The table of `auto`."""
    coefficients = bound.model.coefficients
    assert coefficients is not None
    if not coefficients.constant or bound.base.count > 1:
        return "wald"
    if bound.base.beliefs:
        conjugate = bound.problem.closed() is not None and all(_posterior(bound, name) is not None for name in names)
        return "posterior" if conjugate else "profile"
    return "exact" if all(_exact(bound, name, 0.95) is not None for name in names) else "profile"


def _method(name: str) -> Callable[..., tuple[Array, Array]]:
    if name in _HERE:
        return _HERE[name]
    return import_module(f".{name}", __package__).conf_int


def wald(bound: Bound, solution: Solution, names: list[str], level: float) -> tuple[Array, Array]:
    from scipy.special import ndtri

    at = _places(bound, names)
    estimate, error = values(bound, solution)[:, at], standard_errors(bound, solution)[:, at]
    half = ndtri((1 + level) / 2) * error
    return estimate - half, estimate + half


def _exact(bound: Bound, name: str, level: float) -> tuple[Array, Array] | None:
    base, family = bound.base, bound.model.family
    if not getattr(base, "stats", None) or not bound.model.coefficients.constant:  # type: ignore[union-attr]
        return None
    param, _, rest = name.partition("[")
    interval = family.exact_interval(param, base.stats, base.fixed, level)  # type: ignore[attr-defined]
    if interval is None or not rest:
        return interval
    position = family.names(param).index(name)
    return interval[0][position], interval[1][position]


def exact(bound: Bound, solution: Solution, names: list[str], level: float) -> tuple[Array, Array]:
    if bound.base.beliefs:
        raise OptionError("an exact interval is about the likelihood alone: with a prior use method='auto'")
    found = [_exact(bound, name, level) for name in names]
    for name, interval in zip(names, found, strict=True):
        if interval is None:
            raise OptionError(
                f"{bound.model.family.name} has no exact interval for {name}: method='profile' is the one to use"
            )
    return (
        np.stack([np.atleast_1d(i[0]) for i in found if i is not None], axis=1),
        np.stack([np.atleast_1d(i[1]) for i in found if i is not None], axis=1),
    )


def _posterior(bound: Bound, name: str) -> Any:
    base = bound.base
    stats = base.posterior_stats() if hasattr(base, "posterior_stats") else None
    if stats is None:
        return None
    param, _, rest = name.partition("[")
    law = bound.model.family.posterior(param, stats, base.fixed)  # type: ignore[attr-defined]
    return law[bound.model.family.names(param).index(name)] if rest and law is not None else law


def posterior(bound: Bound, solution: Solution, names: list[str], level: float) -> tuple[Array, Array]:
    """Quantiles of the conjugate posterior."""
    tail = (1 - level) / 2
    laws = [_posterior(bound, name) for name in names]
    return (
        np.stack([np.atleast_1d(law.ppf(tail)) for law in laws], axis=1),
        np.stack([np.atleast_1d(law.ppf(1 - tail)) for law in laws], axis=1),
    )


def _places(bound: Bound, names: list[str]) -> list[int]:
    all_names = bound.model.coefficients.names  # type: ignore[union-attr]
    return [all_names.index(name) for name in names]


_HERE = {"wald": wald, "exact": exact, "posterior": posterior}
