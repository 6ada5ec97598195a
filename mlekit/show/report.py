"""`fit.report(path)`: one HTML file of summary, pictures and words, which needs nothing else."""

from __future__ import annotations

import platform
import re
from importlib.metadata import version
from typing import Any

import numpy as np

from ..errors import OptionError
from ..io.atomic import atomic_file, check_path
from .explain import Explanation
from .explain.page import STYLE as WORDS
from .html import text

ENDINGS = (".html", ".htm", "")
STYLE = """
:root { color-scheme: light dark; %(light)s; --line: #0003 }
@media (prefers-color-scheme: dark) { :root { %(dark)s; --line: #fff4 } }
@media print { :root { %(light)s } figure, .verdict, .alarm { break-inside: avoid } h2, h3 { break-after: avoid } }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100%% }
body { margin: 0; background: var(--mlekit-paper); color: var(--mlekit-ink); font: 16px/1.55 system-ui, sans-serif }
main, header, footer { max-width: 64rem; margin: 0 auto; padding: 0 1rem }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 1.5rem 0 .5rem; overflow-wrap: anywhere }
h2 { font-size: 1.2rem; margin: 2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--line) }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%%), 1fr)); gap: 1.2rem }
figure { margin: 0 }
figure svg { display: block; width: 100%%; max-width: 40rem; height: auto }
figcaption { font-size: .88rem; max-width: 44em; overflow-wrap: anywhere }
.mlekit h3 { margin: 0 0 .4em; font-size: 1.05em }
footer { margin: 2.5rem auto 1.5rem; font-size: .85rem }
"""


def write(fit: Any, path: Any, picture: Any = None) -> None:
    """The page of a fit, in one file, whole or not at all; another picture than `fit.plot()` may be given.

    >>> import mlekit, tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(mlekit.fit([1, 0, 1, 1], family="bernoulli"), Path(folder) / "coin.html")
    ...     print((Path(folder) / "coin.html").read_text(encoding="utf-8")[:15])
    <!doctype html>
    """
    path = check_path(path)
    if path.suffix.lower() not in ENDINGS:
        raise OptionError(f"a report is a page of HTML, and {str(path)!r} does not end in .html: give such a path")
    with atomic_file(path) as temporary:
        page = report_page(fit._repr_html_(), _pictures(fit, picture), fit.explain())
        temporary.write_text(page, encoding="utf-8", newline="\n")


def report_page(summary: str, pictures: str, words: Explanation) -> str:
    """A whole page of HTML: a summary as notebooks show it, pictures, and an explanation."""
    from .plot.page import DARK, LIGHT, colours

    title = text(words.heading.removesuffix(", explained"))
    style = STYLE % {"light": colours(dict[str, str](LIGHT)), "dark": colours(dict[str, str](DARK))}
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title><style>{style}{WORDS}</style></head>",
            f"<body><header><h1>{title}</h1></header><main>",
            f'<section aria-label="Summary"><h2>Summary</h2>{_lowered(summary)}</section>',
            f'<section aria-label="Pictures"><h2>Pictures</h2>{pictures}</section>',
            (
                '<section aria-label="In words"><h2>In words</h2><div '
                f'class="mlekit-words">{words.body(3)}</div></section>'
            ),
            f"</main><footer><p>{_versions()}</p></footer></body></html>",
            "",
        ]
    )


def _lowered(summary: str) -> str:
    """Its title as a heading below that of the section; wide tables can be scrolled with the keyboard."""
    reached = summary.replace(
        '<div class="mlekit">', '<div class="mlekit" role="group" aria-label="Summary" tabindex="0">', 1
    )
    return re.sub(r"(</?h)4\b", r"\g<1>3", reached)


def _pictures(fit: Any, picture: Any) -> str:
    """Each panel with what it shows in words below it; of a fit that has none the reason."""
    from .plot.page import svg

    try:
        drawn = svg(fit.plot() if picture is None else picture)
    except OptionError as why:
        return f"<p>{text(f'There is {why}.')}</p>"
    panels = re.findall(r"<svg.*?</svg>", drawn, re.DOTALL)
    return f'<div class="panels">{"".join(map(_figure, panels))}</div>'


def _figure(panel: str) -> str:
    said = re.search(r'aria-label="([^"]*)"', panel)
    return f'<figure>{panel}<figcaption aria-hidden="true">{said[1] if said else ""}</figcaption></figure>'


def _versions() -> str:
    return text(f"mlekit {version('mlekit')}, Python {platform.python_version()}, NumPy {np.__version__}")
