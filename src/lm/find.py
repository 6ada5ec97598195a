"""Models by name: a class of lm.counts, or a file of lm/nets. There is no list of them to edit.

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
    (<class 'lm.counts.Bigram'>, <class 'lm.counts.Bigram'>)
    """
    home = _homes().get(_plain(name))
    if home is None:
        raise UnknownName(f"there is no model {name!r}: {nearest(name, names())}")
    found = next(cls for label, cls in inspect.getmembers(import_module(home)) if _plain(label) == _plain(name))
    if home.rpartition(".")[2] not in nets():
        return found
    from lm import network

    return network.model(found, home.rpartition(".")[2])


def names() -> list[str]:
    """The models there are, as --model takes them.

    >>> "bigram" in names()
    True
    """
    return sorted([*map(snake, counted()), *nets()])


def nets() -> list[str]:
    """The nets there are: the files of lm/nets."""
    return [path.stem for path in Path(__file__).with_name("nets").glob("[!_]*.py")]


def counted() -> list[str]:
    """The counted models: the classes of lm.counts that `fit` takes as family=."""
    from lm import counts
    from mlekit.models import Model

    classes = inspect.getmembers(counts, inspect.isclass)
    return [name for name, cls in classes if issubclass(cls, Model) and cls.__module__ == counts.__name__]


@cache
def _homes() -> dict[str, str]:
    return {
        **{_plain(name): "lm.counts" for name in counted()},
        **{_plain(name): f"lm.nets.{name}" for name in nets()},
    }


def _plain(name: str) -> str:
    """What neural_bigram and NeuralBigram have in common."""
    return name.replace("_", "").lower()


def snake(name: str) -> str:
    """A class by the name that --model takes.

    >>> snake("NeuralBigram"), snake("MLP")
    ('neural_bigram', 'mlp')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
