"""The built documentation as the tests of tests/site see it: where it lies, and what its pages hold.

MLEKIT_SITE says where; without it, it is what `make docs` makes.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from browser import absent

SITE = Path(os.environ.get("MLEKIT_SITE") or Path(__file__).parents[1] / "docs" / "_build" / "html").resolve()
PAGES = sorted(str(path.relative_to(SITE)) for path in SITE.rglob("*.html"))

VOID = set("area base br col embed hr img input link meta source track wbr".split())
# What a browser fetches by itself when it opens a page; an <a> waits for a click.
FETCHED = {
    ("link", "href"), ("script", "src"), ("img", "src"), ("img", "srcset"), ("source", "src"), ("source", "srcset"),
    ("iframe", "src"), ("embed", "src"), ("object", "data"), ("video", "src"), ("video", "poster"), ("audio", "src"),
    ("track", "src"), ("image", "href"), ("image", "xlink:href"), ("use", "href"), ("use", "xlink:href"),
    ("input", "src"), ("body", "background"),
}  # fmt: skip


@dataclass
class Element:
    """A tag with what it was given, inside others."""

    tag: str
    given: dict[str, str]
    parents: list[Element] = field(repr=False)
    text: str = ""


class Page(HTMLParser):
    """The elements of a page, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self._open.append(self.elements[-1])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, self._open[:]))

    def handle_endtag(self, tag: str) -> None:
        at = next((k for k in reversed(range(len(self._open))) if self._open[k].tag == tag), len(self._open))
        del self._open[at:]

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].text += data

    @property
    def anchors(self) -> set[str]:
        named = {e.given["name"] for e in self.elements if e.tag == "a" and "name" in e.given}
        return named | {e.given["id"] for e in self.elements if "id" in e.given}

    def addresses(self) -> list[tuple[Element, str]]:
        """Every address of the page, whether it is fetched or waits for a click."""
        wanted = {*FETCHED, ("a", "href"), ("area", "href"), ("form", "action")}
        return [(e, value) for e in self.elements for name, value in e.given.items() if (e.tag, name) in wanted]


@cache
def page(name: str) -> Page:
    return Page((SITE / name).read_text(encoding="utf-8"))


def inside(name: str, address: str) -> tuple[Path, str]:
    """The file and the anchor to which an address on a page leads."""
    parts = urlsplit(address)
    folder = (SITE / name).parent
    return (folder / unquote(parts.path)).resolve() if parts.path else SITE / name, unquote(parts.fragment)


def outside(address: str) -> bool:
    """Whether an address needs a network; data that stand in the page do not."""
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def needed() -> None:
    """At the head of a file of tests that are all about built pages: without any they are skipped together."""
    if not PAGES:
        absent(f"no page in {SITE}: `make docs` builds them, MLEKIT_SITE says where they are")
