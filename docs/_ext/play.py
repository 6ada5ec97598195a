"""The interactive page, written into the built site as one file that needs no other: docs/play, put together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the tests put the page together without Sphinx
    from sphinx.application import Sphinx

PAGE = Path(__file__).parents[1] / "play" / "likelihood.html"


def single_file(page: Path = PAGE) -> str:
    """The page with its style sheet and its scripts in the places where it names them."""

    def style(found: re.Match[str]) -> str:
        return f"<style>\n{read(found[1])}</style>"

    def script(found: re.Match[str]) -> str:
        code = read(found[1]).replace("</script", "<\\/script")
        return f"<script>\n{code}</script>"

    def read(name: str) -> str:
        return (page.parent / name).read_text(encoding="utf-8")

    html = page.read_text(encoding="utf-8")
    html = re.sub(r'<link rel="stylesheet" href="([^"]+)">', style, html)
    return re.sub(r'<script src="([^"]+)"></script>', script, html)


def write(app: Sphinx, failure: Exception | None) -> None:
    if failure is None and app.builder.format == "html":
        (Path(app.outdir) / PAGE.name).write_text(single_file(), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
