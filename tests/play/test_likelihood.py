"""The coin of the interactive page: the contract of its names, and its numbers against mlekit's own."""

from __future__ import annotations

import math
from typing import Any

import pytest
from browser import needed

import mlekit

needed()

pytestmark = pytest.mark.slow

TRIALS = (1, 2, 7, 20, 100)
GUESSES = (0.0, 0.01, 0.4, 0.5, 0.99, 1.0)
COIN = "(numbers) => Probe.coin(numbers)"
OUTPUTS = ("theta", "mle", "nll", "entropy", "kl", "gradient")


def at(page: Any, name: str) -> Any:
    return page.get_by_test_id(f"demo-{name}")


def cases() -> list[tuple[int, int, float]]:
    counts = [(n, s) for n in TRIALS for s in sorted({0, 1, n // 2, n})]
    return [(n, s, theta) for n, s in counts for theta in sorted({*GUESSES, round(s / n, 2)})]


def number(text: str) -> float:
    return float(text.replace("∞", "inf"))


def test_the_grid_of_cases_gives_the_numbers_of_mlekit(visit):
    page = visit("guess=up")
    for n, s, theta in cases():
        case = f"n={n} s={s} theta={theta}"
        said = page.evaluate(COIN, [n, s, theta])
        fit = mlekit.fit(mlekit.counted([0, 1], [n - s, s]), family="bernoulli")
        truth = fit.decompose({"p": theta})
        assert said["inputs"] == [n, s, theta], case
        assert number(said["theta"]) == theta, case
        expected = {"mle": fit["p"], "nll": truth.loss, "entropy": truth.entropy, "kl": truth.kl}
        for name, value in expected.items():
            assert number(said[name]) == pytest.approx(value, abs=5.1e-4), f"{case} {name}"
        slope = "—" if theta in (0, 1) else pytest.approx(theta - s / n, abs=5.1e-4)
        assert (said["gradient"] if slope == "—" else number(said["gradient"])) == slope, case


def test_every_case_is_drawn_without_nan_and_told_without_a_negative_zero(visit):
    page = visit("guess=up&prior=on&choose=on")
    for case in cases():
        said = page.evaluate(COIN, list(case))
        assert not any(word in said["plot"] for word in ("NaN", "Infinity", "undefined")), case
        assert "-0.000" not in [said[name] for name in OUTPUTS], case
        assert "−0.000" not in said["plot"], case


def test_the_verdict_names_the_direction_of_every_case(visit):
    page = visit("guess=up")
    for n, s, theta in cases():
        right = "up" if theta < s / n else "down" if theta > s / n else "stay"
        said = page.evaluate(COIN, [n, s, theta])
        assert f": {right}." in said["answer"], (n, s, theta)
        assert said["correct"] == ("true" if right == "up" else "false"), (n, s, theta)
        assert ("slope is zero" in said["answer"]) == (right == "stay" and 0 < theta < 1), (n, s, theta)


def test_the_point_meets_both_lines_at_the_estimate_alone(visit):
    page = visit("guess=stay", width=700)
    for n, s in [(20, 14), (1, 0), (1, 1), (2, 1), (100, 37)]:
        met = page.evaluate(COIN, [n, s, s / n])
        assert met["point"] == pytest.approx(met["lines"], abs=0.5), (n, s)
        off = page.evaluate(COIN, [n, s, 0.9 if s / n < 0.6 else 0.3])
        assert abs(off["point"][0] - off["lines"][0]) > 5, (n, s)
        assert off["point"][1] < off["lines"][1] - 5, (n, s)


def test_it_starts_as_the_contract_says_and_asks_before_it_shows(visit):
    page = visit()
    assert [at(page, name).input_value() for name in ("n", "s", "theta")] == ["20", "14", "0.4"]
    assert [at(page, name).get_attribute("type") for name in ("n", "s", "theta")] == ["range"] * 3
    assert not at(page, "result").is_visible()
    assert at(page, "verdict").get_attribute("data-correct") is None
    at(page, "predict-up").click()
    assert [at(page, f"out-{name}").inner_text() for name in OUTPUTS] == [
        "0.40", "0.700", "0.795", "0.611", "0.184", "-0.300",
    ]  # fmt: skip
    for name in ("result", "plot", "curve", "line-mle", "line-entropy", "point"):
        assert at(page, name).is_visible(), name
    assert at(page, "verdict").get_attribute("data-correct") == "true"
    assert at(page, "verdict").get_attribute("role") == "status"
    assert at(page, "plot").get_attribute("role") == "img"
    assert "0.795" in at(page, "plot").get_attribute("aria-label")


def test_a_wrong_prediction_is_told_the_right_one(visit):
    page = visit()
    at(page, "predict-down").click()
    assert at(page, "verdict").get_attribute("data-correct") == "false"
    assert "up" in at(page, "verdict").inner_text()


def test_a_prediction_is_graded_once_and_after_that_the_direction_is_told(visit):
    page = visit()
    verdict = at(page, "verdict")
    at(page, "predict-up").click()
    assert verdict.inner_text().startswith("Yes: up.")
    at(page, "theta").fill("0.9")
    assert verdict.inner_text().startswith("Now: down.")
    assert verdict.get_attribute("data-correct") == "false"
    page.wait_for_url("**moved=on*")
    at(page, "predict-down").click()
    assert verdict.inner_text().startswith("Yes: down.")
    page.get_by_role("button", name="Toss 1 more").click()
    assert verdict.inner_text().startswith("Now: down.")
    at(page, "predict-up").click()
    assert verdict.inner_text().startswith("No: down.")
    page.get_by_label("count the orders").check()
    assert verdict.inner_text().startswith("No: down."), "a switch asks for no other answer"
    at(page, "reset").click()
    at(page, "predict-up").click()
    assert verdict.inner_text().startswith("Yes: up.")


def test_reset_restores_the_start_and_hides_the_result(visit):
    page = visit("n=50&s=7&theta=0.9&guess=down&prior=on&choose=on&a=3&order=2&height=yes")
    assert at(page, "result").is_visible()
    at(page, "reset").click()
    assert [at(page, name).input_value() for name in ("n", "s", "theta")] == ["20", "14", "0.4"]
    assert not at(page, "result").is_visible()
    assert at(page, "verdict").inner_text() == ""
    page.wait_for_url("**#height=yes")  # the other panels are as they were


def test_heads_are_clamped_when_the_flips_become_fewer(visit):
    page = visit()
    at(page, "n").fill("5")
    assert (at(page, "s").input_value(), at(page, "s").get_attribute("max")) == ("5", "5")
    at(page, "n").fill("9")
    at(page, "s").fill("9")
    assert at(page, "out-mle").text_content() == "1.000"


def test_a_number_is_taken_when_it_is_finished(visit):
    page = visit()
    field = page.get_by_label("flips, n, as a number")
    field.press("Control+a")
    field.type("15")
    assert at(page, "s").input_value() == "14"
    field.press("Enter")
    assert (at(page, "n").input_value(), at(page, "s").input_value()) == ("15", "14")
    field.fill("1000")
    field.press("Tab")
    assert (at(page, "n").input_value(), field.input_value()) == ("100", "100")


def test_infinity_is_said_where_the_model_gives_zero(visit):
    page = visit("guess=up&theta=0")
    assert at(page, "out-nll").inner_text() == at(page, "out-kl").inner_text() == "∞"
    assert "∞: beyond the picture" in at(page, "plot").inner_html()
    assert "nothing is cut off" in page.locator("#coin [data-part=note]").inner_text()


def test_the_coefficient_moves_the_curve_and_not_its_minimum(visit):
    page = visit("guess=up")
    for n, s in [(20, 14), (7, 7), (100, 0), (100, 50)]:
        page.evaluate(COIN, [n, s, 0.4])
        below = {}
        for name in ("off", "on"):
            page.get_by_label("count the orders").set_checked(name == "on")
            below[name] = max(at(page, "curve").evaluate("(path) => Probe.curve(path)"), key=lambda point: point[1])
        height = at(page, "line-mle").evaluate("(line) => line.y2.baseVal.value - line.y1.baseVal.value") / 2
        assert below["on"][1] - below["off"][1] == pytest.approx(math.log(math.comb(n, s)) / n * height, abs=0.1), n
        assert below["on"][0] == pytest.approx(below["off"][0], abs=0.1), n
        assert f"{math.log(math.comb(n, s)):.3f}" in page.locator("#coin p[data-part=choose]").inner_text(), n


def test_with_the_coefficient_the_picture_names_both_losses_and_both_curves(visit):
    page = visit("guess=up&choose=on")
    words = page.locator("#coin [data-part=words] text").all_text_contents()
    assert {"loss 0.795", "with orders 0.266", "without orders"} <= set(words)
    assert at(page, "out-nll").inner_text() == "0.795"
    ring, ghost = page.locator("#coin .ring"), page.locator("#coin .ghost")
    centre = ring.evaluate("(ring) => [ring.cx.baseVal.value, ring.cy.baseVal.value]")
    assert min(math.dist(centre, point) for point in ghost.evaluate("(path) => Probe.curve(path)")) < 5


def test_the_legend_has_the_dashes_of_the_lines(visit):
    page = visit("guess=up&prior=on")
    for name in ("prior", "posterior", "map"):
        dashes = page.locator(f"#coin .{name}").evaluate_all(
            "(lines) => lines.map((line) => getComputedStyle(line).strokeDasharray + getComputedStyle(line).stroke)"
        )
        assert len(dashes) == 2, name
        assert len(set(dashes)) == 1, name


@pytest.mark.parametrize(("n", "s", "a", "b"), [(10, 7, 10, 10), (20, 14, 1, 1), (20, 0, 2, 2.5), (100, 100, 1, 50)])
def test_the_posterior_is_that_of_mlekit(visit, n, s, a, b):
    page = visit(f"n={n}&s={s}&a={a}&b={b}&prior=on&guess=up")
    fit = mlekit.fit(mlekit.counted([0, 1], [n - s, s]), family="bernoulli", prior=mlekit.priors.Beta(a, b))
    posterior = fit.posterior()["p"]
    said = {
        name: page.locator(f"#coin [data-part={name}]").inner_text() for name in ("map", "posterior", "posterior-mean")
    }
    assert float(said["map"]) == pytest.approx(fit["p"], abs=5.1e-4)
    assert float(said["posterior-mean"]) == pytest.approx(posterior.mean(), abs=5.1e-4)
    assert said["posterior"] == "Beta({:g}, {:g})".format(*posterior.args)


def test_tossing_adds_what_it_says_and_the_same_seed_says_it_again(visit):
    page, again = visit(), visit()
    for each in (page, again):
        each.get_by_role("button", name="Toss 10 more").click()
    text = page.locator("#coin [data-part=tossed]").inner_text()
    assert text == again.locator("#coin [data-part=tossed]").inner_text()
    heads = text.split(":")[0].count("H")
    assert f"{heads} heads of 10" in text
    assert (at(page, "n").input_value(), at(page, "s").input_value()) == ("30", str(14 + heads))
    for _ in range(7):
        page.get_by_role("button", name="Toss 10 more").click()
    assert at(page, "n").input_value() == "100"
    assert page.get_by_role("button", name="Toss 1 more").is_disabled()


def test_the_order_of_the_flips_changes_nothing(visit):
    page = visit("guess=up")
    flips = page.locator("#coin .flips")
    before = flips.inner_text().split(), [at(page, f"out-{name}").inner_text() for name in OUTPUTS]
    page.get_by_role("button", name="Shuffle the order").click()
    after = flips.inner_text().split(), [at(page, f"out-{name}").inner_text() for name in OUTPUTS]
    assert before[0] != after[0]
    assert sorted(before[0]) == sorted(after[0])
    assert before[1] == after[1]


def test_the_slope_in_p_is_told_as_another_number(visit):
    page = visit("guess=up")
    assert "−1.250" in page.locator("#coin [data-part=slope-in-p]").inner_text()
    assert at(page, "out-gradient").inner_text() == "-0.300"
    assert "slope in the logit" in at(page, "plot").inner_html()
