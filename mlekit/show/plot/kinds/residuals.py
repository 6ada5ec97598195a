"""Quantile residuals against the fitted mean: about zero and equally wide everywhere if the law is right."""

from __future__ import annotations

from functools import partial
from math import erfc, sqrt
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..inks import ink, inks
from ..sheet import Panel, tell
from ..words import note
from . import _rows
from ._asks import SAME, of_rows, ordered, rowwise
from ._kind import Kind

Array = Any
MOST = 2000  # points that are drawn
PIECES, LEAST = 12, 12  # a running mean is over one of so many pieces, of so many rows at least
REACH = 2.0


class Residuals(Kind):
    """What is left of each row, where the law says nothing should be."""

    def absent(self, fit: Any) -> str:
        return of_rows(fit) or ordered(fit) or ("" if rowwise(fit) else SAME)

    def place(self, fit: Any) -> int | None:
        return 2

    def panels(self, fit: Any, names: list[str] | None) -> list[Panel]:
        return [partial(_drawn, fit)]


def running(x: Array, y: Array, weights: Array) -> tuple[Array, Array]:
    """(mean x, mean y) of neighbours in x, as many rows in each piece; equal x stay together.

    >>> running(np.repeat([1.0, 2], 12), np.arange(24.0), np.ones(24))
    (array([1., 2.]), array([ 5.5, 17.5]))
    """
    pieces = int(np.clip(len(x) // LEAST, 1, PIECES))
    edges = np.unique(np.quantile(x, np.linspace(0, 1, pieces + 1)[1:-1], method="lower"))
    place = np.searchsorted(edges, x)
    total, sum_x, sum_y = (np.bincount(place, weights * part) for part in (1.0, x, y))
    with np.errstate(invalid="ignore"):
        return (sum_x / total)[total > 0], (sum_y / total)[total > 0]


def _drawn(fit: Any, ax: Axes) -> None:
    first, second = inks(ax, 2)
    mean, left, weights = np.asarray(fit.predict(), dtype=float), _rows.residuals(fit), _rows.observed(fit)[1]
    counted, shown = weights > 0, np.isfinite(left) & np.isfinite(mean) & (weights > 0)
    x, y, w = mean[shown], left[shown], weights[shown]
    each = np.unique(np.linspace(0, len(x) - 1, MOST).astype(int)) if len(x) > MOST else np.arange(len(x))
    dots: dict[str, Any] = {"markersize": 4, "markerfacecolor": "none", "markeredgecolor": first, "color": first}
    ax.plot(x[each], y[each], "o", alpha=0.6, label="rows", **dots)
    for height in (-REACH, 0.0, REACH):
        ax.axhline(height, color=ink(ax), linewidth=1, linestyle=":" if height else "-")
    means = len(x) >= LEAST
    if means:
        ax.plot(*running(x, y, w), "--", color=second, linewidth=2, label="running mean")
    top = 1.1 * max(3.0, np.max(np.abs(y), initial=0.0))
    ax.set(xlabel="fitted mean", ylabel="quantile residual", ylim=(-top, 1.35 * top))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="upper right", ncols=2, fontsize="small")
    beyond = w[np.abs(y) > REACH].sum() / w.sum() if len(w) else 0.0
    said = [f"{beyond:.1%} beyond ±{REACH:g}, {erfc(REACH / sqrt(2)):.1%} expected"]
    said += [f"{len(each):,} of {len(x):,} rows drawn"] * (len(each) < len(x))
    said += [f"{int((counted & ~shown).sum()):,} impossible under the law"] * bool((counted & ~shown).any())
    note(ax, "; ".join(said))
    tell(ax, f"Quantile residuals against the fitted mean{', with a running mean' * means}; {'; '.join(said)}.")
