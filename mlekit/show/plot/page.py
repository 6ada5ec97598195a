"""Pictures for a page of HTML: drawn once, in colours that the page gives, light or dark.

    svg(picture)    each panel as an <svg> that tells what it shows; letters are paths, so no font is needed

A colour is a variable of the page with the colour for a light ground in reserve:

    --mlekit-ink    words and axes          --mlekit-grid    lines that stand back      --mlekit-paper    the ground
    --mlekit-1 ... --mlekit-5               what is drawn, each to be told from the others and from the ground
"""

from __future__ import annotations

import re
from hashlib import sha1
from html import escape
from io import StringIO
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from .inks import ON_DARK, ON_LIGHT
from .sheet import Picture, figure

INK, GRID, PAPER = "#010203", "#8d8d8d", "#fefefd"
DARK_INK, DARK_GRID, DARK_PAPER = "#e8e8e8", "#8d8d8d", "#16181d"
NAMES = ("ink", "grid", "paper", *(str(k) for k in range(1, len(ON_LIGHT) + 1)))
LIGHT = dict(zip(NAMES, (INK, GRID, PAPER, *ON_LIGHT), strict=True))
DARK = dict(zip(NAMES, (DARK_INK, DARK_GRID, DARK_PAPER, *ON_DARK), strict=True))
STYLE: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": GRID,
    "axes.facecolor": "none",
    "axes.labelcolor": INK,
    "figure.facecolor": "none",
    "figure.figsize": (4.6, 3.1),
    "font.size": 10,
    "grid.color": GRID,
    "legend.labelcolor": INK,
    "savefig.facecolor": "none",
    "svg.fonttype": "path",
    "svg.hashsalt": "mlekit",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def page_style() -> dict[str, Any]:
    """The rcParams of a page, for a figure of your own that `svg` is to turn into one.

    >>> from mlekit.show import page_style
    >>> page_style()["svg.fonttype"]
    'path'
    """
    return dict(STYLE)


def svg(picture: Figure, alt: str | None = None) -> str:
    """The picture for a page: of one that mlekit made each panel anew, side by side where there is room.

    >>> import mlekit
    >>> svg(mlekit.fit([1, 0, 1, 1], family="bernoulli").plot("likelihood"))[:22]
    '<svg role="img" aria-l'
    """
    if not isinstance(picture, Picture) or not picture.panels:
        return drawn(picture, alt or "")
    with rc_context(STYLE):
        each = [figure([panel]) for panel in picture.panels]
        parts = [drawn(one, alt if alt and len(each) == 1 else one.alt) for one in each]
    return parts[0] if len(parts) == 1 else f'<div class="mlekit-panels">{"".join(parts)}</div>'


def drawn(sheet: Figure, alt: str) -> str:
    """One drawing, its colours as variables and its ids unlike those of any other of a page."""
    out = StringIO()
    with rc_context(STYLE):
        sheet.savefig(out, format="svg", metadata={"Date": None})
    text = re.sub(r"<metadata>.*?</metadata>", "", out.getvalue(), flags=re.DOTALL)
    text = text[text.index("<svg") :]
    for name, colour in LIGHT.items():
        text = text.replace(colour.lower(), f"var(--mlekit-{name}, {colour.lower()})")
    own = sha1(text.encode(), usedforsecurity=False).hexdigest()[:8]
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>m{own}-", text)
    named = f'role="img" aria-label="{escape(alt, quote=True)}"'
    return re.sub(r'<svg[^>]*?(viewBox="[^"]+")[^>]*>', rf"<svg {named} \1 {NAMESPACES}>", text, count=1)


def colours(scheme: dict[str, str]) -> str:
    """The variables of one scheme as CSS declarations."""
    return "; ".join(f"--mlekit-{name}: {colour}" for name, colour in scheme.items())
