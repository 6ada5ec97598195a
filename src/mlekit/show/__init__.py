"""The fifth room: what people see. It is given a fit, and works nothing out that `inference` knows.

    contents.py     what a summary says
    text.py         said within 80 columns
    html.py         said in a notebook
    numbers.py      enough digits and no more
    tables.py       tidy, glance, augment
    plot/           panels that draw into an Axes, and the Figure they stand in
    files.py        save and load; problems.py what a problem keeps, packing.py values as JSON

A fit made elsewhere looks like the others: `as_text` and `as_html` draw its `Contents`,
and `figure` its panels. What is in `plot` needs matplotlib, and is imported when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .contents import Contents, Table
from .html import draw as as_html
from .text import draw as as_text

if TYPE_CHECKING:
    from .plot import Panel, Picture, bars, curves, figure, heat_map, lines, page_style, point_map, svg, tell, ways

_DRAWN = "Panel Picture bars curves figure heat_map lines page_style point_map svg tell ways".split()

__all__ = [
    "Contents",
    "Panel",
    "Picture",
    "Table",
    "as_html",
    "as_text",
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


def __getattr__(name: str) -> Any:
    if name in _DRAWN:
        return getattr(import_module(f"{__name__}.plot"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
