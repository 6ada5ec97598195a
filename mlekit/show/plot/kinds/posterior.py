"""Prior, likelihood and posterior of a parameter on one axis.

posterior   its exact distribution where the prior is conjugate; else the posterior maximised over the other
            parameters, scaled to an area of one (with one parameter this is the posterior itself)
prior       its density
likelihood  posterior / prior, scaled to an area of one
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from ....errors import OptionError
from ....numerics.arrays import NUMPY, Floats
from ..colors import line_colors
from ..figures import Panel, describe
from ..labels import add_note, name_axes
from ._kind import OfSingleFits
from ._requirements import free, maximum
from .likelihood import MOST, estimate_and_interval, interval, limits, no_curve
from .profile import BEYOND, joined, points

if TYPE_CHECKING:
    from ....fits import Fit
    from ....priors._base import Prior

LogDensity = Callable[[Floats], Floats]
NO_PRIOR = "a posterior needs a prior: fit with prior="
MAXIMISED = "posterior (maximised over others), scaled"
GRID = 401
PALE, ROOM = 0.3, 1.25
VISIBLE = 4.5  # distance below its maximum to which a prior is visible
DEEP = 7.0  # distance below its maximum to which a curve is drawn
WIDENINGS = 6  # the most times that the window is widened, to include the likelihood
SURE = 1 - 1e-13  # the level of a profile that reaches that far
WHOLE = 0.3  # a proportion of the parameter's set: a wider window shows all of it


class Posterior(OfSingleFits):
    """The change from prior to posterior."""

    def obstacle(self, fit: Fit) -> str:
        return maximum(fit) or ("" if fit.problem.priors else NO_PRIOR)

    def place(self, fit: Fit) -> int | None:
        return None if fit.problem.coefficients.designs else 2

    def panels(self, fit: Fit, names: list[str] | None) -> list[Panel]:
        with_prior = [name for name in free(fit) if prior_of(fit, name) is not None]
        return [partial(_draw, fit, name) for name in names or with_prior[:MOST]]


@dataclass(frozen=True)
class Curve:
    """The logarithms of prior, likelihood and posterior of one parameter, up to a constant, and its range."""

    name: str  # of the posterior
    prior: LogDensity
    likelihood: LogDensity
    posterior: LogDensity
    low: float
    high: float
    ended: bool = False  # nothing is known outside of the range

    def near(self, places: Floats) -> NDArray[np.bool_]:
        """Return where posterior or likelihood is not far below its maximum."""
        with np.errstate(all="ignore"):
            each = [f(places) for f in (self.posterior, self.likelihood)]
        return np.logical_or(*(logs > np.nanmax(logs) - DEEP for logs in each))


def prior_of(fit: Fit, name: str) -> LogDensity | None:
    """Return the log density of the prior of a parameter, or of the probability of one level; None without a prior."""
    for prior in fit.problem.priors.terms:
        if prior.param is None and name == prior.name:
            return _log_density(prior.prior)
        names = [] if prior.param is None else fit.family.names(prior.param)
        if name in names:
            marginal = _marginal(prior.prior, len(names), names.index(name))
            return marginal if prior.prior.many else _log_density(prior.prior)
    return None


def _log_density(prior: Prior) -> LogDensity:
    return partial(prior.log_density, NUMPY)


def _marginal(prior: Any, levels: int, place: int) -> LogDensity:
    """The marginal distribution Beta(a_l, the sum of the other a) of a Dirichlet(a)."""
    if not prior.many:
        return _log_density(prior)
    from scipy import stats

    a = prior.counts(levels) + 1.0
    marginal: Any = stats.beta(a[place], a.sum() - a[place])
    return marginal.logpdf


def _curve(fit: Fit, name: str) -> Curve | None:
    prior = prior_of(fit, name) or np.zeros_like
    try:
        exact = fit.posterior()[name]
    except OptionError:
        return _one_parameter(fit, name, prior) if free(fit) == [name] else _profiled(fit, name, prior)
    return Curve("posterior", prior, _minus(exact.logpdf, prior), exact.logpdf, *exact.ppf([1e-4, 1 - 1e-4]))


def _one_parameter(fit: Fit, name: str, prior: LogDensity) -> Curve | None:
    """The curve of the only parameter."""

    def likelihood(places: Floats) -> Floats:
        return np.array([fit.loglike({name: place}) for place in places])

    values, heights = points(fit, name, BEYOND)
    if len(values) < 2:
        return None
    near = values[heights > heights.max() - DEEP]
    return Curve("posterior", prior, likelihood, lambda places: likelihood(places) + prior(places), near[0], near[-1])


def _profiled(fit: Fit, name: str, prior: LogDensity) -> Curve | None:
    """The posterior maximised over the other parameters."""
    from scipy.interpolate import PchipInterpolator

    values, heights = joined(points(fit, name, BEYOND), points(fit, name, SURE))
    if len(values) < 2:
        return None
    posterior = PchipInterpolator(values, heights, extrapolate=False)
    curve = Curve(MAXIMISED, prior, _minus(posterior, prior), posterior, values[0], values[-1], True)
    near = np.flatnonzero(curve.near(values))
    return replace(curve, low=values[max(near[0] - 1, 0)], high=values[min(near[-1] + 1, len(values) - 1)])


def _minus(posterior: LogDensity, prior: LogDensity) -> LogDensity:
    return lambda places: posterior(places) - prior(places)


def window(curve: Curve, low: float, high: float) -> tuple[float, float]:
    """Return a range that holds posterior, likelihood and, if it is near, the prior, inside the set (low, high)."""
    a, b = max(curve.low, low), min(curve.high, high)
    for _ in range(0 if curve.ended else WIDENINGS):
        near = curve.near(_inside(a, b))
        left, right = near[0] and a > low, near[-1] and b < high
        a, b = max(low, a - (b - a) * left), min(high, b + (b - a) * right)
    places = _inside(a, b)
    a, b = places[curve.near(places)][[0, -1]]
    if b - a > WHOLE * (high - low):
        return low, high
    return (a, b) if curve.ended else _with_prior(curve, a, b, low, high)


def _with_prior(curve: Curve, a: float, b: float, low: float, high: float) -> tuple[float, float]:
    """The range extended by the prior, unless it is much wider on both sides."""
    around = _inside(max(low, a - (b - a)), min(high, b + (b - a)))
    with np.errstate(all="ignore"):
        logs = curve.prior(around)
    near = logs > np.nanmax(logs) - VISIBLE
    c, d = (a, b) if near[0] and near[-1] else around[near][[0, -1]]
    return min(a, c), max(b, d)


def _inside(low: float, high: float) -> Floats:
    return np.linspace(low, high, GRID + 2)[1:-1]


def density(grid: Floats, logs: Floats) -> Floats:
    """Return the density with these logarithms up to a constant, scaled to an area of one."""
    heights = np.exp(np.nan_to_num(logs - np.nanmax(logs), nan=-np.inf))
    return heights / np.trapezoid(heights, grid)


def prior_density(fit: Fit, name: str, curve: Curve, grid: Floats) -> tuple[Floats, str]:
    """Return the density of the prior and its label; a flat prior has an area of one only on a bounded set."""
    low, high = limits(fit, name)
    logs = curve.prior(grid)
    if np.ptp(logs[np.isfinite(logs)]) > 0:
        return np.exp(logs), "prior"
    width = high - low if np.isfinite(high - low) else grid[-1] - grid[0]
    return np.full(len(grid), 1 / width), "prior, flat" if np.isfinite(high - low) else "prior, flat (improper)"


def _in_term(fit: Fit, name: str) -> bool:
    """True if one prior is on this coefficient and others of its term: it has no prior of its own to draw."""
    priors = fit.problem.priors
    return any(t.param is None and t.prior.many and name in priors.names(t) for t in priors.terms)


def _label_of_likelihood(fit: Fit, name: str) -> str:
    """Label of the posterior divided by the prior of this parameter."""
    others = len(fit.problem.priors.terms) - (prior_of(fit, name) is not None)
    return "likelihood and other priors, scaled" if others else "likelihood, scaled"


def _draw(fit: Fit, name: str, ax: Axes) -> None:
    first, second, third = line_colors(ax, 3)
    curve = _curve(fit, name)
    if curve is None:
        no_curve(ax, name, "log posterior")
        return
    left, right = window(curve, *limits(fit, name))
    grid = _inside(left, right)
    with np.errstate(all="ignore"):
        prior, label = prior_density(fit, name, curve, grid)
        likelihood, posterior = density(grid, curve.likelihood(grid)), density(grid, curve.posterior(grid))
    low, high, method = interval(fit, name)
    top, drawn = posterior.max(), "Posterior"
    if not _in_term(fit, name):
        ax.plot(grid, prior, color=third, linestyle=":", linewidth=2, label=label)
        ax.plot(grid, likelihood, color=second, linestyle="--", linewidth=2, label=_label_of_likelihood(fit, name))
        top, drawn = max(top, likelihood.max(), min(prior.max(), 2 * top)), "Prior, likelihood and posterior"
    ax.plot(grid, posterior, color=first, linewidth=2, label=curve.name)
    inside = (grid >= low) & (grid <= high)
    ax.fill_between(grid, posterior, where=inside.tolist(), facecolor=first, alpha=PALE, linewidth=0)
    ax.vlines(fit[name], 0, np.interp(fit[name], grid, posterior), colors=[first], linewidth=1)
    name_axes(ax, name, "density")
    ax.set(xlim=(left, right), ylim=(0, ROOM * top))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="best", fontsize="small")
    own = name in fit.family.params or fit.problem.coefficients.designs
    note = estimate_and_interval(fit, name, low, high, method).replace("estimate", "mode" if own else "joint mode", 1)
    add_note(ax, note)
    describe(ax, f"{drawn} of {name} as {'densities' if ',' in drawn else 'a density'}; {note}.")
