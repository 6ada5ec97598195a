"""fit.explain() in special cases: what is said is true there too, and reads like a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

import mlekit
from mlekit import families
from mlekit.show import num

P = mlekit.priors
RNG = np.random.default_rng(0)
DATA: dict[str, Any] = {
    "x": RNG.normal(size=80),
    "on": np.arange(80) % 3 == 0,
    "g": np.array(["a", "b"])[np.arange(80) % 2],
    "e": RNG.uniform(0.5, 2, 80),
    "day": np.array(["2024-01-01", "2024-01-02"], dtype="datetime64[s]")[np.arange(80) % 2],
}
DATA["y"] = 1 + 2 * DATA["x"] - DATA["on"] + RNG.normal(size=80)
DATA["c"] = RNG.poisson(2, 80)
WAITS = RNG.gamma(3, size=200)


def said(fit: Any) -> str:
    return " ".join(fit.explain().split())


def explained(*given: Any, **how: Any) -> str:
    return said(mlekit.fit(*given, **how))


# -- observations -----------------------------------------------------------------------------------------------------


def test_censored_rows_are_explained_by_their_bounds_and_not_by_sums(tmp_path: Path) -> None:
    fit = mlekit.fit(mlekit.right_censored(np.minimum(WAITS, 4.0), WAITS < 4.0), family="exponential")
    seen = int((WAITS < 4.0).sum())
    assert f"How the rows were observed: {seen} exact, {200 - seen} right-censored." in said(fit)
    assert "log P(Y >= lower) if it is right-censored" in said(fit)
    fit.save(tmp_path / "fit.json", data=True)
    assert said(mlekit.load(tmp_path / "fit.json")) == said(fit)


# -- words -----------------------------------------------------------------------------------------------------------


def test_one_row_is_explained_in_the_singular() -> None:
    page = explained([3], family="poisson")
    assert "The single row of y counts events" in page
    assert "if another row of the same distribution were drawn" in page
    assert "1 row are independent" not in page


def test_a_factor_of_one_is_not_written_and_a_term_of_zero_is_left_out() -> None:
    assert "log L(p) = 2 log p + log(1 - p)" in explained([1, 1, 0], family="bernoulli")
    assert "log L(rate) = 2 log(rate) - 3 rate How" in explained([1, 0, 1], family="poisson")
    assert "log L(mean) = -log(mean) - 2/mean" in explained([2.0], family="exponential")


def test_a_column_of_true_and_false_has_two_states_and_no_unit() -> None:
    page = explained(DATA, "y ~ on", family="normal")
    assert "on True rather than False" in page
    assert "where on is False" in page
    assert "unit of on" not in page


def test_an_interval_is_that_of_the_change_whichever_way_it_goes() -> None:
    fit = mlekit.fit(DATA, "y ~ on", family="normal")
    low, high = fit.conf_int("on").to_numpy()[0]
    assert f"{num(abs(fit['on']))} lower (95% interval of the change {num(low)} to {num(high)})" in said(fit)


def test_a_key_that_is_a_day_has_no_hour() -> None:
    page = said(mlekit.fit(DATA, "c", family="poisson", by="day"))
    assert "2024-01-02" in page
    assert "00:00:00" not in page


# -- fixed parameters -----------------------------------------------------------------------------------------------


def test_with_the_mean_given_the_sd_is_not_too_small() -> None:
    assert "n - 1" not in explained([72, 75, 71, 73, 74], family="normal", fixed={"mean": 73})
    assert "n - 1" in explained([72, 75, 71, 73, 74], family="normal")


def test_a_shape_of_one_is_a_constant_hazard() -> None:
    page = explained(WAITS, family="weibull", fixed={"shape": 1.0})
    assert "the hazard is the same at every age" in page
    assert "decreases with age" not in page


def test_a_spread_that_was_fixed_too_wide_is_detected() -> None:
    fixed = mlekit.fit(WAITS, family="gamma", fixed={"shape": 1.0})
    spread = float(np.std(fixed.residuals()))
    assert f"an sd of {num(spread, 3)}, usually 0.9 to 1.1: the rows vary less than the distribution implies" in said(
        fixed
    )
    assert "they show no lack of fit" in explained(WAITS, family="gamma")


def test_with_everything_given_nothing_was_proved() -> None:
    page = explained([1.0, 2, 3], family="normal", fixed={"mean": 2, "sd": 1})
    assert "Nothing was fitted" in page
    assert "proves" not in page


def test_the_influence_of_a_row_decreases_beyond_the_place_where_it_is_greatest() -> None:
    fit = mlekit.fit(RNG.standard_t(3, size=200), family="student_t", fixed={"df": 3.0})
    u = np.linspace(0, 20, 200_001)
    most = u[np.argmax(u * 4 / (3 + u * u))] * fit["scale"]
    assert f"Beyond a distance of {num(most)} from the centre, the influence of a row decreases" in said(fit)
    assert "were estimated" not in said(fit)


# -- priors ----------------------------------------------------------------------------------------------------------


def test_a_half_normal_has_its_mode_at_zero() -> None:
    page = explained([72, 75, 71, 73, 74], family="normal", prior={"sd": P.HalfNormal(1)})
    assert "log prior = -0.5 sd^2 + a constant" in page
    assert "the mode of the prior is 0. The posterior mode, 1.237, lies between the two." in page


def test_a_beta_is_weighed_in_trials() -> None:
    page = explained([14], family=families.Binomial(n=20), prior=P.Beta(2, 2))
    assert "the weight of 2 trials, compared with 20 trials of data" in page
    assert "as if 1 more success and 1 more failure had been observed" in page
    assert "outweighs" not in page


def test_a_beta_of_ones_is_flat() -> None:
    page = explained([1, 1, 0], family="bernoulli", prior=P.Beta(1, 1))
    assert "the posterior mode is the maximum of the likelihood" in page
    assert "This is the observed proportion" in page


def test_a_prior_that_is_not_a_known_penalty_is_said_to_be_added() -> None:
    page = explained([2.0, 1, 3], family="exponential", prior=P.Gamma(shape=3, rate=2))
    assert "The log density of Gamma(shape=3, rate=2) at mean is added to the log-likelihood." in page


def test_nothing_is_claimed_about_rows_that_are_gone(tmp_path: Path) -> None:
    mlekit.fit(DATA, "y ~ x", family="normal", prior=P.Normal(0, 1)).save(tmp_path / "fit.json")
    page = said(mlekit.load(tmp_path / "fit.json"))
    assert "without prior" not in page
    assert "Without the prior" not in page
    assert "loaded or merged without its 80 rows" in page


def test_a_family_without_sufficient_statistics_that_lost_its_rows_claims_no_formula(tmp_path: Path) -> None:
    mlekit.fit(WAITS, family="weibull").save(tmp_path / "fit.json")
    assert "one equation in one unknown" in said(mlekit.load(tmp_path / "fit.json"))


def test_groups_with_a_prior_are_not_tested_by_their_spread() -> None:
    page = said(mlekit.fit(DATA, "c", family="poisson", by="g", prior=P.Gamma(shape=2, rate=1)))
    assert "The prior draws the groups together" in page
    assert "chance" not in page


def test_groups_of_one_distribution_are_rarely_found_to_differ() -> None:
    rng, groups = np.random.default_rng(5), np.repeat(np.arange(20), 12)
    pages = [
        said(mlekit.fit({"g": groups, "y": rng.normal(size=240)}, "y", family="normal", by="g")) for _ in range(60)
    ]
    assert sum("differ by more than chance" in page for page in pages) <= 5
    far = {"g": groups, "y": np.repeat(rng.normal(size=20), 12) + rng.normal(size=240)}
    assert "differ by more than chance" in said(mlekit.fit(far, "y", family="normal", by="g"))


# -- formulas --------------------------------------------------------------------------------------------------------


def test_an_intercept_is_where_the_offset_is_zero() -> None:
    page = explained(DATA, "c ~ x", family="poisson", offset="e")
    assert "Intercept: where x is 0 and the offset is 0," in page
    assert "For all rows" not in explained(DATA, "c ~ 1", family="poisson", offset="e")


def test_without_an_intercept_levels_have_values_and_no_signs() -> None:
    fit = mlekit.fit(DATA, "y ~ 0 + C(g) + x", family="normal")
    page = said(fit)
    assert f"x is 0, the mean of y is {num(fit['C(g)[b]'])}" in page or f"g b {num(fit['C(g)[b]'])} " in page
    assert "g a +" not in page


def test_a_slope_in_each_level_is_no_change_of_another() -> None:
    page = explained(DATA, "y ~ C(g):x", family="normal")
    assert "applies only where g is" in page
    assert "interaction" not in page


def test_an_intercept_is_explained_on_the_scale_of_its_link() -> None:
    fit = mlekit.fit(DATA, "c ~ x", family="poisson", link="sqrt")
    assert f"the mean of c is {num(fit['Intercept'] ** 2)}, and its sqrt is {num(fit['Intercept'])}" in said(fit)


def test_columns_explain_nothing_where_there_are_none() -> None:
    assert "% of the variance" not in explained(DATA, "y ~ 1", family="normal")


def test_the_errors_of_least_squares_are_said_to_be_too_small() -> None:
    fit = mlekit.fit(DATA, "y ~ x + g", family="normal")
    factor = fit.with_cov("unbiased").bse["x"] / fit.bse["x"]
    assert f"too small by a factor of {num(factor)}" in said(fit)
    assert "too small by a factor" not in said(fit.with_cov("unbiased"))


def test_residuals_of_a_formula_with_few_rows_show_nothing() -> None:
    columns = {f"v{k}": RNG.normal(size=30) for k in range(20)} | {"y": RNG.normal(size=30)}
    page = explained(columns, "y ~ .", family="normal")
    assert "for 22 parameters" in page
    assert "skewness" not in page


# -- networks --------------------------------------------------------------------------------------------------------


def test_the_prior_of_a_network_is_named_once_and_is_not_part_of_the_loss() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = torch.nn.Sequential(torch.nn.Linear(1, 3), torch.nn.Tanh(), torch.nn.Linear(3, 3))
    levels = np.array(["r", "g", "b"])[np.arange(80) % 3]
    how: dict[str, Any] = {"prior": P.Normal(0, 1), "solver": mlekit.solvers.Torch(steps=3)}
    fit = mlekit.fit(DATA["x"][:, None], levels, family=mlekit.network(module, "categorical"), **how)
    assert said(fit).count("Normal(mean=0, sd=1)") == 1
    assert f"loss = -(1/80) sum of log f(y; Sequential(x)) = {num(-fit.llf / 80)} nats" in said(fit)
    assert fit.plot("effects").axes[0].get_ylabel() == "probability"


def test_a_link_of_an_interval_of_its_own_is_not_about_odds() -> None:
    family = mlekit.custom(lambda y, a: -((y - a) ** 2) - np.log(np.pi) / 2, params={"a": (-50.0, 50.0)})
    assert "odds" not in explained(DATA, "y ~ x", family=family)
    assert "the link scale" in explained(DATA, "y ~ x", family=family)
