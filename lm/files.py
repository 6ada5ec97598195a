"""A Fit in a folder, and back: `mlekit.load(folder)`. A training that is not at its end has its state beside it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from os import PathLike
from typing import Any

import mlekit
from lm import checkpoint, find
from lm.fit import Fit
from lm.found import Found
from lm.predictor import Predictor
from lm.record import CURVES, FITTED, LEARNED, TRAINING, WORDS
from lm.vocabulary import Vocabulary
from mlekit.errors import LoadError


def load(folder: str | PathLike[str]) -> Fit:
    """The fit that `fit.save(folder)` or `lm.train` wrote.

    >>> load("runs/bigram-1")  # doctest: +SKIP
    <lm.Fit bigram: 177,404 characters, 2.4543 nats a character; ok>
    """
    return opened(folder)[0]


def opened(folder: str | PathLike[str]) -> tuple[Fit, checkpoint.Arrays]:
    """The fit, and where its training stands if that is not at its end."""
    config, arrays = checkpoint.load(folder)
    try:
        return _restored(config, arrays, folder), checkpoint.under(TRAINING, arrays)
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        what = f"{type(wrong).__name__}: {wrong}"
        raise LoadError(f"{folder} holds no model that this version can read ({what})") from wrong


def _restored(config: Mapping[str, Any], arrays: checkpoint.Arrays, folder: Any) -> Fit:
    vocabulary = Vocabulary.from_state(config["vocabulary"])
    predictor = find.model(config["model"]).restore(vocabulary, config["settings"], checkpoint.under(LEARNED, arrays))
    words = {name: vocabulary.decode(arrays[WORDS + name]) for name in config["words"]}
    fitted = words.pop(FITTED, [])
    found = _found(config["found"], arrays) if config["found"] else Unfinished(predictor, fitted, config["run"], folder)
    fit = Fit(predictor, found, fitted, config["prior"])
    fit.held_out, fit.run = words, config["run"]
    return fit


def _found(known: dict[str, Any], arrays: checkpoint.Arrays) -> Found:
    verdict = known["verdict"]
    told = mlekit.Verdict(verdict["ok"], tuple(verdict["codes"]), tuple(verdict["reasons"]))
    curves = {name: arrays.get(name) for name in CURVES}
    all_of_it: dict[str, Any] = {**known, **curves, "verdict": told, "notes": tuple(known["notes"])}
    return Found(**all_of_it)


class Unfinished:
    """What is known of a model whose training was interrupted: what it says of its words so far."""

    solver, quick_ok, notes, history, watched = "torch", False, (), None, None
    log_posterior = float("nan")

    def __init__(self, predictor: Predictor, words: list[str], run: Mapping[str, Any], folder: Any) -> None:
        self.predictor, self.words = predictor, words
        self.n_params = sum(array.size for array in predictor.kept().values())
        steps = run.get("taken", {}).get("steps", 0)
        goes_on = f"python -m lm.train --out {folder} --resume goes on"
        self.verdict = mlekit.Verdict(True, ("budget",), (f"interrupted at step {steps:,}: {goes_on}",))

    @cached_property
    def llf(self) -> float:
        return float(self.predictor.scores(self.words).sum())

    @property
    def nobs(self) -> float:
        return float(self.predictor.vocabulary.lengths(self.words).sum())
