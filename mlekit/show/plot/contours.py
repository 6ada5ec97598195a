"""Paths of searches over the contours of a function of two variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from .colors import line_colors, text_color
from .figures import describe
from .labels import add_note
from .line_plots import DASHES, MARKERS

LEVELS = 12  # contours


def search_paths(
    ax: Axes,
    x: ArrayLike,
    y: ArrayLike,
    heights: ArrayLike,
    paths: Mapping[str, Sequence[Sequence[float]] | ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    note: str = "",
    alt: str = "",
) -> None:
    """Draw the paths of searches over the contours of a function.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw into.
    x, y : array-like
        Grid on which the function is known.
    heights : array-like
        Values of the function, of shape [len(y), len(x)].
    paths : mapping of str to array-like
        Steps of each search by name, as pairs (x, y).
    xlabel, ylabel : str
        Names of the axes.
    note : str, default ""
        Note above the axes.
    alt : str, optional
        Description instead of the one that lists the searches.

    Examples
    --------
    >>> from functools import partial
    >>> import numpy as np
    >>> from mlekit.show import figure, search_paths
    >>> x, y = np.linspace(-1, 1, 21), np.linspace(-1, 1, 21)
    >>> bowl = -(x**2 + 4 * y[:, None] ** 2)
    >>> path = {"newton": [(0.8, 0.7), (0, 0)]}
    >>> picture = figure([partial(search_paths, x=x, y=y, heights=bowl, paths=path, xlabel="a", ylabel="b")])
    >>> picture.axes[0].lines[0].get_label()
    'newton: 1 step'
    """
    z = np.asarray(heights, np.float64)
    top = float(np.nanmax(z))
    depths = (top - np.nanmin(z)) * np.linspace(1, 0.03, LEVELS) ** 3
    ax.contour(np.asarray(x), np.asarray(y), z, levels=top - depths, colors=[text_color(ax)], linewidths=0.5, alpha=0.5)
    styles = zip(line_colors(ax, len(paths)), cycle(DASHES), cycle(MARKERS))
    for (name, path), (color, dash, marker) in zip(paths.items(), styles, strict=True):
        steps = np.asarray(path, np.float64)
        count = f"{len(steps) - 1:,} step{'s' * (len(steps) != 2)}"
        style: dict[str, Any] = {"linestyle": dash, "marker": marker, "markersize": 4, "linewidth": 1.4}
        ax.plot(*steps.T, color=color, label=f"{name}: {count}", markevery=max(1, len(steps) // 12), **style)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=7, prune="lower"))
    ax.legend(frameon=False, fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.24), ncols=2)
    add_note(ax, note)
    text = f"Contours over {xlabel} and {ylabel} with the search paths of {', '.join(paths)}. {note}"
    describe(ax, alt or text.strip())
