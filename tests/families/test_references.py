"""Every family against estimates that were polished in high-precision arithmetic from R's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import mlekit

FOLDER = Path(__file__).parents[1] / "references"
CASES = [
    (file["family"], file["options"], case)
    for path in sorted(FOLDER.glob("fits_*.json"))
    for file in [json.loads(path.read_text(encoding="utf-8"))]
    for case in file["cases"]
]
IDS = [f"{family}-{case['name']}" for family, _, case in CASES]


def fit(family, options, case, **more):
    named = mlekit.families.get(family)
    named = type(named)(**options) if options else family
    return mlekit.fit(case["data"], family=named, weights=case["weights"], **more)


def number(value):
    return np.nan if value is None else float(value)


@pytest.mark.parametrize(("family", "options", "case"), CASES, ids=IDS)
def test_estimates_likelihood_and_criteria(family, options, case):
    fitted = fit(family, options, case)
    for name, value in case["params"].items():
        assert fitted[name] == pytest.approx(number(value), rel=1e-9, abs=1e-12), name
    assert fitted.llf == pytest.approx(case["llf"], rel=1e-9, abs=1e-12)
    assert fitted.aic == pytest.approx(case["aic"], rel=1e-9)
    assert fitted.bic == pytest.approx(case["bic"], rel=1e-9)
    assert fitted.nobs == case["nobs"]
    assert fitted.n_params == case["n_params"]
    assert fitted.verdict.ok


@pytest.mark.parametrize(("family", "options", "case"), CASES, ids=IDS)
def test_standard_errors_and_covariance(family, options, case):
    fitted = fit(family, options, case)
    expected = [number(case["bse"][name]) for name in fitted.params.index]
    np.testing.assert_allclose(fitted.bse, expected, rtol=1e-7)
    if case.get("cov") and np.isfinite(expected).all():
        scale = np.outer(expected, expected)
        # a mean of 1e9 is itself rounded to 1e-7, a ten-thousandth of an sd of 1e-3: no curvature is nearer there
        rounding = np.spacing(abs(fitted["mean"])) / fitted["sd"] if family == "normal" else 0.0
        np.testing.assert_allclose(
            fitted.cov_params() / scale, np.array(case["cov"], dtype=float) / scale, atol=max(1e-7, rounding)
        )


@pytest.mark.parametrize(
    ("family", "options", "case"),
    [c for c in CASES if "derived" in c[2]],
    ids=[i for i, c in zip(IDS, CASES, strict=True) if "derived" in c[2]],
)
def test_derived_parameters_and_their_errors(family, options, case):
    fitted = fit(family, options, case)
    checked = 0
    for name, entry in case["derived"].items():
        if name in fitted.family.derived and entry["value"] is not None:
            found = fitted.estimate(name, method="wald")
            assert found.value == pytest.approx(number(entry["value"]), rel=1e-8), name
            if entry["std_error"] is not None:
                assert found.std_error == pytest.approx(entry["std_error"], rel=1e-6), name
            checked += 1
    assert checked or not case["derived"]


def test_scipy_is_silently_wrong_where_mlekit_is_right():
    """scipy's t.fit stops at a log-likelihood of -30,472 and says nothing; the true parameters have -3,302."""
    from scipy import stats

    data = 1e6 + np.random.default_rng(0).standard_t(4, 2000)
    theirs = stats.t.logpdf(data, *stats.t.fit(data)).sum()
    truth = stats.t.logpdf(data, 4, 1e6, 1).sum()
    ours = mlekit.fit(data, family="student_t")
    assert theirs < -30_000
    assert truth == pytest.approx(-3302, abs=1)
    assert ours.llf > truth
    assert ours.verdict.ok
