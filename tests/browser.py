"""The browser that pages are looked at with: the system's chromium, driven by playwright.

Import the fixture into a conftest.py, `from browser import chromium`, or use `with browser() as chromium:`. One browser
at a time: playwright allows no second one beside it in the same thread, so the fixture ends with its module.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, NoReturn

import pytest

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@contextmanager
def browser() -> Iterator[Any]:
    """A playwright Browser; without one the test is skipped, unless MLEKIT_BROWSER=required is set: then it fails."""
    needed()
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGS)
        try:
            yield opened
        finally:
            opened.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as opened:
        yield opened


def absent(why: str) -> NoReturn:
    """No browser, no test: said aloud where one is required."""
    if os.environ.get("MLEKIT_BROWSER") == "required":
        pytest.fail(f"{why}, and MLEKIT_BROWSER=required asks for it", pytrace=False)
    pytest.skip(f"{why}: pages are not looked at", allow_module_level=True)


def needed() -> None:
    """At the head of a file of tests that are all about a browser: without one they are skipped together."""
    if shutil.which("chromium") is None:
        absent("chromium is not installed")
    if find_spec("playwright") is None:
        absent("playwright is not installed: pip install playwright")
