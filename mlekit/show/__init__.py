"""The fifth room: what people see. It is given a fit, and works nothing out that `inference` knows.

    contents.py     what a summary says
    text.py         said within 80 columns
    html.py         said in a notebook
    numbers.py      enough digits and no more
    tables.py       tidy, glance, augment
    plot/           panels that draw into an Axes, and the Figure they stand in
    explain/        a fit in words: what was assumed, maximised and found, and how sure it is
    report.py       summary, pictures and words as one file of HTML

A fit made elsewhere looks like the others: `as_text` and `as_html` draw its `Contents`, `figure` its panels,
`explanation` its words, and `write_report` all of it. What is in `plot` needs matplotlib, and all of these are imported
when they are asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .contents import Contents, Table
from .html import draw as as_html
from .text import draw as as_text

if TYPE_CHECKING:
    from .explain import Explanation, Line, Section, answered, explanation, listed, many, num
    from .plot import Panel, Picture, bars, curves, figure, heat_map, lines, page_style, point_map, svg, tell, ways
    from .report import write as write_report

_TOLD = "Explanation Line Section answered explanation listed many num".split()
_DRAWN = "Panel Picture bars curves figure heat_map lines page_style point_map svg tell ways".split()

__all__ = [
    "Contents",
    "Explanation",
    "Line",
    "Panel",
    "Picture",
    "Section",
    "Table",
    "answered",
    "as_html",
    "as_text",
    "bars",
    "curves",
    "explanation",
    "figure",
    "heat_map",
    "lines",
    "listed",
    "many",
    "num",
    "page_style",
    "point_map",
    "svg",
    "tell",
    "ways",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name in _DRAWN:
        return getattr(import_module(f"{__name__}.plot"), name)
    if name in _TOLD:
        return getattr(import_module(f"{__name__}.explain"), name)
    if name == "write_report":
        return import_module(f"{__name__}.report").write
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
