"""NIST's certified values: univariate summaries, least squares and analysis of variance, easy and hard."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

import mlekit

UNIVARIATE = "Lottery Lew Mavro Michelso NumAcc1 NumAcc2 NumAcc3 NumAcc4 PiDigits".split()
# the data of these two, rounded to doubles, have another sd than the decimals that were certified
ROUNDED = {"NumAcc3": 1e-9, "NumAcc4": 1e-8}
# digits of the hardest coefficient that double precision leaves: Filip's columns have a condition of 1e10 when scaled
REGRESSIONS = {
    "Norris": 2e-12,
    "Pontius": 1e-11,
    "NoInt1": 1e-12,
    "NoInt2": 1e-12,
    "Filip": 1e-7,
    "Longley": 1e-10,
    "Wampler3": 1e-8,
    "Wampler4": 1e-8,
    "Wampler5": 1e-6,
}


@pytest.fixture(scope="module")
def nist(shared):
    folder = shared / "nist"
    certified = json.loads((folder / "certified.json").read_text(encoding="utf-8"))

    def read(name):
        with (folder / f"{name}.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return {key: np.array([float(row[key]) for row in rows]) for key in rows[0]}, certified[name]

    return read


def columns(data, certified):
    """The matrix of the certified model, without its intercept: given columns, or powers of x."""
    terms = len(certified["coefficients"])
    intercept = "B0" in certified["coefficients"]
    if "x" not in data:
        return np.column_stack([data[k] for k in data if k != "y"]), intercept
    return np.column_stack([data["x"] ** power for power in range(1, terms + (not intercept))]), intercept


@pytest.mark.parametrize("name", UNIVARIATE)
def test_mean_and_sd_of_univariate_sets(nist, name):
    data, certified = nist(name)
    n = certified["n"]
    fit = mlekit.fit(data["y"], family="normal")
    assert fit["mean"] == pytest.approx(float(certified["mean"]), rel=1e-14)
    assert fit["sd"] == pytest.approx(float(certified["sd"]) * np.sqrt((n - 1) / n), rel=ROUNDED.get(name, 1e-12))


@pytest.mark.parametrize("name", REGRESSIONS)
def test_coefficients_and_errors_of_least_squares(nist, name):
    data, certified = nist(name)
    x, intercept = columns(data, certified)
    n, p = certified["n"], certified["p"]
    fit = mlekit.fit(x, data["y"], family="normal", intercept=intercept)
    truth = np.array([[float(v) for v in pair] for pair in certified["coefficients"].values()])
    rel = REGRESSIONS[name]
    # where the noise is a hundred thousand times the coefficient, digits are counted in standard errors
    allowed = np.maximum(rel * np.abs(truth[:, 0]), 1e-12 * truth[:, 1])
    assert (np.abs(fit.params.to_numpy()[:p] - truth[:, 0]) <= allowed).all()
    np.testing.assert_allclose(fit.bse.to_numpy()[:p], truth[:, 1] * np.sqrt((n - p) / n), rtol=rel)
    assert fit["sd"] == pytest.approx(float(certified["residual_sd"]) * np.sqrt((n - p) / n), rel=rel)


@pytest.mark.parametrize("name", ["Wampler1", "Wampler2"])
def test_a_polynomial_through_every_point_is_refused(nist, name):
    """The residual sd is zero: the likelihood has no maximum, and no number stands in for one."""
    data, certified = nist(name)
    x, _ = columns(data, certified)
    with pytest.raises(mlekit.errors.IdentifiabilityError, match="fit every row exactly"):
        mlekit.fit(x, data["y"], family="normal")


@pytest.mark.parametrize("name", [f"SmLs0{i}" for i in range(1, 10)])
def test_within_sum_of_squares_of_analysis_of_variance(nist, name):
    data, certified = nist(name)
    labels = [f"t{int(v)}" for v in data["treatment"]]
    fit = mlekit.fit({"y": data["y"], "treatment": labels}, "y ~ treatment", family="normal")
    # the certified data have 13 constant leading digits in SmLs07 to SmLs09, of which doubles hold three or four
    rel = {"7": 1e-2, "8": 1e-2, "9": 1e-2, "4": 1e-8, "5": 1e-8, "6": 1e-8}.get(name[-1], 1e-12)
    assert fit["sd"] ** 2 * certified["n"] == pytest.approx(float(certified["within_ss"]), rel=rel)
