"""Regressions against R and high-precision arithmetic: least squares, logistic, softmax, counts, gamma, Weibull, t."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import mlekit
from mlekit.errors import OptionError

PATH = Path(__file__).parents[1] / "references" / "regressions.json"
CASES = json.loads(PATH.read_text(encoding="utf-8"))["cases"]
IDS = [case["name"] for case in CASES]


def fit(case, **options):
    family = mlekit.families.Binomial(**case["options"]) if case["options"] else case["family"]
    rows = {"weights": case["weights"], "offset": case["offset"]}
    return mlekit.fit(pd.DataFrame(case["data"]), case["formula"], family=family, **rows, **options)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_coefficients_errors_and_likelihood(case):
    fitted = fit(case)
    assert list(fitted.params.index) == list(case["params"])
    np.testing.assert_allclose(fitted.params, list(case["params"].values()), rtol=1e-9)
    np.testing.assert_allclose(fitted.bse, list(case["bse"].values()), rtol=1e-7)
    np.testing.assert_allclose(fitted.tvalues, list(case["tvalues"].values()), rtol=1e-7)
    np.testing.assert_allclose(fitted.pvalues, list(case["pvalues"].values()), rtol=1e-4, atol=1e-300)
    assert fitted.llf == pytest.approx(case["llf"], rel=1e-10)
    assert fitted.aic == pytest.approx(case["aic"], rel=1e-10)
    assert fitted.bic == pytest.approx(case["bic"], rel=1e-10)
    assert fitted.verdict.ok


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_newton_finds_what_the_formula_gives(case):
    formula, newton = fit(case), fit(case, solver="newton")
    np.testing.assert_allclose(newton.params, formula.params, rtol=1e-8)
    np.testing.assert_allclose(newton.bse, formula.bse, rtol=1e-7)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_wald_intervals(case):
    fitted = fit(case)
    table = fitted.conf_int(method="wald")
    for name, ends in case["conf_int"]["wald"].items():
        np.testing.assert_allclose(table.loc[name], ends, rtol=1e-6, atol=1e-9 * abs(case["bse"][name]))


def test_arrays_give_the_regression_of_the_formula(rng):
    x, y = rng.normal(size=(200, 2)), rng.integers(0, 2, 200)
    frame = pd.DataFrame({"y": y, "x0": x[:, 0], "x1": x[:, 1]})
    by_arrays, by_formula = mlekit.fit(x, y, family="bernoulli"), mlekit.fit(frame, "y ~ x0 + x1", family="bernoulli")
    assert list(by_arrays.params.index) == ["Intercept", "x0", "x1"]
    np.testing.assert_allclose(by_arrays.params, by_formula.params, rtol=1e-10)


def test_no_intercept_is_no_intercept(rng):
    x, y = rng.normal(size=(50, 2)), rng.normal(size=50)
    fitted = mlekit.fit(x, y, family="normal", intercept=False)
    np.testing.assert_allclose(fitted.params.to_numpy()[:2], np.linalg.lstsq(x, y, rcond=None)[0], rtol=1e-12)


def test_columns_in_wild_units_are_the_same_regression(rng):
    x = rng.normal(size=(300, 3))
    y = rng.poisson(np.exp(0.3 + 0.4 * x[:, 0] - 0.2 * x[:, 2]))
    plain = mlekit.fit(x, y, family="poisson")
    units = np.array([1e-8, 1e9, 1.0])
    wild = mlekit.fit(x * units + np.array([0, 1e10, 5e4]), y, family="poisson")
    np.testing.assert_allclose(wild.params.to_numpy()[1:] * units, plain.params.to_numpy()[1:], rtol=1e-5)
    assert wild.llf == pytest.approx(plain.llf, rel=1e-9)


@pytest.mark.parametrize("family", ["normal", "poisson", "gamma", "weibull"])
def test_regressions_by_group_are_the_regressions_of_each_group(rng, family):
    frame = pd.DataFrame({"x": rng.normal(size=240), "k": np.arange(240) % 4})
    frame["y"] = rng.poisson(3, 240) if family == "poisson" else rng.gamma(3, np.exp(0.3 * frame.x))
    grouped = mlekit.fit(frame, "y ~ x", family=family, by="k")
    for key in range(4):
        one = mlekit.fit(frame[frame.k == key], "y ~ x", family=family)
        np.testing.assert_allclose(grouped.params.loc[key], one.params, rtol=1e-7)
        np.testing.assert_allclose(grouped.bse.loc[key], one.bse, rtol=1e-6)


def test_tied_parameters_are_one(rng):
    frame = pd.DataFrame({"a": rng.normal(size=100), "b": rng.normal(size=100)})
    frame["y"] = 1 + 0.5 * frame.a + 0.5 * frame.b + rng.normal(size=100)
    tied = mlekit.fit(frame, "y ~ a + b", family="normal", tied={"b": "a"})
    together = mlekit.fit(frame.assign(c=frame.a + frame.b), "y ~ c", family="normal")
    assert tied["a"] == tied["b"] == pytest.approx(together["c"], rel=1e-10)
    assert tied.n_params == 3
    assert tied.llf == pytest.approx(together.llf, rel=1e-12)


def test_a_fixed_coefficient_is_an_offset(rng):
    frame = pd.DataFrame({"x": rng.normal(size=80), "z": rng.normal(size=80)})
    frame["y"] = rng.poisson(np.exp(0.2 + 0.5 * frame.x))
    fixed = mlekit.fit(frame, "y ~ x + z", family="poisson", fixed={"x": 0.5})
    offset = mlekit.fit(frame.assign(o=0.5 * frame.x), "y ~ z", family="poisson", offset="o")
    assert fixed["z"] == pytest.approx(offset["z"], rel=1e-8)
    assert fixed.llf == pytest.approx(offset.llf, rel=1e-12)


@pytest.mark.parametrize("link", ["probit", "cloglog"])
def test_other_links_of_a_probability(rng, link):
    import statsmodels.api as sm

    x = rng.normal(size=(200, 1))
    y = (rng.uniform(size=200) < 0.3 + 0.4 * (x[:, 0] > 0)).astype(int)
    links = {"probit": sm.families.links.Probit, "cloglog": sm.families.links.CLogLog}
    theirs = sm.GLM(y, sm.add_constant(x), family=sm.families.Binomial(link=links[link]())).fit(tol=1e-14)
    ours = mlekit.fit(x, y, family="bernoulli", link=link)
    np.testing.assert_allclose(ours.params, theirs.params, rtol=1e-6)
    assert ours.llf == pytest.approx(theirs.llf, rel=1e-9)


@pytest.mark.parametrize(
    ("family", "fixed"), [("student_t", {"loc": 3.0}), ("weibull", {"scale": 2.0}), ("student_t", {"scale": 1.5})]
)
def test_a_fixed_parameter_is_the_same_number_in_every_group(rng, family, fixed):
    frame = pd.DataFrame({"y": 3 + rng.standard_t(4, 400), "k": np.arange(400) % 2})
    frame.loc[frame.k == 1, "y"] = 3 + 20 * (frame.y - 3)
    if family == "weibull":
        frame["y"] = np.abs(frame.y) + 0.1
    grouped = mlekit.fit(frame, "y", family=family, by="k", fixed=fixed)
    for key in (0, 1):
        one = mlekit.fit(frame.y[frame.k == key], family=family, fixed=fixed)
        assert grouped.llf.loc[key] == pytest.approx(one.llf, rel=1e-9)
        np.testing.assert_allclose(grouped.params.loc[key], one.params, rtol=1e-7)
        np.testing.assert_allclose(grouped.bse.loc[key], one.bse, rtol=1e-6)


@pytest.mark.parametrize(
    "options", [{"prior": {"rate": mlekit.priors.Flat()}}, {"fixed": {"scale": 1.0}}, {"start": {"scale": 1.0}}]
)
def test_an_option_on_a_derived_parameter_is_refused_beside_a_formula_that_names_no_parameter(rng, options):
    data = pd.DataFrame({"x": rng.normal(size=50)})
    data["y"] = rng.gamma(2, np.exp(0.3 * data.x))
    ((derived, _),) = next(iter(options.values())).items()
    for rows in ((data, "y ~ x"), (data[["x"]], data.y)):
        with pytest.raises(OptionError, match=rf"in shape, {derived}, so say .* as in \{{'shape': 'y ~ .'\}} or"):
            mlekit.fit(*rows, family="gamma", **options)


def test_a_formula_that_names_its_parameter_goes_with_a_fixed_derived_one(rng):
    data = pd.DataFrame({"x": rng.normal(size=50)})
    data["y"] = rng.gamma(2, np.exp(0.3 * data.x))
    fitted = mlekit.fit(data, {"shape": "y ~ x"}, family="gamma", fixed={"rate": 1.0})
    a = np.exp(fitted["Intercept"] + fitted["x"] * data.x)
    assert fitted.llf == pytest.approx(stats.gamma(a).logpdf(data.y).sum(), rel=1e-12)
    slopes = (np.log(data.y) - special.digamma(a)) * a
    assert [slopes.sum(), (slopes * data.x).sum()] == pytest.approx([0, 0], abs=1e-6)
