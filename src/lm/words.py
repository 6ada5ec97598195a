"""What every model of words is fitted to: the words, how often each counts, and the characters they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lm.corpus import Vocabulary, checked
from mlekit.errors import DataError, OptionError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Words:
    """Words, their characters, and a weight for each word where they do not all count once."""

    words: list[str]
    vocabulary: Vocabulary
    weights: Floats | None = None

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The number of characters of each word, its end counted."""
        return lengths(self.words)

    def weights_of_characters(self) -> Floats | None:
        """The weight of a word, for each of its characters and its end."""
        return None if self.weights is None else np.repeat(self.weights, self.lengths)

    def and_every_character(self) -> Words:
        """With one word more, of every character and no weight: a character that never came keeps its place."""
        weights = np.ones(len(self.words)) if self.weights is None else self.weights
        return Words([*self.words, self.vocabulary.characters], self.vocabulary, np.append(weights, 0.0))


def lengths(words: list[str]) -> NDArray[np.int64]:
    """The number of characters of each word, its end counted.

    >>> lengths(["ab", ""])
    array([3, 1])
    """
    return np.array([len(word) + 1 for word in words], np.int64)


def read(data: Iterable[str], target: Any = None, vocabulary: Vocabulary | None = None, **how: Any) -> Words:
    """The words a user gave to `mlekit.fit`, with `weights`, one a word; what has no meaning for words is refused.

    >>> read(["ab", "a"], weights=[2, 1]).weights_of_characters()
    array([2., 2., 2., 1., 1.])
    """
    beside = {"target": target, "by": how.get("by"), "offset": how.get("offset")}
    for name, value in beside.items():
        if value is not None:
            raise OptionError(f"{name}={value!r}: a model of words takes a list of words and weights=, nothing beside")
    words = checked(data)
    if not words:
        raise DataError("there are no words: give at least one")
    vocabulary = Vocabulary.of(words) if vocabulary is None else vocabulary
    if not vocabulary.characters:
        raise DataError("the words have no characters: there is nothing to tell apart")
    return Words(words, vocabulary, _checked(how.get("weights"), len(words)))


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
