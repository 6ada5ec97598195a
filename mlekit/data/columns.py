"""One column, whatever held it: a 1-D array of numbers, or labels.

    column([1, 0, 1])                   array([1, 0, 1])
    column(["b", None, "a"])            Labels(codes=[1, -1, 0], levels=["a", "b"], ordered_by="sorted")

What becomes of a type:

    bool, int8 ... uint64, float16, float32, float64    kept as they are and not copied: each value of them is exact
                                                        where a law needs it, and sums are taken in float64
    longdouble, Decimal, Fraction                       float64, rounded as a decimal number is when it is read
    missing: None, NaN, pd.NA, null, masked             NaN (the numbers become float64), or code -1 of labels
    text, categories                                    Labels: in the order of a Categorical or Enum, else sorted
    dates, times, durations                             refused as data; good as keys of groups (`key`)

Integers stay integers, so that a key beyond 2**53 stays itself. Where one has to become a float here (beside a missing
value, or beyond 64 bits) and a float64 cannot hold it, that is a DataError: two numbers never become one in silence.

Libraries are known by the names of their types, so that none is imported in order to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from mlekit.errors import DataError

Array = np.ndarray[Any, Any]

KEPT = "?bBhHiIlLqQefd"  # the NumPy dtypes that stay as they are
PLAIN = {int, float, bool}
ENGINES = {"pandas", "polars", "pyarrow", "torch", "narwhals"}
FRAMES = {
    "builtins.dict",
    "cudf.DataFrame",
    "mlekit.Table",
    "modin.DataFrame",
    "narwhals.DataFrame",
    "pandas.DataFrame",
    "polars.DataFrame",
    "pyarrow.RecordBatch",
    "pyarrow.Table",
}
LAZY = {  # and the call that makes a frame of them
    "dask.DataFrame": "data.compute()",
    "duckdb.DuckDBPyRelation": "data.df()",
    "ibis.Table": "data.to_pandas()",
    "narwhals.LazyFrame": "data.collect()",
    "polars.LazyFrame": "data.collect()",
    "pyspark.DataFrame": "data.toPandas()",
}


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """A column of categories: `levels[codes[i]]` is the value of row i, and a code of -1 is a missing one."""

    codes: Array  # int64
    levels: list[Any]  # the user's values, in order
    ordered_by: str  # "category": the caller's order; "sorted"; "time": dates, sorted

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: Array) -> Labels:
        """The rows of a mask or an index; every level stays."""
        return Labels(self.codes[rows], self.levels, self.ordered_by)

    __getitem__ = take

    def tolist(self) -> list[Any]:
        """The user's values, None where one is missing."""
        values = [*self.levels, None]
        return [values[code] for code in self.codes.tolist()]

    def used(self) -> Labels:
        """The same rows without levels that none of them has; an order that the caller gave stays whole."""
        present = np.zeros(len(self.levels) + 1, dtype=bool)
        present[self.codes] = True  # the last place is the one that a code of -1 takes
        if self.ordered_by == "category" or present[:-1].all():
            return self
        present[-1] = False
        rank = np.where(present, np.cumsum(present) - 1, -1)
        return Labels(rank[self.codes], [self.levels[i] for i in np.flatnonzero(present)], self.ordered_by)


Column = Array | Labels
Reader = Callable[[Any, str], Column]


def column(data: Any, what: str = "data") -> Column:
    """Numbers or labels from whatever one column is held in, unchanged and, where it can be, uncopied.

    >>> column([1, None, 3])
    array([ 1., nan,  3.])
    """
    if type(data) is np.ndarray and data.ndim == 1 and data.dtype.char in KEPT and data.dtype.isnative:
        return data
    read = key(data, what)
    if isinstance(read, Labels) and read.ordered_by == "time":
        raise DataError(
            f"{what} holds dates or times ({dtype_of(data)}): turn them into numbers of a unit that you choose,"
            " such as days, (x - x.min()) / np.timedelta64(1, 'D')"
        )
    return read


def key(data: Any, what: str = "by") -> Column:
    """As `column`, for keys of groups: dates and times are welcome, as labels in order of time."""
    return reader(type(data))(data, what)


