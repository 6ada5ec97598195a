"""Find language models by name.

A model is a file of `lm/models`, or a network in a file of `lm/networks`: the file `neural_bigram.py` makes both
`lm.NeuralBigram` and `--model neural_bigram`. There is no list to edit, and no other name imports anything.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from mlekit.errors import UnknownName, nearest
from mlekit.registry import Registry, letters

if TYPE_CHECKING:
    from torch import nn

    from lm.model import LanguageModel

models: Registry[type[LanguageModel]] = Registry("lm.models", "model")
networks: Registry[type[nn.Module]] = Registry("lm.networks", "network")


def model(name: str) -> type[LanguageModel]:
    """Return the class of a model.

    Parameters
    ----------
    name : str
        Name of its file or of its class.

    Returns
    -------
    type

    Raises
    ------
    UnknownName
        If there is no such model.

    Examples
    --------
    >>> model("bigram"), model("Bigram")
    (<class 'lm.models.bigram.Bigram'>, <class 'lm.models.bigram.Bigram'>)
    """
    file = label(name)
    if file in models:
        return models.get(file)
    from lm.network import model as model_of

    return model_of(networks.get(file), file)


def label(name: str) -> str:
    """Return the name of a model as `--model` takes it.

    Parameters
    ----------
    name : str
        Name of its file or of its class.

    Returns
    -------
    str

    Raises
    ------
    UnknownName
        If there is no such model.

    Examples
    --------
    >>> label("NeuralBigram"), label("MLP")
    ('neural_bigram', 'mlp')
    """
    found = next((file for file in names() if letters(file) == letters(name)), None)
    if found is None:
        raise UnknownName(f"there is no model {name!r}: {nearest(name, names())}")
    return found


def names() -> list[str]:
    """Return the names of all models as `--model` takes them.

    Returns
    -------
    list of str

    Examples
    --------
    >>> "bigram" in names()
    True
    """
    return sorted([*models.names, *networks.names])


def public() -> list[str]:
    """Return the names of all models as Python spells them, without importing the models.

    Returns
    -------
    list of str

    Examples
    --------
    >>> {"NeuralBigram", "GRU"} <= set(public())
    True
    """
    return sorted([*models.public, *networks.public])


def options(name: str) -> list[str]:
    """Return the names of the arguments that a model takes.

    Parameters
    ----------
    name : str
        Name of the model.

    Returns
    -------
    list of str

    Examples
    --------
    >>> "order" in options("ngram"), "order" in options("bigram")
    (True, False)
    """
    return [option for option in inspect.signature(model(name)).parameters if option != "vocabulary"]
