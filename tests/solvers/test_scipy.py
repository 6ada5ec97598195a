"""Every method of scipy reaches the maximum that Newton reaches, and says so only where it did."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from solvers.problems import distribution, draw, of_family, problem, regression, same_as_newton, solve

import mlekit
from mlekit.errors import ConvergenceWarning, OptionError
from mlekit.solvers._base import Status
from mlekit.solvers.scipy import METHODS, Scipy


def test_correlated_columns_are_no_trouble():
    """Coefficients and log-likelihood as iterated weighted least squares gives them (statsmodels, tolerance 1e-14)."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 1)) @ np.ones((1, 3)) + 1e-4 * rng.normal(size=(200, 3))
    fit = mlekit.fit(x, rng.poisson(np.exp(0.2 * x[:, 0])), family="poisson", solver="scipy")
    np.testing.assert_allclose(fit.params.iloc[1:], [270.953363, -802.961186, 532.203685], rtol=1e-8)
    assert fit.llf == pytest.approx(-253.10235726175384, rel=1e-12)


def test_fixed_and_tied_parameters_stay_so():
    x, y = regression("poisson")
    posterior = problem("poisson", x, y, tied={"x1": "x0"}, fixed={"Intercept": 0.25})
    same_as_newton(posterior, solve(posterior, Scipy()))


def test_groups_are_fitted_one_by_one():
    frame = pd.DataFrame({"g": list("abc") * 40, "y": np.random.default_rng(0).weibull(1.5, 120)})
    ours = mlekit.fit(frame, "y", family="weibull", by="g", solver="scipy")
    newton = mlekit.fit(frame, "y", family="weibull", by="g", solver="newton")
    np.testing.assert_allclose(ours.params, newton.params, rtol=1e-7)
    np.testing.assert_allclose(ours.bse, newton.bse, rtol=1e-6)


def test_of_several_peaks_the_highest_is_taken():
    y = np.concatenate([np.random.default_rng(1).normal(size=60), [40.0, 41.0, -35.0]])
    posterior = problem("student_t", y, far=0.0)
    same_as_newton(posterior, solve(posterior, Scipy()))


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS-B", "Nelder-Mead", "trust-exact"])
def test_a_maximum_at_infinity_is_an_edge_whatever_scipy_says(method):
    x = np.linspace(-2, 2, 40)
    with pytest.warns(ConvergenceWarning, match="x0"):
        fit = mlekit.fit(x[:, None], (x > 0.1).astype(int), family="bernoulli", solver=Scipy(method))
    assert fit.verdict.codes == ("edge",)


def test_too_few_steps_are_reported():
    solution = solve(problem("gamma", *regression("gamma")), Scipy(steps=2))
    assert solution.status.tolist() == [Status.STEPS]
    assert solution.iterations == 2


def test_a_kink_is_refused_with_what_to_do():
    x, y = regression("poisson")
    with pytest.raises(OptionError, match="Laplace prior has a kink: use solver='newton'"):
        mlekit.fit(x, y, family="poisson", prior=mlekit.priors.Laplace(0, 1), solver="scipy")


def test_a_misspelt_method_suggests_the_nearest():
    with pytest.raises(OptionError, match="L-BFGS-B"):
        Scipy("LBFGS-B")
    assert Scipy("nelder-mead").method == "Nelder-Mead"


def test_everything_fixed_is_nothing_to_search():
    fit = mlekit.fit([1.0, 2.0, 4.0], family="exponential", fixed={"mean": 2.0}, solver="scipy")
    assert fit["mean"] == 2.0
    assert fit.llf == pytest.approx(-3 * np.log(2) - 3.5, rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_the_callback_sees_a_loss_that_ends_lower_and_can_stop(method):
    seen = []
    posterior = problem("gamma", *regression("gamma"))
    solution = solve(posterior, Scipy(method, callback=lambda step, loss: seen.append((step, loss))))
    assert [step for step, _ in seen] == list(range(1, len(seen) + 1))
    assert seen[-1][1] < seen[0][1]
    assert seen[-1][1] == pytest.approx(-solution.value[0], rel=1e-6)
    assert solution.history.tolist() == [loss for _, loss in seen]
    stopped = solve(posterior, Scipy(method, callback=lambda step, loss: step == 3))
    assert stopped.iterations == 3


def test_the_tolerance_is_reached():
    posterior = of_family("gamma")
    loose, tight = (solve(posterior, Scipy(tol=tol)).decrement[0] for tol in (1e-3, 1e-14))
    assert tight < 1e-7
    assert tight < loose < 0.04


def test_data_are_left_alone():
    data = draw(distribution("weibull"), 50)
    before = data.copy()
    mlekit.fit(data, family="weibull", solver="scipy")
    np.testing.assert_array_equal(data, before)


def test_what_scipy_finds_alone_is_wrong_and_ours_is_not():
    """scipy's own fit of Student's t stops at -30,472 in silence; the true parameters have -3,302."""
    y = 1e6 + np.random.default_rng(0).standard_t(4, 2000)
    assert mlekit.fit(y, family="student_t", solver="scipy").llf > -3302.6
