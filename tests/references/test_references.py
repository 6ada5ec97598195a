"""The references against SciPy, statsmodels, R and algebra: nothing of mlekit is imported here."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import formulaic
import numpy as np
import pandas as pd
import pytest
import scipy.stats as st
import statsmodels.api as sm
from mpmath import mp, mpf
from scipy.special import gammaln, xlogy

HERE = Path(__file__).parent
FAMILIES = "bernoulli binomial categorical poisson normal exponential gamma weibull student_t".split()
NUMERIC = [f for f in FAMILIES if f != "categorical"]
HALF_CHI2 = st.chi2.ppf(0.95, 1) / 2


@cache
def load(name: str) -> dict[str, Any]:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def fits(family: str) -> list[dict[str, Any]]:
    return load(f"fits_{family}.json")["cases"]


def frozen(family: str, params: dict[str, float], options: dict[str, int]) -> Any:
    """SciPy's distribution with these parameters."""
    v = list(params.values())
    return {
        "bernoulli": lambda: st.binom(1, *v),
        "binomial": lambda: st.binom(options["n"], *v),
        "poisson": lambda: st.poisson(*v),
        "normal": lambda: st.norm(*v),
        "exponential": lambda: st.expon(scale=v[0]),
        "gamma": lambda: st.gamma(v[1], scale=v[0] / v[1]),
        "weibull": lambda: st.weibull_min(v[1], scale=v[0]),
        "student_t": lambda: st.t(v[2], v[0], v[1]),
    }[family]()


def log_density(distribution: Any, y: Any) -> Any:
    return distribution.logpmf(y) if hasattr(distribution.dist, "pmf") else distribution.logpdf(y)


def weights_of(case: dict[str, Any]) -> np.ndarray:
    return np.array(case["weights"] or [1.0] * len(case["data"]))


def llf_at(family: str, case: dict[str, Any], params: dict[str, float], options: dict[str, int]) -> float:
    return float(weights_of(case) @ log_density(frozen(family, params, options), np.array(case["data"])))


def in_doubles(family: str) -> list[dict[str, Any]]:
    """The fits that doubles can judge: a mean of 1e9 with an sd of 1e-3 is left to the test at 40 digits."""
    return [case for case in fits(family) if (family, case["name"]) != ("normal", "shifted")]


def test_every_file_names_the_scripts_that_made_it_and_all_are_small() -> None:
    files = sorted(HERE.glob("*.json"))
    for file in files:
        for script in json.loads(file.read_text(encoding="utf-8"))["made_by"].split(", "):
            assert (HERE / script).is_file(), (file.name, script)
    assert sum(file.stat().st_size for file in files) < 1_500_000


# ---- fits ----------------------------------------------------------------------------------------------------------


# The log densities once more, in other words than those of _distributions.py.
AGAIN: dict[str, Callable[..., Any]] = {
    "bernoulli": lambda y, p: mp.log(p if y else 1 - p),
    "binomial": lambda y, p: mp.log(mp.binomial(10, y) * p**y * (1 - p) ** (10 - y)),
    "poisson": lambda y, rate: mp.log(rate**y * mp.exp(-rate) / mp.factorial(y)),
    "normal": lambda y, mean, sd: mp.log(mp.npdf(y, mean, sd)),
    "exponential": lambda y, mean: mp.log(mp.exp(-y / mean) / mean),
    "gamma": lambda y, mean, k: mp.log((k * y / mean) ** k * mp.exp(-k * y / mean) / (y * mp.gamma(k))),
    "weibull": lambda y, scale, k: mp.log(k / y * (y / scale) ** k * mp.exp(-((y / scale) ** k))),
    "student_t": lambda y, loc, s, df: (
        -mp.log(s * mp.sqrt(df) * mp.beta(df / 2, mpf(1) / 2) * (1 + ((y - loc) / s) ** 2 / df) ** ((df + 1) / 2))
    ),
}


