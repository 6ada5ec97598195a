"""Bars with labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from .colors import line_colors, text_color
from .figures import describe
from .labels import add_note, name_ticks, plain, shown

NUMBERED, MOST = 12, 30  # the most bars whose values are written out; the most bars


def bars(ax: Axes, values: ArrayLike, labels: Sequence[str], *, value: str, note: str = "") -> None:
    """Draw a bar for each label, the largest on top; of many labels only the largest, with a note that says so.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw into.
    values : array-like
        Lengths of the bars.
    labels : sequence of str
        Label of each bar.
    value : str
        Name of the values.
    note : str, default ""
        Note above the axes.

    Examples
    --------
    >>> from functools import partial
    >>> from mlekit.show import bars, figure
    >>> picture = figure([partial(bars, values=[0.7, 0.3], labels=["heads", "tails"], value="proportion")])
    >>> picture.axes[0].get_xlabel()
    'proportion'
    """
    lengths = np.asarray(values, np.float64)
    order = np.argsort(-lengths, kind="stable")[:MOST]
    if len(order) < len(lengths):
        note = f"the {len(order)} largest of {len(lengths):,}" + f"; {note}" * bool(note)
    drawn = ax.barh(range(len(order)), lengths[order], color=line_colors(ax, 1)[0])
    ax.invert_yaxis()
    ax.margins(x=0.12, y=0.01)
    ax.set(xlabel=value)
    ax.grid(visible=False)
    ax.spines[["top", "right"]].set_visible(False)
    add_note(ax, note)
    listed = ", ".join(f"{shown(labels[int(k)])} {lengths[k]:.3g}" for k in order[:NUMBERED])
    describe(ax, f"Bars of {value}, the largest first: {listed}{', ...' if len(order) > NUMBERED else ''}.")
    name_ticks(ax.yaxis, [labels[int(k)] for k in order])
    if len(order) <= NUMBERED:
        for text in ax.bar_label(drawn, fmt="%.3g", padding=3):
            plain(text).set_color(text_color(ax))
