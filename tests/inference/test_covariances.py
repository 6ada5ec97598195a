"""Robust and unbiased errors against 100-digit references and R, and what may be asked of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from inference.cases import REGRESSIONS, load, regression
from scipy import stats

import mlekit
from mlekit.errors import NoStandardError, OptionError
from mlekit.inference.covariances import with_errors
from mlekit.inference.groups import single
from mlekit.inference.information import covariance, standard_errors

HC = [(name, kind) for name, case in REGRESSIONS.items() for kind in case["hc"]]
UNBIASED = [name for name, case in REGRESSIONS.items() if "unbiased" in case]
OF_R = {case["name"]: case["r"] for case in load("r_regressions.json")["regressions"] if "hc" in case["r"]}


def scaled(cov, truth):
    """The difference in units of the errors."""
    error = np.sqrt(np.diag(truth))
    return (cov - truth) / error / error[:, None]


@pytest.mark.parametrize(("name", "kind"), HC)
def test_robust_covariances_agree_with_100_digits(name, kind):
    fit, case = regression(name)
    truth = np.array(case["hc"][kind])
    cov = fit.with_cov(kind).cov_params().to_numpy()[: len(truth), : len(truth)]
    assert scaled(cov, truth) == pytest.approx(0, abs=5e-8)


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, r in OF_R.items() for kind in r["hc"]])
def test_robust_covariances_of_coefficients_agree_with_r(name, kind):
    fit, _ = regression(name)
    truth = np.array(OF_R[name]["hc"][kind])
    cov = fit.with_cov(kind).cov_params().to_numpy()[: len(truth), : len(truth)]
    assert scaled(cov, truth) == pytest.approx(0, abs=2e-7)


@pytest.mark.parametrize("name", UNBIASED)
def test_unbiased_errors_are_those_of_lm(name):
    fit, case = regression(name)
    truth, unbiased = case["unbiased"], fit.with_cov("unbiased")
    terms = list(truth["bse"])
    for what in ("bse", "tvalues", "pvalues"):
        assert getattr(unbiased, what)[terms].to_numpy() == pytest.approx(list(truth[what].values()), rel=1e-9)
    ends = np.array(list(truth["conf_int"].values()))
    assert scaled_ends(unbiased.conf_int(terms).to_numpy(), ends) == pytest.approx(0, abs=1e-9)
    assert unbiased.df_resid == truth["df_resid"]


def scaled_ends(found, truth):
    return (found - truth) / (truth[:, 1:] - truth[:, :1])


def test_unbiased_intervals_of_a_mean_are_students():
    fit = mlekit.fit([72, 75, 71, 73, 74], family="normal").with_cov("unbiased")
    assert fit.bse["mean"] == pytest.approx(np.sqrt(2.5 / 5), rel=1e-14)
    half = stats.t(4).ppf(0.95) * np.sqrt(0.5)
    assert fit.conf_int("mean", level=0.9).loc["mean"].tolist() == pytest.approx([73 - half, 73 + half], rel=1e-13)


def test_hc2_and_hc3_take_leverages_from_the_working_weights():
    fit, case = regression("logistic")
    x = np.column_stack(
        [np.ones(60), case["data"]["x"], *(np.array(case["data"]["z"]) == level for level in "bc")]
    ).astype(float)
    p = fit.predict()
    u = p * (1 - p)
    bread = np.linalg.inv((x * u[:, None]).T @ x)
    h = u * np.einsum("ij,jk,ik->i", x, bread, x)
    assert h.sum() == pytest.approx(4, rel=1e-12)
    for kind, power in (("hc2", 1), ("hc3", 2)):
        s = x * (np.array(case["data"]["y"]) - p)[:, None]
        truth = bread @ (s.T @ (s / ((1 - h) ** power)[:, None])) @ bread
        assert scaled(fit.with_cov(kind).cov_params().to_numpy(), truth) == pytest.approx(0, abs=1e-9)


def test_a_weight_is_a_row_so_many_times():
    _, case = regression("linear_weights")
    times = np.array(case["data"]["times"])
    rows = {name: np.repeat(values, times) for name, values in case["data"].items()}
    weighted = mlekit.fit(case["data"], case["formula"], family="normal", weights="times")
    repeated = mlekit.fit(rows, case["formula"], family="normal")
    for kind in ("hc0", "hc1", "hc2", "hc3", "unbiased"):
        a, b = (fit.with_cov(kind).cov_params().to_numpy() for fit in (weighted, repeated))
        assert a == pytest.approx(b, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize(("data", "family"), [([1] * 7 + [0] * 3, "bernoulli"), ([2.0, 1.0, 5.0, 4.0], "exponential")])
def test_a_family_without_formulas_has_robust_errors_in_its_own_parameters(data, family):
    fit = mlekit.fit(data, family=family)
    score, curvature = fit.score_obs().to_numpy()[:, 0], fit.bse.iloc[0] ** -2
    robust = np.sqrt((score**2).sum()) / curvature
    assert fit.with_cov("hc0").bse.iloc[0] == pytest.approx(robust, rel=1e-12)
    n = len(data)
    assert fit.with_cov("robust").bse.iloc[0] == pytest.approx(robust * np.sqrt(n / (n - 1)), rel=1e-12)
    assert fit.with_cov("hc3").bse.iloc[0] == pytest.approx(robust * n / (n - 1), rel=1e-12)


def test_only_the_errors_change_and_the_first_fit_keeps_its_own():
    fit, _ = regression("linear_interaction")
    before = fit.bse.copy()
    robust = fit.with_cov("robust")
    assert (robust.params == fit.params).all()
    assert (robust.llf, robust.aic, robust.n_params) == (fit.llf, fit.aic, fit.n_params)
    assert (robust.cov_type, fit.cov_type) == ("hc1", "information")
    assert (fit.bse == before).all()
    assert (robust.bse != before).all()
    assert (robust.with_cov("hc0").bse < robust.bse).all()
    assert robust.with_cov("robust").bse.tolist() == robust.bse.tolist()


def test_everything_that_takes_errors_takes_these(rng):
    fit, case = regression("linear_interaction")
    robust, new = fit.with_cov("hc3"), case["predict"]["new"]
    table = robust.conf_int()
    assert table["upper"].to_numpy() == pytest.approx(robust.params + stats.norm.ppf(0.975) * robust.bse, rel=1e-13)
    assert table.attrs["method"] == "wald"
    assert robust.estimate("x").std_error == robust.bse["x"]
    assert robust.tidy()["std_error"].tolist() == robust.bse.tolist()
    linear = robust.predict(new, "linear", "confidence")["std_error"]
    assert (linear != fit.predict(new, "linear", "confidence")["std_error"]).all()
    assert "'hc3'" in robust.summary()
    gamma = mlekit.fit(rng.gamma(2.0, size=50), family="gamma").with_cov("hc0")
    scale = gamma["mean"] / gamma["shape"]
    g = np.array([1 / gamma["shape"], -gamma["mean"] / gamma["shape"] ** 2])
    assert gamma.estimate("scale").value == pytest.approx(scale)
    assert gamma.estimate("scale").std_error == pytest.approx(np.sqrt(g @ gamma.cov_params().to_numpy() @ g), rel=1e-10)
    assert gamma.estimate("scale").method == "wald"


@pytest.mark.parametrize("method", ["profile", "exact", "bootstrap"])
def test_intervals_that_take_nothing_from_errors_are_refused(method):
    fit = mlekit.fit([72, 75, 71, 73, 74], family="normal").with_cov("unbiased")
    for ask in (
        fit.conf_int,
        lambda method: fit.estimate("mean", method=method),
        lambda method: fit.estimate("variance", method=method),
    ):
        with pytest.raises(OptionError, match="method='wald'"):
            ask(method=method)


def test_robust_and_plain_errors_agree_if_the_model_is_right(rng):
    x = rng.normal(size=20_000)
    fit = mlekit.fit({"x": x, "y": rng.poisson(np.exp(0.3 * x))}, "y ~ x", family="poisson")
    assert (fit.with_cov("robust").bse / fit.bse).to_numpy() == pytest.approx(1, abs=0.03)


def test_fixed_and_tied_values_stay_out_of_it(rng):
    data = {"x": rng.normal(size=40)}
    data["y"] = data["x"] + rng.normal(size=40)
    fixed = mlekit.fit(data, "y ~ x", family="normal", fixed={"Intercept": 0.0}).with_cov("hc0")
    s, x = fixed.score_obs().to_numpy()[:, 1:], np.array(data["x"])
    sd2 = fixed["sd"] ** 2
    bread = np.diag([sd2 / (x @ x), sd2 / 80])
    assert fixed.cov_params().to_numpy()[1:, 1:] == pytest.approx(bread @ s.T @ s @ bread, rel=1e-7)
    assert np.isnan(fixed.bse["Intercept"])


def test_a_saved_fit_keeps_its_errors(tmp_path):
    fit, _ = regression("linear")
    for kind in ("unbiased", "hc3"):
        robust = fit.with_cov(kind)
        robust.save(tmp_path / "fit.json")
        loaded = mlekit.load(tmp_path / "fit.json")
        assert loaded.cov_type == robust.cov_type
        assert loaded.pvalues.tolist() == robust.pvalues.tolist()
    with pytest.raises(OptionError, match="rows"):
        loaded.with_cov("hc1")


def test_what_has_no_such_errors_is_refused_with_what_has():
    logistic, _ = regression("logistic")
    with pytest.raises(OptionError, match="least squares"):
        logistic.with_cov("unbiased")
    with pytest.raises(OptionError, match="did you mean 'hc"):
        logistic.with_cov("hc4")
    softmax, _ = regression("softmax")
    with pytest.raises(OptionError, match="use 'hc1'"):
        softmax.with_cov("hc2")
    spread, _ = regression("normal_sd")
    with pytest.raises(OptionError, match="least squares"):
        spread.with_cov("unbiased")
    with pytest.raises(NoStandardError, match="end of a set"):
        mlekit.fit([1, 1, 1], family="bernoulli").with_cov("robust")
    prior = mlekit.fit([1.0, 2.0, 4.0], family="normal", prior={"mean": mlekit.priors.Normal(0, 1)})
    with pytest.raises(OptionError, match="no prior"):
        prior.with_cov("unbiased")


def test_too_few_rows_are_refused(rng):
    data = {"x": [0.0, 1.0, 0.0, 0.0], "y": [1.0, 5.0, 2.0, 2.5]}
    fit = mlekit.fit(data, "y ~ x", family="normal")
    with pytest.raises(OptionError, match="row 1 determines a coefficient by itself"):
        fit.with_cov("hc3")
    one = mlekit.fit([3], family="poisson")
    with pytest.raises(OptionError, match="only 1 rows"):
        one.with_cov("hc1")


def test_unbiased_needs_more_rows_than_coefficients():
    data = {"x": [0.0, 1.0, 2.0], "y": [0.0, 1.0, 1.5]}
    fit = mlekit.fit(data, "y ~ x", family="normal").with_cov("unbiased")
    assert fit.df_resid == 1.0
    light = mlekit.fit([1.0, 2.0, 4.0], family="normal", weights=[0.1, 0.1, 0.1])
    with pytest.raises(OptionError, match=r"only 0\.3 rows"):
        light.with_cov("unbiased")


@pytest.fixture
def grouped(rng):
    """Four groups in units of their own, with weights."""
    g = rng.integers(0, 4, size=160)
    frame = pd.DataFrame({"g": g, "x": rng.normal(size=160), "n": rng.poisson(1.0 + g), "w": rng.integers(1, 4, 160)})
    return frame.assign(y=rng.gamma(2.0, np.exp(0.3 * frame.x)) * 10.0**g)


@pytest.mark.parametrize("kind", ["hc0", "hc1"])
@pytest.mark.parametrize(
    ("family", "target", "options"),
    [
        ("poisson", "n", {}),
        ("poisson", "n", {"weights": "w"}),
        ("gamma", "y", {}),
        ("weibull", "y", {}),
        ("student_t", "y", {"on_failure": "ignore"}),
        ("gamma", "y", {"fixed": {"shape": 2.0}}),
        ("normal", "y", {"prior": {"mean": mlekit.priors.Normal(0, 5)}}),
        ("poisson", "n ~ x", {"weights": "w"}),
        ("gamma", "y ~ x", {"weights": "w"}),
        ("normal", "y ~ x", {"weights": "w"}),
        ("normal", {"mean": "y ~ x", "sd": "~ x"}, {}),
        ("normal", "y ~ x", {"fixed": {"Intercept": 1.0}}),
        ("poisson", "n ~ x", {"offset": "x"}),
    ],
)
def test_each_group_has_the_robust_errors_of_its_own_fit(grouped, family, target, options, kind):
    fits = with_errors(mlekit.fit(grouped, target, family=family, by="g", **options).solution, kind)
    assert fits.errors.kind == kind
    for g in range(4):
        own = mlekit.fit(grouped[grouped.g == g], target, family=family, **options)
        truth = covariance(with_errors(own.solution, kind))[0]
        assert covariance(fits)[g] == pytest.approx(truth, rel=2e-6, abs=1e-12, nan_ok=True)
        assert standard_errors(fits)[g] == pytest.approx(own.with_cov(kind).bse.to_numpy(), rel=1e-6, nan_ok=True)
    assert (standard_errors(fits) > 0).any()


def test_robust_errors_of_a_group_follow_it_out_of_the_batch(grouped):
    fits = with_errors(mlekit.fit(grouped, "n ~ x", family="poisson", by="g").solution, "hc1")
    one = single(fits, 2)
    assert standard_errors(one)[0].tolist() == standard_errors(fits)[2].tolist()
    assert one.errors.kind == "hc1"


def test_groups_at_a_boundary_have_no_robust_errors_and_harm_no_others():
    data = {"g": list("aaaabbbbcccc"), "y": [0, 0, 0, 0, 1, 0, 2, 5, 1, 1, 1, 3]}
    fits = with_errors(mlekit.fit(data, "y", family="poisson", by="g").solution, "hc0")
    errors = standard_errors(fits)[:, 0]
    assert np.isnan(errors[0])
    for g, y in ((1, [1, 0, 2, 5]), (2, [1, 1, 1, 3])):
        assert errors[g] == pytest.approx(np.sqrt(np.var(y) / 4), rel=1e-12)


def test_a_level_that_a_group_lacks_leaves_the_group_without_robust_errors():
    data = {"g": list("aaaabbbbbb"), "y": list("xxyy" + "xyzxyy")}
    fit = mlekit.fit(data, "y", family="categorical", by="g")
    plain, robust = standard_errors(fit.solution), standard_errors(with_errors(fit.solution, "hc0"))
    assert np.isfinite(plain[0]).tolist() == [True, True, False]  # at the boundary the others have errors of curvature
    assert np.isnan(robust[0]).all()
    assert robust[1] == pytest.approx(plain[1], rel=1e-12)  # a saturated model: the sandwich is the curvature


def test_groups_with_no_more_rows_than_coefficients_have_no_corrected_errors():
    data = {"g": list("aabbbb"), "x": [0.0, 1.0, 0.0, 1.0, 2.0, 3.0], "y": [1.0, 2.0, 1.0, 3.0, 2.0, 5.0]}
    solution = mlekit.fit(data, "y ~ x", family="exponential", by="g").solution
    corrected, plain = (standard_errors(with_errors(solution, kind)) for kind in ("hc1", "hc0"))
    assert np.isnan(corrected[0]).all()
    assert corrected[1] == pytest.approx(plain[1] * np.sqrt(4 / 2), rel=1e-12)


def test_errors_of_one_fit_are_refused_for_groups_in_words(grouped):
    solution = mlekit.fit(grouped, "y ~ x", family="normal", by="g").solution
    for kind in ("hc2", "hc3"):
        with pytest.raises(OptionError, match="use 'hc1', or"):
            with_errors(solution, kind)
    with pytest.raises(OptionError, match="least squares"):
        with_errors(solution, "unbiased")


@pytest.mark.parametrize("held", ["fixed", "tied"])
def test_robust_errors_count_free_coefficients_only(rng, held):
    data = pd.DataFrame({"x": rng.normal(size=60), "z": rng.normal(size=60)})
    data["y"] = rng.normal(data.x + data.z)
    free = mlekit.fit(data, "y ~ x + z", family="normal")
    options = {"fixed": {"fixed": {"z": free["z"]}}, "tied": {"tied": {"z": "x"}}}[held]
    fit = mlekit.fit(data, "y ~ x + z", family="normal", **options)
    ratio = fit.with_cov("robust").bse["x"] / fit.with_cov("hc0").bse["x"]
    assert ratio == pytest.approx(np.sqrt(60 / (60 - 2)), rel=1e-12)
    x = np.column_stack([np.ones(60), data.x + (data.z if held == "tied" else 0)])
    e = data.y - x @ fit.params[["Intercept", "x"]] - (0 if held == "tied" else fit["z"] * data.z)
    bread = np.linalg.inv(x.T @ x)
    white = bread @ (x.T * e.to_numpy() ** 2) @ x @ bread
    assert fit.with_cov("hc0").bse[["Intercept", "x"]].to_numpy() == pytest.approx(np.sqrt(np.diag(white)), rel=1e-9)