@pytest.mark.parametrize(("family", "name"), [*((f, "small") for f in NUMERIC), ("normal", "shifted")])
def test_score_vanishes_at_the_estimate_and_the_covariance_inverts_the_curvature(family: str, name: str) -> None:
    with mp.workdps(40):
        text = (HERE / f"fits_{family}.json").read_text(encoding="utf-8")
        case = next(c for c in json.loads(text, parse_float=mpf)["cases"] if c["name"] == name)
        data = [mpf(float(y)) for y in case["data"]]
        theta = list(case["params"].values())
        k = len(theta)

        def loglike(*at: Any) -> Any:
            return mp.fsum(AGAIN[family](y, *at) for y in data)

        def order(*i: int) -> tuple[int, ...]:
            return tuple(i.count(j) for j in range(k))

        def score(at: Any) -> Any:
            return mp.matrix([mp.diff(loglike, tuple(at), order(i)) for i in range(k)])

        def curvature(at: Any) -> Any:
            return -mp.matrix([[mp.diff(loglike, tuple(at), order(i, j)) for j in range(k)] for i in range(k)])

        best = mp.matrix(theta)
        for _ in range(2):  # 17 digits stop short of the maximum, and by no more
            best += mp.lu_solve(curvature(best), score(best))
        cov = mp.inverse(curvature(best))
        assert abs(loglike(*best) - case["llf"]) < mpf("1e-15") * abs(case["llf"])
        for i, (value, std_error) in enumerate(zip(theta, case["bse"].values(), strict=True)):
            assert abs(best[i] - value) < mpf("1e-16") * abs(value)
            assert abs(mp.sqrt(cov[i, i]) / std_error - 1) < mpf("1e-14")
            for j in range(k):
                assert abs(cov[i, j] - case["cov"][i][j]) < mpf("1e-14") * mp.sqrt(cov[i, i] * cov[j, j])


@pytest.mark.parametrize("family", NUMERIC)
def test_log_likelihoods_agree_with_scipy(family: str) -> None:
    options = load(f"fits_{family}.json")["options"]
    for case in in_doubles(family):
        assert llf_at(family, case, case["params"], options) == pytest.approx(case["llf"], rel=1e-10, abs=1e-12)
        if "elsewhere" in case:
            away = case["elsewhere"]
            assert llf_at(family, case, away["params"], options) == pytest.approx(away["llf"], rel=1e-10)
            assert away["llf"] < case["llf"]


@pytest.mark.parametrize("family", FAMILIES)
def test_fits_agree_with_r(family: str) -> None:
    r = {case["name"]: case["r"] for case in load("r_fits.json")["fits"][family]}
    for case in fits(family):
        if case["name"] not in r:
            continue
        answer = r[case["name"]]
        for name, value in answer["estimate"].items():  # as exact as R's optimiser on a flat top
            assert case["params"][name] == pytest.approx(value, rel=1e-5, abs=1e-12), (case["name"], name)
        if answer.get("llf") is not None:
            assert case["llf"] == pytest.approx(answer["llf"], rel=1e-9)
            assert case["llf"] >= answer["llf"] - 1e-12 * abs(answer["llf"])
        for name, ends in (answer.get("exact") or {}).items():
            np.testing.assert_allclose(case["conf_int"]["exact"][name], ends, rtol=1e-8)


def profile_by_hand(family: str, name: str, case: dict[str, Any], value: float) -> dict[str, float] | None:
    """All parameters where one is held and the other has a closed form; None where it has none."""
    y, w = np.array(case["data"]), weights_of(case)
    average, params = float(w @ y / w.sum()), case["params"]
    if len(params) == 1:
        return {name: value}
    if (family, name) == ("normal", "mean"):
        return {"mean": value, "sd": float(np.sqrt(w @ (y - value) ** 2 / w.sum()))}
    if (family, name) in (("normal", "sd"), ("gamma", "shape")):
        return params | {"mean": average, name: value}
    if (family, name) == ("weibull", "shape"):
        return {"scale": float((w @ y**value / w.sum()) ** (1 / value)), "shape": value}
    return None


@pytest.mark.parametrize("family", NUMERIC)
def test_profiles_fall_by_half_a_chi_square_at_their_ends(family: str) -> None:
    options = load(f"fits_{family}.json")["options"]
    for case in in_doubles(family):
        for name, ends in case["conf_int"]["profile"].items():
            for end in ends:
                at = None if end in (0.0, 1.0, "inf") else profile_by_hand(family, name, case, end)
                if at is not None:
                    fall = case["llf"] - llf_at(family, case, at, options)
                    assert fall == pytest.approx(HALF_CHI2, rel=1e-7)


