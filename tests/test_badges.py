"""The badges of the README say what the checkout says, and the README shows no others."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MADE = runpy.run_path(str(ROOT / "scripts" / "make_badges.py"))
BADGES = MADE["badges"]()


def test_each_badge_is_what_the_script_makes_now() -> None:
    lying = {file.name: file.read_text(encoding="utf-8") for file in (ROOT / "docs/_static/badges").iterdir()}
    assert lying == BADGES, "python scripts/make_badges.py draws them anew"


@pytest.mark.parametrize("name", BADGES)
def test_a_badge_has_a_name_for_those_who_cannot_see_it(name: str) -> None:
    words = re.findall(r"<text [^>]*>([^<]+)<", BADGES[name])
    assert f'role="img" aria-label="{": ".join(words)}"' in BADGES[name]


def test_a_statement_that_is_no_longer_true_changes() -> None:
    assert MADE["executed"]('nb_execution_mode = "force"', "-m sphinx -q") == "not executed"
    assert MADE["errors"](["error", "ignore::UserWarning"]) == "are errors, 1 excepted"


def test_the_readme_shows_no_badge_from_elsewhere() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert pictures
    assert not [address for address in pictures if not (ROOT / address).is_file()]
