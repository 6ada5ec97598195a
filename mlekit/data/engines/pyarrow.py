"""pyarrow: arrays and chunked arrays, by the names of their types."""

from __future__ import annotations

import re
import sys

import numpy as np

from mlekit.data.engines.numpy import read_array
from mlekit.data.labels import Column, Foreign, Integers, Labels, Reader, encoded, lineage, refuse_dtype, with_missing
from mlekit.data.objects import labels, objects


def read_arrow(data: Foreign, what: str) -> Column:
    """Return an array or chunked array as a column."""
    name = re.match("[a-z_]*", str(data.type))
    return DTYPES.get(name[0] if name else "", refuse_dtype)(data, what)


def _numbers(data: Foreign, what: str) -> Column:
    return read_array(data.to_numpy(zero_copy_only=False), what)


def _integers(data: Foreign, what: str) -> Column:
    if not data.null_count:
        return _numbers(data, what)
    values, missing = data.fill_null(0), data.is_null()
    return with_missing(values.to_numpy(zero_copy_only=False), missing.to_numpy(zero_copy_only=False), what)


def _text(data: Foreign, what: str, ordered_by: str = "sorted") -> Labels:
    encoding = _whole(data.dictionary_encode())
    return encoded(_codes(encoding), encoding.dictionary.to_pylist(), what, ordered_by)


def _dictionary(data: Foreign, what: str) -> Labels:
    """The caller's order where the type says `ordered`; else a dictionary is how text was packed, in no order."""
    whole = _whole(data)
    codes, levels = _codes(whole), whole.dictionary.to_pylist()
    if whole.type.ordered:
        return Labels(codes, levels, "category")
    known = labels(levels, what)  # a dictionary may hold a null, or a value twice
    return Labels(np.append(known.codes, -1)[codes], known.levels, known.ordered_by).used()


def _whole(data: Foreign) -> Foreign:
    """One array of the chunks."""
    return data.combine_chunks() if "pyarrow.ChunkedArray" in lineage(type(data)) else data


def _codes(whole: Foreign) -> Integers:
    return whole.indices.cast("int64").fill_null(-1).to_numpy(zero_copy_only=False)


def _times(data: Foreign, what: str) -> Labels:
    return _text(data, what, "time")


def _table(data: Foreign) -> Foreign:
    return _without_views(sys.modules["pyarrow"].Table.from_batches([data]))


def _without_views(data: Foreign) -> Foreign:
    """The same table with text and bytes instead of views of them, whose rows pyarrow cannot take."""
    pa = sys.modules["pyarrow"]
    plain = {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}
    if not any(field.type in plain for field in data.schema):
        return data
    return data.cast(pa.schema([field.with_type(plain.get(field.type, field.type)) for field in data.schema]))


DTYPES: dict[str, Reader] = {
    **dict.fromkeys(("int", "uint"), _integers),
    **dict.fromkeys(("float", "double", "halffloat", "bool", "null"), _numbers),
    **dict.fromkeys(("string", "large_string", "binary", "large_binary"), _text),
    **dict.fromkeys(("date", "timestamp", "time", "duration"), _times),
    **dict.fromkeys(("string_view", "binary_view"), lambda data, what: objects(data.to_pylist(), what)),
    "decimal": lambda data, what: _numbers(data.cast("float64"), what),
    "dictionary": _dictionary,
}
READERS: dict[str, Reader] = {"pyarrow.Array": read_arrow, "pyarrow.ChunkedArray": read_arrow}
FRAMES = {"pyarrow.Table": _without_views, "pyarrow.RecordBatch": _table}
BACKEND = "pyarrow"
