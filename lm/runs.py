"""Runs of `python -m lm.train`: the plan, the words, and the folder.

The plan of a run has every option by name. It is kept in the folder, so that `--resume` needs nothing but `--out`, and
refuses options that would make it another run.
"""

from __future__ import annotations

import hashlib
from argparse import Namespace
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from lm import checkpoint, find, lock
from lm.aliases import Settings
from lm.command import report
from lm.corpus import names, read, split
from lm.files import load_state
from lm.fit import Fit
from lm.folders import has_run, make_folder, new_folder, remove_if_empty
from lm.record import FITTED, encoded
from lm.vocabulary import Vocabulary
from mlekit.errors import DataError, LoadError, OptionError

Parts = dict[str, list[str]]
Plan = dict[str, Any]

DEFAULTS: Plan = {"model": "gru", "seed": 0, "unit": "char"}
SECONDS = 20.0  # default budget of a network; in 45 a GRU without dropout memorises the shipped names
MODEL = ("width", "layers", "heads", "context", "dropout", "order", "smoothing")  # options that some models have
SOLVER = ("batch", "lr")
BUDGET = ("steps", "seconds")
SAME = ("model", "unit", "seed", "prior", "weight_sd", *MODEL, *SOLVER)  # what a resumed run has to have in common
BEST = "best/"  # prefix of the weights in the state of a training; before its first step the state has no others


