"""Drawings that no fit makes, for a page: `picture(figure, alt)` in the colours of the page, light or dark."""

from __future__ import annotations

from typing import Any

from IPython.display import HTML
from matplotlib import rcParams
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from mlekit.show import page_style, svg

STYLE = page_style()
INK, GREY, BLUE, ORANGE = STYLE["text.color"], STYLE["grid.color"], "#0072B2", "#D55E00"
HEAT = LinearSegmentedColormap.from_list("heat", ["#e8eef5", "#2f5d8a", "#0b2239"])  # on a ground of its own
WIDTH = STYLE["figure.figsize"][0]  # letters stay readable where the page is 390 pixels wide

rcParams.update(STYLE)


def axes(rows: int = 1, columns: int = 1, height: float = 2.5, **options: Any) -> tuple[Figure, Any]:
    """A figure and its axes."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def picture(figure: Figure, alt: str) -> HTML:
    """The figure as part of the page; `alt` says what it shows to those who cannot see it."""
    return HTML(f'<figure class="picture">{svg(figure, alt)}</figure>')
