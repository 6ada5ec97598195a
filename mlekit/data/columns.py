"""One column, whatever holds it: a 1-D array of numbers, or labels.

    column([1, 0, 1])                   array([1, 0, 1])
    column(["b", None, "a"])            Labels(codes=[1, -1, 0], levels=["a", "b"], ordered_by="sorted")

The form of each type:

    bool, int8 ... uint64, float16, float32, float64    kept as they are and not copied: each value of them is exact
                                                        where a family needs it, and sums are taken in float64
    longdouble, Decimal, Fraction                       float64, rounded as a decimal number is when it is read
    missing: None, NaN, pd.NA, null, masked             NaN (the numbers become float64), or code -1 of labels
    text, categories                                    Labels: in the order of a Categorical or Enum, else sorted
    dates, times, durations                             refused as data; good as keys of groups (`key`)

Integers stay integers, so that a key beyond 2**53 stays itself. If one has to become a float (beside a missing value,
or beyond 64 bits) and a float64 cannot hold it, that is a DataError: two numbers never become one in silence.

Libraries are known by the names of their types (package `engines`), so that none is imported in order to ask.
"""

from __future__ import annotations

import numpy as np

from mlekit.data.engines._lookup import is_frame, reader
from mlekit.data.engines.numpy import KEPT
from mlekit.data.labels import Array, Column, Foreign, Labels, Level, dtype_of, lineage, missing_of
from mlekit.errors import DataError

__all__ = [
    "Column",
    "Labels",
    "check_index",
    "column",
    "index_of",
    "is_frame",
    "is_record",
    "is_table",
    "key",
    "missing_of",
    "numbers",
]


def column(data: Foreign, what: str = "data") -> Column:
    """Return numbers or labels from one column of any library, unchanged and, if possible, not copied.

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


def key(data: Foreign, what: str = "by") -> Column:
    """Return a column as `column` does, for keys of groups: dates and times become labels in order of time."""
    return reader(type(data))(data, what)


def numbers(data: Foreign, what: str = "data") -> Array:
    """Return a column of numbers; of text the first row that is not a number is named.

    >>> numbers(["1", "two"], "weights")
    Traceback (most recent call last):
    mlekit.errors.DataError: weights: row 1 is 'two', which is not a number
    """
    read = column(data, what)
    if not isinstance(read, Labels):
        return read
    wrong = [code for code, level in enumerate(read.levels) if not _spells_a_number(level)]
    rows = np.flatnonzero(np.isin(read.codes, wrong))
    if len(rows):
        raise DataError(f"{what}: row {rows[0]} is {read.levels[read.codes[rows[0]]]!r}, which is not a number")
    kind = (
        "numbers written as text" if any(isinstance(v, str | bytes) for v in read.levels) else "categories of numbers"
    )
    raise DataError(f"{what} are {kind}: convert them first, as in [float(v) for v in values]")


def is_table(data: Foreign) -> bool:
    """Return True if data hold columns with names or places: a frame, a dict, a matrix, rows of rows."""
    if type(data) is np.ndarray:
        return data.ndim == 2 or data.dtype.names is not None
    if type(data) in (list, tuple):
        return (
            len(data) > 0 and isinstance(data[0], (list, tuple, dict, np.ndarray)) and getattr(data[0], "ndim", 1) != 0
        )
    return is_frame(type(data)) or getattr(data, "ndim", 1) == 2 or is_record(data)


def is_record(data: Foreign) -> bool:
    """Return True if data are a structured NumPy array: its fields are columns."""
    return getattr(getattr(data, "dtype", None), "names", None) is not None


def index_of(data: Foreign) -> Foreign:
    """Return the row index of a frame or column of pandas; None if data have none."""
    return data.index if {"pandas.DataFrame", "pandas.Series"} & set(lineage(type(data))) else None


def check_index(rows: Foreign, index: Foreign, what: str, of: str) -> None:
    """Raise a DataError if two pandas indexes differ, in their order too: rows are paired by position."""
    if rows is None or index is None or len(rows) != len(index) or rows.equals(index):
        return
    row = next((i for i, (a, b) in enumerate(zip(rows, index, strict=True)) if a is not b and a != b), None)
    if row is None:
        return
    raise DataError(
        f"{what} has another index than {of} (row {row}: {index[row]!r} instead of {rows[row]!r}): give {what} in the"
        f" order of {of}, {what}.loc[{of}.index], or without an index, {what}.to_numpy(), if its rows are in that order"
    )


def _spells_a_number(level: Level) -> bool:
    try:
        float(level)
    except (TypeError, ValueError):
        return False
    return True
