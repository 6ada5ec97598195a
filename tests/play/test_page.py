"""The interactive page as a page: one file, any width, any hand, any light, and an address that keeps everything."""

from __future__ import annotations

import re
from dataclasses import astuple, is_dataclass
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from browser import needed

import lm
import mlekit

needed()

ALL = "guess=up&height=yes&unseen=infinite&prior=on&choose=on&name=qxa"
NAMES = ["n", "s", "theta", "predict-down", "predict-stay", "predict-up", "reset", "result", "verdict", "plot", "curve"]
NAMES += [
    "line-mle",
    "line-entropy",
    "point",
    *(f"out-{n}" for n in ("theta", "mle", "nll", "entropy", "kl", "gradient")),
]


def at(page: Any, name: str) -> Any:
    return page.get_by_test_id(f"demo-{name}")


# -- the file ---------------------------------------------------------------------------------------------------


def test_the_markup_stands_before_any_script_runs(html):
    static = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    assert static.count('data-testid="likelihood-demo"') == 1
    for name in NAMES:
        assert static.count(f'data-testid="demo-{name}"') == 1, name
    assert '<html lang="en">' in static
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in static
    assert "Play with a likelihood" in re.findall("<title>(.*)</title>", static)[0]
    assert re.search(r'data-testid="demo-result"[^>]* hidden>', static)
    assert "logit" in static


def test_it_is_one_small_file_that_asks_for_nothing(html):
    assert len(html.encode()) < 150_000
    assert not re.search(
        r"<script src|<link rel=.stylesheet|@import|https?://(?!www\.w3\.org/2000/svg)|\bfetch\(", html
    )


def test_the_loss_is_explained_before_it_is_asked_about(html):
    words = " ".join(html.split())
    asked = words.index("Which way will the loss pull θ?")
    assert words.index("θ is your guess") < words.index("The loss is the mean surprise of a flip") < asked


def test_without_scripts_the_first_case_is_told_in_words_and_numbers(html):
    words = " ".join(re.findall("<noscript>(.*)</noscript>", html, flags=re.DOTALL)[0].split())
    fit = mlekit.fit(mlekit.counted([0, 1], [6, 14]), family="bernoulli")
    case = fit.decompose({"p": 0.4})
    for number in (fit["p"], case.loss, case.entropy, case.kl, 0.4 - fit["p"]):
        assert f"{number:.3f}" in words


def test_a_script_cannot_end_its_own_element(docs, tmp_path):
    import play

    (tmp_path / "a.js").write_text('const a = "</script>";')
    (tmp_path / "a.html").write_text('<script src="a.js"></script>')
    assert play.single_file(tmp_path / "a.html") == '<script>\nconst a = "<\\/script>";</script>'


@pytest.mark.slow
def test_it_opens_from_the_source_folder_too(chromium, docs):
    page = chromium.new_page()
    page.goto((docs / "play" / "likelihood.html").as_uri())
    at(page, "predict-up").click()
    assert at(page, "out-nll").inner_text() == "0.795"
    page.close()


# -- the address ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_address_keeps_what_was_set(visit):
    page = visit()
    at(page, "n").fill("50")
    at(page, "s").fill("49")
    at(page, "theta").fill("0.97")
    at(page, "predict-up").click()
    page.get_by_role("button", name="Yes, it can").click()
    page.get_by_role("button", name="Add a point").click()
    page.wait_for_url("**#n=50&s=49&theta=0.97&guess=up&height=yes&points=*")
    again = visit(page.url.split("#")[1])
    assert [at(again, name).input_value() for name in ("n", "s", "theta")] == ["50", "49", "0.97"]
    assert at(again, "out-kl").inner_text() == at(page, "out-kl").inner_text()
    assert at(again, "verdict").get_attribute("data-correct") == "true"
    assert again.get_by_role("slider", name="point 6").get_attribute("aria-valuenow") == "73"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "inputs"),
    [
        ("n=7&s=50&theta=3", ["7", "7", "1"]),
        ("n=0&s=-4&theta=-1", ["1", "0", "0"]),
        ("n=1e999&s=abc&theta=NaN", ["100", "14", "0.4"]),
        ("n=&s=&theta=", ["20", "14", "0.4"]),
        ("guess=sideways&points=x,y&row=99&name=%00<b>&nonsense&=&__proto__=1&%E0%A4%A=1", ["20", "14", "0.4"]),
    ],
)
def test_an_address_that_makes_no_sense_is_clamped_or_ignored(visit, address, inputs):
    page = visit(address)
    assert [at(page, name).input_value() for name in ("n", "s", "theta")] == inputs
    assert not at(page, "result").is_visible()


