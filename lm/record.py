"""What a folder holds of a fit, and how it is written there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from lm import checkpoint
from lm.found import Found
from lm.vocabulary import Vocabulary

if TYPE_CHECKING:
    from lm.fit import Fit

LEARNED, WORDS, TRAINING, FITTED = "learned.", "words.", "training.", "fitted"
CURVES = ("history", "watched")


@dataclass
class Record:
    """What a folder holds."""

    model: str
    settings: dict[str, Any]
    vocabulary: Vocabulary
    learned: checkpoint.Arrays
    words: checkpoint.Arrays  # as `encoded` gives them
    prior: str | None = None
    found: Found | None = None  # None: the training is not at its end
    run: dict[str, Any] = field(default_factory=dict)
    training: checkpoint.Arrays = field(default_factory=dict)

    def save(self, folder: str | PathLike[str]) -> None:
        """All of it or nothing."""
        found = None if self.found is None else {k: v for k, v in asdict(self.found).items() if k not in CURVES}
        config = {
            "model": self.model,
            "settings": self.settings,
            "vocabulary": self.vocabulary.state(),
            "prior": self.prior,
            "found": found,
            "words": list(self.words),
            "run": self.run,
        }
        arrays = _over(LEARNED, self.learned) | _over(TRAINING, self.training) | _over(WORDS, self.words)
        curves = {name: getattr(self.found, name, None) for name in CURVES}
        arrays |= {name: np.asarray(curve) for name, curve in curves.items() if curve is not None}
        checkpoint.save(folder, config, arrays)


def save(fit: Fit, folder: str | PathLike[str], *, data: bool = True) -> None:
    """The fit and, with `data`, its words."""
    known: dict[str, Any] = {f.name: getattr(fit.found, f.name) for f in fields(Found)}
    found = Found(**known)
    words = encoded(fit.vocabulary, {FITTED: fit.words, **fit.held_out} if data else {})
    learner = fit.predictor
    Record(
        learner.name, dict(learner.settings()), fit.vocabulary, learner.kept(), words, fit.prior, found, fit.run
    ).save(folder)


def encoded(vocabulary: Vocabulary, words: Mapping[str, list[str]]) -> checkpoint.Arrays:
    """Lists of words as codes, in as few bytes as the vocabulary needs."""
    least = np.min_scalar_type(len(vocabulary))
    return {name: vocabulary.encode(some).astype(least) for name, some in words.items()}


def _over(prefix: str, arrays: Mapping[str, Any]) -> checkpoint.Arrays:
    return {prefix + name: np.asarray(array) for name, array in arrays.items()}