def numbers(data: Any, what: str = "data") -> Array:
    """A column that has to be numbers; of text the first row that is none is named.

    >>> numbers(["1", "two"], "weights")
    Traceback (most recent call last):
    mlekit.errors.DataError: weights: row 1 is 'two', which is no number
    """
    read = column(data, what)
    if not isinstance(read, Labels):
        return read
    wrong = [code for code, level in enumerate(read.levels) if not _spells_a_number(level)]
    rows = np.flatnonzero(np.isin(read.codes, wrong))
    if len(rows):
        raise DataError(f"{what}: row {rows[0]} is {read.levels[read.codes[rows[0]]]!r}, which is no number")
    raise DataError(f"{what} are numbers written as text: convert them first, as in [float(v) for v in values]")


def missing_of(values: Any) -> Array | None:
    """Return a mask of the rows without a value; None if there are none."""
    if isinstance(values, Labels):
        gone = values.codes < 0
    elif values.dtype.kind == "f":
        gone = np.isnan(values) if values.ndim == 1 else np.isnan(values).any(axis=1)
    else:
        return None
    return gone if gone.any() else None


def is_table(data: Any) -> bool:
    """Whether data hold columns with names or places: a frame, a dict, a matrix, rows of rows. Imports nothing."""
    if type(data) is np.ndarray:
        return data.ndim == 2 or data.dtype.names is not None
    if type(data) in (list, tuple):
        return len(data) > 0 and isinstance(data[0], (list, tuple, dict, np.ndarray))
    return is_frame(type(data)) or getattr(data, "ndim", 1) == 2 or is_record(data)


def is_record(data: Any) -> bool:
    """Whether data are a structured NumPy array: its fields are columns."""
    return getattr(getattr(data, "dtype", None), "names", None) is not None


@cache
def is_frame(kind: type) -> bool:
    """Whether a type is a frame of a library known by name, lazy ones included."""
    return any(name in FRAMES or name in LAZY for name in lineage(kind))


@cache
def reader(kind: type) -> Reader:
    """The function that reads a type: its own, that of its nearest base, or that of anything that can be iterated."""
    for name in lineage(kind):
        if name in FRAMES or name in LAZY:
            return _refused("is a table: name the column that is meant")
        if name in READERS:
            return READERS[name]
        if name.partition(".")[0] in ENGINES:
            from mlekit.data import engines

            if name in engines.READERS:
                return engines.READERS[name]
    return _anything


def lineage(kind: type) -> list[str]:
    """Type and bases as "library.Name", nearest first: `lineage(type(series))[0] == "pandas.Series"`."""
    return [f"{base.__module__.partition('.')[0]}.{base.__qualname__}" for base in kind.__mro__]


def index_of(data: Any) -> Any:
    """The row index of a frame or column of pandas; None of whatever has none."""
    return data.index if {"pandas.DataFrame", "pandas.Series"} & set(lineage(type(data))) else None


def dtype_of(data: Any) -> str:
    """What to call the type of data in a message: its dtype, or the type of its values."""
    return str(getattr(data, "dtype", None) or getattr(data, "type", None) or type(data).__name__)


def encoded(codes: Array, values: list[Any], what: str, ordered_by: str = "sorted") -> Labels:
    """Labels with sorted levels, from codes (-1: missing) into distinct values in any order."""
    try:
        order = sorted(range(len(values)), key=values.__getitem__)
    except TypeError as wrong:
        raise DataError(f"{what}: the values cannot be put in order ({wrong}): make them of one type") from None
    rank = np.full(len(values) + 1, -1)  # the last place is the one that a code of -1 takes
    rank[order] = np.arange(len(values))
    return Labels(rank[codes], [values[i] for i in order], ordered_by)


def with_missing(values: Array, missing: Array, what: str) -> Array:
    """Float64 with NaN where missing; a DataError where an integer would not survive it."""
    floats = values.astype(np.float64)
    for row in np.flatnonzero((np.abs(floats) >= 2.0**53) & ~missing) if values.dtype.kind in "iu" else ():
        exact_float(int(values[row]), row, what)
    floats[missing] = np.nan
    return floats


def exact_float(value: Any, row: Any, what: str) -> float:
    """A number as a float; a DataError where that is another integer, or infinity."""
    try:
        number = float(value)
    except (OverflowError, ValueError):  # beyond 1e308; a signalling NaN of Decimal
        number = np.inf
    if number != value and (type(value) is int or np.isinf(number)):
        raise DataError(
            f"{what}: row {row} is {value}, which no float64 can hold: subtract an origin, divide by a unit,"
            " or pass floats if rounding is meant"
        )
    return number


