"""The data of a language model: words, their weights, and the tokens they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from lm.aliases import Codes, Floats
from lm.corpus import checked
from lm.text import plural
from lm.vocabulary import Vocabulary, pairs
from mlekit.errors import DataError, OptionError


@dataclass(frozen=True)
class Words:
    """Words with their vocabulary, and a weight for each word if they do not all count once.

    Attributes
    ----------
    words : list of str
    vocabulary : Vocabulary
    weights : ndarray or None
        One weight per word.
    """

    words: list[str]
    vocabulary: Vocabulary
    weights: Floats | None = None

    @cached_property
    def lengths(self) -> Codes:
        """Number of tokens of each word, its end included."""
        return self.vocabulary.lengths(self.words)

    def token_weights(self) -> Floats | None:
        """Return the weight of the word for each of its tokens and its end.

        Returns
        -------
        ndarray or None
            None if the words have no weights.

        Examples
        --------
        >>> read(["ab", "a"], weights=[2, 1]).token_weights().tolist()
        [2.0, 2.0, 2.0, 1.0, 1.0]
        """
        return None if self.weights is None else np.repeat(self.weights, self.lengths)

    def nobs(self) -> float:
        """Return the number of tokens, the end of each word included: the sum of their weights.

        Returns
        -------
        float

        Examples
        --------
        >>> read(["ab", "a"], weights=[2, 1]).nobs()
        8.0
        """
        weights = self.token_weights()
        return float(self.lengths.sum() if weights is None else weights.sum())

    def pairs(self, every: bool = False) -> tuple[Codes, Codes, Floats | None]:
        """Return the previous token, the next token and the weight of each pair of tokens.

        Parameters
        ----------
        every : bool, default False
            Add each token once more with weight zero, so that all tokens of the vocabulary occur.

        Returns
        -------
        previous, following : ndarray of int
        weights : ndarray or None

        Examples
        --------
        >>> previous, following, weights = read(["aa"], vocabulary=Vocabulary("ab")).pairs(every=True)
        >>> previous.tolist(), following.tolist(), weights.tolist()
        ([0, 1, 1, 0, 1, 2], [1, 1, 0, 1, 2, 0], [1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
        """
        previous, following = pairs(self.words, self.vocabulary)
        weights = self.token_weights()
        if not every:
            return previous, following, weights
        weights = np.ones(len(following)) if weights is None else weights
        codes = np.arange(len(self.vocabulary))
        previous, following = np.append(previous, codes), np.append(following, np.roll(codes, -1))
        return previous, following, np.append(weights, np.zeros(len(codes)))


def read(
    data: Iterable[str],
    target: object = None,
    vocabulary: Vocabulary | None = None,
    unit: str = "char",
    *,
    weights: ArrayLike | None = None,
    by: object = None,
    offset: object = None,
    **_: object,
) -> Words:
    """Check the words and weights that a user gave to `mlekit.fit`.

    Parameters
    ----------
    data : iterable of str
        The words.
    target, by, offset : object
        Arguments of `mlekit.fit` that a model of words does not take: they have to be None.
    vocabulary : Vocabulary, optional
        The vocabulary to use; by default that of the words.
    unit : {"char", "byte", "word"}, default "char"
        Unit of the vocabulary that is made of the words.
    weights : array_like, optional
        One number per word.
    **_ : object
        Arguments of `mlekit.fit` that have no effect on words, such as `missing`.

    Returns
    -------
    Words

    Raises
    ------
    DataError
        If the words or the weights cannot be used.
    OptionError
        If an argument has no meaning for words.

    Examples
    --------
    >>> read(["ab", "a"], weights=[2, 1]).token_weights()
    array([2., 2., 2., 1., 1.])
    """
    for name, value in {"target": target, "by": by, "offset": offset}.items():
        if value is not None:
            raise OptionError(f"{name}=: a model of words takes a list of words and weights= only; leave it out")
    words = checked(data)
    if not words:
        raise DataError("there are no words: give at least one")
    if vocabulary is None:
        vocabulary = Vocabulary.of(words, unit)
    elif unit not in ("char", vocabulary.unit):
        raise OptionError(f"unit={unit!r}: the vocabulary that was given has unit {vocabulary.unit!r}")
    if len(vocabulary) == 1:
        raise DataError("the words have no characters, so there is nothing to model: give words with characters")
    return Words(words, vocabulary, _checked(weights, len(words)))


def countable(words: Words) -> Words:
    """Return words whose weights are all non-negative and not all zero.

    Parameters
    ----------
    words : Words

    Returns
    -------
    Words

    Raises
    ------
    DataError
        If a weight is negative, or all are zero.

    Examples
    --------
    >>> countable(read(["ab", "a"], weights=[2, 0])).nobs()
    6.0
    """
    if words.weights is not None and not words.weights.any():
        raise DataError("all weights are zero: there is nothing to count")
    if words.weights is not None and (words.weights < 0).any():
        first = int(np.argmax(words.weights < 0))
        raise DataError(f"weights[{first}] is {words.weights[first]:g}: the weight of a count must not be negative")
    return words


def known(words: Iterable[str], vocabulary: Vocabulary) -> tuple[list[str], int]:
    """Return the words whose tokens are all in a vocabulary, and the number of the other words.

    Parameters
    ----------
    words : iterable of str
    vocabulary : Vocabulary

    Returns
    -------
    words : list of str
    left_out : int

    Examples
    --------
    >>> known(["ava", "zoë"], Vocabulary("aevoz"))
    (['ava'], 1)
    """
    given = checked(words)
    kept = [word for word in given if vocabulary.knows(word)]
    return kept, len(given) - len(kept)


def _checked(weights: ArrayLike | None, count: int) -> Floats | None:
    if weights is None:
        return None
    w = np.asarray(weights)
    if w.shape != (count,) or w.dtype.kind not in "iufb":
        raise DataError(f"weights: {plural(count, 'word')} need as many numbers, not {w.dtype} of shape {w.shape}")
    bad = ~np.isfinite(w)
    if bad.any():
        raise DataError(f"weights[{int(np.argmax(bad))}] is {w[bad][0]}: the weight of a word must be finite")
    return w.astype(np.float64)
