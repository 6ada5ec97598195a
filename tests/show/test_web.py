"""Pictures for a page: its colours, its descriptions, and nothing from elsewhere."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from matplotlib.figure import Figure
from show.measures import stands_out

import mlekit
from mlekit.show import page_style, svg
from mlekit.show.plot.web import DARK, LIGHT, css_variables

pytestmark = pytest.mark.slow

COIN = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
SVG = "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_drawn_stands_out_from_the_background_of_each_scheme(scheme: dict[str, str]) -> None:
    paper = scheme["paper"]
    assert stands_out(scheme["ink"], paper) >= 7
    for name in ("grid", *(name for name in scheme if name.isdigit())):
        assert stands_out(scheme[name], paper) >= 3, name


def test_every_colour_is_a_variable_of_the_page() -> None:
    drawn = re.sub(r"var\(--mlekit-[a-z0-9]+, #[0-9a-f]{6}\)", "", svg(COIN.plot("likelihood")))
    assert re.findall(r"#[0-9a-f]{6}\b", drawn) == []


def test_a_picture_has_a_description_that_is_not_markup() -> None:
    labels = mlekit.fit({"<b>": ["yes", "no", "yes"]}, "<b>", family="bernoulli")
    drawn = svg(labels.plot("fit"))
    root = ET.fromstring(drawn)
    assert root.get("role") == "img"
    assert "data and the fitted bernoulli distribution" in (root.get("aria-label") or "")
    assert svg(COIN.plot("likelihood"), "<hill>").count("&lt;hill&gt;") == 1


def test_panels_are_drawn_one_by_one() -> None:
    drawn = svg(COIN.plot())
    assert drawn.count("<svg") == len(COIN.plot().panels) > 1
    assert drawn.startswith('<div class="mlekit-panels">')
    assert len(re.findall(r'aria-label="[^"]{20,}"', drawn)) == drawn.count("<svg")


def test_ids_of_two_pictures_differ_and_each_is_found() -> None:
    one, other = (svg(COIN.plot(kind)) for kind in ("likelihood", "fit"))
    ids = [set(re.findall(r'\bid="([^"]+)"', drawn)) for drawn in (one, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for drawn, own in zip((one, other), ids, strict=True):
        assert set(re.findall(r'href="#([^"]+)"', drawn)) <= own


def test_it_needs_no_font_and_nothing_from_elsewhere() -> None:
    drawn = svg(COIN.plot("likelihood"))
    assert "<text" not in drawn
    assert re.findall(r'(?:href|src)="(?!#|data:)[^"]+"', drawn) == []
    assert drawn == svg(COIN.plot("likelihood")), "the same bytes at every build"


def test_a_figure_of_your_own_is_taken_as_it_is() -> None:
    own = Figure()
    own.subplots().plot([1, 2], color=page_style()["text.color"])
    assert 'aria-label="a line"' in svg(own, "a line")


def test_colours_are_declarations_of_css() -> None:
    assert css_variables({"ink": "#000"}) == "--mlekit-ink: #000"
