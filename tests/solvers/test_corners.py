"""Maxima at corners of scipy's densities, and how little they cost."""

import numpy as np
import pytest
from scipy import stats

import mlekit
from mlekit.families.composite._scipy import ScipyFamily


@pytest.mark.parametrize("n", [60, 61])
def test_the_maximum_of_a_laplace_is_proved_at_the_median(n):
    y = stats.laplace.rvs(1, 2, size=n, random_state=np.random.default_rng(5))
    fit = mlekit.fit(y, family=stats.laplace)
    median = np.median(y)
    assert fit.verdict.ok
    assert fit.verdict.codes == ("converged",)
    assert fit["loc"] == pytest.approx(median, abs=1e-8)
    assert fit["scale"] == pytest.approx(np.abs(y - median).mean(), rel=1e-9)
    assert np.isnan(fit.bse["loc"])
    assert fit.bse["scale"] == pytest.approx(fit["scale"] / np.sqrt(n), rel=1e-6)


def test_a_top_between_two_rows_is_called_a_corner_and_its_middle_is_the_answer():
    fit = mlekit.fit([0.0, 1.0, 2.0, 7.0], family=stats.laplace)
    assert fit["loc"] == pytest.approx(1.5, abs=1e-8)
    assert fit.verdict.reasons == (
        "the log-likelihood falls to both sides of a corner in loc, and the score of the others is zero",
    )


@pytest.mark.slow
def test_groups_with_corners_are_proved_one_by_one():
    rng = np.random.default_rng(2)
    g, y = np.repeat([0, 1, 2], [20, 21, 40]), rng.laplace(size=81)
    fit = mlekit.fit({"g": g, "y": y}, "y", family=stats.laplace, by="g")
    assert not len(fit.failed)
    np.testing.assert_allclose(fit.params["loc"], [np.median(y[g == k]) for k in range(3)], atol=1e-8)


CASES = {
    "laplace": (stats.laplace, (1, 2), 60, 5),
    "laplace_asymmetric": (stats.laplace_asymmetric, (1.3,), 80, 0),
    "gennorm with a corner": (stats.gennorm, (0.7,), 80, 5),
    "gennorm": (stats.gennorm, (1.3,), 150, 5),
    "dweibull": (stats.dweibull, (1.5,), 80, 5),
    "johnsonsu": (stats.johnsonsu, (1, 1), 150, 5),
    "f": (stats.f, (5, 9), 150, 5),
    "t": (stats.t, (4,), 80, 5),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(CASES))
def test_scipys_own_fit_is_not_higher_and_few_densities_are_asked_for(name, monkeypatch):
    dist, shapes, n, seed = CASES[name]
    y = dist.rvs(*shapes, size=n, random_state=np.random.default_rng(seed))
    calls = []
    plain = ScipyFamily.log_density
    monkeypatch.setattr(ScipyFamily, "log_density", lambda *a, **k: (calls.append(1), plain(*a, **k))[1])
    fit = mlekit.fit(y, family=dist)
    assert fit.verdict.ok
    held = {"floc": 0} if dist is stats.f else {}
    assert fit.llf > dist.logpdf(y, *dist.fit(y, **held)).sum() - 1e-6
    assert len(calls) < 4000


@pytest.mark.slow
def test_profile_intervals_beside_special_functions_are_quick():
    y = stats.gennorm.rvs(1.3, size=150, random_state=np.random.default_rng(5))
    fit = mlekit.fit(y, family=stats.gennorm)
    for name, low, high in fit.conf_int().itertuples():
        for end in (low, high):
            at = mlekit.fit(y, family=stats.gennorm, fixed={name: end})
            assert 2 * (fit.llf - at.llf) == pytest.approx(stats.chi2.ppf(0.95, 1), rel=1e-3)
