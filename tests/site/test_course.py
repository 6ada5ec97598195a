"""The course: every page has its parts, and no number in its prose that the page does not show in code or output."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from site_pages import SITE

COURSE = Path(__file__).parents[2] / "docs" / "course"
ORDER = re.findall(r"^\d+\. \[.*\]\((\w+)\.md\)", (COURSE / "index.md").read_text(encoding="utf-8"), re.MULTILINE)
each_page = pytest.mark.parametrize("name", ORDER)

DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.]*\w)")
CODE = ("pre", "code", "math")
APART = ("svg", "script", "style", "nav", "footer", "title", "aside")
VOID = ("img", "br", "hr", "input", "meta", "link", "wbr", "path", "use")


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
    assert "## One thing to unlearn" in page
    assert len(re.findall(r"\*\*\d\.\*\* ", page.partition("## Exercises")[2])) >= 2
    assert "A prediction before looking" in page
    assert page.count('code_prompt_show: "Answer"') >= 2, "answers are computed"


@each_page
def test_a_page_leads_to_the_next(name: str) -> None:
    following = [*ORDER[1:], None][ORDER.index(name)]
    last = source(name).strip().splitlines()[-1]
    assert last.startswith("Next: [" if following else "")
    assert following is None or f"({following}.md)" in last


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
    built = SITE / "course" / f"{name}.html"
    if not built.is_file():
        pytest.skip(f"no page {built}: `make docs` builds it")
    words = Words()
    words.feed(built.read_text(encoding="utf-8").partition("<article")[2].partition("</article>")[0])
    shown = set(DECIMAL.findall(" ".join(words.shown)))
    assert sorted(set(DECIMAL.findall(" ".join(words.prose))) - shown) == []


@each_page
def test_a_page_has_a_picture_made_by_the_library(name: str) -> None:
    built = SITE / "course" / f"{name}.html"
    if not built.is_file():
        pytest.skip(f"no page {built}: `make docs` builds it")
    drawn = re.findall(r'<svg role="img" aria-label="([^"]*)"', built.read_text(encoding="utf-8"))
    assert drawn
    assert all(len(alt) > 20 for alt in drawn)
