"""The data and the fitted distribution.

Counts and levels have bars, measurements a histogram and the density, censored or truncated rows a survival function.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ....numerics.arrays import Floats
from ..colors import line_colors
from ..figures import Panel, describe
from ..labels import add_note, name_axes, name_ticks
from . import _requirements as require
from . import _survival
from ._kind import OfSingleFits
from ._rows import exact, observed

if TYPE_CHECKING:
    from ....fits import Fit as AnyFit

BINS = (8, 40)
PALE = 0.3  # opacity of the bars
LEVELS = 30  # bars of levels, the most frequent
COUNTS = 60  # bars of counts; of more counts, neighbours are put together


class Fit(OfSingleFits):
    """The observed and the fitted distribution."""

    def obstacle(self, fit: AnyFit) -> str:
        found = require.identical(fit) or require.rows(fit)
        return found if found or exact(fit) else require.cdf(fit) or _survival.obstacle(fit)

    def place(self, fit: AnyFit) -> int | None:
        return 1

    def panels(self, fit: AnyFit, names: list[str] | None) -> list[Panel]:
        family = fit.family
        if not exact(fit):
            return [partial(_survival.draw, fit)]
        draw = _levels if family.classes() is not None else _counts if family.support.discrete else _density
        return [partial(draw, fit)]


def _levels(fit: AnyFit, ax: Axes) -> None:
    """Draw the observed and the fitted probability of each level."""
    labels, (codes, w) = list(fit.family.classes() or []), observed(fit)
    seen = np.bincount(codes.astype(int), w, minlength=len(labels)) / w.sum()
    fitted = np.exp(fit.log_prob(labels))
    order = np.argsort(-seen, kind="stable")[:LEVELS] if len(labels) > LEVELS else np.arange(len(labels))
    _bars(fit, ax, np.arange(len(order), dtype=float), 1.0, seen[order], fitted[order])
    name_ticks(ax.xaxis, [str(labels[int(k)]) for k in order], upright=max(len(str(it)) for it in labels) > 4)
    name_axes(ax, fit.problem.rows.target, "probability")
    add_note(ax, f"the {LEVELS} most frequent of {len(labels):,} levels" if len(labels) > LEVELS else "")


def _counts(fit: AnyFit, ax: Axes) -> None:
    """Draw the observed and the fitted probability of each count, or of ranges of counts."""
    y, w = observed(fit)
    low, high = int(y.min()), int(y.max())
    high = min(high, low + 200 * COUNTS)
    step = max(1, -(-(high - low + 1) // COUNTS))
    edges = np.arange(low, high + step + 1, step)
    seen = np.histogram(y, edges - 0.5, weights=w)[0] / w.sum()
    fitted = np.exp(fit.log_prob(np.arange(edges[0], edges[-1]))).reshape(-1, step).sum(axis=1)
    _bars(fit, ax, np.asarray(edges[:-1] + (step - 1) / 2, float), step, seen, fitted)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9))
    name_axes(ax, fit.problem.rows.target, "probability")
    add_note(ax, f"{step} counts per bar" if step > 1 else "")


def _bars(fit: AnyFit, ax: Axes, places: Floats, step: float, seen: Floats, fitted: Floats) -> None:
    first, second = line_colors(ax, 2)
    ax.bar(places, seen, 0.8 * step, facecolor=(first, PALE), edgecolor=first, label="data")
    points: dict[str, Any] = {"marker": "D", "markersize": 6, "linestyle": "", "color": second}
    ax.plot(places, fitted, label=fit.family.name, zorder=3, **points)
    _finish(ax, max(np.max(seen), np.max(fitted)))
    each = "value" if step == 1 else "range of values"
    describe(ax, f"{_subject(fit)}: bars of the data, with the fitted probability of each {each}.")


def _density(fit: AnyFit, ax: Axes) -> None:
    """Draw a histogram and the fitted density."""
    (y, w), (first, second) = observed(fit), line_colors(ax, 2)
    counted = w > 0
    low, high = _range(y[counted])
    edges = np.linspace(low, high, bins(y[counted], low, high) + 1)
    heights = np.histogram(y, edges, weights=w)[0] / (w.sum() * np.diff(edges))
    grid = np.linspace(low, high, 401)[1:-1]
    with np.errstate(all="ignore"):
        fitted = np.exp(fit.log_prob(grid))
    finite = np.isfinite(fitted)
    ax.bar(edges[:-1], heights, np.diff(edges), align="edge", facecolor=(first, PALE), edgecolor=first, label="data")
    ax.plot(grid[finite], fitted[finite], color=second, linewidth=2, label=fit.family.name)
    name_axes(ax, fit.problem.rows.target, "density")
    _finish(ax, max(np.max(heights), min(np.max(fitted[finite]), 2 * np.max(heights))))
    outside = w[(y < low) | (y > high)].sum()
    add_note(ax, f"{outside:,.10g} of {w.sum():,.10g} values are outside the picture" if outside else "")
    describe(ax, f"{_subject(fit)}: a histogram of the data, with the fitted density.")


def _range(y: Floats) -> tuple[float, float]:
    """Range of the data, without a few values that are far from all others."""
    low, high = float(y.min()), float(y.max())
    q = np.quantile(y, [0.01, 0.25, 0.75, 0.99])
    room = 4 * max(q[3] - q[0], 1e-300)
    low, high = max(low, q[0] - room), min(high, q[3] + room)
    return (low, high) if high > low else (low - 0.5 * (abs(low) or 1), high + 0.5 * (abs(high) or 1))


def bins(y: Floats, low: float, high: float) -> int:
    """Return the number of bins by the rule of Freedman and Diaconis, a width of 2 IQR n^(-1/3), within limits.

    >>> bins(np.arange(1000.0), 0.0, 999.0)
    10
    """
    spread = float(np.subtract(*np.quantile(y, [0.75, 0.25])))
    width = 2 * spread * len(y) ** (-1 / 3)
    return int(np.clip(np.ceil((high - low) / width) if width > 0 else BINS[0], *BINS))


def _finish(ax: Axes, top: float) -> None:
    ax.set_ylim(0, 1.3 * top)
    ax.legend(frameon=False, loc="upper right", ncols=2)
    ax.spines[["top", "right"]].set_visible(False)


def _subject(fit: AnyFit) -> str:
    params = ", ".join(f"{name} {value:.4g}" for name, value in fit.params.iloc[:4].items())
    return f"The data and the fitted {fit.family.name} distribution with {params}"
