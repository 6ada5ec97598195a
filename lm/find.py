"""Models by name: a file of lm/models, or a net of lm/nets. There is no list of them to edit.

    neural_bigram, NeuralBigram      what --model and lm.NeuralBigram say of lm/nets/neural_bigram.py

Only what is found there has a name: no name makes anything else be imported.
"""

from __future__ import annotations

import inspect
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from mlekit.errors import UnknownName, nearest


def model(name: str) -> Any:
    """The model that a name stands for, without options yet.

    >>> model("bigram"), model("Bigram")
    (<class 'lm.models.bigram.Bigram'>, <class 'lm.models.bigram.Bigram'>)
    """
    file = label(name)
    if file in whole():
        return _named(f"lm.models.{file}")
    from lm import network

    return network.model(_named(f"lm.nets.{file}"), file)


def label(name: str) -> str:
    """A model as --model takes it: the name of its file.

    >>> label("NeuralBigram"), label("MLP")
    ('neural_bigram', 'mlp')
    """
    found = next((file for file in names() if _plain(file) == _plain(name)), None)
    if found is None:
        raise UnknownName(f"there is no model {name!r}: {nearest(name, names())}")
    return found


def names() -> list[str]:
    """The models there are, as --model takes them.

    >>> "bigram" in names()
    True
    """
    return sorted([*whole(), *nets()])


def options(name: str) -> list[str]:
    """What the constructor of a model takes by name.

    >>> "order" in options("ngram"), "order" in options("bigram")
    (True, False)
    """
    found = model(name)
    taken = {**inspect.signature(found).parameters, **inspect.signature(getattr(found, "module", found)).parameters}
    return [name for name in taken if name not in ("options", "vocabulary")]


@cache
def whole() -> list[str]:
    """The files of lm/models: models that are more than a net."""
    return _files("models")


@cache
def nets() -> list[str]:
    """The files of lm/nets."""
    return _files("nets")


def _files(room: str) -> list[str]:
    return sorted(path.stem for path in Path(__file__).with_name(room).glob("[!_]*.py"))


def _named(home: str) -> Any:
    """The class of a file that has its name."""
    module, label = import_module(home), home.rpartition(".")[2]
    return next(value for name, value in vars(module).items() if _plain(name) == _plain(label))


@cache
def public(label: str) -> str:
    """The name of a model as Python has it, from its file and without importing it.

    >>> public("neural_bigram"), public("gru")
    ('NeuralBigram', 'GRU')
    """
    room = Path(__file__).with_name("models" if label in whole() else "nets")
    classes = re.findall(r"^class (\w+)", (room / f"{label}.py").read_text("utf-8"), re.MULTILINE)
    return next(name for name in classes if _plain(name) == _plain(label))


def _plain(name: str) -> str:
    """What neural_bigram and NeuralBigram have in common."""
    return name.replace("_", "").lower()
