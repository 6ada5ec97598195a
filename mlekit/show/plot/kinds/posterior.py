"""Prior, likelihood and posterior on one axis: what was believed, what the data say, what is believed now.

posterior   its own law where the prior is conjugate; else the posterior along the parameter, the others at their best,
            scaled to an area of one (of a law with one parameter that is the posterior itself)
prior       its density
likelihood  posterior / prior, scaled to an area of one
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ....errors import OptionError
from ....numerics.arrays import NUMPY
from ..inks import inks
from ..sheet import Panel, tell
from ..words import note, titles
from ._asks import curved, free
from ._kind import Kind
from .likelihood import MOST, interval, limits, no_curve, words_of
from .profile import BEYOND, joined, seen

Array = Any
Log = Callable[[Array], Array]
NO_PRIOR = "a posterior needs a prior: fit with prior="
OTHERS = "posterior (others at best), scaled"
POINTS = 401
PALE, ROOM = 0.3, 1.25
SEEN = 4.5  # how far below its top a prior can be seen
DEEP = 7.0  # how far below its top a curve is followed
FURTHER = 6  # times that the window is made wider, to hold the likelihood too
SURE = 1 - 1e-13  # the level of a profile that is followed so far
WHOLE = 0.3  # a share of the parameter's set: a window wider than that shows all of it


class Posterior(Kind):
    """How the data changed what was believed."""

    def absent(self, fit: Any) -> str:
        return curved(fit) or ("" if fit.problem.priors else NO_PRIOR)

    def place(self, fit: Any) -> int | None:
        return None if fit.problem.coefficients.designs else 2

    def panels(self, fit: Any, names: list[str] | None) -> list[Panel]:
        believed = [name for name in free(fit) if prior_of(fit, name) is not None]
        return [partial(_along, fit, name) for name in names or believed[:MOST]]


@dataclass(frozen=True)
class Curve:
    """The logs of prior, likelihood and posterior of one parameter, up to a constant, and where it is sought."""

    name: str  # of the posterior
    prior: Log
    likelihood: Log
    posterior: Log
    low: float
    high: float
    ended: bool = False  # nothing is known beyond

    def near(self, places: Array) -> Array:
        """Where posterior or likelihood is not far below its top."""
        with np.errstate(all="ignore"):
            each = [f(places) for f in (self.posterior, self.likelihood)]
        return np.logical_or(*(logs > np.nanmax(logs) - DEEP for logs in each))


def prior_of(fit: Any, name: str) -> Log | None:
    """The log density of the prior of a parameter, of shares that of each; None where it has none."""
    coefficients = fit.problem.coefficients
    for belief in fit.problem.priors.terms:
        if belief.param is None and coefficients.coordinate.get(name) == belief.positions[0]:
            return _one(belief.prior)
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
    law: Any = stats.beta(a[place], a.sum() - a[place])
    return law.logpdf


def _curve(fit: Any, name: str) -> Curve | None:
    prior = prior_of(fit, name) or np.zeros_like
    try:
        law = fit.posterior()[name]
    except OptionError:
        return _alone(fit, name, prior) if free(fit) == [name] else _profiled(fit, name, prior)
    return Curve("posterior", prior, _less(law.logpdf, prior), law.logpdf, *law.ppf([1e-4, 1 - 1e-4]))


def _alone(fit: Any, name: str, prior: Log) -> Curve | None:
    """Of the only parameter."""

    def likelihood(places: Array) -> Array:
        return np.array([fit.loglike({name: place}) for place in places])

    values, heights = seen(fit, name, BEYOND)
    if len(values) < 2:
        return None
    near = values[heights > heights.max() - DEEP]
    return Curve("posterior", prior, likelihood, lambda places: likelihood(places) + prior(places), near[0], near[-1])


def _profiled(fit: Any, name: str, prior: Log) -> Curve | None:
    """Where no law is known and there are others: the posterior at its best in these."""
    from scipy.interpolate import PchipInterpolator

    values, heights = joined(seen(fit, name, BEYOND), seen(fit, name, SURE))
    if len(values) < 2:
        return None
    posterior = PchipInterpolator(values, heights, extrapolate=False)
    made = Curve(OTHERS, prior, _less(posterior, prior), posterior, values[0], values[-1], True)
    near = np.flatnonzero(made.near(values))
    return replace(made, low=values[max(near[0] - 1, 0)], high=values[min(near[-1] + 1, len(values) - 1)])


def _less(posterior: Log, prior: Log) -> Log:
    return lambda places: posterior(places) - prior(places)


def window(curve: Curve, low: float, high: float) -> tuple[float, float]:
    """What holds the posterior, the likelihood and, if it is near, the prior, inside the set from low to high."""
    a, b = max(curve.low, low), min(curve.high, high)
    for _ in range(0 if curve.ended else FURTHER):
        near = curve.near(_inside(a, b))
        left, right = near[0] and a > low, near[-1] and b < high
        a, b = max(low, a - (b - a) * left), min(high, b + (b - a) * right)
    shown = _inside(a, b)
    a, b = shown[curve.near(shown)][[0, -1]]
    if b - a > WHOLE * (high - low):
        return low, high
    return (a, b) if curve.ended else _with_prior(curve, a, b, low, high)


def _with_prior(curve: Curve, a: float, b: float, low: float, high: float) -> tuple[float, float]:
    """As far as the prior reaches on one side, or on both; a very wide one is left to run off."""
    around = _inside(max(low, a - (b - a)), min(high, b + (b - a)))
    with np.errstate(all="ignore"):
        logs = curve.prior(around)
    near = logs > np.nanmax(logs) - SEEN
    c, d = (a, b) if near[0] and near[-1] else around[near][[0, -1]]
    return min(a, c), max(b, d)


def _inside(low: float, high: float) -> Array:
    return np.linspace(low, high, POINTS + 2)[1:-1]


def density(grid: Array, logs: Array) -> Array:
    """With an area of one."""
    heights = np.exp(np.nan_to_num(logs - np.nanmax(logs), nan=-np.inf))
    return heights / np.trapezoid(heights, grid)


def believed(fit: Any, name: str, curve: Curve, grid: Array) -> tuple[Array, str]:
    """The density of the prior, and what it is; a flat one has an area of one only in a set with two ends."""
    low, high = limits(fit, name)
    logs = curve.prior(grid)
    if np.ptp(logs[np.isfinite(logs)]) > 0:
        return np.exp(logs), "prior"
    wide = high - low if np.isfinite(high - low) else grid[-1] - grid[0]
    return np.full(len(grid), 1 / wide), "prior, flat" if np.isfinite(high - low) else "prior, flat (improper)"


def _told(fit: Any, name: str) -> str:
    """What is left of the posterior without the prior of this parameter."""
    others = len(fit.problem.priors.terms) - (prior_of(fit, name) is not None)
    return "likelihood and other priors, scaled" if others else "likelihood, scaled"


def _along(fit: Any, name: str, ax: Axes) -> None:
    first, second, third = inks(ax, 3)
    curve = _curve(fit, name)
    if curve is None:
        no_curve(ax, name, "log posterior")
        return
    left, right = window(curve, *limits(fit, name))
    grid = _inside(left, right)
    with np.errstate(all="ignore"):
        prior, called = believed(fit, name, curve, grid)
        likelihood, posterior = density(grid, curve.likelihood(grid)), density(grid, curve.posterior(grid))
    low, high, method = interval(fit, name)
    ax.plot(grid, prior, color=third, linestyle=":", linewidth=2, label=called)
    ax.plot(grid, likelihood, color=second, linestyle="--", linewidth=2, label=_told(fit, name))
    ax.plot(grid, posterior, color=first, linewidth=2, label=curve.name)
    inside = (grid >= low) & (grid <= high)
    ax.fill_between(grid, posterior, where=inside, facecolor=first, alpha=PALE, linewidth=0)
    ax.vlines(fit[name], 0, np.interp(fit[name], grid, posterior), colors=[first], linewidth=1)
    titles(ax, name, "density")
    ax.set(
        xlim=(left, right),
        ylim=(0, ROOM * max(posterior.max(), likelihood.max(), min(prior.max(), 2 * posterior.max()))),
    )
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="best", fontsize="small")
    mode = "mode" if name in fit.family.params or fit.problem.coefficients.designs else "mode of all shares"
    said = words_of(fit, name, low, high, method).replace("estimate", mode, 1)
    note(ax, said)
    tell(ax, f"Prior, likelihood and posterior of {name} as densities; {said}.")
