"""The entry of a type in the file of its library, or in that of its nearest base."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

import numpy as np

from mlekit.data.engines.builtins import read_list
from mlekit.data.engines.numpy import read_array
from mlekit.data.labels import Column, Foreign, Reader, lineage
from mlekit.errors import DataError
from mlekit.registry import Registry

ENGINES = Registry[object]("mlekit.data.engines", "library")


@cache
def reader(kind: type) -> Reader:
    """Return the function that reads a type: its own, that of its nearest base, or that of all iterables."""
    for name in lineage(kind):
        engine = _engine(name)
        if name in engine.get("FRAMES", ()) or name in engine.get("LAZY", ()):
            return _refuse_table
        if name in engine.get("READERS", ()):
            return engine["READERS"][name]
    return _read_anything


@cache
def is_frame(kind: type) -> bool:
    """Return True if a type is a frame, lazy ones included."""
    return frame_maker(kind) is not None or lazy_call(kind) is not None


@cache
def is_array(kind: type) -> bool:
    """Return True if a type is an array, which may have two dimensions."""
    return any(name in _engine(name).get("ARRAYS", ()) for name in lineage(kind))


@cache
def frame_maker(kind: type) -> Callable[[Foreign], Foreign] | None:
    """Return the function that makes a frame which narwhals knows, or a dict of columns; None if it is not a frame."""
    return _entry(kind, "FRAMES")


@cache
def lazy_call(kind: type) -> str | None:
    """Return the call that makes a frame of data that are not in memory; None if they are."""
    return _entry(kind, "LAZY")


@cache
def backend(kind: type) -> str | None:
    """Return the name that narwhals has for the library of a type; None if tables go back as pandas'."""
    found = (_engine(name).get("BACKEND") for name in lineage(kind))
    return next((name for name in found if name is not None), None)


def _entry(kind: type, table: str) -> Foreign:
    found = (_engine(name).get(table, {}).get(name) for name in lineage(kind))
    return next((entry for entry in found if entry is not None), None)


def _engine(name: str) -> Mapping[str, Foreign]:
    """The tables in the file of a type's library."""
    library = name.partition(".")[0]
    return vars(ENGINES.attribute(library)) if library in ENGINES else {}


def _refuse_table(data: Foreign, what: str) -> Column:
    raise DataError(f"{what} is a table: name the column that is meant (it is a {type(data).__name__})")


def _read_anything(data: Foreign, what: str) -> Column:
    """Read an object as NumPy's array if it can be one, else by iterating over it once."""
    if getattr(data, "__array__", None) is not None:
        return read_array(np.asarray(data), what)
    try:
        values: Iterable[Foreign] = iter(data)
    except TypeError:
        raise DataError(f"{what} is one value, {data!r}: pass a list, as in [{data!r}]") from None
    return read_list(list(values), what)
