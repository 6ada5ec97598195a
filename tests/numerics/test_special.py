"""Special functions against 50 digits, at their edges, and on every kind of input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlekit.numerics import special

REFERENCES = json.loads((Path(__file__).parents[1] / "references" / "special.json").read_text(encoding="utf-8"))

# name -> (relative, absolute): an answer must be within one of the two
BOUNDS = {
    "gammaln": (1e-15, 0.0),
    "digamma": (2e-15, 1e-15),
    "trigamma": (1e-15, 0.0),
    "tetragamma": (1e-14, 0.0),
    "digamma_minus_log": (1e-14, 0.0),
    "gammaln_minus_stirling": (1e-15, 2e-15),
    "gammaln_minus_stirling_1": (1e-12, 0.0),
    "gammaln_minus_stirling_2": (1e-12, 0.0),
    "log_gamma_ratio": (1e-15, 1e-15),
    "log_gamma_ratio_1": (1e-13, 0.0),
    "log_gamma_ratio_2": (1e-12, 0.0),
    "log_factorial": (1e-15, 0.0),
    "betaln": (1e-15, 4e-15),
    "log_choose": (1e-15, 4e-15),
    "expit": (5e-16, 0.0),
    "logit": (5e-16, 0.0),
    "softplus": (5e-16, 0.0),
    "log1mexp": (5e-16, 0.0),
    "erf": (5e-16, 0.0),
    "ndtr": (2e-13, 0.0),
    "log_ndtr": (2e-13, 0.0),
    "ndtri": (5e-16, 0.0),
    "xlogy": (5e-16, 0.0),
    "xlog1py": (5e-16, 0.0),
}
GAMMAS = [name for name in BOUNDS if "gamma" in name]
ONE_ARGUMENT = [*GAMMAS, "log_factorial", "expit", "logit", "softplus", "log1mexp", "erf", "ndtr", "log_ndtr", "ndtri"]


def table(name: str) -> tuple[list[np.ndarray], np.ndarray]:
    arguments, values = zip(*REFERENCES[name], strict=True)
    return list(np.array(arguments, dtype=float).reshape(len(values), -1).T), np.array(values)


def assert_within(name: str, found: Any, truth: np.ndarray, arguments: list[np.ndarray]) -> None:
    relative, absolute = BOUNDS[name]
    with np.errstate(invalid="ignore"):
        off = np.abs(found - truth)
    good = (found == truth) | (off <= absolute) | (off <= relative * np.abs(truth))
    worst = [(*(float(a[i]) for a in arguments), float(found[i]), float(truth[i])) for i in np.flatnonzero(~good)]
    assert not worst, f"(arguments, found, truth): {worst}"


@pytest.mark.parametrize("name", BOUNDS)
def test_an_array_is_right_to_the_last_digits(name: str) -> None:
    arguments, truth = table(name)
    assert_within(name, getattr(special, name)(*arguments), truth, arguments)


@pytest.mark.parametrize("name", BOUNDS)
def test_a_single_number_is_right_to_the_last_digits(name: str) -> None:
    arguments, truth = table(name)
    function = getattr(special, name)
    found = np.array([function(*(float(x) for x in point)) for point in zip(*arguments, strict=True)])
    assert_within(name, found, truth, arguments)


@pytest.mark.parametrize("name", ["logsumexp", "log_softmax"])
def test_sums_of_exponentials_are_right_to_the_last_digits(name: str) -> None:
    for logits, truth in REFERENCES[name]:
        np.testing.assert_allclose(getattr(special, name)(logits), truth, rtol=5e-16, atol=0)


def test_the_ratio_of_polynomials_is_the_one_that_the_script_finds() -> None:
    assert [list(special.TOP), list(special.BOTTOM)] == REFERENCES["rational"]


# ---- edges ----------------------------------------------------------------------------------------------------------

INF, NAN = np.inf, np.nan


@pytest.mark.parametrize(
    ("name", "at_zero", "at_infinity"),
    [
        ("gammaln", INF, INF),
        ("digamma", -INF, INF),
        ("trigamma", INF, 0.0),
        ("tetragamma", -INF, 0.0),
        ("digamma_minus_log", -INF, 0.0),
        ("gammaln_minus_stirling", INF, 0.0),
        ("gammaln_minus_stirling_1", -INF, 0.0),
        ("gammaln_minus_stirling_2", INF, 0.0),
        ("log_gamma_ratio", -INF, 0.0),
        ("log_gamma_ratio_1", INF, 0.0),
        ("log_gamma_ratio_2", -INF, 0.0),
    ],
)
def test_a_gamma_function_has_its_limits_at_the_ends_and_nan_outside(
    name: str, at_zero: float, at_infinity: float
) -> None:
    function = getattr(special, name)
    truth = [at_zero, at_zero, at_infinity, NAN, NAN, NAN]
    points = [0.0, -0.0, INF, NAN, -2.5, -INF]
    np.testing.assert_array_equal(function(points), truth)
    np.testing.assert_array_equal([function(x) for x in points], truth)


def test_the_roots_are_nought_itself() -> None:
    for value in (special.gammaln(1), special.gammaln(2), special.betaln(1, 1), special.log_factorial([0, 1]).sum()):
        assert value == 0
        assert not np.signbit(value)


def test_a_choice_of_none_or_all_is_one_way_and_of_more_is_no_way() -> None:
    n = np.array([0, 1, 7, 10**15])
    np.testing.assert_array_equal(special.log_choose(n, 0), 0)
    np.testing.assert_array_equal(special.log_choose(n, n), 0)
    np.testing.assert_array_equal(special.log_choose(n, n + 1), -INF)
    np.testing.assert_array_equal(special.log_choose(n, -1), -INF)
    assert np.isnan(special.log_choose([NAN, 3.0], [1.0, NAN])).all()


def test_beta_of_one_is_a_reciprocal_and_of_nought_infinite() -> None:
    b = np.array([0.25, 3.0, 1e10])
    np.testing.assert_array_equal(special.betaln(1, b), -np.log(b))
    np.testing.assert_array_equal(special.betaln(b, 1), -np.log(b))
    np.testing.assert_array_equal(special.betaln(0, b), INF)
    assert np.isnan(special.betaln([-1.0, NAN], 2)).all()


@pytest.mark.parametrize(
    ("name", "points", "values"),
    [
        ("expit", [-INF, INF, NAN, -745.0], [0, 1, NAN, 5e-324]),
        ("logit", [0, 1, NAN, -0.1, 1.1], [-INF, INF, NAN, NAN, NAN]),
        ("softplus", [-INF, INF, NAN], [0, INF, NAN]),
        ("log1mexp", [0, INF, NAN, -1], [-INF, 0, NAN, NAN]),
        ("log_factorial", [0, 1, INF, NAN], [0, 0, INF, NAN]),
        ("ndtr", [-INF, INF, NAN], [0, 1, NAN]),
        ("log_ndtr", [-INF, INF, NAN], [-INF, 0, NAN]),
        ("ndtri", [0, 1, NAN, 1.1], [-INF, INF, NAN, NAN]),
    ],
)
def test_the_ends_of_the_line_are_exact(name: str, points: list[float], values: list[float]) -> None:
    np.testing.assert_array_equal(getattr(special, name)(points), values)
    np.testing.assert_array_equal([getattr(special, name)(x) for x in points], values)


def test_nought_times_log_nought_is_nought() -> None:
    np.testing.assert_array_equal(special.xlogy([0, 0, 2, 0], [0, INF, 0, NAN]), [0, 0, -INF, NAN])
    np.testing.assert_array_equal(special.xlog1py([0, 0, 2, 0], [-1, INF, -1, NAN]), [0, 0, -INF, NAN])


def test_a_sum_of_nothing_is_minus_infinity_and_of_everything_infinity() -> None:
    rows = [[-INF, -INF], [-INF, 3.0], [INF, 3.0], [NAN, 3.0]]
    np.testing.assert_array_equal(special.logsumexp(rows, axis=1), [-INF, 3.0, INF, NAN])
    np.testing.assert_array_equal(special.log_softmax(rows[1]), [-INF, 0.0])


def test_a_share_next_to_one_keeps_its_distance() -> None:
    assert special.log_softmax([60.0, 0.0])[0] == -np.exp(-60.0)


# ---- input ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_a_number_gives_a_number_and_an_array_its_shape(name: str) -> None:
    function = getattr(special, name)
    number = function(0.25)
    assert isinstance(number, np.float64)
    for shape in ((1,), (1, 1), (3,), (2, 3), (0,), (2, 0)):
        values = function(np.full(shape, 0.25))
        assert values.shape == shape
        assert values.dtype == np.float64
        np.testing.assert_allclose(values, number, rtol=2e-15, atol=1e-15)


@pytest.mark.parametrize("name", GAMMAS)
def test_whole_numbers_lists_and_views_are_taken_and_never_changed(name: str) -> None:
    function = getattr(special, name)
    x = np.arange(1, 40)
    whole = function(x)
    np.testing.assert_array_equal(whole, function(x.astype(float)))
    np.testing.assert_array_equal(whole, function(x.tolist()))
    np.testing.assert_array_equal(whole[::3], function(x.astype(float)[::3]))
    np.testing.assert_array_equal(x, np.arange(1, 40))


@pytest.mark.parametrize("name", ["gammaln", "trigamma", "log_gamma_ratio", "expit", "softplus"])
def test_blocks_leave_no_seam(name: str, rng: np.random.Generator) -> None:
    function = getattr(special, name)
    x = rng.gamma(2.0, 5.0, size=(3, special.BLOCK))
    np.testing.assert_allclose(function(x), [function(row) for row in x], rtol=1e-15)
    np.testing.assert_allclose(function(x[:, :7]), function(x)[:, :7], rtol=1e-15)


@pytest.mark.parametrize("name", GAMMAS)
def test_one_by_one_is_as_all_at_once(name: str, rng: np.random.Generator) -> None:
    function = getattr(special, name)
    x = rng.gamma(1.0, 9.0, size=200)
    np.testing.assert_allclose([function(v) for v in x], function(x), rtol=2e-13, atol=1e-15)


@pytest.mark.parametrize("name", GAMMAS)
def test_nothing_jumps_where_the_formula_changes(name: str) -> None:
    function, (relative, absolute) = getattr(special, name), BOUNDS[name]
    for cut in (9.0, 18.0):
        below, at = function(np.nextafter(cut, 0)), function(cut)
        assert abs(at - below) <= 2 * (relative * abs(at) + absolute)


def test_sums_run_along_the_axis_asked_for(rng: np.random.Generator) -> None:
    a = rng.normal(size=(2, 3, 4))
    for axis in (0, 1, 2, -1):
        np.testing.assert_allclose(special.logsumexp(a, axis), np.log(np.exp(a).sum(axis)), rtol=1e-14)
        np.testing.assert_allclose(np.exp(special.log_softmax(a, axis)).sum(axis), 1, rtol=1e-15)
    assert isinstance(special.logsumexp(a[0, 0]), np.float64)


def test_two_arguments_broadcast() -> None:
    a, b = np.array([[1.0], [20.0]]), np.array([0.5, 3.0, 40.0])
    for function in (special.betaln, special.xlogy, special.xlog1py, lambda n, k: special.log_choose(n + 40, k)):
        assert function(a, b).shape == (2, 3)
        np.testing.assert_allclose(function(a, b)[1], [function(20.0, v) for v in b], rtol=1e-15)


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_nothing_is_said_even_when_numpy_is_told_to_raise(name: str) -> None:
    points = np.array([0.0, -0.0, 5e-324, 1e-300, 0.5, 1.0, 9.0, 1e5, 1e300, INF, -INF, NAN, -1.0, -800.0])
    with np.errstate(all="raise"):
        getattr(special, name)(points)
        for x in points:
            getattr(special, name)(x)
        special.betaln(points, points[:, None])
        special.log_choose(points, points[:, None])
        special.xlogy(points, points[:, None])
        special.xlog1py(points, points[:, None])
        special.logsumexp(points[:9])
        special.log_softmax(points[:, None])


def test_only_the_normal_law_asks_for_scipy() -> None:
    ask = "import sys; from mlekit.numerics import special as s; {}; print('scipy' in sys.modules)"
    calls = {
        "s.betaln(2, 3), s.trigamma(1.0), s.log_gamma_ratio(4.0), s.expit(0.0), s.logsumexp([1, 2])": "False",
        "s.ndtri(0.5)": "True",
    }
    for call, answer in calls.items():
        run = subprocess.run([sys.executable, "-c", ask.format(call)], capture_output=True, text=True, check=True)
        assert run.stdout.strip() == answer
