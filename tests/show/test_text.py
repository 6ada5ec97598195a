"""The summary says what was fitted, how uncertain it is, and whether a maximum is proved, within 80 columns."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats

import mlekit
from mlekit.priors import Beta, Laplace, Normal
from mlekit.show.text import shortened

LONG = "a level with a rather long name, and some more words"


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=120), "g": rng.integers(0, 6, 120)})
    data["a very long column name, with blanks"] = rng.normal(size=120)
    data["z"] = rng.choice(["alpha", "beta", LONG], 120)
    data["y"] = 1 + 2 * data["x"] + rng.normal(size=120)
    data["k"] = rng.poisson(np.exp(0.3 * data["x"]))
    data["b"] = data["x"] + rng.normal(size=120) > 0
    data["w"] = rng.integers(1, 5, 120)
    return data


def amounts() -> Any:
    return np.random.default_rng(1).gamma(2.0, 3.0, 60)


MADE: dict[str, Any] = {
    "bernoulli": lambda: mlekit.fit([1] * 7 + [0] * 3, family="bernoulli"),
    "labels": lambda: mlekit.fit(["yes"] * 7 + ["no"] * 3, family="bernoulli"),
    "binomial": lambda: mlekit.fit([14, 12, 3], family=mlekit.families.Binomial(n=20)),
    "categorical": lambda: mlekit.fit(list("abcab"), family="categorical"),
    "poisson": lambda: mlekit.fit([2, 0, 1, 5], family="poisson"),
    "normal": lambda: mlekit.fit([72, 75, 71, 73, 74], family="normal"),
    "exponential": lambda: mlekit.fit(amounts(), family="exponential"),
    "gamma": lambda: mlekit.fit(amounts(), family="gamma"),
    "weibull": lambda: mlekit.fit(amounts(), family="weibull"),
    "student_t": lambda: mlekit.fit(1e6 + np.random.default_rng(0).standard_t(4, 300), family="student_t"),
    "boundary": lambda: mlekit.fit([1] * 20, family="bernoulli"),
    "probability of zero": lambda: mlekit.fit(pd.Categorical(list("aab"), list("abc")), family="categorical"),
    "far away": lambda: mlekit.fit(np.random.default_rng(0).normal(1e9, 1e-3, 40), family="normal"),
    "posterior": lambda: mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=Beta(10, 10)),
    "fixed": lambda: mlekit.fit(amounts(), family="normal", prior={"mean": Normal(0, 10)}, fixed={"sd": 2.0}),
    "scipy prior": lambda: mlekit.fit(amounts(), family="normal", prior={"mean": scipy.stats.norm(0, scale=10)}),
    "lasso": lambda: mlekit.fit(frame(), "y ~ x + w", family="normal", prior=Laplace(0, 0.2)),
    "line": lambda: mlekit.fit(frame(), "y ~ x + C(z) + `a very long column name, with blanks`", family="normal"),
    "two formulas": lambda: mlekit.fit(frame(), {"mean": "y ~ x", "sd": "~ x"}, family="normal"),
    "weights": lambda: mlekit.fit(frame(), "k ~ x", family="poisson", weights="w"),
    "logistic": lambda: mlekit.fit(frame(), "b ~ x", family="bernoulli"),
    "softmax": lambda: mlekit.fit(frame(), "z ~ x", family="categorical"),
    "matrix": lambda: mlekit.fit(frame()[["x", "w"]].to_numpy(), frame()["y"], family="normal"),
    "tied": lambda: mlekit.fit(frame(), "y ~ x + w", family="normal", tied={"w": "x"}),
    "robust": lambda: mlekit.fit(frame(), "y ~ x", family="normal").with_cov("robust"),
    "groups": lambda: mlekit.fit(frame(), "y", family="normal", by="g"),
    "keys of two": lambda: mlekit.fit(frame(), "k", family="poisson", by=["g", "z"]),
}


@pytest.fixture(params=MADE)
def made(request: pytest.FixtureRequest) -> Any:
    return MADE[request.param]()


def test_every_line_fits_into_80_columns_and_the_verdict_comes_last(made: Any) -> None:
    lines = made.summary().splitlines()
    assert max(map(len, lines)) <= 80
    assert not any(line != line.rstrip() for line in lines)
    assert "VERDICT" in "".join(lines[-3:])


def test_printing_a_fit_is_its_summary() -> None:
    fit = MADE["normal"]()
    assert str(fit) == fit.summary()


def test_numbers_are_the_fits_own() -> None:
    text = MADE["normal"]().summary()
    rows = {
        line.split()[0]: line.split()[1:]
        for line in text.splitlines()
        if line.startswith(("mean ", "sd ", "variance "))
    }
    assert rows["mean"] == ["73.000", "0.63246", "115.42", "<0.001", "71.037", "74.963"]
    assert rows["sd"] == ["1.4142", "0.44721", "0.94731", "4.5435"]  # nobody asks whether an sd is zero
    assert rows["variance"] == ["2.0000", "1.2649"]
    assert "log-likelihood -8.8276    AIC 21.655    BIC 20.874" in text


def test_columns_are_aligned_at_the_point() -> None:
    lines = [
        line for line in MADE["line"]().summary().splitlines() if line.startswith(("Intercept", "x ", "C(z)", "sd"))
    ]
    assert len({line.index(".", line.rindex(" ", 0, 36)) for line in lines}) == 1


def test_it_says_what_the_errors_are_and_the_word_for_the_other_kind() -> None:
    text = MADE["line"]().summary()
    assert "maximum-likelihood errors: the sd divides by n; tests use z, not t." in " ".join(text.split())
    assert 'with_cov("unbiased")' in text
    assert "tests use z, not t" in " ".join(MADE["weights"]().summary().split())
    assert 'with_cov("unbiased")' not in MADE["two formulas"]().summary()


def test_other_errors_are_named() -> None:
    line = MADE["line"]()
    assert "'hc1'" in line.with_cov("robust").summary()
    unbiased = line.with_cov("unbiased").summary()
    assert "degrees of freedom" in unbiased
    assert " t " in unbiased


def test_the_method_of_the_intervals_is_named() -> None:
    assert "95% interval (exact)" in MADE["bernoulli"]().summary()
    assert "95% interval (profile)" in MADE["gamma"]().summary()
    assert "95% interval (Wald)" in MADE["line"]().summary()
    assert "95% interval (posterior)" in MADE["posterior"]().summary()


def test_the_solver_is_named_with_its_reason() -> None:
    assert "closed (the maximum has a closed form)" in MADE["normal"]().summary()
    assert "closed (one equation in one unknown, solved by a search)" in MADE["gamma"]().summary()
    assert "newton (mlekit has no closed form for this maximum, " in MADE["logistic"]().summary()
    assert "newton (as requested" in mlekit.fit(amounts(), family="gamma", solver="newton").summary()


def test_of_two_labels_the_success_is_named() -> None:
    assert "p is the probability of 'yes', the last of the two labels" in MADE["labels"]().summary()


def test_a_posterior_mode_shows_its_prior_and_what_it_is_worth() -> None:
    text = MADE["posterior"]().summary()
    assert "posterior mode (MAP)" in text
    assert "p ~ Beta(a=10, b=10), worth 18 rows" in text
    assert "log posterior -5.3852" in text
    assert "AIC 1" not in text
    assert "mean ~ scipy.stats.norm(0, scale=10)" in MADE["scipy prior"]().summary()


def test_only_a_conjugate_prior_is_worth_rows() -> None:
    priors = mlekit.priors
    levels = mlekit.fit(list("aabbbc"), family="categorical", prior=priors.Dirichlet(2)).summary()
    assert "worth 3 rows" in levels
    known = mlekit.fit([1.0, 2.0, 4.0], family="normal", prior=priors.Normal(0, 0.5), fixed={"sd": 1.0}).summary()
    assert "worth 4 rows" in known
    gamma = priors.Gamma(shape=2, rate=3)
    assert "worth 3 rows" in mlekit.fit([1, 2, 4], family="poisson", prior=gamma).summary()
    for family, prior in (("weibull", {"shape": gamma}), ("normal", {"sd": gamma}), ("poisson", priors.HalfNormal(2))):
        assert "worth" not in mlekit.fit([1, 2, 4], family=family, prior=prior).summary()


def test_a_boundary_gives_the_reason_and_an_interval_that_is_valid() -> None:
    text = MADE["boundary"]().summary()
    assert "p    1.0000       none       0.83157  1.0000" in text
    flat = " ".join(text.split())
    assert "p: no standard error, because the maximum is on the boundary of the parameter space" in flat
    assert "the exact interval above is valid" in flat
    assert "VERDICT: ok, the maximum is at an end of the set: p = 1" in text


def test_a_coefficient_on_the_kink_of_its_prior_says_so() -> None:
    text = mlekit.fit(frame(), "y ~ x + w", family="normal", prior=Laplace(0, 0.01)).summary()
    assert "x, w: no standard error, because the estimate is at the kink of its prior" in text
    assert "VERDICT: ok" in text


def test_fixed_and_tied_values_are_marked() -> None:
    assert [line.split() for line in MADE["fixed"]().summary().splitlines() if line.startswith("sd ")] == [
        ["sd", "2.0000", "fixed"]
    ]
    assert "w is tied to x" in MADE["tied"]().summary()


def test_dropped_rows_and_weights_are_reported() -> None:
    data = frame()
    data.loc[[3, 5], "x"] = np.nan
    assert (
        "118; 2 dropped because of missing values"
        in mlekit.fit(data, "y ~ x", family="normal", missing="drop").summary()
    )
    assert f"{int(frame()['w'].sum())} (the sum of weights)" in MADE["weights"]().summary()


def test_a_regression_shows_its_formula_and_link() -> None:
    text = MADE["weights"]().summary()
    assert "response  k" in text
    assert "log of rate ~ x" in text
    assert "mean ~ x0 + x1" in MADE["matrix"]().summary()


def test_a_verdict_of_no_stands_out() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mlekit.errors.ConvergenceWarning)
        fit = mlekit.fit(np.random.default_rng(0).normal(size=50), family="student_t")
        groups = mlekit.fit({"g": list("aab"), "y": [1.0, 2.0, 3.0]}, "y", family="normal", by="g")
    text = fit.summary().splitlines()
    assert text[-1] == "!" * 80
    assert "VERDICT: NO, this is not proved to be a maximum" in "\n".join(text)
    assert "use family='normal'" in " ".join(line.removeprefix("!! ") for line in text)
    assert "1 of 2 groups has no proved maximum" in groups.summary()
    assert "!! b: one row, or rows of one value" in groups.summary()


def test_names_are_shortened_in_the_middle() -> None:
    assert shortened("C(neighbourhood)[T.Riverside]", 20) == "C(neighbo..iverside]"
    assert shortened("short", 20) == "short"
    for room in range(10, 40):
        assert len(shortened("C(neighbourhood)[T.Riverside]", room)) <= room


def test_a_name_cannot_break_a_line() -> None:
    text = mlekit.fit(["a\nb"] * 3 + ["c"], family="categorical").summary()
    assert "p[a\\nb]" in text


def test_of_many_coefficients_the_first_are_shown_with_a_note_on_how_to_see_all() -> None:
    fit = mlekit.fit([f"{i:03}" for i in range(100)], family="categorical")
    text = fit.summary()
    assert "The first 60 of 100 coefficients are shown; fit.tidy() has all of them." in " ".join(text.split())
    assert "p[059]" in text
    assert "p[060]" not in text


def test_groups_are_counted_summarised_and_shown() -> None:
    text = MADE["groups"]().summary()
    assert "normal by g: maximum likelihood" in text
    assert "6 closed_form" in text
    lines = text.splitlines()
    header = next(line for line in lines if "median" in line)
    assert header.split() == ["min", "25%", "median", "75%", "max"]
    params = MADE["groups"]().params
    row = next(line for line in lines if line.startswith("mean ")).split()[1:]
    np.testing.assert_allclose(np.array(row, float), params["mean"].quantile([0, 0.25, 0.5, 0.75, 1]), rtol=1e-4)
    assert "VERDICT: ok" in lines[-1]


def test_groups_of_which_none_has_a_maximum_are_shown() -> None:
    fits = mlekit.fit({"g": list("ab"), "y": [1.0, 2.0]}, "y", family="gamma", by="g", on_failure="ignore")
    text = fits.summary()
    assert "quantiles over the 0 groups with finite values" in text
    assert "2 of 2 groups have no proved maximum" in text


def test_a_loaded_fit_without_rows_says_which_intervals_it_has(tmp_path: Any) -> None:
    MADE["weibull"]().save(tmp_path / "fit.json")
    text = " ".join(mlekit.load(tmp_path / "fit.json").summary().split())
    assert "95% interval (Wald)" in text
    assert "fit.save(path, data=True)" in text
