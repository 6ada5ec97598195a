"""narwhals: the columns and frames of the library that it wraps."""

from __future__ import annotations

from mlekit.data.engines._lookup import reader
from mlekit.data.labels import Column, Foreign, Reader


def _read(data: Foreign, what: str) -> Column:
    native = data.to_native()
    return reader(type(native))(native, what)


READERS: dict[str, Reader] = {"narwhals.Series": _read}
FRAMES = {"narwhals.DataFrame": lambda data: data.to_native()}
LAZY = {"narwhals.LazyFrame": "data.collect()"}
