"""Pictures: panels, which draw into an Axes, and one function that makes the Figure they stand in.

    kinds/        the pictures of a fit, one file each: fit.plot("likelihood")
    sheet.py      figure(panels): a Figure that pyplot does not know, or the caller's own Axes
    page.py       svg(picture): the same for a page of HTML, in the colours of the page
    inks.py       colours that can be told from each other and from the ground, light or dark
    words.py      names of rows, columns and points that do not overlap
    paths.py      curves by name; ways of searches over a surface
    training.py   curves of loss
    tables.py     heat_map, bars
    maps.py       point_map

A panel is a function of an Axes: `partial(bars, values=..., labels=...)`. It takes its colours from the Axes, whose
colours are the user's own rcParams: under `plt.style.use("dark_background")` all is light on dark. It sets no title:
what a reader has to know beside the data is a note above the axes.
"""

from __future__ import annotations

from ...errors import needs

try:
    import matplotlib as mpl  # noqa: F401  # pyright: ignore[reportUnusedImport]
except ImportError as error:
    raise needs("matplotlib", "plot") from error

from .maps import point_map
from .page import page_style, svg
from .paths import lines, ways
from .sheet import Panel, Picture, figure, tell
from .tables import bars, heat_map
from .training import curves

__all__ = [
    "Panel",
    "Picture",
    "bars",
    "curves",
    "figure",
    "heat_map",
    "lines",
    "page_style",
    "point_map",
    "svg",
    "tell",
    "ways",
]
