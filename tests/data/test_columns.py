"""A column is numbers or labels, whatever held it; what is no column says why."""

from __future__ import annotations

import array
from collections import deque
from dataclasses import FrozenInstanceError
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from mlekit.data.columns import Labels, column, is_table, key, numbers
from mlekit.errors import DataError

KEPT = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
]


def values_of(read: Any) -> list[Any]:
    """A column as a list, with None where a value is missing."""
    if isinstance(read, Labels):
        return read.tolist()
    return [None if value != value else value for value in read.tolist()]


@pytest.mark.parametrize("dtype", KEPT)
def test_a_numpy_array_is_neither_copied_nor_converted(dtype: str) -> None:
    data = np.array([0, 1, 1], dtype=dtype)
    assert column(data) is data


@pytest.mark.parametrize("dtype", KEPT)
def test_a_strided_or_empty_array_is_kept(dtype: str) -> None:
    data = np.zeros((4, 2), dtype=dtype)[:, 1]
    assert column(data) is data
    assert column(data[:0]).dtype == dtype


@pytest.mark.parametrize("dtype", [">f8", ">i4", ">u2"])
def test_foreign_bytes_become_native(dtype: str) -> None:
    read = column(np.array([1, 2], dtype=dtype))
    assert read.dtype.isnative
    assert read.tolist() == [1, 2]


def test_longdouble_is_rounded_to_float64() -> None:
    read = column(np.array([1.5, np.nan], dtype=np.longdouble))
    assert read.dtype == np.float64
    assert values_of(read) == [1.5, None]


@pytest.mark.skipif(np.finfo(np.longdouble).max == np.finfo(float).max, reason="longdouble is float64 here")
def test_longdouble_beyond_float64_names_the_row() -> None:
    with pytest.raises(DataError, match=r"row 1 .* no float64 can hold"):
        column(np.array([1, np.longdouble(10) ** 4000], dtype=np.longdouble))


def test_a_subclass_of_ndarray_is_an_array(tmp_path: Any) -> None:
    data = np.memmap(tmp_path / "x", dtype=float, shape=3, mode="w+")
    assert type(column(data)) is np.ndarray
    assert np.shares_memory(column(data), data)


@pytest.mark.parametrize(
    "data", [[1, 0, 1], (1, 0, 1), deque([1, 0, 1]), array.array("b", [1, 0, 1]), memoryview(b"\1\0\1")]
)
def test_whole_numbers_stay_whole(data: Any) -> None:
    read = column(data)
    assert read.dtype.kind in "iu"
    assert read.tolist() == [1, 0, 1]


def test_a_range_is_its_numbers() -> None:
    assert column(range(5, 0, -2)).tolist() == [5, 3, 1]
    assert column(range(3)).dtype == np.int64


def test_a_generator_is_consumed_once() -> None:
    seen = []
    data = (seen.append(i) or i for i in range(4))
    assert column(data).tolist() == [0, 1, 2, 3]
    assert seen == [0, 1, 2, 3]
    assert column(iter("ba")).levels == ["a", "b"]
    assert column({"a": 1.5}.values()).tolist() == [1.5]


def test_what_can_be_an_array_is_one() -> None:
    class Own:
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
            return np.array([1.0, 2.0])

    assert column(Own()).tolist() == [1.0, 2.0]


def test_bools_stay_bools() -> None:
    assert column([True, False]).dtype == bool
    assert column([True, 0.5]).dtype == np.float64
    assert column([True, 2]).tolist() == [1, 2]


@pytest.mark.parametrize("data", [[], (), np.array([]), iter(())])
def test_nothing_is_an_empty_column(data: Any) -> None:
    assert len(column(data)) == 0


def test_numpy_text_is_labels() -> None:
    for data in (np.array(["b", "a", "b"]), np.array(["b", "a", "b"], dtype=object), np.array(["b", "a", "b"], "T")):
        read = column(data)
        assert (read.codes.tolist(), read.levels, read.ordered_by) == ([1, 0, 1], ["a", "b"], "sorted")
        assert all(type(level) is str for level in read.levels)
    assert column(np.array([b"b", b"a"])).levels == [b"a", b"b"]


def test_what_is_masked_is_missing() -> None:
    mask = [False, True, False]
    assert values_of(column(np.ma.array([1, 2, 3], mask=mask))) == [1.0, None, 3.0]
    assert values_of(column(np.ma.array([1.5, 2.5, np.nan], mask=mask))) == [1.5, None, None]
    assert values_of(column(np.ma.array(["a", "b", "c"], mask=mask))) == ["a", None, "c"]
    assert values_of(column(np.ma.array([True, False, True], mask=mask))) == [1.0, None, 1.0]
    assert column(np.ma.array([1, 2])).dtype == np.int64
    days = np.array(["2020-01-02", "2020-01-03", "2020-01-01"], "M8[ns]")
    assert key(np.ma.array(days, mask=mask)).codes.tolist() == [1, -1, 0]


