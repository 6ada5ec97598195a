"""Laplace priors end at the optimum: the conditions of Karush, Kuhn and Tucker, brute force, and scikit-learn agree.

The prior Laplace(loc, b) is |beta - loc| / b against the log-likelihood. At the optimum the score of the log-likelihood
is at most 1 / b in size where beta = loc, and sign(beta - loc) / b elsewhere; where the log-likelihood is concave, this
proves it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import optimize, stats

import mlekit
from mlekit.models.problem import Evaluation, Kinks
from mlekit.solvers._proximal import proximal_step

Laplace = mlekit.priors.Laplace
CONCAVE = ["normal", "bernoulli", "poisson"]


def lasso(name: str, x: Any, y: Any, factor: float, **how: Any) -> Any:
    """A fit with Laplace(0, 1 / factor) on every slope; of the normal family with sd 1."""
    known = {"fixed": {"sd": 1.0}} if name == "normal" else {}
    return mlekit.fit(x, y, family=name, prior=Laplace(0, 1 / factor), **{**known, **how})


def excess(name: str, x: np.ndarray, y: np.ndarray, factor: float, fitted: Any) -> float:
    """How far the score is from an optimal one, in units of its standard deviation."""
    b = fitted.params.drop(["Intercept", "sd"], errors="ignore").to_numpy()
    eta = fitted["Intercept"] + x @ b
    mean = {"normal": eta, "bernoulli": 1 / (1 + np.exp(-eta)), "poisson": np.exp(np.minimum(eta, 700))}[name]
    variance = {"normal": np.ones(len(y)), "bernoulli": mean * (1 - mean), "poisson": mean}[name]
    score = x.T @ (y - mean)
    wrong = np.where(b == 0, np.maximum(np.abs(score) - factor, 0), np.abs(score - factor * np.sign(b)))
    slopes = wrong / np.sqrt((variance[:, None] * x**2).sum(axis=0))
    return max(slopes.max(), abs((y - mean).sum()) / np.sqrt(variance.sum()))


def data_set(name: str) -> tuple[np.ndarray, np.ndarray]:
    data = getattr(sm.datasets, name).load_pandas()
    return data.exog.to_numpy(dtype=float), data.endog.to_numpy(dtype=float)


# ---- real data -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.1, 3.0, 50.0])
@pytest.mark.parametrize(
    ("data", "family"),
    [
        ("spector", "bernoulli"),
        ("stackloss", "normal"),
        ("stackloss", "poisson"),
        ("longley", "poisson"),
        ("anes96", "poisson"),
        ("cpunish", "poisson"),
        ("fair", "normal"),
        ("randhie", "poisson"),
    ],
)
def test_the_score_is_that_of_an_optimum_on_real_data(data, family, factor):
    x, y = data_set(data)
    fitted = lasso(family, x, y, factor)
    assert fitted.verdict.codes == ("converged",)
    assert excess(family, x, y, factor, fitted) < 1e-6


def test_spector_reaches_the_log_posterior_of_coordinate_descent():
    x, y = data_set("spector")
    fitted = lasso("bernoulli", x, y, 3.0)
    assert fitted.solution.value[0] == pytest.approx(-18.294, abs=5e-4)
    assert (fitted["x0"], fitted["x2"]) == (0.0, 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("factor", [0.001, 0.01, 0.1])
def test_diabetes_ends_where_scikit_learn_does(factor):
    linear = pytest.importorskip("sklearn.linear_model")
    x, y = pytest.importorskip("sklearn.datasets").load_diabetes(return_X_y=True)
    fitted = lasso("normal", x, y, factor, fixed={"sd": 54.0})
    there = linear.Lasso(alpha=factor * 54**2 / len(y), tol=1e-15, max_iter=100_000, random_state=0).fit(x, y)
    assert fitted.verdict.ok
    np.testing.assert_allclose(fitted.params.iloc[1:-1], there.coef_, rtol=1e-9)


@pytest.mark.slow
def test_breast_cancer_ends_where_scikit_learn_does():
    linear = pytest.importorskip("sklearn.linear_model")
    x, y = pytest.importorskip("sklearn.datasets").load_breast_cancer(return_X_y=True)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    fitted = lasso("bernoulli", z, y, 20.0)
    saga = {"solver": "saga", "tol": 1e-9, "max_iter": 20_000, "random_state": 0}
    there = linear.LogisticRegression(C=1 / 20, l1_ratio=1, **saga).fit(z, y)
    assert fitted.verdict.ok
    np.testing.assert_allclose(fitted.params.iloc[1:], there.coef_[0], rtol=1e-6, atol=1e-7)
    for factor in (0.01, 1.0, 100.0):
        for columns in (x, z):
            fitted = lasso("bernoulli", columns, y, factor)
            assert fitted.verdict.ok
            assert excess("bernoulli", columns, y, factor, fitted) < 1e-6


# ---- simulated data ------------------------------------------------------------------------------------------------


def simulated(seed: int) -> tuple[str, np.ndarray, np.ndarray, float]:
    """Up to 200 columns, correlations up to 0.99, columns of any unit far from zero, and any amount of shrinkage."""
    rng = np.random.default_rng(seed)
    columns = int(rng.choice([3, 10, 30, 80, 200]))
    rows, rho = int(rng.integers(max(40, columns // 3), 1500)), rng.choice([0, 0.5, 0.9, 0.99])
    name = CONCAVE[rng.integers(3)]
    z = rng.normal(size=(rows, columns))
    if rng.random() < 0.5:
        z = np.sqrt(rho) * rng.normal(size=(rows, 1)) + np.sqrt(1 - rho) * z
    else:
        for j in range(1, columns):
            z[:, j] = rho * z[:, j - 1] + np.sqrt(1 - rho**2) * z[:, j]
    eta = 0.3 + z @ (rng.normal(size=columns) * (rng.random(columns) < 0.2))
    eta /= max(1.0, eta.std())
    y = {
        "normal": lambda: eta + rng.normal(size=rows),
        "bernoulli": lambda: (rng.random(rows) < 1 / (1 + np.exp(-eta))).astype(float),
        "poisson": lambda: rng.poisson(np.exp(eta)).astype(float),
    }[name]()
    x = z * 10 ** rng.uniform(-2, 2, columns) + rng.normal(size=columns) * rng.integers(2)
    steepest = max(1.0, np.abs(x.T @ (y - y.mean())).max())
    return name, x, y, float(10 ** rng.uniform(-1, np.log10(steepest)))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 60, 10))
def test_the_score_is_that_of_an_optimum_on_sixty_simulated_data_sets(first):
    for seed in range(first, first + 10):
        name, x, y, factor = simulated(seed)
        fitted = lasso(name, x, y, factor)
        assert fitted.verdict.ok, seed
        assert excess(name, x, y, factor, fitted) < 1e-5, seed


@pytest.mark.parametrize("rho", [0.5, 0.99])
@pytest.mark.parametrize("loc", [0.0, 0.7])
def test_with_a_free_sd_the_score_is_that_of_an_optimum(loc, rho):
    rng = np.random.default_rng(5)
    x = np.sqrt(rho) * rng.normal(size=(300, 1)) + np.sqrt(1 - rho) * rng.normal(size=(300, 40))
    y = 50 + x @ (loc + rng.normal(size=40) * (rng.random(40) < 0.3)) + 3 * rng.normal(size=300)
    fitted = mlekit.fit(x, y, family="normal", prior=Laplace(loc, 1 / 8))
    assert fitted.verdict.ok
    b, sd = fitted.params.iloc[1:-1].to_numpy(), fitted["sd"]
    residuals = y - fitted["Intercept"] - x @ b
    score = x.T @ residuals / sd**2
    assert sd**2 == pytest.approx(np.mean(residuals**2), rel=1e-7)
    assert 3 < (b == loc).sum() < 38  # on the kink to the last bit
    assert np.abs(score[b == loc]).max() <= 8
    np.testing.assert_allclose(score[b != loc], 8 * np.sign(b[b != loc] - loc), rtol=1e-5)


@pytest.mark.slow
def test_more_columns_than_rows():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(50, 120))
    y = x[:, :3] @ [2.0, -1.0, 1.0] + rng.normal(size=50)
    for name, outcome in (("normal", y), ("bernoulli", (y > 0).astype(float))):
        fitted = lasso(name, x, outcome, 2.0)
        assert fitted.verdict.ok
        assert excess(name, x, outcome, 2.0, fitted) < 1e-6


def test_twice_the_same_column_is_flat_and_named():
    rng = np.random.default_rng(1)
    a = rng.normal(size=80)
    for name, y in (("normal", a + rng.normal(size=80)), ("poisson", rng.poisson(np.exp(a)))):
        data = {"a": a, "b": a, "c": rng.normal(size=80), "y": y}
        fitted = mlekit.fit(data, "y ~ a + b + c", family=name, prior=Laplace(0, 0.1), on_failure="ignore")
        assert fitted.verdict.codes == ("flat",)
        assert "b and a" in str(fitted.verdict) or "a and b" in str(fitted.verdict)


@pytest.mark.parametrize("unit", [1e-12, 1e12])
def test_units_of_columns_do_not_matter(unit):
    rng = np.random.default_rng(2)
    x = rng.normal(size=(200, 4))
    y = rng.poisson(np.exp(0.5 * x[:, 0] - 0.2 * x[:, 1]))
    one, other = lasso("poisson", x, y, 25.0), lasso("poisson", unit * x, y, unit * 25.0)
    assert other.verdict.ok
    assert (one.params == 0).any()
    np.testing.assert_allclose(unit * other.params.iloc[1:], one.params.iloc[1:], rtol=1e-8)


@pytest.mark.parametrize("scale", [0.1, 1.0, 3.0])
def test_units_of_observations_do_not_matter(scale):
    y = np.random.default_rng(0).gamma(3, 2, 50)
    one = mlekit.fit(y, family="normal", prior={"mean": Laplace(5, scale)})
    other = mlekit.fit(1e-15 * y, family="normal", prior={"mean": Laplace(5e-15, 1e-15 * scale)})
    assert other.verdict.ok
    np.testing.assert_allclose(1e15 * other.params, one.params, rtol=1e-7)


def test_an_intercept_far_from_zero_rests_exactly_on_its_kink():
    rng = np.random.default_rng(0)
    x = rng.normal(3, 1, 200)
    y = 1e6 + x + rng.normal(size=200)
    fitted = mlekit.fit({"x": x, "y": y}, "y ~ x", family="normal", prior={"Intercept": Laplace(1e6 + 0.1, 0.001)})
    assert fitted.verdict.ok
    assert fitted["Intercept"] == 1e6 + 0.1
    b = ((y - 1e6 - 0.1) @ x) / (x @ x)
    assert fitted["x"] == pytest.approx(b, rel=1e-9)


@pytest.mark.parametrize("family", ["normal", "poisson"])
def test_an_end_of_a_profile_interval_is_where_the_lasso_of_the_others_has_fallen_by_1_92(family):
    rng = np.random.default_rng(0)
    x = 0.9 * rng.normal(size=(200, 1)) + 0.4 * rng.normal(size=(200, 4))
    y = rng.poisson(np.exp(0.2 + 0.5 * x[:, 0]))
    data = {"y": y, **{f"x{j}": x[:, j] for j in range(4)}}
    prior = {f"x{j}": Laplace(0, 0.1) for j in range(4)}
    fitted = mlekit.fit(data, "y ~ x0 + x1 + x2 + x3", family=family, prior=prior)
    ends = fitted.conf_int(method="profile")
    for name in prior:
        for end in ends.loc[name]:
            others = {other: p for other, p in prior.items() if other != name}
            how = {"family": family, "prior": others, "fixed": {name: float(end)}}
            there = mlekit.fit(data, "y ~ x0 + x1 + x2 + x3", **how)
            fall = fitted.solution.value[0] - there.solution.value[0] - prior[name].log_density(np, end)
            assert fall == pytest.approx(stats.chi2.ppf(0.95, 1) / 2, abs=1e-5)


# ---- groups, and parameters that are no coefficients ---------------------------------------------------------------


def test_each_group_ends_where_it_does_alone():
    rng = np.random.default_rng(4)
    keys = np.repeat(np.arange(30), 40)
    x = 0.9 * rng.normal(size=(1200, 1)) + 0.3 * rng.normal(size=(1200, 4))
    y = rng.poisson(np.exp(0.2 + 0.6 * rng.normal(size=30)[keys] * x[:, 0]))
    data = {"k": keys, "y": y, **{f"x{j}": x[:, j] for j in range(4)}}
    formula, how = "y ~ x0 + x1 + x2 + x3", {"family": "poisson", "prior": Laplace(0, 1 / 12)}
    fitted = mlekit.fit(data, formula, by="k", **how)
    assert fitted.verdict_ok
    for key in range(0, 30, 5):
        alone = mlekit.fit({name: column[keys == key] for name, column in data.items()}, formula, **how)
        np.testing.assert_allclose(fitted.params.loc[key], alone.params, rtol=1e-7, atol=1e-12)
        assert ((fitted.params.loc[key] == 0) == (alone.params == 0)).all()


@pytest.mark.parametrize("scale", [0.05, 0.3, 3.0])
@pytest.mark.parametrize("loc", [0.5, 1.7, 2.0, 6.0])
@pytest.mark.parametrize("name", ["weibull", "gamma"])
def test_a_shape_with_a_laplace_prior_is_at_the_top_of_its_posterior(name, loc, scale):
    rows = np.random.default_rng(21).gamma(3, 2, 30)
    density = {
        "weibull": lambda shape, scale: stats.weibull_min.logpdf(rows, shape, scale=scale).sum(),
        "gamma": lambda shape, mean: stats.gamma.logpdf(rows, shape, scale=mean / shape).sum(),
    }[name]

    def profile(shape: float) -> float:
        """Minus the log posterior of a shape, the other parameter at its best value."""
        other = (rows**shape).mean() ** (1 / shape) if name == "weibull" else rows.mean()
        return abs(shape - loc) / scale - density(shape, other)

    pieces = [
        optimize.minimize_scalar(profile, bounds=b, method="bounded", options={"xatol": 1e-10})
        for b in ((1e-2, loc), (loc, 50.0))
    ]
    best = min(*((p.fun, p.x) for p in pieces), (profile(loc), loc))
    fitted = mlekit.fit(rows, family=name, prior={"shape": Laplace(loc, scale)})
    assert fitted.verdict.ok
    assert fitted["shape"] == pytest.approx(best[1], rel=2e-6)
    assert profile(fitted["shape"]) <= best[0] + 1e-9


# ---- the step ------------------------------------------------------------------------------------------------------


def model_of(seed: int, fits: int, size: int) -> tuple[Evaluation, np.ndarray, Kinks]:
    """Quadratic models with correlated coordinates, some of them without a kink."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(fits, 2 * size, size)) + 2 * rng.normal(size=(fits, 2 * size, 1))
    z = rng.normal(size=(fits, size)) * (rng.random((fits, size)) < 0.5)
    weight = 5 * size * rng.random(size) * (rng.random(size) < 0.8)
    score = 10 * size * rng.normal(size=(fits, size))
    model = Evaluation(np.zeros(fits), score - weight * np.sign(z), -np.swapaxes(a, 1, 2) @ a)
    return model, z, Kinks(0 * weight, weight)