@pytest.mark.slow
def test_text_from_the_address_is_never_markup(visit):
    page = visit("unseen=small&name=" + quote("<img src=x onerror=alert(1)>"))
    assert page.get_by_label("a name, a to z").input_value() == "<img src=x onerror=alert(1)>"
    assert "Read as “imgsrcxonerror”" in page.locator("#bigram [data-part=name-read]").inner_text()
    assert page.locator("#bigram img").count() == 0


# -- the code ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("state", "panel", "outputs"),
    [
        ("guess=up&n=7&s=2", "coin", ["out-mle", "out-nll", "out-entropy", "out-kl"]),
        ("guess=up&n=7&s=2&prior=on&a=3", "coin", ["map", "posterior-mean"]),
        ("height=yes&points=70,71.5,72", "normal", ["mean", "sd", "llf"]),
        ("unseen=small&add=1&name=ada", "bigram", ["name-loss"]),
    ],
)
def test_the_lines_that_the_page_shows_run_and_give_its_numbers(visit, state, panel, outputs):
    page = visit(state)
    first, second = page.locator(f"#{panel} [data-part=code]").text_content().splitlines()
    space = {"mlekit": mlekit, "lm": lm}
    exec(first, space)
    said = list(np.hstack([astuple(v) if is_dataclass(v) else np.ravel(v) for v in eval(second, space)]))
    shown = [
        page.locator(f"#{panel} :is([data-part={name}], [data-testid=demo-{name}])").inner_text() for name in outputs
    ]
    values = said if panel != "bigram" else [-said[-1]]
    assert [float(text) for text in shown] == pytest.approx(values, abs=5.1e-4)


# -- hands, eyes and screens ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_coin_works_with_the_keyboard_alone(visit):
    page = visit()
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.dataset.testid ?? ''")
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring != "none", name
        seen.append(name)
        if name == "demo-theta":
            page.keyboard.press("End")
            page.keyboard.press("ArrowLeft")
        if name == "demo-predict-down":
            page.keyboard.press("Enter")
            break
    assert seen[-1] == "demo-predict-down"
    assert at(page, "out-theta").inner_text() == "0.99"
    assert at(page, "verdict").get_attribute("data-correct") == "true"


@pytest.mark.slow
def test_the_link_at_the_top_skips_to_the_coin_and_leaves_the_state(visit):
    page = visit("n=33")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "coin-title"
    assert at(page, "n").input_value() == "33"


@pytest.mark.slow
def test_the_guess_follows_a_mouse_over_the_picture(visit):
    page = visit("guess=up")
    at(page, "plot").scroll_into_view_if_needed()
    mark, point = at(page, "line-mle").bounding_box(), at(page, "point").bounding_box()
    page.mouse.click(mark["x"], mark["y"] + mark["height"] / 2)
    assert at(page, "out-theta").inner_text() == "0.70"
    page.mouse.move(mark["x"], point["y"])
    page.mouse.down()
    page.mouse.move(0, point["y"], steps=3)
    page.mouse.up()
    assert at(page, "out-theta").inner_text() == "0.00"


@pytest.mark.slow
def test_a_phone_needs_no_sideways_scroll_and_no_fine_finger(visit):
    page = visit(ALL + "&n=100", width=390, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate("Probe.small()") == []
    assert page.evaluate("Probe.outside()") == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    at(page, "predict-up").tap()
    assert at(page, "verdict").get_attribute("data-correct") == "false"


# n, s and θ where names crowd together: ends, middles, the estimate, and next to it.
CASES = [
    [n, s, theta]
    for n, s in [(1, 0), (1, 1), (2, 1), (7, 1), (7, 3), (20, 14), (20, 19), (100, 1), (100, 50), (100, 100)]
    for theta in sorted({0, 0.01, 0.05, 0.2, 0.4, 0.5, 0.75, 0.9, 0.99, 1, round(s / n, 2)})
]
STATES = [{"prior": prior, "choose": choose} for prior in ("", "on") for choose in ("", "on")]
LOOK = "([what, cases, states]) => Probe.look(what, cases, states)"


@pytest.mark.slow
@pytest.mark.parametrize("width", [1000, 390])
def test_no_words_of_the_coin_touch_each_other(visit, width):
    page = visit("guess=up", width=width)
    assert page.locator("#coin svg.plot text").count() > 12
    assert page.evaluate(LOOK, ["crowded", CASES, STATES]) == []
    assert page.evaluate(LOOK, ["crossed", CASES, STATES[:1]]) == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [1000, 390])
