"""Weights count rows: their unit changes no estimate, and a row of weight zero is as good as absent."""

from __future__ import annotations

import numpy as np
import pytest
from solvers.problems import REGRESSIONS, regression

import mlekit

SOLVERS = ["auto", "scipy"]


@pytest.mark.parametrize("weight", [1e-9, 1e-3, 1e6])
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("name", REGRESSIONS)
def test_the_answer_is_the_same_with_weights_of_any_unit(name, solver, weight):
    x, y = regression(name)
    one = mlekit.fit(x, y, family=name, solver=solver)
    fitted = mlekit.fit(x, y, family=name, solver=solver, weights=np.full(len(y), weight))
    assert fitted.verdict.ok
    np.testing.assert_allclose(fitted.params, one.params, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(fitted.bse * np.sqrt(weight), one.bse, rtol=1e-6)


def test_a_posterior_mode_with_tiny_weights_is_that_of_a_prior_with_as_much_less_weight():
    x, y = regression("poisson")
    weak = mlekit.fit(x, y, family="poisson", prior=mlekit.priors.Normal(0, 0.1))
    same = {"prior": mlekit.priors.Normal(0, 0.1 * np.sqrt(1e9)), "weights": np.full(len(y), 1e-9)}
    np.testing.assert_allclose(mlekit.fit(x, y, family="poisson", **same).params, weak.params, rtol=1e-8)


@pytest.mark.parametrize("by", [False, True], ids=["together", "by group"])
@pytest.mark.parametrize("far", [1e5, -1e5, 1e30])
@pytest.mark.parametrize("name", [name for name in REGRESSIONS if name != "categorical"])
def test_a_row_of_weight_zero_is_as_good_as_absent(name, far, by):
    x, y = regression(name)
    data = {"x": x[:, 0], "y": y.astype(float), "g": np.arange(len(y)) % 2}
    more = {name: np.append(column, column[:2]) for name, column in data.items()}
    more["x"][-2:] = far
    weights = np.append(np.ones(len(y)), [0.0, 0.0])
    how = {"family": name, "by": "g"} if by else {"family": name}
    without, fitted = mlekit.fit(data, "y ~ x", **how), mlekit.fit(more, "y ~ x", weights=weights, **how)
    np.testing.assert_allclose(fitted.params, without.params, rtol=1e-9)
    np.testing.assert_allclose(fitted.bse, without.bse, rtol=1e-9)
    assert fitted.verdict_ok


@pytest.mark.parametrize("name", ["normal", "poisson", "student_t"])
def test_rows_of_weight_zero_among_many_disturb_neither_units_nor_resamples(name):
    x, y = regression(name, rows=9000)
    weights = np.ones(len(y))
    weights[::5] = 0
    far = x.copy()
    far[::5] *= 1e5
    without = mlekit.fit(x[weights > 0], y[weights > 0], family=name)
    fitted = mlekit.fit(far, y, family=name, weights=weights)
    np.testing.assert_allclose(fitted.params, without.params, rtol=1e-9)
    np.testing.assert_allclose(fitted.bse, without.bse, rtol=1e-9)
    spread = fitted.bootstrap(40, seed=1).draws.std().to_numpy()
    np.testing.assert_allclose(spread, fitted.bse, rtol=0.5)