@dataclass
class Run:
    """Plan and words of a run, and what an earlier process saved of it.

    Attributes
    ----------
    plan : dict
    parts : dict of str to list of str
        The words, by what they are for; those to fit are "fitted".
    before : Fit or None
        The fit that an earlier process saved.
    training : dict of str to ndarray
        State of a training that is not finished.
    """

    plan: Plan
    parts: Parts
    before: Fit | None = None
    training: checkpoint.Arrays = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """True if an earlier process finished the run."""
        return self.before is not None and bool(self.before.run["finished"])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Vocabulary of all words, the held-out ones included."""
        return Vocabulary.of([word for part in self.parts.values() for word in part], self.plan["unit"])

    @cached_property
    def codes(self) -> checkpoint.Arrays:
        """The words as codes, for a file."""
        return encoded(self.vocabulary, self.parts)

    @property
    def held_out(self) -> Parts:
        """The words that are not fitted."""
        return {name: words for name, words in self.parts.items() if name != FITTED}


def new_run(asked: Namespace) -> Run:
    """Return a new run.

    Parameters
    ----------
    asked : Namespace
        Options of `python -m lm.train`.

    Returns
    -------
    Run

    Raises
    ------
    DataError
        If there are fewer than three distinct words.
    OptionError
        If the model does not have an option.
    """
    given = {**DEFAULTS, **{name: value for name, value in vars(asked).items() if value is not None}}
    model = model_name(asked)
    plan: Plan = {name: given.get(name) for name in (*SAME, *BUDGET)} | {"model": model}
    check_options(plan)
    if find.model(model).trains and plan["steps"] is plan["seconds"] is None:
        plan["seconds"] = SECONDS
    words = read_words(asked)
    plan |= {"data": fingerprint(words), "finished": False}
    return Run(plan, split_words(words, plan["seed"]))


def model_name(asked: Namespace) -> str:
    """Return the name of the model: that of its file."""
    return find.label(asked.model or DEFAULTS["model"])


def read_words(asked: Namespace) -> list[str]:
    """Return the words of the file, or the shipped list."""
    lowercase, encoding = bool(asked.lowercase), asked.encoding or "utf-8"
    return names() if asked.data is None else read(asked.data, encoding=encoding, lowercase=lowercase)


def check_options(plan: Settings) -> None:
    """Raise an OptionError if the model does not have an option of the plan."""
    known = find.options(plan["model"])
    for name in () if find.model(plan["model"]).trains else SOLVER:
        if plan[name] is not None:
            raise OptionError(f"--{name}: a {plan['model']} is estimated from counts, without steps; leave it out")
    for name in MODEL:
        if plan[name] is not None and name not in known:
            has = ", ".join(f"--{option}" for option in MODEL if option in known)
            raise OptionError(f"--{name}: {plan['model']} has no such option; it has {has or 'none of these'}")


def resumed_run(folder: Path, asked: Namespace) -> Run:
    """Return the run that is saved in a folder, if the options are those it was begun with.

    Parameters
    ----------
    folder : Path
    asked : Namespace
        Options of `python -m lm.train`.

    Returns
    -------
    Run

    Raises
    ------
    LoadError
        If the folder has a fit that is not a run, or is damaged.
    OptionError
        If an option would make it another run.
    """
    before, training = load_state(folder)
    if not before.run:
        raise LoadError(
            f"{folder} has a model that was saved by fit.save, which is not a run of lm.train: name another folder"
        )
    _check_same(folder, asked, before.run)
    plan = dict(before.run)
    budget = {name: getattr(asked, name) for name in BUDGET}
    if any(value is not None for value in budget.values()) and not plan["finished"]:
        plan |= budget
    if all(name.startswith(BEST) for name in training):  # no step was saved
        plan.pop("taken", None)
    return Run(plan, {FITTED: before.words, **before.held_out}, before, training)


def _check_same(folder: Path, asked: Namespace, plan: Settings) -> None:
    """Raise an OptionError if an option differs from that of the plan."""
    for name in SAME:
        given = getattr(asked, name)
        given = find.label(given) if name == "model" and given is not None else given
        if given is not None and given != plan[name]:
            flag, was = f"--{name.replace('_', '-')}", plan[name]
            begun = f"without {flag}" if was is None else f"with {flag} {was}"
            raise OptionError(
                f"--resume: the run in {folder} was begun {begun}, not {given}; name another folder for a new run"
            )
    if asked.data is not None and fingerprint(read_words(asked)) != plan["data"]:
        raise OptionError(f"--resume: the run in {folder} has other words; name another folder for a new run")


def fingerprint(words: list[str]) -> str:
    """Return a checksum that identifies a list of words.

    Parameters
    ----------
    words : list of str

    Returns
    -------
    str

    Examples
    --------
    >>> fingerprint(["ava", "emma"])[:8]
    'eb6b62bc'
    """
    return hashlib.sha256("\n".join(words).encode("utf-8", "surrogatepass")).hexdigest()


def split_words(words: list[str], seed: int) -> Parts:
    """Split words into those to fit, those to watch during the training, and those to test with at the end.

    Parameters
    ----------
    words : list of str
    seed : int

    Returns
    -------
    dict of str to list of str

    Raises
    ------
    DataError
        If there are fewer than three distinct words.

    Examples
    --------
    >>> split_words(["ava", "emma", "mia"], seed=0)
    {'fitted': ['emma'], 'watch': ['ava'], 'test': ['mia']}
    """
    if len(set(words)) < 3:
        raise DataError(
            "a run needs three distinct words, to learn, to watch and to test with; "
            f"here are {len(set(words))}: give more words"
        )
    rest, test = split(words, seed=seed)
    train, watch = split(rest, seed=seed)
    return {FITTED: train, "watch": watch, "test": test}


@contextmanager
def open_run(asked: Namespace) -> Generator[tuple[Path, Run]]:
    """Hold the folder of a run, locked for other processes; a mistake in the options leaves no new folder.

    Parameters
    ----------
    asked : Namespace
        Options of `python -m lm.train`.

    Yields
    ------
    folder : Path
    run : Run
    """
    if asked.out is None and asked.resume:
        raise OptionError("--resume needs --out DIR, the folder of the run to continue")
    new = None if has_run(asked.out) else new_run(asked)
    fresh = asked.out is None or not asked.out.exists()
    folder = new_folder(model_name(asked)) if asked.out is None else make_folder(asked.out)
    try:
        with lock.locked(folder):
            there = has_run(folder)
            if there and not asked.resume:
                raise OptionError(f"--out {folder} has a run: continue it with --resume, or name another folder")
            if asked.resume and not there:
                report(f"nothing was saved in {folder}: this is a new run")
            yield folder, resumed_run(folder, asked) if there else new or new_run(asked)
    except BaseException:
        if fresh:
            remove_if_empty(folder)
        raise


def shared_run(asked: Namespace) -> Run:
    """Return the run of the first of several processes for the others, which do not write to its folder."""
    return resumed_run(asked.out, asked) if asked.resume and has_run(asked.out) else new_run(asked)
