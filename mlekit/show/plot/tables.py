"""Tables of probabilities, and lists of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from numpy.typing import ArrayLike, NDArray

from .inks import far, heat, ink, inks
from .sheet import tell
from .words import fitting, names, note, plain, shown

Floats = NDArray[np.float64]

TOLD, BARS = 12, 30  # the most rows whose numbers are written out; the most bars
APART = 0.08  # of a scale: the least room between two of its numbers


def heat_map(
    ax: Axes, values: ArrayLike, labels: Sequence[str], *, row: str, column: str, value: str, said: str = ""
) -> None:
    """A table of probabilities, a row and a column for each label; a cell without a value is hatched.

    Lightness goes with the square root, so that 1% can be told from 0; a small table has its numbers written in.

    >>> from functools import partial
    >>> from mlekit.show import figure, heat_map
    >>> p = [[0.0, 1.0], [0.5, 0.5]]
    >>> picture = figure([partial(heat_map, values=p, labels=["a", "b"], row="from", column="to", value="p")])
    >>> picture.axes[0].get_xlabel(), picture.axes[0].get_ylabel()
    ('to', 'from')
    """
    table = np.asarray(values, np.float64)
    top = float(np.nanmax(table, initial=0)) or 1.0
    ax.patch.set(hatch="////", edgecolor=ink(ax))
    image = ax.imshow(np.ma.masked_invalid(table), heat(ax), PowerNorm(0.5, 0, top), aspect="auto")
    ax.grid(visible=False)
    ax.set(xlabel=column, ylabel=row)
    note(ax, said)
    sheet: Any = ax.figure
    bar = sheet.colorbar(image, ax=ax, label=value, ticks=scale(top))
    bar.ax.set_yticklabels([f"{tick:g}" for tick in scale(top)])
    bar.ax.minorticks_off()
    names(ax.yaxis, labels)
    names(ax.xaxis, labels, upright=max(map(len, map(shown, labels))) > 2)
    if len(table) <= TOLD:
        _numbers(ax, image, table)
    tell(ax, _seen(table, labels, row, column, value))


def _seen(table: Floats, labels: Sequence[str], row: str, column: str, value: str) -> str:
    """The darkest cell stands for the others."""
    said = f"A heat map of {value}: a row for each {row}, a column for each {column}"
    if not np.isfinite(table).any():
        return f"{said}."
    i, j = (int(k) for k in np.unravel_index(np.nanargmax(table), table.shape))
    return f"{said}; the highest is {table[i, j]:.3g}, in the row {shown(labels[i])} and the column {shown(labels[j])}."


def scale(top: float) -> list[float]:
    """Round numbers from 0 to the top, so far apart that each can be written beside a scale of square roots.

    >>> scale(0.76)
    [0.0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5]
    """
    decades = range(int(np.floor(np.log10(top))), -12, -1)
    kept = list[float]()
    for tick in [*(digit * 10.0**k for k in decades for digit in (5, 2, 1)), 0.0]:
        if tick <= top and (not kept or np.sqrt(kept[-1] / top) - np.sqrt(tick / top) >= APART):
            kept.append(float(f"{tick:.0e}"))
    return kept[::-1] if kept[-1] == 0 else [0.0, *kept[-2::-1]]


def _numbers(ax: Axes, image: Any, table: Floats) -> None:
    size = fitting(ax.xaxis, ["0.00"] * len(table), upright=False)
    for (i, j), value in np.ndenumerate(table):
        if np.isfinite(value):
            colour = far(image.cmap(image.norm(value)))
            ax.text(j, i, f"{value:.2f}", color=colour, ha="center", va="center", fontsize=size)


def bars(ax: Axes, values: ArrayLike, labels: Sequence[str], *, value: str, said: str = "") -> None:
    """A bar for each label, the largest on top; of many the largest alone, said so.

    >>> from functools import partial
    >>> from mlekit.show import bars, figure
    >>> picture = figure([partial(bars, values=[0.7, 0.3], labels=["heads", "tails"], value="share")])
    >>> picture.axes[0].get_xlabel()
    'share'
    """
    all_of_them = np.asarray(values, np.float64)
    order = np.argsort(-all_of_them, kind="stable")[:BARS]
    if len(order) < len(all_of_them):
        said = f"the {len(order)} largest of {len(all_of_them):,}" + f"; {said}" * bool(said)
    drawn = ax.barh(range(len(order)), all_of_them[order], color=inks(ax, 1)[0])
    ax.invert_yaxis()
    ax.margins(x=0.12, y=0.01)
    ax.set(xlabel=value)
    ax.grid(visible=False)
    ax.spines[["top", "right"]].set_visible(False)
    note(ax, said)
    told = ", ".join(f"{shown(labels[int(k)])} {all_of_them[k]:.3g}" for k in order[:TOLD])
    tell(ax, f"Bars of {value}, the largest first: {told}{', ...' if len(order) > TOLD else ''}.")
    names(ax.yaxis, [labels[int(k)] for k in order])
    if len(order) <= TOLD:
        for text in ax.bar_label(drawn, fmt="%.3g", padding=3):
            plain(text).set_color(ink(ax))
