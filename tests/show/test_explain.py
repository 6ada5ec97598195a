"""fit.explain(): the page has the fit's own numbers, in words that suit its family, its model and its priors."""

from __future__ import annotations

import copy
import pickle
import re
import warnings
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats

import mlekit
from mlekit import families
from mlekit.errors import ConvergenceWarning
from mlekit.show import Explanation, Line, explanation, listed, many, num
from mlekit.show.explain import families as words

P = mlekit.priors
COIN = [1] * 7 + [0] * 3
TEMPERATURES = [72, 75, 71, 73, 74]
HEADINGS = [
    "What was assumed",
    "What was maximised",
    "How the maximum was found",
    "What the estimates mean",
    "How uncertain the estimates are",
    "What could be wrong",
]


def rows() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    n = 200
    frame = pd.DataFrame({"size": rng.uniform(0.2, 3, n), "shop": rng.choice(["north", "south"], n)})
    frame["sales"] = rng.poisson(np.exp(0.3 + 0.7 * frame["size"]))
    frame["bought"] = np.where(rng.random(n) < 1 / (1 + np.exp(1.5 - 1.2 * frame["size"])), "yes", "no")
    frame["price"] = 2 + 3 * frame["size"] + rng.normal(size=n)
    frame["hours"] = rng.gamma(3, np.exp(0.2 * frame["size"]))
    frame["t"] = rng.standard_t(3, n)
    frame["days"] = rng.integers(1, 5, n)
    return frame


DATA = rows()
X = pd.DataFrame(np.random.default_rng(1).normal(size=(60, 8)), columns=pd.Index([f"x{k}" for k in range(8)]))
Y = 2 * X["x0"] - X["x3"] + np.random.default_rng(2).normal(size=60)
GROUPS = pd.concat([DATA[["shop", "hours"]], pd.DataFrame({"shop": ["lone"], "hours": [3.0]})])


def quietly(*given: Any, **how: Any) -> Any:
    return mlekit.fit(*given, **how, on_failure="ignore")


