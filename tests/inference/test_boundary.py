"""Probabilities beside empty levels keep their errors: those of a family without these levels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mlekit

FAMILY = mlekit.families.Categorical(["a", "b", "c", "d"])


@pytest.mark.parametrize("data", ["aabbbc", "bbbccd", "acccdd"])
def test_covariance_beside_an_empty_level_is_multinomial(data):
    fit = mlekit.fit(list(data), family=FAMILY)
    p = np.array([data.count(level) for level in "abcd"]) / 6
    expected = (np.diag(p) - np.outer(p, p)) / 6
    expected[p == 0], expected[:, p == 0] = np.nan, np.nan
    assert fit.cov_params().to_numpy() == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_only_level_with_rows_has_no_error():
    assert mlekit.fit(list("bbb"), family=FAMILY).bse.isna().all()


def test_prior_counts_in_the_curvature_beside_an_empty_level():
    fit = mlekit.fit(list("aabbbc"), family=FAMILY, prior=mlekit.priors.Dirichlet([2, 3, 1, 1]))
    p = np.array([3, 5, 1, 0]) / 9
    assert fit.bse.to_numpy() ** 2 == pytest.approx(np.where(p > 0, p * (1 - p) / 9, np.nan), rel=1e-12, nan_ok=True)


def test_groups_with_and_without_empty_levels_stand_side_by_side():
    data = pd.DataFrame({"g": [0] * 6 + [1] * 4 + [2] * 2, "y": list("aabbbcabccbb")})
    errors = mlekit.fit(data, "y", family="categorical", by="g").bse.to_numpy()
    p = np.array([[2, 3, 1], [1, 1, 2], [0, 2, 0]]) / np.array([[6], [4], [2]])
    expected = np.sqrt(p * (1 - p) / [[6], [4], [2]])
    expected[2] = np.nan
    assert errors == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_functions_of_probabilities_have_an_error_if_these_do():
    fit = mlekit.fit(list("aabbbc"), family=FAMILY)
    ratio = fit.estimate(lambda p: np.log(p[0] / p[1]))
    assert ratio.std_error == pytest.approx(np.sqrt(1 / 2 + 1 / 3), rel=1e-12)
    assert np.isnan(fit.estimate(lambda p: p[0] + p[3]).std_error)
