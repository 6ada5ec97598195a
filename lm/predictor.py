"""A fitted model of the next token: log-probabilities after any beginning of a word, and what follows from them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from lm.aliases import Codes, Floats, Settings
from lm.sampling import draw
from lm.vocabulary import Vocabulary
from mlekit.errors import NoStandardError

if TYPE_CHECKING:
    from lm.checkpoint import Arrays
    from lm.explain.page import Page
    from lm.fit import Fit
    from mlekit.show import Panel

BLOCK = 2048  # words that are scored together
ROWS, DRAWS = 40, 1000  # rows of the picture of a table; words drawn to find the frequent tokens


class Predictor(ABC):
    """A fitted model of the next token.

    A subclass defines `next_logits`, `params` and `arrays`; all other members follow from these, and may be overridden
    where there is a faster way.

    Attributes
    ----------
    name : str
        Name of the model, as `--model` and saved folders have it.
    vocabulary : Vocabulary

    Examples
    --------
    >>> import lm, mlekit
    >>> predictor = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram()).predictor
    >>> predictor.name, predictor.memory
    ('bigram', 1)
    """

    name: str
    vocabulary: Vocabulary

    @property
    def title(self) -> str:
        """Name of the model in tables and headings."""
        return self.name

    @property
    def method(self) -> str | None:
        """Name of the method of estimation; None if it is maximum likelihood or MAP."""
        return None

    @abstractmethod
    def next_logits(self, contexts: Codes) -> Floats:
        """Return the log-probabilities of the next token.

        Parameters
        ----------
        contexts : ndarray of int [B, t]
            Codes, whose first column is the boundary mark.

        Returns
        -------
        ndarray [B, V]
        """

    @property
    @abstractmethod
    def params(self) -> Any:
        """The estimates: a table, or a dict of arrays."""

    @abstractmethod
    def arrays(self) -> Arrays:
        """Return the estimates as arrays by name, for a file; `restore` of the model is the inverse.

        Returns
        -------
        dict of str to ndarray
        """

    def settings(self) -> Settings:
        """Return what `restore` needs beside the arrays, such as a width or a number of layers.

        Returns
        -------
        mapping of str to what JSON can hold
        """
        return {}

    def token_log_prob(self, words: list[str]) -> Floats:
        """Return log p(token | all before it) of each token and end, in the order of `vocabulary.encode(words)`.

        Parameters
        ----------
        words : list of str

        Returns
        -------
        ndarray of float
        """
        lengths, codes = self.vocabulary.lengths(words), self.vocabulary.encode(words)
        starts, found = np.cumsum(lengths) - lengths, np.empty(len(codes))
        for block in np.array_split(np.argsort(lengths, kind="stable"), -(-len(words) // BLOCK)):
            for t in range(int(lengths[block].max(initial=0))):
                alive = starts[block[lengths[block] > t]]
                contexts = codes[alive[:, None] + np.arange(-1, t)]
                contexts[:, 0] = 0
                found[alive + t] = self.next_logits(contexts)[np.arange(len(alive)), codes[alive + t]]
        return found

    def log_prob(self, words: list[str]) -> Floats:
        """Return the log-probability of each word, the sum over its tokens and its end.

        Parameters
        ----------
        words : list of str
            At least one word.

        Returns
        -------
        ndarray of float
        """
        starts = np.append(0, np.cumsum(self.vocabulary.lengths(words))[:-1])
        return np.add.reduceat(self.token_log_prob(words), starts)

    def notes(self, words: list[str]) -> list[str]:
        """Return remarks for the summary of a fit to these words.

        Parameters
        ----------
        words : list of str

        Returns
        -------
        list of str
        """
        return []

    @property
    def memory(self) -> float:
        """Number of previous tokens that the next one depends on."""
        return inf

    @property
    def bse(self) -> Any:
        """Standard errors of `params`; an error if there are none."""
        raise NoStandardError(
            f"a {self.name} has no standard errors: many different weights give the same probabilities, so a single "
            "weight is not identified; the uncertainty of its predictions is measured by fit.evaluate(held_out)"
        )

    def conf_int(self, level: float) -> Any:
        """Return confidence intervals of `params`.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        DataFrame

        Raises
        ------
        NoStandardError
            If the parameters have no standard errors.
        """
        return self.bse

    def page(self, fit: Fit) -> Page:
        """Return the explanation of a fit, which `fit.explain()` prints.

        Parameters
        ----------
        fit : Fit
            The fit that this predictor belongs to.

        Returns
        -------
        Page
        """
        from lm.explain.page import Page

        return Page(fit)

    # -- pictures -----------------------------------------------------------------------------------------------

    def panels(self, words: list[str]) -> dict[str, Panel]:
        """Return the pictures of the model by name, the most informative first.

        Parameters
        ----------
        words : list of str
            Words that show which tokens are frequent.

        Returns
        -------
        dict of str to callable
            Functions that draw into an Axes.
        """
        table: dict[str, Panel] = {"table": partial(self._draw_table, words)} if self.memory == 1 else {}
        return {**table, "next": self._draw_next}

    def _draw_table(self, words: list[str], ax: Any) -> None:
        """Draw p(next | previous) of the most frequent tokens."""
        from mlekit.show import heat_map

        size, token = len(self.vocabulary), self.vocabulary.kind.token
        codes = np.sort(self.frequent(words, ROWS))
        few = "" if len(codes) == size else f"the {len(codes)} most frequent of {size:,} {token}s"
        names = {"row": f"previous {token} (• the start)", "column": f"next {token} (• the end)"}
        labels = [self.vocabulary.symbols[code] for code in codes]
        heat_map(ax, self.transitions(codes)[:, codes], labels, value="probability", note=few, **names)

    def _draw_next(self, ax: Any) -> None:
        """Draw the probabilities of the first token."""
        from mlekit.show import bars

        p, token = np.exp(self.next_logits(np.zeros((1, 1), np.int64))[0]), self.vocabulary.kind.token
        bars(ax, p, self.vocabulary.symbols, value=f"probability of the first {token} (• the end)")

    def transitions(self, codes: Codes) -> Floats:
        """Return p(next | previous), one row per previous token.

        Parameters
        ----------
        codes : ndarray of int
            The previous tokens.

        Returns
        -------
        ndarray [len(codes), V]
        """
        return np.exp(self.next_logits(np.column_stack([np.zeros_like(codes), codes])))

    def frequent(self, words: list[str], most: int) -> Codes:
        """Return the codes of the most frequent tokens, in decreasing order of frequency.

        Parameters
        ----------
        words : list of str
            Words in which tokens are counted; if empty, words drawn from the model.
        most : int
            Number of codes.

        Returns
        -------
        ndarray of int
        """
        if len(self.vocabulary) <= most:
            return np.arange(len(self.vocabulary))
        counted = words or draw(self.next_logits, self.vocabulary, DRAWS, seed=0)
        counts = np.bincount(self.vocabulary.encode(counted), minlength=len(self.vocabulary))
        return np.argsort(-counts, kind="stable")[:most]
