"""Mixture: several models together, with weights that make held-out words most likely.

p(c | before) = sum over k of w_k p_k(c | before),    w_k >= 0,  sum of w_k = 1
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from itertools import compress
from math import inf, log
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

import mlekit
from lm import find
from lm.aliases import Booleans, Codes, Floats, Settings
from lm.checkpoint import Arrays, under
from lm.corpus import split
from lm.fit import Fit
from lm.model import AnyPrior, CountedModel, LanguageModel
from lm.models._weights import NEAR, maximum
from lm.outcome import SavedOutcome
from lm.predictor import Predictor
from lm.seeds import Seed
from lm.vocabulary import Vocabulary
from lm.words import Words
from lm.words import read as read_words
from mlekit.errors import DataError, OptionError
from mlekit.solvers import Solver

if TYPE_CHECKING:
    import pandas as pd

    from lm.explain.counted import MixturePage
    from mlekit.show import Panel

PARTS = ("ngram", "gru")  # the default
MANY = 1000  # largest default number of held-out words


class Mixture(CountedModel):
    """Mixture of language models: the parts are fitted one by one, the weights to held-out words.

    Parts that are counted are then counted again on all words; networks keep what they learned. A solver with a budget
    divides it among the parts that are trained.

    Parameters
    ----------
    *parts : LanguageModel
        Any models, mixtures included, each with its own prior; by default a 6-gram and a GRU.
    watch : iterable of str, optional
        Words for the weights, which no part learns.
    held_out : float, optional
        Fraction of the distinct words that are used for the weights if there is no `watch`; by default a tenth, but
        at most 1,000 words.
    seed : int, numpy.random.Generator or None, default 0
        Seed of the choice of the held-out words.
    refit : bool, default True
        Count the counted parts again on all words.
    prior : None
        Not allowed: give each part its own.
    vocabulary : Vocabulary, optional
        The vocabulary of all parts; by default that of the words.
    unit : {"char", "byte", "word"}, default "char"
        Unit of the tokens of all parts.

    Examples
    --------
    >>> import lm, mlekit
    >>> words = ["emma", "ava", "mia", "amelia", "eva", "mila"]
    >>> mlekit.fit(words, family=lm.Mixture(lm.Ngram(1), lm.Ngram(2))).params.round(3).to_dict()
    {'ngram': 0.0, 'ngram-2': 1.0}
    """

    words: Words

    def __init__(
        self,
        *parts: LanguageModel,
        watch: Iterable[str] | None = None,
        held_out: float | None = None,
        seed: Seed = 0,
        refit: bool = True,
        prior: AnyPrior = None,
        vocabulary: Vocabulary | None = None,
        unit: str = "char",
    ) -> None:
        self.parts = parts or tuple(find.model(name)() for name in PARTS)
        self.watch = None if watch is None else list(watch)
        self.held_out, self.seed, self.refit = held_out, seed, refit
        self.prior, self.vocabulary, self.unit = prior, vocabulary, unit

    @property
    def trains(self) -> bool:  # type: ignore[override]
        """True if a part is trained."""
        return any(part.trains for part in self.parts)

    def bind(self, rows: Words) -> Mixture:
        """Return the model for these words."""
        for part in self.parts:
            if part.vocabulary not in (None, rows.vocabulary) or part.unit not in ("char", rows.vocabulary.unit):
                raise OptionError(
                    "vocabulary= and unit= of a part: give them to lm.Mixture instead, since its parts share them"
                )
        new = copy.copy(self)
        new.words = rows
        return new

    def problem(self, priors: AnyPrior, fixed: Mapping[str, float], tied: Mapping[str, str]) -> NoReturn:
        """Raise an error: the parts have objectives of their own."""
        raise OptionError("a mixture is fitted part by part, so there is no single objective to maximise")

    def fitted(self, estimator: mlekit.Estimator[object]) -> Fit:
        """Return the fit to the words."""
        if estimator.prior is not None or self.prior is not None or estimator.fixed:
            raise OptionError("prior= and fixed= of a mixture: give each part its own, as in lm.Bigram(prior=...)")
        learned, aside = self._parts_of_words()
        estimators = [replace(estimator, family=part, **self._options(part, estimator.solver)) for part in self.parts]
        fits: list[Fit] = [one.fit_rows(part.bind(learned)) for one, part in zip(estimators, self.parts, strict=True)]
        weights, gap = mixture_weights([fit.predictor for fit in fits], aside)
        if self.refit and learned is not self.words:
            fits = [
                fit if part.trains else one.fit_rows(part.bind(self.words))
                for one, part, fit in zip(estimators, self.parts, fits, strict=True)
            ]
        mixed = MixturePredictor(self.words.vocabulary, [fit.predictor for fit in fits], weights)
        priors = labelled(mixed.names, [[] if fit.prior is None else [fit.prior] for fit in fits])
        outcome = mixture_outcome(mixed, fits, gap, self.words, aside)
        return Fit(mixed, outcome, self.words.words, "; ".join(priors) or None)

    def _parts_of_words(self) -> tuple[Words, Words]:
        """Return the words for the parts and the words for the weights."""
        words = self.words
        if self.watch is not None:
            return words, read_words(self.watch, vocabulary=words.vocabulary)
        fraction = min(0.1, MANY / len(set(words.words))) if self.held_out is None else self.held_out
        held_out = set(split(words.words, fraction, self.seed)[1])
        aside = np.array([word in held_out for word in words.words])
        return subset(words, ~aside), subset(words, aside)

    def _options(self, part: LanguageModel, solver: str | Solver) -> dict[str, Any]:
        """Return the solver of a part: trained parts share the budget, and counted ones need none."""
        trained = sum(other.trains for other in self.parts)
        if isinstance(solver, Solver) and trained:
            solver = solver.shared(trained)
        return {"solver": solver if part.trains else "auto", "on_failure": "ignore"}

    @classmethod
    def restore(cls, vocabulary: Vocabulary, settings: Settings, arrays: Arrays) -> MixturePredictor:
        """Return the parts and weights that were saved."""
        parts = [
            find.model(part["model"]).restore(vocabulary, part["settings"], under(f"part{k}.", arrays))
            for k, part in enumerate(settings["parts"])
        ]
        return MixturePredictor(vocabulary, parts, arrays["weights"])


class MixturePredictor(Predictor):
    """Fitted parts and their weights; a part with weight zero is not evaluated.

    Parameters
    ----------
    vocabulary : Vocabulary
    parts : list of Predictor
    weights : ndarray
    """

    name = "mixture"

    def __init__(self, vocabulary: Vocabulary, parts: list[Predictor], weights: Floats) -> None:
        self.vocabulary, self.parts, self.weights = vocabulary, parts, weights

    @property
    def method(self) -> str:
        return "parts, and weights from held-out words"

    @property
    def names(self) -> list[str]:
        """Names of the parts: gru, and gru-2 for a second one."""
        names = [part.name for part in self.parts]
        before = [names[:k].count(name) for k, name in enumerate(names)]
        return [f"{name}-{count + 1}" if count else name for name, count in zip(names, before, strict=True)]

    def next_logits(self, contexts: Codes) -> Floats:
        return self._mixed(lambda part: part.next_logits(contexts))

    def token_log_prob(self, words: list[str]) -> Floats:
        return self._mixed(lambda part: part.token_log_prob(words))

    def _mixed(self, log_p: Callable[[Predictor], Floats]) -> Floats:
        """Return log sum of w_k p_k."""
        weighted = zip(self.weights.tolist(), self.parts, strict=True)
        return reduce(np.logaddexp, [log(weight) + log_p(part) for weight, part in weighted if weight])

    @property
    def params(self) -> pd.Series:
        import pandas as pd

        return pd.Series(self.weights.copy(), pd.Index(self.names, name="part"), name="weight")

    def panels(self, words: list[str]) -> dict[str, Panel]:
        return {"weights": self._draw_weights, **super().panels(words)}

    def _draw_weights(self, ax: Any) -> None:
        from mlekit.show import bars

        bars(ax, self.weights, self.names, value="weight in the mixture")

    @property
    def memory(self) -> float:
        return max(part.memory for part in self.parts)

    def arrays(self) -> Arrays:
        parts = {f"part{k}.{name}": a for k, part in enumerate(self.parts) for name, a in part.arrays().items()}
        return {"weights": self.weights, **parts}

    def settings(self) -> Settings:
        return {"parts": [{"model": part.name, "settings": dict(part.settings())} for part in self.parts]}

    def page(self, fit: Fit) -> MixturePage:
        from lm.explain.counted import MixturePage

        return MixturePage(fit, self)


def mixture_weights(parts: list[Predictor], aside: Words) -> tuple[Floats, float]:
    """Return the weights under which held-out words are most likely.

    Parameters
    ----------
    parts : list of Predictor
    aside : Words
        The held-out words.

    Returns
    -------
    weights : ndarray
    gap : float
        Violation of the conditions of a maximum, as `maximum` returns it.

    Raises
    ------
    DataError
        If all held-out words are impossible or have weight zero.
    """
    log_p, counts = np.stack([part.token_log_prob(aside.words) for part in parts], axis=1), aside.token_weights()
    counts = np.ones(len(log_p)) if counts is None else counts
    possible = (log_p.max(axis=1) > -inf) & (counts > 0)
    if not possible.any():
        raise DataError("all words held out for the weights of a mixture are impossible or have weight 0: give others")
    log_p = log_p[possible]
    return maximum(np.exp(log_p - log_p.max(axis=1, keepdims=True)), counts[possible])


def mixture_outcome(mixed: MixturePredictor, fits: list[Fit], gap: float, words: Words, aside: Words) -> SavedOutcome:
    """Return the outcome of the fit of a mixture.

    Parameters
    ----------
    mixed : MixturePredictor
    fits : list of Fit
        Fits of the parts.
    gap : float
        Violation of the conditions of a maximum of the weights.
    words, aside : Words
        All words, and those held out for the weights.

    Returns
    -------
    SavedOutcome
    """
    n, log_p = words.token_weights(), mixed.token_log_prob(words.words)
    n = np.ones(len(log_p)) if n is None else n
    llf, near = float(n[n > 0] @ log_p[n > 0]), gap <= NEAR
    codes = [code for fit in fits for code in fit.verdict.codes] + ["converged" if near else "steps"]
    proof = "are the maximum" if near else "were not yet at the maximum"
    reasons = labelled(mixed.names, [fit.verdict.reasons for fit in fits])
    reasons += [f"the weights {proof} on {len(aside.words):,} held-out words"]
    ok = near and all(fit.verdict.ok for fit in fits)
    return SavedOutcome(
        llf=llf,
        log_posterior=llf,
        nobs=float(n.sum()),
        n_params=sum(fit.n_params for fit in fits) + len(fits) - 1,
        verdict=mlekit.Verdict(ok, tuple(dict.fromkeys(codes)), tuple(reasons)),
        solver="em",
        quick_ok=near and all(fit.quick_ok for fit in fits),
    )


def labelled(names: list[str], sentences: Sequence[Iterable[str]]) -> list[str]:
    """Return each distinct sentence once, after the names of the parts that it is about.

    Parameters
    ----------
    names : list of str
    sentences : sequence of iterables of str
        Sentences about each part.

    Returns
    -------
    list of str

    Examples
    --------
    >>> labelled(["gru", "gru-2"], [["stopped"], ["stopped"]])
    ['gru, gru-2: stopped']
    """
    about = dict[str, list[str]]()
    for name, own in zip(names, sentences, strict=True):
        for sentence in own:
            about.setdefault(sentence, []).append(name)
    return [f"{', '.join(who)}: {sentence}" for sentence, who in about.items()]


def subset(words: Words, which: Booleans) -> Words:
    """Return some of the words with their weights."""
    weights = None if words.weights is None else words.weights[which]
    return Words(list(compress(words.words, which)), words.vocabulary, weights)