FITS: dict[str, Callable[[], Any]] = {
    "coin": lambda: quietly(COIN, family="bernoulli"),
    "labels": lambda: quietly(DATA, "bought", family="bernoulli"),
    "all heads": lambda: quietly([1] * 20, family="bernoulli"),
    "counted": lambda: quietly(mlekit.counted([1, 0], [120, 880]), family="bernoulli"),
    "no events": lambda: quietly([0] * 12, family="poisson"),
    "temperatures": lambda: quietly(TEMPERATURES, family="normal"),
    "categorical": lambda: quietly(["mat"] * 14 + ["hat"] * 3 + ["dog"] * 2 + ["car"], family="categorical"),
    "poisson": lambda: quietly(DATA, "sales", family="poisson"),
    "binomial": lambda: quietly([14, 11, 9, 16], family=families.Binomial(n=20)),
    "exponential": lambda: quietly(DATA, "hours", family="exponential"),
    "gamma": lambda: quietly(DATA, "hours", family="gamma"),
    "weibull": lambda: quietly(DATA, "hours", family="weibull"),
    "student_t": lambda: quietly(DATA, "t", family="student_t"),
    "poisson regression": lambda: quietly(DATA, "sales ~ size + shop", family="poisson"),
    "interaction": lambda: quietly(DATA, "sales ~ size*shop + I(size**2)", family="poisson"),
    "offset": lambda: quietly(DATA, "sales ~ size", family="poisson", offset="days"),
    "logistic": lambda: quietly(DATA, "bought ~ size + shop", family="bernoulli"),
    "probit": lambda: quietly(DATA, "bought ~ size", family="bernoulli", link="probit"),
    "least squares": lambda: quietly(DATA, "price ~ size + shop", family="normal"),
    "sd formula": lambda: quietly(DATA, {"mean": "price ~ size", "sd": "~ size"}, family="normal"),
    "gamma regression": lambda: quietly(DATA, "hours ~ size", family="gamma", link="log"),
    "weibull regression": lambda: quietly(DATA, "hours ~ size", family="weibull"),
    "softmax": lambda: quietly(DATA, "shop ~ size", family="categorical"),
    "cbind": lambda: quietly({"a": [3, 5, 8], "b": [7, 5, 3], "x": [0, 1, 2]}, "cbind(a, b) ~ x", family="binomial"),
    "beta": lambda: quietly(COIN, family="bernoulli", prior=P.Beta(10, 10)),
    "dirichlet": lambda: quietly(list("aabbbc"), family="categorical", prior=P.Dirichlet(2)),
    "rate prior": lambda: quietly([2, 0, 1, 5], family="poisson", prior=P.Gamma(shape=4, rate=1)),
    "in the rate": lambda: quietly([1.0, 2, 6], family="exponential", prior={"rate": P.Gamma(shape=2, rate=1)}),
    "known sd": lambda: quietly(TEMPERATURES, family="normal", fixed={"sd": 2.0}, prior={"mean": P.Normal(70, 1)}),
    "flat": lambda: quietly(COIN, family="bernoulli", prior=P.Flat()),
    "ridge": lambda: quietly(X, Y, family="normal", prior=P.Normal(0, 0.3)),
    "lasso": lambda: quietly(X, Y, family="normal", prior=P.Laplace(0, 0.05)),
    "custom": lambda: quietly([1.0, 2.0, 3.0, 7.0], family=mlekit.custom(_density, params={"a": "positive"})),
    "scipy": lambda: quietly(np.arange(1.0, 40.0), family=scipy.stats.rayleigh),
    "weights": lambda: quietly([1, 0, 1], family="bernoulli", weights=[2, 3, 4.5]),
    "fixed": lambda: quietly(TEMPERATURES, family="normal", fixed={"sd": 2.0}),
    "tied": lambda: quietly(X, Y, family="normal", tied={"x1": "x0"}),
    "with_cov": lambda: quietly(DATA, "price ~ size", family="normal").with_cov("hc3"),
    "unbiased": lambda: quietly(DATA, "price ~ size", family="normal").with_cov("unbiased"),
    "asked to search": lambda: quietly(TEMPERATURES, family="normal", solver="newton"),
    "separated": lambda: quietly({"x": [0.0, 1, 2, 3], "y": [0, 0, 1, 1]}, "y ~ x", family="bernoulli"),
    "few steps": lambda: quietly(DATA, "t", family="student_t", solver=mlekit.solvers.Newton(steps=1)),
    "groups": lambda: quietly(GROUPS, "hours", family="gamma", by="shop"),
    "two groups": lambda: quietly(DATA, "sales", family="poisson", by=["shop", "bought"]),
    "no answer": lambda: quietly({"g": ["a", "b"], "y": [1.0, 2.0]}, "y", family="normal", by="g"),
}


def _density(y: Any, a: Any) -> Any:
    return np.log(a) - a * y


