"""pandas: extension arrays, also those of a Series and of an Index; text by pandas' own hash table."""

from __future__ import annotations

import numpy as np

from mlekit.data.engines.numpy import read_array
from mlekit.data.engines.pyarrow import read_arrow
from mlekit.data.labels import Array, Column, Foreign, Labels, Reader, encoded, lineage, refuse_dtype, with_missing
from mlekit.data.objects import kind_of, objects


def _read(data: Foreign, what: str) -> Column:
    read = next((DTYPES[name] for name in lineage(type(data.dtype)) if name in DTYPES), refuse_dtype)
    return read(data, what)


def _numpy(data: Foreign, what: str) -> Column:
    read = {"O": _objects, "M": _times, "m": _times}.get(data.dtype.kind, read_array)
    return read(data.to_numpy() if read is read_array else data, what)


def _objects(data: Foreign, what: str) -> Column:
    """Text by pandas' own hash table; all else value by value."""
    try:
        codes, values = data.factorize()
    except TypeError:  # a list or a dict cannot be a key
        return objects(data.to_numpy().tolist(), what)
    levels = values.to_numpy().tolist()
    if {kind_of(kind) for kind in set(map(type, levels))} == {"text"}:
        return encoded(codes, levels, what)
    return objects(data.to_numpy().tolist(), what)


def _text(data: Foreign, what: str) -> Labels:
    codes, values = data.factorize()
    return encoded(codes, values.tolist(), what)


def _times(data: Foreign, what: str) -> Labels:
    codes, values = data.factorize()
    return encoded(codes, list(values), what, "time")


def _category(data: Foreign, what: str) -> Labels:
    return Labels(data.codes.astype(np.int64), data.categories.tolist(), "category")


def _nullable(data: Foreign, what: str) -> Array:
    missing = np.asarray(data.isna())
    values = data.to_numpy(dtype=data.dtype.numpy_dtype, na_value=0)
    return with_missing(values, missing, what) if missing.any() else values


DTYPES: dict[str, Reader] = {
    "numpy.dtype": _numpy,
    "pandas.NumpyEADtype": _numpy,
    "pandas.CategoricalDtype": _category,
    "pandas.StringDtype": _text,
    "pandas.BaseMaskedDtype": _nullable,
    "pandas.ArrowDtype": lambda data, what: read_arrow(data.__arrow_array__(), what),
    "pandas.SparseDtype": lambda data, what: read_array(np.asarray(data), what),
    "pandas.DatetimeTZDtype": _times,
    "pandas.PeriodDtype": _times,
    "pandas.IntervalDtype": _text,
}
READERS: dict[str, Reader] = {
    "pandas.Series": lambda data, what: _read(data.array, what),
    "pandas.MultiIndex": lambda data, what: objects(list(data), what),
    "pandas.Index": lambda data, what: _read(data.array, what),
    "pandas.ExtensionArray": _read,
}
FRAMES = {"pandas.DataFrame": lambda data: data}
