"""A Fit in a folder, and back: `mlekit.load(folder)`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from os import PathLike
from typing import Any

import numpy as np

import mlekit
from lm import checkpoint, find
from lm.corpus import Vocabulary
from lm.fit import Fit, Found
from mlekit.errors import LoadError

LEARNED, WORDS, FITTED = "learned.", "words.", "fitted"


def save(fit: Fit, folder: str | PathLike[str], *, data: bool = True) -> None:
    """The fit and, with `data`, its words."""
    predictor, vocabulary = fit.predictor, fit.vocabulary
    found = Found(**{field.name: getattr(fit.found, field.name) for field in fields(Found)})
    config = {
        "model": predictor.name,
        "settings": dict(predictor.settings()),
        "characters": vocabulary.characters,
        "prior": fit.prior,
        "found": asdict(found),
        "held_out": list(fit.held_out),
        "run": fit.run,
    }
    arrays = {LEARNED + name: array for name, array in predictor.kept().items()}
    for name, words in {FITTED: fit.words, **fit.held_out}.items() if data else ():
        arrays[WORDS + name] = vocabulary.encode(words).astype(np.min_scalar_type(len(vocabulary)))
    checkpoint.save(folder, config, arrays)


def load(folder: str | PathLike[str]) -> Fit:
    """The fit that `fit.save(folder)` or `lm.train` wrote.

    >>> load("runs/bigram-1")  # doctest: +SKIP
    <lm.Fit bigram: 177,404 characters, 2.4543 nats a character; ok>
    """
    config, arrays = checkpoint.load(folder)
    try:
        return _restored(config, arrays)
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        what = f"{type(wrong).__name__}: {wrong}"
        raise LoadError(f"{folder} holds no model that this version can read ({what})") from wrong


def _restored(config: Mapping[str, Any], arrays: checkpoint.Arrays) -> Fit:
    vocabulary = Vocabulary(config["characters"])
    predictor = find.model(config["model"]).restore(vocabulary, config["settings"], _under(LEARNED, arrays))
    known: dict[str, Any] = config["found"]
    verdict = known["verdict"]
    known |= {"verdict": mlekit.Verdict(verdict["ok"], tuple(verdict["codes"]), tuple(verdict["reasons"]))}
    words = {name: vocabulary.decode(codes) for name, codes in _under(WORDS, arrays).items()}
    fit = Fit(predictor, Found(**known), words.pop(FITTED, []), config["prior"])
    fit.held_out, fit.run = {name: words[name] for name in config["held_out"] if name in words}, config["run"]
    return fit


def _under(prefix: str, arrays: checkpoint.Arrays) -> checkpoint.Arrays:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
