"""The log-likelihood along each parameter, maximised over the others; with a prior the log posterior.

An interval is where the curve is above the cut, half a chi-squared quantile below the maximum. The parabola is the
quadratic approximation behind Wald's interval: where the two differ, Wald's interval is inaccurate.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.typing import ColorType

from ....errors import MlekitError
from ....numerics.arrays import Floats
from ....numerics.special import ndtri
from ..colors import line_colors, text_color
from ..figures import Panel, describe
from ..labels import add_note, log_axis, name_axes
from ._kind import OfSingleFits
from ._requirements import free, maximum
from .likelihood import MANY, MOST, estimate_and_interval, mark_estimate, mark_interval, no_curve

if TYPE_CHECKING:
    from ....fits import Fit

POINTS = 61
BEYOND, ENOUGH = 0.995, 0.951  # the level of the interval that is drawn; the least
CUT = 0.5 * float(ndtri(0.975)) ** 2
ROOM = 0.42  # above the maximum, for the legend
WIDE = 50.0  # times the least value: then the axis is logarithmic


class Profile(OfSingleFits):
    """The information of the data about one parameter, whatever the others are."""

    def obstacle(self, fit: Fit) -> str:
        return maximum(fit)

    def place(self, fit: Fit) -> int | None:
        plain = not fit.problem.priors and not fit.problem.coefficients.designs
        quick = fit.problem.form.summed or fit.nobs < MANY
        return 2 if plain and quick and 1 < fit.n_params <= MOST else None

    def panels(self, fit: Fit, names: list[str] | None) -> list[Panel]:
        return [partial(_draw, fit, name) for name in names or free(fit)[:MOST]]


def _draw(fit: Fit, name: str, ax: Axes) -> None:
    first, second = line_colors(ax, 2)
    low, high, method = profile_interval(fit, name)
    values, heights = curve(fit, name, low, high)
    top, what = (fit.log_posterior, "log posterior") if fit.problem.priors else (fit.llf, "log-likelihood")
    if len(values) < 2 or not np.isfinite(top):
        no_curve(ax, name, what)
        return
    ax.plot(values, heights, color=first, linewidth=2, label=what)
    known = bool(np.isfinite(fit.bse[name]))
    if known:
        ax.plot(values, parabola(fit, name, values, top), color=second, linestyle="--", label="Wald's parabola")
    ax.axhline(top - CUT, color=text_color(ax), linestyle=":", label=f"{CUT:.2f} below the maximum")
    depth = top - max(float(np.min(heights)), top - 4 * CUT) or 1.0
    ax.set_ylim(top - 1.15 * depth, top + ROOM * depth)
    (log_axis if wide(values) else Axes.set_xlim)(ax, values[0], values[-1])
    mark_estimate(ax, fit[name], top, second)
    _mark_ends(ax, [end for end in (low, high) if end != fit[name]], top - CUT, first)
    mark_interval(ax, low, high, top - 1.08 * depth, first)
    others = len(free(fit)) > 1
    name_axes(ax, name, f"{what} (maximised over the others)" if others else what)
    ax.legend(frameon=False, loc="upper center", fontsize="small", borderpad=0.1, labelspacing=0.2)
    note = estimate_and_interval(fit, name, low, high, method)
    add_note(ax, note)
    over = f"over {name}{', maximised over the others' * others}"
    parabola_too = ", with Wald's parabola dashed" * known
    describe(ax, f"The {what} {over}{parabola_too}; {note}.")


def curve(fit: Fit, name: str, low: float, high: float) -> tuple[Floats, Floats]:
    """Return the profile as far as both ends of the interval; on a log axis with more points near the maximum."""
    values, heights = points(fit, name, BEYOND)
    if len(values) < 2 or (values[0] <= low and high <= values[-1] and not wide(values)):
        return values, heights
    return joined((values, heights), points(fit, name, ENOUGH))


def joined(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Return the points of two curves as one curve."""
    values, where = np.unique(np.concatenate([one[0], other[0]]), return_index=True)
    return values, np.concatenate([one[1], other[1]])[where]


def points(fit: Fit, name: str, level: float) -> tuple[Floats, Floats]:
    """Return the finite points of the profile; where one side rises to another maximum, those nearer the estimate."""
    for each in (level, BEYOND, ENOUGH):
        found = fit.profile(name, points=POINTS, level=each)
        finite = np.isfinite(found.values) & np.isfinite(found.heights)
        if finite.all():
            break
    return found.values[finite], found.heights[finite]


def profile_interval(fit: Fit, name: str) -> tuple[float, float, str]:
    """Return (lower, upper, method) of the profile interval; for other types of standard errors Wald's."""
    try:
        table = fit.conf_int(name, method="profile")
    except MlekitError:
        table = fit.conf_int(name, method="wald")
    low, high = table.to_numpy()[0]
    return float(low), float(high), str(table.attrs["method"])


def parabola(fit: Fit, name: str, values: Floats, top: float) -> Floats:
    """Return top - (value - estimate)^2 / (2 SE^2)."""
    return top - 0.5 * ((values - fit[name]) / fit.bse[name]) ** 2


def _mark_ends(ax: Axes, ends: list[float], height: float, color: ColorType) -> None:
    """Mark where the curve crosses the cut."""
    finite = [end for end in ends if np.isfinite(end)]
    ax.plot(finite, [height] * len(finite), "|", color=color, markersize=12, markeredgewidth=2)


def wide(values: Floats) -> bool:
    """Return True for values that need a logarithmic axis."""
    return bool(0 < values[0] < values[-1] / WIDE)
