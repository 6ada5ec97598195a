"""fit.plot(): each kind shows what the fit says, and a kind that a fit has not is refused with those it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from show.measures import demand_readable, overlaps, said

import lm
import mlekit
from lm.aliases import Codes, Floats
from lm.fit import Fit
from lm.outcome import SavedOutcome
from lm.predictor import Predictor
from lm.vocabulary import Vocabulary
from mlekit.errors import MissingDependency, OptionError

pytest.importorskip("torch")

pytestmark = pytest.mark.slow

NAMES = lm.names()[:2000]
WATCH = lm.names()[-300:]
BRIEFLY = mlekit.solvers.Torch(steps=60, method="adam")


@pytest.fixture(scope="module")
def fits() -> dict[str, Fit]:
    """One of each kind of model."""
    models: dict[str, Any] = {
        "bigram": lm.Bigram(),
        "ngram": lm.Ngram(4),
        "ngram of 2": lm.Ngram(2, "witten_bell"),
        "mixture": lm.Mixture(lm.Ngram(1), lm.Ngram(4)),
        "mixture of tables": lm.Mixture(lm.Ngram(1), lm.Bigram()),
    }
    networks: dict[str, Any] = {
        "neural bigram": lm.NeuralBigram(prior=mlekit.priors.Dirichlet(2), watch=WATCH),
        "mlp": lm.MLP(context=2, width=16, embedding=4, watch=WATCH),
        "mlp of 1": lm.MLP(context=1, width=16, embedding=1),
        "gru": lm.GRU(width=8, watch=WATCH),
        "transformer": lm.Transformer(width=8, layers=1, heads=1),
    }
    picture = {name: mlekit.fit(NAMES, family=model) for name, model in models.items()}
    how: dict[str, Any] = {"solver": BRIEFLY, "on_failure": "ignore"}
    return picture | {name: mlekit.fit(NAMES, family=model, **how) for name, model in networks.items()}


KINDS = {
    "bigram": ["table", "next"],
    "ngram": ["next"],
    "ngram of 2": ["table", "next"],
    "mixture": ["weights", "next"],
    "mixture of tables": ["weights", "table", "next"],
    "neural bigram": ["loss", "table", "next"],
    "mlp": ["loss", "next", "embedding"],
    "mlp of 1": ["loss", "table", "next", "embedding"],
    "gru": ["loss", "next", "embedding"],
    "transformer": ["loss", "next", "embedding"],
}
each_kind = pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, kinds in KINDS.items() for kind in kinds])


@pytest.fixture(autouse=True)
def nothing_is_left_in_pyplot() -> Iterator[None]:
    yield
    assert plt.get_fignums() == []


@each_kind
def test_each_picture_can_be_read_on_light_and_on_dark(fits: dict[str, Fit], name: str, kind: str) -> None:
    for look in ("default", "dark_background"):
        with plt.style.context(look):
            picture = fits[name].plot(kind)
        assert isinstance(picture, Figure)
        demand_readable(picture)


@each_kind
def test_a_picture_is_drawn_into_the_axes_that_is_given(fits: dict[str, Fit], name: str, kind: str) -> None:
    mine = Figure(layout="constrained").subplots()
    assert fits[name].plot(kind, ax=mine) is mine
    assert mine.has_data()
    assert overlaps(mine.figure) == []


@pytest.mark.parametrize("name", list(KINDS))
def test_nothing_said_is_the_first_kind_and_another_is_refused_with_those_there_are(
    fits: dict[str, Fit], name: str
) -> None:
    first, *_ = KINDS[name]
    assert said(fits[name].plot()) == said(fits[name].plot(first))
    for kind in ("tabel", "", 3, ["table"]):
        with pytest.raises(OptionError) as error:
            fits[name].plot(kind)
        assert str(error.value).endswith("this fit has the pictures " + ", ".join(map(repr, KINDS[name])))


@pytest.mark.parametrize("name", ["bigram", "ngram of 2", "neural bigram", "mlp of 1", "mixture of tables"])
def test_the_table_is_what_comes_next_after_each_character(fits: dict[str, Fit], name: str) -> None:
    fit = fits[name]
    shown = np.asarray(fit.plot("table").axes[0].images[0].get_array())
    for row, symbol in enumerate(fit.vocabulary.symbols):
        if symbol != "q":  # after which nothing came in some samples
            assert shown[row] == pytest.approx(list(fit.next_probs(symbol).values()), rel=1e-6)


def test_a_table_names_its_marks_and_unknown_cells_are_not_zero() -> None:
    words = lm.Bigram(vocabulary=Vocabulary("abz"))
    fit = mlekit.fit(["ab", "ba"], family=words, on_failure="ignore")
    ax, _ = fit.plot("table").axes
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("next character (• the end)", "previous character (• the start)")
    assert np.ma.getmaskarray(ax.images[0].get_array()).all(axis=1).tolist() == [False, False, False, True]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["•", "a", "b", "z"]


def test_a_large_vocabulary_is_cut_to_the_most_frequent_and_the_picture_says_so() -> None:
    common, rare = [f"w{k:02}" for k in range(39)], [f"x{k}" for k in range(100)]
    fit = mlekit.fit([*(f"{a} {b}" for a in common for b in common[::8]), *rare], family=lm.Ngram(2, unit="word"))
    picture = fit.plot("table")
    assert [label.get_text() for label in picture.axes[0].get_yticklabels()] == ["•", *common]
    assert "the 40 most frequent of 140 words" in said(picture)
    fit.words = []  # as a file without data has them: it draws words of its own
    drawn = [label.get_text() for label in fit.plot("table").axes[0].get_yticklabels()]
    assert len(set(drawn) & set(common)) > 30


def test_the_loss_is_that_of_the_training_and_of_the_words_to_watch(fits: dict[str, Fit]) -> None:
    fit = fits["gru"]
    (ax,) = fit.plot("loss").axes
    trained, held_out, kept = ax.lines
    assert trained.get_ydata() == pytest.approx(fit.outcome.history, rel=1e-12)
    assert held_out.get_xydata() == pytest.approx(fit.outcome.watched, rel=1e-12)
    assert kept.get_ydata()[0] == pytest.approx(fit.evaluate(WATCH).nll, rel=1e-5)
    assert ax.get_ylabel() == "nats per character"
    assert len(fits["transformer"].plot("loss").axes[0].lines) == 1


def test_next_is_how_a_word_begins_and_weights_are_those_of_the_parts(fits: dict[str, Fit]) -> None:
    (ax,) = fits["ngram"].plot("next").axes
    expected = sorted(fits["ngram"].next_probs().values(), reverse=True)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(expected, rel=1e-12)
    (ax,) = fits["mixture"].plot("weights").axes
    weights = fits["mixture"].params.sort_values(ascending=False)
    assert [bar.get_width() for bar in ax.patches] == weights.tolist()
    assert [label.get_text() for label in ax.get_yticklabels()] == list(weights.index)


def test_the_map_of_an_embedding_has_each_character(fits: dict[str, Fit]) -> None:
    for name in ("gru", "mlp", "transformer"):
        (ax,) = fits[name].plot("embedding").axes
        assert {text.get_text() for text in ax.texts} == {"•", *fits[name].vocabulary.tokens}


@pytest.mark.parametrize("data", [True, False])
@pytest.mark.parametrize("name", ["bigram", "gru", "mixture of tables"])
def test_a_fit_from_a_file_has_the_same_pictures(fits: dict[str, Fit], name: str, tmp_path: Path, data: bool) -> None:
    fits[name].save(tmp_path / "run", data=data)
    loaded = mlekit.load(tmp_path / "run")
    for kind in KINDS[name]:
        one, other = (fit.plot(kind) for fit in (fits[name], loaded))
        assert said(one) == said(other)
        for before, after in zip(one.axes[0].lines, other.axes[0].lines, strict=True):
            assert before.get_xydata() == pytest.approx(after.get_xydata())


class Coin(Predictor):
    """A predictor that says no more than it has to."""

    name = "coin"

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def next_logits(self, contexts: Codes) -> Floats:
        return np.full((len(contexts), len(self.vocabulary)), -np.log(len(self.vocabulary)))

    @property
    def params(self) -> dict[str, Any]:
        return {}

    def arrays(self) -> dict[str, Any]:
        return {}


def test_every_predictor_has_a_picture_and_one_that_was_not_trained_has_no_loss() -> None:
    verdict = mlekit.Verdict(True, ("budget",), ("stopped",))
    for history, kinds in [(None, "'next'"), (np.zeros(0), "'next'"), (np.ones(3), "'loss', 'next'")]:
        fit = Fit(Coin(Vocabulary("ab")), SavedOutcome(-1, -1, 2, 0, verdict, "torch", history=history), ["ab"])
        demand_readable(fit.plot("next"))
        with pytest.raises(OptionError, match=f"has the pictures {kinds}$"):
            fit.plot("table")


def test_without_matplotlib_the_error_gives_the_line_to_type(
    fits: dict[str, Fit], without: Callable[..., None]
) -> None:
    without("matplotlib")
    with pytest.raises(MissingDependency, match=r"pip install 'mlekit\[plot\]'"):
        fits["bigram"].plot()
