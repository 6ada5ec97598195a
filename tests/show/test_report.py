"""fit.report(path): one file that a browser shows without anything else, accessible to everybody."""

from __future__ import annotations

import itertools
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from show.test_explain import DATA, GROUPS, quietly

import mlekit
from mlekit.errors import MissingDependency, OptionError
from mlekit.show.explain.page import NOT_PROVED

pytestmark = pytest.mark.slow

BAD = "<script>alert(1)</script>"
VOID = {"meta", "br", "hr", "img", "link", "input"}
FITS: dict[str, Any] = {
    "coin": lambda: quietly([1] * 7 + [0] * 3, family="bernoulli"),
    "regression": lambda: quietly(DATA, "sales ~ size + shop", family="poisson"),
    "map": lambda: quietly([1] * 7 + [0] * 3, family="bernoulli", prior=mlekit.priors.Beta(10, 10)),
    "separated": lambda: quietly({"x": [0.0, 1, 2, 3], "y": [0, 0, 1, 1]}, "y ~ x", family="bernoulli"),
    "groups": lambda: quietly(GROUPS, "hours", family="gamma", by="shop"),
    "markup": lambda: quietly(
        {"y": ["a", BAD, "a", BAD, BAD], BAD: [1.0, 2, 3, 5, 4]}, f"y ~ `{BAD}`", family="bernoulli"
    ),
}


class Page(HTMLParser):
    """Tags and texts of a page, as a browser finds them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.said = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += " " + " ".join(data.split())

    def named(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag in tags]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Each fit's page."""
    folder = tmp_path_factory.mktemp("reports")
    for named, made in FITS.items():
        made().report(folder / f"{named}.html")
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{named}.html" for named in FITS)
    return {named: (folder / f"{named}.html").read_text("utf-8") for named in FITS}


@pytest.fixture(params=FITS)
def text(written: dict[str, str], request: pytest.FixtureRequest) -> str:
    return written[request.param]


def test_every_tag_is_closed_and_every_id_stands_once(text: str) -> None:
    page = Page(text)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert ("html", {"lang": "en"}) in page.tags
    assert ("meta", {"charset": "utf-8"}) in page.tags
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in page.tags


def test_nothing_is_fetched_and_nothing_runs(text: str) -> None:
    page = Page(text)
    assert not page.named("script", "link", "img", "iframe", "object", "base")
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "src"]
        assert all(value.startswith("#") for name, value in attributes.items() if name.endswith("href"))
    assert not re.search(r"@import|url\((?!#)", text)
    assert len(text.encode()) < 1e6


def test_headings_go_down_a_step_at_a_time(text: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(text).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))


def test_every_picture_has_a_description(text: str) -> None:
    pictures = Page(text).named("svg")
    assert pictures
    for picture in pictures:
        assert picture["role"] == "img"
        assert len(picture["aria-label"]) > 20
    assert len(Page(text).named("figcaption")) == len(Page(text).named("figure")) == len(pictures)


def test_the_page_holds_summary_and_words(written: dict[str, str]) -> None:
    for named, made in FITS.items():
        found, said = made(), Page(written[named]).said
        page = found.explain()
        assert all(" ".join(part.split()) in said for section in page.sections for part in section.parts)
        assert all(reason in said for reason in found.verdict.reasons[:3])
        assert (NOT_PROVED.strip() in said) == (not found.verdict.ok)
        assert mlekit.__version__ in said
        assert np.__version__ in said


def test_colours_stand_out_from_the_background_in_both_schemes(text: str) -> None:
    schemes = re.findall(r"--mlekit-ink: (#\w+).*?--mlekit-paper: (#\w+)", text)
    assert len(schemes) >= 2
    for ink, paper in schemes:
        bright, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 7
    assert "@media (prefers-color-scheme: dark)" in text
    assert "@media print" in text


def luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def test_labels_and_columns_are_not_markup(written: dict[str, str]) -> None:
    assert "<script" not in written["markup"]
    assert "&lt;script&gt;" in written["markup"]


def test_the_same_fit_gives_the_same_bytes(tmp_path: Path) -> None:
    for named in ("a", "b"):
        FITS["coin"]().report(tmp_path / f"{named}.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_page_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("old")
    FITS["coin"]().report(str(path))
    assert path.read_text("utf-8").startswith("<!doctype html>")
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]


def test_a_folder_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="missing"):
        FITS["coin"]().report(tmp_path / "missing" / "page.html")
    with pytest.raises(OptionError, match="is a folder"):
        FITS["coin"]().report(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_reason_is_given_for_a_fit_without_pictures(tmp_path: Path) -> None:
    quietly(DATA, "price ~ size", family="normal").save(tmp_path / "fit.json")
    mlekit.load(tmp_path / "fit.json").report(tmp_path / "fit.html")
    page = (tmp_path / "fit.html").read_text(encoding="utf-8")
    assert "This fit has no picture without a kind: it needs the rows" in page
    assert "What was assumed" in page


def test_many_groups_stay_small(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"g": rng.integers(0, 5000, 50_000), "y": rng.poisson(3, 50_000)})
    quietly(frame, "y", family="poisson", by="g").report(tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size < 1e6


def test_many_rows_stay_small(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=100_000), "y": rng.normal(size=100_000)})
    quietly(frame, "y ~ x", family="normal").report(tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size < 1e6


def test_without_matplotlib_the_error_gives_the_line_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = FITS["coin"]()
    for name in [name for name in sys.modules if name.startswith(("matplotlib", "mlekit.show.plot"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingDependency, match="pip install"):
        found.report(tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_a_path_of_another_kind_is_refused(tmp_path: Path) -> None:
    coin = mlekit.fit([1, 0, 1], family="bernoulli")
    with pytest.raises(OptionError, match=r"does not end in \.html"):
        coin.report(tmp_path / "coin.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", [None, 3])
def test_an_argument_that_is_not_a_path_is_refused(path: Any) -> None:
    with pytest.raises(OptionError, match="give the name of a file"):
        mlekit.fit([1, 0, 1], family="bernoulli").report(path)
