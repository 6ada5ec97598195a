"""Small systems: right to their conditioning, a bad group masked, nobody sunk."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from mlekit.numerics.linalg import COLUMNS, damped_solve, eigen_range, inverse_positive, solve_positive

SIZES = [1, 2, 3, 4, COLUMNS, COLUMNS + 1, 10]
EPS = np.finfo(float).eps


def positive(rng: np.random.Generator, groups: int, k: int) -> np.ndarray:
    a = rng.normal(size=(groups, k, k + 2))
    return a @ a.transpose(0, 2, 1)


def equicorrelated(k: int, rho: float) -> np.ndarray:
    """Eigenvalues 1 - rho, k - 1 times, and 1 + (k - 1) rho."""
    return (np.eye(k) * (1 - rho) + rho)[None]


def exact_solution(h: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Gauss and Jordan in fractions: no rounding until the end."""
    rows = [[Fraction(float(v)) for v in (*row, b)] for row, b in zip(h, g, strict=True)]
    for j, pivot in enumerate(rows):
        pivot[:] = [v / pivot[j] for v in pivot]
        for i, row in enumerate(rows):
            if i != j:
                row[:] = [v - row[j] * p for v, p in zip(row, pivot, strict=True)]
    return np.array([float(row[-1]) for row in rows])


BAD = {
    "negative": lambda h: -h,
    "indefinite": lambda h: h - 2 * np.diag(np.diagonal(h)) * (np.arange(len(h)) == len(h) - 1),
    "zero": lambda h: 0 * h,
    "nan": lambda h: np.where(np.eye(len(h)) == 1, np.nan, h),
    "infinite": lambda h: np.where(np.eye(len(h)) == 1, np.inf, h),
    "infinite beside the diagonal": lambda h: np.where(np.eye(len(h)) == 1, h, np.inf) if len(h) > 1 else h * np.nan,
    "collinear": lambda h: np.full_like(h, 0.7) if len(h) > 1 else 0 * h,
}


@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("groups", [1, 5])
def test_a_solution_is_exact_to_its_conditioning(k: int, groups: int, rng: np.random.Generator) -> None:
    h, g = positive(rng, groups, k), rng.normal(size=(groups, k))
    x, ok = solve_positive(h, g)
    low, high = eigen_range(h)
    assert ok.all()
    for i in range(groups):
        truth = exact_solution(h[i], g[i])
        assert np.abs(x[i] - truth).max() <= 4 * k * EPS * (high[i] / low[i]) * np.abs(truth).max()


@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("groups", [1, 5])
def test_an_inverse_is_symmetric_and_exact_to_its_conditioning(k: int, groups: int, rng: np.random.Generator) -> None:
    h = positive(rng, groups, k)
    inverse, ok = inverse_positive(h)
    low, high = eigen_range(h)
    assert ok.all()
    np.testing.assert_array_equal(inverse, inverse.transpose(0, 2, 1))
    for i in range(groups):
        truth = np.array([exact_solution(h[i], e) for e in np.eye(k)])
        assert np.abs(inverse[i] - truth).max() <= 4 * k * EPS * (high[i] / low[i]) * np.abs(truth).max()


@pytest.mark.parametrize("k", [2, 3, COLUMNS, COLUMNS + 1])
@pytest.mark.parametrize("distance", [1e-3, 1e-6, 1e-9])
def test_the_scaled_conditioning_tells_the_digits_that_are_lost(k: int, distance: float) -> None:
    h, g = equicorrelated(k, 1 - distance), np.arange(1.0, k + 1)[None]
    (x,), (ok,) = solve_positive(h, g)
    (low,), (high,) = eigen_range(h)
    assert ok
    assert low == pytest.approx(distance, rel=1e-5)
    truth = exact_solution(h[0], g[0])
    assert np.abs(x - truth).max() <= 4 * k * EPS * (high / low) * np.abs(truth).max()


