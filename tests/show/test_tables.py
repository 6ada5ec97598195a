"""Fits as tables: one row per term, per fit, per observation, or per group and term."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import mlekit
from mlekit.priors import Beta

COLUMNS = ["term", "parameter", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"]


def rows(n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    data = pd.DataFrame(
        {"x": rng.normal(size=n), "store": rng.choice(["a", "b", "c"], n), "day": rng.integers(1, 3, n)}
    )
    data["y"] = 1 + 2 * data["x"] + rng.normal(size=n)
    data["z"] = rng.choice(["lo", "mid", "hi"], n)
    return data


def test_tidy_has_the_numbers_of_the_fit() -> None:
    fit = mlekit.fit(rows(), {"mean": "y ~ x", "sd": "~ x"}, family="normal")
    table = fit.tidy(level=0.9)
    assert list(table.columns) == COLUMNS
    assert list(table["term"]) == ["Intercept", "x", "sd: Intercept", "sd: x"]
    assert list(table["parameter"]) == ["mean", "mean", "sd", "sd"]
    for column, series in (
        ("estimate", fit.params),
        ("std_error", fit.bse),
        ("statistic", fit.tvalues),
        ("p_value", fit.pvalues),
    ):
        np.testing.assert_array_equal(table[column], series)
    np.testing.assert_array_equal(table[["conf_low", "conf_high"]], fit.conf_int(level=0.9))


def test_tidy_takes_a_method_and_derived_parameters() -> None:
    fit = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
    table = fit.tidy(derived=True, method="profile").set_index("term")
    assert list(table.index) == ["p", "odds", "logit", "mean", "variance", "sd"]
    odds = fit.estimate("odds", method="profile")
    assert table.loc["odds", "estimate"] == odds.value == pytest.approx(7 / 3)
    assert table.loc["odds", "std_error"] == odds.std_error
    assert table.loc["odds", "conf_high"] == odds.upper
    assert table.loc["p", "conf_low"] == fit.conf_int(method="profile").loc["p", "lower"]


def test_tidy_of_fixed_values_has_no_standard_error() -> None:
    table = mlekit.fit([1.0, 2.0, 4.0], family="normal", fixed={"sd": 2.0}).tidy()
    assert table["estimate"].tolist()[1] == 2.0
    assert table.loc[1, "std_error":].isna().all()


def test_glance_is_one_row() -> None:
    fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
    (row,) = fit.glance().to_dict("records")
    assert row == {
        "family": "normal",
        "nobs": 5.0,
        "n_params": 2,
        "df_resid": 3.0,
        "llf": fit.llf,
        "log_posterior": fit.llf,
        "aic": fit.aic,
        "bic": fit.bic,
        "solver": "closed",
        "verdict": "closed_form",
        "ok": True,
    }


def test_glance_of_a_posterior_mode_has_no_aic() -> None:
    fit = mlekit.fit([1, 0, 1], family="bernoulli", prior=Beta(2, 2))
    row = fit.glance().iloc[0]
    assert np.isnan(row["aic"])
    assert np.isnan(row["bic"])
    assert row["log_posterior"] == fit.log_posterior


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, lambda data: pa.table(data)])
def test_augment_is_the_rows_in_their_own_library(library: Any) -> None:
    data = rows()
    given = library({name: data[name].to_list() for name in data})
    fit = mlekit.fit(given, "y ~ x", family="normal")
    table = fit.augment()
    assert type(table) is type(given)
    augmented = table if library is pd.DataFrame else table.to_pandas()
    assert list(augmented.columns) == [*data.columns, "fitted", "residual", "log_density"]
    np.testing.assert_allclose(augmented["fitted"] + augmented["residual"], data["y"], rtol=1e-13)
    assert augmented["log_density"].sum() == pytest.approx(fit.llf, rel=1e-13)


def test_augment_of_a_plain_column_and_of_arrays() -> None:
    coin = mlekit.fit(["yes", "no", "yes"], family="bernoulli").augment()
    assert list(coin.columns) == ["y", "fitted", "residual", "log_density"]
    assert coin["y"].tolist() == ["yes", "no", "yes"]
    data = rows()
    line = mlekit.fit(data[["x", "day"]].to_numpy(), data["y"], family="normal").augment()
    assert list(line.columns) == ["y", "x0", "x1", "fitted", "residual", "log_density"]
    np.testing.assert_array_equal(line["x0"], data["x"])
    frame = mlekit.fit(data[["x"]], data["y"], family="normal").augment()
    assert list(frame.columns) == ["y", "x", "fitted", "residual", "log_density"]


def test_augment_of_levels_has_a_fitted_column_per_level() -> None:
    data = rows()
    fit = mlekit.fit(data, "z ~ x", family="categorical")
    table = fit.augment()
    probabilities = table[["fitted[hi]", "fitted[lo]", "fitted[mid]"]]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    chosen = [table.loc[i, f"fitted[{level}]"] for i, level in enumerate(data["z"])]
    np.testing.assert_allclose(np.log(chosen), table["log_density"])


def test_augment_never_hides_a_column() -> None:
    data = rows().rename(columns={"x": "fitted"})
    table = mlekit.fit(data, "y ~ fitted", family="normal").augment()
    assert list(table.columns)[-3:] == ["fitted_", "residual", "log_density"]
    np.testing.assert_array_equal(table["fitted"], data["fitted"])


def test_augment_leaves_out_what_the_fit_left_out() -> None:
    data = rows()
    data.loc[4, "x"] = np.nan
    table = mlekit.fit(data, "y ~ x", family="normal", missing="drop").augment()
    np.testing.assert_array_equal(table["y"], data["y"].drop(4))


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, lambda data: pa.table(data)])
def test_tidy_groups_has_the_key_the_numbers_and_the_status(library: Any) -> None:
    data = rows()
    given = library({name: data[name].to_list() for name in data})
    fits = mlekit.fit(given, "y", family="normal", by=["store", "day"])
    table = fits.tidy(level=0.9)
    assert type(table) is type(given)
    frame = table if library is pd.DataFrame else table.to_pandas()
    assert list(frame.columns) == ["store", "day", *COLUMNS, "nobs", "status"]
    assert len(frame) == 2 * len(fits)
    one = frame[(frame["store"] == "b") & (frame["day"] == 2)].set_index("term")
    np.testing.assert_array_equal(one["estimate"], fits.params.loc[("b", 2)])
    np.testing.assert_array_equal(one["std_error"], fits.bse.loc[("b", 2)])
    interval = fits.conf_int("mean", level=0.9).loc[("b", 2)]
    assert (one.loc["mean", "conf_low"], one.loc["mean", "conf_high"]) == (interval["lower"], interval["upper"])
    assert one["nobs"].tolist() == [((data["store"] == "b") & (data["day"] == 2)).sum()] * 2
    assert set(frame["status"]) == {"closed_form"}


def test_tidy_groups_keeps_failed_groups() -> None:
    fits = mlekit.fit({"g": list("aab"), "y": [1.0, 2.0, 3.0]}, "y", family="normal", by="g", on_failure="ignore")
    table = fits.tidy()
    assert table.loc[table["g"] == "b", "status"].tolist() == ["edge", "edge"]
    assert table.loc[table["g"] == "b", "std_error"].isna().all()


def test_rows_keep_the_index_of_the_caller() -> None:
    data = rows()
    data.index = pd.Index([f"row {i}" for i in range(len(data))])
    data.loc["row 4", "x"] = np.nan
    fit, kept = mlekit.fit(data, "y ~ x", family="normal", missing="drop"), data.index.drop("row 4")
    for table in (fit.augment(), fit.predict(interval="confidence"), fit.score_obs()):
        assert table.index.equals(kept)
    new = data.iloc[1:3]
    assert fit.predict(new, interval="prediction").index.equals(new.index)
    column = mlekit.fit(data["x"], family="normal", missing="drop")
    assert column.augment().index.equals(kept)
    assert column.score_obs().index.equals(kept)
    grouped = mlekit.fit(data["y"], family="normal", by=np.arange(len(data)) % 2)
    assert grouped[1].score_obs().index.equals(data.index[1::2])
