"""Links that can leave the set of their parameter: every row stays inside, and an end is an answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import LinearConstraint, minimize
from scipy.special import gammaln, xlogy

import mlekit
from mlekit.errors import IdentifiabilityError, OptionError, PredictionWarning

HALF = 1.9207294103470288  # half the 95% quantile of chi-square with one degree of freedom
ENDS = {
    ("bernoulli", "identity"): (0, 1),
    ("bernoulli", "log"): (-np.inf, 0),
    ("bernoulli", "sqrt"): (-1, 1),
    ("poisson", "identity"): (0, np.inf),
}
INVERSE = {"identity": lambda eta: eta, "log": np.exp, "sqrt": np.square}


def log_likelihood(family, link, eta, y):
    """The sum over rows; minus infinity beyond the set, up to rounding."""
    low, high = ENDS[family, link]
    if eta.min() < low - 1e-10 or eta.max() > high + 1e-10:
        return -np.inf
    p = INVERSE[link](np.clip(eta, low, high))
    if family == "poisson":
        return (xlogy(y, p) - p - gammaln(y + 1)).sum()
    return (xlogy(y, p) + xlogy(1 - y, 1 - p)).sum()


def optimum(family, link, X, y):
    """The maximum by sequential quadratic programming inside the rows' limits."""
    low, high = ENDS[family, link]
    middle = y.mean() if link == "identity" else np.log(y.mean()) if link == "log" else np.sqrt(y.mean())
    inside = LinearConstraint(X, low + 1e-13, high - 1e-13)
    begin = np.append(middle, np.zeros(X.shape[1] - 1))
    with np.errstate(all="ignore"):
        found = minimize(
            lambda b: -log_likelihood(family, link, np.clip(X @ b, low, high), y),
            begin,
            constraints=[inside],
            method="SLSQP",
            options={"ftol": 1e-14, "maxiter": 500},
        )
    return log_likelihood(family, link, X @ found.x, y)


def sample(family, seed, columns=1):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(8, 40))
    X = np.column_stack([np.ones(n), rng.normal(size=(n, columns))])
    y = (
        rng.poisson(np.exp(0.5 + 0.8 * X[:, 1]))
        if family == "poisson"
        else rng.random(n) < 1 / (1 + np.exp(-2 * X[:, 1]))
    )
    y = y.astype(float)
    y[:2] = 0.0, 1.0  # never all of one kind
    return X, y


@pytest.mark.parametrize(
    ("family", "link", "y"),
    [
        ("bernoulli", "identity", [0, 0, 1, 0, 1, 1]),
        ("bernoulli", "log", [0, 0, 1, 0, 1, 1]),
        ("poisson", "identity", [0, 0, 1, 4, 5, 9]),
    ],
)
def test_a_fit_that_is_ok_has_every_row_inside_the_set(family, link, y):
    data = {"x": np.arange(1.0, 7.0), "y": np.array(y, dtype=float)}
    fit = mlekit.fit(data, "y ~ x", family=family, link=link)
    X = np.column_stack([np.ones(6), data["x"]])
    assert fit.verdict.codes == ("boundary",)
    assert "row" in str(fit.verdict)
    assert fit.llf == pytest.approx(log_likelihood(family, link, X @ fit.params, data["y"]), abs=1e-9)
    assert fit.llf == pytest.approx(optimum(family, link, X, data["y"]), abs=1e-6)
    assert fit.bse.isna().all()
    assert fit.predict().min() >= 0


@pytest.mark.slow
@pytest.mark.parametrize(("family", "link"), list(ENDS))
@pytest.mark.parametrize("columns", [1, 3])
def test_forty_random_samples_have_the_best_inner_point(family, link, columns):
    for seed in range(40):
        X, y = sample(family, seed, columns)
        fit = mlekit.fit(X[:, 1:], y, family=family, link=link)
        assert fit.verdict.ok, (seed, fit.verdict)
        assert fit.llf == pytest.approx(log_likelihood(family, link, X @ fit.params, y), abs=1e-8), seed
        if link != "sqrt":  # there the likelihood has several peaks
            assert fit.llf > optimum(family, link, X, y) - 1e-6, seed


def height(family, link, X, y, j, value):
    """The profile at one value of one of two coefficients: a search between the ends of the other."""
    low, high = ENDS[family, link]
    other, moved = X[:, 1 - j], X[:, j] * value
    ends = []
    for end in (low, high):
        if np.isfinite(end):
            ends += [((end - m) / a, (end == low) == (a > 0)) for a, m in zip(other, moved, strict=True) if a]
    least = max([e for e, below in ends if below], default=-50.0)
    most = min([e for e, below in ends if not below], default=50.0)
    if least > most + 1e-13:
        return -np.inf

    def at(t):
        return log_likelihood(family, link, np.clip(moved + other * t, low, high), y)

    a, b = least, max(least, most)
    with np.errstate(all="ignore"):
        for _ in range(150):
            one, two = a + (b - a) / 3, b - (b - a) / 3
            a, b = (one, b) if at(one) < at(two) else (a, two)
        return max(at(least), at(max(least, most)), at((a + b) / 2))


@pytest.mark.slow
@pytest.mark.parametrize(("family", "link"), [pair for pair in ENDS if pair[1] != "sqrt"])
def test_profile_intervals_at_a_boundary_are_those_of_brute_force(family, link):
    for seed in range(6):
        X, y = sample(family, seed)
        fit = mlekit.fit(X[:, 1:], y, family=family, link=link)
        table = fit.conf_int(method="profile").to_numpy()
        for j, side in ((0, 0), (0, 1), (1, 0), (1, 1)):
            inside, outside = 0.0, 1.0
            sign = (-1, 1)[side]
            start = fit.params.iloc[j]
            while height(family, link, X, y, j, start + sign * outside) > fit.llf - HALF:
                outside *= 2
            for _ in range(60):
                middle = (inside + outside) / 2
                within = height(family, link, X, y, j, start + sign * middle) > fit.llf - HALF
                inside, outside = (middle, outside) if within else (inside, middle)
            assert table[j, side] == pytest.approx(start + sign * inside, rel=1e-7, abs=1e-7), (seed, j, side)


