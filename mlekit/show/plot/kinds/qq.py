"""Sorted data against the quantiles of the fitted law, with the band that holds all points 95 times in 100.

    the i-th of n values of a right law has the probability U below it,    U ~ Beta(i, n + 1 - i)

Points move together, so the band at each place is that of a level beyond 95%, the same for all places: `level(n)`.

Of a discrete law, and where the law differs from row to row, residuals stand for the data: normal if the law is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..inks import ink, inks
from ..sheet import Panel, tell
from ..words import note, titles
from ._asks import of_rows, ordered, rowwise
from ._kind import Kind
from ._rows import observed, residuals

Array = Any
MOST, ENDS = 500, 50  # points that are drawn; those of them that are the outermost, at either end
# how rarely a point may be outside its own band, so that none of n is 95 times in 100: by simulation, to about a tenth
SIZES, LEVELS = (1, 10, 100, 1e3, 1e4, 1e5), (0.05, 0.0073, 0.0021, 0.0012, 0.00065, 0.00036)


class Qq(Kind):
    """Whether the law has the shape of the data."""

    def absent(self, fit: Any) -> str:
        return of_rows(fit) or ordered(fit)

    def place(self, fit: Any) -> int | None:
        return 3 if rowwise(fit) or not fit.family.support.discrete else None

    def panels(self, fit: Any, names: list[str] | None) -> list[Panel]:
        own = not rowwise(fit) and not fit.family.support.discrete
        return [partial(_drawn, fit, _own if own else _standard)]


@dataclass(frozen=True)
class Points:
    """Sorted values beside the quantiles that were to be expected, and their band."""

    expected: Array
    values: Array
    low: Array
    high: Array
    xlabel: str
    what: str
    left_out: int = 0  # values that the law holds impossible


def level(n: float) -> float:
    """The chance of each of n points to lie outside.

    >>> round(level(1), 4), round(level(30), 4)
    (0.05, 0.004)
    """
    return float(np.exp(np.interp(np.log(n), np.log(SIZES), np.log(LEVELS))))


def ranks(weights: Array, shown: Array) -> tuple[Array, Array, Array]:
    """(share of the weight below some of the sorted values, and the ends of its band)."""
    from scipy.special import betaincinv

    total, k = weights.sum(), (np.cumsum(weights) - 0.5 * weights)[shown]
    half = level(max(total, 1.0)) / 2
    low, high = (betaincinv(k + 0.5, np.maximum(total - k, 0) + 0.5, tail) for tail in (half, 1 - half))
    return k / total, low, high


def chosen(n: int) -> Array:
    """Which of n sorted points are drawn: evenly spaced ones, and all near the ends.

    >>> len(chosen(1_000_000)), chosen(3).tolist()
    (500, [0, 1, 2])
    """
    if n <= MOST:
        return np.arange(n)
    middle = np.linspace(ENDS, n - ENDS, MOST - 2 * ENDS, endpoint=False).astype(int)
    return np.concatenate([np.arange(ENDS), middle, np.arange(n - ENDS, n)])


def _sorted(values: Array, weights: Array) -> tuple[Array, Array, int]:
    """(values, weights, how many rows had none)."""
    counted = weights > 0
    kept = counted & np.isfinite(values)
    order = np.argsort(values[kept], kind="stable")
    return values[kept][order], weights[kept][order], int((counted & ~kept).sum())


def _own(fit: Any) -> Points:
    """In the units of the data."""
    values, weights, _ = _sorted(*observed(fit))
    shown = chosen(len(values))
    share, low, high = ranks(weights, shown)
    with np.errstate(all="ignore"):
        expected, below, above = (np.asarray(fit.quantile(part)) for part in (share, low, high))
    target = fit.problem.rows.target
    return Points(expected, values[shown], below, above, f"quantiles of the fitted {fit.family.name} law", target)


def _standard(fit: Any) -> Points:
    """Of residuals, which are standard normal if the law is right."""
    from ....numerics.special import ndtri

    values, weights, gone = _sorted(residuals(fit), observed(fit)[1])
    shown = chosen(len(values))
    expected, below, above = (ndtri(part) for part in ranks(weights, shown))
    return Points(expected, values[shown], below, above, "standard normal quantiles", "quantile residuals", gone)


def _drawn(fit: Any, of: Any, ax: Axes) -> None:
    first, second = inks(ax, 2)
    points = of(fit)
    ax.fill_between(points.expected, points.low, points.high, facecolor=second, alpha=0.2, label="95% band for all")
    for edge in (points.low, points.high):
        ax.plot(points.expected, edge, color=second, linewidth=0.8, linestyle="--")
    ends = [np.min(points.expected), np.max(points.expected)]
    ax.plot(ends, ends, color=ink(ax), linewidth=1, label="as the law expects")
    dots: dict[str, Any] = {"markersize": 4, "markerfacecolor": "none", "markeredgecolor": first, "color": first}
    ax.plot(points.expected, points.values, "o", label="data", **dots)
    titles(ax, points.xlabel, f"{points.what}, sorted")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="upper left", fontsize="small")
    outside = int(np.sum((points.values < points.low) | (points.values > points.high)))
    gone = f"; {points.left_out:,} impossible under the law" if points.left_out else ""
    where = (
        f"{outside:,} of {len(points.values):,} points lie outside the band" if outside else "all lie within the band"
    )
    said = f"{where}{gone}"
    note(ax, said)
    values = f"The sorted {points.what} against {points.xlabel}"
    tell(ax, f"{values}, with a line and a band for what is to be expected; {said}.")
