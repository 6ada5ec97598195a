"""The fit of a language model, which `mlekit.fit(words, family=lm.Bigram())` returns.

It consists of two objects:

    predictor   the estimates: log-probabilities of the next token after any beginning of a word
    outcome     log-likelihood, numbers of observations and parameters, verdict; see `lm/outcome.py`
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, partial
from itertools import chain
from math import exp, isnan, log, nan
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

import mlekit
from lm.aliases import Floats, Settings
from lm.corpus import checked
from lm.evaluation import Evaluation, evaluation
from lm.outcome import Outcome
from lm.predictor import Predictor
from lm.sampling import draw, log_prob_drawn
from lm.seeds import Seed
from lm.vocabulary import Vocabulary
from mlekit.errors import DataError, OptionError
from mlekit.fits import BaseFit
from mlekit.show import Contents, Table

if TYPE_CHECKING:
    import pandas as pd

    from mlekit.show import Explanation, Panel, Picture

UNITS = ["per character", "nats", "bits", "perplexity"]
MORE = "New words: fit.sample(20). Held-out words: fit.evaluate(words). Next character: fit.next_probs(prefix)."


class Fit(BaseFit[float]):
    """A language model fitted to words: it draws new words, and gives the probability of any.

    Parameters
    ----------
    predictor : Predictor
    outcome : Outcome
    words : list of str
        The words it was fitted to.
    prior : str or None, default None

    Attributes
    ----------
    held_out : dict of str to list of str
        Words that a run of `python -m lm.train` did not learn, by what they are for.
    run : dict
        Plan and progress of such a run.

    Examples
    --------
    >>> import lm, mlekit
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
    >>> fit.sample(3, seed=1)
    ['emia', 'a', 'ma']
    >>> round(fit.evaluate(["mava"]).bits, 3)
    1.117
    """

    def __init__(self, predictor: Predictor, outcome: Outcome, words: list[str], prior: str | None = None) -> None:
        self.predictor, self.outcome, self.words, self.prior = predictor, outcome, words, prior
        self.held_out: dict[str, list[str]] = {}
        self.run: Settings = {}

    @property
    def vocabulary(self) -> Vocabulary:
        """Vocabulary of the model.

        Examples
        --------
        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.vocabulary.symbols
        ('', 'a', 'e', 'i', 'm', 'v')
        """
        return self.predictor.vocabulary

    # -- words --------------------------------------------------------------------------------------------------

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
        """Draw words, one character at a time.

        Parameters
        ----------
        n : int, default 1
            Number of words.
        seed : int, numpy.random.Generator or None, default None
        temperature : float, default 1
            Values below 1 prefer likely characters, values above 1 unlikely ones.
        top_k : int, optional
            Draw among the `top_k` most probable characters only; the end of a word counts as one.
        top_p : float, optional
            Draw among the fewest most probable characters that together have at least this probability.
        prompt : str, default ""
            Beginning of every word.
        max_length : int, default 100
            Number of characters, those of the prompt included, after which a word is cut.
        only_new : bool, default False
            Draw no word that the fit was given.

        Returns
        -------
        list of str

        Raises
        ------
        DataError
            If the prompt has characters that are not in the vocabulary.
        OptionError
            If an option is out of range, or new words cannot be found.

        Examples
        --------
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
            raise OptionError("only_new: this fit was saved without its words; fit it again, or save it with data=True")
        return frozenset(map(self.vocabulary.plain, chain(self.words, *self.held_out.values())))

    def log_prob(self, words: Iterable[str]) -> Floats:
        """Return the log-probability of each word, its end included.

        Parameters
        ----------
        words : iterable of str

        Returns
        -------
        ndarray of float
            -inf for an impossible word, never NaN.

        Raises
        ------
        DataError
            If a character is not in the vocabulary.

        Examples
        --------
        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.log_prob(["ava", "eve"]).round(3).tolist()
        [-2.773, -inf]
        """
        words = checked(words)
        return self.predictor.log_prob(words) if words else np.zeros(0)

    def evaluate(self, words: Iterable[str]) -> Evaluation:
        """Return the mean loss per character on words, the end of each word included.

        Parameters
        ----------
        words : iterable of str
            Words that the model was not fitted to, for an unbiased estimate.

        Returns
        -------
        Evaluation
            With `.nll` in nats per character, its `.std_error`, `.bits` and `.perplexity`.

        Raises
        ------
        DataError
            If there are no words, or a character is not in the vocabulary.

        Examples
        --------
        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> print(fit.evaluate(["ava"]))
        0.6931 ± - nats per character (1.0000 bits, perplexity 2.000) over 1 word, 4 characters
        """
        words = checked(words)
        if not words:
            raise DataError("there are no words to evaluate: give at least one")
        return evaluation(self.log_prob(words), self.vocabulary.lengths(words), words, self.vocabulary.unit)

    def next_probs(self, prefix: str = "") -> dict[str, float]:
        """Return the probability of each next character.

        Parameters
        ----------
        prefix : str, default ""
            Beginning of a word.

        Returns
        -------
        dict of str to float
            By character; "" is the end of the word.

        Raises
        ------
        DataError
            If a character is not in the vocabulary.

        Examples
        --------
        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> round(fit.next_probs("m")["a"], 3)
        0.333
        """
        context = np.roll(self.vocabulary.encode([prefix]), 1)[None]
        probabilities = np.exp(np.asarray(self.predictor.next_logits(context), np.float64)[0])
        return dict(zip(self.vocabulary.symbols, probabilities.tolist(), strict=True))

    def sample_table(
        self,
        n: int = 1,
        seed: Seed = None,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        prompt: str = "",
        max_length: int = 100,
        only_new: bool = False,
    ) -> pd.DataFrame:
        """Draw words as `sample` does, with their log-probabilities.

        Parameters
        ----------
        n, seed, temperature, top_k, top_p, prompt, max_length, only_new
            As in `sample`.

        Returns
        -------
        DataFrame
            Columns word, log_prob and known. `log_prob` is the log-probability under the model at temperature 1; the
            end of a word counts unless the word was cut. `known` is True for a word that the fit was given, which may
            be memorised, and missing if the fit was saved without its words.

        Raises
        ------
        DataError
            If the prompt has characters that are not in the vocabulary.
        OptionError
            If an option is out of range, or new words cannot be found.

        Examples
        --------
        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.sample_table(2, seed=1).round(3).values.tolist()
        [['emma', -3.584, True], ['a', -1.386, False]]
        """
        import pandas as pd

        words = self.sample(n, seed, temperature, top_k, top_p, prompt, max_length, only_new)
        known = pd.array([word in self._known if self.words else None for word in words], "boolean")
        log_prob = log_prob_drawn(words, self.vocabulary, self.predictor.token_log_prob, max_length)
        return pd.DataFrame({"word": pd.Series(words, dtype=object), "log_prob": log_prob, "known": known})

    # -- estimates ----------------------------------------------------------------------------------------------

    @property
    def params(self) -> Any:
        """Estimates: a DataFrame of probabilities for a bigram (row "" is the start, column "" the end).

        For an n-gram a DataFrame of counts, for a mixture a Series of weights, for a network a dict of arrays.

        Examples
        --------
        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.params.loc["", "e"].round(3).item()
        0.333
        """
        return self.predictor.params

    @property
    def bse(self) -> Any:
        """Standard errors of a table of probabilities.

        Raises
        ------
        NoStandardError
            For a smoothed n-gram, a mixture or a network.

        Examples
        --------
        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.bse.loc["", "e"].round(3).item()
        0.272
        """
        return self.predictor.bse

    def conf_int(self, *, level: float = 0.95) -> Any:
        """Return Wald confidence intervals of a table of probabilities.

        Parameters
        ----------
        level : float, default 0.95
            Confidence level.

        Returns
        -------
        DataFrame
            One row per pair, with columns lower and upper.

        Raises
        ------
        NoStandardError
            For a smoothed n-gram, a mixture or a network.
        OptionError
            If the level is not at least 0.5 and below 1.

        Examples
        --------
        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.conf_int().loc[("", "e")].round(3).to_dict()
        {'lower': -0.2, 'upper': 0.867}
        """
        if not 0.5 <= level < 1:
            raise OptionError(f"level={level!r}: give a confidence level from 0.5 to below 1, such as 0.95")
        return self.predictor.conf_int(level)

    def _log_likelihood(self) -> float:
        return self.outcome.llf

    def _log_posterior(self) -> float:
        return self.outcome.log_posterior

    def _count(self) -> float:
        return self.outcome.nobs

    def _judged(self) -> mlekit.Verdict:
        return self.outcome.verdict

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
        return self.outcome.n_params

    @property
    def _most_likely(self) -> bool:
        """True if the estimates are the maximum of a likelihood, without a prior."""
        maximised = self.prior is None and self.predictor.method is None
        return maximised and self.verdict.ok and "budget" not in self.verdict.codes

    @property
    def notes(self) -> list[str]:
        """Remarks: weight decay and dropout of a network, words that are longer than its context.

        Examples
        --------
        >>> import lm, mlekit
        >>> network, solver = lm.MLP(context=3, width=8), mlekit.solvers.Torch(steps=20)
        >>> mlekit.fit(["emma", "ava", "mia"], family=network, solver=solver).notes
        ['Dropout 0.1 during the training; predictions use the whole network.']
        """
        return [*self.outcome.notes, *self.predictor.notes(self.words)]

    @property
    def solver(self) -> str:
        return self.outcome.solver

    @property
    def quick_ok(self) -> bool:
        return self.outcome.quick_ok

    # -- for people ---------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        size = f"{self.nobs:,.10g} characters, {self._loss:.4f} nats per character"
        return f"<lm.Fit {self.predictor.name}: {size}; {'ok' if self.verdict.ok else 'NOT PROVED'}>"

    @property
    def _loss(self) -> float:
        return (0.0 - self.llf) / self.nobs if self.nobs > 0 else nan

    def _contents(self) -> Contents:
        loss, guess = self._loss, log(len(self.vocabulary))
        decay = ", with weight decay" if self.outcome.decay else ""
        likelihood = "penalised likelihood" if decay else "maximum likelihood"
        method = self.predictor.method or ((likelihood if self.prior is None else "posterior mode (MAP)") + decay)
        stopped = " (stopped early)" if "budget" in self.verdict.codes else ""
        figures = [("log-likelihood", f"{self.llf:.2f}")]
        if self._most_likely:
            figures += [("AIC", f"{self.aic:.2f}"), ("BIC", f"{self.bic:.2f}")]
        elif self.predictor.method is None and self.prior is not None and not isnan(self.log_posterior):
            figures = [("log posterior", f"{self.log_posterior:.2f}"), *figures]
        units = [[f"{f(x):.4f}" for x in (loss, guess)] for f in (float, lambda x: x / log(2), exp)]
        return Contents(
            title=f"{self.predictor.title}: {method}{stopped}",
            facts=[
                *([("words", f"{len(self.words):,}")] if self.words else []),
                ("characters", f"{self.nobs:,.10g}, the ends of words included; {len(self.vocabulary)} distinct"),
                ("parameters", f"{self.n_params:,}"),
                ("solver", self.solver),
                *([] if self.prior is None else [("prior", self.prior)]),
            ],
            figures=figures,
            tables=[Table("", UNITS, [["these words", "uniform guess"], *units])] if self.nobs > 0 else [],
            notes=[*self.notes, MORE],
            ok=self.verdict.ok,
            verdict=list(self.verdict.reasons),
        )

    def plot(self, kind: str | None = None, *, ax: Any = None) -> Any:
        """Draw a picture of the fit.

        Parameters
        ----------
        kind : str, optional
            One of the kinds below; by default the first that the fit has.

            - "loss": of a network, the loss at each step of the training and on validation words
            - "weights": of a mixture, the weights of its parts
            - "table": of a model that looks one character back, p(next | previous)
            - "next": of any model, the probabilities of the first character
            - "embedding": of a network that has one, its characters on a plane, similar ones close together
        ax : matplotlib Axes, optional
            Axes to draw into.

        Returns
        -------
        Figure or Axes
            A Figure that pyplot does not manage, or `ax`.

        Raises
        ------
        OptionError
            If the fit does not have this kind of picture.

        Examples
        --------
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
        """Return the pictures by name, the most informative first."""
        panels = self.predictor.panels(self.words)
        history, watched = self.outcome.history, self.outcome.watched
        if history is None or not len(history):
            return panels
        return {"loss": partial(_draw_losses, history, watched, self.vocabulary.kind.token), **panels}

    def explain(self) -> Explanation:
        """Return an explanation of the fit in words and with its own numbers.

        Returns
        -------
        Explanation
            A string that a notebook shows as HTML.

        Examples
        --------
        >>> import lm, mlekit
        >>> page = mlekit.fit(["anna", "ava", "hanna"], family=lm.Bigram()).explain()
        >>> print(page.sections[2].parts[1])
        p(n | a) = count(an)/count(a) = 2/6 = 0.3333
        """
        from lm.explain import explain

        return explain(self)

    def save(self, path: str | PathLike[str], data: bool = True) -> None:
        """Write the fit to a folder of JSON and safetensors, which `mlekit.load` reads.

        Parameters
        ----------
        path : str or path
            A new folder in one that exists, or a folder to write again.
        data : bool, default True
            Also write the words; without them `sample(only_new=True)` of the loaded fit is an error.

        Raises
        ------
        OptionError
            If the folder cannot be written to.

        Examples
        --------
        >>> import lm, mlekit, pathlib, tempfile
        >>> folder = pathlib.Path(tempfile.mkdtemp()) / "run"
        >>> mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram()).save(folder)
        >>> mlekit.load(folder).words
        ['emma', 'ava', 'mia']
        """
        from lm.record import save

        save(self, path, data=data)


def _draw_losses(history: Floats, watched: Floats | None, token: str, ax: Any) -> None:
    from mlekit.show import curves

    curves(ax, history, () if watched is None else watched, loss=f"nats per {token}")
