"""Python's own lists, tuples and ranges; texts and sets are refused."""

from __future__ import annotations

import numpy as np

from mlekit.data.labels import Column, Foreign, Level, Reader
from mlekit.data.objects import objects
from mlekit.errors import DataError

PLAIN = {int, float, bool}


def read_list(data: list[Level] | tuple[Level, ...], what: str) -> Column:
    """Return a list or tuple: plain numbers as NumPy would have them; anything else value by value."""
    kinds = set(map(type, data))
    if kinds <= PLAIN:
        values = np.asarray(data)
        if values.dtype.kind != "O" and (float in kinds or values.dtype.kind != "f" or not kinds):
            return values
    return objects(list(data), what)


def _refuse(why: str) -> Reader:
    def refuse(data: Foreign, what: str) -> Column:
        raise DataError(f"{what} {why} (it is a {type(data).__name__})")

    return refuse


_text = _refuse("is one text: pass a list of values")
_set = _refuse("has no order and holds no value twice: pass a list of all values")

READERS: dict[str, Reader] = {
    "builtins.list": read_list,
    "builtins.tuple": read_list,
    "builtins.range": lambda data, what: np.arange(data.start, data.stop, data.step),
    **dict.fromkeys(("builtins.str", "builtins.bytes", "builtins.bytearray"), _text),
    **dict.fromkeys(("builtins.set", "builtins.frozenset"), _set),
}
FRAMES = {"builtins.dict": lambda data: data}
