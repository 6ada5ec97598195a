"""The data and the fitted law: bars for counts and levels, a histogram and the density for measurements."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..inks import inks
from ..sheet import Panel, tell
from ..words import names as axis_names
from ..words import note, titles
from ._asks import one_law, rows_kept
from ._kind import Kind
from ._rows import observed

Array = Any
BINS = (8, 40)
PALE = 0.3  # the fill of a bar, so that what stands on it is seen without colours too
LEVELS = 30  # bars of levels, the most frequent
COUNTS = 60  # bars of counts, before neighbours are put together


class Fit(Kind):
    """What was seen, beside what the law expects."""

    def absent(self, fit: Any) -> str:
        return one_law(fit) or rows_kept(fit)

    def place(self, fit: Any) -> int | None:
        return 1

    def panels(self, fit: Any, names: list[str] | None) -> list[Panel]:
        law = fit.family
        kind = _levels if law.classes() is not None else _counts if law.support.discrete else _density
        return [partial(kind, fit)]


def _levels(fit: Any, ax: Axes) -> None:
    """The share of each level, seen and fitted."""
    labels, (codes, w) = list(fit.family.classes()), observed(fit)
    seen = np.bincount(codes.astype(int), w, minlength=len(labels)) / w.sum()
    law = np.exp(fit.log_prob(labels))
    order = np.argsort(-seen, kind="stable")[:LEVELS] if len(labels) > LEVELS else np.arange(len(labels))
    _bars(fit, ax, np.arange(len(order)), 1.0, seen[order], law[order])
    axis_names(ax.xaxis, [str(labels[int(k)]) for k in order], upright=max(len(str(it)) for it in labels) > 4)
    titles(ax, fit.problem.rows.target, "probability")
    cut = f"the {LEVELS} most frequent of {len(labels):,} levels" if len(labels) > LEVELS else ""
    note(ax, cut)


def _counts(fit: Any, ax: Axes) -> None:
    """The share of each count, seen and fitted; of many counts neighbours together."""
    y, w = observed(fit)
    low, high = int(y.min()), int(y.max())
    high = min(high, low + 200 * COUNTS)
    step = max(1, -(-(high - low + 1) // COUNTS))
    edges = np.arange(low, high + step + 1, step)
    seen = np.histogram(y, edges - 0.5, weights=w)[0] / w.sum()
    law = np.exp(fit.log_prob(np.arange(edges[0], edges[-1]))).reshape(-1, step).sum(axis=1)
    _bars(fit, ax, edges[:-1] + (step - 1) / 2, step, seen, law)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9))
    titles(ax, fit.problem.rows.target, "probability")
    note(ax, f"each bar {step} counts" if step > 1 else "")


def _bars(fit: Any, ax: Axes, places: Array, step: float, seen: Array, law: Array) -> None:
    first, second = inks(ax, 2)
    ax.bar(places, seen, 0.8 * step, facecolor=(first, PALE), edgecolor=first, label="data")
    dots: dict[str, Any] = {"marker": "D", "markersize": 6, "linestyle": "", "color": second}
    ax.plot(places, law, label=_fitted(fit), zorder=3, **dots)
    _finish(ax, max(np.max(seen), np.max(law)))
    tell(ax, f"{_what(fit)}: bars of the data, with the probability that the fitted law gives to each.")


def _density(fit: Any, ax: Axes) -> None:
    """A histogram, and the density."""
    (y, w), (first, second) = observed(fit), inks(ax, 2)
    seen = w > 0
    low, high = _window(y[seen])
    edges = np.linspace(low, high, bins(y[seen], low, high) + 1)
    heights = np.histogram(y, edges, weights=w)[0] / (w.sum() * np.diff(edges))
    grid = np.linspace(low, high, 401)
    with np.errstate(all="ignore"):
        law = np.exp(fit.log_prob(grid[1:-1]))
    shown = np.isfinite(law)
    ax.bar(edges[:-1], heights, np.diff(edges), align="edge", facecolor=(first, PALE), edgecolor=first, label="data")
    ax.plot(grid[1:-1][shown], law[shown], color=second, linewidth=2, label=_fitted(fit))
    titles(ax, fit.problem.rows.target, "density")
    top = max(np.max(heights), min(np.max(law[shown]), 2 * np.max(heights)))
    _finish(ax, top)
    beyond = w[(y < low) | (y > high)].sum()
    note(ax, f"{beyond:,.10g} of {w.sum():,.10g} values lie beyond the picture" if beyond else "")
    tell(ax, f"{_what(fit)}: a histogram of the data, with the density of the fitted law.")


def _window(y: Array) -> tuple[float, float]:
    """Where the data lie; a few that are far from all others are left out."""
    low, high = float(y.min()), float(y.max())
    q = np.quantile(y, [0.01, 0.25, 0.75, 0.99])
    room = 4 * max(q[3] - q[0], 1e-300)
    low, high = max(low, q[0] - room), min(high, q[3] + room)
    return (low, high) if high > low else (low - 0.5 * (abs(low) or 1), high + 0.5 * (abs(high) or 1))


def bins(y: Array, low: float, high: float) -> int:
    """Freedman and Diaconis: a width of 2 IQR n^(-1/3), within reason.

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


def _fitted(fit: Any) -> str:
    return fit.family.name


def _what(fit: Any) -> str:
    shown = ", ".join(f"{name} {value:.4g}" for name, value in fit.params.iloc[:4].items())
    return f"The data and the fitted {fit.family.name} law with {shown}"
