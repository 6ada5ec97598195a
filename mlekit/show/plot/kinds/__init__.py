"""The pictures of a fit by name: `fit.plot("likelihood")` is drawn by the file of that name.

A new kind of picture is one new file, with one `Kind` in it that is spelled like the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from ....errors import OptionError, nearest
from ....registry import Registry
from ..figures import Panel, figure
from ._kind import Kind

if TYPE_CHECKING:
    from ._kind import AnyFit

MOST = 6  # panels in fit.plot()
_registry = Registry[type[Kind[Any]]](__name__, "picture")


def plot(fit: Any, kind: str | None, params: str | Iterable[str] | None, ax: Any) -> Any:
    """Draw the picture of that name, or those that answer the first questions about a fit."""
    names = _names(params)
    return figure(_first(fit, names) if kind is None else _named(fit, kind, names), ax)


def _names(params: str | Iterable[str] | None) -> list[str] | None:
    if params is None:
        return None
    names = [params] if isinstance(params, str) else list(params) if isinstance(params, Iterable) else []  # pyright: ignore[reportUnnecessaryIsInstance]
    if not names:
        raise OptionError(f"params={params!r}: give the name of a parameter or column, or a list of names")
    return names


def _first(fit: AnyFit, names: list[str] | None) -> list[Panel]:
    """The panels of all kinds that have a place; with names, those that know the names."""
    suited = [kind for kind in kinds().values() if kind.suits(fit)]
    placed = [(place, kind) for kind in suited if (place := kind.place(fit)) is not None]
    ordered = [kind for _, kind in sorted(placed, key=lambda it: it[0])]
    if not ordered:
        reason = next(filter(None, (kind.refusal(fit) for kind in kinds().values())), "")
        raise OptionError(f"this fit has no picture without a kind: {reason}; this fit has {_listed(fit)}")
    if names is None:
        return [panel for kind in ordered for panel in kind.panels(fit, None)][:MOST]
    _check(names, (name for kind in ordered for name in kind.known(fit)))
    known = [(kind, [name for name in names if name in kind.known(fit)]) for kind in ordered]
    return [panel for kind, some in known if some for panel in kind.panels(fit, some)][:MOST]


def _named(fit: AnyFit, kind: str, names: list[str] | None) -> list[Panel]:
    every = kinds()
    if str(kind) not in every:
        raise OptionError(f"kind={kind!r}: {nearest(str(kind), list(every))}; this fit has {_listed(fit)}")
    reason = every[kind].refusal(fit)
    if reason:
        raise OptionError(f"kind={kind!r}: {reason}; this fit has {_listed(fit)}")
    _check(names or (), every[kind].known(fit))
    return every[kind].panels(fit, names)


def _check(names: Iterable[str], known: Iterable[str]) -> None:
    distinct = list(dict.fromkeys(known))
    for name in names:
        if name not in distinct:
            raise OptionError(f"params: this picture has no {name!r}; {nearest(name, distinct)}")


def _listed(fit: AnyFit) -> str:
    """The kinds of pictures of a fit."""
    suited = [name for name, kind in kinds().items() if kind.suits(fit)]
    return f"the pictures {', '.join(map(repr, suited))}" if suited else "no picture"


@cache
def kinds() -> dict[str, Kind[Any]]:
    """Return every kind of picture by its name: the files of this folder."""
    return {name: _registry.get(name)() for name in _registry.names}
