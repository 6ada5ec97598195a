"""Every page in a real browser, opened from disk: wide and on a phone, light and dark, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from browser import needed as needs_browser
from site_pages import PAGES, SITE
from site_pages import needed as needs_site

needs_site()
needs_browser()
pytestmark = pytest.mark.slow

LOOKS = {"phone, light": (390, "light"), "wide, dark": (1200, "dark")}


@dataclass
class Visit:
    """A page that is open, and what it complained of or asked for."""

    tab: Any
    complaints: list[str]
    requests: list[str]


@contextmanager
def visit(chromium: Any, address: str, width: int = 1200, scheme: str = "light") -> Iterator[Visit]:
    tab = chromium.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce")
    seen = Visit(tab, [], [])
    tab.on("console", lambda said: said.type in ("error", "warning") and seen.complaints.append(said.text))
    tab.on("pageerror", lambda error: seen.complaints.append(str(error)))
    tab.on("request", lambda asked: seen.requests.append(asked.url))
    tab.on("requestfailed", lambda asked: seen.complaints.append(f"not found: {asked.url}"))
    try:
        tab.goto(f"{SITE.as_uri()}/{address}")
        yield seen
    finally:
        tab.close()


def findings(tab: Any, axe: str) -> list[str]:
    """What axe-core calls serious or critical, with the place of each and its words."""
    tab.evaluate(axe)
    found = tab.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")["violations"]
    grave = [finding for finding in found if finding["impact"] in ("serious", "critical")]
    return [f"{f['id']}: {n['target']} {n['failureSummary']}" for f in grave for n in f["nodes"]]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_from_disk_for_everybody(name: str, look: str, chromium: Any, axe: str) -> None:
    with visit(chromium, name, *LOOKS[look]) as page:
        assert page.tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, "it scrolls sideways"
        assert findings(page.tab, axe) == []
        assert not page.complaints
        assert not [url for url in page.requests if not url.startswith(("file:", "data:", "blob:"))]


def test_the_search_works_from_disk(chromium: Any) -> None:
    with visit(chromium, "index.html") as page:
        page.tab.get_by_role("textbox", name="Search").first.fill("likelihood")
        page.tab.keyboard.press("Enter")
        first = page.tab.locator("#search-results ul.search li a").first
        first.wait_for()
        first.click()
        page.tab.wait_for_url(lambda url: "search.html" not in url)
        assert "likelihood" in page.tab.inner_text("article").lower()
        assert not page.complaints
        assert all(url.startswith(("file:", "data:")) for url in page.requests)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reader_chooses_light_or_dark_and_the_next_page_remembers(scheme: str, chromium: Any) -> None:
    with visit(chromium, "index.html", scheme=scheme) as page:
        grounds = {theme(page.tab): ground(page.tab)}
        for _ in range(3):
            page.tab.locator(".theme-toggle:visible").first.click()
            grounds[theme(page.tab)] = ground(page.tab)
        assert grounds["auto"] == grounds[scheme]
        assert sum(grounds["dark"]) < 150 < 600 < sum(grounds["light"])
        while theme(page.tab) != "dark":
            page.tab.locator(".theme-toggle:visible").first.click()
        page.tab.goto(f"{SITE.as_uri()}/search.html")
        assert theme(page.tab) == "dark"


def theme(tab: Any) -> str:
    return tab.evaluate("document.body.dataset.theme")


def ground(tab: Any) -> list[int]:
    return tab.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
