"""The fitted survival function of censored or truncated rows against a nonparametric estimate.

    P(Y > y),    given that Y lies in the window that the rows have in common

Right-censored rows have the Kaplan-Meier estimate, also if they entered at different times, and all others that of
Turnbull. Whole numbers at or beyond y are numbers above y - 1, so that the same estimates serve them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from ....numerics.arrays import Floats
from ..colors import line_colors
from ..figures import describe
from ..labels import add_note, name_axes
from ..nonparametric import Curve, kaplan_meier, turnbull
from ._rows import weights_of

if TYPE_CHECKING:
    from ....fits import Fit

DIFFERENT = "the rows were seen through different windows, for which no nonparametric estimate is drawn: see 'qq'"
MOST = 500  # marks of censored rows
PALE = 0.2


@dataclass(frozen=True)
class Seen:
    """What is known of the rows of a fit: each lies in (lower, upper], given that it lies in (entry, end]."""

    fit: Fit

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        return weights_of(self.fit) > 0

    @cached_property
    def weights(self) -> Floats:
        return weights_of(self.fit)[self.counted]

    @cached_property
    def event(self) -> NDArray[np.bool_]:
        """True for exact values."""
        exact = self.fit.problem.rows.observations.density_rows()
        return np.ones(len(self.weights), dtype=bool) if exact is None else np.asarray(exact)[self.counted]

    @cached_property
    def upper(self) -> Floats:
        return self._column(1)

    @cached_property
    def lower(self) -> Floats:
        return np.where(self.event, self.upper, self._column(0) - self._step)

    @cached_property
    def entry(self) -> Floats:
        return np.asarray(self.fit.problem.rows.observations.windows[0], float)[self.counted] - self._step

    @cached_property
    def end(self) -> Floats:
        return np.asarray(self.fit.problem.rows.observations.windows[1], float)[self.counted]

    def _column(self, side: int) -> Floats:
        return np.asarray(self.fit.problem.rows.observations.bounds[side], dtype=float)[self.counted]

    @property
    def _step(self) -> float:
        return float(self.fit.family.support.discrete)

    @property
    def one_sided(self) -> bool:
        """True if rows are exact or right-censored, and none was lost because its value was too large."""
        return bool((self.event | (self.upper == np.inf)).all() and self.end.min() == np.inf)

    @property
    def one_window(self) -> bool:
        """True if all rows have the same window."""
        return bool(self.entry.min() == self.entry.max() and self.end.min() == self.end.max())

    def estimate(self) -> tuple[str, Curve]:
        """Return the nonparametric estimate and its name."""
        if self.one_sided:
            entry = None if self.one_window else self.entry
            return "Kaplan-Meier", kaplan_meier(self.lower, self.event, self.weights, entry)
        return "Turnbull", turnbull(self.lower, self.upper, self.weights)

    def fitted(self, at: Floats) -> Floats:
        """Return P(Y > y) under the fit, given the first entry and the last end."""
        start, stop = self.entry.min(), self.end.max()
        sf = self.fit.dist.sf
        first = 1.0 if start == -np.inf else float(sf(start))
        last = 0.0 if stop == np.inf else float(sf(stop))
        return np.clip((np.asarray(sf(at), dtype=float) - last) / (first - last), 0.0, 1.0)


def obstacle(fit: Fit) -> str:
    """Return the reason why rows have no nonparametric estimate, as a clause; empty where they have one."""
    seen = Seen(fit)
    return "" if seen.one_sided or seen.one_window else DIFFERENT


def draw(fit: Fit, ax: Axes) -> None:
    """Draw both survival functions."""
    seen = Seen(fit)
    name, curve = seen.estimate()
    first, second = line_colors(ax, 2)
    low, high = _range(seen)
    if curve.low is not None and curve.high is not None:
        _band(curve, low, high, first, ax)
    _steps(curve, low, high, {"color": first, "linewidth": 1.5, "label": name}, ax)
    if name == "Kaplan-Meier":
        _marks(seen, curve, first, ax)
    discrete = fit.family.support.discrete
    grid = np.arange(low, high + 1) if discrete else np.linspace(low, high, 401)
    style: dict[str, Any] = {"color": second, "linewidth": 2, "linestyle": "--", "label": fit.family.name}
    ax.plot(grid, seen.fitted(grid), drawstyle="steps-post" if discrete else "default", **style)
    given = _condition(seen)
    name_axes(ax, fit.problem.rows.target, "probability of a larger value")
    ax.set(xlim=(low, high), ylim=(0, 1.25))
    ax.set_yticks(np.linspace(0, 1, 6))
    ax.legend(frameon=False, loc="upper right", ncols=2, fontsize="small")
    ax.spines[["top", "right"]].set_visible(False)
    note = fit.problem.rows.observations.describe().partition(";")[0] + given
    add_note(ax, note)
    params = ", ".join(f"{param} {value:.4g}" for param, value in fit.params.iloc[:4].items())
    describe(
        ax,
        f"The {name} estimate of the survival function, as steps, with that of the fitted {fit.family.name} "
        f"distribution with {params}; {note}.",
    )


def _condition(seen: Seen) -> str:
    """The window, as the end of a note."""
    start, stop = seen.entry.min(), seen.end.max()
    parts = [f"above {start:.4g}"] * bool(start > -np.inf) + [f"at most {stop:.4g}"] * bool(stop < np.inf)
    return f"; given values {' and '.join(parts)}" if parts else ""


def _range(seen: Seen) -> tuple[float, float]:
    """Ends of the axis: finite bounds with room at either side, or the lower end of the support if it is near."""
    bounds = np.concatenate([seen.lower, seen.upper])
    finite = bounds[np.isfinite(bounds)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    if seen.fit.family.support.discrete:
        return low - 1, high + 1
    room, end = 0.04 * (high - low) or 1.0, seen.fit.family.support.low
    return (min(end, low) if end >= 2 * low - high else low - room), high + room


def _steps(curve: Curve, low: float, high: float, style: dict[str, Any], ax: Axes) -> None:
    """A line that is level between the intervals, and a box where it falls in a way that the rows do not tell."""
    x, y, before, box = [low], [1.0], 1.0, "not determined by the rows"
    for left, right, after in zip(curve.left.clip(min=low), curve.right.clip(max=high), curve.survival, strict=True):
        x.append(left)
        y.append(before)
        if left < right:
            ax.fill_between([left, right], after, before, facecolor=style["color"], alpha=PALE, linewidth=0, label=box)
            box = "_more"
            x.append(np.nan)
            y.append(np.nan)
        x.append(right)
        y.append(after)
        before = after
    ax.plot([*x, high], [*y, before], **style)


def _band(curve: Curve, low: float, high: float, color: Any, ax: Axes) -> None:
    """Pointwise limits; there are none once the estimate is zero."""
    assert curve.low is not None
    assert curve.high is not None
    known = np.isfinite(curve.low)
    last = high if known.all() else curve.right[~known][0]
    x = np.concatenate([[low], curve.right[known], [last]])
    limits = (curve.low[known], curve.high[known])
    below, above = (np.concatenate([[1.0], end, [1.0, *end][-1:]]) for end in limits)
    style: dict[str, Any] = {"facecolor": color, "alpha": PALE, "linewidth": 0}
    ax.fill_between(x, below, above, step="post", label="pointwise 95% limits", **style)


def _marks(seen: Seen, curve: Curve, color: Any, ax: Axes) -> None:
    """A mark on the curve for each censored row."""
    times = np.unique(seen.lower[~seen.event])
    if not len(times):
        return
    times = times[np.unique(np.linspace(0, len(times) - 1, MOST).astype(int))]
    height = np.concatenate([[1.0], curve.survival])[np.searchsorted(curve.right, times, side="right")]
    ax.plot(times, height, "|", color=color, markersize=7, label="right-censored")
