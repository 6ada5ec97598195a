"""Values come back from JSON as they were, to the last bit, and nothing but values can be made by a file."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import mlekit
from mlekit.errors import OptionError
from mlekit.io import pack, unpack

FLOATS = st.floats(allow_nan=False) | st.integers(-(2**62), 2**62)


def back(value: Any) -> Any:
    return unpack(json.loads(json.dumps(pack(value), allow_nan=False)))


PLAIN = st.none() | st.booleans() | FLOATS | st.text()


@pytest.mark.slow
@given(st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_plain_values_come_back(value: Any) -> None:
    assert back(value) == value


@given(st.lists(st.floats(width=64), max_size=20))
def test_arrays_come_back_bit_by_bit(values: list[float]) -> None:
    array = np.array(values)
    again = back(array)
    assert again.dtype == array.dtype
    np.testing.assert_array_equal(np.signbit(again[~np.isnan(array)]), np.signbit(array[~np.isnan(array)]))
    np.testing.assert_array_equal(again, array)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((0, 3)),
        np.array(1.5),
        np.arange(6, dtype=np.int8).reshape(2, 3),
        np.array([True, False]),
        np.array([2**63], dtype=np.uint64),
        np.array([0.1], dtype=np.float32),
        np.array(["a", None], dtype=object),
    ],
)
def test_shape_and_type_come_back(array: Any) -> None:
    again = back(array)
    assert (again.dtype, again.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(again, array)


def test_numpy_numbers_become_pythons() -> None:
    given_ones = [np.float64(0.1), np.int32(3), np.bool_(True), np.longdouble(0.5), (1, 2)]
    assert back(given_ones) == [0.1, 3, True, 0.5, (1, 2)]


ZONES = [None, "UTC", "Europe/Berlin", dt.timezone(dt.timedelta(hours=-5, minutes=-30))]
TIMES: list[Any] = [
    *(pd.Timestamp("2024-01-02 03:04:05.123456789", tz=zone) for zone in ZONES),
    pd.Timestamp("1500-01-01"),
    pd.Timestamp("2024-01-02").as_unit("s"),
    pd.Timedelta("1 days 00:00:00.000000001"),
    pd.Period("2024-05", "M"),
    pd.Period("2024Q1"),
    pd.Interval(0, 1.5),
    pd.Interval(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02"), closed="left"),
    dt.date(2024, 1, 2),
    dt.datetime(2024, 1, 2, 3, 4, 5, 6),  # noqa: DTZ001
    dt.datetime(2024, 1, 2, tzinfo=ZoneInfo("Europe/Berlin")),
    dt.time(3, 4),
    dt.timedelta(-1, 5),
    np.datetime64("2024-01-02T03", "h"),
    np.datetime64(5, ("s", 25)),
    np.timedelta64(-5, "m"),
]


@pytest.mark.parametrize("value", TIMES, ids=repr)
def test_dates_times_and_durations_come_back(value: Any) -> None:
    again = back(value)
    assert type(again) is type(value)
    assert again == value
    assert hash(again) == hash(value)
    assert getattr(again, "unit", None) == getattr(value, "unit", None)


def test_a_timestamp_keeps_the_name_of_its_zone() -> None:
    assert str(back(pd.Timestamp("2024-07-02", tz="Europe/Berlin")).tz) == "Europe/Berlin"


@pytest.mark.parametrize(
    "value", [("a", 1), (), [(1, 2), [3]], {("a", 1): 2}, {1: "a", 2.5: "b", None: "c"}, {}, b"\xff"]
)
def test_tuples_and_keys_come_back(value: Any) -> None:
    assert back(value) == value


def test_arrays_of_dates_and_of_tuples_come_back_as_values() -> None:
    dates = np.array(["2024-01-02", "2024-01-03"], dtype="M8[D]")
    assert back(dates).tolist() == list(dates)
    several = np.empty(2, dtype=object)
    several[:] = [("a", 1), ("b", 2)]
    assert back(several).tolist() == [("a", 1), ("b", 2)]


@pytest.mark.parametrize(
    "value",
    [
        mlekit.priors.Beta(2, 2.5),
        mlekit.priors.Dirichlet([1.0, 2.0]),
        mlekit.priors.Flat(),
        mlekit.priors.Gamma(shape=2, rate=0.1),
        mlekit.priors.Laplace(0, 0.2),
        mlekit.solvers.Newton(tol=1e-9),
        mlekit.solvers.Scipy(method="BFGS"),
    ],
)
def test_priors_and_solvers_come_back(value: Any) -> None:
    assert back(value) == value


def test_a_scipy_distribution_comes_back_frozen() -> None:
    frozen = back(scipy.stats.gamma(2.0, scale=3.0))
    assert (frozen.dist.name, frozen.args, frozen.kwds) == ("gamma", (2.0,), {"scale": 3.0})


@pytest.mark.parametrize("value", [object(), {1, 2}, len, 1j, int])
def test_what_cannot_be_saved_is_refused(value: Any) -> None:
    with pytest.raises(OptionError, match="cannot be saved"):
        pack(value)


def test_a_prior_of_ones_own_is_refused() -> None:
    @dataclass(frozen=True)
    class Own(mlekit.priors.Normal):
        pass

    with pytest.raises(OptionError, match="Own is not of mlekit"):
        pack(Own(0, 1))


@pytest.mark.parametrize(
    "value",
    [
        {"object": ["os", "System"], "fields": {}},
        {"object": ["priors", "get"], "fields": {"prior": 1}},
        {"object": ["priors", "Prior"], "fields": {}},
        {"object": ["solvers", "AUTO"], "fields": {}},
        {"object": ["solvers", "InTurn"], "fields": {"several": []}},
        {"object": ["priors", "beta"], "fields": {}},
        {"object": ["priors._base", "Prior"], "fields": {}},
        {"object": ["registry", "Registry"], "fields": {"package": "os", "noun": "x"}},
        {"array": ["os"], "dtype": "U2", "shape": [1]},
        {"scipy": "test", "args": [], "kwds": {"map": {}}},
        {"scipy": "norm_gen", "args": [], "kwds": {"map": {}}},
        {"scipy": "__loader__", "args": [], "kwds": {"map": {}}},
        {"unknown": 1},
    ],
)
def test_a_file_makes_nothing_but_values(value: Any) -> None:
    with pytest.raises((ValueError, AttributeError, StopIteration)):
        unpack(value)


def test_a_prior_made_of_a_scipy_distribution_is_saved_as_that() -> None:
    again = back(mlekit.priors.get(scipy.stats.norm(0, 10)))
    assert (again.dist.name, again.args) == ("norm", (0, 10))


def test_solvers_that_only_report_their_steps_are_not_saved() -> None:
    with pytest.raises(OptionError, match="InTurn is not of mlekit"):
        pack(mlekit.solvers.telling("newton", print))