def test_no_words_of_the_other_panels_touch_each_other(visit, width):
    page = visit("height=yes&unseen=infinite", width=width)
    for name in ("a", "emma", "mmmmmmmmmmmmmm", "qxqxqxqxqxqxqx", "wwwwwwwww"):
        assert page.evaluate("(name) => (State.set({ name }), Probe.crowded())", name) == [], name
    for points in ("64,64.1", "82,81.9,82", "70,70", "72,75,71,73,74", "72,72.4,71.9,72.2", "64,82"):
        assert page.evaluate("(points) => (State.set({ points }), Probe.crowded())", points) == [], points


@pytest.mark.slow
def test_words_that_touch_are_found(visit):
    page = visit("guess=up")
    page.evaluate("Probe.all('#coin [data-part=words] text')[1].setAttribute('y', 47)")
    page.evaluate("Probe.all('#coin [data-part=words] text')[1].setAttribute('x', 400)")
    assert any("entropy 0.611" in found for found in page.evaluate("Probe.crowded()"))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_lines_stand_out_in_both_lights(visit, scheme):
    page = visit(f"{ALL}&points=72,72.1,72.2", color_scheme=scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(251, 250, 247)" if scheme == "light" else "rgb(20, 23, 27)"
    )
    assert page.evaluate("Probe.pale()") == []
    assert page.evaluate("[...document.querySelectorAll('svg .curve, svg .mle')].length") >= 3


@pytest.mark.slow
def test_the_button_turns_the_light_and_the_address_remembers_it(visit):
    page = visit(color_scheme="light")
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 27)"
    page.wait_for_url("**#theme=dark")
    page.get_by_role("button", name="Light").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 250, 247)"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kept", "address", "dark"),
    [("dark", "", True), ("light", "", False), ("auto", "", True), ("dark", "theme=light", False), ("<b>", "", True)],
)
def test_the_light_chosen_on_the_other_pages_is_kept_unless_the_address_says_another(visit, kept, address, dark):
    page = visit(address, color_scheme="light" if kept == "dark" else "dark")
    page.evaluate("(kept) => localStorage.setItem('theme', kept)", kept)
    page.reload()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(20, 23, 27)" if dark else "rgb(251, 250, 247)")
    assert page.get_by_role("button", name="Light" if dark else "Dark").count() == 1
    assert page.evaluate("localStorage.getItem('theme')") == kept


@pytest.mark.slow
def test_a_browser_that_keeps_nothing_shows_the_page_all_the_same(visit):
    page = visit(color_scheme="dark")
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden'); } })")
    page.reload()
    assert page.evaluate("document.documentElement.className") == "ready"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 27)"


@pytest.mark.slow
@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_those_who_asked_for_stillness(visit, motion, moves):
    page = visit("guess=up", reduced_motion=motion)
    animation = at(page, "result").evaluate("(element) => getComputedStyle(element).animationName")
    assert (animation != "none") == moves


@pytest.mark.slow
def test_a_dragged_slider_does_not_flood_a_screen_reader(visit):
    page = visit("guess=up&theta=0.1&moved=on")
    page.evaluate("Probe.listen()")
    assert page.evaluate("Probe.drag('demo-theta', 0.1, 0.59)") == 0
    page.wait_for_function("window.heard > 0")
    assert page.evaluate("window.heard") == 1
    assert "θ 0.59" in page.locator("#coin [data-part=spoken]").text_content()
    assert page.evaluate("[...document.querySelectorAll('output')].every((e) => e.getAttribute('aria-live') === 'off')")


@pytest.mark.slow
def test_everything_that_can_be_used_has_a_name(visit):
    page = visit(ALL)
    assert page.evaluate("Probe.nameless()") == []
