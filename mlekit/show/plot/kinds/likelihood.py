"""The log-likelihood along each parameter, the others held where they are: the top, and the interval below it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ....errors import MlekitError
from ..inks import ink, inks
from ..sheet import Panel, tell
from ..words import note, nothing, titles
from ._asks import free, movable
from ._kind import Kind

Array = Any
MOST = 4  # parameters, where none is asked for
POINTS, FEW, MANY = 201, 41, 20_000  # points of the curve; where each takes a look at that many rows
SEEN = 0.05  # how far below the top a point is not at the top
DEEP = 8.0  # how far below the top the curve is followed, in units of the log-likelihood


class Likelihood(Kind):
    """The curve that was climbed."""

    def absent(self, fit: Any) -> str:
        return movable(fit)

    def place(self, fit: Any) -> int | None:
        plain = not fit.problem.priors and not fit.problem.coefficients.designs
        return 2 if plain and fit.n_params == 1 else None

    def panels(self, fit: Any, names: list[str] | None) -> list[Panel]:
        return [partial(_along, fit, name) for name in names or free(fit)[:MOST]]


def _along(fit: Any, name: str, ax: Axes) -> None:
    first, second = inks(ax, 2)
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
    held_too = " (the others held)" if fit.n_params > 1 else ""
    titles(ax, name, f"log-likelihood{held_too}")
    said = words_of(fit, name, low, high, method)
    said += "; off the top because of the prior" * bool(fit.problem.priors and fit.llf < top - SEEN)
    note(ax, said)
    tell(ax, f"The log-likelihood over {name}{held_too}: a curve with the estimate marked; {said}.")


def no_curve(ax: Axes, name: str, what: str) -> None:
    """Where a curve has no two points that are numbers."""
    titles(ax, name, what)
    nothing(ax, "no curve", f"the {what} is a number at fewer than two values of {name}")


def interval(fit: Any, name: str) -> tuple[float, float, str]:
    """(lower, upper, method); NaN where there is none."""
    try:
        table = fit.conf_int(name)
    except MlekitError:
        table = fit.conf_int(name, method="wald")
    low, high = table.to_numpy()[0]
    return float(low), float(high), str(table.attrs["method"])


def words_of(fit: Any, name: str, low: float, high: float, method: str) -> str:
    """The estimate and its interval in one line."""
    method = "Wald" if method == "wald" else method
    low_said, high_said = ("not found" if np.isnan(end) else number(end) for end in (low, high))
    ends = f"; 95% interval ({method}) {low_said} to {high_said}" if not np.isnan([low, high]).all() else ""
    return f"estimate {number(fit[name])}{ends}"


def number(value: float) -> str:
    """Four digits.

    >>> number(0.5), number(-np.inf), number(-0.0)
    ('0.5', '-∞', '0')
    """
    return f"{value + 0.0:.4g}".replace("inf", "∞")


def mark_estimate(ax: Axes, value: float, height: float, colour: Any) -> None:
    """A point at the estimate, and a line down to the axis."""
    ax.vlines(value, ax.get_ylim()[0], height, colors=[colour], linestyle="--", linewidth=1)
    ax.plot(value, height, "o", color=colour, markeredgecolor=ink(ax), clip_on=False, zorder=4)
    ax.spines[["top", "right"]].set_visible(False)


def mark_interval(ax: Axes, low: float, high: float, height: float, colour: Any) -> None:
    """A bar from end to end; an end at infinity is at the edge of the picture."""
    left, right = ax.get_xlim()
    if not np.isnan(low + high):
        ax.plot([max(low, left), min(high, right)], [height] * 2, color=colour, linewidth=4, solid_capstyle="butt")
        ax.set_xlim(left, right)


def curve(fit: Any, name: str, low: float, high: float) -> tuple[Array, Array]:
    """(values, log-likelihoods) where these are finite; a share moves with the others, which stay in proportion."""
    if name not in fit.family.params and not fit.problem.coefficients.designs:
        seen = fit.profile(name, points=POINTS, level=0.999).to_frame()
        finite = np.isfinite(seen.to_numpy()).all(axis=1)
        return seen.iloc[:, 0].to_numpy()[finite], seen.iloc[:, 1].to_numpy()[finite]
    points = POINTS if fit.problem.form.summed or fit.nobs < MANY else FEW
    values = np.union1d(np.linspace(low, high, points), fit[name])
    heights = np.array([fit.loglike({name: value}) for value in values])
    near = heights > fit.llf - DEEP
    return values[near], heights[near]


def _window(fit: Any, name: str, low: float, high: float) -> tuple[float, float]:
    """The interval with as much again around it, inside the set of the parameter."""
    value = fit[name]
    reach = [abs(end - value) for end in (low, high) if np.isfinite(end - value) and end != value]
    wide = 2.0 * max(reach, default=abs(value) or 1.0)
    lowest, highest = limits(fit, name)
    return max(value - wide, lowest), min(value + wide, highest)


def limits(fit: Any, name: str) -> tuple[float, float]:
    """The ends of the set of a parameter."""
    coefficients = fit.problem.coefficients
    param = coefficients.parameters[coefficients.names.index(name)]
    own = fit.family.params[param]
    return (-np.inf, np.inf) if param in coefficients.designs else (0.0, 1.0) if own.many else (own.low, own.high)
