"""What was learned from words: after any beginning of one, how probable each next character is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lm.sample import draw
from lm.vocabulary import Codes, Vocabulary
from lm.words import Floats
from mlekit.errors import NoStandardError

if TYPE_CHECKING:
    from lm.checkpoint import Arrays
    from mlekit.show import Panel

BLOCK = 2048  # words that are looked at together
ROWS, DRAWN = 40, 1000  # of a picture of a table; words drawn to see what is frequent


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
    def reach(self) -> float:
        """How many characters back it looks."""
        return inf

    def panels(self, words: list[str]) -> dict[str, Panel]:
        """Pictures by name, the most telling first; `words` tell which characters are frequent."""
        table: dict[str, Panel] = {"table": partial(self._table, words)} if self.reach == 1 else {}
        return {**table, "next": self._next}

    def _table(self, words: list[str], ax: Any) -> None:
        """p(next | previous), of the most frequent characters."""
        from mlekit.show import heat_map

        size, token = len(self.vocabulary), self.vocabulary.kind.token
        codes = np.sort(self.frequent(words, ROWS))
        few = "" if len(codes) == size else f"the {len(codes)} most frequent of {size:,} {token}s"
        names = {"row": f"previous {token} (• the start)", "column": f"next {token} (• the end)"}
        labels = [self.vocabulary.symbols[code] for code in codes]
        heat_map(ax, self.after(codes)[:, codes], labels, value="probability", note=few, **names)

    def after(self, codes: Codes) -> Floats:
        """p(next | previous), a row for each of these as the previous one."""
        return np.exp(self.next_logits(np.column_stack([np.zeros_like(codes), codes])))

    def _next(self, ax: Any) -> None:
        """How a word begins."""
        from mlekit.show import bars

        p, token = np.exp(self.next_logits(np.zeros((1, 1), np.int64))[0]), self.vocabulary.kind.token
        bars(ax, p, self.vocabulary.symbols, value=f"probability of the first {token} (• the end)")

    def frequent(self, words: list[str], most: int) -> Codes:
        """So many codes, the most frequent first; without words, those that are frequent in words of its own."""
        if len(self.vocabulary) <= most:
            return np.arange(len(self.vocabulary))
        counted = words or draw(self.next_logits, self.vocabulary, DRAWN, seed=0)
        often = np.bincount(self.vocabulary.encode(counted), minlength=len(self.vocabulary))
        return np.argsort(-often, kind="stable")[:most]

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
