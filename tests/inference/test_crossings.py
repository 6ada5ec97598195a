"""Crossings of rising functions: curved, flat, jumping and unreachable ones."""

from __future__ import annotations

import numpy as np
import pytest

from mlekit.inference.crossings import crossings


def solve(*functions, first=1.0, far=1e9, grain=0.0):
    count = len(functions)
    looked = []

    def f(t, members):
        looked.append(len(members))
        return np.array([functions[m](x) for x, m in zip(t, members, strict=True)])

    start = np.array([function(0.0) for function in functions])
    found = crossings(f, start, *(np.full(count, float(v)) for v in (first, far, grain)))
    return found, len(looked)


@pytest.mark.parametrize(
    ("function", "root"),
    [
        (lambda t: t - 1.5, 1.5),
        (lambda t: t + 0.1 * t * t - 2, 10 * (np.sqrt(1.8) - 1) / 2),
        (lambda t: np.exp(t) - 20, np.log(20)),
        (lambda t: np.log1p(t) - 5, np.expm1(5)),
        (lambda t: t**9 - 1e-9, 0.1),
        (lambda t: np.arctan(t - 40) - np.arctan(0.5), 40.5),
    ],
    ids=["line", "parabola", "exponential", "logarithm", "steep", "far step"],
)
def test_crossing_is_found_to_twelve_digits(function, root):
    (found,), _ = solve(function)
    assert found == pytest.approx(root, rel=1e-12)


def test_nearly_straight_functions_take_a_handful_of_looks():
    _, looks = solve(lambda t: t + 0.05 * t * t - 2, lambda t: t - 0.05 * t * t - 2, first=2.0)
    assert looks <= 6


def test_function_that_stops_rising_below_zero_crosses_at_infinity():
    (never, soon), _ = solve(lambda t: -1 - np.exp(-t), lambda t: t - 3)
    assert never == np.inf
    assert soon == pytest.approx(3, rel=1e-12)


@pytest.mark.parametrize("beyond", [np.nan, -3.0], ids=["nan", "noise"])
def test_what_rounding_makes_of_a_plateau_far_out_is_not_searched(beyond):
    (found,), looks = solve(lambda t: -1 - np.exp(-2 * t) if t < 20 else beyond, first=2.0)
    assert found == np.inf
    assert looks <= 12


def test_nothing_is_looked_for_beyond_far():
    (found,), _ = solve(lambda t: np.log1p(t) - 50, far=1000.0)
    assert found == np.inf


def test_value_that_is_not_finite_means_too_far():
    (found,), _ = solve(lambda t: t - 1 if t < 1.25 else np.nan, first=64.0)
    assert found == pytest.approx(1, rel=1e-12)


def test_jump_over_zero_is_no_crossing():
    (found,), _ = solve(lambda t: -1.0 if t < 1.25 else np.inf, first=2.0)
    assert np.isnan(found)


def test_stairs_are_climbed_to_their_grain():
    (found,), looks = solve(lambda t: np.floor(t / 1e-3) * 1e-3 - 0.5, grain=1e-3)
    assert found == pytest.approx(0.5, abs=2e-3)
    assert looks < 30


def test_function_that_starts_above_zero_is_at_its_end():
    (found,), looks = solve(lambda t: 0.0 + t)
    assert found == 0
    assert looks == 0