@pytest.mark.parametrize("size", [1, 2, 5, 20])
def test_a_step_is_the_maximum_of_the_model_of_every_fit(size):
    e, z, kinks = model_of(size, 40, size)
    step, decrement, concave = proximal_step(e, z, kinks)
    assert concave.all()
    end, w = z + step, kinks.weight
    score = e.gradient + w * np.sign(z) + np.einsum("gij,gj->gi", e.hessian, step)
    slack = 1e-9 * (np.abs(e.gradient) + w).max()
    assert np.where(end == 0, np.abs(score) <= w + slack, np.abs(score - w * np.sign(end)) <= slack).all()
    first_order = ((e.gradient + w * np.sign(z)) * step).sum(axis=1) - (w * (np.abs(end) - np.abs(z))).sum(axis=1)
    np.testing.assert_allclose(decrement, first_order, rtol=1e-9)
    assert (decrement >= 0).all()


def test_a_fit_that_cannot_be_evaluated_disturbs_no_other():
    e, z, kinks = model_of(0, 3, 4)
    step, decrement, _ = proximal_step(e, z, kinks)
    e.gradient[1, 2] = np.nan
    e.hessian[1] = np.inf
    again, broken, concave = proximal_step(e, z, kinks)
    np.testing.assert_array_equal(again[[0, 2]], step[[0, 2]])
    np.testing.assert_array_equal(broken[[0, 2]], decrement[[0, 2]])
    assert np.isnan(broken[1])
    assert not concave[1]


def test_without_a_concave_model_the_step_still_leads_up():
    e, z, kinks = model_of(3, 20, 6)
    e.hessian[:, 0, 0] *= -1
    step, decrement, concave = proximal_step(e, z, kinks)
    assert np.isfinite(step).all()
    assert (decrement > 0).all()
    assert not concave.all()
