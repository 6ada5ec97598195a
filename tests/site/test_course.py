"""The course: every page has its parts, and leads to the next."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[2] / "docs" / "course"
ORDER = re.findall(r"^\d+\. \[.*\]\((\w+)\.md\)", (COURSE / "index.md").read_text(encoding="utf-8"), re.MULTILINE)
each_page = pytest.mark.parametrize("name", ORDER)


def source(name: str) -> str:
    return (COURSE / f"{name}.md").read_text(encoding="utf-8")


def test_the_order_of_the_list_is_that_of_the_pages() -> None:
    assert len(ORDER) == 14
    index = (COURSE / "index.md").read_text(encoding="utf-8")
    assert index.partition("```{toctree}")[2].replace(":hidden:", "").replace("```", "").split() == ORDER
    assert {path.stem for path in COURSE.glob("*.md")} == {"index", *ORDER}


@each_page
def test_a_page_has_all_its_parts(name: str) -> None:
    page = source(name)
    assert len(re.findall(r"^# ", re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)) == 1
    assert "*Builds on: " in page
    assert "## Misconception: " in page
    assert len(re.findall(r"\*\*\d\.\*\* ", page.partition("## Exercises")[2])) >= 2
    assert "A prediction before looking" in page
    assert page.count('code_prompt_show: "Answer"') >= 2, "answers are computed"


@each_page
def test_a_page_leads_to_the_next(name: str) -> None:
    following = [*ORDER[1:], None][ORDER.index(name)]
    last = source(name).strip().splitlines()[-1]
    assert last.startswith("Next: [" if following else "")
    assert following is None or f"({following}.md)" in last
