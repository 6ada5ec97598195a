"""Laws: one law, one file, named as users type it.

`get("gamma")` imports that one file. On a miss the other files are imported and their aliases read.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

from ..errors import OptionError, UnknownName, nearest
from .base import Family

_INSTANCES: dict[str, Family] = {}
_NOT_LAWS = {"__init__", "base", "sufficient"}


def get(family: Any) -> Family:
    """The law that a name, a Family or a scipy.stats distribution stands for.

    >>> import mlekit
    >>> mlekit.families.get("gaussian").name
    'normal'
    """
    if isinstance(family, str):
        return _INSTANCES.get(family) or _named(family)
    return family if isinstance(family, Family) else _foreign(family)


def _foreign(family: Any) -> Family:
    from .made.scipy_law import scipy_law

    return scipy_law(family)


def _named(name: str) -> Family:
    law = _import(name) if name in names() else _aliases().get(name)
    if law is None:
        raise OptionError(f"there is no family {name!r}: {_instead(name)}")
    _INSTANCES[name] = law()
    return _INSTANCES[name]


def _instead(name: str) -> str:
    """scipy's law of that name, which is given as an object; else the names that are nearest."""
    from scipy import stats

    law = vars(stats).get(name.removeprefix("scipy.").removeprefix("stats."))
    if isinstance(law, (stats.rv_continuous, stats.rv_discrete)):
        return f"for scipy's law give the object, import scipy.stats and family=scipy.stats.{law.name}"
    return nearest(name, [*names(), *_aliases()])


def known(name: str) -> bool:
    """Whether a law has this name or alias.

    >>> import mlekit
    >>> mlekit.families.known("gaussian"), mlekit.families.known("nosuch")
    (True, False)
    """
    return name in names() or name in _aliases()


@cache
def names() -> Sequence[str]:
    """The laws there are: the files of this folder.

    >>> import mlekit
    >>> mlekit.families.names()[:3]
    ['bernoulli', 'binomial', 'categorical']
    """
    stems = (file.name.removesuffix(".py") for file in os.scandir(__path__[0]) if file.name.endswith(".py"))
    return sorted(stem for stem in stems if stem not in _NOT_LAWS)


def _import(name: str) -> type[Family]:
    """The law that a file defines: the class of the file's name in capitals."""
    return getattr(import_module(f"{__name__}.{name}"), _class_name(name))


def _class_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


@cache
def _aliases() -> dict[str, type[Family]]:
    return {alias: law for name in names() for law in [_import(name)] for alias in law.aliases}


def list() -> Any:
    """A table of the laws: name, support, parameters, derived, closed form, conjugate priors.

    >>> import mlekit
    >>> mlekit.families.list().loc["gamma", ["support", "parameters", "derived"]].to_dict()
    {'support': 'a positive number', 'parameters': 'mean, shape', 'derived': 'scale, rate, median, sd, variance'}
    """
    import pandas as pd

    return pd.DataFrame([_import(name).describe() for name in names()]).set_index("name")


def __getattr__(name: str) -> Any:
    for known in names():
        if _class_name(known) == name:
            return _import(known)
    if name in names():
        return import_module(f"{__name__}.{name}")
    raise UnknownAttribute(f"mlekit.families has no {name!r}: {nearest(name, [_class_name(n) for n in names()])}")


class UnknownAttribute(UnknownName, AttributeError):
    """A law that is not there, asked for as an attribute.

    >>> import mlekit
    >>> mlekit.families.Gama
    Traceback (most recent call last):
        ...
    mlekit.families.UnknownAttribute: mlekit.families has no 'Gama': did you mean 'Gamma'?
    """


def __dir__() -> Any:
    return [*globals(), *(_class_name(name) for name in names())]
