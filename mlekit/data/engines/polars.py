"""polars: text is encoded by polars itself, and only the distinct values are sorted."""

from __future__ import annotations

import sys

import numpy as np

from mlekit.data.engines.numpy import read_array
from mlekit.data.labels import Column, Foreign, Integers, Labels, Reader, refuse_dtype, with_missing
from mlekit.data.objects import objects


def _read(data: Foreign, what: str) -> Column:
    return DTYPES.get(data.dtype.base_type().__name__, _numbers)(data, what)


def _numbers(data: Foreign, what: str) -> Column:
    if not (data.dtype.is_numeric() or data.dtype.base_type().__name__ == "Boolean"):
        return refuse_dtype(data, what)
    if data.dtype.is_integer() and data.null_count():
        return with_missing(data.fill_null(0).to_numpy(), data.is_null().to_numpy(), what)
    return read_array(data.to_numpy(), what)


def _text(data: Foreign, what: str) -> Labels:
    return _categorical(data.cast(sys.modules["polars"].Categorical), what)


def _categorical(data: Foreign, what: str) -> Labels:
    """By polars' own ids, which leave gaps (columns share them) and mean no order; an id's last row has its text."""
    ids = _codes(data)
    row = np.full(ids.max(initial=-1) + 2, -1)  # the last place is the one of an id of -1
    row[ids] = np.arange(len(ids))
    used = np.flatnonzero(row[:-1] >= 0)
    text = data[row[used]].cast(sys.modules["polars"].String).alias("text").to_frame().with_row_index("place")
    text = text.sort("text", multithreaded=False)
    rank = np.full(len(row), -1)
    rank[used[text["place"].to_numpy()]] = np.arange(len(used))
    return Labels(rank[ids], text["text"].to_list(), "sorted")


def _enum(data: Foreign, what: str) -> Labels:
    return Labels(_codes(data), data.dtype.categories.to_list(), "category")


def _codes(data: Foreign) -> Integers:
    return data.to_physical().cast(sys.modules["polars"].Int64).fill_null(-1).to_numpy()


def _times(data: Foreign, what: str) -> Labels:
    known = data.drop_nulls()
    _, row, places = np.unique(known.to_physical().to_numpy(), return_index=True, return_inverse=True)
    codes = np.full(len(data), -1)
    codes[data.is_not_null().to_numpy()] = places
    return Labels(codes, known[row].to_list(), "time")


def _objects(data: Foreign, what: str) -> Column:
    return objects(data.to_list(), what)


DTYPES: dict[str, Reader] = {
    "String": _text,
    "Categorical": _categorical,
    "Enum": _enum,
    "Decimal": lambda data, what: data.cast(sys.modules["polars"].Float64).to_numpy(),
    **dict.fromkeys(("Int128", "UInt128", "Null", "Object", "Binary"), _objects),
    **dict.fromkeys(("Date", "Datetime", "Duration", "Time"), _times),
}
READERS: dict[str, Reader] = {"polars.Series": _read}
FRAMES = {"polars.DataFrame": lambda data: data}
LAZY = {"polars.LazyFrame": "data.collect()"}
BACKEND = "polars"