@pytest.mark.parametrize("family", FAMILIES)
def test_wald_intervals_and_criteria_follow_from_estimates(family: str) -> None:
    for case in fits(family):
        k, n, llf = case["n_params"], case["nobs"], case["llf"]
        assert case["aic"] == pytest.approx(2 * k - 2 * llf, rel=1e-14)
        assert case["bic"] == pytest.approx(k * np.log(n) - 2 * llf, rel=1e-14)
        assert n == weights_of(case).sum()
        for name, ends in case["conf_int"].get("wald", {}).items():
            half = 1.959963984540054 * case["bse"][name]
            np.testing.assert_allclose(ends, [case["params"][name] - half, case["params"][name] + half], rtol=1e-13)


def test_the_shares_of_a_categorical_are_counts_over_n() -> None:
    for case in fits("categorical"):
        counts = pd.Series(weights_of(case)).groupby(case["data"]).sum()
        np.testing.assert_allclose(list(case["params"].values()), counts / counts.sum(), rtol=1e-15)
        used = counts[counts > 0]
        assert case["llf"] == pytest.approx(float((used * np.log(used / counts.sum())).sum()), rel=1e-14)


# ---- regressions ---------------------------------------------------------------------------------------------------


@cache
def regressions() -> dict[str, dict[str, Any]]:
    return {case["name"]: case for case in load("regressions.json")["cases"]}


def design(case: dict[str, Any], formula: str | None = None) -> pd.DataFrame:
    text = formula or (case["formula"] if isinstance(case["formula"], str) else next(iter(case["formula"].values())))
    return formulaic.model_matrix(text.partition("~")[2], pd.DataFrame(case["data"]), output="pandas")


def column(case: dict[str, Any], role: str) -> np.ndarray | None:
    return np.array(case["data"][case[role]], dtype=float) if case[role] else None


def values(table: dict[str, float], k: int | None = None) -> list[float]:
    return list(table.values())[:k]


@pytest.mark.parametrize("name", [n for n in regressions() if n.startswith("linear")])
def test_linear_regressions_agree_with_statsmodels(name: str) -> None:
    case = regressions()[name]
    x, y = design(case), np.array(case["data"]["y"])
    offset, weights = column(case, "offset"), column(case, "weights")
    y = y if offset is None else y - offset
    if weights is not None:
        x, y = x.loc[x.index.repeat(weights.astype(int))], np.repeat(y, weights.astype(int))
    size = np.sqrt((x**2).sum())  # statsmodels inverts X'X, which years and millions make singular
    result = sm.OLS(y, x / size).fit()
    scale = size.to_numpy()
    k = x.shape[1]
    assert list(case["params"]) == [*x.columns, "sd"]
    np.testing.assert_allclose(values(case["params"], k), result.params / scale, rtol=1e-8)
    np.testing.assert_allclose(values(case["unbiased"]["bse"]), result.bse / scale, rtol=1e-8)
    np.testing.assert_allclose(values(case["unbiased"]["pvalues"]), result.pvalues, rtol=1e-8)
    np.testing.assert_allclose(values(case["unbiased"]["conf_int"]), result.conf_int().div(scale, axis=0), rtol=1e-7)
    assert case["llf"] == pytest.approx(result.llf, rel=1e-10)
    for kind in ("hc0", "hc1", "hc2", "hc3"):
        errors = np.sqrt(np.diag(np.array(case["hc"][kind])))[:k]
        np.testing.assert_allclose(errors, getattr(result, f"{kind.upper()}_se") / scale, rtol=1e-8)


GLM = {
    "bernoulli": sm.families.Binomial(),
    "binomial": sm.families.Binomial(),
    "poisson": sm.families.Poisson(),
    "gamma": sm.families.Gamma(sm.families.links.Log()),
    "exponential": sm.families.Gamma(sm.families.links.Log()),
}
OF_GLM = [n for n, c in regressions().items() if c["family"] in GLM and n != "gamma_shape"]


