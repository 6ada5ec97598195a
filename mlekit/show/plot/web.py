"""Pictures for HTML pages: drawn once, in colours that the page defines for light and for dark.

    svg(picture)    each panel as an <svg> with its description; letters are paths, so no font is needed

A colour is a variable of the page, with the colour for a light background as its fallback:

    --mlekit-ink    text and axes           --mlekit-grid    lines in the background    --mlekit-paper    the background
    --mlekit-1 ... --mlekit-5               what is drawn, distinct from each other and from the background
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha1
from html import escape
from io import StringIO
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from .colors import ON_DARK, ON_LIGHT
from .figures import Picture, figure

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
    """Return the rcParams of a page, for a figure of your own that `svg` turns into part of one.

    Returns
    -------
    dict

    Examples
    --------
    >>> from mlekit.show import page_style
    >>> page_style()["svg.fonttype"]
    'path'
    """
    return dict(STYLE)


def svg(picture: Figure, alt: str | None = None) -> str:
    """Return a picture as SVG for an HTML page; panels of mlekit stand side by side where there is room.

    Parameters
    ----------
    picture : matplotlib.figure.Figure
        Picture of a fit, or any Figure.
    alt : str, optional
        Description instead of that of the picture, where it has a single panel.

    Returns
    -------
    str

    Examples
    --------
    >>> import mlekit
    >>> from mlekit.show import svg
    >>> svg(mlekit.fit([1, 0, 1, 1], family="bernoulli").plot("likelihood"))[:22]
    '<svg role="img" aria-l'
    """
    if not isinstance(picture, Picture) or not picture.panels:
        return drawn(picture, alt or "")
    with rc_context(STYLE):
        each = [figure([panel]) for panel in picture.panels]
        parts = [drawn(one, alt if alt and len(each) == 1 else one.alt) for one in each]
    return parts[0] if len(parts) == 1 else f'<div class="mlekit-panels">{"".join(parts)}</div>'


def drawn(picture: Figure, alt: str) -> str:
    """Return one drawing as SVG, with its colours as variables and ids that occur in no other drawing of a page."""
    out = StringIO()
    with rc_context(STYLE):
        picture.savefig(out, format="svg", metadata={"Date": None})
    text = re.sub(r"<metadata>.*?</metadata>", "", out.getvalue(), flags=re.DOTALL)
    text = text[text.index("<svg") :]
    for name, color in LIGHT.items():
        text = text.replace(color.lower(), f"var(--mlekit-{name}, {color.lower()})")
    own = sha1(text.encode(), usedforsecurity=False).hexdigest()[:8]
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>m{own}-", text)
    named = f'role="img" aria-label="{escape(alt, quote=True)}"'
    return re.sub(r'<svg[^>]*?(viewBox="[^"]+")[^>]*>', rf"<svg {named} \1 {NAMESPACES}>", text, count=1)


def css_variables(scheme: Mapping[str, str]) -> str:
    """Return a colour scheme as CSS declarations of its variables."""
    return "; ".join(f"--mlekit-{name}: {color}" for name, color in scheme.items())
