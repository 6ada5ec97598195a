"""Columns of pandas, polars, pyarrow and torch: a reader for each type, and nothing imported.

Text is encoded by the library that holds it, which is quicker than any loop here; only the distinct values are sorted
in Python. Each library has a table from its dtypes to readers.
"""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np

from mlekit.data.columns import Array, Column, Labels, Reader, dtype_of, encoded, key, lineage, read_array, with_missing
from mlekit.data.objects import kind_of, labels, objects
from mlekit.errors import DataError

# pandas: extension arrays, those of a Series and an Index too


def _pandas(data: Any, what: str) -> Column:
    read = next((PANDAS[name] for name in lineage(type(data.dtype)) if name in PANDAS), _unknown)
    return read(data, what)


def _pandas_numpy(data: Any, what: str) -> Column:
    read = {"O": _pandas_objects, "M": _pandas_times, "m": _pandas_times}.get(data.dtype.kind, read_array)
    return read(data.to_numpy() if read is read_array else data, what)


def _pandas_objects(data: Any, what: str) -> Column:
    """Text by pandas' own hash table; all else value by value."""
    try:
        codes, values = data.factorize()
    except TypeError:  # a list or a dict is no key
        return objects(data.to_numpy().tolist(), what)
    levels = values.to_numpy().tolist()
    if {kind_of(kind) for kind in set(map(type, levels))} == {"text"}:
        return encoded(codes, levels, what)
    return objects(data.to_numpy().tolist(), what)


def _pandas_text(data: Any, what: str) -> Labels:
    codes, values = data.factorize()
    return encoded(codes, values.tolist(), what)


def _pandas_times(data: Any, what: str) -> Labels:
    codes, values = data.factorize()
    return encoded(codes, list(values), what, "time")


def _pandas_category(data: Any, what: str) -> Labels:
    return Labels(data.codes.astype(np.int64), data.categories.tolist(), "category")


def _pandas_nullable(data: Any, what: str) -> Array:
    missing = np.asarray(data.isna())
    values = data.to_numpy(dtype=data.dtype.numpy_dtype, na_value=0)
    return with_missing(values, missing, what) if missing.any() else values


PANDAS: dict[str, Reader] = {
    "numpy.dtype": _pandas_numpy,
    "pandas.NumpyEADtype": _pandas_numpy,
    "pandas.CategoricalDtype": _pandas_category,
    "pandas.StringDtype": _pandas_text,
    "pandas.BaseMaskedDtype": _pandas_nullable,
    "pandas.ArrowDtype": lambda data, what: key(data.__arrow_array__(), what),
    "pandas.SparseDtype": lambda data, what: key(np.asarray(data), what),
    "pandas.DatetimeTZDtype": _pandas_times,
    "pandas.PeriodDtype": _pandas_times,
    "pandas.IntervalDtype": _pandas_text,
}

# polars


def _polars(data: Any, what: str) -> Column:
    return POLARS.get(data.dtype.base_type().__name__, _polars_numbers)(data, what)


def _polars_numbers(data: Any, what: str) -> Column:
    if not (data.dtype.is_numeric() or data.dtype.base_type().__name__ == "Boolean"):
        return _unknown(data, what)
    if data.dtype.is_integer() and data.null_count():
        return with_missing(data.fill_null(0).to_numpy(), data.is_null().to_numpy(), what)
    return read_array(data.to_numpy(), what)


def _polars_text(data: Any, what: str) -> Labels:
    return _polars_categorical(data.cast(sys.modules["polars"].Categorical), what)


def _polars_categorical(data: Any, what: str) -> Labels:
    """By polars' own ids, which leave gaps (columns share them) and mean no order; an id's last row has its text."""
    ids = _polars_codes(data)
    row = np.full(ids.max(initial=-1) + 2, -1)  # the last place is the one of an id of -1
    row[ids] = np.arange(len(ids))
    used = np.flatnonzero(row[:-1] >= 0)
    text = data[row[used]].cast(sys.modules["polars"].String).alias("text").to_frame().with_row_index("place")
    text = text.sort("text", multithreaded=False)
    rank = np.full(len(row), -1)
    rank[used[text["place"].to_numpy()]] = np.arange(len(used))
    return Labels(rank[ids], text["text"].to_list(), "sorted")


def _polars_enum(data: Any, what: str) -> Labels:
    return Labels(_polars_codes(data), data.dtype.categories.to_list(), "category")


def _polars_codes(data: Any) -> Array:
    return data.to_physical().cast(sys.modules["polars"].Int64).fill_null(-1).to_numpy()