@cache
def fit(named: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return FITS[named]()


@cache
def page(named: str) -> Any:
    return fit(named).explain()


def flat(named: str) -> str:
    """The page on one line."""
    return " ".join(page(named).split())


def sentences(named: str) -> set[str]:
    parts = [part for section in page(named).sections for part in section.parts]
    return {said for part in parts for said in re.split(r"(?<=[.:])\s", part) if len(said) > 20}


each = pytest.mark.parametrize("named", FITS)


# -- every page ------------------------------------------------------------------------------------------------------


@each
def test_a_page_answers_the_six_questions_in_order(named: str) -> None:
    assert [section.heading for section in page(named).sections] == HEADINGS


@each
def test_no_line_is_wider_than_a_terminal_and_no_page_longer_than_three_screens(named: str) -> None:
    lines = page(named).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 110


@each
def test_numbers_are_written_without_gaps_and_padding(named: str) -> None:
    said = page(named)
    assert not re.search(r"\bnan\b|\bNone\b|\bunknown\b|array\(|np\.float|-0(?![.\d])", said)
    assert not re.findall(r"\d\.\d*0\b", said)


@each
def test_a_page_in_a_notebook_says_the_same(named: str) -> None:
    seen = Text()
    seen.feed(page(named)._repr_html_())
    assert all(" ".join(part.split()) in seen.said for s in page(named).sections for part in (s.heading, *s.parts))


def test_the_page_of_one_fit_is_not_that_of_another() -> None:
    pages = {
        named: sentences(named) for named in ("coin", "poisson regression", "beta", "temperatures", "groups", "lasso")
    }
    for a, ours in pages.items():
        for b, theirs in pages.items():
            assert a == b or len(ours & theirs) <= len(ours) / 2, (a, b, ours & theirs)


class Text(HTMLParser):
    """The words of a page."""

    said = ""

    def handle_data(self, data: str) -> None:
        self.said += " " + " ".join(data.split())


# -- the coin --------------------------------------------------------------------------------------------------------


def test_the_coin_has_the_numbers_of_the_mission() -> None:
    said = flat("coin")
    for part in ["7 log p + 3 log(1 - p)", "7/p = 3/(1 - p), so p = 7/10 = 0.7", "10/(0.7 * 0.3) = 47.62", "= 0.1449"]:
        assert part in said
    assert num(fit("coin").llf) in said
    low, high = fit("coin").conf_int("p").to_numpy()[0]
    assert f"{num(low)} to {num(high)}" in said
    assert "Clopper-Pearson" in said


def test_a_coin_with_labels_names_them() -> None:
    said, proportion = flat("labels"), (DATA["bought"] == "yes").mean()
    assert 'is "yes" with probability p' in said
    assert f"p = {num(proportion)}" in said
    assert "head" not in said
    assert "odds" not in said


def test_all_heads_are_an_answer_without_an_error() -> None:
    said = flat("all heads")
    assert "has no stationary point" in said
    assert "There is no standard error" in said
    assert "log-likelihood of 0 means" in said
    low = fit("all heads").conf_int("p")["lower"].iloc[0]
    assert f"{num(low)} to 1" in said
    assert "1.96" not in said


def test_no_events_are_an_answer_too() -> None:
    high = fit("no events").conf_int("rate")["upper"].iloc[0]
    assert "rate = 0" in flat("no events")
    assert f"0 to {num(high)}" in flat("no events")


def test_counts_say_the_same_as_rows() -> None:
    assert "120 log p + 880 log(1 - p)" in flat("counted")
    assert f"= {num(fit('counted').bse['p'])}" in flat("counted")
    assert "6.5/p = 3/(1 - p), so p = 6.5/9.5" in flat("weights")
    assert "taken as frequencies" in flat("weights")


# -- families --------------------------------------------------------------------------------------------------------


def test_five_temperatures_are_divided_by_n_and_the_page_says_so() -> None:
    said = flat("temperatures")
    assert "mean = 365/5 = 73" in said
    assert f"sd = sqrt(10/5) = {num(2**0.5)}" in said
    assert f"with n - 1 it would be {num(2.5**0.5)}" in said
    assert f"1/sqrt(2.5) = {num(fit('temperatures').bse['mean'])}" in said
    assert num(fit("temperatures").llf) in said


def test_probabilities_are_counts_over_their_sum() -> None:
    said = flat("categorical")
    assert "p[mat] = 14/20 = 0.7" in said
    assert f"{num(-fit('categorical').llf / 20)} nats" in said
    assert num(np.log(4)) in said


@pytest.mark.parametrize("named", ["poisson", "exponential", "gamma"])
def test_the_error_of_the_mean_by_its_formula_is_that_of_the_fit(named: str) -> None:
    error = fit(named).bse.iloc[0]
    assert f"1/sqrt({num(error**-2)}) = {num(error)}" in flat(named)


def test_overdispersed_counts_are_reported_with_their_ratio() -> None:
    y = DATA["sales"]
    ratio = ((y - y.mean()) ** 2 / y.mean()).sum() / (len(y) - 1)
    assert f"varies {num(ratio, 3)} times as much" in flat("poisson")
    assert f"sqrt({num(ratio, 3)}) = {num(ratio**0.5, 3)} times" in flat("poisson")
    assert "the standard errors above allow for this" in " ".join(fit("poisson").with_cov("robust").explain().split())
    even = mlekit.fit(np.random.default_rng(3).poisson(4, 500), family="poisson").explain()
    assert "over-dispersed" not in even


def test_the_equation_of_a_weibull_is_shown_solved() -> None:
    y, k = DATA["hours"].to_numpy(), fit("weibull")["shape"]
    left = (y**k * np.log(y)).sum() / (y**k).sum() - 1 / k
    assert f"= {num(left)}, and the mean of log y is {num(np.log(y).mean())}" in flat("weibull")


def test_the_weight_of_the_farthest_row_of_a_t_distribution_is_reported() -> None:
    t = fit("student_t")
    u = (DATA["t"] - t["loc"]) / t["scale"]
    weight = ((t["df"] + 1) / (t["df"] + u**2)).min() / ((t["df"] + 1) / t["df"])
    assert f"{num(100 * weight, 3)}% of the weight" in flat("student_t")


def test_what_is_not_known_about_a_distribution_is_not_claimed() -> None:
    assert "the function that you gave" in flat("custom")
    assert "this page does not know its formula" in flat("custom")
    assert f"scale = {num(fit('scipy')['scale'])}" in flat("scipy")
    assert "scipy.stats" in flat("scipy")


def test_every_family_has_its_words() -> None:
    assert words.names() == list(families.names())


def test_a_family_in_other_parameters_is_explained_by_these() -> None:
    assert "rate = 0.4" in flat("in the rate")
    assert "has a closed form, so no search was needed" in flat("in the rate")


# -- regressions -----------------------------------------------------------------------------------------------------


def test_the_log_link_multiplies() -> None:
    found, said = fit("poisson regression"), flat("poisson regression")
    low, high = np.exp(found.conf_int("size").to_numpy()[0])
    b = np.exp(found["size"])
    assert (
        f"One more unit of size is associated with the mean of sales being {num(b)} times as large "
        f"(95% interval {num(low)} to {num(high)})" in said
    )
    assert "shop south vs north" in said
    assert "odds" not in said
    assert "association" in said
    assert "size from" in said


def test_the_logit_link_multiplies_odds_which_are_not_probabilities() -> None:
    found, said = fit("logistic"), flat("logistic")
    average = float(np.mean(found.predict()))
    after = 1 / (1 + np.exp(-(np.log(average / (1 - average)) + found["size"])))
    assert f'the odds of "yes" being {num(np.exp(found["size"]))} times as large' in said
    assert "Odds are not probabilities" in said
    assert f"p = {num(average)}, this step leads to p = {num(after)}" in said


def test_the_identity_link_adds() -> None:
    found, said = fit("least squares"), flat("least squares")
    assert f"is associated with the mean of price being {num(found['size'])} higher" in said
    left = float(np.var(found.residuals("response")))
    assert f"{num(100 * (1 - left / DATA['price'].var(ddof=0)), 3)}% of the variance" in said
    assert "the residuals are orthogonal to every column" in said


def test_other_links_are_explained_on_their_scale() -> None:
    assert "on the probit scale" in flat("probit")
    assert "odds" not in flat("probit")
    assert 'with the probability of "south" over that of "north" being' in flat("softmax")
    assert "the sd of price" in flat("sd formula")


def test_an_interaction_says_that_an_effect_depends() -> None:
    assert "the association with size depends on shop" in flat("interaction")
    assert "where shop is north," in flat("interaction")
    assert "also enters as I(size ** 2)" in flat("interaction")


def test_an_offset_was_not_estimated() -> None:
    assert "+ offset" in flat("offset")
    assert "The offset is the column days" in flat("offset")


def test_without_an_intercept_a_level_has_its_own_mean_and_no_difference() -> None:
    found = quietly(DATA, "price ~ 0 + shop", family="normal")
    named = max(("shop[north]", "shop[south]"), key=lambda n: found.tvalues[n])
    assert f"Where shop is {named[5:-1]}, the mean of price is {num(found[named])}." in " ".join(
        found.explain().split()
    )


def test_a_curve_is_not_explained_term_by_term() -> None:
    said = quietly(DATA, "sales ~ bs(size, df=4)", family="poisson").explain()
    assert "no meaning one by one" in " ".join(said.split())
    assert "One more unit" not in said


def test_dropped_rows_are_reported() -> None:
    frame = DATA.assign(size=DATA["size"].where(DATA.index > 2))
    said = " ".join(quietly(frame, "sales ~ size", family="poisson", missing="drop").explain().split())
    assert "3 rows with missing values were dropped" in said


def test_a_fixed_value_is_not_presented_as_an_estimate() -> None:
    found = quietly(DATA, "price ~ size + days", family="normal", fixed={"days": 0.0})
    said = " ".join(found.explain().split())
    assert "Fixed, not estimated: days = 0." in said
    assert "unit of days" not in said
    assert "There was nothing to estimate" in quietly([1.0, 2], family="normal", fixed={"mean": 0, "sd": 1}).explain()


def test_a_spread_that_grows_is_found() -> None:
    rng = np.random.default_rng(5)
    x = rng.uniform(0, 3, 300)
    grows = mlekit.fit({"x": x, "y": x + np.exp(x) * rng.normal(size=300)}, "y ~ x", family="normal").explain()
    assert "the spread is not as assumed" in " ".join(grows.split())
    assert "the spread is not as assumed" not in flat("least squares")


def test_other_errors_are_named() -> None:
    assert "'hc3'" in flat("with_cov")
    assert num(fit("with_cov").bse["size"]) in flat("with_cov")
    assert "divided by n - p" in flat("unbiased")


# -- priors ----------------------------------------------------------------------------------------------------------


def test_a_beta_prior_is_worth_rows_and_the_answer_lies_between() -> None:
    said = flat("beta")
    assert "the weight of 18 rows, compared with 10 rows of data" in said
    assert "so p = 16/28 = 0.5714" in said
    assert "The maximum-likelihood estimate of p is 0.7, and the mode of the prior is 0.5." in said
    assert "The posterior mode, 0.5714, lies between the two." in said
    posterior = fit("beta").posterior()["p"]
    assert f"is Beta(17, 13), with mean {num(posterior.mean())} and sd {num(posterior.std())}" in said
    low, high = posterior.ppf([0.025, 0.975])
    assert f"Given the data, the family and the prior, p is in {num(low)} to {num(high)} with probability 95%" in said
    assert "Clopper" not in said
    assert "The prior outweighs the data" in said


def test_penalties_have_their_names() -> None:
    assert f"factor 1/(2 sd^2) = {num(1 / (2 * 0.09))}" in flat("ridge")
    assert f"{num(fit('ridge')['sd'] ** 2 / 0.09)}, the lambda of ridge regression" in flat("ridge")
    assert "the lasso, with factor 1/scale = 20" in flat("lasso")
    zeros = int((fit("lasso").params[:-1] == 0).sum())
    assert zeros
    assert f"{zeros} of 8 coefficients are exactly at the kink" in flat("lasso")


def test_the_mode_of_several_probabilities_is_that_of_their_joint_distribution() -> None:
    assert "the mode of their joint distribution, not of each marginal distribution" in flat("dirichlet")
    assert "its mode is the estimate" not in flat("dirichlet")
    assert "1 per level" in flat("dirichlet")


def test_a_prior_below_one_takes_rows_away_and_may_lead_to_the_boundary() -> None:
    said = " ".join(quietly([1, 1], family="bernoulli", prior=P.Beta(0.5, 0.5)).explain().split())
    assert "It acts like 1 row fewer" in said
    assert "1.5 log p - 0.5 log(1 - p) + a constant, has no stationary point" in said


def test_a_flat_prior_changes_nothing() -> None:
    assert "the posterior mode is the maximum of the likelihood" in flat("flat")
    assert "A prior is flat on one scale only" in flat("flat")


def test_a_known_sd_makes_a_normal_prior_worth_rows() -> None:
    assert "4 imaginary rows at 70" in flat("known sd")
    assert f"mean = 645/9 = {num(fit('known sd')['mean'])}" in flat("known sd")
    assert "Fixed, not estimated: sd = 2." in flat("fixed")
    assert "x1 is tied to x0" in flat("tied")


# -- what is not proved ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["separated", "few steps", "groups", "no answer"])
def test_a_verdict_of_no_comes_first_with_its_reasons(named: str) -> None:
    lines = page(named).splitlines()
    assert "VERDICT: NO" in lines[2]
    assert " ".join(page(named).alarm[0].split()) in flat(named).replace("!! ", "")
    assert 'role="alert"' in page(named)._repr_html_()


def test_the_values_where_a_search_stopped_are_not_estimates() -> None:
    assert "which are not estimates" in flat("separated")
    assert "95% interval" not in flat("separated")


# -- groups ----------------------------------------------------------------------------------------------------------


def test_groups_are_reported_with_their_variation_and_failures() -> None:
    found, said = fit("groups"), flat("groups")
    known = found.bse["mean"].notna()
    assert f"an sd of {num(found.params['mean'][known].std())}" in said
    assert "lone: one row" in said
    assert "1 of 3 groups has no proved maximum" in said
    assert "does not borrow strength" in said


def test_the_smallest_groups_are_the_extremes_and_the_page_says_so() -> None:
    rng = np.random.default_rng(0)
    sizes = np.r_[np.full(20, 4), np.full(20, 400)]
    g = np.repeat(np.arange(40), sizes)
    said = mlekit.fit({"g": g, "y": rng.normal(size=len(g))}, "y", family="normal", by="g").explain()
    assert "the extremes are mostly small groups" in " ".join(said.split())
    assert "chance can explain the differences" in " ".join(said.split())


# -- without rows ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["coin", "beta", "temperatures", "poisson", "poisson regression", "ridge", "lasso"])
def test_a_fit_without_its_rows_is_explained_as_far_as_it_goes(named: str, tmp_path: Path) -> None:
    fit(named).save(tmp_path / "fit.json")
    said = mlekit.load(tmp_path / "fit.json").explain()
    assert [section.heading for section in said.sections] == HEADINGS
    assert num(fit(named).llf) in said
    assert page(named).sections[0] == said.sections[0]
    assert not re.search(r"\bnan\b|\bNone\b", said)


# -- networks --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_network_is_compared_with_the_same_family_without_inputs() -> None:
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(0).normal(size=(200, 3))
    y = x[:, 0] + np.random.default_rng(1).normal(size=200)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = mlekit.network(torch.nn.Linear(3, 1), "normal")
    found = mlekit.fit(x, y, family=network, solver=mlekit.solvers.Torch(steps=30))
    said = " ".join(found.explain().split())
    alone = -mlekit.fit(y, family="normal").llf / 200
    assert f"the network {num(-found.llf / 200)} nats per row" in re.sub(r" +", " ", said)
    assert f"the same family without inputs {num(alone)} nats per row" in said
    assert "There are no standard errors" in said
    assert "30 steps" in said
    assert many(found.n_params - 1, "weight") in said


# -- the page itself -------------------------------------------------------------------------------------------------


def test_labels_and_columns_are_not_markup() -> None:
    bad = "<script>alert(1)</script>"
    frame = pd.DataFrame({bad: [1.0, 2.0, 3.0, 4.0, 2.0, 5.0], "y": ["a", bad, "a", bad, bad, "a"]})
    for found in (
        quietly(frame, "y", family="bernoulli"),
        quietly(frame, f"y ~ `{bad}`", family="bernoulli"),
        quietly(frame, bad, family="normal"),
        quietly(frame, bad, family="normal", by="y"),
    ):
        assert "<script" not in found.explain()._repr_html_()
        assert "&lt;script" in found.explain()._repr_html_()


def test_a_long_label_on_two_lines_stays_on_one() -> None:
    said = quietly({"y": ["x" * 200, "a\nb", "a\nb"]}, "y", family="bernoulli").explain()
    assert max(map(len, said.splitlines())) <= 80
    assert "a\\nb" in said


def test_a_page_is_text_that_a_terminal_shows() -> None:
    said, again = page("coin"), pickle.loads(pickle.dumps(page("coin")))
    assert isinstance(said, str)
    assert repr(said) == str(said)
    assert copy.copy(said) == said
    assert (str(again), again.sections) == (str(said), page("coin").sections)


def test_a_page_of_your_own() -> None:
    said = explanation("T", [("Why", ["Because a = b.", Line("a = b"), ""]), ("Empty", [])], ["no"])
    assert isinstance(said, Explanation)
    assert [section.heading for section in said.sections] == ["Why"]
    assert "!! no" in said


def test_words_for_numbers() -> None:
    assert [num(v) for v in (0.7, 1e6, 12.5, 0.99996, -0.0, 1e300, 1e-9, np.inf)] == [
        "0.7",
        "1,000,000",
        "12.5",
        "0.99996",
        "0",
        "1e300",
        "1e-9",
        "infinity",
    ]
    assert listed(["a"]) == "a"
    assert listed([]) == ""
    assert many(2, "category", "categories") == "2 categories"
