"""Values come back from JSON as they were, to the last bit, and nothing but values can be made by a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import mlekit
from mlekit.errors import OptionError
from mlekit.show.packing import pack, unpack

FLOATS = st.floats(allow_nan=False) | st.integers(-(2**62), 2**62)


def back(value: Any) -> Any:
    return unpack(json.loads(json.dumps(pack(value), allow_nan=False)))


PLAIN = st.none() | st.booleans() | FLOATS | st.text()


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
    assert back(given_ones) == [0.1, 3, True, 0.5, [1, 2]]


@pytest.mark.parametrize(
    "value",
    [
        mlekit.priors.Beta(2, 2.5),
        mlekit.priors.Dirichlet([1.0, 2.0]),
        mlekit.priors.Flat(),
        mlekit.priors.Gamma(shape=2, rate=0.1),
        mlekit.solvers.Newton(tol=1e-9),
    ],
)
def test_priors_and_solvers_come_back(value: Any) -> None:
    assert back(value) == value


def test_a_scipy_law_comes_back_frozen() -> None:
    law = back(scipy.stats.gamma(2.0, scale=3.0))
    assert (law.dist.name, law.args, law.kwds) == ("gamma", (2.0,), {"scale": 3.0})


@pytest.mark.parametrize("value", [object(), {1, 2}, len, 1j, int])
def test_what_cannot_be_saved_is_told(value: Any) -> None:
    with pytest.raises(OptionError, match="cannot be saved"):
        pack(value)


def test_a_prior_of_somebodys_own_is_told() -> None:
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
        {"scipy": "test", "args": [], "kwds": {"map": {}}},
        {"scipy": "norm_gen", "args": [], "kwds": {"map": {}}},
        {"scipy": "__loader__", "args": [], "kwds": {"map": {}}},
        {"unknown": 1},
    ],
)
def test_a_file_makes_nothing_but_values(value: Any) -> None:
    with pytest.raises((ValueError, AttributeError, StopIteration)):
        unpack(value)