@pytest.mark.parametrize("k", SIZES)
def test_units_do_not_matter(k: int, rng: np.random.Generator) -> None:
    h, g = positive(rng, 4, k), rng.normal(size=(4, k))
    units = 2.0 ** rng.integers(-300, 300, size=(4, k))
    scaled = h * (units[:, :, None] * units[:, None, :])
    for plain, wild in zip(solve_positive(h, g), solve_positive(scaled, g * units), strict=True):
        np.testing.assert_allclose(wild * units if plain.ndim == 2 else wild, plain, rtol=1e-11)
    np.testing.assert_allclose(eigen_range(scaled), eigen_range(h), rtol=1e-9)
    inverse, ok = inverse_positive(scaled)
    assert ok.all()
    np.testing.assert_allclose(inverse * (units[:, :, None] * units[:, None, :]), inverse_positive(h)[0], rtol=1e-11)


@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("groups", [1, 6])
def test_a_bad_group_is_masked_and_sinks_nobody(k: int, kind: str, groups: int, rng: np.random.Generator) -> None:
    h, g = positive(rng, groups, k), rng.normal(size=(groups, k))
    alone, _ = solve_positive(h, g)
    inverses, _ = inverse_positive(h)
    good = np.arange(groups) > 0
    h[0] = BAD[kind](h[0])
    with np.errstate(all="raise"):
        x, ok = solve_positive(h, g)
        inverse, fine = inverse_positive(h)
    np.testing.assert_array_equal(ok, good)
    np.testing.assert_array_equal(fine, good)
    assert np.isnan(x[0]).all()
    assert np.isnan(inverse[0]).all()
    np.testing.assert_allclose(x[good], alone[good], rtol=1e-12)
    np.testing.assert_allclose(inverse[good], inverses[good], rtol=1e-12)


@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("groups", [1, 3])
def test_a_bad_right_side_is_masked(k: int, groups: int, rng: np.random.Generator) -> None:
    h, g = positive(rng, groups, k), rng.normal(size=(groups, k))
    g[0, -1] = np.inf
    x, ok = solve_positive(h, g)
    np.testing.assert_array_equal(ok, np.arange(groups) > 0)
    assert np.isnan(x[0]).all()


@pytest.mark.parametrize("k", [k for k in SIZES if k <= COLUMNS])
def test_a_group_alone_is_the_same_group_among_others_to_the_last_bit(k: int, rng: np.random.Generator) -> None:
    h, g = positive(rng, 5000, k), rng.normal(size=(5000, k))
    x, _ = solve_positive(h, g)
    inverse, _ = inverse_positive(h)
    for i in (0, 1, 4095, 4096, 4999):
        np.testing.assert_array_equal(solve_positive(h[i : i + 1], g[i : i + 1])[0][0], x[i])
        np.testing.assert_array_equal(inverse_positive(h[i : i + 1])[0][0], inverse[i])


# ---- steps ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", SIZES)
def test_a_step_where_the_curvature_is_right_is_newtons(k: int, rng: np.random.Generator) -> None:
    h, g = positive(rng, 4, k), rng.normal(size=(4, k))
    x, shift = damped_solve(h, g)
    np.testing.assert_array_equal(x, solve_positive(h, g)[0])
    np.testing.assert_array_equal(shift, 0)


@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("kind", ["negative", "indefinite", "zero", "collinear"])
@pytest.mark.parametrize("groups", [1, 4])
def test_a_step_climbs_whatever_the_curvature(k: int, kind: str, groups: int, rng: np.random.Generator) -> None:
    h, g = positive(rng, groups, k), rng.normal(size=(groups, k))
    newton = solve_positive(h, g)[0]
    h[0] = BAD[kind](h[0])
    with np.errstate(all="raise"):
        x, shift = damped_solve(h, g)
    assert x[0] @ g[0] > 0
    assert shift[0] > 0
    np.testing.assert_array_equal(shift[1:], 0)
    np.testing.assert_allclose(x[1:], newton[1:], rtol=1e-12)


