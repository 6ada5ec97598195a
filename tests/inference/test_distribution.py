"""The fitted distribution, frozen; its draws, and its quantiles and probabilities with bounds."""

from __future__ import annotations

import numpy as np
import pytest
from inference.cases import regression
from scipy import stats
from scipy.special import expit, logit, ndtr, ndtri

import mlekit
from mlekit.errors import DataError, OptionError

TEMPERATURES = [72, 75, 71, 73, 74]
Z = ndtri(0.975)


def test_the_distribution_is_scipys_at_the_estimates():
    fit = mlekit.fit(TEMPERATURES, family="normal")
    assert fit.dist.mean() == 73.0
    assert fit.dist.cdf(74.0) == pytest.approx(ndtr(1 / np.sqrt(2)), rel=1e-14)
    assert type(fit.dist.std()) in (float, np.float64)
    assert mlekit.fit([14], family=mlekit.families.Binomial(n=20)).dist.pmf(14) == pytest.approx(
        stats.binom(20, 0.7).pmf(14)
    )
    assert mlekit.fit(["a", "b", "b", "b"], family="categorical").dist.pmf([0, 1]).tolist() == [0.25, 0.75]
    assert mlekit.fit([1, 1], family="bernoulli").dist.pmf(1) == 1.0


def test_the_distribution_of_a_regression_is_one_of_new_rows():
    fit, case = regression("gamma")
    new = case["predict"]["new"]
    assert fit.dist(new).mean() == pytest.approx(fit.predict(new), rel=1e-14)
    assert fit.dist().mean() == pytest.approx(fit.predict(), rel=1e-14)
    softmax, case = regression("softmax")
    probabilities = softmax.predict(case["predict"]["new"])
    assert softmax.dist(case["predict"]["new"]).pmf(1) == pytest.approx(probabilities[:, 1], rel=1e-14)
    trials = mlekit.fit({"y": [1, 3], "n": [2, 4]}, "y", family=mlekit.families.Binomial(n="n"))
    assert trials.dist({"n": [10, 20]}).mean() == pytest.approx([20 / 3, 40 / 3])


def test_draws_come_from_the_distribution_and_the_same_seed_gives_the_same():
    fit = mlekit.fit(TEMPERATURES, family="normal")
    draws = fit.sample(100_000, seed=1)
    assert draws.shape == (100_000,)
    assert draws.mean() == pytest.approx(73, abs=0.02)
    assert draws.std() == pytest.approx(np.sqrt(2), abs=0.02)
    assert np.array_equal(fit.sample(5, seed=7), fit.sample(5, seed=np.random.default_rng(7)))
    assert not np.array_equal(fit.sample(5), fit.sample(5))
    assert fit.sample(0, seed=0).shape == (0,)


def test_draws_of_labels_are_labels(rng):
    words = mlekit.fit(["mat", "hat", "mat"], family="categorical")
    assert set(words.sample(50, seed=0)) == {"mat", "hat"}
    coin = mlekit.fit(["no", "yes", "yes"], family="bernoulli")
    assert set(coin.sample(50, seed=0)) == {"no", "yes"}
    assert mlekit.fit([0, 1], family="bernoulli").sample(5, seed=0).dtype.kind == "i"


def test_a_regression_draws_a_row_for_each_new_row():
    fit, case = regression("poisson_years")
    draws = fit.sample(4000, case["predict"]["new"], seed=0)
    assert draws.shape == (2, 4000)
    assert draws.mean(axis=1) == pytest.approx(case["predict"]["mean"]["value"], rel=0.05)
    assert fit.sample(3, seed=0).shape == (35, 3)
    softmax, case = regression("softmax")
    labels = softmax.sample(2000, case["predict"]["new"], seed=0)
    probabilities = [np.mean(labels == level, axis=1) for level in case["predict"]["mean"]]
    assert np.transpose(probabilities) == pytest.approx(softmax.predict(case["predict"]["new"]), abs=0.04)


@pytest.mark.parametrize("n", [-1, 2.5, "3"])
def test_a_number_of_draws_is_a_whole_one(n):
    with pytest.raises(OptionError, match="number of draws"):
        mlekit.fit([0, 1], family="bernoulli").sample(n)


def test_quantiles_and_probabilities_are_numbers_of_numbers_and_arrays_of_many():
    fit = mlekit.fit(TEMPERATURES, family="normal")
    assert fit.quantile(0.5) == 73.0
    assert fit.quantile([0.025, 0.975]) == pytest.approx(73 + np.array([-Z, Z]) * np.sqrt(2), rel=1e-14)
    assert fit.cdf(72) + fit.sf(72) == pytest.approx(1, rel=1e-15)
    assert fit.sf([72.0, 73.0]).shape == (2,)
    assert isinstance(fit.cdf(72), float)


