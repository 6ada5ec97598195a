"""Small figures for the pages: drawn once, in the colours of the page, light or dark.

A figure becomes SVG inside the page. Each colour below is a stand-in that the SVG replaces by a variable of the theme.
"""

from __future__ import annotations

import re
from hashlib import sha1
from html import escape
from io import StringIO
from typing import Any

from IPython.display import HTML
from matplotlib import rcParams
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

INK, GREY, BLUE, ORANGE, PAPER = "#010203", "#040506", "#070809", "#0a0b0c", "#0d0e0f"
THEME = {
    INK: "var(--color-foreground-primary)",
    GREY: "var(--color-foreground-muted)",
    BLUE: "var(--color-brand-primary)",
    ORANGE: "var(--color-figure-second)",
    PAPER: "var(--color-background-primary)",
}
HEAT = LinearSegmentedColormap.from_list("heat", ["#e8eef5", "#2f5d8a", "#0b2239"])  # on a ground of its own
STYLE = {
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "font.size": 10,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "lines.linewidth": 1.8,
    "savefig.facecolor": "none",
    "svg.fonttype": "path",
    "svg.hashsalt": "mlekit",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
WIDTH = 5.0  # inches: letters stay readable where the page is 390 pixels wide


rcParams.update(STYLE)


def axes(rows: int = 1, columns: int = 1, height: float = 2.5, **options: Any) -> tuple[Figure, Any]:
    """A figure and its axes."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def picture(figure: Figure, alt: str) -> HTML:
    """The figure as part of the page; `alt` says what it shows to those who cannot see it."""
    return HTML(f'<figure class="picture" role="img" aria-label="{escape(alt, quote=True)}">{svg(figure)}</figure>')


def svg(figure: Figure) -> str:
    """The drawing, its colours as variables, and its ids unlike those of any other figure of a page."""
    out = StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    drawn = out.getvalue()
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn[drawn.index("<svg") :], flags=re.DOTALL)
    for stand_in, variable in THEME.items():
        drawn = drawn.replace(stand_in, variable)
    own = sha1(drawn.encode(), usedforsecurity=False).hexdigest()[:8]
    drawn = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{own}-", drawn)
    return re.sub(r'<svg[^>]*?(viewBox="[^"]+")[^>]*>', rf"<svg \1 {NAMESPACES}>", drawn, count=1)
