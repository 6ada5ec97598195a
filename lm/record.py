"""Write fits and unfinished runs to folders; `lm/files.py` reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from lm import checkpoint
from lm.aliases import Settings
from lm.outcome import SavedOutcome
from lm.vocabulary import Vocabulary

if TYPE_CHECKING:
    from lm.fit import Fit

ESTIMATES, WORDS, TRAINING, FITTED = "learned.", "words.", "training.", "fitted"  # names in the files
CURVES = ("history", "watched")


@dataclass
class Record:
    """Contents of a folder.

    Attributes
    ----------
    model : str
        Name of the model.
    settings : mapping
        Settings of the predictor.
    vocabulary : Vocabulary
    estimates : dict of str to ndarray
        Arrays of the predictor.
    words : dict of str to ndarray
        Lists of words, as `encoded` returns them.
    prior : str or None
    outcome : SavedOutcome or None
        None if the training is not finished.
    run : dict
        Plan and progress of a run of `python -m lm.train`.
    training : dict of str to ndarray
        State of a training that is not finished.
    """

    model: str
    settings: Settings
    vocabulary: Vocabulary
    estimates: checkpoint.Arrays
    words: checkpoint.Arrays
    prior: str | None = None
    outcome: SavedOutcome | None = None
    run: Settings = field(default_factory=dict)
    training: checkpoint.Arrays = field(default_factory=dict)

    def save(self, folder: str | PathLike[str]) -> None:
        """Write everything or nothing.

        Parameters
        ----------
        folder : str or path
            A new folder in one that exists, or a folder to write again.
        """
        outcome = None if self.outcome is None else {k: v for k, v in asdict(self.outcome).items() if k not in CURVES}
        config = {
            "model": self.model,
            "settings": self.settings,
            "vocabulary": self.vocabulary.state(),
            "prior": self.prior,
            "found": outcome,
            "words": list(self.words),
            "run": self.run,
        }
        arrays = _named(ESTIMATES, self.estimates) | _named(TRAINING, self.training) | _named(WORDS, self.words)
        curves = {name: getattr(self.outcome, name, None) for name in CURVES}
        arrays |= {name: np.asarray(curve) for name, curve in curves.items() if curve is not None}
        checkpoint.save(folder, config, arrays)


def save(fit: Fit, folder: str | PathLike[str], *, data: bool = True) -> None:
    """Write a fit to a folder.

    Parameters
    ----------
    fit : Fit
    folder : str or path
    data : bool, default True
        Also write the words.

    Raises
    ------
    OptionError
        If the folder cannot be written to.
    """
    words = encoded(fit.vocabulary, {FITTED: fit.words, **fit.held_out} if data else {})
    predictor, outcome = fit.predictor, SavedOutcome.of(fit.outcome)
    name, settings, arrays = predictor.name, dict(predictor.settings()), predictor.arrays()
    Record(name, settings, fit.vocabulary, arrays, words, fit.prior, outcome, fit.run).save(folder)


def encoded(vocabulary: Vocabulary, words: Mapping[str, list[str]]) -> checkpoint.Arrays:
    """Encode lists of words, with as few bytes per code as the vocabulary needs.

    Parameters
    ----------
    vocabulary : Vocabulary
    words : mapping of str to list of str

    Returns
    -------
    dict of str to ndarray

    Examples
    --------
    >>> encoded(Vocabulary("av"), {"fitted": ["ava"]})
    {'fitted': array([1, 2, 1, 0], dtype=uint8)}
    """
    smallest = np.min_scalar_type(len(vocabulary))
    return {name: vocabulary.encode(some).astype(smallest) for name, some in words.items()}


def _named(prefix: str, arrays: Mapping[str, ArrayLike]) -> checkpoint.Arrays:
    return {prefix + name: np.asarray(array) for name, array in arrays.items()}