def test_the_error_of_a_normal_quantile_is_that_of_the_delta_method():
    fit = mlekit.fit(TEMPERATURES, family="normal")
    q = np.array([0.01, 0.5, 0.9])
    table = fit.quantile(q, interval=True)
    assert table.index.tolist() == q.tolist()
    assert table["std_error"].to_numpy() == pytest.approx(np.sqrt(2 / 5 * (1 + ndtri(q) ** 2 / 2)), rel=1e-9)
    assert table["upper"].to_numpy() == pytest.approx(table["fit"] + Z * table["std_error"], rel=1e-12)


def test_the_error_of_a_probability_is_bounded_on_the_logit_scale():
    fit = mlekit.fit(TEMPERATURES, family="normal")
    table = fit.cdf([72.5], interval=True, level=0.9)
    u = -0.5 / np.sqrt(2)
    p, error = ndtr(u), stats.norm.pdf(u) * np.sqrt((1 + u * u / 2) / 5)
    assert table["std_error"].iloc[0] == pytest.approx(error, rel=1e-8)
    assert table["lower"].iloc[0] == pytest.approx(expit(logit(p) - ndtri(0.95) * error / (p * (1 - p))), rel=1e-8)
    assert fit.sf([72.5], interval=True, level=0.9)["upper"].iloc[0] == pytest.approx(
        1 - table["lower"].iloc[0], rel=1e-8
    )


def test_of_one_parameter_the_bounds_are_those_at_the_bounds_of_the_parameter():
    fit = mlekit.fit([3, 5, 1, 0, 4], family="poisson")
    rate = 2.6 * np.exp(np.array([-1, 1]) * Z / np.sqrt(13))
    table = fit.quantile(0.9, interval=True)
    assert table[["lower", "upper"]].iloc[0].tolist() == stats.poisson(rate).ppf(0.9).tolist()
    table = fit.sf(4, interval=True)
    assert table[["lower", "upper"]].iloc[0].to_numpy() == pytest.approx(stats.poisson(rate).sf(4), rel=1e-12)


def test_a_quantile_of_a_positive_distribution_has_positive_bounds(rng):
    table = mlekit.fit(rng.weibull(0.4, size=12), family="weibull").quantile([0.01, 0.99], interval=True)
    assert (table["lower"] > 0).all()
    assert (table["lower"] < table["fit"]).all()
    assert (table["fit"] < table["upper"]).all()


def test_bounds_far_from_zero_keep_their_digits():
    plain = mlekit.fit(TEMPERATURES, family="normal").quantile(0.9, interval=True)
    far = mlekit.fit([1e6 + t for t in TEMPERATURES], family="normal").quantile(0.9, interval=True)
    assert (far["std_error"] / plain["std_error"]).iloc[0] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("q", [-0.1, 1.5, np.nan])
def test_a_proportion_is_between_zero_and_one(q):
    with pytest.raises(OptionError, match="from 0 to 1"):
        mlekit.fit(TEMPERATURES, family="normal").quantile(q)


def test_distributions_that_differ_from_row_to_row_have_no_one_quantile(rng):
    fit, _ = regression("linear")
    data = {"y": rng.poisson(2.0, size=20), "o": rng.normal(size=20)}
    for varying in (fit, mlekit.fit(data, "y", family="poisson", offset="o")):
        with pytest.raises(OptionError, match=r"fit\.dist\(new\)"):
            varying.quantile(0.5)
        with pytest.raises(OptionError, match=r"fit\.dist\(new\)"):
            varying.cdf(1.0)


def test_a_fit_with_an_offset_is_the_regression_on_a_constant(rng):
    data = {"o": rng.normal(size=30)}
    data["y"] = rng.poisson(2 * np.exp(data["o"]))
    constant, line = (mlekit.fit(data, target, family="poisson", offset="o") for target in ("y", "y ~ 1"))
    for new in (None, {"o": [0.0, 1.0]}):
        assert constant.predict(new) == pytest.approx(line.predict(new), rel=1e-10)
    assert constant.log_prob() == pytest.approx(line.log_prob(), rel=1e-10)
    assert constant.evaluate(data).nll == pytest.approx(-constant.llf / 30, rel=1e-12)
    assert constant.loglike({"rate": 1.5}) == pytest.approx(line.loglike({"Intercept": np.log(1.5)}), rel=1e-13)
    assert constant.loglike({"rate": 0.0}) == -np.inf
    assert constant.score_obs({"rate": 1.5})["rate"].to_numpy() * 1.5 == pytest.approx(
        line.score_obs({"Intercept": np.log(1.5)})["Intercept"].to_numpy(), rel=1e-12
    )
    assert constant.with_cov("hc3").bse["rate"] == pytest.approx(
        constant["rate"] * line.with_cov("hc3").bse["Intercept"], rel=1e-8
    )
    with pytest.raises(OptionError, match="column 'o'"):
        constant.predict([1, 2])
    with pytest.raises(OptionError, match="evaluate"):
        constant.decompose()


