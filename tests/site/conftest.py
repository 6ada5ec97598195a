"""The browser, and the accessibility checker that runs in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from browser import absent, chromium  # noqa: F401


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core, which `python scripts/get_axe.py FOLDER` fetches and MLEKIT_AXE=FOLDER finds."""
    file = Path(os.environ.get("MLEKIT_AXE", "no folder")) / "axe.min.js"
    if not file.is_file():
        absent("MLEKIT_AXE names no folder with an axe.min.js")
    return file.read_text(encoding="utf-8")
