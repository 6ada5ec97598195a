"""Groups are numbered in the order of their keys, and sums by group are those of a loop."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlekit.data.columns import column, key
from mlekit.data.groups import Groups, group
from mlekit.errors import DataError, UnknownName


def keys_of(groups: Groups) -> list[Any]:
    """The keys as a list of values, or of tuples."""
    columns = [k if isinstance(k, list) else k.tolist() for k in groups.keys]
    return columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))


KEYS = {
    "small range": [7, 3, 7, 5],
    "wide range": [10**18, -(10**18), 10**18, 0],
    "whole range": np.array([2**63 - 1, -(2**63), 2**63 - 1, 0]),
    "int8": np.array([100, -100, 100, 0], dtype=np.int8),
    "uint8": np.array([255, 0, 255, 7], dtype=np.uint8),
    "uint64": np.array([2**64 - 1, 2**64 - 4, 2**64 - 1, 2**64 - 2], dtype=np.uint64),
    "beyond 2**53": [2**53 + 1, 2**53, 2**53 + 1, 2**53 + 3],
    "bool": [True, False, True, True],
    "float": [1.5, -2.5, 1.5, np.inf],
    "float32": np.array([0.5, 0.25, 0.5, 3], dtype=np.float32),
    "text": ["b", "a", "b", "c"],
    "category": pd.Categorical(["lo", "hi", "lo", "mid"], categories=["never", "lo", "mid", "hi"]),
    "polars": pl.Series(["b", "a", "b", "c"]),
    "enum": pl.Series(["b", "a", "b", "c"], dtype=pl.Enum(["c", "b", "a"])),
    "dates": [dt.date(2020, 1, 2), dt.date(2020, 1, 1), dt.date(2020, 1, 2), dt.date(2021, 1, 1)],
    "datetime64": np.array(["2020-01-02", "2020-01-01", "2020-01-02", "2021-01-01"], dtype="M8[D]"),
}


@pytest.mark.parametrize("data", KEYS.values(), ids=KEYS)
def test_groups_are_those_of_pandas(data: Any) -> None:
    groups = group([key(data)], ["g"])
    series = data.to_pandas() if isinstance(data, pl.Series) else pd.Series(data)
    if isinstance(data, pl.Series):
        series = series if data.dtype == pl.String else series.cat.reorder_categories(data.dtype.categories.to_list())
    expected = series.groupby(series, observed=True).ngroup()
    assert groups.codes.tolist() == expected.tolist()
    assert groups.count == len(set(expected))
    assert groups.codes.dtype == np.intp
    assert [keys_of(groups)[c] for c in groups.codes] == (
        list(data) if groups.keys[0].__class__ is list else np.array(data).tolist()
    )


def test_keys_keep_their_dtype() -> None:
    for dtype in (np.int8, np.uint64, np.float32, bool):
        assert group([np.array([1, 0], dtype=dtype)], ["g"]).keys[0].dtype == dtype


def test_a_category_without_rows_is_no_group() -> None:
    groups = group([column(pd.Categorical(["c"], categories=["a", "b", "c"]))], ["g"])
    assert (groups.count, groups.keys) == (1, [["c"]])


def test_several_columns_are_in_the_order_of_tuples() -> None:
    store, day = column(["b", "a", "b", "a", "b"]), np.array([2, 1, 1, 1, 2])
    groups = group([store, day], ["store", "day"])
    assert keys_of(groups) == [("a", 1), ("b", 1), ("b", 2)]
    assert groups.codes.tolist() == [2, 0, 1, 0, 2]


def test_many_columns_of_many_values_do_not_overflow(rng: np.random.Generator) -> None:
    columns = [rng.integers(-(2**62), 2**62, 100) for _ in range(8)]
    groups = group([*columns, columns[0] % 2], list("abcdefghi"))
    assert groups.count == 100
    assert keys_of(groups) == sorted(zip(*[c.tolist() for c in [*columns, columns[0] % 2]], strict=True))


def test_no_rows_are_no_groups() -> None:
    for data in (np.array([], dtype=int), np.array([]), column(np.array([], dtype=str))):
        groups = group([data, data], ["g", "h"])
        assert (groups.count, len(groups.codes), len(groups.index())) == (0, 0, 0)
        assert groups.bins().tolist() == []


@pytest.mark.parametrize(
    "data", [[1.0, np.nan, 2.0, None], ["a", None, "b", None], pd.Series([1, None, 2, None], dtype="Int64")]
)
def test_a_missing_key_is_an_error_that_names_the_rows(data: Any) -> None:
    with pytest.raises(DataError, match=r"by column 'store' has no value in 2 rows \(1, 3\): .*missing='drop'"):
        group([np.arange(4), column(data)], ["day", "store"])


def test_rows_without_a_key_can_be_dropped() -> None:
    groups = group(
        [np.array([1.0, np.nan, 2.0, 1.0, 5.0]), column(["a", "b", "a", "a", None])], ["x", "g"], missing="drop"
    )
    assert groups.codes.tolist() == [0, -1, 1, 0, -1]
    assert (groups.count, groups.dropped) == (2, 2)
    assert keys_of(groups) == [(1.0, "a"), (2.0, "a")]
    assert groups.bins(None, np.array([1.0, 10.0, 100.0, 1000.0, 1e4])).tolist() == [1001.0, 100.0]
    order, starts = groups.sorted_order()
    assert (order.tolist(), starts.tolist()) == ([0, 3, 2], [0, 2])


def test_groups_of_some_rows_are_those_that_have_one() -> None:
    groups = group([column(["c", "a", None, "b", "c"]), np.array([1, 1, 1, 2, 1])], ["g", "h"], missing="drop")
    some = groups.keep(np.array([True, False, True, True, False]))
    assert (some.codes.tolist(), some.count, some.dropped) == ([1, -1, 0], 2, 1)
    assert keys_of(some) == [("b", 2), ("c", 1)]
    assert keys_of(groups.keep(np.array([1]))) == [("a", 1)]
    assert groups.keep(np.arange(5)).codes.tolist() == groups.codes.tolist()


def test_columns_of_different_length_are_an_error() -> None:
    with pytest.raises(DataError, match="store has 2, day has 3"):
        group([np.arange(2), np.arange(3)], ["store", "day"])


def test_the_index_carries_the_names() -> None:
    one = group([column(["b", "a"])], ["store"]).index()
    assert (one.name, one.tolist()) == ("store", ["a", "b"])
    two = group([column(["b", "a"]), np.array([1, 2])], ["store", "day"]).index()
    assert isinstance(two, pd.MultiIndex)
    assert (list(two.names), two.tolist()) == (["store", "day"], [("a", 2), ("b", 1)])
    assert isinstance(group([key(KEYS["datetime64"])], ["day"]).index(), pd.DatetimeIndex)


def test_a_group_is_found_by_its_key() -> None:
    one, two = group([column(["b", "a"])], ["g"]), group([column(["b", "a"]), np.array([1, 2])], ["g", "h"])
    assert (one.locate("b"), two.locate(("a", 2)), two.locate(("a", np.int64(2)))) == (1, 0, 0)
    assert group([np.array([0.5, 0.25], dtype=np.float32)], ["g"]).locate(0.5) == 1


def test_an_unknown_key_suggests_the_nearest() -> None:
    groups = group([column(["paris", "rome"])], ["city"])
    with pytest.raises(UnknownName, match="no group has the key 'pariss'; did you mean 'paris'"):
        groups.locate("pariss")
    with pytest.raises(KeyError, match=r"\['x'\]"):
        groups.locate(["x"])


def test_weights_and_values_multiply() -> None:
    groups = group([np.array([1, 0, 1])], ["g"])
    small = np.array([200, 3, 200], dtype=np.uint8)
    assert groups.bins().tolist() == [1, 2]
    assert groups.bins(np.array([0.5, 2, 1])).tolist() == [2, 1.5]
    assert groups.bins(None, np.array([1.0, 2, 3])).tolist() == [2, 4]
    assert groups.bins(small, small).tolist() == [9, 80000]


@pytest.mark.parametrize("count", [3, 70_000])
def test_rows_in_order_can_be_reduced(count: int, rng: np.random.Generator) -> None:
    codes, x = rng.integers(0, count, 200_000), rng.normal(size=200_000)
    groups = group([codes], ["g"])
    order, starts = groups.sorted_order()
    assert np.array_equal(order, np.argsort(groups.codes, kind="stable"))
    np.testing.assert_allclose(np.add.reduceat(x[order], starts), groups.bins(None, x), rtol=0, atol=1e-11)
    sorted_groups = group([np.sort(codes)], ["g"])
    order, same = sorted_groups.sorted_order()
    assert order is None
    assert np.array_equal(starts, same)


VALUES = st.one_of(st.integers(-3, 3), st.sampled_from([10**17, -(10**17)]))
ROWS = st.lists(
    st.tuples(VALUES, st.sampled_from(["a", "b", "Ω", None]), st.floats(-1e3, 1e3)), min_size=1, max_size=40
)


@given(ROWS)
def test_sums_by_group_are_those_of_a_loop(rows: list[tuple[int, str | None, float]]) -> None:
    number, text, x = (list(values) for values in zip(*rows, strict=True))
    groups = group([column(number), column([*text, "a"])[np.arange(len(text))]], ["number", "text"], missing="drop")
    sums: dict[Any, float] = defaultdict(float)
    for a, b, value in rows:
        if b is not None:
            sums[a, b] += value
    assert keys_of(groups) == sorted(sums)
    assert groups.bins(None, np.array(x)).tolist() == [sums[k] for k in sorted(sums)]
    assert all(sums[k] == groups.bins(None, np.array(x))[groups.locate(k)] for k in sums)
