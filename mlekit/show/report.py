"""One HTML file with summary, pictures and words, which needs nothing else: `fit.report(path)`."""

from __future__ import annotations

import platform
import re
from importlib.metadata import version
from os import PathLike
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..errors import OptionError
from ..io.atomic import atomic_file, check_path
from .explain import Explanation
from .explain.page import STYLE as STYLE_OF_WORDS
from .html import escaped

if TYPE_CHECKING:
    from .plot import Picture

__all__ = ["write_report"]

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


class Reportable(Protocol):
    """A fit that can be reported: it has a summary as HTML, an explanation and pictures."""

    def _repr_html_(self) -> str: ...
    def explain(self) -> Explanation: ...
    def plot(self) -> Any: ...


def write_report(fit: Reportable, path: str | PathLike[str], picture: Picture | None = None) -> None:
    """Write the report of a fit as one HTML file; an older file at that path is replaced only by a complete one.

    Parameters
    ----------
    fit : Fit, GroupedFit, NetworkFit or a fit with the same methods
        Fit to report: it has ``_repr_html_()``, ``explain()`` and ``plot()``.
    path : str or path
        Name of the file, which ends in .html; its folder has to exist.
    picture : Picture, optional
        Picture instead of ``fit.plot()``.

    Raises
    ------
    OptionError
        If the path has another ending or cannot be written.

    Examples
    --------
    >>> import mlekit, tempfile
    >>> from mlekit.show import write_report
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_report(mlekit.fit([1, 0, 1, 1], family="bernoulli"), Path(folder) / "coin.html")
    ...     print((Path(folder) / "coin.html").read_text(encoding="utf-8")[:15])
    <!doctype html>
    """
    path = check_path(path)
    if path.suffix.lower() not in ENDINGS:
        raise OptionError(f"a report is an HTML file, but {str(path)!r} does not end in .html: give such a path")
    with atomic_file(path) as temporary:
        page = report_page(fit._repr_html_(), _pictures(fit, picture), fit.explain())  # pyright: ignore[reportPrivateUsage]
        temporary.write_text(page, encoding="utf-8", newline="\n")


def report_page(summary: str, pictures: str, words: Explanation) -> str:
    """Return a complete HTML page: a summary as in a notebook, pictures, and an explanation."""
    from .plot.web import DARK, LIGHT, css_variables

    title = escaped(words.heading)
    style = STYLE % {"light": css_variables(LIGHT), "dark": css_variables(DARK)}
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title><style>{style}{STYLE_OF_WORDS}</style></head>",
            f"<body><header><h1>{title}</h1></header><main>",
            f'<section aria-label="Summary"><h2>Summary</h2>{_lowered(summary)}</section>',
            f'<section aria-label="Pictures"><h2>Pictures</h2>{pictures}</section>',
            (
                '<section aria-label="Explanation"><h2>Explanation</h2><div '
                f'class="mlekit-words">{words.body(3)}</div></section>'
            ),
            f"</main><footer><p>{_versions()}</p></footer></body></html>",
            "",
        ]
    )


def _lowered(summary: str) -> str:
    """A summary whose title is one level below that of the section; wide tables can be scrolled with the keyboard."""
    reached = summary.replace(
        '<div class="mlekit">', '<div class="mlekit" role="group" aria-label="Summary" tabindex="0">', 1
    )
    return re.sub(r"(</?h)4\b", r"\g<1>3", reached)


def _pictures(fit: Reportable, picture: Picture | None) -> str:
    """Each panel with its description below it; the reason where the fit has no picture."""
    from .plot.web import svg

    try:
        drawn = svg(fit.plot() if picture is None else picture)
    except OptionError as reason:
        return f"<p>{escaped(_sentence(str(reason)))}</p>"
    panels = re.findall(r"<svg.*?</svg>", drawn, re.DOTALL)
    return f'<div class="panels">{"".join(map(_figure, panels))}</div>'


def _figure(panel: str) -> str:
    description = re.search(r'aria-label="([^"]*)"', panel)
    return (
        f'<figure>{panel}<figcaption aria-hidden="true">{description[1] if description else ""}</figcaption></figure>'
    )


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


def _versions() -> str:
    return escaped(f"mlekit {version('mlekit')}, Python {platform.python_version()}, NumPy {np.__version__}")
