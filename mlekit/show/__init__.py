"""Everything that people see of a fit. Numbers come from `inference`; here they are laid out, drawn and put into words.

    contents.py     contents of a summary; contents_of_groups.py of many fits
    text.py         a summary within 80 columns
    html.py         a summary in a notebook
    numbers.py      numbers with as many digits as are known
    tables.py       tidy, glance, augment
    plot/           panels, which draw into an Axes, and the Figure that holds them
    explain/        a fit in words: what was assumed, maximised and found, and how uncertain it is
    report.py       summary, pictures and words in one HTML file

A fit of another package can look like the others: `as_text` and `as_html` lay out its `Contents`, `figure` draws its
panels, `explanation` makes a page of its words, and `write_report` puts all of it into a file. `plot` needs matplotlib.
It and `explain` are imported when one of their names is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..errors import UnknownAttribute, nearest
from .contents import Contents, Table
from .html import as_html
from .text import as_text

if TYPE_CHECKING:
    from .explain import Explanation, Line, Section, answer_page, explanation, listed, many, num
    from .plot import (
        Panel,
        Picture,
        bars,
        curves,
        describe,
        figure,
        heat_map,
        lines,
        page_style,
        point_map,
        search_paths,
        svg,
    )
    from .report import write_report

__all__ = [
    "Contents",
    "Explanation",
    "Line",
    "Panel",
    "Picture",
    "Section",
    "Table",
    "answer_page",
    "as_html",
    "as_text",
    "bars",
    "curves",
    "describe",
    "explanation",
    "figure",
    "heat_map",
    "lines",
    "listed",
    "many",
    "num",
    "page_style",
    "point_map",
    "search_paths",
    "svg",
    "write_report",
]
_LAZY = "explain", "report", "plot"  # imported in this order until one of them has the name


def __getattr__(name: str) -> Any:
    for package in _LAZY if name in __all__ else ():
        module = import_module(f"{__name__}.{package}")
        if name in module.__all__:
            return getattr(module, name)
    raise UnknownAttribute(f"{__name__} has no {name!r}: {nearest(name, __all__)}")


def __dir__() -> list[str]:
    return __all__
