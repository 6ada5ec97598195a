"""Unit deviances keep their digits where value and mean are near."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from mlekit.numerics.deviance import excess, log_excess


@pytest.mark.parametrize("d", [-0.999, -0.5, -2e-3, -1e-3, -9e-4, -1e-9, 1e-300, 1e-12, 9.99e-4, 1.01e-3, 0.3, 50.0])
def test_log_excess_is_right_to_its_last_digits_at_every_size(d):
    with mpmath.workdps(60):
        truth = float(mpmath.mpf(d) - mpmath.log1p(mpmath.mpf(d)))
    assert log_excess(d) == pytest.approx(truth, rel=4e-13, abs=0)


@pytest.mark.parametrize(("y", "m"), [(0, 2.5), (3, 3.0), (3, 3.0000001), (1000000, 1000001.5), (7, 0.01)])
def test_excess_is_half_the_deviance_of_a_count(y, m):
    with mpmath.workdps(60):
        y_, m_ = mpmath.mpf(y), mpmath.mpf(m)
        truth = float((y_ * mpmath.log(y_ / m_) if y else 0) - (y_ - m_))
    assert excess(y, m) == pytest.approx(truth, rel=1e-9, abs=0)


def test_excess_is_never_negative(rng):
    m = rng.gamma(2.0, size=2000)
    assert (excess(rng.poisson(m), m) >= 0).all()
    assert (excess(m, m * (1 + 1e-15 * rng.normal(size=2000))) >= 0).all()
    assert np.array_equal(excess(m, m), np.zeros(2000))
