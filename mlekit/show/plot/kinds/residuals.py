"""Quantile residuals against the fitted mean: standard normal everywhere if the distribution is right."""

from __future__ import annotations

from functools import partial
from math import erfc, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from ....numerics.arrays import Floats
from ..colors import line_colors, text_color
from ..figures import Panel, describe
from ..labels import add_note
from . import _requirements as require
from . import _rows
from ._kind import OfRows

if TYPE_CHECKING:
    from ....fits import Fit, NetworkFit

MOST = 2000  # points that are drawn
PIECES, LEAST = 12, 12  # pieces of a running mean; the least rows of a piece
REACH = 2.0


class Residuals(OfRows):
    """Patterns in the residuals that the model does not explain."""

    def obstacle(self, fit: Fit | NetworkFit) -> str:
        identical = "" if require.differs_by_row(fit) else require.IDENTICAL
        return require.rows(fit) or require.weight(fit) or require.cdf(fit) or identical

    def place(self, fit: Fit | NetworkFit) -> int | None:
        return 2

    def panels(self, fit: Fit | NetworkFit, names: list[str] | None) -> list[Panel]:
        return [partial(_draw, fit)]


def running(x: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return (mean x, mean y) of neighbours in x, with equally many rows in each piece; equal x stay together.

    >>> running(np.repeat([1.0, 2], 12), np.arange(24.0), np.ones(24))
    (array([1., 2.]), array([ 5.5, 17.5]))
    """
    pieces = int(np.clip(len(x) // LEAST, 1, PIECES))
    edges = np.unique(np.quantile(x, np.linspace(0, 1, pieces + 1)[1:-1], method="lower"))
    place = np.searchsorted(edges, x)
    total, sum_x, sum_y = (np.bincount(place, weights * part) for part in (1.0, x, y))
    with np.errstate(invalid="ignore"):
        return (sum_x / total)[total > 0], (sum_y / total)[total > 0]


def _draw(fit: Fit | NetworkFit, ax: Axes) -> None:
    first, second = line_colors(ax, 2)
    mean, residuals, weights = np.asarray(fit.predict(), dtype=float), _rows.residuals(fit), _rows.weights_of(fit)
    counted, shown = weights > 0, np.isfinite(residuals) & np.isfinite(mean) & (weights > 0)
    x, y, w = mean[shown], residuals[shown], weights[shown]
    each = np.unique(np.linspace(0, len(x) - 1, MOST).astype(int)) if len(x) > MOST else np.arange(len(x))
    style: dict[str, Any] = {"markersize": 4, "markerfacecolor": "none", "markeredgecolor": first, "color": first}
    ax.plot(x[each], y[each], "o", alpha=0.6, label="rows", **style)
    for height in (-REACH, 0.0, REACH):
        ax.axhline(height, color=text_color(ax), linewidth=1, linestyle=":" if height else "-")
    means = len(x) >= LEAST
    if means:
        ax.plot(*running(x, y, w), "--", color=second, linewidth=2, label="running mean")
    top = 1.1 * max(3.0, np.max(np.abs(y), initial=0.0))
    ax.set(xlabel="fitted mean", ylabel="quantile residual", ylim=(-top, 1.35 * top))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="upper right", ncols=2, fontsize="small")
    beyond = w[np.abs(y) > REACH].sum() / w.sum() if len(w) else 0.0
    impossible = int((counted & ~shown).sum())
    parts = [f"{beyond:.1%} beyond ±{REACH:g}, {erfc(REACH / sqrt(2)):.1%} expected"]
    parts += [f"{len(each):,} of {len(x):,} rows drawn"] * (len(each) < len(x))
    parts += [part for part in [_rows.censored(fit)] if part]
    parts += [f"{impossible:,} rows are impossible under the fitted distribution"] * bool(impossible)
    note = "; ".join(parts)
    add_note(ax, note)
    describe(ax, f"Quantile residuals against the fitted mean{', with a running mean' * means}; {note}.")
