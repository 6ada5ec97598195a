"""The two other panels of the interactive page: the points that can be moved, and the table of letter pairs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from browser import needed

import lm
import mlekit

needed()

pytestmark = pytest.mark.slow


def part(page: Any, panel: str, name: str) -> Any:
    return page.locator(f"#{panel} [data-part={name}]")


def number(place: Any) -> float:
    return float(place.inner_text().replace("∞", "inf"))


# -- the normal distribution -------------------------------------------------------------------------------------


def test_the_density_is_asked_about_before_it_is_shown(visit):
    page = visit()
    assert not part(page, "normal", "result").is_visible()
    page.get_by_role("button", name="No, never").click()
    assert part(page, "normal", "result").is_visible()
    assert part(page, "normal", "verdict").get_attribute("data-correct") == "false"
    assert "above 1" in part(page, "normal", "verdict").inner_text()


@pytest.mark.parametrize("points", ["72,75,71,73,74", "64,82", "72,72.1,72.3", "65.5,70,70,70,81.9,80,66,64,82"])
def test_the_law_of_the_points_is_that_of_mlekit(visit, points):
    page = visit(f"height=yes&points={points}")
    data = np.array(points.split(","), float)
    fit = mlekit.fit(data, family="normal")
    expected = {
        "mean": fit["mean"],
        "sd": fit["sd"],
        "sd-less": data.std(ddof=1),
        "llf": fit.llf,
        "peak": fit.dist.pdf(fit["mean"]),
    }
    for name, value in expected.items():
        assert number(part(page, "normal", name)) == pytest.approx(value, abs=5.1e-4), name
    assert page.locator("#normal .stem").count() == len(data)


def test_points_in_one_place_have_no_best_law_and_the_page_says_so(visit):
    page = visit("height=yes")
    page.get_by_role("button", name="All in one place").click()
    assert (part(page, "normal", "sd").inner_text(), part(page, "normal", "llf").inner_text()) == ("0.000", "∞")
    assert "without end" in part(page, "normal", "note").inner_text()
    with pytest.raises(mlekit.errors.IdentifiabilityError):
        mlekit.fit([73, 73, 73, 73, 73], family="normal")


def test_a_density_above_one_is_told(visit):
    page = visit("height=yes")
    assert part(page, "normal", "note").inner_text() == ""
    for _ in range(3):
        page.get_by_role("button", name="Move closer together").click()
    assert number(part(page, "normal", "peak")) > 1
    assert "above 1" in part(page, "normal", "note").inner_text()
    assert page.locator("#normal .one").count() == 1


def test_points_that_move_closer_keep_their_mean(visit):
    page = visit("height=yes")
    for points in ("72,75,71,73,74", "64,64.1,82", "70,70.1", "65.3,70,70.2,81.9,80.7,66,64,82,71.1"):
        page.evaluate("(points) => State.set({ points })", points)
        spread = []
        for _ in range(4):
            page.get_by_role("button", name="Move closer together").click()
            assert number(part(page, "normal", "mean")) == pytest.approx(
                np.mean(np.array(points.split(","), float)), abs=5.1e-4
            )
            spread.append(number(part(page, "normal", "sd")))
        assert spread == sorted(spread, reverse=True)


def test_a_point_moves_with_the_arrow_keys(visit):
    page = visit("height=yes")
    point = page.get_by_role("slider", name="point 2")
    point.focus()
    for key, value in [
        ("ArrowRight", 75.5),
        ("PageDown", 73.5),
        ("ArrowDown", 73),
        ("Home", 64),
        ("ArrowLeft", 64),
        ("End", 82),
    ]:
        page.keyboard.press(key)
        assert float(point.get_attribute("aria-valuenow")) == value, key
    assert point.get_attribute("aria-valuetext") == "82 degrees"
    assert number(part(page, "normal", "mean")) == pytest.approx(np.mean([72, 82, 71, 73, 74]))


def test_a_point_follows_the_mouse(visit):
    page = visit("height=yes")
    point = page.get_by_role("slider", name="point 1")
    point.scroll_into_view_if_needed()
    start, end = (centre(page.get_by_role("slider", name=name)) for name in ("point 1", "point 4"))
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()
    assert float(point.get_attribute("aria-valuenow")) == pytest.approx(73, abs=0.11)


def centre(place: Any) -> tuple[float, float]:
    box = place.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


# -- the bigram -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bigram():
    return mlekit.fit(lm.names(), family=lm.Bigram())


def test_the_committed_table_is_what_mlekit_gives_now(docs):
    import make_data

    assert make_data.FILE.read_text(encoding="utf-8") == make_data.script()


@pytest.mark.parametrize("add", [0, 1, 2.5])
def test_every_cell_tells_the_probability_of_mlekit_and_its_share_of_the_loss(visit, bigram, add):
    page = visit(f"unseen=infinite&add={add}")
    prior = mlekit.priors.Dirichlet(1 + add) if add else None
    fit = mlekit.fit(lm.names(), family=lm.Bigram(prior=prior))
    read = np.array([cell.rsplit(": ", 1)[1].split(", ") for cell in page.evaluate("Probe.cells()")])
    counts = np.array([int("".join(filter(str.isdigit, cell))) for cell in read[:, 0]])
    probabilities = np.array([float(cell.removeprefix("probability ")) for cell in read[:, 1]])
    np.testing.assert_allclose(probabilities, fit.params.to_numpy().ravel(), atol=5.1e-5)
    table = bigram.params.to_numpy()
    assert counts.sum() == bigram.nobs
    np.testing.assert_allclose(counts.reshape(27, 27) / counts.reshape(27, 27).sum(axis=1, keepdims=True), table)
    percentages = np.array([0.0 if "under" in cell else float(cell.split(" %")[0]) for cell in read[:, 2]])
    assert percentages.sum() == pytest.approx(100, abs=1)
    assert number(part(page, "bigram", "mean-loss")) == pytest.approx(-fit.llf / fit.nobs, abs=5.1e-5)


@pytest.mark.parametrize("add", [0, 1])
def test_a_typed_name_costs_what_mlekit_says(visit, add):
    page = visit(f"unseen=small&add={add}")
    prior = mlekit.priors.Dirichlet(1 + add) if add else None
    fit = mlekit.fit(lm.names(), family=lm.Bigram(prior=prior))
    for name in ("emma", "qxa", "a", "zyx"):
        page.get_by_label("a name, a to z").fill(name.upper())
        loss = -fit.log_prob([name])[0]
        assert number(part(page, "bigram", "name-loss")) == pytest.approx(loss, abs=5.1e-4), name
        assert number(part(page, "bigram", "name-mean")) == pytest.approx(loss / (len(name) + 1), abs=5.1e-4), name
        assert (page.locator("#bigram .bar.never").count() > 0) == math.isinf(loss), name
        assert ("impossible" in part(page, "bigram", "name-note").inner_text()) == math.isinf(loss), name


def test_pairs_never_seen_are_hatched_until_something_is_added(visit, bigram):
    page = visit("unseen=infinite")
    never = int((bigram.params == 0).to_numpy().sum())
    assert page.locator("#bigram .impossible").count() == never
    assert part(page, "bigram", "hatched").inner_text() == "Hatched: never seen, probability 0."
    assert f"{never} of the 729" in part(page, "bigram", "total-note").inner_text()
    page.get_by_label("add to every cell", exact=True).fill("1")
    assert page.locator("#bigram .impossible").count() == 0
    assert part(page, "bigram", "hatched").inner_text() == "Nothing is hatched: no probability is 0."


def test_what_is_left_out_of_a_typed_name_is_told(visit):
    page = visit("unseen=small")
    field, read = page.get_by_label("a name, a to z"), part(page, "bigram", "name-read")
    field.fill("Emma")
    assert read.inner_text() == ""
    field.fill("Zoë 3")
    assert read.inner_text() == "Read as “zo”. Left out, being no letters a to z: “ë”, space, “3”."
    field.blur()
    assert field.input_value() == "Zoë 3"
    field.fill("maximilianalexander")
    assert read.inner_text() == "Read as “maximilianalex”. Left out after 14 letters: “ander”."
    assert page.locator("#bigram [data-part=name-bars] .bar").count() == 15


def test_without_a_letter_there_is_no_name_to_read(visit):
    page = visit("unseen=small")
    for text in ("", "  ", "42"):
        page.get_by_label("a name, a to z").fill(text)
        said = [part(page, "bigram", name).inner_text() for name in ("name-note", "name-loss", "name-mean")]
        assert said == ["", "—", "—"], text
        assert part(page, "bigram", "name-read").inner_text().startswith("Type a name: there is no letter here"), text
        assert page.locator("#bigram [data-part=name-bars] .bar").count() == 0, text


def test_arrow_keys_walk_through_the_table_and_one_cell_takes_the_focus(visit):
    page = visit("unseen=infinite&row=1&col=1")
    page.locator('[role="gridcell"][tabindex="0"]').focus()
    walk = {"ArrowRight": "a, then b", "ArrowDown": "b, then b", "Home": "b, then end", "ArrowLeft": "b, then end"}
    for key, words in {**walk, "PageUp": "start, then end", "End": "start, then z"}.items():
        page.keyboard.press(key)
        focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert focused.startswith(words), key
        assert part(page, "bigram", "cell").inner_text() == focused
    assert page.locator('[role="gridcell"][tabindex="0"]').count() == 1
    assert page.locator('[role="gridcell"][aria-selected="true"]').count() == 1


def test_a_pointed_cell_tells_itself_and_a_chosen_one_stays(visit):
    page = visit("unseen=infinite")
    page.locator('[role="gridcell"]').nth(1).hover()
    assert part(page, "bigram", "cell").inner_text().startswith("start, then a")
    page.get_by_role("heading", name="Which letter comes next").hover()
    assert part(page, "bigram", "cell").inner_text().startswith("q, then u")
    page.locator('[role="gridcell"]').nth(1).click()
    assert page.locator("#bigram select[data-key=row]").input_value() == "0"
    assert "after the start" in part(page, "bigram", "row-plot").inner_html()
