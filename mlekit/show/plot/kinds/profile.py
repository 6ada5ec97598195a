"""The log-likelihood along each parameter, the others fitted anew; with a prior the log posterior.

An interval is where the curve is above the cut, half a chi-square quantile below the top. Beside it is the parabola
that Wald's interval takes for the curve: where the two part, Wald's interval is wrong.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ....errors import MlekitError
from ....numerics.special import ndtri
from ..inks import ink, inks
from ..sheet import Panel, tell
from ..words import logs, note, titles
from ._asks import curved, free
from ._kind import Kind
from .likelihood import MANY, MOST, mark_estimate, mark_interval, no_curve, words_of

Array = Any
POINTS = 61
BEYOND, ENOUGH = 0.995, 0.951  # the level whose interval is seen; the least
CUT = 0.5 * float(ndtri(0.975)) ** 2
ROOM = 0.42  # above the top, for the names of the lines
WIDE = 50.0  # times the least value: then the axis is one of logs


class Profile(Kind):
    """What the data say of one parameter, whatever the others are."""

    def absent(self, fit: Any) -> str:
        return curved(fit)

    def place(self, fit: Any) -> int | None:
        plain = not fit.problem.priors and not fit.problem.coefficients.designs
        quick = fit.problem.form.summed or fit.nobs < MANY
        return 2 if plain and quick and 1 < fit.n_params <= MOST else None

    def panels(self, fit: Any, names: list[str] | None) -> list[Panel]:
        return [partial(_along, fit, name) for name in names or free(fit)[:MOST]]


def _along(fit: Any, name: str, ax: Axes) -> None:
    first, second = inks(ax, 2)
    low, high, method = profiled(fit, name)
    values, heights = curve(fit, name, low, high)
    top, what = (fit.log_posterior, "log posterior") if fit.problem.priors else (fit.llf, "log-likelihood")
    if len(values) < 2 or not np.isfinite(top):
        no_curve(ax, name, what)
        return
    ax.plot(values, heights, color=first, linewidth=2, label=what)
    if np.isfinite(fit.bse[name]):
        ax.plot(values, parabola(fit, name, values, top), color=second, linestyle="--", label="Wald's parabola")
    ax.axhline(top - CUT, color=ink(ax), linestyle=":", label=f"{CUT:.2f} below the top")
    depth = top - max(float(np.min(heights)), top - 4 * CUT) or 1.0
    ax.set_ylim(top - 1.15 * depth, top + ROOM * depth)
    _scale(ax, values)
    mark_estimate(ax, fit[name], top, second)
    mark_ends(ax, [end for end in (low, high) if end != fit[name]], top - CUT, first)
    mark_interval(ax, low, high, top - 1.08 * depth, first)
    others = len(free(fit)) > 1
    titles(ax, name, f"{what} (the others fitted anew)" if others else what)
    ax.legend(frameon=False, loc="upper center", fontsize="small", borderpad=0.1, labelspacing=0.2)
    said = words_of(fit, name, low, high, method)
    note(ax, said)
    tell(ax, f"The {what} over {name}{', the others fitted anew' * others}, with Wald's parabola dashed; {said}.")


def curve(fit: Any, name: str, low: float, high: float) -> tuple[Array, Array]:
    """The profile, as far as both ends of the interval; on an axis of logs with more points near the top."""
    values, heights = seen(fit, name, BEYOND)
    if len(values) < 2 or (values[0] <= low and high <= values[-1] and not wide(values)):
        return values, heights
    return joined((values, heights), seen(fit, name, ENOUGH))


def joined(one: tuple[Array, Array], other: tuple[Array, Array]) -> tuple[Array, Array]:
    """The points of two curves as one."""
    values, where = np.unique(np.concatenate([one[0], other[0]]), return_index=True)
    return values, np.concatenate([one[1], other[1]])[where]


def seen(fit: Any, name: str, level: float) -> tuple[Array, Array]:
    """The points of the profile that can be drawn; where a side leads up to another peak, those nearer the top."""
    for each in (level, BEYOND, ENOUGH):
        found = fit.profile(name, points=POINTS, level=each)
        shown = np.isfinite(found.values) & np.isfinite(found.heights)
        if shown.all():
            break
    return found.values[shown], found.heights[shown]


def profiled(fit: Any, name: str) -> tuple[float, float, str]:
    """(lower, upper, method) of the profile's interval; other standard errors have Wald's alone."""
    try:
        table = fit.conf_int(name, method="profile")
    except MlekitError:
        table = fit.conf_int(name, method="wald")
    low, high = table.to_numpy()[0]
    return float(low), float(high), str(table.attrs["method"])


def parabola(fit: Any, name: str, values: Array, top: float) -> Array:
    """top - (value - estimate)^2 / (2 SE^2)."""
    return top - 0.5 * ((values - fit[name]) / fit.bse[name]) ** 2


def mark_ends(ax: Axes, ends: list[float], height: float, colour: Any) -> None:
    """A stroke where the curve crosses the cut."""
    finite = [end for end in ends if np.isfinite(end)]
    ax.plot(finite, [height] * len(finite), "|", color=colour, markersize=12, markeredgewidth=2)


def wide(values: Array) -> bool:
    """Whether they are better seen on an axis of logs."""
    return bool(0 < values[0] < values[-1] / WIDE)


def _scale(ax: Axes, values: Array) -> None:
    (logs if wide(values) else Axes.set_xlim)(ax, values[0], values[-1])