def test_a_family_known_by_its_log_density_only_has_no_distribution():
    family = mlekit.custom(lambda y, a: -((y - a) ** 2) / 2 - np.log(2 * np.pi) / 2, params={"a": "real"})
    fit = mlekit.fit([1.0, 2.0], family=family)
    for ask in (lambda: fit.dist, lambda: fit.sample(3), lambda: fit.cdf(0.0)):
        with pytest.raises(OptionError, match="log density alone"):
            ask()


def test_merged_and_loaded_fits_have_distributions_too(tmp_path):
    whole = mlekit.merge(mlekit.fit([1, 0], family="bernoulli"), mlekit.fit([1, 1], family="bernoulli"))
    assert whole.dist.mean() == 0.75
    assert whole.sample(4, seed=0).shape == (4,)
    fit = mlekit.fit({"y": [1, 3], "n": [2, 4]}, "y", family=mlekit.families.Binomial(n="n"))
    fit.save(tmp_path / "fit.json")
    loaded = mlekit.load(tmp_path / "fit.json")
    assert loaded.dist({"n": [10]}).mean() == pytest.approx([20 / 3])
    with pytest.raises((OptionError, DataError)):
        loaded.dist()


def test_a_discrete_distribution_of_several_parameters_has_no_bounds_of_a_quantile():
    fit = mlekit.fit([1, 2, 2, 3, 3, 3], family="categorical")
    assert fit.quantile(0.5) == 2.0
    with pytest.raises(OptionError, match="bootstrap"):
        fit.quantile(0.5, interval=True)


def test_labels_are_asked_by_their_names():
    fit, coin = mlekit.fit(["a", "b", "b"], family="categorical"), mlekit.fit(["y", "n", "y"], family="bernoulli")
    assert fit.dist.pmf("b") == pytest.approx(2 / 3)
    assert fit.dist.pmf(["a", "b"]) == pytest.approx([1 / 3, 2 / 3])
    assert coin.dist.logpmf("y") == pytest.approx(np.log(2 / 3))
    assert set(coin.dist.rvs(size=50, random_state=0)) == {"y", "n"}
    with pytest.raises(OptionError, match="'zz' is not one of the labels"):
        fit.dist.pmf("zz")


@pytest.mark.parametrize(
    "ask",
    [
        lambda fit: fit.cdf("y"),
        lambda fit: fit.sf("y"),
        lambda fit: fit.cdf(0),
        lambda fit: fit.quantile(0.5),
        lambda fit: fit.dist.cdf("y"),
        lambda fit: fit.dist.ppf(0.5),
        lambda fit: fit.predict(which="quantile", q=0.5),
    ],
)
@pytest.mark.parametrize("family", ["categorical", "bernoulli"])
def test_labels_without_an_order_have_no_distribution_function(family, ask):
    with pytest.raises(OptionError, match=r"no order.*fit\.dist\.pmf"):
        ask(mlekit.fit(["y", "n", "y"], family=family))


def test_numbers_as_labels_are_asked_by_their_values():
    fit = mlekit.fit([1, 2, 5, 5], family="categorical")
    assert fit.cdf([0, 1, 4, 5, 9]).tolist() == [0, 0.25, 0.5, 1, 1]
    assert fit.quantile([0.2, 0.5, 0.9]).tolist() == [1, 2, 5]
    assert fit.dist.pmf([1, 5, 3]).tolist() == [0.25, 0.5, 0]
    assert fit.predict(which="quantile", q=0.9).tolist() == [5, 5, 5, 5]


@pytest.mark.parametrize("family", ["bernoulli", "categorical", "normal"])
def test_a_text_is_not_a_point_of_a_distribution_of_numbers(family):
    with pytest.raises(OptionError, match="'y' is not a number"):
        mlekit.fit([1, 0, 1], family=family).cdf("y")
    with pytest.raises(OptionError, match="'y' is not a number"):
        mlekit.fit([1, 0, 1], family="categorical").dist.pmf("y")
