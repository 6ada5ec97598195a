"""Predictions with their errors, against 100-digit references and R; new rows in every form; refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from inference.cases import REGRESSIONS, load, regression
from scipy import stats
from scipy.special import expit, logit, ndtri

import mlekit
from mlekit.errors import DataError, OptionError

NEW = {"x": [-1.5, 0, 0.25, 2], "z": ["a", "b", "c", "b"]}
Z = ndtri(0.975)
LEVELS = {name for name, case in REGRESSIONS.items() if case["family"] == "categorical"}
UNBIASED = {
    case["name"]: case["r"]["predict"] for case in load("r_regressions.json")["regressions"] if "unbiased" in case["r"]
}


@pytest.mark.parametrize("which", ["linear", "mean"])
@pytest.mark.parametrize("name", [name for name in REGRESSIONS if name not in LEVELS])
def test_values_and_errors_at_new_rows_agree_with_100_digits(name, which):
    fit, case = regression(name)
    truth = case["predict"][which]
    assert fit.predict(case["predict"]["new"], which) == pytest.approx(truth["value"], rel=1e-10)
    table = fit.predict(case["predict"]["new"], which, "confidence")
    assert table["fit"].to_numpy() == pytest.approx(truth["value"], rel=1e-10)
    assert table["std_error"].to_numpy() == pytest.approx(truth["std_error"], rel=2e-8)


@pytest.mark.parametrize("name", sorted(LEVELS))
def test_probabilities_of_levels_and_their_errors_agree_with_100_digits(name):
    fit, case = regression(name)
    new, truth = case["predict"]["new"], case["predict"]["mean"]
    table = fit.predict(new, interval="confidence")
    assert fit.predict(new) == pytest.approx(np.transpose([truth[level]["value"] for level in truth]), rel=1e-10)
    assert list(dict.fromkeys(table.columns.get_level_values(0))) == list(truth)
    for level in truth:
        assert table[level]["std_error"].to_numpy() == pytest.approx(truth[level]["std_error"], rel=2e-8)
        assert ((table[level]["lower"] > 0) & (table[level]["upper"] < 1)).all()


def test_levels_have_a_linear_predictor_each_that_is_zero_for_the_reference():
    fit, case = regression("softmax")
    eta = fit.predict(case["predict"]["new"], "linear")
    probability = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
    assert (eta[:, 0] == 0).all()
    assert probability == pytest.approx(fit.predict(case["predict"]["new"]), rel=1e-13)
    assert (fit.predict(case["predict"]["new"], "linear", "confidence")["cat"]["std_error"] == 0).all()


def test_bounds_are_those_of_the_linear_predictor_taken_through_its_link():
    fit, _ = regression("logistic")
    linear, mean = (fit.predict(NEW, which, "confidence", level=0.95) for which in ("linear", "mean"))
    assert linear["lower"].to_numpy() == pytest.approx(linear["fit"] - Z * linear["std_error"], rel=1e-14)
    assert mean["lower"].to_numpy() == pytest.approx(expit(linear["lower"]), rel=1e-14)
    assert mean["upper"].to_numpy() == pytest.approx(expit(linear["upper"]), rel=1e-14)


def test_a_falling_link_turns_the_bounds_round(rng):
    y = rng.gamma(3.0, size=30)
    fit = mlekit.fit({"y": y}, "y ~ 1", family="gamma", link="inverse")
    table = fit.predict(interval="confidence")
    assert (table["lower"] < table["fit"]).all()
    assert (table["fit"] < table["upper"]).all()


def test_what_follows_several_predictors_is_bounded_on_the_link_of_its_set():
    fit, case = regression("weibull")
    table = fit.predict(case["predict"]["new"], interval="confidence", level=0.9)
    half = ndtri(0.95) * table["std_error"] / table["fit"]
    assert table["lower"].to_numpy() == pytest.approx(table["fit"] * np.exp(-half), rel=1e-13)
    assert table["upper"].to_numpy() == pytest.approx(table["fit"] * np.exp(half), rel=1e-13)


@pytest.mark.parametrize("name", UNBIASED)
def test_intervals_of_least_squares_are_those_of_r(name):
    fit, case = regression(name)
    unbiased, truth = fit.with_cov("unbiased"), UNBIASED[name]
    table = unbiased.predict(case["predict"]["new"], interval="prediction")
    assert table[["lower", "upper"]].to_numpy() == pytest.approx(
        np.array(truth["unbiased_interval"]), rel=1e-9, abs=1e-9 * fit["sd"]
    )
    errors = unbiased.predict(case["predict"]["new"], interval="confidence")["std_error"]
    assert errors.to_numpy() == pytest.approx(truth["unbiased_std_error"], rel=1e-9)


def test_a_new_normal_observation_varies_by_its_own_sd_and_by_that_of_the_mean():
    fit, _ = regression("linear")
    new, mean = fit.predict(NEW, interval="prediction", level=0.9), fit.predict(NEW, interval="confidence")
    half = ndtri(0.95) * np.sqrt(fit["sd"] ** 2 + mean["std_error"] ** 2)
    assert new["upper"].to_numpy() == pytest.approx(mean["fit"] + half, rel=1e-14)
    assert list(new) == ["fit", "lower", "upper"]


def test_a_new_count_falls_between_quantiles_of_the_distribution():
    fit, case = regression("poisson_years")
    new = case["predict"]["new"]
    table = fit.predict(new, interval="prediction", level=0.8)
    assert table["lower"].to_numpy() == pytest.approx(stats.poisson(fit.predict(new)).ppf(0.1))
    assert table["upper"].to_numpy() == pytest.approx(stats.poisson(fit.predict(new)).ppf(0.9))


def test_quantiles_move_with_the_mean_and_the_sd():
    fit, _ = regression("linear")
    table = fit.predict(NEW, "quantile", "confidence", q=0.9)
    cov, z = fit.cov_params().to_numpy(), ndtri(0.9)
    x = np.array([[1, -1.5, 0, 0], [1, 0, 1, 0], [1, 0.25, 0, 1], [1, 2, 1, 0]])
    g = np.column_stack([x, np.full(4, z)])
    assert table["fit"].to_numpy() == pytest.approx(x @ fit.params.to_numpy()[:4] + z * fit["sd"], rel=1e-13)
    assert table["std_error"].to_numpy() == pytest.approx(np.sqrt(np.einsum("ij,jk,ik->i", g, cov, g)), rel=1e-9)


def test_parameters_and_derived_ones_are_predicted_by_name():
    fit, case = regression("gamma_shape")
    new = case["predict"]["new"]
    mean, shape = fit.predict(new, "mean"), fit.predict(new, "shape")
    assert shape == pytest.approx(np.exp(fit["shape: Intercept"] + fit["shape: x"] * np.array(new["x"])), rel=1e-14)
    assert fit.predict(new, "variance") == pytest.approx(mean**2 / shape, rel=1e-14)
    table = fit.predict(new, "shape", "confidence")
    assert (table["lower"] < shape).all()
    assert (shape < table["upper"]).all()


@pytest.mark.parametrize(
    "form", [dict, pd.DataFrame, pl.DataFrame, pa.table, lambda d: pd.DataFrame(d, index=[7, 5, 3, 1])]
)
def test_new_rows_may_be_in_any_container(form):
    fit, case = regression("linear")
    predicted = fit.predict(form(NEW))
    assert predicted.shape == (4,)
    assert predicted == pytest.approx(case["predict"]["mean"]["value"], rel=1e-12)
    assert fit.predict(form(NEW), interval="confidence").shape == (4, 4)


@pytest.mark.parametrize("names", [None, ["u", "v"]])
def test_a_matrix_has_the_columns_of_the_fit_in_their_order(rng, names):
    X, y = rng.normal(size=(30, 2)), rng.poisson(2.0, size=30)
    fit = mlekit.fit(X if names is None else pd.DataFrame(X, columns=names), y, family="poisson")
    truth = np.exp(fit.params.iloc[0] + X[:3] @ fit.params.iloc[1:].to_numpy())
    for new in (X[:3], X[:3].tolist(), pd.DataFrame(X[:3], columns=names or ["x0", "x1"])):
        assert fit.predict(new) == pytest.approx(truth, rel=1e-13)
    with pytest.raises(DataError, match="1 columns, but the fit has 2"):
        fit.predict(X[:, :1])


def test_without_new_rows_the_fitted_ones_are_predicted():
    fit, case = regression("poisson_offset")
    assert fit.predict() == pytest.approx(fit.predict(case["data"]), rel=1e-13)
    assert fit.predict() == pytest.approx(np.array(case["data"]["y"]) - case["residuals"]["response"], rel=1e-10)


def test_a_family_without_formulas_predicts_the_same_for_each_row():
    fit = mlekit.fit([1, 1, 0, 1], family="bernoulli")
    assert fit.predict().tolist() == [0.75] * 4
    assert fit.predict([0, 1]).tolist() == [0.75] * 2
    assert fit.predict({"x": [1, 2, 3]}, "odds").tolist() == [3.0] * 3
    table = fit.predict([0], interval="confidence")
    assert table["lower"][0] == pytest.approx(expit(logit(0.75) - Z / np.sqrt(4 * 0.75 * 0.25)), rel=1e-14)
    categorical = mlekit.fit(["a", "b", "b", "b"], family="categorical")
    assert categorical.predict(["a", "b"]).tolist() == [[0.25, 0.75]] * 2


def test_at_an_end_of_a_set_the_value_stands_and_has_no_error():
    table = mlekit.fit([1, 1, 1], family="bernoulli").predict([0], interval="confidence")
    assert table["fit"][0] == 1.0
    assert table[["std_error", "lower", "upper"]].isna().all(axis=None)


def test_classes_are_the_labels_of_the_data(rng):
    x = rng.normal(size=60)
    data = {"x": x, "y": np.where(x + rng.normal(size=60) > 0, "yes", "no"), "z": rng.choice(["r", "g", "b"], size=60)}
    coin = mlekit.fit(data, "y ~ x", family="bernoulli")
    assert coin.predict({"x": [-3.0, 3.0]}, "class").tolist() == ["no", "yes"]
    assert mlekit.fit(x > 0, family="bernoulli").predict([0], "class")[0] in (0, 1)
    softmax = mlekit.fit(data, "z ~ x", family="categorical")
    best = softmax.predict().argmax(axis=1)
    assert softmax.predict(which="class").tolist() == [["b", "g", "r"][k] for k in best]


def test_trials_of_a_new_row_come_from_their_column_or_are_one(rng):
    data = {"x": rng.normal(size=40), "t": rng.integers(3, 9, size=40)}
    data["yes"] = rng.binomial(data["t"], 0.4)
    data["no"] = data["t"] - data["yes"]
    by_column = mlekit.fit(data, "yes ~ x", family=mlekit.families.Binomial(n="t"))
    side_by_side = mlekit.fit(data, "cbind(yes, no) ~ x", family="binomial")
    p = side_by_side.predict({"x": [0.5]})[0]
    assert by_column.predict({"x": [0.5], "t": [10]})[0] == pytest.approx(10 * p, rel=1e-12)
    assert by_column.residuals("response") == pytest.approx(side_by_side.residuals("response"), rel=1e-9)
    by_array = mlekit.fit(data, "yes ~ x", family=mlekit.families.Binomial(n=data["t"]))
    with pytest.raises(OptionError, match="name a column"):
        by_array.predict({"x": [0.5]})


@pytest.mark.parametrize("formula", ["cbind(yes, no) ~ x", "cbind(yes, t - yes) ~ x"])
def test_rows_of_successes_and_failures_have_their_own_numbers_of_trials(rng, formula):
    data = pd.DataFrame({"x": rng.normal(size=40), "t": rng.integers(3, 9, size=40)})
    data["yes"] = rng.binomial(data.t, 0.4)
    data["no"] = data.t - data.yes
    fit = mlekit.fit(data, formula, family="binomial")
    p = expit(fit["Intercept"] + fit["x"] * data.x)
    truth = stats.binom(data.t, p)
    assert fit.predict() == pytest.approx(truth.mean(), rel=1e-12)
    assert fit.predict(data) == pytest.approx(truth.mean(), rel=1e-12)
    assert fit.predict(which="p") == pytest.approx(p, rel=1e-12)
    assert fit.predict() + fit.residuals("response") == pytest.approx(data.yes, rel=1e-12)
    assert fit.residuals("pearson") == pytest.approx((data.yes - truth.mean()) / truth.std(), rel=1e-9)
    bounds = fit.predict(interval="prediction")
    assert bounds[["lower", "upper"]].to_numpy().T.tolist() == [list(truth.ppf(0.025)), list(truth.ppf(0.975))]
    draws = fit.sample(4000, seed=1)
    assert draws.mean(axis=1) == pytest.approx(truth.mean(), abs=5 * truth.std().max() / np.sqrt(4000))
    assert (draws.max(axis=1) > 1).all()
    assert mlekit.fit(data, "yes ~ x", family=mlekit.families.Binomial(n="t")).predict() == pytest.approx(fit.predict())


def test_trials_that_differ_from_row_to_row_have_no_single_distribution():
    fit = mlekit.fit({"yes": [1, 4, 2], "no": [3, 1, 2]}, "cbind(yes, no)", family="binomial")
    assert fit.predict() == pytest.approx(np.array([4, 5, 4]) * 7 / 13)
    with pytest.raises(OptionError, match="differs from row to row"):
        fit.quantile(0.5)


def test_an_offset_of_new_rows_needs_a_column(rng):
    data = {"x": rng.normal(size=40), "o": rng.normal(size=40)}
    data["y"] = rng.poisson(np.exp(data["o"] + 0.5 * data["x"]))
    new = {"x": [0.0], "o": [1.0]}
    named = mlekit.fit(data, "y ~ x", family="poisson", offset="o")
    written = mlekit.fit(data, "y ~ x + offset(o)", family="poisson")
    assert named.predict(new) == pytest.approx(np.exp(named["Intercept"] + 1.0), rel=1e-13)
    assert written.predict(new) == pytest.approx(named.predict(new), rel=1e-9)
    for fit in (named, written):
        with pytest.raises((DataError, OptionError), match="'o'"):
            fit.predict({"x": [0.0]})
    with pytest.raises(DataError, match="nan in row 0"):
        named.predict({"x": [0.0], "o": [np.nan]})
    given = mlekit.fit(data, "y ~ x", family="poisson", offset=data["o"])
    assert given.predict() == pytest.approx(named.predict(), rel=1e-13)
    with pytest.raises(OptionError, match="name a column"):
        given.predict(new)


def test_units_do_not_matter(rng):
    x = rng.normal(size=50)
    y = 1 + x + rng.normal(size=50)
    plain = mlekit.fit({"x": x, "y": y}, "y ~ x", family="normal").predict(interval="confidence")
    far = mlekit.fit({"x": 1e6 + x, "y": 1e-9 * y}, "y ~ x", family="normal").predict(interval="confidence")
    assert far.to_numpy() == pytest.approx(1e-9 * plain.to_numpy(), rel=1e-8)


def test_fixed_values_have_no_error_and_stay_as_they_were_given(rng):
    y = rng.normal(size=20)
    fit = mlekit.fit(y, family="normal", fixed={"sd": 0.3})
    assert fit.predict([0], "sd")[0] == 0.3
    table = fit.predict([0], "sd", "confidence")
    assert table.loc[0].tolist() == [0.3, 0.0, 0.3, 0.3]
    quantile = fit.predict([0], "quantile", "confidence", q=0.9)
    assert quantile["std_error"][0] == pytest.approx(0.3 / np.sqrt(20), rel=1e-9)


def test_a_scipy_distribution_is_predicted_through_its_own_functions(rng):
    y = rng.gumbel(size=200)
    fit = mlekit.fit(y, family=stats.gumbel_r)
    table = fit.predict([0], interval="confidence")
    assert table["fit"][0] == pytest.approx(fit["loc"] + np.euler_gamma * fit["scale"], rel=1e-13)
    truth = fit.estimate(lambda loc, scale: loc + np.euler_gamma * scale, method="wald")
    assert table["std_error"][0] == pytest.approx(truth.std_error, rel=1e-7)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"which": "meen"}, "'mean'"),
        ({"which": "class"}, "are numbers"),
        ({"which": "quantile"}, "q=0.9"),
        ({"which": "quantile", "q": 1.5}, "q is 1.5"),
        ({"q": 0.5}, "which='quantile'"),
        ({"interval": "wald"}, "'confidence'"),
        ({"interval": "prediction", "which": "sd"}, "leave which= out"),
        ({"interval": "confidence", "level": 0.05}, "level=0.95"),
    ],
)
def test_what_cannot_be_predicted_is_refused_with_what_can(options, words):
    fit, _ = regression("linear")
    with pytest.raises(OptionError, match=words):
        fit.predict(NEW, **options)


def test_labels_have_no_intervals_of_a_new_observation_or_a_class():
    fit, case = regression("softmax")
    with pytest.raises(OptionError, match="no order"):
        fit.predict(case["predict"]["new"], interval="prediction")
    with pytest.raises(OptionError, match="which='mean'"):
        fit.predict(case["predict"]["new"], "class", "confidence")


def test_new_rows_that_do_not_fit_are_refused():
    fit, _ = regression("linear")
    with pytest.raises(DataError, match="row 0 is 'q'"):
        fit.predict({"x": [1.0], "z": ["q"]})
    with pytest.raises(DataError, match="no column 'z'"):
        fit.predict({"x": [1.0]})
    with pytest.raises(DataError):
        fit.predict([1.0, 2.0])
    with pytest.raises(DataError):
        fit.predict({"x": [np.nan], "z": ["a"]})


def test_a_family_known_by_its_log_density_only_has_parameters_but_no_mean(rng):
    family = mlekit.custom(lambda y, a: -((y - a) ** 2) / 2 - np.log(2 * np.pi) / 2, params={"a": "real"})
    fit = mlekit.fit(rng.normal(size=10), family=family)
    assert fit.predict([0, 0], "a") == pytest.approx([fit["a"]] * 2)
    with pytest.raises(OptionError, match="log density alone"):
        fit.predict()


def test_a_saved_fit_predicts_new_rows_and_not_its_own(tmp_path):
    fit, _ = regression("linear")
    fit.save(tmp_path / "fit.json")
    loaded = mlekit.load(tmp_path / "fit.json")
    pd.testing.assert_frame_equal(loaded.predict(NEW, interval="confidence"), fit.predict(NEW, interval="confidence"))
    with pytest.raises(OptionError, match="rows"):
        loaded.predict()
