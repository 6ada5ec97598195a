"""The pictures of a fit by name: `fit.plot("likelihood")` is drawn by the file of that name.

A new kind of picture is one new file, with one `Kind` in it.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from ....errors import OptionError, nearest
from ..sheet import Panel, figure
from ._kind import Kind

MOST = 6  # panels in fit.plot()


def plot(fit: Any, kind: str | None, params: Any, ax: Any) -> Any:
    """The picture of that name, or those that answer the first questions one would ask of this fit."""
    names = _names(params)
    return figure(_first(fit, names) if kind is None else _named(fit, kind, names), ax)


def _names(params: Any) -> list[str] | None:
    if params is None:
        return None
    names = [params] if isinstance(params, str) else list(params) if isinstance(params, Iterable) else []
    if not names:
        raise OptionError(f"params={params!r}: give the name of a parameter or column, or a list of names")
    return names


def _first(fit: Any, names: list[str] | None) -> list[Panel]:
    """Of every kind that has a place: all of it, or what it knows of the names."""
    suited = [kind for kind in kinds().values() if not kind.absent(fit)]
    placed = [(place, kind) for kind in suited if (place := kind.place(fit)) is not None]
    ordered = [kind for _, kind in sorted(placed, key=lambda it: it[0])]
    if not ordered:
        why = next(filter(None, (kind.absent(fit) for kind in kinds().values())), "")
        raise OptionError(f"no picture to begin with: {why}; this fit has {_listed(fit)}")
    if names is None:
        return [panel for kind in ordered for panel in kind.panels(fit, None)][:MOST]
    _check(names, (name for kind in ordered for name in kind.known(fit)))
    mine = [(kind, [name for name in names if name in kind.known(fit)]) for kind in ordered]
    return [panel for kind, some in mine if some for panel in kind.panels(fit, some)][:MOST]


def _named(fit: Any, kind: str, names: list[str] | None) -> list[Panel]:
    every = kinds()
    if str(kind) not in every:
        raise OptionError(f"kind={kind!r}: {nearest(str(kind), list(every))}; this fit has {_listed(fit)}")
    why = every[kind].absent(fit)
    if why:
        raise OptionError(f"kind={kind!r}: {why}; this fit has {_listed(fit)}")
    _check(names or (), every[kind].known(fit))
    return every[kind].panels(fit, names)


def _check(names: Iterable[str], known: Iterable[str]) -> None:
    listed = list(dict.fromkeys(known))
    for name in names:
        if name not in listed:
            raise OptionError(f"params: this picture knows no {name!r}; {nearest(name, listed)}")


def _listed(fit: Any) -> str:
    """The kinds that this fit has."""
    suited = [name for name, kind in kinds().items() if not kind.absent(fit)]
    return f"the pictures {', '.join(map(repr, suited))}" if suited else "no picture"


def kinds() -> dict[str, Kind]:
    """The files of this folder by name, each with the class of its name."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    return {name: getattr(import_module(f"{__name__}.{name}"), name.capitalize())() for name in names}
