"""Curves by name, and the ways of searches over a surface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from .inks import ink, inks
from .sheet import tell
from .words import note, plain

DASHES = ("-", "--", "-.", ":", (0, (7, 2, 1, 2, 1, 2)), (0, (1, 3)), (0, (12, 3)))
POINTS = ("o", "s", "^", "D", "v", "P")
LEVELS = 12  # contours
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
    said: str = "",
    alt: str = "",
) -> None:
    """Curves over one x, each with a colour and a dash of its own; `marks` are places of x with a name.

    >>> from functools import partial
    >>> from mlekit.show import figure, lines
    >>> p = np.linspace(0.01, 0.99, 99)
    >>> loss = {"heads": -np.log(p), "tails": -np.log(1 - p)}
    >>> picture = figure([partial(lines, x=p, series=loss, xlabel="p", ylabel="loss")])
    >>> [text.get_text() for text in picture.axes[0].get_legend().get_texts()]
    ['heads', 'tails']
    """
    places = np.asarray(x, np.float64)
    for (name, y), colour, dash in zip(series.items(), inks(ax, len(series)), cycle(DASHES)):
        ax.plot(places, np.asarray(y, np.float64), color=colour, linestyle=dash, linewidth=2, label=name)
    room = 0.03 * np.ptp(places)
    ax.set(xlabel=xlabel, ylabel=ylabel, xlim=(places.min() - room, places.max() + room))
    ax.xaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    ax.spines[["top", "right"]].set_visible(False)
    _marks(ax, marks or {})
    if len(series) > 1:
        ax.legend(frameon=False, loc="best")
    note(ax, said)
    tell(ax, alt or f"A curve of {ylabel} over {xlabel} for each of: {', '.join(series)}. {said}".strip())


def _marks(ax: Axes, marks: Mapping[str, float]) -> None:
    """A thin line at each place, its name above the axes; of neighbours the next one higher."""
    if not marks:
        return
    for place in marks.values():
        ax.axvline(place, color=ink(ax), linestyle=":", linewidth=1)
    places = sorted(marks.values())
    above = ax.secondary_xaxis("top")
    above.set_ticks(places, sorted(marks, key=lambda name: marks[name]))
    above.spines["top"].set_visible(False)
    above.tick_params(length=0, pad=1, colors=ink(ax), labelsize="small")
    level, before, width = 0, -np.inf, np.ptp(ax.get_xlim())
    for place, tick in zip(places, above.xaxis.get_major_ticks(), strict=True):
        level = level + 1 if place - before < APART * width else 0
        tick.set_pad(1 + LINE * level)
        plain(tick.label2)
        before = place


def ways(
    ax: Axes,
    x: ArrayLike,
    y: ArrayLike,
    heights: ArrayLike,
    paths: Mapping[str, Sequence[Any] | ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    said: str = "",
    alt: str = "",
) -> None:
    """The ways of searches, each a list of (x, y), over the contours of `heights` [len(y), len(x)].

    >>> from functools import partial
    >>> from mlekit.show import figure, ways
    >>> x, y = np.linspace(-1, 1, 21), np.linspace(-1, 1, 21)
    >>> bowl = -(x**2 + 4 * y[:, None] ** 2)
    >>> walk = {"newton": [(0.8, 0.7), (0, 0)]}
    >>> picture = figure([partial(ways, x=x, y=y, heights=bowl, paths=walk, xlabel="a", ylabel="b")])
    >>> picture.axes[0].lines[0].get_label()
    'newton: 1 step'
    """
    z = np.asarray(heights, np.float64)
    top = float(np.nanmax(z))
    depths = (top - np.nanmin(z)) * np.linspace(1, 0.03, LEVELS) ** 3
    ax.contour(np.asarray(x), np.asarray(y), z, levels=top - depths, colors=[ink(ax)], linewidths=0.5, alpha=0.5)
    for (name, path), colour, dash, point in zip(
        paths.items(), inks(ax, len(paths)), cycle(DASHES), cycle(POINTS), strict=False
    ):
        steps = np.asarray(path, np.float64)
        count = f"{len(steps) - 1:,} step{'s' * (len(steps) != 2)}"
        style: dict[str, Any] = {"linestyle": dash, "marker": point, "markersize": 4, "linewidth": 1.4}
        ax.plot(*steps.T, color=colour, label=f"{name}: {count}", markevery=max(1, len(steps) // 12), **style)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=7, prune="lower"))
    ax.legend(frameon=False, fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.24), ncols=2)
    note(ax, said)
    tell(ax, alt or f"Contours over {xlabel} and {ylabel} with the ways of {', '.join(paths)}. {said}".strip())
