"""The log-likelihood along each parameter, with the others fixed at their estimates; the estimate and its interval."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.typing import ColorType

from ....errors import MlekitError
from ....numerics.arrays import Floats
from ..colors import line_colors, text_color
from ..figures import Panel, describe
from ..labels import add_note, name_axes, nothing_to_show
from . import _requirements as require
from ._kind import OfSingleFits

if TYPE_CHECKING:
    from ....fits import Fit, GroupedFit

MOST = 4  # parameters, where none is asked for
POINTS, FEW, MANY = 201, 41, 20_000  # points of the curve; points where each needs a pass over so many rows
VISIBLE = 0.05  # distance from the maximum at which an estimate is visibly not there
DEEP = 8.0  # distance below the maximum to which the curve is drawn, in units of the log-likelihood


class Likelihood(OfSingleFits):
    """The log-likelihood itself."""

    def obstacle(self, fit: Fit) -> str:
        return require.likelihood(fit)

    def place(self, fit: Fit) -> int | None:
        plain = not fit.problem.priors and not fit.problem.coefficients.designs
        return 2 if plain and fit.n_params == 1 else None

    def panels(self, fit: Fit, names: list[str] | None) -> list[Panel]:
        return [partial(_draw, fit, name) for name in names or require.free(fit)[:MOST]]


def _draw(fit: Fit, name: str, ax: Axes) -> None:
    first, second = line_colors(ax, 2)
    low, high, method = interval(fit, name)
    values, heights = curve(fit, name, *_window(fit, name, low, high))
    if len(values) < 2:
        no_curve(ax, name, "log-likelihood")
        return
    ax.plot(values, heights, color=first, linewidth=2)
    top, bottom = float(np.max(heights)), max(float(np.min(heights)), fit.llf - DEEP)
    room = 0.12 * ((top - bottom) or 1.0)
    ax.set_ylim(bottom - room, top + room)
    mark_estimate(ax, fit[name], fit.llf, second)
    mark_interval(ax, low, high, bottom - 0.04 * (top - bottom), second)
    others = f" (the others {'in proportion' if _of_levels(fit, name) else 'fixed'})" if fit.n_params > 1 else ""
    name_axes(ax, name, f"log-likelihood{others}")
    note = estimate_and_interval(fit, name, low, high, method)
    note += "; below the maximum because of the prior" * bool(fit.problem.priors and fit.llf < top - VISIBLE)
    add_note(ax, note)
    describe(ax, f"The log-likelihood over {name}{others}: a curve with the estimate marked; {note}.")


def no_curve(ax: Axes, name: str, what: str) -> None:
    """Fill the place of a curve that has fewer than two finite points."""
    name_axes(ax, name, what)
    nothing_to_show(ax, "no curve", f"the {what} is finite at fewer than two values of {name}")


def interval(fit: Fit, name: str) -> tuple[float, float, str]:
    """Return (lower, upper, method); NaN where there is no interval."""
    try:
        table = fit.conf_int(name)
    except MlekitError:
        table = fit.conf_int(name, method="wald")
    low, high = table.to_numpy()[0]
    return float(low), float(high), str(table.attrs["method"])


def estimate_and_interval(fit: Fit, name: str, low: float, high: float, method: str) -> str:
    """Return the estimate and its interval in one line."""
    method = "Wald" if method == "wald" else method
    ends = " to ".join("not found" if np.isnan(end) else number(end) for end in (low, high))
    missing = np.isnan([low, high]).all()
    return f"estimate {number(fit[name])}{'' if missing else f'; 95% interval ({method}) {ends}'}"


def number(value: float) -> str:
    """Return a number with four digits.

    >>> number(0.5), number(-np.inf), number(-0.0)
    ('0.5', '-∞', '0')
    """
    return f"{value + 0.0:.4g}".replace("inf", "∞")


def mark_estimate(ax: Axes, value: float, height: float, color: ColorType) -> None:
    """Draw a point at the estimate, and a line from it down to the axis; an infinite one is outside the picture."""
    if np.isfinite(value):
        ax.vlines(value, ax.get_ylim()[0], height, colors=[color], linestyle="--", linewidth=1)
        ax.plot(value, height, "o", color=color, markeredgecolor=text_color(ax), clip_on=False, zorder=4)
    ax.spines[["top", "right"]].set_visible(False)


def mark_interval(ax: Axes, low: float, high: float, height: float, color: ColorType) -> None:
    """Draw a bar from end to end of an interval; an infinite end is at the edge of the picture."""
    left, right = ax.get_xlim()
    if not np.isnan(low + high):
        ax.plot([max(low, left), min(high, right)], [height] * 2, color=color, linewidth=4, solid_capstyle="butt")
        ax.set_xlim(left, right)


def curve(fit: Fit, name: str, low: float, high: float) -> tuple[Floats, Floats]:
    """Return (values, finite log-likelihoods); the probabilities of other levels stay in proportion."""
    if _of_levels(fit, name):
        points = fit.profile(name, points=POINTS, level=0.999).to_frame()
        finite = np.isfinite(points.to_numpy()).all(axis=1)
        return points.iloc[:, 0].to_numpy()[finite], points.iloc[:, 1].to_numpy()[finite]
    count = POINTS if fit.problem.form.summed or fit.nobs < MANY else FEW
    values = np.union1d(np.linspace(low, high, count), fit[name] if np.isfinite(fit[name]) else low)
    heights = np.array([fit.loglike({name: value}) for value in values])
    near = heights > fit.llf - DEEP
    return values[near], heights[near]


def _of_levels(fit: Fit, name: str) -> bool:
    """Return True for one of several probabilities that sum to 1, so that the others cannot be fixed."""
    return name not in fit.family.params and not fit.problem.coefficients.designs


def _window(fit: Fit, name: str, low: float, high: float) -> tuple[float, float]:
    """The interval, extended by its own width on either side, inside the set of the parameter."""
    value = next((v for v in (fit[name], low, high) if np.isfinite(v)), 1.0)  # of an infinite estimate the finite end
    reach = [abs(end - value) for end in (low, high) if np.isfinite(end - value) and end != value]
    width = 2.0 * max(reach, default=abs(value) or 1.0)
    lowest, highest = limits(fit, name)
    return max(value - width, lowest), min(value + width, highest)


def limits(fit: Fit | GroupedFit, name: str) -> tuple[float, float]:
    """Return the ends of the set of a parameter."""
    coefficients = fit.problem.coefficients
    param = coefficients.parameters[coefficients.names.index(name)]
    own = fit.family.params[param]
    return (-np.inf, np.inf) if param in coefficients.designs else (0.0, 1.0) if own.many else (own.low, own.high)
