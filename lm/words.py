"""What every model of words is fitted to: the words, how often each counts, and the tokens they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lm.corpus import checked
from lm.vocabulary import Codes, Vocabulary, pairs
from mlekit.errors import DataError, OptionError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Words:
    """Words, their vocabulary, and a weight for each word where they do not all count once."""

    words: list[str]
    vocabulary: Vocabulary
    weights: Floats | None = None

    @cached_property
    def lengths(self) -> Codes:
        """The number of tokens of each word, its end counted."""
        return self.vocabulary.lengths(self.words)

    def weights_of_characters(self) -> Floats | None:
        """The weight of a word, for each of its tokens and its end."""
        return None if self.weights is None else np.repeat(self.weights, self.lengths)

    def pairs(self, every: bool = False) -> tuple[Codes, Codes, Floats | None]:
        """(previous, next, weight) of each token: `every` adds all tokens with no weight, so that each has its place.

        >>> previous, following, weights = read(["aa"], vocabulary=Vocabulary("ab")).pairs(every=True)
        >>> previous.tolist(), following.tolist(), weights.tolist()
        ([0, 1, 1, 0, 1, 2], [1, 1, 0, 1, 2, 0], [1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
        """
        previous, following = pairs(self.words, self.vocabulary)
        weights = self.weights_of_characters()
        if not every:
            return previous, following, weights
        weights = np.ones(len(following)) if weights is None else weights
        codes = np.arange(len(self.vocabulary))
        previous, following = np.append(previous, codes), np.append(following, np.roll(codes, -1))
        return previous, following, np.append(weights, np.zeros(len(codes)))


def read(
    data: Iterable[str], target: Any = None, vocabulary: Vocabulary | None = None, unit: str = "char", **how: Any
) -> Words:
    """The words a user gave to `mlekit.fit`, with `weights`, one a word; what has no meaning for words is refused.

    >>> read(["ab", "a"], weights=[2, 1]).weights_of_characters()
    array([2., 2., 2., 1., 1.])
    """
    beside = {"target": target, "by": how.get("by"), "offset": how.get("offset")}
    for name, value in beside.items():
        if value is not None:
            raise OptionError(f"{name}=: a model of words takes a list of words and weights=, nothing beside")
    words = checked(data)
    if not words:
        raise DataError("there are no words: give at least one")
    if vocabulary is None:
        vocabulary = Vocabulary.of(words, unit)
    elif unit not in ("char", vocabulary.unit):
        raise OptionError(f"unit={unit!r}: the vocabulary that was given is of unit {vocabulary.unit!r}")
    if len(vocabulary) == 1:
        raise DataError("the words have no characters: there is nothing to tell apart")
    return Words(words, vocabulary, _checked(how.get("weights"), len(words)))


def countable(words: Words) -> Words:
    """The words, or a DataError if one has a weight that no count can have."""
    if words.weights is not None and not words.weights.any():
        raise DataError("all weights are zero: there is nothing to count")
    if words.weights is not None and (words.weights < 0).any():
        first = int(np.argmax(words.weights < 0))
        raise DataError(f"weights[{first}] is {words.weights[first]:g}: a word can be counted from 0 times up")
    return words


def the_one(own: Any, given: Any, model: str = "the model") -> Any:
    """The prior of a model: its own, or the one given to `fit`."""
    if own is not None and given is not None:
        raise OptionError(f"prior: one is given to {model} and another to fit: leave one of them out")
    return own if given is None else given


def known(words: Iterable[str], vocabulary: Vocabulary) -> tuple[list[str], int]:
    """The words that a vocabulary has every token of, and how many it has not.

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
        raise DataError(f"weights: {count:,} words need as many numbers, not {w.dtype} of shape {w.shape}")
    bad = ~np.isfinite(w)
    if bad.any():
        raise DataError(f"weights[{int(np.argmax(bad))}] is {w[bad][0]}: the weight of a word is a finite number")
    return w.astype(np.float64)
