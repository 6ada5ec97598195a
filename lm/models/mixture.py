"""Several models together: each says what comes next, and is believed as far as it did well on words it had not seen.

p(c | before) = sum over k of w_k p_k(c | before),    w_k >= 0,  sum of w_k = 1
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from itertools import compress
from math import inf, log
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import nnls

import mlekit
from lm import find
from lm import words as text
from lm.checkpoint import Arrays, under
from lm.corpus import split
from lm.fit import Fit, Found
from lm.predictor import Predictor
from lm.seeds import Seed
from lm.vocabulary import Codes, Vocabulary
from lm.words import Floats, Words, countable
from mlekit.errors import DataError, OptionError
from mlekit.models import Model
from mlekit.solvers import Solver

if TYPE_CHECKING:
    import pandas as pd

    from mlekit.show import Panel

PARTS = ("ngram", "gru")  # where none is named
MANY = 1000  # held-out words, if nothing else is asked for
NEAR, STEPS, ROUNDING = 1e-10, 100, 1e-13


class Mixture(Model[Fit]):
    """Parts that are fitted one after the other, and weights that make held-out words likeliest.

    The weights are found on `watch`, words that no part learns from; where none are given, on a share `held_out` of
    the distinct words, kept aside: a tenth, but no more than 1,000, which are enough for a few weights. After that,
    parts that are counted are counted again on all words (`refit=False` leaves them as they are), which costs nothing;
    nets keep what they learned. Parts are any models, mixtures too, each with a prior of its own; they have the
    vocabulary of the mixture in common. A solver with a budget is shared among the parts that are trained.

    >>> import lm, mlekit
    >>> words = ["emma", "ava", "mia", "amelia", "eva", "mila"]
    >>> mlekit.fit(words, family=lm.Mixture(lm.Ngram(1), lm.Ngram(2))).params.round(3).to_dict()
    {'ngram': 0.0, 'ngram-2': 1.0}
    """

    words: Words

    def __init__(
        self,
        *parts: Any,
        watch: Iterable[str] | None = None,
        held_out: float | None = None,
        seed: Seed = 0,
        refit: bool = True,
        prior: Any = None,
        vocabulary: Vocabulary | None = None,
        unit: str = "char",
    ) -> None:
        self.parts = parts or tuple(find.model(name)() for name in PARTS)
        self.watch = None if watch is None else list(watch)
        self.held_out, self.seed, self.refit = held_out, seed, refit
        self.prior, self.vocabulary, self.unit = prior, vocabulary, unit

    @property
    def trains(self) -> bool:  # type: ignore[override]
        """Whether one of its parts is trained."""
        return any(part.trains for part in self.parts)

    def read(self, data: Any, target: Any, **how: Any) -> Words:
        return countable(text.read(data, target, self.vocabulary, unit=self.unit, **how))

    def bind(self, rows: Words) -> Mixture:
        for part in self.parts:
            if part.vocabulary not in (None, rows.vocabulary) or part.unit not in ("char", rows.vocabulary.unit):
                raise OptionError("vocabulary= and unit= of a part: give them to lm.Mixture, whose parts share them")
        new = copy.copy(self)
        new.words = rows
        return new

    def problem(self, priors: Any, fixed: Mapping[str, Any], tied: Mapping[str, str]) -> Any:
        raise OptionError("a mixture is fitted part by part: there is no one problem to search")

    def fitted(self, estimator: Any) -> Fit:
        if estimator.prior is not None or self.prior is not None or estimator.fixed:
            raise OptionError("prior= and fixed= of a mixture: give each part its own, as in lm.Bigram(prior=...)")
        learned, aside = self._parted()
        asked = [replace(estimator, family=part, **self._how(part, estimator.solver)) for part in self.parts]
        fits = [one.fit_rows(part.bind(learned)) for one, part in zip(asked, self.parts, strict=True)]
        weights, gap = weighed([fit.predictor for fit in fits], aside)
        if self.refit and learned is not self.words:
            fits = [
                fit if part.trains else one.fit_rows(part.bind(self.words))
                for one, part, fit in zip(asked, self.parts, fits, strict=True)
            ]
        mixed = Mixed(self.words.vocabulary, [fit.predictor for fit in fits], weights)
        beliefs = told(mixed.names, [[] if fit.prior is None else [fit.prior] for fit in fits])
        return Fit(mixed, found(mixed, fits, gap, self.words, aside), self.words.words, "; ".join(beliefs) or None)

    def _parted(self) -> tuple[Words, Words]:
        """The words that the parts learn from, and those for the weights."""
        words = self.words
        if self.watch is not None:
            return words, text.read(self.watch, vocabulary=words.vocabulary)
        share = min(0.1, MANY / len(set(words.words))) if self.held_out is None else self.held_out
        kept_aside = set(split(words.words, share, self.seed)[1])
        aside = np.array([word in kept_aside for word in words.words])
        return some(words, ~aside), some(words, aside)

    def _how(self, part: Any, solver: Any) -> dict[str, Any]:
        """A counted part needs no solver; the others share it."""
        trained = sum(other.trains for other in self.parts)
        if isinstance(solver, Solver) and trained:
            solver = solver.shared(trained)
        return {"solver": solver if part.trains else "auto", "on_failure": "ignore"}

    @classmethod
    def restore(cls, vocabulary: Vocabulary, settings: Mapping[str, Any], arrays: Arrays) -> Mixed:
        """What `Mixed.kept` gave, as parts and weights again."""
        parts = [
            find.model(part["model"]).restore(vocabulary, part["settings"], under(f"part{k}.", arrays))
            for k, part in enumerate(settings["parts"])
        ]
        return Mixed(vocabulary, parts, arrays["weights"])


class Mixed(Predictor):
    """Parts that have learned, and their weights; a part of no weight is not asked."""

    name = "mixture"

    def __init__(self, vocabulary: Vocabulary, parts: list[Predictor], weights: Floats) -> None:
        self.vocabulary, self.parts, self.weights = vocabulary, parts, weights

    @property
    def aim(self) -> str:
        return "parts, and weights from held-out words"

    @property
    def names(self) -> list[str]:
        """Of the parts: gru, and gru-2 for a second one."""
        names = [part.name for part in self.parts]
        again = [names[:k].count(name) for k, name in enumerate(names)]
        return [f"{name}-{count + 1}" if count else name for name, count in zip(names, again, strict=True)]

    def next_logits(self, contexts: Codes) -> Floats:
        return self._mixed(lambda part: part.next_logits(contexts))

    def scores(self, words: list[str]) -> Floats:
        return self._mixed(lambda part: part.scores(words))

    def _mixed(self, said: Callable[[Predictor], Floats]) -> Floats:
        """log sum of w_k p_k."""
        heard = zip(self.weights.tolist(), self.parts, strict=True)
        return reduce(np.logaddexp, [log(weight) + said(part) for weight, part in heard if weight])

    @property
    def params(self) -> pd.Series:
        import pandas as pd

        return pd.Series(self.weights.copy(), pd.Index(self.names, name="part"), name="weight")

    def panels(self, words: list[str]) -> dict[str, Panel]:
        return {"weights": self._weights, **super().panels(words)}

    def _weights(self, ax: Any) -> None:
        from mlekit.show import bars

        bars(ax, self.weights, self.names, value="weight in the mixture")

    @property
    def reach(self) -> float:
        return max(part.reach for part in self.parts)

    def kept(self) -> Arrays:
        parts = {f"part{k}.{name}": a for k, part in enumerate(self.parts) for name, a in part.kept().items()}
        return {"weights": self.weights, **parts}

    def settings(self) -> Mapping[str, Any]:
        return {"parts": [{"model": part.name, "settings": dict(part.settings())} for part in self.parts]}


def weighed(parts: list[Predictor], aside: Words) -> tuple[Floats, float]:
    """The weights under which words that were kept aside are likeliest."""
    scores, counts = np.stack([part.scores(aside.words) for part in parts], axis=1), aside.weights_of_characters()
    counts = np.ones(len(scores)) if counts is None else counts
    told = (scores.max(axis=1) > -inf) & (counts > 0)
    if not told.any():
        raise DataError("the words held out for the weights of a mixture are impossible or of no weight: give others")
    scores = scores[told]
    return maximum(np.exp(scores - scores.max(axis=1, keepdims=True)), counts[told])


def maximum(p: Floats, counts: Floats) -> tuple[Floats, float]:
    """The w on the simplex where f = sum_i n_i log sum_k w_k p_ik is largest, and how far from it, by

        g_k = sum_i n_i p_ik / (p w)_i / sum_i n_i:    1 where w_k > 0, at most 1 elsewhere  (Karush, Kuhn, Tucker)

    It is where EM, w_k <- w_k g_k, climbs to, slowly. Here each step leads to the maximum of the quadratic that touches
    f there, over all w >= 0 (least squares; sum w is held by half its square), or part of the way if that is too far.

    >>> maximum(np.array([[0.5, 0.1], [0.1, 0.5], [0.1, 0.5]]), np.ones(3))[0].round(6).tolist()
    [0.25, 0.75]
    """
    n, w, gap = counts / counts.sum(), np.full(p.shape[1], 1 / p.shape[1]), inf
    for _ in range(STEPS):
        ratio = p / (p @ w)[:, None]
        g = n @ ratio
        gap = float(max(np.abs(g - 1)[w > 0].max(), g.max() - 1))
        if gap <= NEAR:
            break
        rows, goal = np.sqrt(n)[:, None] * ratio, 2 * np.sqrt(n)
        far = nnls(np.vstack([rows, np.ones(len(w))]), np.append(goal, 0))[0]
        w = climbed(lambda w: n @ np.log(p @ w), w, far)
    return w, gap


def climbed(f: Callable[[Floats], float], w: Floats, far: Floats) -> Floats:
    """As far on the way as it leads up."""
    with np.errstate(divide="ignore"):
        tried = ((1 - t) * w + t * far for t in 0.5 ** np.arange(30))
        return next((new for v in tried if f(new := v / v.sum()) > f(w) - ROUNDING), w)


def found(mixed: Mixed, fits: list[Fit], gap: float, words: Words, aside: Words) -> Found:
    """What is known of the parts, and of the weights."""
    n, scores = words.weights_of_characters(), mixed.scores(words.words)
    n = np.ones(len(scores)) if n is None else n
    llf, near = float(n[n > 0] @ scores[n > 0]), gap <= NEAR
    codes = [code for fit in fits for code in fit.verdict.codes] + ["converged" if near else "steps"]
    said = told(mixed.names, [fit.verdict.reasons for fit in fits])
    proof = "are the maximum" if near else "were not yet at the maximum"
    said += [f"the weights {proof} on {len(aside.words):,} held-out words"]
    return Found(
        llf=llf,
        log_posterior=llf,
        nobs=float(n.sum()),
        n_params=sum(fit.n_params for fit in fits) + len(fits) - 1,
        verdict=mlekit.Verdict(near and all(fit.verdict.ok for fit in fits), tuple(dict.fromkeys(codes)), tuple(said)),
        solver="em",
        quick_ok=near and all(fit.quick_ok for fit in fits),
    )


def told(names: list[str], sentences: Sequence[Iterable[str]]) -> list[str]:
    """Each sentence once, after the names of all whose it is.

    >>> told(["gru", "gru-2"], [["stopped"], ["stopped"]])
    ['gru, gru-2: stopped']
    """
    whose = dict[str, list[str]]()
    for name, own in zip(names, sentences, strict=True):
        for sentence in own:
            whose.setdefault(sentence, []).append(name)
    return [f"{', '.join(who)}: {sentence}" for sentence, who in whose.items()]


def some(words: Words, which: Any) -> Words:
    """Some of the words, with their weights."""
    weights = None if words.weights is None else words.weights[which]
    return Words(list(compress(words.words, which)), words.vocabulary, weights)