@pytest.mark.parametrize("name", OF_GLM)
def test_generalised_linear_models_agree_with_statsmodels(name: str) -> None:
    case = regressions()[name]
    x, data = design(case), case["data"]
    size = np.sqrt((x**2).sum()).to_numpy()
    if "yes" in data:
        y = np.c_[data["yes"], data["no"]]
    elif case["options"]:
        y = np.c_[data["y"], case["options"]["n"] - np.array(data["y"])]
    else:
        y = np.array(data["y"])
    weights = column(case, "weights")
    model = sm.GLM(y, x / size, GLM[case["family"]], offset=column(case, "offset"), freq_weights=weights)
    result = model.fit(tol=1e-14, maxiter=200)
    k = x.shape[1]
    assert list(case["params"])[:k] == list(x.columns)
    np.testing.assert_allclose(values(case["params"], k), result.params / size, rtol=1e-6)
    if case["family"] in ("gamma", "exponential"):
        return
    assert case["llf"] == pytest.approx(result.llf, rel=1e-10)
    np.testing.assert_allclose(values(case["bse"]), result.bse / size, rtol=1e-6)
    np.testing.assert_allclose(values(case["pvalues"]), result.pvalues, rtol=1e-5)
    np.testing.assert_allclose(case["residuals"]["pearson"], result.resid_pearson, rtol=1e-6)
    np.testing.assert_allclose(case["residuals"]["deviance"], result.resid_deviance, rtol=1e-5, atol=1e-9)
    hc0, hc1 = (np.array(case["hc"][kind]) for kind in ("hc0", "hc1"))
    np.testing.assert_allclose(hc1, hc0 * case["nobs"] / (case["nobs"] - k), rtol=1e-13)
    if weights is None:  # statsmodels calls hc0 what it calls HC1 of a GLM
        errors = model.fit(tol=1e-14, maxiter=200, cov_type="HC0").bse / size
        np.testing.assert_allclose(np.sqrt(np.diag(hc0)), errors, rtol=1e-6)


@pytest.mark.parametrize("name", ["softmax", "softmax_weights"])
def test_softmax_agrees_with_statsmodels(name: str) -> None:
    case = regressions()[name]
    x, weights = design(case), column(case, "weights")
    times = np.ones(len(x), int) if weights is None else weights.astype(int)
    y = np.repeat(np.array(case["data"]["y"]), times)
    levels = sorted(set(y))
    rows = x.loc[x.index.repeat(times)]
    result = sm.MNLogit([levels.index(v) for v in y], rows.to_numpy()).fit(disp=False, method="newton", tol=1e-12)
    assert list(case["params"]) == [f"{level}: {term}" for level in levels[1:] for term in x.columns]
    np.testing.assert_allclose(values(case["params"]), result.params.ravel("F"), rtol=1e-7)
    np.testing.assert_allclose(values(case["bse"]), result.bse.ravel("F"), rtol=1e-7)
    assert case["llf"] == pytest.approx(result.llf, rel=1e-11)


def test_regressions_agree_with_r() -> None:
    for r in load("r_regressions.json")["regressions"]:
        case, answer = regressions()[r["name"]], r["r"]
        assert case["llf"] == pytest.approx(answer["llf"], rel=1e-11)
        if "coef" in answer and case["family"] != "categorical":
            coef = list(answer["coef"].values())
            np.testing.assert_allclose(values(case["params"], len(coef)), coef, rtol=1e-6)
        if "shape" in answer and "shape" in case["params"]:
            assert case["params"]["shape"] == pytest.approx(answer["shape"], rel=1e-10)
        if "shape_std_error" in answer:
            assert case["bse"]["shape"] == pytest.approx(answer["shape_std_error"], rel=1e-10)
        if case["family"] in ("weibull", "exponential"):
            np.testing.assert_allclose(values(case["bse"], len(answer["bse"])), answer["bse"], rtol=1e-8)
        if "free" in answer and case["family"] != "student_t":
            np.testing.assert_allclose(values(case["params"]), answer["free"], rtol=1e-5)
        for kind, cov in answer.get("hc", {}).items():
            k = len(cov)
            errors = np.sqrt(np.diag(np.array(case["hc"][kind])))[:k]
            np.testing.assert_allclose(errors, np.sqrt(np.diag(np.array(cov))), rtol=1e-6)


@pytest.mark.parametrize("name", ["gamma", "gamma_shape", "weibull", "exponential", "normal_sd", "student_t"])
def test_distributions_beyond_the_glm_have_no_better_point_nearby(name: str) -> None:
    case = regressions()[name]
    params = np.array(values(case["params"]))
    spread = np.array(values(case["bse"]))
    assert loglike(case, params) == pytest.approx(case["llf"], rel=1e-11)
    for i in range(len(params)):
        for sign in (-1, 1):
            near = params.copy()
            near[i] += sign * 1e-4 * spread[i]
            assert loglike(case, near) < case["llf"]