def read_array(data: Array, what: str) -> Column:
    """A NumPy array of any dtype and shape."""
    if data.dtype.names is not None:
        raise DataError(f"{what} is a structured array, which is a table: name the column that is meant")
    if data.ndim != 1:
        raise DataError(f"{what} has the shape {data.shape}, and one dimension is needed{_flatter(data)}")
    if data.dtype.char in KEPT:
        return data if data.dtype.isnative else data.astype(data.dtype.newbyteorder("="))
    return ARRAYS.get(data.dtype.kind, _no_numbers)(data, what)


def read_list(data: list[Any] | tuple[Any, ...], what: str) -> Column:
    """A list or tuple: plain numbers as NumPy would have them; anything else value by value."""
    kinds = set(map(type, data))
    if kinds <= PLAIN:
        values = np.asarray(data)
        if values.dtype.kind != "O" and (float in kinds or values.dtype.kind != "f" or not kinds):
            return values
    from mlekit.data.objects import objects

    return objects(list(data), what)


def _anything(data: Any, what: str) -> Column:
    """What is an array to NumPy, else what can be iterated, once."""
    if getattr(data, "__array__", None) is not None:
        return read_array(np.asarray(data), what)
    try:
        values: Iterable[Any] = iter(data)
    except TypeError:
        raise DataError(f"{what} is one value, {data!r}: pass a list, as in [{data!r}]") from None
    return read_list(list(values), what)


def _masked(data: Any, what: str) -> Column:
    """A masked array: what is masked is missing."""
    values, missing = np.asarray(data), np.ma.getmaskarray(data)
    if values.ndim != 1 or not missing.any():
        return read_array(values, what)
    if values.dtype.kind in "fiub":
        return with_missing(values, missing, what)
    if values.dtype.kind in "mM":
        return read_array(np.where(missing, np.array("NaT", values.dtype), values), what)
    return read_list([None if gone else v for v, gone in zip(values.tolist(), missing, strict=True)], what)


def _long_double(data: Array, what: str) -> Array:
    """Extended precision, rounded to float64."""
    with np.errstate(over="ignore"):
        floats = data.astype(np.float64)
    for row in np.flatnonzero(np.isinf(floats)):
        exact_float(data[row], row, what)
    return floats


def _times(data: Array, what: str) -> Labels:
    """NumPy's datetime64 and timedelta64 as labels."""
    levels, codes = np.unique(data, return_inverse=True)
    known = int(np.count_nonzero(~np.isnat(levels)))  # NaT is sorted to the end
    return Labels(np.where(codes < known, codes, -1), list(levels[:known]), "time")


def _no_numbers(data: Array, what: str) -> Column:
    hint = ": take x.real, x.imag or abs(x)" if data.dtype.kind == "c" else ""
    raise DataError(f"{what} has the dtype {data.dtype}, and real numbers or labels are needed{hint}")


def _refused(why: str) -> Reader:
    def refuse(data: Any, what: str) -> Column:
        raise DataError(f"{what} {why} (it is a {type(data).__name__})")

    return refuse


def _flatter(data: Array) -> str:
    """The call that makes one column of an array."""
    if data.ndim == 0:
        return f": pass a list, as in [{data}]"
    if data.shape[1:] == (1,):
        return ": pass x[:, 0]"
    return ": pass one column, x[:, 0], or all values, np.ravel(x)"


def _spells_a_number(level: Any) -> bool:
    try:
        float(level)
    except (TypeError, ValueError):
        return False
    return True


ARRAYS: dict[str, Reader] = {
    "O": lambda data, what: read_list(data.tolist(), what),
    "U": lambda data, what: read_list(data.tolist(), what),
    "S": lambda data, what: read_list(data.tolist(), what),
    "T": lambda data, what: read_list(data.tolist(), what),
    "f": _long_double,
    "M": _times,
    "m": _times,
}

READERS: dict[str, Reader] = {
    "builtins.list": read_list,
    "builtins.tuple": read_list,
    "builtins.range": lambda data, what: np.arange(data.start, data.stop, data.step),
    "builtins.str": _refused("is one text: pass a list of values"),
    "builtins.bytes": _refused("is one text: pass a list of values"),
    "builtins.bytearray": _refused("is one text: pass a list of values"),
    "builtins.set": _refused("has no order and holds no value twice: pass a list of all values"),
    "builtins.frozenset": _refused("has no order and holds no value twice: pass a list of all values"),
    "mlekit.Labels": lambda data, what: data,
    "numpy.ndarray": lambda data, what: read_array(np.asarray(data), what),
    "numpy.MaskedArray": _masked,
}
