"""Maxima at an end of a parameter's set, for every form of the data."""

import copy
import pickle

import numpy as np
import pytest
from scipy import optimize, special, stats

import mlekit
from mlekit.numerics.arrays import NUMPY

HALF = stats.chi2.ppf(0.95, 1) / 2
OFFSET = np.array([0.0, 1.0, 0.0, 1.0])
ZEROS = {"y": [0, 0, 0, 0], "o": OFFSET}


def zero_inflated(y, rate, zero):
    count = y * np.log(rate) - rate - special.gammaln(y + 1)
    return np.where(y == 0, np.log(zero + (1 - zero) * np.exp(-rate)), np.log1p(-zero) + count)


ZERO_INFLATED = mlekit.custom(zero_inflated, params={"rate": "positive", "zero": "unit"})


def few_zeros(n=60):
    """Counts with fewer zeros than a Poisson distribution has."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=n)
    return {"x": x, "y": rng.binomial(10, special.expit(0.3 * x - 1)).astype(float)}


@pytest.mark.slow
def test_counts_of_zero_with_an_offset_have_the_rate_zero_and_its_profile_interval():
    fit = mlekit.fit(ZEROS, "y", family="poisson", offset="o")
    assert fit["rate"] == 0.0
    assert fit.llf == 0.0
    assert fit.verdict.codes == ("boundary",)
    assert fit.verdict.reasons == ("the maximum is at an end of the set: rate = 0",)
    assert np.isnan(fit.bse["rate"])
    table = fit.conf_int()
    assert table.attrs["method"] == "profile"
    assert table.loc["rate"].tolist() == pytest.approx([0.0, HALF / np.exp(OFFSET).sum()], rel=1e-8)
    with pytest.raises(mlekit.errors.NoStandardError, match="profile"):
        fit.estimate("rate", method="wald")


@pytest.mark.parametrize("solver", ["newton", "scipy", pytest.param("torch", marks=pytest.mark.slow)])
def test_every_solver_ends_at_the_boundary(solver):
    fit = mlekit.fit(ZEROS, "y", family="poisson", offset="o", solver=solver)
    assert (fit["rate"], fit.llf, fit.verdict.codes) == (0.0, 0.0, ("boundary",))


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "cauchit"])
def test_successes_alone_have_probability_one_whatever_the_link(link):
    fit = mlekit.fit({"y": [1, 1, 1, 1], "o": OFFSET}, "y", family="bernoulli", offset="o", link=link)
    assert (fit["p"], fit.llf, fit.verdict.codes) == (1.0, 0.0, ("boundary",))
    link = mlekit.links.get(link)

    def fallen(z):
        return -np.log(link.inverse(NUMPY, z + OFFSET)).sum() - HALF

    lower = float(link.inverse(NUMPY, np.float64(optimize.brentq(fallen, -3, 5, xtol=1e-13))))
    assert fit.conf_int().loc["p"].tolist() == pytest.approx([lower, 1.0], rel=1e-7)


def test_only_the_group_at_the_boundary_is_put_there():
    data = {"y": [0, 0, 0, 0, 0, 1, 2, 1], "shop": list("aaaabbbb"), "o": np.arange(8) / 8}
    fits = mlekit.fit(data, "y", family="poisson", by="shop", offset="o")
    assert list(fits.status) == ["boundary", "converged"]
    exposure = np.exp(data["o"]).reshape(2, 4).sum(axis=1)
    assert fits.params["rate"].tolist() == pytest.approx([0.0, 4 / exposure[1]], rel=1e-10)
    assert fits.params.loc["a", "rate"] == 0.0
    assert fits.bse["rate"].tolist() == pytest.approx([np.nan, 2 / exposure[1]], rel=1e-9, nan_ok=True)
    assert fits.conf_int().loc["a"].tolist() == pytest.approx([0.0, HALF / exposure[0]], rel=1e-8)
    wald = 4 / exposure[1] - 2 / exposure[1] * stats.norm.ppf(0.975)
    assert fits.conf_int().loc["b", "lower"] == pytest.approx(wald, rel=1e-9)
    assert fits["a"].conf_int().loc["rate"].tolist() == pytest.approx([0.0, HALF / exposure[0]], rel=1e-8)


def test_another_parameter_of_a_regression_at_its_end_leaves_the_simpler_regression():
    data = few_zeros()
    fit = mlekit.fit(data, {"rate": "y ~ x"}, family=ZERO_INFLATED)
    poisson = mlekit.fit(data, "y ~ x", family="poisson")
    assert fit.verdict.reasons == ("the maximum is at an end of the set: zero = 0",)
    assert fit["zero"] == 0.0
    assert fit.llf == pytest.approx(poisson.llf, rel=1e-12)
    assert fit.params[:2].tolist() == pytest.approx(poisson.params.tolist(), rel=1e-7)
    assert fit.bse.tolist() == pytest.approx([*poisson.bse, np.nan], rel=1e-6, nan_ok=True)
    assert fit.cov_params().iloc[0, 1] == pytest.approx(poisson.cov_params().iloc[0, 1], rel=1e-6)


def test_a_profile_from_the_boundary_lets_the_other_parameters_leave_it():
    data = few_zeros()
    y = data["y"]
    fit = mlekit.fit(y, family=ZERO_INFLATED)
    low, high = fit.conf_int().loc["rate"]

    def profile(rate):
        def loss(zero):
            return -zero_inflated(y, rate, zero).sum()

        best = optimize.minimize_scalar(loss, bounds=(0, 0.5), method="bounded", options={"xatol": 1e-12})
        return max(-best.fun, -loss(0.0))

    assert fit.llf - profile(low) == pytest.approx(HALF, rel=1e-6)
    assert fit.llf - profile(high) == pytest.approx(HALF, rel=1e-6)
    assert profile(high) > zero_inflated(y, high, 0.0).sum() + 1e-3


def test_all_zeros_put_one_coordinate_at_its_end_and_the_other_is_not_identified():
    fit = mlekit.fit(np.zeros(6), family=ZERO_INFLATED, on_failure="ignore")
    assert fit.llf == 0.0
    assert fit.solution.at_end.sum() == 1
    assert fit.verdict.codes == ("flat",)


def test_a_prior_that_is_bounded_at_the_end_allows_it_and_one_that_is_not_keeps_away():
    flat = mlekit.fit(ZEROS, "y", family="poisson", offset="o", prior={"rate": mlekit.priors.Gamma(shape=1, rate=1)})
    assert (flat["rate"], flat.verdict.codes) == (0.0, ("boundary",))
    assert flat.conf_int().loc["rate", "upper"] == pytest.approx(HALF / (np.exp(OFFSET).sum() + 1), rel=1e-8)
    inner = mlekit.fit(ZEROS, "y", family="poisson", offset="o", prior={"rate": mlekit.priors.Gamma(shape=2, rate=1)})
    assert inner["rate"] == pytest.approx(1 / (np.exp(OFFSET).sum() + 1), rel=1e-9)
    assert inner.verdict.codes == ("converged",)


@pytest.mark.parametrize("data", [False, True])
def test_a_fit_at_a_boundary_survives_files_pickles_and_copies(tmp_path, data):
    fit = mlekit.fit(ZEROS, "y", family="poisson", offset="o")
    groups = mlekit.fit({**ZEROS, "g": list("aabb")}, "y", family="poisson", offset="o", by="g")
    fit.save(tmp_path / "fit.json", data=data)
    groups.save(tmp_path / "groups.json", data=data)
    for other in (mlekit.load(tmp_path / "fit.json"), pickle.loads(pickle.dumps(fit)), copy.deepcopy(fit)):
        assert (other["rate"], other.llf, other.verdict) == (0.0, 0.0, fit.verdict)
        assert np.isnan(other.bse["rate"])
        assert "rate = 0" in other.summary()
    assert mlekit.load(tmp_path / "groups.json").params["rate"].tolist() == [0.0, 0.0]


def test_predictions_and_residuals_at_a_boundary_are_those_of_the_limit():
    fit = mlekit.fit(ZEROS, "y", family="poisson", offset="o")
    assert fit.predict({"o": [0.0, 5.0]}).tolist() == [0.0, 0.0]
    assert fit.augment()["log_density"].tolist() == [0.0] * 4
    assert fit.estimate("mean").value == 0.0
    assert "the maximum is on the boundary of the parameter space" in " ".join(fit.summary().split())
    assert "kink" not in fit.summary()


# ---- edges ----------------------------------------------------------------------------------------------------------


def test_a_parameter_that_diverges_is_infinite_and_the_others_are_those_of_the_limit():
    y = np.linspace(-1, 1, 30)
    fit = mlekit.fit(y, family="student_t", on_failure="ignore")
    normal = mlekit.fit(y, family="normal")
    assert fit.verdict.codes == ("edge",)
    assert "use family='normal'" in fit.verdict.reasons[0]
    assert fit.params.tolist() == pytest.approx([0.0, normal["sd"], np.inf], abs=1e-9)
    assert fit.llf == pytest.approx(normal.llf, rel=1e-13)
    assert fit.bse.tolist() == pytest.approx([*normal.bse, np.nan], rel=1e-9, nan_ok=True)
    assert fit.dist.cdf(0.3) == pytest.approx(normal.dist.cdf(0.3), rel=1e-12)
    assert fit["variance"] == pytest.approx(normal["sd"] ** 2, rel=1e-12)
    assert fit.augment()["log_density"].to_numpy() == pytest.approx(normal.augment()["log_density"].to_numpy())
    assert fit.conf_int().loc["df", "upper"] == np.inf


def test_a_group_at_an_edge_holds_the_limit():
    y = np.r_[np.linspace(-1, 1, 30), stats.t(3).ppf(np.linspace(0.02, 0.98, 30))]
    fits = mlekit.fit({"y": y, "g": np.repeat(["a", "b"], 30)}, "y", family="student_t", by="g", on_failure="ignore")
    assert list(fits.status) == ["edge", "converged"]
    assert fits.params["df"].iloc[0] == np.inf
    assert fits.params["scale"].iloc[0] == pytest.approx(y[:30].std(), rel=1e-9)
    alone = mlekit.fit(y[30:], family="student_t")
    assert fits.params.loc["b"].tolist() == pytest.approx(alone.params.tolist(), rel=1e-6)


def test_rows_that_are_all_censored_have_an_infinite_mean_and_a_profile_interval():
    fit = mlekit.fit(mlekit.right_censored([1.0, 2, 3, 4, 5], [0] * 5), family="exponential", on_failure="ignore")
    assert (fit["mean"], fit.verdict.codes) == (np.inf, ("edge",))
    assert fit.conf_int().loc["mean"].tolist() == pytest.approx([15 / HALF, np.inf], rel=1e-8)


def test_coefficients_that_diverge_are_an_edge_with_profile_intervals():
    y, z = np.r_[np.tile([0.0, 1.0], 5), np.ones(5)], np.r_[np.zeros(10), np.ones(5)]
    w = np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9])
    fit = mlekit.fit({"y": y, "z": z, "w": w}, "y ~ z + w", family="bernoulli", on_failure="ignore")
    assert fit.verdict.codes == ("edge",)
    table = fit.conf_int()
    assert table.attrs["method"] == "profile"
    assert table.loc["z", "upper"] == np.inf
    x = np.column_stack([np.ones(15), z, w])

    def profile(j, value):
        def loss(rest):
            eta = x @ np.insert(rest, j, value)
            return np.logaddexp(0, eta).sum() - y @ eta

        starts = ([0.0, 0.0], [1.0, 0.0], [5.0, 0.0], [0.0, 5.0])
        return -min(optimize.minimize(loss, start, method="BFGS", options={"gtol": 1e-8}).fun for start in starts)

    for j, name in enumerate(table.index):
        for end in table.loc[name]:
            assert np.isinf(end) or fit.llf - profile(j, end) == pytest.approx(HALF, rel=1e-6)


def test_errors_of_another_kind_and_of_predictions_are_missing_at_a_boundary_and_proper_elsewhere():
    fit = mlekit.fit(ZEROS, "y", family="poisson", offset="o")
    with pytest.raises(mlekit.errors.NoStandardError, match="at an end of a set"):
        fit.with_cov("robust")
    assert fit.predict(interval="confidence")[["std_error", "lower", "upper"]].isna().all(axis=None)
    data = few_zeros()
    inflated = mlekit.fit(data, {"rate": "y ~ x"}, family=ZERO_INFLATED)
    robust = mlekit.fit(data, "y ~ x", family="poisson").with_cov("hc0")
    assert inflated.with_cov("hc0").bse.tolist() == pytest.approx([*robust.bse, np.nan], rel=1e-6, nan_ok=True)
    rate = inflated.predict(which="rate", interval="confidence")["std_error"]
    poisson = mlekit.fit(data, "y ~ x", family="poisson").predict(interval="confidence")["std_error"]
    assert rate.to_numpy() == pytest.approx(poisson.to_numpy(), rel=1e-6)


def test_resamples_end_at_the_boundary_exactly():
    data = {"y": [0, 0, 1, 0, 0, 0], "o": [0.0, 1.0, 0.0, 1.0, 0.0, 2.0]}
    draws = mlekit.fit(data, "y", family="poisson", offset="o").bootstrap(200, seed=1)
    assert draws.values.min() == 0.0
    assert draws.failed == 0


@pytest.mark.slow
def test_the_likelihood_of_an_infinite_estimate_is_drawn_as_far_as_its_interval():
    fit = mlekit.fit(np.linspace(-1, 1, 30), family="student_t", on_failure="ignore")
    line = fit.plot("likelihood", params="df").axes[0].lines[0]
    assert len(line.get_xdata()) > 20
    assert np.isfinite(line.get_xydata()).all()
