"""The Fit of a language model: what `mlekit.fit(words, family=lm.Bigram())` answers.

A model of words needs two objects to make one:

    predictor   what was learned: after any beginning of a word, how probable each next character is
    found       what is known of the maximum, as `Found` lists it: mlekit's own Fit of a net, the rows of a bigram
                added up, or what a file kept
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from math import exp, isnan, log, nan
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

import mlekit
from lm.corpus import checked
from lm.evaluate import Evaluation, evaluation
from lm.predictor import Predictor
from lm.sample import draw, scored
from lm.seeds import Seed
from lm.vocabulary import Vocabulary
from lm.words import Floats
from mlekit.errors import DataError, OptionError
from mlekit.fits import BaseFit
from mlekit.show import Contents, Table

if TYPE_CHECKING:
    import pandas as pd

    from mlekit.show import Explanation, Panel, Picture

UNITS = ["a character", "nats", "bits", "perplexity"]
MORE = "New words: fit.sample(20). Held-out words: fit.evaluate(words). What comes next: fit.next_probs(prefix)."


@dataclass(frozen=True)
class Found:
    """What is known of the maximum. A fit needs an object with these; a file keeps them as they are here."""

    llf: float
    log_posterior: float
    nobs: float
    n_params: int
    verdict: mlekit.Verdict
    solver: str
    quick_ok: bool = True
    notes: tuple[str, ...] = ()  # what else there is to say
    history: Any = None  # of a net: the loss at every step
    watched: Any = None  # and (step, loss on the words that it was told to watch)


class Fit(BaseFit[float]):
    """A language model fitted to words: it draws new ones, scores any, and says how well it did.

    >>> import lm, mlekit
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
    >>> fit.sample(3, seed=1)
    ['emia', 'a', 'ma']
    >>> round(fit.evaluate(["mava"]).bits, 3)
    1.117
    """

    def __init__(self, predictor: Predictor, found: Any, words: list[str], prior: str | None = None) -> None:
        self.predictor, self.found, self.words, self.prior = predictor, found, words, prior
        self.held_out: dict[str, list[str]] = {}  # of a run: the words it did not see, by what they were for
        self.run: dict[str, Any] = {}  # and what it was asked for

    @property
    def vocabulary(self) -> Vocabulary:
        """The characters it knows.

        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.vocabulary.symbols
        ('', 'a', 'e', 'i', 'm', 'v')
        """
        return self.predictor.vocabulary

    # -- what it says of words ----------------------------------------------------------------------------------

    def sample(
        self,
        n: int = 1,
        seed: Seed = None,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        prompt: str = "",
        max_length: int = 100,
        only_new: bool = False,
    ) -> list[str]:
        """`n` words, each drawn a character at a time; `only_new`: none of those it was given.

        A temperature under 1 keeps to the likely characters; `top_k` and `top_p` leave the unlikely ones out, the end
        of a word counted among them; the `prompt` counts in the length.

        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.sample(3, seed=1)
        ['emia', 'a', 'ma']
        """
        return draw(
            self.predictor.next_logits,
            self.vocabulary,
            n,
            seed=seed,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            prompt=prompt,
            max_length=max_length,
            only_new=self._known if only_new else (),
        )

    @cached_property
    def _known(self) -> frozenset[str]:
        if not self.words:
            raise OptionError("only_new: the words it was fitted to were left out when it was saved")
        return frozenset(map(self.vocabulary.plain, chain(self.words, *self.held_out.values())))

    def log_prob(self, words: Iterable[str]) -> Floats:
        """The log-probability of each word, its end counted: -inf for an impossible one, never nan.

        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.log_prob(["ava", "eve"]).round(3).tolist()
        [-2.773, -inf]
        """
        words = checked(words)
        return self.predictor.log_prob(words) if words else np.zeros(0)

    def evaluate(self, words: Iterable[str]) -> Evaluation:
        """The mean loss a character, the ends counted: `.nll` in nats with its `.std_error`, `.bits`, `.perplexity`.

        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> print(fit.evaluate(["ava"]))
        0.6931 ± - nats a character (1.0000 bits, perplexity 2.000) over 1 word, 4 characters
        """
        words = checked(words)
        if not words:
            raise DataError("there are no words to evaluate: give at least one")
        return evaluation(self.log_prob(words), self.vocabulary.lengths(words), words, self.vocabulary.unit)

    def next_probs(self, prefix: str = "") -> dict[str, float]:
        """How probable each next character is after `prefix`; "" is the end of the word.

        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> round(fit.next_probs("m")["a"], 3)
        0.333
        """
        context = np.roll(self.vocabulary.encode([prefix]), 1)[None]
        probabilities = np.exp(np.asarray(self.predictor.next_logits(context), np.float64)[0])
        return dict(zip(self.vocabulary.symbols, probabilities.tolist(), strict=True))

    def sample_table(self, n: int = 1, seed: Seed = None, *, max_length: int = 100, **how: Any) -> pd.DataFrame:
        """`n` words as `sample` draws them: word, log_prob, known.

        `log_prob` is that of the model, whatever the temperature; the end counts, unless a word was cut. A `known` word
        is one of those it was fitted to or that were held out, and may be memorised; where a file left these out,
        nothing is known.

        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.sample_table(2, seed=1).round(3).values.tolist()
        [['emma', -3.584, True], ['a', -1.386, False]]
        """
        import pandas as pd

        words = self.sample(n, seed, max_length=max_length, **how)
        known = pd.array([word in self._known if self.words else None for word in words], "boolean")
        log_prob = scored(words, self.vocabulary, self.predictor.scores, max_length)
        return pd.DataFrame({"word": pd.Series(words, dtype=object), "log_prob": log_prob, "known": known})

    # -- what was found -----------------------------------------------------------------------------------------

    @property
    def params(self) -> Any:
        """What was learned: of a bigram a table (row "" is the start, column "" the end), of a net a dict of arrays.

        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.params.loc["", "e"].round(3).item()
        0.333
        """
        return self.predictor.params

    @property
    def bse(self) -> Any:
        """Standard errors of a counted table; a net has none, and says so.

        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.bse.loc["", "e"].round(3).item()
        0.272
        """
        return self.predictor.bse

    def conf_int(self, *, level: float = 0.95) -> Any:
        """Wald's intervals of a counted table, a row a pair; a net has none, and says so.

        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.conf_int().loc[("", "e")].round(3).to_dict()
        {'lower': -0.2, 'upper': 0.867}
        """
        if not 0.5 <= level < 1:
            raise OptionError(f"level={level!r}: give a share from 0.5 to below 1, such as 0.95")
        return self.predictor.conf_int(level)

    def _log_likelihood(self) -> float:
        return self.found.llf

    def _log_posterior(self) -> float:
        return self.found.log_posterior

    def _count(self) -> float:
        return self.found.nobs

    def _judged(self) -> mlekit.Verdict:
        return self.found.verdict

    @property
    def _name(self) -> str:
        return self.predictor.name

    def _incomparable(self) -> str:
        if self._most_likely:
            return ""
        why = "this is no maximum of one" if self.prior is None else f"this fit has a prior, {self.prior}"
        why = "training stopped before the maximum" if "budget" in self.verdict.codes else why
        return f"{why}: compare held-out words with fit.evaluate(words)"

    def _picture(self) -> Picture:
        from mlekit.show import figure

        return figure(list(self._panels().values()))

    @property
    def n_params(self) -> int:
        return self.found.n_params

    @property
    def _most_likely(self) -> bool:
        """Whether it is the maximum of a likelihood, and of nothing else."""
        sought = self.prior is None and self.predictor.aim is None
        return sought and self.verdict.ok and "budget" not in self.verdict.codes

    @property
    def notes(self) -> list[str]:
        """What else there is to say: decay and dropout by their names, words that are longer than the context.

        >>> import lm, mlekit
        >>> net, solver = lm.MLP(context=3, width=8), mlekit.solvers.Torch(steps=20)
        >>> mlekit.fit(["emma", "ava", "mia"], family=net, solver=solver).notes
        ['Dropout 0.1 while it learned; all of the net is used in what it says here.']
        """
        return [*self.found.notes, *self.predictor.notes(self.words)]

    @property
    def solver(self) -> str:
        return self.found.solver

    @property
    def quick_ok(self) -> bool:
        return self.found.quick_ok

    # -- for people ---------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        said = f"{self.nobs:,.10g} characters, {self._loss:.4f} nats a character"
        return f"<lm.Fit {self.predictor.name}: {said}; {'ok' if self.verdict.ok else 'NOT PROVED'}>"

    @property
    def _loss(self) -> float:
        return (0.0 - self.llf) / self.nobs if self.nobs > 0 else nan

    def _contents(self) -> Contents:
        loss, guess = self._loss, log(len(self.vocabulary))
        aim = self.predictor.aim or ("maximum likelihood" if self.prior is None else "posterior mode (MAP)")
        stopped = " (stopped early)" if "budget" in self.verdict.codes else ""
        figures = [("log-likelihood", f"{self.llf:.2f}")]
        if self._most_likely:
            figures += [("AIC", f"{self.aic:.2f}"), ("BIC", f"{self.bic:.2f}")]
        elif self.predictor.aim is None and self.prior is not None and not isnan(self.log_posterior):
            figures = [("log posterior", f"{self.log_posterior:.2f}"), *figures]
        units = [[f"{f(x):.4f}" for x in (loss, guess)] for f in (float, lambda x: x / log(2), exp)]
        return Contents(
            title=f"{self.predictor.title}: {aim}{stopped}",
            facts=[
                *([("words", f"{len(self.words):,}")] if self.words else []),
                ("characters", f"{self.nobs:,.10g}, the end of each word counted; {len(self.vocabulary)} different"),
                ("parameters", f"{self.n_params:,}"),
                ("solver", self.solver),
                *([] if self.prior is None else [("prior", self.prior)]),
            ],
            figures=figures,
            tables=[Table("", UNITS, [["these words", "an even guess"], *units])] if self.nobs > 0 else [],
            notes=[*self.notes, MORE],
            ok=self.verdict.ok,
            verdict=list(self.verdict.reasons),
        )

    def plot(self, kind: str | None = None, *, ax: Any = None) -> Any:
        """A picture: a matplotlib Figure that pyplot does not know, or, drawn into it, the `ax` that is given.

        Kinds, where the fit has them; the first one it has is drawn if none is named:

            "loss"        of a net: the loss at every step, and that of held-out words
            "weights"     of a mixture: how much of it each part is
            "table"       of a model that looks one character back: p(next | previous)
            "next"        of every model: how a word begins
            "embedding"   of a net that has one: the characters on a plane, alike where they are near

        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.plot().axes[0].get_xlabel()
        'next character (• the end)'
        """
        from mlekit.show import figure

        panels = self._panels()
        kind = next(iter(panels)) if kind is None else kind
        if kind not in list(panels):
            raise OptionError(f"kind={kind!r}: this fit has the pictures {', '.join(map(repr, panels))}")
        return figure([panels[kind]], ax)

    def _panels(self) -> dict[str, Panel]:
        """What can be drawn, the most telling first."""
        panels = self.predictor.panels(self.words)
        history, watched = self.found.history, self.found.watched
        if history is None or not len(history):
            return panels
        return {"loss": partial(_losses, history, watched, self.vocabulary.kind.token), **panels}

    def explain(self) -> Explanation:
        """A page of words with this fit's own numbers: text in a terminal, HTML in a notebook.

        >>> import lm, mlekit
        >>> page = mlekit.fit(["anna", "ava", "hanna"], family=lm.Bigram()).explain()
        >>> print(page.sections[2].parts[1])
        p(n | a) = count(an)/count(a) = 2/6 = 0.3333
        """
        from lm.explain import explain

        return explain(self)

    def save(self, path: str | PathLike[str], data: bool = True) -> None:
        """Into a folder of JSON and safetensors, for `mlekit.load`; without `data` the words are left out.

        Then `only_new` of a loaded fit does not know them.

        >>> import lm, mlekit, pathlib, tempfile
        >>> folder = pathlib.Path(tempfile.mkdtemp()) / "run"
        >>> mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram()).save(folder)
        >>> mlekit.load(folder).words
        ['emma', 'ava', 'mia']
        """
        from lm.files import save

        save(self, path, data=data)


def _losses(history: Any, watched: Any, token: str, ax: Any) -> None:
    from mlekit.show import curves

    curves(ax, history, () if watched is None else watched, loss=f"nats a {token}")
