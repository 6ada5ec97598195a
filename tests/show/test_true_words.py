"""What is printed is true: sentences of summaries, pages and tables against direct computation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import mlekit
from mlekit.show import num
from mlekit.show.contents import AT_BOUNDARY, OTHER_INTERVAL

P = mlekit.priors
ROOT = Path(__file__).parents[2]
RNG = np.random.default_rng(3)
AMOUNTS = RNG.gamma(2.0, 3.0, 8)
LINE = {"x": RNG.normal(size=60), "g": np.array(list("abc" * 20))}
LINE["y"] = 1 + 0.5 * LINE["x"] + RNG.normal(size=60)
LINE["c"] = RNG.poisson(np.exp(0.5 + 0.5 * LINE["x"]))
SEPARATED = {"x": [1.0, 2, 3, 4, 5, 6], "y": [0, 0, 0, 1, 1, 1]}


def printed(fit: Any) -> str:
    return " ".join(str(fit).split())


def said(fit: Any) -> str:
    return " ".join(fit.explain().split())


# -- tests and intervals ---------------------------------------------------------------------------------------------


def test_a_summary_without_z_does_not_say_that_tests_use_z() -> None:
    coin, counts = mlekit.fit([1, 1, 0], family="bernoulli"), mlekit.fit(LINE, "c ~ x", family="poisson")
    assert "Standard errors are from the observed information. VERDICT" in printed(coin)
    assert "from the observed information; tests use z, not t." in printed(counts)


def test_exact_intervals_of_a_normal_are_said_to_use_t() -> None:
    fit = mlekit.fit(AMOUNTS, family="normal")
    half = stats.t.ppf(0.975, 7) * np.std(AMOUNTS, ddof=1) / np.sqrt(8)
    np.testing.assert_allclose(fit.conf_int("mean").to_numpy()[0], np.mean(AMOUNTS) + half * np.array([-1, 1]))
    assert "The exact intervals use Student's t and the chi-squared distribution." in printed(fit)
    assert "Student's t" not in printed(mlekit.fit(LINE, "y ~ x", family="normal"))


def test_where_all_standard_errors_are_missing_their_kind_is_not_named() -> None:
    assert "Standard errors are" not in printed(mlekit.fit([1] * 8, family="bernoulli"))


def test_errors_of_a_fit_that_is_not_proved_are_said_to_be_invalid() -> None:
    fit = mlekit.fit(SEPARATED, "y ~ x", family="bernoulli", on_failure="ignore")
    assert "Standard errors and intervals are not valid here, because no maximum is proved." in printed(fit)
    assert "tests use z" not in printed(fit)


def test_p_of_a_posterior_mode_is_not_called_a_p_value() -> None:
    assert "p is not a valid p-value" in printed(mlekit.fit(LINE, "y ~ x", family="normal", prior=P.Normal(0, 0.3)))


def test_a_wald_interval_beyond_the_set_of_its_parameter_is_said_to_be_inaccurate() -> None:
    heavy = {"x": LINE["x"], "y": LINE["x"] + np.random.default_rng(2).standard_t(8, 60)}
    fit = mlekit.fit(heavy, "y ~ x", family="student_t")
    assert fit.verdict.ok
    assert fit.conf_int("df").to_numpy()[0, 0] < 0
    assert "The Wald interval of df goes beyond its set" in printed(fit)
    assert "goes beyond" not in printed(mlekit.fit(LINE, "y ~ x", family="normal"))


def test_with_everything_fixed_the_summary_proves_no_maximum() -> None:
    text = printed(mlekit.fit([1.0, 2, 3], family="normal", fixed={"mean": 2, "sd": 1}))
    assert "nothing was estimated" in text
    assert " z p " not in text
    assert "formula" not in text


# -- coverage --------------------------------------------------------------------------------------------------------


def coverage(n: int, p: float) -> float:
    """Probability that the profile interval of a coin contains p, over all numbers of heads."""
    total = 0.0
    for s in range(n + 1):
        coin = mlekit.fit(mlekit.counted([1, 0], [s, n - s]), family="bernoulli")
        low, high = coin.conf_int("p", method="profile").to_numpy()[0]
        total += float(stats.binom.pmf(s, n, p)) * (low <= p <= high)
    return total


def test_the_coverage_of_a_profile_interval_is_called_approximate_with_its_n() -> None:
    page = said(mlekit.fit(AMOUNTS, family="gamma"))
    assert "this is a limit for many rows, and with n = 8 it is approximate" in page
    assert "In the long run 95%" not in page


def test_the_guide_to_intervals_has_the_coverage_of_a_profile_near_a_boundary() -> None:
    guide = (ROOT / "docs/howto/intervals.md").read_text(encoding="utf-8")
    assert f"{100 * coverage(20, 0.9):.1f}% at $n = 20$" in " ".join(guide.split())
    assert "no curvature" not in guide


def test_a_profile_interval_at_a_boundary_is_not_called_valid() -> None:
    assert "the exact interval above is valid" in printed(mlekit.fit([1] * 8, family="bernoulli"))
    for text in (AT_BOUNDARY["profile"], OTHER_INTERVAL):
        assert "coverage there is approximate" in text
        assert "valid" not in text


def test_an_equal_tailed_posterior_interval_is_said_to_leave_out_a_mode_at_the_end() -> None:
    fit = mlekit.fit([0] * 5, family="bernoulli", prior=P.Beta(1, 1))
    assert fit["p"] == 0 < fit.conf_int("p").to_numpy()[0, 0]
    assert "leaves out 2.5% on either side and so the mode" in printed(fit)


def test_weights_that_are_not_counts_have_no_exact_coverage() -> None:
    page = said(mlekit.fit([1, 0, 1], family="bernoulli", weights=[2, 3, 4.5]))
    assert "If the rows come from this family, and the weights are numbers of rows, at least 95%" in page


def test_fewer_new_rows_than_95_percent_are_promised_within_two_sd() -> None:
    # (y - mean) / (sd sqrt(8/7) sqrt(1 + 1/8)) has a t distribution with 7 degrees of freedom
    inside = 1 - 2 * stats.t.sf(2 / np.sqrt(8 / 7 * 9 / 8), 7)
    assert inside < 0.9
    assert "of new rows somewhat fewer are expected there" in said(mlekit.fit(AMOUNTS, family="normal"))
    known = mlekit.fit(AMOUNTS, family="normal", fixed={"mean": 6.0, "sd": 4.0})
    assert "fewer" not in said(known)


# -- how the maximum was found ---------------------------------------------------------------------------------------


def test_an_equation_that_is_solved_by_a_search_is_not_called_a_closed_form() -> None:
    table = mlekit.families.list()["closed form"]
    for family in ("gamma", "weibull"):
        assert table[family] == "no: one equation in one unknown"
        fit = mlekit.fit(AMOUNTS, family=family)
        assert "closed (one equation in one unknown, solved by a search)" in printed(fit)
        assert "by a search" in said(fit)
    assert table["normal"] == "yes"
    groups = mlekit.fit({"g": list("aabb"), "y": [1.0, 2, 3, 5]}, "y", family="gamma", by="g")
    assert "closed (one equation in one unknown, solved by a search)" in printed(groups)
    assert "by a search" in said(groups)


def test_a_maximum_that_has_a_closed_form_is_not_said_to_have_none() -> None:
    # the mean of right-censored exponential times is their total over the number of events
    fit = mlekit.fit(mlekit.right_censored([1.0, 2.0, 4.0], [True, False, True]), family="exponential")
    assert np.isclose(fit["mean"], 7 / 2, rtol=1e-6)
    assert "mlekit has no closed form for this maximum" in printed(fit)


def test_a_search_proves_a_local_maximum_only() -> None:
    assert "this proves a local maximum" in said(mlekit.fit(LINE, "c ~ x", family="poisson"))
    assert "This proves a maximum" in said(mlekit.fit([1, 0, 1], family="bernoulli"))


def test_at_a_kink_the_score_is_not_said_to_be_zero() -> None:
    fit = mlekit.fit(LINE, "y ~ x", family="normal", prior=P.Laplace(0, 0.01))
    assert fit["x"] == 0
    assert abs(fit.score_obs().to_numpy()[:, 1].sum()) > 1
    assert "at a kink within its jump" in str(fit.verdict)


def test_observed_and_expected_values_agree_in_total_only_with_an_intercept() -> None:
    without, within = (mlekit.fit(LINE, f"c ~ {one} + x", family="poisson") for one in "01")
    assert abs(np.sum(LINE["c"] - without.predict())) > 1
    assert "agree in total" not in said(without)
    assert abs(np.sum(LINE["c"] - within.predict())) < 1e-6
    assert "agree in total" in said(within)


def test_columns_that_fit_worse_than_the_mean_explain_no_variance() -> None:
    far = {"x": LINE["x"], "y": 10 + LINE["y"]}
    assert "% of the variance" not in said(mlekit.fit(far, "y ~ 0 + x", family="normal"))


# -- edges -----------------------------------------------------------------------------------------------------------


def test_separation_is_a_bounded_likelihood_and_an_estimate_that_diverges() -> None:
    fit = mlekit.fit(SEPARATED, "y ~ x", family="bernoulli", on_failure="ignore")
    assert -1e-6 < fit.llf <= 0
    assert "the likelihood still rises as the estimate of x tends to infinity" in str(fit.verdict)
    assert "rises towards infinity" not in str(fit.verdict)


def test_at_all_heads_the_slope_is_the_number_of_heads() -> None:
    fit = mlekit.fit([1] * 8, family="bernoulli")
    slope = (fit.loglike({"p": 1.0}) - fit.loglike({"p": 1 - 1e-7})) / 1e-7
    assert f"The derivative there is {num(round(slope, 3))}, not zero" in said(fit)


# -- families --------------------------------------------------------------------------------------------------------


def test_a_symmetric_log_likelihood_is_not_called_asymmetric() -> None:
    page = said(mlekit.fit([1, 0, 1, 0], family="bernoulli"))
    assert "asymmetric" not in page
    assert "not close to quadratic" in page


def test_the_loss_of_an_outlier_under_a_t_distribution_is_not_called_limited() -> None:
    fit = mlekit.fit(np.random.default_rng(1).standard_t(3, 50), family="student_t", fixed={"df": 3.0})
    far = -np.asarray(fit.log_prob([1e4, 1e8]))
    assert np.isclose(far[1] - far[0], 4 * np.log(1e4), rtol=1e-3)  # (df + 1) log of the ratio: it grows for ever
    assert "limited" not in said(fit)
    assert "grows like a logarithm" in said(fit)
    assert "which is not the sd" in said(fit)


def test_censoring_at_a_limit_is_not_excluded_by_the_words_about_it() -> None:
    page = said(mlekit.fit(mlekit.right_censored([1.0, 2.0, 2.0], [True, False, True]), family="exponential"))
    assert "Censoring is assumed to be non-informative" in page
    assert "unusually large" not in page


def test_derived_values_of_a_truncated_family_are_those_without_the_window() -> None:
    fit = mlekit.fit([1, 2, 1, 1, 3, 2], family=mlekit.truncated("poisson", lower=1))
    assert abs(fit["mean"] - float(fit.dist.mean())) > 0.1
    for text in (printed(fit), said(fit)):
        assert "derived values describe the distribution without the window" in text


def test_half_of_three_groups_is_not_claimed() -> None:
    page = said(mlekit.fit(LINE, "y", family="normal", by="g"))
    assert "half of the groups" not in page
    low, high = (num(q) for q in np.quantile([LINE["y"][LINE["g"] == g].mean() for g in "abc"], [0.25, 0.75]))
    assert f"the quartiles are {low} and {high}" in page


# -- networks --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_network_says_what_was_maximised_and_that_no_maximum_is_proved() -> None:
    torch = pytest.importorskip("torch")
    x = LINE["x"][:, None]

    def fitted(prior: Any = None, **how: Any) -> Any:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            family = mlekit.network(torch.nn.Linear(1, 1), "normal")
        return mlekit.fit(x, LINE["y"], family=family, prior=prior, solver=mlekit.solvers.Torch(**how))

    steps = {"method": "adam", "steps": 3}
    plain, decayed, prior = fitted(**steps), fitted(**steps, decay=0.01), fitted(P.Normal(0, 1), **steps)
    assert "network: maximum likelihood (stopped early)" in printed(plain)
    assert "network: penalised likelihood, with weight decay (stopped early)" in printed(decayed)
    assert "decoupled weight decay" in said(decayed)
    assert "network: posterior mode (MAP) (stopped early)" in printed(prior)
    assert "which does not prove a maximum" in printed(plain)
    assert "(stopped early)" not in printed(fitted(method="lbfgs"))


@pytest.mark.slow
def test_a_language_model_with_weight_decay_is_not_called_maximum_likelihood() -> None:
    lm, solver = pytest.importorskip("lm"), mlekit.solvers.Torch(steps=2)
    words = ["emma", "ava", "mia", "olivia"]
    decayed = mlekit.fit(words, family=lm.GRU(width=8), solver=solver)
    assert "gru: penalised likelihood, with weight decay (stopped early)" in printed(decayed)
    plain = mlekit.fit(words, family=lm.GRU(width=8), solver=mlekit.solvers.Torch(steps=2, decay=0.0))
    assert "gru: maximum likelihood (stopped early)" in printed(plain)


# -- pictures --------------------------------------------------------------------------------------------------------


def test_a_picture_without_a_parabola_does_not_describe_one() -> None:
    assert "parabola" not in mlekit.fit([1] * 8, family="bernoulli").plot("profile").alt
    assert "parabola" in mlekit.fit([1, 0, 1], family="bernoulli").plot("profile").alt


def test_probabilities_of_other_levels_are_not_said_to_be_fixed() -> None:
    levels = mlekit.fit(list("aabbbc"), family="categorical").plot("likelihood", params="p[a]")
    assert "(the others in proportion)" in levels.alt
    assert "(the others fixed)" in mlekit.fit(AMOUNTS, family="gamma").plot("likelihood").alt


# -- the course ------------------------------------------------------------------------------------------------------


def test_the_course_states_an_asymptotic_variance_and_no_limit_of_variances() -> None:
    page = (ROOT / "docs/course/promises.md").read_text(encoding="utf-8")
    assert "asymptotic variance" in page
    assert "text{var}" not in page


def test_the_course_tests_an_interaction_with_one_degree_of_freedom() -> None:
    page = (ROOT / "docs/course/regression.md").read_text(encoding="utf-8")
    assert "crossed.lr_test(parallel)" in page
    assert "assert test.df == 1" in page


def test_gamma_is_not_recommended_for_a_sum_of_many_parts() -> None:
    assert "sum of many parts" not in (ROOT / "docs/howto/choose.md").read_text(encoding="utf-8")


def test_the_readme_does_not_say_that_every_fit_found_a_maximum() -> None:
    assert "it found the maximum" not in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_page_to_play_with_does_not_speak_of_tosses_before_there_are_any() -> None:
    panel = (ROOT / "docs/play/coin-panel.js").read_text(encoding="utf-8")
    assert "tossed ? `The tosses came from" in panel


# -- reasons and refusals --------------------------------------------------------------------------------------------


def reasons(data: Any, formula: str, family: str, **how: Any) -> str:
    return " ".join(mlekit.fit(data, formula, family=family, by="g", on_failure="ignore", **how).reasons)


def test_a_group_whose_weights_are_zero_is_said_to_have_no_rows() -> None:
    counts = {"y": [1, 2, 3, 4], "g": list("aabb"), "w": [0, 0, 1, 1]}
    assert reasons(counts, "y", "poisson", weights="w") == "there are no rows with a positive weight"


def test_a_group_with_fewer_rows_than_parameters_is_said_to_have_too_few() -> None:
    rows = {"y": [1.0, 2, 3, 4.5, 2, 3], "x": [1.0, 2, 3, 4, 1, 5], "g": list("aabbbb")}
    assert reasons(rows, "y ~ x", "normal") == "2 rows cannot identify 3 parameters"