def _polars_times(data: Any, what: str) -> Labels:
    known = data.drop_nulls()
    _, row, places = np.unique(known.to_physical().to_numpy(), return_index=True, return_inverse=True)
    codes = np.full(len(data), -1)
    codes[data.is_not_null().to_numpy()] = places
    return Labels(codes, known[row].to_list(), "time")


def _polars_objects(data: Any, what: str) -> Column:
    return objects(data.to_list(), what)


POLARS: dict[str, Reader] = {
    "String": _polars_text,
    "Categorical": _polars_categorical,
    "Enum": _polars_enum,
    "Decimal": lambda data, what: data.cast(sys.modules["polars"].Float64).to_numpy(),
    "Int128": _polars_objects,
    "UInt128": _polars_objects,
    "Null": _polars_objects,
    "Object": _polars_objects,
    "Binary": _polars_objects,
    "Date": _polars_times,
    "Datetime": _polars_times,
    "Duration": _polars_times,
    "Time": _polars_times,
}

# pyarrow


def _arrow(data: Any, what: str) -> Column:
    name = re.match("[a-z_]*", str(data.type))
    return ARROW.get(name[0] if name else "", _unknown)(data, what)


def _arrow_numbers(data: Any, what: str) -> Column:
    return read_array(data.to_numpy(zero_copy_only=False), what)


def _arrow_integers(data: Any, what: str) -> Column:
    if not data.null_count:
        return _arrow_numbers(data, what)
    values, missing = data.fill_null(0), data.is_null()
    return with_missing(values.to_numpy(zero_copy_only=False), missing.to_numpy(zero_copy_only=False), what)


def _arrow_text(data: Any, what: str, ordered_by: str = "sorted") -> Labels:
    encoding = _whole(data.dictionary_encode())
    return encoded(_arrow_codes(encoding), encoding.dictionary.to_pylist(), what, ordered_by)


def _arrow_dictionary(data: Any, what: str) -> Labels:
    """The caller's order where the type says `ordered`; else a dictionary is how text was packed, in no order."""
    whole = _whole(data)
    codes, levels = _arrow_codes(whole), whole.dictionary.to_pylist()
    if whole.type.ordered:
        return Labels(codes, levels, "category")
    known = labels(levels, what)  # a dictionary may hold a null, or a value twice
    return Labels(np.append(known.codes, -1)[codes], known.levels, known.ordered_by).used()


def _whole(data: Any) -> Any:
    """One array of the chunks."""
    return data.combine_chunks() if "pyarrow.ChunkedArray" in lineage(type(data)) else data


def _arrow_codes(whole: Any) -> Array:
    return whole.indices.cast("int64").fill_null(-1).to_numpy(zero_copy_only=False)


def _arrow_times(data: Any, what: str) -> Labels:
    return _arrow_text(data, what, "time")


ARROW: dict[str, Reader] = {
    **dict.fromkeys(("int", "uint"), _arrow_integers),
    **dict.fromkeys(("float", "double", "halffloat", "bool", "null"), _arrow_numbers),
    **dict.fromkeys(("string", "large_string", "binary", "large_binary"), _arrow_text),
    **dict.fromkeys(("date", "timestamp", "time", "duration"), _arrow_times),
    "string_view": lambda data, what: objects(data.to_pylist(), what),
    "decimal": lambda data, what: _arrow_numbers(data.cast("float64"), what),
    "dictionary": _arrow_dictionary,
}

# torch


def _torch(data: Any, what: str) -> Column:
    """A tensor from wherever it lies, without its gradient; what NumPy has no dtype for becomes float32."""
    try:
        values = data.detach().cpu().resolve_conj().resolve_neg()
        values = values.float() if str(values.dtype).startswith(("torch.bfloat", "torch.float8")) else values
        return read_array(values.numpy(), what)
    except (TypeError, RuntimeError, NotImplementedError) as wrong:
        raise DataError(f"{what} is a tensor that cannot be read ({wrong}): pass a dense one") from None


def _unknown(data: Any, what: str) -> Column:
    raise DataError(f"{what} has the dtype {dtype_of(data)}: numbers, booleans, text or categories are needed")


READERS: dict[str, Reader] = {
    "pandas.Series": lambda data, what: _pandas(data.array, what),
    "pandas.MultiIndex": lambda data, what: objects(list(data), what),
    "pandas.Index": lambda data, what: _pandas(data.array, what),
    "pandas.ExtensionArray": _pandas,
    "polars.Series": _polars,
    "pyarrow.Array": _arrow,
    "pyarrow.ChunkedArray": _arrow,
    "torch.Tensor": _torch,
    "narwhals.Series": lambda data, what: key(data.to_native(), what),
}
