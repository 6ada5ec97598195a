"""The built site needs nothing but its folder: links lead somewhere, nothing is fetched, pictures have descriptions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from site_pages import FETCHED, PAGES, SITE, Element, Page, inside, needed, outside, page

needed()
pytestmark = pytest.mark.slow


def test_the_site_is_built() -> None:
    assert {"index.html", "search.html", "genindex.html"} <= set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    broken = [address for _, address in page(name).addresses() if not outside(address) and not leads(name, address)]
    assert not broken


def leads(name: str, address: str) -> bool:
    file, anchor = inside(name, address)
    if address.startswith("data:") or not anchor or file.suffix != ".html":
        return address.startswith("data:") or file.is_file()
    return file.is_file() and file.is_relative_to(SITE) and anchor in page(str(file.relative_to(SITE))).anchors


def test_links_to_the_outside_are_few_and_safe(record_property: Callable[[str, object], None]) -> None:
    links = {address for name in PAGES for _, address in page(name).addresses() if outside(address)}
    record_property("links to the outside", len(links))
    assert not [link for link in links if not link.startswith(("https://", "mailto:"))]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fetches_nothing_from_elsewhere(name: str) -> None:
    fetched = [value for e in page(name).elements for at, value in e.given.items() if (e.tag, at) in FETCHED]
    styles = [e.text for e in page(name).elements if e.tag == "style"]
    styles += [e.given["style"] for e in page(name).elements if "style" in e.given]
    assert not [address for address in [*fetched, *in_css("\n".join(styles))] if outside(address)]


def test_no_stylesheet_fetches_anything_from_elsewhere() -> None:
    sheets = {str(file.relative_to(SITE)): file.read_text(encoding="utf-8") for file in SITE.rglob("*.css")}
    assert bool(sheets) == bool(PAGES)
    assert not {(name, url) for name, css in sheets.items() for url in in_css(css) if outside(url)}


def in_css(css: str) -> list[str]:
    """The addresses that a style sheet loads."""
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    found = re.findall(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)]*))|@import\s+["']([^"']*)""", bare)
    return ["".join(groups).strip() for groups in found]


def test_no_page_is_large() -> None:
    assert not {name: size for name in PAGES if (size := (SITE / name).stat().st_size) > 1.5e6}


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_is_told_in_words(name: str) -> None:
    silent = [
        e for e in page(name).elements if e.tag in ("img", "svg", "canvas", "object") and not named(page(name), e)
    ]
    assert not silent


def named(on: Page, e: Element) -> bool:
    """An alt text, a role with a name, or a place in something that has them; what is hidden or an icon needs none."""
    around = [e, *e.parents]
    described = any(p.given.get("role") in ("img", "group") and label(on, p) for p in around)
    hidden = any(p.given.get("aria-hidden") == "true" or "display: none" in p.given.get("style", "") for p in around)
    icon = e.tag == "svg" and any(p.tag in ("a", "button", "label") for p in around)
    return bool(e.given.get("alt", "").strip()) or described or hidden or icon


def label(on: Page, e: Element) -> str:
    titles = (child.text for child in children(on, e) if child.tag == "title")
    return (e.given.get("aria-label", "") or "".join(titles)).strip()


def children(on: Page, e: Element) -> Iterator[Element]:
    return (other for other in on.elements if other.parents and other.parents[-1] is e)
