"""Sorted data against the quantiles of the fitted distribution, with a simultaneous 95% band.

    under the fitted distribution, the i-th of n sorted values has the probability U below it,    U ~ Beta(i, n + 1 - i)

The band is simultaneous: at each point it has a level above 95%, the same for all points, so that all points together
are inside with probability 95%: `level(n)`.

For a discrete distribution, for censored or truncated rows, and where the distribution differs from row to row,
quantile residuals take the place of the data: they are standard normal if the distribution is right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from ....numerics.arrays import Floats
from ....numerics.special import ndtri
from ..colors import line_colors, text_color
from ..figures import Panel, describe
from ..labels import add_note, name_axes
from . import _requirements as require
from ._kind import OfRows
from ._rows import censored, exact, observed, residuals, weights_of

if TYPE_CHECKING:
    from ....fits import Fit, NetworkFit

MOST, ENDS = 500, 50  # points that are drawn; those of them at either end
# probability that one point is outside its own band so that some of n is with probability 5%: by simulation, to a tenth
SIZES, LEVELS = (1, 10, 100, 1e3, 1e4, 1e5), (0.05, 0.0073, 0.0021, 0.0012, 0.00065, 0.00036)


class Qq(OfRows):
    """Agreement of the fitted distribution with the shape of the data."""

    def obstacle(self, fit: Fit | NetworkFit) -> str:
        return require.rows(fit) or require.weight(fit) or require.cdf(fit)

    def place(self, fit: Fit | NetworkFit) -> int | None:
        return 3 if require.differs_by_row(fit) or not fit.family.support.discrete else None

    def panels(self, fit: Fit | NetworkFit, names: list[str] | None) -> list[Panel]:
        if fit.trained is True or require.differs_by_row(fit) or fit.family.support.discrete or not exact(fit):
            return [partial(_draw, partial(_of_residuals, fit))]
        return [partial(_draw, partial(_of_data, fit))]


@dataclass(frozen=True)
class Points:
    """Sorted values with the expected quantiles and their band."""

    expected: Floats
    values: Floats
    low: Floats
    high: Floats
    xlabel: str
    name: str
    impossible: int = 0  # values with probability zero under the fitted distribution
    remark: str = ""


def level(n: float) -> float:
    """Return the probability of each of n points to be outside its own band.

    >>> round(level(1), 4), round(level(30), 4)
    (0.05, 0.004)
    """
    return float(np.exp(np.interp(np.log(n), np.log(SIZES), np.log(LEVELS))))


def ranks(weights: Floats, shown: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
    """Return the proportion of the weight below some of the sorted values, and both ends of its band."""
    from scipy.special import betaincinv

    total, k = weights.sum(), (np.cumsum(weights) - 0.5 * weights)[shown]
    half = level(max(total, 1.0)) / 2
    low, high = (betaincinv(k + 0.5, np.maximum(total - k, 0) + 0.5, tail) for tail in (half, 1 - half))
    return k / total, low, high


def chosen(n: int) -> NDArray[np.intp]:
    """Return which of n sorted points are drawn: all near the ends, and evenly spaced ones between.

    >>> len(chosen(1_000_000)), chosen(3).tolist()
    (500, [0, 1, 2])
    """
    if n <= MOST:
        return np.arange(n)
    middle = np.linspace(ENDS, n - ENDS, MOST - 2 * ENDS, endpoint=False).astype(int)
    return np.concatenate([np.arange(ENDS), middle, np.arange(n - ENDS, n)])


def _sorted(values: Floats, weights: Floats) -> tuple[Floats, Floats, int]:
    """(finite values in order, their weights, number of others)."""
    counted = weights > 0
    kept = counted & np.isfinite(values)
    order = np.argsort(values[kept], kind="stable")
    return values[kept][order], weights[kept][order], int((counted & ~kept).sum())


def _of_data(fit: Fit) -> Points:
    """The data in their own units."""
    values, weights, _ = _sorted(*observed(fit))
    shown = chosen(len(values))
    with np.errstate(all="ignore"):
        expected, low, high = (np.asarray(fit.quantile(part)) for part in ranks(weights, shown))
    xlabel = f"fitted {fit.family.name} quantiles"
    return Points(expected, values[shown], low, high, xlabel, fit.problem.rows.target)


def _of_residuals(fit: Fit | NetworkFit) -> Points:
    """Quantile residuals, which are standard normal if the distribution is right."""
    values, weights, impossible = _sorted(residuals(fit), weights_of(fit))
    shown = chosen(len(values))
    expected, low, high = (ndtri(part) for part in ranks(weights, shown))
    names = "standard normal quantiles", "quantile residuals"
    return Points(expected, values[shown], low, high, *names, impossible, censored(fit))


def _draw(of: Callable[[], Points], ax: Axes) -> None:
    first, second = line_colors(ax, 2)
    points = of()
    label = "simultaneous 95% band"
    ax.fill_between(points.expected, points.low, points.high, facecolor=second, alpha=0.2, label=label)
    for edge in (points.low, points.high):
        ax.plot(points.expected, edge, color=second, linewidth=0.8, linestyle="--")
    ends = [np.min(points.expected), np.max(points.expected)]
    ax.plot(ends, ends, color=text_color(ax), linewidth=1, label="expected")
    style: dict[str, Any] = {"markersize": 4, "markerfacecolor": "none", "markeredgecolor": first, "color": first}
    ax.plot(points.expected, points.values, "o", label="data", **style)
    name_axes(ax, points.xlabel, f"{points.name}, sorted")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="upper left", fontsize="small")
    outside = int(np.sum((points.values < points.low) | (points.values > points.high)))
    note = (
        f"{outside:,} of {len(points.values):,} points are outside the band"
        if outside
        else "all points are in the band"
    )
    if points.remark:
        note += f"; {points.remark}"
    if points.impossible:
        note += f"; {points.impossible:,} rows are impossible under the fitted distribution"
    add_note(ax, note)
    values = f"The sorted {points.name} against {points.xlabel}"
    describe(ax, f"{values}, with a line for the expected values and a band around it; {note}.")
