"""Tables of probabilities as heat maps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike

from ...numerics.arrays import Floats
from .colors import black_or_white, heat_colors, text_color
from .figures import describe, figure_of
from .labels import add_note, font_size, name_ticks, shown

NUMBERED = 12  # the most rows whose numbers are written out
APART = 0.08  # of a scale: the least room between two of its ticks


def heat_map(
    ax: Axes, values: ArrayLike, labels: Sequence[str], *, row: str, column: str, value: str, note: str = ""
) -> None:
    """Draw a table of probabilities, with a row and a column for each label; cells without a value are hatched.

    Lightness is proportional to the square root, so that 1% differs visibly from 0; a small table shows its numbers.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw into.
    values : array-like
        Table of probabilities.
    labels : sequence of str
        Labels of the rows and of the columns.
    row, column, value : str
        Names of the rows, of the columns and of the values.
    note : str, default ""
        Note above the axes.

    Examples
    --------
    >>> from functools import partial
    >>> from mlekit.show import figure, heat_map
    >>> p = [[0.0, 1.0], [0.5, 0.5]]
    >>> picture = figure([partial(heat_map, values=p, labels=["a", "b"], row="from", column="to", value="p")])
    >>> picture.axes[0].get_xlabel(), picture.axes[0].get_ylabel()
    ('to', 'from')
    """
    table = np.asarray(values, np.float64)
    top = float(np.nanmax(table, initial=0)) or 1.0
    ax.patch.set(hatch="////", edgecolor=text_color(ax))
    image = ax.imshow(np.ma.masked_invalid(table), heat_colors(ax), PowerNorm(0.5, 0, top), aspect="auto")
    ax.grid(visible=False)
    ax.set(xlabel=column, ylabel=row)
    add_note(ax, note)
    bar = (ax.figure or figure_of(ax)).colorbar(image, ax=ax, label=value, ticks=scale(top))
    bar.ax.set_yticklabels([f"{tick:g}" for tick in scale(top)])
    bar.ax.minorticks_off()
    name_ticks(ax.yaxis, labels)
    name_ticks(ax.xaxis, labels, upright=max(map(len, map(shown, labels))) > 2)
    if len(table) <= NUMBERED:
        _write_numbers(ax, image, table)
    describe(ax, _description(table, labels, row, column, value))


def _description(table: Floats, labels: Sequence[str], row: str, column: str, value: str) -> str:
    """A sentence that names the highest cell."""
    text = f"A heat map of {value}, with a row for each {row} and a column for each {column}"
    if not np.isfinite(table).any():
        return f"{text}."
    i, j = (int(k) for k in np.unravel_index(np.nanargmax(table), table.shape))
    return f"{text}; the highest is {table[i, j]:.3g}, in the row {shown(labels[i])} and the column {shown(labels[j])}."


def scale(top: float) -> list[float]:
    """Return round numbers from 0 to the top that have room side by side on a scale of square roots.

    >>> scale(0.76)
    [0.0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5]
    """
    decades = range(int(np.floor(np.log10(top))), -12, -1)
    kept = list[float]()
    for tick in [*(digit * 10.0**k for k in decades for digit in (5, 2, 1)), 0.0]:
        if tick <= top and (not kept or np.sqrt(kept[-1] / top) - np.sqrt(tick / top) >= APART):
            kept.append(float(f"{tick:.0e}"))
    return kept[::-1] if kept[-1] == 0 else [0.0, *kept[-2::-1]]


def _write_numbers(ax: Axes, image: AxesImage, table: Floats) -> None:
    size = font_size(ax.xaxis, ["0.00"] * len(table), upright=False)
    cells = image.to_rgba(np.ma.masked_invalid(table))
    for (i, j), value in np.ndenumerate(table):
        if np.isfinite(value):
            red, green, blue, _ = cells[i, j]
            color = black_or_white((red, green, blue))
            ax.text(j, i, f"{value:.2f}", color=color, ha="center", va="center", fontsize=size)
