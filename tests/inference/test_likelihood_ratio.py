"""The likelihood ratio of nested fits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import mlekit
from mlekit.errors import OptionError

TIMES = np.array([0.3, 1.2, 2.1, 0.9, 3.3, 1.7, 0.4, 2.8])


def test_ratio_of_a_regression_is_twice_the_gain(rng):
    data = {"x": rng.normal(size=50), "w": rng.normal(size=50), "y": rng.poisson(2, size=50)}
    large, small = (mlekit.fit(data, formula, family="poisson") for formula in ("y ~ x + w", "y ~ 1"))
    found = large.lr_test(small)
    assert found.statistic == pytest.approx(2 * (large.llf - small.llf), rel=1e-12)
    assert found.df == 2
    assert found.p_value == pytest.approx(stats.chi2(2).sf(found.statistic), rel=1e-12)


def test_order_does_not_matter_and_families_may_differ():
    exponential, weibull = (mlekit.fit(TIMES, family=family) for family in ("exponential", "weibull"))
    found = weibull.lr_test(exponential)
    assert found == exponential.lr_test(weibull)
    assert found.df == 1
    assert found.statistic == pytest.approx(2 * (weibull.llf - exponential.llf), rel=1e-10)
    words = "exponential (1 parameter) within weibull (2 parameters): chi-square"
    assert str(found).startswith(words)


def test_fixed_value_is_a_smaller_model():
    free = mlekit.fit(TIMES, family="gamma")
    found = free.lr_test(mlekit.fit(TIMES, family="gamma", fixed={"shape": 1.0}))
    assert found.statistic == pytest.approx(2 * (free.llf - mlekit.fit(TIMES, family="exponential").llf), rel=1e-10)


def test_no_gain_is_no_evidence():
    fit = mlekit.fit(TIMES, family="gamma")
    found = fit.lr_test(mlekit.fit(TIMES, family="gamma", fixed={"shape": fit["shape"]}))
    assert found.statistic == pytest.approx(0, abs=1e-10)
    assert found.p_value == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lambda: mlekit.fit(TIMES, family="gamma"), "equally many"),
        (lambda: mlekit.fit(TIMES[1:], family="exponential"), "different rows"),
        (lambda: mlekit.fit(TIMES[::-1], family="exponential"), "different rows"),
        (lambda: mlekit.fit(TIMES, family="exponential", weights=[2, 0, 1, 1, 1, 1, 1, 1]), "different rows"),
        (lambda: mlekit.fit(TIMES, family="exponential", prior={"mean": mlekit.priors.Normal(1, 1)}), "prior"),
        (lambda: mlekit.fit(TIMES, family="student_t", on_failure="ignore"), "not known to be a special case"),
    ],
)
def test_fits_that_are_not_nested_are_refused_in_words(other, words):
    with pytest.raises(OptionError, match=words):
        mlekit.fit(TIMES, family="weibull").lr_test(other())


def test_other_rows_are_refused_before_anything_else():
    counts, days = mlekit.fit([1, 2, 3], family="poisson"), mlekit.fit([1.0, 2.5, 3.0], family="exponential")
    with pytest.raises(OptionError, match="of different rows"):
        counts.lr_test(days)
