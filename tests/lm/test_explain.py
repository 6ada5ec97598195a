"""fit.explain() and fit.report() of language models: words that suit the model, with its own numbers."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from math import exp, log
from pathlib import Path
from typing import Any

import pytest

import lm
import mlekit
from lm.fit import Fit
from mlekit.errors import OptionError
from mlekit.show import num

pytest.importorskip("torch")

pytestmark = pytest.mark.slow

NAMES = lm.names()[:1000]
BRIEFLY = mlekit.solvers.Torch(steps=20, method="adam")
MARKUP = ["<script>", "<b>", "a<b", "b>a"]
FITS: dict[str, Callable[[], Any]] = {
    "bigram": lambda: mlekit.fit(NAMES, family=lm.Bigram()),
    "prior": lambda: mlekit.fit(NAMES, family=lm.Bigram(), prior=mlekit.priors.Dirichlet(2)),
    "ngram": lambda: mlekit.fit(NAMES, family=lm.Ngram(4)),
    "added": lambda: mlekit.fit(NAMES, family=lm.Ngram(3, "add")),
    "unigram": lambda: mlekit.fit(NAMES, family=lm.Ngram(1)),
    "mixture": lambda: mlekit.fit(NAMES, family=lm.Mixture(lm.Ngram(1), lm.Ngram(3))),
    "gru": lambda: mlekit.fit(NAMES, family=lm.GRU(width=8), solver=BRIEFLY),
    "neural": lambda: mlekit.fit(NAMES, family=lm.NeuralBigram(), solver=BRIEFLY),
    "words": lambda: mlekit.fit(["to be or not to be", "not so"], family=lm.Bigram(unit="word")),
    "weighted": lambda: mlekit.fit(["ava", "mia"], family=lm.Bigram(), weights=[2.0, 0.5]),
    "markup": lambda: mlekit.fit(MARKUP, family=lm.Bigram()),
    "unknown": lambda: mlekit.fit(["ava"], family=lm.Bigram(vocabulary=lm.Vocabulary("avz"))),
}
each = pytest.mark.parametrize("named", FITS)


@cache
def fit(named: str) -> Fit:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return FITS[named]()


def flat(page: str) -> str:
    return " ".join(page.split())


@each
def test_a_page_answers_the_six_questions(named: str) -> None:
    page = fit(named).explain()
    assert len(page.sections) == 6
    assert max(map(len, page.splitlines())) <= 80
    assert len(page.splitlines()) <= 90
    assert not re.search(r"\bnan\b|\bNone\b|\bunknown\b|np\.|array\(", page.replace("what follows is unknown", ""))
    assert not re.findall(r"\d\.\d*0\b", page)


@each
def test_the_loss_stands_beside_that_of_a_uniform_guess(named: str) -> None:
    found, said = fit(named), flat(fit(named).explain())
    loss, size = -found.llf / found.nobs, len(found.vocabulary)
    assert f"= {num(loss)} nats = {num(loss / log(2))} bits" in said
    assert f"log {size} = {num(log(size))} nats" in said
    assert f"Perplexity e^{num(loss)} = {num(exp(loss))}" in said


def test_a_bigram_counts_and_divides() -> None:
    said, joined = flat(fit("bigram").explain()), ".".join(["", *NAMES, ""])
    pairs = {a + b: joined.count(a + b) for a in "abcdefghijklmnopqrstuvwxyz" for b in "abcdefghijklmnopqrstuvwxyz"}
    best = max(pairs, key=lambda pair: sum(joined.startswith(pair, k) for k in range(len(joined))))
    a, b = best
    together, alone = sum(joined.startswith(best, k) for k in range(len(joined))), joined.count(a)
    p = fit("bigram").params.loc[a, b]
    assert f"p({b} | {a}) = count({a}{b})/count({a}) = {num(together)}/{num(alone)} = {num(p)}" in said
    assert f"it is {num(fit('bigram').bse.loc[a, b])}" in said


def test_what_never_came_is_impossible_without_a_prior_and_not_with_one() -> None:
    never = int((fit("bigram").params.to_numpy() == 0).sum())
    assert f"{num(never)} of 729 pairs never came, and are impossible here" in flat(fit("bigram").explain())
    assert "never came, and are impossible" not in flat(fit("prior").explain())
    assert "Dirichlet(alpha=2)" in fit("prior").explain()


def test_each_model_has_words_of_its_own() -> None:
    assert "the 3 characters before" in flat(fit("ngram").explain())
    assert "Kneser-Ney" in fit("ngram").explain()
    assert "The estimate is not a maximum of the likelihood" in flat(fit("ngram").explain())
    assert "The estimate is not a maximum of the likelihood" not in flat(fit("added").explain())
    assert "looks at nothing before" in flat(fit("unigram").explain())
    assert "Shorter contexts are not used" in flat(fit("added").explain())
    assert "down to the uniform distribution" not in flat(fit("added").explain())
    weights = fit("mixture").params
    assert f"{num(weights.iloc[1])} of {weights.index[1]}" in flat(fit("mixture").explain())
    for named in ("gru", "neural"):
        history = fit(named).outcome.history
        said = flat(fit(named).explain())
        assert f"20 steps took the loss from {num(history[0])} to {num(history[-1])} nats" in said
        assert f"{num(fit(named).n_params)} weights" in said
        assert "no standard errors" in said
    assert "all characters before" in flat(fit("gru").explain())
    assert "reads the character before" in flat(fit("neural").explain())


def test_the_chain_rule_shows_how_far_a_model_looks() -> None:
    assert "p(emma) = p(e | start) p(m | e) p(m | m) p(a | m) p(end | a)" in fit("bigram").explain()
    assert "p(emma) = p(e | start) p(m | e) p(m | em) p(a | emm) p(end | mma)" in fit("ngram").explain()
    assert "p(emma) = p(e) p(m) p(m) p(a) p(end)" in fit("unigram").explain()


def test_samples_are_shown_with_the_number_of_known_ones() -> None:
    known = sum(word in set(NAMES) for word in fit("ngram").sample(100, seed=0, max_length=40))
    assert f"Of 100 samples {known} came from the list it was fitted to" in flat(fit("ngram").explain())


def test_pages_of_different_models_are_not_one_template() -> None:
    said = {named: sentences(fit(named).explain()) for named in ("bigram", "gru", "mixture", "words")}
    for a, ours in said.items():
        for b, theirs in said.items():
            assert a == b or len(ours & theirs) <= len(ours) / 2, (a, b)


def sentences(page: Any) -> set[str]:
    parts = [part for section in page.sections for part in section.parts]
    return {said for part in parts for said in re.split(r"(?<=[.:])\s", part) if len(said) > 20}


def test_words_that_were_held_out_are_evaluated() -> None:
    found = FITS["ngram"]()
    found.held_out = {"test": lm.names()[-200:]}
    loss = found.evaluate(found.held_out["test"])
    assert f"the loss is {num(loss.nll)} with a standard error of {num(loss.std_error)}" in flat(found.explain())


def test_a_fit_that_is_not_proved_says_so_first() -> None:
    assert "VERDICT: NO" in fit("unknown").explain().splitlines()[2]


@pytest.mark.parametrize("named", ["bigram", "ngram", "mixture", "gru"])
def test_a_fit_without_its_words_is_explained_as_far_as_it_goes(named: str, tmp_path: Path) -> None:
    fit(named).save(tmp_path / "run", data=False)
    page = mlekit.load(tmp_path / "run").explain()
    assert num(-fit(named).llf / fit(named).nobs) in page
    assert "the list it was fitted to" not in page


def test_each_kind_of_model_has_an_explanation_of_its_own() -> None:
    found = [fit(named) for named in ("bigram", "ngram", "mixture", "gru")]
    assert len({type(each.predictor.page(each)) for each in found}) == 4


class Closed(HTMLParser):
    """That every tag is closed, and what is named."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.labels: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "img")
        if tag != "meta":
            self.open.append(tag)
        if tag == "svg":
            self.labels.append(dict(attrs)["aria-label"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("named", ["bigram", "mixture", "gru", "markup", "unknown"])
def test_a_report_is_one_file_with_all_pictures(named: str, tmp_path: Path) -> None:
    fit(named).report(tmp_path / "page.html")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    text, page = (tmp_path / "page.html").read_text("utf-8"), Closed()
    page.feed(text)
    assert page.open == []
    panels = fit(named).predictor.panels(fit(named).words)
    assert len(page.labels) == len(panels) + (fit(named).outcome.history is not None)
    assert all(page.labels)
    assert "What could be wrong" in text
    assert len(text) < 1e6


def test_a_report_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="missing"):
        fit("bigram").report(tmp_path / "missing" / "page.html")
