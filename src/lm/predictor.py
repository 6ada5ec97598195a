"""What was learned from words: after any beginning of one, how probable each next character is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lm.vocabulary import Codes, Vocabulary
from lm.words import Floats
from mlekit.errors import NoStandardError

if TYPE_CHECKING:
    from lm.checkpoint import Arrays

BLOCK = 2048  # words that are looked at together


class Predictor(ABC):
    """What was learned. A net needs `next_logits`, `params` and `kept`; the rest follows, or may be overridden."""

    name: ClassVar[str]  # as --model and checkpoints call it
    vocabulary: Vocabulary

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name

    @property
    def aim(self) -> str | None:
        """What was sought, where that is neither the maximum of the likelihood nor that of a posterior."""
        return None

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

    def scores(self, words: list[str]) -> Floats:
        """log p(character | all before it) of each character and end, in the order of `vocabulary.encode(words)`."""
        long, codes = self.vocabulary.lengths(words), self.vocabulary.encode(words)
        begin, scores = np.cumsum(long) - long, np.empty(len(codes))
        for block in np.array_split(np.argsort(long, kind="stable"), -(-len(words) // BLOCK)):
            for t in range(int(long[block].max(initial=0))):
                alive = begin[block[long[block] > t]]
                contexts = codes[alive[:, None] + np.arange(-1, t)]
                contexts[:, 0] = 0
                scores[alive + t] = self.next_logits(contexts)[np.arange(len(alive)), codes[alive + t]]
        return scores

    def log_prob(self, words: list[str]) -> Floats:
        """Of each word the sum of the scores of its characters: [W]."""
        return np.add.reduceat(self.scores(words), np.append(0, np.cumsum(self.vocabulary.lengths(words))[:-1]))

    def notes(self, words: list[str]) -> list[str]:
        """What there is to say of the words that it was fitted to."""
        return []

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
