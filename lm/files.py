"""Read fits from folders, for `mlekit.load(folder)`; `lm/record.py` writes them."""

from __future__ import annotations

from functools import cached_property
from os import PathLike
from typing import Any

import mlekit
from lm import checkpoint, find
from lm.aliases import Settings
from lm.fit import Fit
from lm.outcome import SavedOutcome
from lm.predictor import Predictor
from lm.record import CURVES, ESTIMATES, FITTED, TRAINING, WORDS
from lm.vocabulary import Vocabulary
from mlekit.errors import LoadError


def load(folder: str | PathLike[str]) -> Fit:
    """Read a fit from the folder that `fit.save(folder)` or `python -m lm.train` wrote.

    Parameters
    ----------
    folder : str or path

    Returns
    -------
    Fit

    Raises
    ------
    LoadError
        If there is no such folder, or it is damaged.

    Examples
    --------
    >>> import lm, mlekit, pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp()) / "run"
    >>> mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram()).save(folder)
    >>> load(folder)
    <lm.Fit bigram: 13 characters, 0.6801 nats per character; ok>
    """
    return load_state(folder)[0]


def load_state(folder: str | PathLike[str]) -> tuple[Fit, checkpoint.Arrays]:
    """Read a fit, and the state of its training if that is not finished.

    Parameters
    ----------
    folder : str or path

    Returns
    -------
    fit : Fit
    state : dict of str to ndarray
        Empty if the training is finished.

    Raises
    ------
    LoadError
        If there is no such folder, or it is damaged.
    """
    config, arrays = checkpoint.load(folder)
    try:
        return _restored(config, arrays, folder), checkpoint.under(TRAINING, arrays)
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        what = f"{type(wrong).__name__}: {wrong}"
        raise LoadError(f"{folder} has no model that this version can read ({what})") from wrong


def _restored(config: Settings, arrays: checkpoint.Arrays, folder: str | PathLike[str]) -> Fit:
    vocabulary = Vocabulary.from_state(config["vocabulary"])
    predictor = find.model(config["model"]).restore(vocabulary, config["settings"], checkpoint.under(ESTIMATES, arrays))
    words = {name: vocabulary.decode(arrays[WORDS + name]) for name in config["words"]}
    fitted = words.pop(FITTED, [])
    if config["found"]:
        outcome = _outcome(config["found"], arrays)
    else:
        outcome = Unfinished(predictor, fitted, config["run"], folder)
    fit = Fit(predictor, outcome, fitted, config["prior"])
    fit.held_out, fit.run = words, config["run"]
    return fit


def _outcome(values: Settings, arrays: checkpoint.Arrays) -> SavedOutcome:
    verdict = values["verdict"]
    read = mlekit.Verdict(verdict["ok"], tuple(verdict["codes"]), tuple(verdict["reasons"]))
    curves = {name: arrays.get(name) for name in CURVES}
    members: dict[str, Any] = {**values, **curves, "verdict": read, "notes": tuple(values["notes"])}
    return SavedOutcome(**members)


class Unfinished:
    """Outcome of a training that was interrupted: the likelihood of its words so far.

    Parameters
    ----------
    predictor : Predictor
    words : list of str
    run : mapping
        Plan and progress of the run.
    folder : str or path
    """

    solver, quick_ok, history, watched = "torch", False, None, None
    notes: tuple[str, ...] = ()
    decay = 0.0
    log_posterior = float("nan")

    def __init__(self, predictor: Predictor, words: list[str], run: Settings, folder: str | PathLike[str]) -> None:
        self.predictor, self.words = predictor, words
        self.n_params = sum(array.size for array in predictor.arrays().values())
        steps = run.get("taken", {}).get("steps", 0)
        resume = f"python -m lm.train --out {folder} --resume continues it"
        self.verdict = mlekit.Verdict(True, ("budget",), (f"interrupted at step {steps:,}: {resume}",))

    @property
    def llf(self) -> float:
        return self._llf

    @cached_property
    def _llf(self) -> float:
        return float(self.predictor.token_log_prob(self.words).sum())

    @property
    def nobs(self) -> float:
        return float(self.predictor.vocabulary.lengths(self.words).sum())
