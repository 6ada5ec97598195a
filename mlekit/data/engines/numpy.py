"""NumPy's arrays, masked arrays among them."""

from __future__ import annotations

import numpy as np

from mlekit.data.engines.builtins import read_list
from mlekit.data.labels import Array, Column, Floats, Foreign, Labels, Reader, exact_float, with_missing
from mlekit.errors import DataError

KEPT = "?bBhHiIlLqQefd"  # the dtypes that stay as they are


def read_array(data: Array, what: str) -> Column:
    """Return an array of any dtype as a column; a DataError if it has not one dimension."""
    if data.dtype.names is not None:
        raise DataError(f"{what} is a structured array, which is a table: name the column that is meant")
    if data.ndim != 1:
        raise DataError(f"{what} has the shape {data.shape}, but a column has one dimension{_flatter(data)}")
    if data.dtype.char in KEPT:
        return data if data.dtype.isnative else data.astype(data.dtype.newbyteorder("="))
    return DTYPES.get(data.dtype.kind, _refuse)(data, what)


def _masked(data: np.ma.MaskedArray[Foreign, Foreign], what: str) -> Column:
    """A masked array: what is masked is missing."""
    values, missing = np.asarray(data), np.ma.getmaskarray(data)
    if values.ndim != 1 or not missing.any():
        return read_array(values, what)
    if values.dtype.kind in "fiub":
        return with_missing(values, missing, what)
    if values.dtype.kind in "mM":
        return read_array(np.where(missing, np.array("NaT", values.dtype), values), what)
    return read_list([None if gone else v for v, gone in zip(values.tolist(), missing, strict=True)], what)


def _long_double(data: Array, what: str) -> Floats:
    """Extended precision, rounded to float64."""
    with np.errstate(over="ignore"):
        floats = data.astype(np.float64)
    for row in np.flatnonzero(np.isinf(floats)):
        exact_float(data[row], int(row), what)
    return floats


def _times(data: Array, what: str) -> Labels:
    """datetime64 and timedelta64 as labels."""
    levels, codes = np.unique(data, return_inverse=True)
    known = int(np.count_nonzero(~np.isnat(levels)))  # NaT is sorted to the end
    return Labels(np.where(codes < known, codes, -1), list(levels[:known]), "time")


def _refuse(data: Array, what: str) -> Column:
    hint = "x.real, x.imag or abs(x)" if data.dtype.kind == "c" else "real numbers or labels"
    raise DataError(f"{what} has the dtype {data.dtype}: pass {hint}")


def _flatter(data: Array) -> str:
    """The call that makes one column of an array."""
    if data.ndim == 0:
        return f": pass a list, as in [{data}]"
    if data.shape[1:] == (1,):
        return ": pass x[:, 0]"
    return ": pass one column, x[:, 0], or all values, np.ravel(x)"


DTYPES: dict[str, Reader] = {
    **dict.fromkeys("OUST", lambda data, what: read_list(data.tolist(), what)),
    "f": _long_double,
    "M": _times,
    "m": _times,
}
READERS: dict[str, Reader] = {
    "numpy.ndarray": lambda data, what: read_array(np.asarray(data), what),
    "numpy.MaskedArray": _masked,
}
ARRAYS = {"numpy.ndarray"}
