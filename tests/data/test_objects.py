"""Python values in a list: one kind a column, missing values among them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlekit.data.columns import Labels, column, key
from mlekit.errors import DataError

NAN = float("nan")


@pytest.mark.parametrize("missing", [None, NAN, np.float32("nan"), pd.NA, pd.NaT, Decimal("NaN")])
def test_missing_values_are_nan_among_numbers(missing: Any) -> None:
    for data in ([1, missing, 3], np.array([1, missing, 3], dtype=object), pd.Series([1, missing, 3], dtype=object)):
        read = column(data)
        assert read.dtype == np.float64
        np.testing.assert_array_equal(read, [1, NAN, 3])


@pytest.mark.parametrize("missing", [None, NAN, np.float32("nan"), pd.NA, pd.NaT])
def test_missing_values_have_no_level_among_text(missing: Any) -> None:
    for data in (
        ["b", missing, "a"],
        np.array(["b", missing, "a"], dtype=object),
        pd.Series(["b", missing, "a"], dtype=object),
    ):
        read = column(data)
        assert (read.codes.tolist(), read.levels) == ([1, -1, 0], ["a", "b"])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([Decimal("1.1"), 2], [1.1, 2.0]),
        ([Fraction(1, 4), 2], [0.25, 2.0]),
        ([np.float32(0.5), np.int8(2)], [0.5, 2.0]),
        ([np.int8(1), 2], [1, 2]),
        ([np.True_, False], [True, False]),
        ([True, None], [1.0, NAN]),
        ([None, None], [NAN, NAN]),
        ([float("inf"), None], [float("inf"), NAN]),
        ([Decimal("Infinity"), Decimal(1)], [float("inf"), 1.0]),
    ],
)
def test_numbers_of_every_kind(data: list[Any], expected: list[Any]) -> None:
    read = column(data)
    assert read.dtype == np.array(expected).dtype
    np.testing.assert_array_equal(read, expected)


def test_a_decimal_beyond_float64_names_the_row() -> None:
    with pytest.raises(DataError, match=r"row 1 is 1E\+400"):
        column([Decimal(1), Decimal("1e400")])


def test_levels_are_the_values_given() -> None:
    assert all(type(level) is str for level in column(list(np.array(["a", "b"]))).levels)
    assert column([b"x", b"a"]).levels == [b"a", b"x"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([1, 2, "x", 4], "prices: row 2 is 'x', text in a column of number"),
        (["a", "b", 3], "row 2 is 3, number in a column of text"),
        (["a", b"b", "c"], "row 1 is b'b', bytes in a column of text"),
        ([1, dt.date(2020, 1, 1), 2], "row 1 is datetime.date.* time in a column of number"),
        ([1, None, "x", 4], "row 2 is 'x'"),
        ([1, "x", object()], "row 2 is <object"),
        (["a", ("b",)], r"row 1 is \('b',\) \(tuple\)"),
        ([True, "yes", True], "row 1 is 'yes'"),
    ],
)
def test_a_mixed_column_names_the_odd_row(data: list[Any], message: str) -> None:
    for given in (data, pd.Series(data, dtype=object)):
        with pytest.raises(DataError, match=message):
            column(given, "prices")


def test_dates_are_no_numbers_but_are_keys() -> None:
    days = [dt.date(2020, 1, 2), None, dt.date(2020, 1, 1)]
    with pytest.raises(DataError, match="dates or times"):
        column(days)
    read = key(days)
    assert isinstance(read, Labels)
    assert (read.codes.tolist(), read.levels) == ([1, -1, 0], [days[2], days[0]])
    assert key([np.datetime64("2020"), np.datetime64("NaT")]).codes.tolist() == [0, -1]


def test_values_without_an_order_are_an_error() -> None:
    with pytest.raises(DataError, match="cannot be put in order"):
        key([dt.date(2020, 1, 1), dt.timedelta(1)])