def loglike(case: dict[str, Any], params: np.ndarray) -> float:
    family, y = case["family"], np.array(case["data"]["y"])
    x = design(case).to_numpy()
    k = x.shape[1]
    first = x @ params[:k] if family in ("normal", "student_t") else np.exp(x @ params[:k])
    rest = list(params[k:])
    if isinstance(case["formula"], dict):
        rest = [np.exp(design(case, list(case["formula"].values())[1]).to_numpy() @ params[k:])]
    names = {"normal": ["mean", "sd"], "student_t": ["loc", "scale", "df"]}.get(family, ["first", "second"])
    distribution = frozen(family, dict(zip(names, [first, *rest], strict=False)), {})
    return float(log_density(distribution, y).sum())


# ---- priors --------------------------------------------------------------------------------------------------------


@cache
def priors() -> dict[str, dict[str, Any]]:
    return {case["name"]: case for case in load("priors.json")["cases"]}


SCIPY_PRIORS: dict[str, Callable[..., Any]] = {
    "Beta": st.beta,
    "Gamma": lambda shape, rate: st.gamma(shape, scale=1 / rate),
    "Normal": st.norm,
    "Laplace": st.laplace,
    "HalfNormal": lambda scale: st.halfnorm(scale=scale),
}


@pytest.mark.parametrize("name", list(priors()))
def test_log_posteriors_are_log_likelihoods_plus_log_priors(name: str) -> None:
    case = priors()[name]
    beliefs = case.get("priors") or {k: case["prior"] for k in case["params"] if k.rpartition(": ")[2].startswith("x")}
    if case["family"] == "categorical" and "priors" in case:
        alpha, p = (
            np.array(beliefs["p"]["args"]["alpha"]) * np.ones(len(case["params"])),
            np.array(values(case["params"])),
        )
        added = gammaln(alpha.sum()) - gammaln(alpha).sum() + xlogy(alpha - 1, p).sum()
    else:
        added = sum(SCIPY_PRIORS[b["name"]](*b["args"].values()).logpdf(case["params"][k]) for k, b in beliefs.items())
    assert case["log_posterior"] == pytest.approx(case["llf"] + added, rel=1e-12)


POSTERIORS: dict[str, Callable[..., Any]] = {
    "beta": st.beta,
    "gamma": lambda shape, rate: st.gamma(shape, scale=1 / rate),
    "normal": st.norm,
}


@pytest.mark.parametrize("name", [n for n, c in priors().items() if "posterior" in c])
def test_conjugate_posteriors_agree_with_scipy_and_their_modes_are_the_modes(name: str) -> None:
    case = priors()[name]
    for parameter, posterior in case["posterior"].items():
        v = list(posterior["params"].values())
        distribution = POSTERIORS[posterior["distribution"]](*v)
        np.testing.assert_allclose(distribution.ppf(posterior["q"]), posterior["quantiles"], rtol=1e-10)
        np.testing.assert_allclose(
            [distribution.mean(), distribution.std()], [posterior["mean"], posterior["sd"]], rtol=1e-12
        )
        if case["family"] != "categorical":
            mode = {"beta": (v[0] - 1) / (sum(v) - 2), "gamma": (v[0] - 1) / v[1], "normal": v[0]}[
                posterior["distribution"]
            ]
            assert case["params"][parameter] == pytest.approx(mode, rel=1e-15)


def test_the_mode_of_a_dirichlet_posterior_is_counts_plus_alpha_minus_one() -> None:
    for case in (priors()[n] for n in ("dirichlet", "dirichlet_by_level", "dirichlet_flat")):
        weight = np.array(case["weights"]) + np.array(case["priors"]["p"]["args"]["alpha"]) - 1
        np.testing.assert_allclose(values(case["params"]), weight / weight.sum(), rtol=1e-15)


