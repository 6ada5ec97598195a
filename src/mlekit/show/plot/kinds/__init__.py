"""The pictures of a fit by name: `fit.plot("likelihood")` is drawn by the file of that name.

A new kind of picture is one new file, with one `Kind` in it.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from ....errors import OptionError, nearest
from ..sheet import Panel, figure
from ._kind import Kind

MOST = 6  # panels in fit.plot()


def plot(fit: Any, kind: str | None, params: Any, ax: Any) -> Any:
    """The picture of that name, or those that answer the first questions one would ask of this fit."""
    names = _asked(fit, params)
    found = _first(fit, names) if kind is None else _named(fit, kind, names)
    return figure(found, ax)


def _asked(fit: Any, params: Any) -> list[str] | None:
    """The parameters that are asked for; None: all of them."""
    if params is None:
        return None
    names = [params] if isinstance(params, str) else list(params)
    known = list(fit.params.keys())
    for name in names:
        if name not in known:
            raise OptionError(f"params: this fit has no parameter {name!r}; {nearest(name, known)}")
    return names


def _first(fit: Any, names: list[str] | None) -> list[Panel]:
    suited = [kind for kind in kinds().values() if not kind.absent(fit)]
    placed = [(place, kind) for kind in suited if (place := kind.place(fit)) is not None]
    ordered = sorted(placed, key=lambda it: it[0])
    return [panel for _, kind in ordered for panel in kind.panels(fit, names)][:MOST]


def _named(fit: Any, kind: str, names: list[str] | None) -> Sequence[Panel]:
    every = kinds()
    suited = [name for name, it in every.items() if not it.absent(fit)]
    if kind not in every:
        raise OptionError(f"kind={kind!r}: {nearest(kind, suited)}; this fit has the pictures {_listed(suited)}")
    why = every[kind].absent(fit)
    if why:
        raise OptionError(f"kind={kind!r}: {why}; this fit has the pictures {_listed(suited)}")
    return every[kind].panels(fit, names)


def _listed(names: list[str]) -> str:
    return ", ".join(map(repr, names))


def kinds() -> dict[str, Kind]:
    """The files of this folder by name, each with the class of its name."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    return {name: getattr(import_module(f"{__name__}.{name}"), name.capitalize())() for name in names}
