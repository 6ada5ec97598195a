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


@pytest.fixture
def visit(chromium: Any, file: Path) -> Iterator[Callable[..., Any]]:
    """`visit("n=7&s=3", width=390)`: the page in that state. An error in it, or a request, fails the test."""
    complaints: list[str] = []
    contexts = []

    def visited(state: str = "", width: int = 1000, **how: Any) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 900}, **how)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda request: complaints.append(request.url) if file.name not in request.url else None)
        page.add_init_script(path=PROBE)
        page.goto(f"{file.as_uri()}#{state}")
        return page

    yield visited
    for context in contexts:
        context.close()
    assert complaints == []