@pytest.mark.parametrize("k", SIZES)
def test_the_shift_is_the_smallest_that_leaves_a_hundredth(k: int, rng: np.random.Generator) -> None:
    h, g = positive(rng, 3, k), rng.normal(size=(3, k))
    h[:, -1, -1] *= -1
    x, shift = damped_solve(h, g)
    d = 1 / np.sqrt(np.abs(np.diagonal(h, axis1=1, axis2=2)))
    scaled = h * d[:, :, None] * d[:, None, :]
    top = np.abs(np.linalg.eigvalsh(scaled)).max(axis=1)
    shifted = scaled + shift[:, None, None] * np.eye(k)
    np.testing.assert_allclose(np.linalg.eigvalsh(shifted)[:, 0], 0.01 * top, rtol=1e-10)
    np.testing.assert_allclose(np.einsum("gij,gj->gi", shifted, x / d), d * g, rtol=1e-10)


def test_a_step_is_nan_only_where_the_numbers_are() -> None:
    h = np.array([[[np.nan, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]], [[1.0, np.inf], [np.inf, 1.0]], np.eye(2)])
    g = np.array([[1.0, 1.0], [1.0, np.nan], [1.0, 1.0], [1.0, 2.0]])
    x, _ = damped_solve(h, g)
    assert np.isnan(x[:3]).all()
    np.testing.assert_array_equal(x[3], [1.0, 2.0])


# ---- eigenvalues ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize("rho", [0.0, 0.5, 1 - 1e-10, 1.0])
def test_the_range_is_that_of_the_scaled_matrix(k: int, groups: int, rho: float) -> None:
    h = np.repeat(equicorrelated(k, rho), groups, axis=0) * 2.0**40
    low, high = eigen_range(h)
    assert low.shape == high.shape == (groups,)
    np.testing.assert_allclose(low, 1.0 if k == 1 else 1 - rho, atol=1e-15 * k)
    np.testing.assert_allclose(high, 1 + (k - 1) * rho, rtol=1e-15 * k)


@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("kind", ["negative", "indefinite", "zero", "collinear"])
@pytest.mark.parametrize("groups", [1, 3])
def test_a_peak_alone_has_a_positive_range(k: int, kind: str, groups: int, rng: np.random.Generator) -> None:
    h = positive(rng, groups, k)
    h[0] = BAD[kind](h[0])
    low, high = eigen_range(h)
    assert low[0] <= 1e-14
    assert (low[1:] > 0).all()
    assert (low <= high).all()


@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("kind", ["nan", "infinite", "infinite beside the diagonal"])
@pytest.mark.parametrize("groups", [1, 3])
def test_the_range_of_what_is_not_finite_is_nan(k: int, kind: str, groups: int, rng: np.random.Generator) -> None:
    h = positive(rng, groups, k)
    h[0] = BAD[kind](h[0])
    with np.errstate(all="raise"):
        low, high = eigen_range(h)
    np.testing.assert_array_equal(np.isnan(low), np.arange(groups) == 0)
    np.testing.assert_array_equal(np.isnan(high), np.arange(groups) == 0)


@pytest.mark.parametrize("k", SIZES)
def test_no_groups_are_no_work(k: int) -> None:
    h, g = np.empty((0, k, k)), np.empty((0, k))
    assert solve_positive(h, g)[0].shape == damped_solve(h, g)[0].shape == (0, k)
    assert inverse_positive(h)[0].shape == (0, k, k)
    assert eigen_range(h)[0].shape == (0,)


def test_lists_of_whole_numbers_are_matrices_too() -> None:
    x, ok = solve_positive([[[2, 0], [0, 4]]], [[2, 4]])
    assert ok.all()
    np.testing.assert_array_equal(x, [[1.0, 1.0]])
