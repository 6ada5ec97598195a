"""Pictures: panels, which draw into an Axes, and the Figure that holds them.

    kinds/          pictures of a fit, one file each: fit.plot("likelihood")
    figures.py      figure(panels): a Figure that pyplot does not know, or the caller's own Axes
    web.py          svg(picture): the same for an HTML page, in the colours of the page
    colors.py       colours that stand out from each other and from the background, light or dark
    labels.py       notes, names of axes and of ticks that do not overlap
    line_plots.py   lines: curves by name
    contours.py     search_paths: paths of searches over contours
    training.py     curves: the loss during training
    heat_maps.py    heat_map: a table of probabilities
    bar_charts.py   bars: a bar for each label
    point_maps.py   point_map: points of many dimensions in a plane

A panel is a function of an Axes: `partial(bars, values=..., labels=...)`. It takes its colours from the Axes, and thus
from the user's own rcParams: under `plt.style.use("dark_background")` everything is light on dark. It sets no title;
a note above the axes holds what a reader has to know beside the data.
"""

from __future__ import annotations

from ...errors import needs

try:
    import matplotlib as mpl  # noqa: F401  # pyright: ignore[reportUnusedImport]
except ImportError as error:
    raise needs("matplotlib", "plot") from error

from .bar_charts import bars
from .contours import search_paths
from .figures import Panel, Picture, describe, figure
from .heat_maps import heat_map
from .line_plots import lines
from .point_maps import point_map
from .training import curves
from .web import page_style, svg

__all__ = [
    "Panel",
    "Picture",
    "bars",
    "curves",
    "describe",
    "figure",
    "heat_map",
    "lines",
    "page_style",
    "point_map",
    "search_paths",
    "svg",
]