@pytest.mark.parametrize("link", ["identity", "sqrt", "inverse"])
@pytest.mark.parametrize("family", ["poisson", "gamma", "exponential", "weibull"])
def test_a_positive_parameter_without_an_intercept_is_fitted(family, link, rng):
    x = rng.uniform(0.5, 2, 50)
    y = rng.poisson(3 * x) if family == "poisson" else rng.gamma(2, x)
    fit = mlekit.fit({"x": x, "y": y}, "y ~ 0 + x", family=family, link=link)
    assert fit.verdict.ok
    assert np.isfinite(fit.llf)
    grid = fit.params["x"] + fit.bse["x"] * np.linspace(-3, 3, 31)
    assert fit.llf >= max(fit.loglike({"x": b}) for b in grid) - 1e-12
    assert (fit.predict() > 0).all()


def test_columns_that_keep_no_row_inside_are_refused():
    data = {"x": [-1.0, 1.0, 2.0], "y": [1, 2, 3]}
    with pytest.raises(IdentifiabilityError, match="no coefficients keep the parameter of every row inside its set"):
        mlekit.fit(data, "y ~ 0 + x", family="poisson", link="identity")


def test_predictions_outside_the_set_are_nan_with_a_warning_and_no_draws():
    fit = mlekit.fit({"x": [1, 2, 3, 4], "y": [9, 6, 5, 1]}, "y ~ x", family="poisson", link="identity")
    new = {"x": [2.0, 20.0]}
    with pytest.warns(PredictionWarning, match="rate leaves its set in 1 of 2 rows, the first of them row 1"):
        assert np.isnan(fit.predict(new)).tolist() == [False, True]
    with pytest.warns(PredictionWarning):
        table = fit.predict(new, interval="confidence")
    assert table.iloc[1].isna().all()
    with pytest.raises(OptionError, match="rate leaves its set in row 1, which has no distribution to draw from"):
        fit.sample(3, new)


def test_bounds_of_a_prediction_stay_inside_the_set():
    fit = mlekit.fit({"x": np.arange(1, 7), "y": [3, 0, 1, 4, 5, 9]}, "y ~ x", family="poisson", link="identity")
    assert fit.verdict.codes == ("converged",)
    table = fit.predict({"x": [1, 5]}, interval="confidence")
    assert table["lower"].tolist()[0] == 0
    wald = table["fit"] - 1.959963984540054 * table["std_error"]
    assert table["lower"].iloc[1] == pytest.approx(wald.iloc[1], rel=1e-9)


def test_groups_weights_offsets_priors_and_fixed_values_keep_rows_inside(rng):
    frame = pd.DataFrame({"x": rng.uniform(0, 1, 60), "g": np.repeat(["a", "b"], 30), "o": rng.uniform(0, 0.5, 60)})
    frame["y"] = rng.poisson(4 * frame["x"] ** 2)
    how = {"family": "poisson", "link": "identity"}
    groups = mlekit.fit(frame, "y ~ x", by="g", **how)
    for key, part in frame.groupby("g"):
        alone = mlekit.fit(part, "y ~ x", **how)
        np.testing.assert_allclose(groups.params.loc[key], alone.params, rtol=1e-6, atol=1e-8)
        assert groups.status[key] == alone.verdict.codes[0]
    twice = mlekit.fit(frame, "y ~ x", weights=np.full(60, 2.0), **how)
    once = mlekit.fit(frame, "y ~ x", **how)
    np.testing.assert_allclose(twice.params, once.params, rtol=1e-7, atol=1e-9)
    moved = mlekit.fit(frame, "y ~ x", offset="o", **how)
    assert (moved.params["Intercept"] + moved.params["x"] * frame["x"] + frame["o"]).min() > -1e-9
    prior = mlekit.fit(frame, "y ~ x", prior={"x": mlekit.priors.Normal(6, 0.1)}, **how)
    assert (prior.predict() >= 0).all()
    assert prior.verdict.ok
    fixed = mlekit.fit(frame, "y ~ x", fixed={"x": 5.0}, **how)
    assert (fixed.predict() >= 0).all()
    assert fixed.verdict.ok


@pytest.mark.parametrize("solver", ["scipy", "torch"])
def test_another_solver_finds_the_same_or_says_no(solver):
    data = {"x": np.arange(1.0, 7.0), "y": np.array([0, 0, 1, 4, 5, 9])}
    best = mlekit.fit(data, "y ~ x", family="poisson", link="identity")
    other = mlekit.fit(data, "y ~ x", family="poisson", link="identity", solver=solver, on_failure="ignore")
    assert not other.verdict.ok or other.llf == pytest.approx(best.llf, abs=1e-6)


def test_a_boundary_survives_a_file(tmp_path):
    fit = mlekit.fit({"x": np.arange(1, 7), "y": [0, 0, 1, 4, 5, 9]}, "y ~ x", family="poisson", link="identity")
    fit.save(tmp_path / "fit.json")
    loaded = mlekit.load(tmp_path / "fit.json")
    assert loaded.verdict.codes == ("boundary",)
    assert loaded.bse.isna().all()
    assert loaded.llf == fit.llf
