"""The built course: no number in prose that its page does not show in code or output, and a picture on each page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from site_pages import PAGES, SITE, needed

needed()
pytestmark = pytest.mark.slow

COURSE = [name for name in PAGES if name.startswith("course/") and name != "course/index.html"]
each_page = pytest.mark.parametrize("name", COURSE)

DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.]*\w)")
CODE = ("pre", "code", "math")
APART = ("svg", "script", "style", "nav", "footer", "title", "aside")
VOID = ("img", "br", "hr", "input", "meta", "link", "wbr", "path", "use")


class Words(HTMLParser):
    """The text of a page in prose, and in code and output."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.prose: list[str] = []
        self.shown: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            output = "cell_output" in (dict(attrs).get("class") or "").split()
            self.open.append("pre" if output else tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(tag in APART for tag in self.open):
            (self.shown if any(tag in CODE for tag in self.open) else self.prose).append(data)


@each_page
def test_numbers_in_prose_are_those_of_the_run(name: str) -> None:
    built = SITE / name
    words = Words()
    words.feed(built.read_text(encoding="utf-8").partition("<article")[2].partition("</article>")[0])
    shown = set(DECIMAL.findall(" ".join(words.shown)))
    assert sorted(set(DECIMAL.findall(" ".join(words.prose))) - shown) == []


@each_page
def test_a_page_has_a_picture_made_by_the_library(name: str) -> None:
    built = SITE / name
    drawn = re.findall(r'<svg role="img" aria-label="([^"]*)"', built.read_text(encoding="utf-8"))
    assert drawn
    assert all(len(alt) > 20 for alt in drawn)
