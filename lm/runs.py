"""Runs of lm.train: what was asked for, the words it goes with, and the folder where it all is.

A run's plan is every option by name. It is kept in the folder, so that `--resume` needs nothing beside `--out`, and
refuses what would make another run of it.
"""

from __future__ import annotations

import hashlib
from argparse import Namespace
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from lm import checkpoint, files, find, lock, record
from lm.command import tell
from lm.corpus import names, read, split
from lm.fit import Fit
from lm.vocabulary import Vocabulary
from mlekit.errors import DataError, LoadError, OptionError

Parts = dict[str, list[str]]

FITTED = record.FITTED
USUAL: dict[str, Any] = {"model": "gru", "seed": 0, "unit": "char"}
RUNS = Path("runs")  # where a run goes that names no folder
SECONDS = 20.0  # of a net, if nothing is said; in 45 a GRU learns the shipped names by heart unless it has dropout
MODEL = ("width", "layers", "heads", "context", "dropout", "order", "smoothing")  # options that some models have
SOLVER = ("batch", "lr")
BUDGET = ("steps", "seconds")
SAME = ("model", "unit", "seed", "prior", "weight_sd", *MODEL, *SOLVER)  # what a run that goes on has in common


@dataclass
class Run:
    """A run: its plan, its words, and what an earlier process left."""

    plan: dict[str, Any]
    parts: Parts  # the words to learn from are FITTED
    before: Fit | None = None
    training: checkpoint.Arrays = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        return self.before is not None and bool(self.before.run["finished"])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Every token of all the words, those that are held out among them."""
        return Vocabulary.of([word for part in self.parts.values() for word in part], self.plan["unit"])

    @cached_property
    def codes(self) -> checkpoint.Arrays:
        """The words as a file has them."""
        return record.encoded(self.vocabulary, self.parts)

    @property
    def held_out(self) -> Parts:
        return {name: words for name, words in self.parts.items() if name != FITTED}


def begun(asked: Namespace) -> Run:
    """A new run."""
    given = {**USUAL, **{name: value for name, value in vars(asked).items() if value is not None}}
    model = named(asked)
    plan: dict[str, Any] = {name: given.get(name) for name in (*SAME, *BUDGET)} | {"model": model}
    refuse_what_it_lacks(plan)
    if find.model(model).trains and plan["steps"] is plan["seconds"] is None:
        plan["seconds"] = SECONDS
    words = its_words(asked)
    plan |= {"data": fingerprint(words), "finished": False}
    return Run(plan, parted(words, plan["seed"]))


def named(asked: Namespace) -> str:
    """The model, as its file has it."""
    return find.label(asked.model or USUAL["model"])


def its_words(asked: Namespace) -> list[str]:
    """The words of the file, or the shipped list."""
    lowercase, encoding = bool(asked.lowercase), asked.encoding or "utf-8"
    return names() if asked.data is None else read(asked.data, encoding=encoding, lowercase=lowercase)


def refuse_what_it_lacks(plan: Mapping[str, Any]) -> None:
    """An option that this model does not have is a mistake."""
    known = find.options(plan["model"])
    for name in () if find.model(plan["model"]).trains else SOLVER:
        if plan[name] is not None:
            raise OptionError(f"--{name}: a {plan['model']} is counted at once, and has no steps")
    for name in MODEL:
        if plan[name] is not None and name not in known:
            has = ", ".join(f"--{option}" for option in MODEL if option in known)
            raise OptionError(f"--{name}: {plan['model']} has no such option; it has {has or 'none of these'}")


def resumed(folder: Path, asked: Namespace) -> Run:
    """The run in a folder, which is the one that is asked for."""
    before, training = files.opened(folder)
    if not before.run:
        raise LoadError(
            f"{folder} holds a model that was saved by fit.save, not a run of lm.train: name another folder"
        )
    for name in SAME:
        given = getattr(asked, name)
        given = find.label(given) if name == "model" and given is not None else given
        if given is not None and given != before.run[name]:
            flag, was = f"--{name.replace('_', '-')}", before.run[name]
            raise OptionError(
                f"--resume: the run in {folder} is {f'without {flag}' if was is None else f'of {flag} {was}'}, "
                f"not {given}; name another folder for a new run"
            )
    if asked.data is not None and fingerprint(its_words(asked)) != before.run["data"]:
        raise OptionError(f"--resume: the run in {folder} is of other words; name another folder for a new run")
    plan = dict(before.run)
    budget = {name: getattr(asked, name) for name in BUDGET}
    if any(value is not None for value in budget.values()) and not plan["finished"]:
        plan |= budget
    if "told" not in training:  # it begins anew
        plan.pop("taken", None)
    return Run(plan, {FITTED: before.words, **before.held_out}, before, training)


def fingerprint(words: list[str]) -> str:
    """What tells a list of words from any other."""
    return hashlib.sha256("\n".join(words).encode("utf-8", "surrogatepass")).hexdigest()


def parted(words: list[str], seed: int) -> Parts:
    """The words to learn from, those to watch on the way, and those to test with at the end."""
    if len(set(words)) < 3:
        raise DataError(
            f"a run needs three distinct words, to learn from, to watch and to test with; here are {len(set(words))}"
        )
    rest, test = split(words, seed=seed)
    train, watch = split(rest, seed=seed)
    return {FITTED: train, "watch": watch, "test": test}


@contextmanager
def claimed(asked: Namespace) -> Generator[tuple[Path, Run]]:
    """The folder of a run, where no other process is, and the run; a mistake in what is asked for leaves no folder."""
    if asked.out is None and asked.resume:
        raise OptionError("--resume needs --out DIR: which run is to go on?")
    new = None if holds_a_run(asked.out) else begun(asked)
    fresh = asked.out is None or not asked.out.exists()
    folder = new_folder(named(asked)) if asked.out is None else made(asked.out)
    try:
        with lock.held(folder):
            there = holds_a_run(folder)
            if there and not asked.resume:
                raise OptionError(f"--out {folder} holds a run: go on with it by --resume, or name another folder")
            if asked.resume and not there:
                tell(f"nothing was saved in {folder}: it begins as a new run")
            yield folder, resumed(folder, asked) if there else new or begun(asked)
    except BaseException:
        if fresh:
            emptied(folder)
        raise


def holds_a_run(folder: Path | None) -> bool:
    """Whether something was saved there."""
    return folder is not None and (folder / checkpoint.NAME).exists()


def emptied(folder: Path) -> None:
    """Takes away a folder in which nothing was saved."""
    if [path.name for path in folder.iterdir()] == [lock.NAME]:
        (folder / lock.NAME).unlink()
        folder.rmdir()
        if folder.parent == RUNS and not any(RUNS.iterdir()):
            RUNS.rmdir()


def followed(asked: Namespace) -> Run:
    """The run of the first of several processes, for the others: they read, and leave its folder alone."""
    return resumed(asked.out, asked) if asked.resume and holds_a_run(asked.out) else begun(asked)


def new_folder(model: str) -> Path:
    """The first of runs/MODEL-1, runs/MODEL-2, ... that is not there yet."""
    number, runs = 1, made(RUNS)
    while True:
        try:
            (runs / f"{model}-{number}").mkdir()
        except FileExistsError:
            number += 1
        else:
            return runs / f"{model}-{number}"


def made(folder: Path) -> Path:
    """The folder, there now."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OptionError(f"--out {folder}: {error.strerror}; name a new folder in one that exists") from error
    return folder
