"""Curves by name."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from .colors import line_colors, text_color
from .figures import describe
from .labels import add_note, plain

DASHES = ("-", "--", "-.", ":", (0, (7, 2, 1, 2, 1, 2)), (0, (1, 3)), (0, (12, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P")
APART = 0.16  # of the width of the axes: the least room for the name of a mark
LINE = 14  # points from a line of names to the next


def lines(
    ax: Axes,
    x: ArrayLike,
    series: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    marks: Mapping[str, float] | None = None,
    note: str = "",
    alt: str = "",
) -> None:
    """Draw curves over one x, each with its own colour and dash.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw into.
    x : array-like
        Values of x.
    series : mapping of str to array-like
        Curves by name.
    xlabel, ylabel : str
        Names of the axes.
    marks : mapping of str to float, optional
        Values of x that are marked by a line with this name.
    note : str, default ""
        Note above the axes.
    alt : str, optional
        Description instead of the one that lists the curves.

    Examples
    --------
    >>> from functools import partial
    >>> import numpy as np
    >>> from mlekit.show import figure, lines
    >>> p = np.linspace(0.01, 0.99, 99)
    >>> loss = {"heads": -np.log(p), "tails": -np.log(1 - p)}
    >>> picture = figure([partial(lines, x=p, series=loss, xlabel="p", ylabel="loss")])
    >>> [text.get_text() for text in picture.axes[0].get_legend().get_texts()]
    ['heads', 'tails']
    """
    places = np.asarray(x, np.float64)
    for (name, y), color, dash in zip(series.items(), line_colors(ax, len(series)), cycle(DASHES)):
        ax.plot(places, np.asarray(y, np.float64), color=color, linestyle=dash, linewidth=2, label=name)
    room = 0.03 * np.ptp(places)
    ax.set(xlabel=xlabel, ylabel=ylabel, xlim=(places.min() - room, places.max() + room))
    ax.xaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    ax.spines[["top", "right"]].set_visible(False)
    _mark(ax, marks or {})
    if len(series) > 1:
        ax.legend(frameon=False, loc="best")
    add_note(ax, note)
    describe(ax, alt or f"A curve of {ylabel} over {xlabel} for each of: {', '.join(series)}. {note}".strip())


def _mark(ax: Axes, marks: Mapping[str, float]) -> None:
    """Draw a thin line at each mark, with its name above the axes; names of neighbours are at different heights."""
    if not marks:
        return
    for place in marks.values():
        ax.axvline(place, color=text_color(ax), linestyle=":", linewidth=1)
    places = sorted(marks.values())
    above = ax.secondary_xaxis("top")
    above.set_ticks(places, sorted(marks, key=lambda name: marks[name]))
    above.spines["top"].set_visible(False)
    above.tick_params(length=0, pad=1, colors=text_color(ax), labelsize="small")
    level, before, width = 0, -np.inf, np.ptp(ax.get_xlim())
    for place, tick in zip(places, above.xaxis.get_major_ticks(), strict=True):
        level = level + 1 if place - before < APART * width else 0
        tick.set_pad(1 + LINE * level)
        plain(tick.label2)
        before = place
