"""What was learned from words: after any beginning of one, how probable each next character is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lm.corpus import Codes, Vocabulary
from lm.words import Floats, lengths
from mlekit.errors import NoStandardError

if TYPE_CHECKING:
    from lm.checkpoint import Arrays

BLOCK = 2048  # words that are looked at together


class Predictor(ABC):
    """What was learned. A net needs `next_logits`, `params` and `kept`; the rest follows, or may be overridden."""

    name: ClassVar[str]  # as --model and checkpoints call it
    vocabulary: Vocabulary

    @abstractmethod
    def next_logits(self, contexts: Codes) -> Floats:
        """Log-probabilities [B, V] of what comes after contexts [B, t], codes whose first column is the mark."""

    @property
    @abstractmethod
    def params(self) -> Any:
        """What was learned, for people: a table, or a dict of arrays."""

    @abstractmethod
    def kept(self) -> Arrays:
        """What was learned, for a file; the model's `restore` makes a predictor of it again."""

    def settings(self) -> Mapping[str, Any]:
        """What `restore` has to know beside the arrays: a width, a number of layers."""
        return {}

    def log_prob(self, words: list[str]) -> Floats:
        """Of each word the sum of log p(character | all before it), its end counted: [W]."""
        total = np.zeros(len(words))
        order = np.argsort(lengths(words), kind="stable")
        for block in np.array_split(order, -(-len(words) // BLOCK)):
            total[block] = self._log_prob([words[i] for i in block])
        return total

    def _log_prob(self, words: list[str]) -> Floats:
        long = lengths(words)
        codes = np.zeros((len(words), int(long.max())), np.int64)  # (W, T), each word with the mark after it
        codes[np.arange(codes.shape[1]) < long[:, None]] = self.vocabulary.encode(words)
        before = np.roll(codes, 1, axis=1)
        total = np.zeros(len(words))
        for t in range(codes.shape[1]):
            (alive,) = np.nonzero(long > t)
            total[alive] += self.next_logits(before[alive, : t + 1])[np.arange(len(alive)), codes[alive, t]]
        return total

    @property
    def bse(self) -> Any:
        """Standard errors of `params`."""
        raise NoStandardError(
            f"a {self.name} has no standard errors: many different weights give the same probabilities, so none has a "
            "value of its own to be unsure of; how sure its predictions are is told by fit.evaluate(held_out)"
        )

    def conf_int(self, level: float) -> Any:
        """Intervals of `params`."""
        return self.bse
