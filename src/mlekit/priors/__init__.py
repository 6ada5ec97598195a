"""Beliefs: one prior, one file. `get` turns what a user typed into one."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from ..errors import UnknownName, nearest
from .base import Prior


def get(prior: Any) -> Prior:
    """A Prior, or a frozen scipy law as one.

    >>> import mlekit, scipy.stats
    >>> mlekit.priors.get(scipy.stats.norm(0, 1)).log_density(None, 0.0).round(6).item()
    -0.918939
    """
    if isinstance(prior, Prior):
        return prior
    from .scipy_prior import scipy_prior

    return scipy_prior(prior)


@cache
def names() -> list[str]:
    """The priors there are: the files of this folder.

    >>> import mlekit
    >>> mlekit.priors.names()[:3]
    ['beta', 'dirichlet', 'flat']
    """
    from pathlib import Path

    hidden = {"__init__", "base", "scipy_prior"}
    return sorted(p.stem for p in Path(__file__).parent.glob("*.py") if p.stem not in hidden)


def _class_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def __getattr__(name: str) -> Any:
    for known in names():
        if _class_name(known) == name:
            return getattr(import_module(f"{__name__}.{known}"), name)
    raise UnknownAttribute(f"mlekit.priors has no {name!r}: {nearest(name, [_class_name(n) for n in names()])}")


class UnknownAttribute(UnknownName, AttributeError):
    """A prior that is not there, asked for as an attribute.

    >>> import mlekit
    >>> mlekit.priors.Betta
    Traceback (most recent call last):
        ...
    mlekit.priors.UnknownAttribute: mlekit.priors has no 'Betta': did you mean 'Beta'?
    """


def __dir__() -> Any:
    return [*globals(), *(_class_name(name) for name in names())]
