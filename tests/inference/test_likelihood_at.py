"""The likelihood away from its maximum: heights and scores at any parameters, at ends of sets the limit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from inference.cases import REGRESSIONS, SAMPLES, regression, sample

import mlekit
from mlekit.errors import OptionError, UnknownName

ELSEWHERE = [name for name, (_, case) in SAMPLES.items() if case.get("elsewhere")]
CANCELS = {"poisson large", "gamma large_shape"}  # a small sum of large terms


def weights(case, rows):
    return np.ones(rows) if not case["weights"] else np.asarray(case["weights"], dtype=float)


def coin():
    return mlekit.fit([1] * 14 + [0] * 6, family="bernoulli")


@pytest.mark.parametrize("name", ELSEWHERE)
def test_loglike_agrees_with_100_digits(name):
    fit, case = sample(name)
    there = case["elsewhere"]
    assert fit.loglike(there["params"]) == pytest.approx(there["llf"], rel=2e-11 if name in CANCELS else 1e-13)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_scores_add_up_to_the_score_of_100_digits(name):
    fit, case = sample(name)
    scores = fit.score_obs(case["elsewhere"]["params"])
    total = weights(case, len(scores)) @ scores.to_numpy()
    assert total == pytest.approx(case["elsewhere"]["score"], rel=2e-12)


@pytest.mark.parametrize("name", REGRESSIONS)
def test_at_the_estimates_of_a_regression_the_height_is_llf_and_the_scores_add_up_to_zero(name):
    fit, case = regression(name)
    scores = fit.score_obs()
    w = weights({"weights": case["data"][case["weights"]] if case["weights"] else None}, len(scores))
    assert fit.loglike(fit.params) == pytest.approx(case["llf"], rel=1e-12)
    assert fit.loglike(fit.params) == pytest.approx(fit.llf, rel=1e-12)
    assert (w @ scores.to_numpy()) * fit.bse.to_numpy() == pytest.approx(0, abs=1e-9)
    assert list(scores.columns) == list(case["params"])


@pytest.mark.parametrize(
    "name", ["linear", "logistic", "softmax", "gamma_shape", "weibull", "student_t", "logistic_cbind"]
)
def test_scores_are_differences_of_the_height(name):
    fit, _ = regression(name)
    at = fit.params.to_numpy() + 0.3 * fit.bse.to_numpy()
    scores = fit.score_obs(at).sum()
    for k, error in enumerate(fit.bse):
        step = 1e-4 * error * (np.arange(len(at)) == k)
        slope = (fit.loglike(at + step) - fit.loglike(at - step)) / (2e-4 * error)
        assert scores.iloc[k] * error == pytest.approx(slope * error, rel=1e-6, abs=1e-6)


def test_the_slope_of_the_mean_loss_of_a_coin_is_in_p_and_not_in_the_logit():
    fit = coin()
    assert -fit.score_obs({"p": 0.4})["p"].mean() == pytest.approx(-1.25, rel=1e-14)
    regression = mlekit.fit({"y": [1] * 14 + [0] * 6}, "y ~ 1", family="bernoulli")
    assert -regression.score_obs({"Intercept": np.log(0.4 / 0.6)})["Intercept"].mean() == pytest.approx(-0.3, rel=1e-14)


def test_a_head_where_heads_are_impossible_is_minus_infinity():
    fit = coin()
    assert fit.loglike({"p": 0.0}) == -np.inf
    assert fit.loglike({"p": 1.0}) == -np.inf
    assert fit.loglike({"p": 0.5}) == pytest.approx(20 * np.log(0.5), rel=1e-15)


def test_all_heads_have_the_height_zero_at_one():
    fit = mlekit.fit([1, 1, 1], family="bernoulli")
    assert fit.loglike({"p": 1.0}) == 0.0
    assert fit.loglike() == 0.0
    assert fit.score_obs()["p"].tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("data", "family", "params", "height"),
    [
        ([0, 0], "poisson", {"rate": 0.0}, 0.0),
        ([0, 3], "poisson", {"rate": 0.0}, -np.inf),
        ([1.0, 2.0], "normal", {"sd": 0.0}, -np.inf),
        ([1.0, 2.0], "normal", {"mean": np.inf}, -np.inf),
        ([1.0, 2.0], "gamma", {"shape": np.inf}, -np.inf),
        ([1.0, 2.0], "gamma", {"shape": 0.0}, -np.inf),
        ([1.0, 2.0], "exponential", {"mean": 0.0}, -np.inf),
        ([1.0, 2.0], "weibull", {"shape": 0.0}, -np.inf),
        ([1.0, 2.0], "weibull", {"scale": np.inf}, -np.inf),
        (["a", "b"], "categorical", [1.0, 0.0], -np.inf),
        (["a", "a"], "categorical", [1.0], 0.0),
    ],
)
def test_at_an_end_of_a_set_the_height_is_its_limit(data, family, params, height):
    assert mlekit.fit(data, family=family).loglike(params) == height


def test_student_with_infinite_df_is_normal(rng):
    y = rng.standard_t(3, size=40)
    student, normal = mlekit.fit(y, family="student_t"), mlekit.fit(y, family="normal")
    limit = student.loglike({"loc": normal["mean"], "scale": normal["sd"], "df": np.inf})
    assert limit == pytest.approx(normal.llf, rel=1e-14)
    assert student.loglike({"scale": 0.0}) == -np.inf


def test_a_regression_at_the_end_of_a_parameter_has_a_limit_too():
    fit, _ = regression("linear")
    assert fit.loglike({"sd": 0.0}) == -np.inf
    assert not np.isnan(fit.score_obs({"sd": 0.0}).to_numpy()).any()
    exact = dict.fromkeys(fit.params.index, 0.0) | {"sd": 1.0}
    assert fit.loglike(exact) == pytest.approx(-0.5 * sum(np.square(fit.problem.rows.y) + np.log(2 * np.pi)), rel=1e-14)


def test_probabilities_have_scores_that_add_up_to_zero_at_the_frequencies():
    fit = mlekit.fit(["a", "b", "a", "c"], family="categorical")
    assert fit.score_obs().to_numpy().sum(axis=0) == pytest.approx(0, abs=1e-14)
    assert fit.score_obs().loc[0].tolist() == [1.0, -1.0, -1.0]
    assert fit.score_obs([0.5, 0.5, 0.0])["p[c]"].tolist() == [-1.0, -1.0, -1.0, np.inf]


def test_scores_are_one_row_an_input_row_and_do_not_know_of_weights():
    data = {"y": [3.0, 1.0, 2.0], "w": [5, 0, 1]}
    weighted = mlekit.fit(data, "y", family="normal", weights="w").score_obs({"mean": 1.0, "sd": 1.0})
    plain = mlekit.fit(data["y"], family="normal").score_obs({"mean": 1.0, "sd": 1.0})
    pd.testing.assert_frame_equal(weighted, plain)
    assert plain["mean"].tolist() == [2.0, 0.0, 1.0]


def test_a_family_known_by_its_log_density_only_has_scores(rng):
    y = rng.normal(size=30)
    family = mlekit.custom(
        lambda y, a, s: -np.log(s) - np.abs(np.tanh(y - a)) / s, params={"a": "real", "s": "positive"}
    )
    fit = mlekit.fit(y, family=family, on_failure="ignore")
    at = {"a": 5.0, "s": 2.0}
    assert fit.score_obs(at)["s"].to_numpy() == pytest.approx(-1 / 2 + np.abs(np.tanh(y - 5.0)) / 4, rel=1e-9)


@pytest.mark.parametrize(
    ("params", "words"),
    [({"p": 1.5}, "p is 1.5"), ({"p": np.nan}, "p is nan"), ([0.1, 0.2], "2 values"), ({"q": 0.5}, "no parameter 'q'")],
)
def test_parameters_outside_their_set_are_refused_by_name(params, words):
    with pytest.raises(OptionError, match=words):
        coin().loglike(params)


def test_refusals_name_the_parameter():
    categorical = mlekit.fit(["a", "b", "a", "c"], family="categorical")
    with pytest.raises(OptionError, match=r"add up to 1\.4"):
        categorical.loglike({"p[a]": 0.9})
    fit, _ = regression("linear")
    with pytest.raises(OptionError, match="coefficient 'x' is inf"):
        fit.loglike({"x": np.inf})
    with pytest.raises(UnknownName):
        fit.score_obs({"X": 1.0})


def test_a_fit_without_rows_has_a_height_and_no_scores():
    whole = mlekit.merge(mlekit.fit([1, 0], family="bernoulli"), mlekit.fit([1, 1], family="bernoulli"))
    assert whole.loglike({"p": 0.5}) == pytest.approx(4 * np.log(0.5))
    with pytest.raises(OptionError, match="rows"):
        whole.score_obs()


def test_a_limit_may_lie_at_either_end(rng):
    y = rng.normal(size=20)
    cut = mlekit.custom(
        lambda y, a, b: -0.5 * y**2 + np.log1p(-np.exp(-1 / a)) - np.log1p(-np.exp(-1 / a)) * b / b,
        params={"a": "positive", "b": (0.0, 2.0)},
    )
    fit = mlekit.fit(y, family=cut, on_failure="ignore", start={"a": 1.0, "b": 1.0})
    assert fit.loglike({"b": 0.0}) == pytest.approx(-0.5 * y @ y, rel=1e-12)


def test_a_density_that_grows_without_end_has_an_endless_limit():
    fit = mlekit.fit([1.0, 1.0, 3.0], family="student_t", fixed={"df": 1.5}, on_failure="ignore")
    assert fit.loglike({"loc": 1.0, "scale": 0.0}) == np.inf
    assert fit.loglike({"loc": 1.0, "scale": 0.0, "df": 3.0}) == -np.inf
