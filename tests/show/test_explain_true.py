"""fit.explain() at the edges: what is said is true there too, and reads like a sentence."""

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


def told(*given: Any, **how: Any) -> str:
    return said(mlekit.fit(*given, **how))


# -- words -----------------------------------------------------------------------------------------------------------


def test_one_row_is_told_in_the_singular() -> None:
    page = told([3], family="poisson")
    assert "The one row of y counts events" in page
    assert "were another row of the same law drawn" in page
    assert "1 row came independently" not in page


def test_a_factor_of_one_is_not_written_and_a_term_of_zero_is_left_out() -> None:
    assert "log L(p) = 2 log p + log(1 - p)" in told([1, 1, 0], family="bernoulli")
    assert "log L(rate) = 2 log(rate) - 3 rate How" in told([1, 0, 1], family="poisson")
    assert "log L(mean) = -log(mean) - 2/mean" in told([2.0], family="exponential")


def test_a_column_of_true_and_false_has_two_states_and_no_unit() -> None:
    page = told(DATA, "y ~ on", family="normal")
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


# -- what is held ----------------------------------------------------------------------------------------------------


def test_with_the_mean_given_the_sd_is_not_too_small() -> None:
    assert "n - 1" not in told([72, 75, 71, 73, 74], family="normal", fixed={"mean": 73})
    assert "n - 1" in told([72, 75, 71, 73, 74], family="normal")


def test_a_shape_of_one_is_a_risk_that_stays() -> None:
    page = told(WAITS, family="weibull", fixed={"shape": 1.0})
    assert "the risk is the same at every age" in page
    assert "falls with age" not in page


def test_a_spread_that_was_held_too_wide_is_found_out() -> None:
    held = mlekit.fit(WAITS, family="gamma", fixed={"shape": 1.0})
    spread = float(np.std(held.residuals()))
    assert f"an sd of {num(spread, 3)}, usually 0.9 to 1.1: the rows scatter less than the law says" in said(held)
    assert "no fault of the law shows" in told(WAITS, family="gamma")


def test_with_everything_given_nothing_was_proved() -> None:
    page = told([1.0, 2, 3], family="normal", fixed={"mean": 2, "sd": 1})
    assert "Nothing was fitted" in page
    assert "proves" not in page


def test_far_rows_pull_less_beyond_the_place_where_the_pull_is_greatest() -> None:
    fit = mlekit.fit(RNG.standard_t(3, size=200), family="student_t", fixed={"df": 3.0})
    u = np.linspace(0, 20, 200_001)
    most = u[np.argmax(u * 4 / (3 + u * u))] * fit["scale"]
    assert f"more than {num(most)} from the centre a row pulls less" in said(fit)
    assert "left to the data" not in said(fit)


# -- priors ----------------------------------------------------------------------------------------------------------


def test_a_half_normal_has_its_top_at_zero() -> None:
    page = told([72, 75, 71, 73, 74], family="normal", prior={"sd": P.HalfNormal(1)})
    assert "log prior = -0.5 sd^2 + a constant" in page
    assert "the prior alone at 0. The answer, 1.237, lies between." in page


def test_a_beta_is_weighed_in_tries() -> None:
    page = told([14], family=families.Binomial(n=20), prior=P.Beta(2, 2))
    assert "as much as 2 tries, beside 20 tries of data" in page
    assert "as if 1 more success and 1 more failure had come" in page
    assert "outweighs" not in page


def test_a_beta_of_ones_is_flat() -> None:
    page = told([1, 1, 0], family="bernoulli", prior=P.Beta(1, 1))
    assert "the answer is the maximum of the likelihood" in page
    assert "It is the share that was seen" in page


def test_a_prior_without_a_name_as_a_penalty_is_said_to_be_added() -> None:
    page = told([2.0, 1, 3], family="exponential", prior=P.Gamma(shape=3, rate=2))
    assert "Added to the log-likelihood is the log density of Gamma(shape=3, rate=2) at mean." in page


def test_of_rows_that_are_gone_nothing_is_claimed(tmp_path: Path) -> None:
    mlekit.fit(DATA, "y ~ x", family="normal", prior=P.Normal(0, 1)).save(tmp_path / "fit.json")
    page = said(mlekit.load(tmp_path / "fit.json"))
    assert "The data alone" not in page
    assert "loaded or merged without its 80 rows" in page


