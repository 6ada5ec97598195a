"""Log-likelihoods of large numbers keep their digits, in every form of the data."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import mlekit
from mlekit.families.poisson import Poisson
from mlekit.numerics.arrays import NUMPY, torch_namespace
from mlekit.numerics.derivatives import differentiate

SIZES = [3, 1e3, 1e6, 1e9, 1e12, 1e15]


def poisson_maximum(y, weights=None):
    """The log-likelihood at the mean, in sixty digits."""
    weights = np.ones(len(y)) if weights is None else weights
    with mpmath.workdps(60):
        y, w = [mpmath.mpf(int(v)) for v in y], [mpmath.mpf(float(v)) for v in weights]
        rate = sum(a * b for a, b in zip(y, w, strict=True)) / sum(w)
        return float(sum(b * (a * mpmath.log(rate) - rate - mpmath.loggamma(a + 1)) for a, b in zip(y, w, strict=True)))


def counts(size):
    return np.random.default_rng(1).poisson(size, 30).astype(float)


@pytest.mark.parametrize("size", SIZES)
def test_poisson_sums_do_not_cancel_at_large_counts(size):
    y, weights = counts(size), np.linspace(0.5, 2, 30)
    assert mlekit.fit(y, family="poisson").llf == pytest.approx(poisson_maximum(y), rel=1e-10)
    weighted = mlekit.fit(y, family="poisson", weights=weights)
    assert weighted.llf == pytest.approx(poisson_maximum(y, weights), rel=1e-10)
    assert weighted["rate"] == pytest.approx(np.average(y, weights=weights), rel=1e-14)


@pytest.mark.parametrize("size", SIZES)
def test_poisson_groups_rows_and_parts_do_not_cancel_at_large_counts(size):
    y, odd = counts(size), np.arange(30) % 2
    truth = poisson_maximum(y[odd == 0]) + poisson_maximum(y[odd == 1])
    assert mlekit.fit({"y": y, "g": odd}, "y", family="poisson", by="g").llf.sum() == pytest.approx(truth, rel=1e-10)
    assert mlekit.fit({"y": y, "x": odd}, "y ~ x", family="poisson").llf == pytest.approx(truth, rel=1e-10)
    parts = mlekit.merge(mlekit.fit(y[:12], family="poisson"), mlekit.fit(y[12:], family="poisson"))
    assert parts.llf == pytest.approx(poisson_maximum(y), rel=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("solver", ["newton", "torch"])
def test_poisson_solvers_end_at_the_same_height_at_large_counts(solver):
    y = counts(1e12)
    assert mlekit.fit(y, family="poisson", solver=solver).llf == pytest.approx(poisson_maximum(y), rel=1e-10)


@pytest.mark.parametrize("size", SIZES)
def test_poisson_jets_and_tensors_do_not_cancel(size):
    y = counts(size)
    z = np.log(y.mean()) + 0.3 / np.sqrt(y.mean())
    rate = np.exp(z)
    with mpmath.workdps(60):
        m = mpmath.mpf(float(rate))
        truth = [float(int(v) * mpmath.log(m) - m - mpmath.loggamma(int(v) + 1)) for v in y]
    family = Poisson()
    np.testing.assert_allclose(family.log_density(NUMPY, y, rate=rate), truth, rtol=1e-9)
    value, (score,), ((curvature,),) = differentiate(
        lambda xp, free: family.log_density(xp, y, rate=xp.exp(free[0])), [np.array([z])], 2
    )
    np.testing.assert_allclose(value, truth, rtol=1e-7)
    np.testing.assert_allclose(score, y - rate, rtol=1e-6, atol=1e-6 * np.sqrt(rate))
    np.testing.assert_allclose(curvature, np.broadcast_to(-rate, curvature.shape), rtol=1e-12)
    xp = torch_namespace()
    tensors = family.log_density(xp, xp.tensor(y), rate=xp.tensor(rate))
    np.testing.assert_allclose(tensors.numpy(), truth, rtol=1e-9)


@pytest.mark.parametrize("rate", [1e-12, 0.3, 1.0, 40.0])
def test_a_poisson_density_far_from_its_mode_keeps_its_digits(rate):
    y = np.array([0.0, 1, 2, 3, 50, 1e6])
    with mpmath.workdps(60):
        truth = [float(v * mpmath.log(rate) - rate - mpmath.loggamma(v + 1)) for v in map(mpmath.mpf, y.tolist())]
    np.testing.assert_allclose(Poisson().log_density(NUMPY, y, rate=rate), truth, rtol=1e-13)
    assert Poisson().log_density(NUMPY, 0.0, rate=0.0) == 0
    with np.errstate(divide="ignore"):
        assert Poisson().log_density(NUMPY, 2.0, rate=0.0) == -np.inf


def test_a_likelihood_ratio_of_large_counts_is_exact():
    y = counts(1e15)
    free, fixed = mlekit.fit(y, family="poisson"), mlekit.fit(y, family="poisson", fixed={"rate": 1e15})
    with mpmath.workdps(60):
        total, rate = mpmath.mpf(int(sum(int(v) for v in y))), mpmath.mpf(10) ** 15
        truth = float(total * mpmath.log(total / 30 / rate) - (total - 30 * rate))
    assert free.llf - fixed.llf == pytest.approx(truth, abs=1e-6)


def test_the_normal_log_likelihood_is_that_of_a_mean_that_was_not_rounded():
    y = 1e9 + 1e-3 * np.random.default_rng(1).normal(size=200)
    with mpmath.workdps(60):
        exact = [mpmath.mpf(float(v)) for v in y]
        mean = sum(exact) / 200
        variance = sum((v - mean) ** 2 for v in exact) / 200
        truth = float(-100 * (mpmath.log(2 * mpmath.pi * variance) + 1))
    assert mlekit.fit(y, family="normal").llf == pytest.approx(truth, rel=1e-14)
