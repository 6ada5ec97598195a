"""Columns of Python objects: the type of each value says what it is, and a column holds values of one kind.

Numbers (int, float, bool, Decimal, Fraction, NumPy scalars), text, bytes, or dates; missing values may stand among
them. Two kinds in one column are an error that names the row of the rarer one.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import count

import numpy as np

from mlekit.data.labels import Array, Column, Labels, Level, encoded, exact_float, lineage
from mlekit.errors import DataError

KINDS = {
    "builtins.int": "number",
    "builtins.float": "number",
    "builtins.bool": "number",
    "numpy.integer": "number",
    "numpy.floating": "number",
    "numpy.bool": "number",
    "numpy.bool_": "number",
    "decimal.Decimal": "number",
    "fractions.Fraction": "number",
    "builtins.str": "text",
    "builtins.bytes": "bytes",
    "builtins.NoneType": "missing",
    "pandas.NAType": "missing",
    "pandas.NaTType": "missing",
    "datetime.date": "time",
    "datetime.time": "time",
    "datetime.timedelta": "time",
    "numpy.datetime64": "time",
    "numpy.timedelta64": "time",
    "pandas.Period": "time",
}


def objects(values: list[Level], what: str) -> Column:
    """Return numbers or labels from a list of Python values.

    >>> objects([True, None, False], "data")
    array([ 1., nan,  0.])
    """
    kinds = _kinds(values)
    if kinds > {"number"}:  # a NaN among text or dates is a missing value
        values = [None if kind_of(type(value)) == "number" and value != value else value for value in values]
        kinds = _kinds(values)
    if len(kinds) > 1 or "other" in kinds:
        raise _not_one_kind(values, kinds, what)
    if kinds <= {"number"}:
        return _numbers(values, what)
    return labels(values, what, "time" if kinds == {"time"} else "sorted")


@cache
def kind_of(kind: type) -> str:
    """Return what a Python type is to statistics: number, text, bytes, time, missing or other."""
    return next((KINDS[name] for name in lineage(kind) if name in KINDS), "other")


def labels(values: list[Level], what: str, ordered_by: str = "sorted") -> Labels:
    """Return labels of values that can be keys of a dict; one that is missing, or unlike itself (NaT), has code -1."""
    if np.str_ in set(map(type, values)):
        values = [value.item() if type(value) is np.str_ else value for value in values]
    places: defaultdict[Level, int] = defaultdict(count().__next__)  # a value met for the first time: the next place
    met = np.fromiter(map(places.__getitem__, values), np.int64, len(values))
    known = [place for value, place in places.items() if kind_of(type(value)) != "missing" and value == value]
    distinct = list(places)
    codes = np.full(len(distinct), -1)
    codes[known] = np.arange(len(known))
    return encoded(codes[met], [distinct[place] for place in known], what, ordered_by)


def _numbers(values: list[Level], what: str) -> Array:
    """Bools stay bools and integers integers; beside a missing value or another number they are float64."""
    kinds = set(map(type, values))
    if kinds <= {bool, np.bool_}:
        return np.array(values, dtype=bool)
    if all(issubclass(kind, (int, np.integer)) for kind in kinds):
        for dtype in (np.int64, np.uint64):
            try:
                return np.array(values, dtype=dtype)
            except OverflowError:
                continue
    missing = {kind for kind in kinds if kind_of(kind) == "missing"}
    floats = [np.nan if type(v) in missing else exact_float(v, i, what) for i, v in enumerate(values)]
    return np.array(floats, dtype=np.float64)


def _kinds(values: list[Level]) -> set[str]:
    return {kind_of(kind) for kind in set(map(type, values))} - {"missing"}


def _not_one_kind(values: list[Level], kinds: set[str], what: str) -> DataError:
    """The error of a mixed column: the first row of the rarest kind, or of a kind that is not a value at all."""
    rows = {kind: [row for row, value in enumerate(values) if kind_of(type(value)) == kind] for kind in sorted(kinds)}
    odd = "other" if "other" in rows else min(rows, key=lambda kind: len(rows[kind]))
    row = rows[odd][0]
    found = f"{what}: row {row} is {values[row]!r:.60}"
    if odd == "other":
        return DataError(f"{found} ({type(values[row]).__name__}): pass one number or label per row")
    rest = " and ".join(kind for kind in rows if kind != odd)
    return DataError(f"{found}, {odd} in a column of {rest}: make them one kind, or None if a value is missing")