def test_a_law_without_sums_that_lost_its_rows_claims_no_formula(tmp_path: Path) -> None:
    mlekit.fit(WAITS, family="weibull").save(tmp_path / "fit.json")
    assert "One equation in a single number" in said(mlekit.load(tmp_path / "fit.json"))


def test_groups_with_a_prior_are_not_tested_by_their_spread() -> None:
    page = said(mlekit.fit(DATA, "c", family="poisson", by="g", prior=P.Gamma(shape=2, rate=1)))
    assert "The prior draws the groups together" in page
    assert "chance" not in page


def test_groups_of_one_law_are_rarely_told_apart() -> None:
    rng, groups = np.random.default_rng(5), np.repeat(np.arange(20), 12)
    pages = [
        said(mlekit.fit({"g": groups, "y": rng.normal(size=240)}, "y", family="normal", by="g")) for _ in range(60)
    ]
    assert sum("differ by more than chance" in page for page in pages) <= 5
    far = {"g": groups, "y": np.repeat(rng.normal(size=20), 12) + rng.normal(size=240)}
    assert "differ by more than chance" in said(mlekit.fit(far, "y", family="normal", by="g"))


# -- formulas --------------------------------------------------------------------------------------------------------


def test_an_intercept_is_where_the_offset_is_zero() -> None:
    page = told(DATA, "c ~ x", family="poisson", offset="e")
    assert "Intercept: where x is 0 and the offset is 0," in page
    assert "For all rows" not in told(DATA, "c ~ 1", family="poisson", offset="e")


def test_without_an_intercept_levels_have_values_and_no_signs() -> None:
    fit = mlekit.fit(DATA, "y ~ 0 + C(g) + x", family="normal")
    page = said(fit)
    assert f"x is 0, the mean of y is {num(fit['C(g)[b]'])}" in page or f"g b {num(fit['C(g)[b]'])} " in page
    assert "g a +" not in page


def test_a_slope_in_each_level_is_no_change_of_another() -> None:
    page = told(DATA, "y ~ C(g):x", family="normal")
    assert "counts where g is" in page
    assert "interaction" not in page


def test_an_intercept_on_another_scale_is_told_on_its_own() -> None:
    fit = mlekit.fit(DATA, "c ~ x", family="poisson", link="sqrt")
    assert f"the mean of c is {num(fit['Intercept'] ** 2)}, its sqrt {num(fit['Intercept'])}" in said(fit)


def test_columns_explain_nothing_where_there_are_none() -> None:
    assert "% of the variance" not in told(DATA, "y ~ 1", family="normal")


def test_the_errors_of_least_squares_are_told_to_be_too_small() -> None:
    fit = mlekit.fit(DATA, "y ~ x + g", family="normal")
    factor = fit.with_cov("unbiased").bse["x"] / fit.bse["x"]
    assert f"too small by a factor of {num(factor)}" in said(fit)
    assert "too small by a factor" not in said(fit.with_cov("unbiased"))


def test_residuals_of_a_formula_with_few_rows_show_nothing() -> None:
    columns = {f"v{k}": RNG.normal(size=30) for k in range(20)} | {"y": RNG.normal(size=30)}
    page = told(columns, "y ~ .", family="normal")
    assert "for each of the 22 numbers" in page
    assert "Skewness" not in page


# -- nets ------------------------------------------------------------------------------------------------------------


def test_the_prior_of_a_net_is_told_once_and_is_no_part_of_the_surprise() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = torch.nn.Sequential(torch.nn.Linear(1, 3), torch.nn.Tanh(), torch.nn.Linear(3, 3))
    levels = np.array(["r", "g", "b"])[np.arange(80) % 3]
    how: dict[str, Any] = {"prior": P.Normal(0, 1), "solver": mlekit.solvers.Torch(steps=3)}
    fit = mlekit.fit(DATA["x"][:, None], levels, family=mlekit.network(module, "categorical"), **how)
    assert said(fit).count("Normal(mean=0, sd=1)") == 1
    assert f"surprise = -(1/80) sum of log f(y; Sequential(x)) = {num(-fit.llf / 80)} nats" in said(fit)
    assert fit.plot("effects").axes[0].get_ylabel() == "probability"


def test_a_link_of_a_set_with_ends_of_its_own_is_no_odds() -> None:
    law = mlekit.custom(lambda y, a: -((y - a) ** 2), params={"a": (-50.0, 50.0)})
    assert "odds" not in told(DATA, "y ~ x", family=law)
    assert "the link scale" in told(DATA, "y ~ x", family=law)
