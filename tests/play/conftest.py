"""The page as the site ships it, one file from disk, opened in a browser that reports every complaint."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import chromium as chromium

PROBE = Path(__file__).with_name("probe.js")
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="session")
def docs() -> Iterator[Path]:
    """The folder of the pages, its extensions importable."""
    folders = [str(DOCS / "_ext"), str(DOCS / "play")]
    sys.path[:0] = folders
    yield DOCS
    for folder in folders:
        sys.path.remove(folder)


@pytest.fixture(scope="session")
def html(docs: Path) -> str:
    """The one file that a built site holds."""
    pytest.importorskip("sphinx")
    import play

    return play.single_file()


@pytest.fixture(scope="session")
def file(html: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("site") / "likelihood.html"
    path.write_text(html, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def tabs() -> list[Any]:
    """Pages that a test has done with, emptied: to open one takes longer than to look at it."""
    return []


@pytest.fixture
def visit(chromium: Any, file: Path, tabs: list[Any]) -> Iterator[Callable[..., Any]]:
    """`visit("n=7&s=3", width=390)`: the page in that state. An error in it, or a request, fails the test."""
    complaints: list[str] = []
    visits: list[tuple[Any, bool]] = []
    listeners: dict[str, Callable[[Any], None]] = {
        "pageerror": lambda error: complaints.append(str(error)),
        "console": lambda message: complaints.append(message.text),
        "request": lambda request: complaints.append(request.url) if file.name not in request.url else None,
    }

    def opened(how: dict[str, Any]) -> Any:
        page = chromium.new_context(**how).new_page()
        page.set_default_timeout(20_000)
        page.add_init_script(path=PROBE)
        return page

    def visited(state: str = "", width: int = 1000, **how: Any) -> Any:
        page = tabs.pop() if tabs and not how else opened(how)
        visits.append((page, bool(how)))
        page.set_viewport_size({"width": width, "height": 900})
        for event, listener in listeners.items():
            page.on(event, listener)
        page.goto(f"{file.as_uri()}#{state}")
        return page

    yield visited
    for page, is_special in visits:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
        if is_special:
            page.context.close()
        else:
            page.goto("about:blank")
            tabs.append(page)
    assert complaints == []