def test_ridge_is_the_penalised_least_squares() -> None:
    case = priors()["ridge_linear_known_sd"]
    x = design(case).to_numpy()
    penalty = np.diag([0.0, *[1 / case["prior"]["args"]["sd"] ** 2] * 4])
    curvature = x.T @ x + penalty
    np.testing.assert_allclose(values(case["params"]), np.linalg.solve(curvature, x.T @ case["data"]["y"]), rtol=1e-12)
    np.testing.assert_allclose(values(case["bse"]), np.sqrt(np.diag(np.linalg.inv(curvature))), rtol=1e-12)


@pytest.mark.parametrize("name", [n for n in priors() if n.startswith("lasso")])
def test_lassos_satisfy_karush_kuhn_and_tucker(name: str) -> None:
    case = priors()[name]
    x, y = design(case).to_numpy(), np.array(case["data"]["y"])
    params = np.array(values(case["params"]))
    eta = x @ params[:5]
    sd = case["params"].get("sd", 1.0)
    mean = {"normal": eta, "bernoulli": 1 / (1 + np.exp(-eta)), "poisson": np.exp(eta)}[case["family"]]
    score = x.T @ (y - mean) / sd**2
    pull = 1 / case["prior"]["args"]["scale"]
    assert abs(score[0]) < 1e-12
    for s, b in zip(score[1:], params[1:5], strict=True):
        assert s == pytest.approx(np.sign(b) * pull, rel=1e-12) if b != 0 else abs(s) < pull
    assert (
        case["fixed"] or "sd" not in case["params"] or sd == pytest.approx(np.sqrt(np.mean((y - eta) ** 2)), rel=1e-13)
    )


# ---- densities -----------------------------------------------------------------------------------------------------


def numbers(column: list[Any]) -> np.ndarray:
    return np.array([np.nan if v is None else float(v) for v in column])


@pytest.mark.parametrize("family", NUMERIC)
def test_densities_and_distribution_functions_agree_with_scipy(family: str) -> None:
    for case in load("densities.json")["cases"]:
        if case["family"] != family:
            continue
        distribution, y = frozen(family, case["params"], case["options"]), np.array(case["y"])
        with np.errstate(all="ignore"):  # SciPy at 1e150
            np.testing.assert_allclose(numbers(case["log_density"]), log_density(distribution, y), rtol=1e-9)
            np.testing.assert_allclose(numbers(case["cdf"]), distribution.cdf(y), rtol=1e-8, atol=1e-300)
            np.testing.assert_allclose(numbers(case["survival"]), distribution.sf(y), rtol=1e-8, atol=1e-300)
        np.testing.assert_allclose(np.exp(numbers(case["log_cdf"])), numbers(case["cdf"]), rtol=1e-12, atol=1e-300)
        np.testing.assert_allclose(
            np.exp(numbers(case["log_survival"])), numbers(case["survival"]), rtol=1e-12, atol=1e-300
        )


def test_log_densities_on_links_agree_with_logaddexp() -> None:
    for case in load("densities.json")["on_links"]:
        e = np.array(case["linear"])
        if case["family"] == "categorical":
            expected = e - np.logaddexp.reduce(e)
        elif case["family"] == "bernoulli":
            expected = np.array([-np.logaddexp(0, e), -np.logaddexp(0, -e)])
        else:
            with np.errstate(over="ignore"):
                expected = np.array(case["y"]) * e - np.exp(e) - np.log([1, 6])
        np.testing.assert_allclose(numbers(case["log_density"]), expected, rtol=1e-14, atol=1e-16)


def test_scores_of_shape_and_df_agree_with_their_closed_forms() -> None:
    checked = 0
    with mp.workdps(60):
        for case in load("densities.json")["cases"]:
            params = [mpf(v) for v in case["params"].values()]
            for point, score in zip(case["y"], case["score"], strict=True):
                if score is None or case["family"] not in ("gamma", "student_t"):
                    continue
                if case["family"] == "gamma":
                    ratio, k = mpf(point) / params[0], params[1]
                    expected = mp.log(k) + 1 - mp.digamma(k) + mp.log(ratio) - ratio
                else:
                    z2, v = ((mpf(point) - params[0]) / params[1]) ** 2, params[2]
                    gammas = mp.digamma((v + 1) / 2) - mp.digamma(v / 2) - 1 / v
                    expected = (gammas - mp.log1p(z2 / v) + (v + 1) * z2 / (v * (v + z2))) / 2
                assert score[-1] == pytest.approx(float(expected), rel=1e-15)
                checked += 1
    assert checked > 80
