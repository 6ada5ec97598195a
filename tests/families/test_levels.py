"""Errors and intervals of many levels are free."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import mlekit
from mlekit.families.categorical import Categorical
from mlekit.inference import conjugate, information

LABELS = ["a"] * 5 + ["b"] * 3 + ["c"] * 4


def test_errors_of_levels_are_those_of_the_multinomial():
    fit = mlekit.fit(LABELS, family="categorical")
    p = np.array([5, 3, 4]) / 12
    np.testing.assert_allclose(fit.bse, np.sqrt(p * (1 - p) / 12), rtol=1e-14)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.cov_params())), fit.bse, rtol=1e-12)


@pytest.mark.parametrize(
    "options", [{}, {"prior": mlekit.priors.Dirichlet([2, 3, 4, 1])}, {"weights": np.arange(12) / 3 + 0.5}]
)
def test_errors_by_formula_are_those_of_the_information(options, monkeypatch):
    family = mlekit.families.Categorical(["a", "b", "c", "d"])
    by_formula = mlekit.fit(LABELS, family=family, **options).bse
    monkeypatch.setattr(Categorical, "variances", lambda self, stats: None)
    by_information = mlekit.fit(LABELS, family=family, **options).bse
    np.testing.assert_allclose(by_formula, by_information, rtol=1e-12)
    assert np.isnan(by_formula["p[d]"])


def test_errors_of_groups_of_levels_are_those_of_each_group():
    data = {"g": [0, 0, 0, 1, 1, 1, 1], "y": list("aabbbaa")}
    fits = mlekit.fit(data, "y", family="categorical", by="g")
    p = np.array([[2 / 3, 1 / 3], [0.5, 0.5]])
    np.testing.assert_allclose(fits.bse, np.sqrt(p * (1 - p) / np.array([[3], [4]])), rtol=1e-14)


def test_a_thousand_levels_need_no_matrix_and_one_set_of_intervals(monkeypatch):
    y = np.arange(4000) % 1300
    fit = mlekit.fit(y, family="categorical")
    asked = []
    exact = Categorical.exact_interval
    monkeypatch.setattr(Categorical, "exact_interval", lambda *args: (asked.append(1), exact(*args))[1])
    monkeypatch.setattr(information, "covariance", None)
    ends = fit.conf_int()
    table = fit.tidy()
    assert len(asked) <= 4
    count = np.bincount(y)
    np.testing.assert_allclose(ends["lower"], stats.beta.ppf(0.025, count, 4000 - count + 1), rtol=1e-9)
    np.testing.assert_allclose(table["std_error"], np.sqrt(count / 4000 * (1 - count / 4000) / 4000), rtol=1e-12)


@pytest.mark.slow
def test_posteriors_of_a_thousand_levels_are_made_once(monkeypatch):
    fit = mlekit.fit(np.arange(4000) % 1300, family="categorical", prior=mlekit.priors.Dirichlet(2))
    asked = []
    posterior = Categorical.posterior
    monkeypatch.setattr(Categorical, "posterior", lambda *args: (asked.append(1), posterior(*args))[1])
    names = fit.problem.coefficients.names
    found = conjugate.posterior_distributions(fit.problem, names)
    assert len(asked) == 1
    assert found[7].mean() == pytest.approx((np.sum(np.arange(4000) % 1300 == 7) + 2) / (4000 + 2600))