def test_data_are_never_changed() -> None:
    given = np.ma.array([1, 2, 3], mask=[0, 1, 0])
    missing = [1, None, 3]
    text = np.array(["a", np.nan], dtype=object)
    for data in (given, missing, text):
        before = list(data)
        column(data)
        assert list(map(str, before)) == list(map(str, data))


def test_integers_beyond_2_to_53_stay_themselves() -> None:
    big = 2**53 + 1
    assert column([big, 1]).tolist() == [big, 1]
    assert column([2**63, 1]).dtype == np.uint64
    assert column(np.array([big])).tolist() == [big]


def test_an_integer_that_a_float_would_change_is_an_error_that_names_the_row() -> None:
    big = 2**53 + 1
    for data in ([1, big, None], np.ma.array([1, big, 3], mask=[0, 0, 1]), [2**63, 2**70 + 1, -1], [0.5, 10**400]):
        with pytest.raises(DataError, match=r"row [01] is \d+, which no float64 can hold"):
            column(data)
    assert column([2**53, None])[0] == 2.0**53
    assert column([2**80, -1]).tolist() == [2.0**80, -1.0]
    assert column(np.ma.array([1, big], mask=[0, 1]))[0] == 1  # what is masked has no value


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({1, 2}, "pass a list"),
        (frozenset([1]), "pass a list"),
        ({"x": [1]}, "name the column"),
        ("abc", "one text"),
        (b"abc", "one text"),
        (bytearray(b"abc"), "one text"),
        (3, r"one value, 3: pass a list, as in \[3\]"),
        (None, "one value"),
        (np.float64(3), r"shape \(\).*\[3.0\]"),
        (np.zeros((3, 1)), r"shape \(3, 1\).*x\[:, 0\]"),
        (np.zeros((3, 2)), r"shape \(3, 2\).*np.ravel\(x\)"),
        (np.ma.zeros((3, 2)), "np.ravel"),
        ([[1, 2], [3, 4]], "row 0 is .1, 2. .list."),
        ([[1], [3, 4]], "row 0 is .1. .list."),
        ([1, {"a": 2}], "row 1 is .* .dict."),
        (np.array([1j]), "dtype complex128.*x.real"),
        ([1, 2j], "row 1 is 2j .complex."),
        (np.zeros(2, [("a", float)]), "name the column"),
        (np.array(["2020-01-01"], "M8[D]"), r"dates or times \(datetime64\[D\]\).*days"),
        (np.array([3], "m8[s]"), r"timedelta64\[s\].*days"),
        (np.array([b""], dtype="V2"), "dtype |V2"),
    ],
)
def test_what_is_no_column_says_what_to_do(data: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        column(data)


def test_messages_name_the_argument() -> None:
    with pytest.raises(DataError, match=r"^weights "):
        column({1, 2}, "weights")


def test_dates_are_keys_in_order_of_time() -> None:
    days = np.array(["2020-03-01", "2020-01-01", "NaT", "2020-03-01"], dtype="M8[D]")
    read = key(days)
    assert read.codes.tolist() == [1, 0, -1, 1]
    assert read.levels == [days[1], days[0]]
    assert read.ordered_by == "time"
    assert key([1, 2]).tolist() == [1, 2]


def test_numbers_are_not_text() -> None:
    assert numbers([1, 2]).tolist() == [1, 2]
    with pytest.raises(DataError, match="weights: row 2 is 'two', which is not a number"):
        numbers(["1", None, "two", "three"], "weights")
    with pytest.raises(DataError, match="numbers written as text"):
        numbers(["1", "2.5"])


def test_labels_take_rows_and_keep_levels() -> None:
    read = column(["b", "a", None, "c"])
    assert len(read) == 4
    taken = read.take(np.array([True, False, True, False]))
    assert (taken.codes.tolist(), taken.levels) == ([1, -1], ["a", "b", "c"])
    assert read[np.array([3])].codes.tolist() == [2]
    assert column(read) is read


def test_labels_in_use_have_a_row() -> None:
    read = column(["b", "a", None, "c"])
    used = read[np.array([3, 2, 0])].used()
    assert (used.codes.tolist(), used.levels) == ([1, -1, 0], ["b", "c"])
    assert read.used() is read
    own = Labels(np.array([1]), ["z", "a"], "category")
    assert own.used() is own


def test_labels_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        column(["a"]).levels = []


@pytest.mark.parametrize(
    "data", [{"x": [1]}, np.zeros((2, 2)), [[1, 2]], ((1, 2),), [{"a": 1}], [np.zeros(2)], np.zeros(1, [("a", int)])]
)
def test_several_columns_are_a_table(data: Any) -> None:
    assert is_table(data)


@pytest.mark.parametrize("data", [[1, 2], [], (), np.zeros(3), "abc", 3, None, range(3), {1}, iter([[1]]), Decimal(1)])
def test_one_column_is_no_table(data: Any) -> None:
    assert not is_table(data)
