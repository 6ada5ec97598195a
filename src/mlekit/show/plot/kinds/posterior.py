"""Prior, likelihood and posterior on one axis: what was believed, what the data say, what is believed now.

posterior   its own law where the prior is conjugate; else the posterior along the parameter, the others at their best,
            scaled to an area of one (of a law with one parameter that is the posterior itself)
prior       its density
likelihood  posterior / prior, scaled to an area of one
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ....errors import OptionError
from ....numerics.arrays import NUMPY
from ..inks import inks
from ..sheet import Panel, tell
from ..words import note
from ._asks import curved, free
from ._kind import Kind
from .likelihood import MOST, interval, mark_estimate, words_of
from .profile import seen

Array = Any
Log = Callable[[Array], Array]
NO_PRIOR = "a posterior needs a prior: fit with prior="
POINTS = 401
DEEP = 8.0  # how far below its top a curve is followed
FURTHER = 6  # times that the window is made wider, to hold the likelihood too
SURE = 1 - 1e-8  # the level of a profile that is followed so far
WHOLE = 0.3  # a share of the parameter's set: a window wider than that shows all of it


class Posterior(Kind):
    """How the data changed what was believed."""

    def absent(self, fit: Any) -> str:
        return curved(fit) or ("" if fit.bound.base.beliefs else NO_PRIOR)

    def place(self, fit: Any) -> int | None:
        return None if fit.bound.model.coefficients.designs else 2

    def panels(self, fit: Any, names: list[str] | None) -> list[Panel]:
        believed = [name for name in free(fit) if prior_of(fit, name) is not None]
        return [partial(_along, fit, name) for name in names or believed[:MOST]]


@dataclass(frozen=True)
class Curve:
    """The logs of prior and posterior of one parameter, up to a constant, and where it is sought."""

    prior: Log
    posterior: Log
    low: float
    high: float
    name: str  # of the posterior
    fixed: bool = False  # nothing is known beyond

    def likelihood(self, values: Array) -> Array:
        return self.posterior(values) - self.prior(values)


def prior_of(fit: Any, name: str) -> Log | None:
    """The log density of the prior of a parameter, of shares that of each; None where it has none."""
    coefficients = fit.bound.model.coefficients
    for belief in fit.bound.base.beliefs.beliefs:
        if belief.param is None and coefficients.coordinate.get(name) == belief.places[0]:
            return partial(belief.prior.log_density, NUMPY)
        names = [] if belief.param is None else fit.family.names(belief.param)
        if name in names:
            return _share(belief.prior, len(names), names.index(name)) if belief.prior.many else _one(belief.prior)
    return None


def _one(prior: Any) -> Log:
    return partial(prior.log_density, NUMPY)


def _share(prior: Any, levels: int, place: int) -> Log:
    """Of a Dirichlet(a): Beta(a_l, the sum of the other a)."""
    from scipy import stats

    a = prior.counts(levels) + 1.0
    return stats.beta(a[place], a.sum() - a[place]).logpdf


def _curve(fit: Any, name: str) -> Curve:
    prior = prior_of(fit, name) or np.zeros_like
    try:
        law = fit.posterior()[name]
    except OptionError:
        return _searched(fit, name, prior)
    low, high = law.ppf([1e-4, 1 - 1e-4])
    return Curve(prior, law.logpdf, low, high, "posterior")


def _searched(fit: Any, name: str, prior: Log) -> Curve:
    """Where no law is known: the posterior at its best in the others."""
    values, heights = seen(fit, name, SURE)
    if len(free(fit)) == 1:

        def posterior(places: Array) -> Array:
            return np.array([fit.loglike({name: place}) for place in places]) + prior(places)

        near = heights > heights.max() - DEEP
        return Curve(prior, posterior, *values[near][[0, -1]], "posterior")
    return Curve(prior, partial(np.interp, xp=values, fp=heights), values[0], values[-1], "posterior profile, scaled", True)


def _window(curve: Curve, low: float, high: float) -> Array:
    """Places that hold the posterior and the likelihood, within the set from low to high."""
    a, b = curve.low, curve.high
    for _ in range(0 if curve.fixed else FURTHER):
        grid = np.linspace(max(a, low), min(b, high), POINTS + 2)[1:-1]
        seen = _near(curve.posterior(grid)) | _near(curve.likelihood(grid))
        wide = b - a
        a, b = a - wide * (seen[0] and a > low), b + wide * (seen[-1] and b < high)
        if not (seen[0] and a > low) and not (seen[-1] and b < high):
            break
    grid = np.linspace(max(a, low), min(b, high), POINTS + 2)[1:-1]
    with np.errstate(all="ignore"):
        seen = _near(curve.posterior(grid)) | _near(curve.likelihood(grid))
    a, b = grid[seen][[0, -1]]
    a, b = (low, high) if b - a > WHOLE * (high - low) else (a, b)
    return np.linspace(a, b, POINTS + 2)[1:-1]


def _near(heights: Array) -> Array:
    return heights > np.max(heights) - DEEP


def density(grid: Array, logs: Array) -> Array:
    """With an area of one."""
    heights = np.exp(logs - np.max(logs))
    return heights / np.trapezoid(heights, grid)
