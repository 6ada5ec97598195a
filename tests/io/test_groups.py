"""A fit of groups is saved as JSON and is the same fit again, or as its table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import mlekit
from mlekit.errors import LoadError, OptionError
from mlekit.priors import Beta, Laplace, Normal


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=90), "u": rng.uniform(1, 2, 90)})
    data["z"] = rng.choice(["alpha", "beta", "gamma"], 90)
    data["day"] = rng.integers(1, 3, 90)
    data["y"] = 1 + 2 * data["x"] + rng.normal(size=90)
    data["k"] = rng.poisson(np.exp(0.3 * data["x"]))
    data["b"] = data["x"] + rng.normal(size=90) > 0
    data["w"] = rng.integers(1, 5, 90)
    data["half"] = rng.choice([1.5, 2.5], 90)
    return data


def by(key: Any, *model: Any, **options: Any) -> Any:
    return mlekit.fit(frame(), *model, by=key, **options)


MADE: dict[str, Any] = {
    "sums": lambda: by("z", "y", family="normal"),
    "two columns": lambda: by(["z", "day"], "k", family="poisson"),
    "bools": lambda: by("b", "y", family="normal"),
    "floats": lambda: by("half", "u", family="gamma"),
    "weights": lambda: by("z", "u", family="exponential", weights="w"),
    "levels": lambda: by("day", "z", family="categorical"),
    "prior": lambda: by("z", "b", family="bernoulli", prior=Beta(2, 2)),
    "boundary": lambda: mlekit.fit({"g": list("aabb"), "y": [1, 1, 0, 1]}, "y", family="bernoulli", by="g"),
    "edge": lambda: mlekit.fit(
        {"g": list("aab"), "y": [1.0, 3.0, 2.0]}, "y", family="normal", by="g", on_failure="ignore"
    ),
    "rows": lambda: by("z", "u", family="weibull"),
    "rows and weights": lambda: by(["z", "day"], "u", family="weibull", weights="w"),
    "fixed": lambda: by("z", "u", family="weibull", fixed={"shape": 2}),
    "newton": lambda: by("z", "u", family="gamma", solver="newton"),
    "line": lambda: by("z", "y ~ x", family="normal"),
    "two formulas": lambda: by("z", {"mean": "y ~ x", "sd": "~ u"}, family="normal"),
    "offset": lambda: by("z", "k ~ x + C(day)", family="poisson", offset="u", weights="w"),
    "ridge": lambda: by("z", "y ~ x + u", family="normal", prior=Normal(0, 2)),
    "lasso": lambda: by("z", "y ~ x + u", family="normal", prior=Laplace(0, 0.3)),
    "tied": lambda: by("z", "y ~ x + u", family="normal", tied={"u": "x"}),
}
NAMES = list(MADE)


def again(fits: Any, folder: Path, data: bool = False) -> Any:
    path = folder / "fits.json"
    fits.save(path, data=data)
    assert list(folder.iterdir()) == [path]
    return mlekit.load(path)


@pytest.mark.slow
@pytest.mark.parametrize("data", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_a_loaded_fit_of_groups_answers_to_the_last_bit(name: str, data: bool, tmp_path: Path) -> None:
    fits = MADE[name]()
    loaded = again(fits, tmp_path, data)
    assert type(loaded) is type(fits)
    assert repr(loaded) == repr(fits)
    assert loaded.keys() == fits.keys()
    for table in ("params", "bse"):
        pd.testing.assert_frame_equal(getattr(loaded, table), getattr(fits, table), check_exact=True)
    pd.testing.assert_frame_equal(loaded.conf_int(), fits.conf_int(), check_exact=True)
    for column in ("llf", "log_posterior", "nobs", "status", "reasons"):
        pd.testing.assert_series_equal(getattr(loaded, column), getattr(fits, column), check_exact=True)
    pd.testing.assert_index_equal(loaded.failed, fits.failed)
    pd.testing.assert_frame_equal(loaded.tidy(), fits.tidy(), check_exact=True)
    assert loaded.n_params == fits.n_params
    assert loaded.verdict == fits.verdict
    assert loaded.summary() == fits.summary()


@pytest.mark.slow
@pytest.mark.parametrize("data", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_each_group_of_a_loaded_fit_is_a_fit(name: str, data: bool, tmp_path: Path) -> None:
    fits = MADE[name]()
    loaded = again(fits, tmp_path, data)
    for key in fits:
        one, other = loaded[key], fits[key]
        pd.testing.assert_series_equal(one.params, other.params, check_exact=True)
        pd.testing.assert_series_equal(one.bse, other.bse, check_exact=True)
        pd.testing.assert_frame_equal(one.conf_int(method="wald"), other.conf_int(method="wald"), check_exact=True)
        assert (one.llf, one.nobs, one.verdict) == (other.llf, other.nobs, other.verdict)
        if data:
            np.testing.assert_array_equal(one.log_prob(), other.log_prob())
            pd.testing.assert_frame_equal(one.conf_int(), other.conf_int(), check_exact=True)


@pytest.mark.parametrize("name", ["sums", "rows", "line", "two formulas"])
def test_a_group_of_a_fit_without_rows_predicts_and_can_be_saved(name: str, tmp_path: Path) -> None:
    fits, new = MADE[name](), frame()[:5]
    one, other = again(fits, tmp_path)["beta"], fits["beta"]
    given = new if name in ("line", "two formulas") else None
    np.testing.assert_array_equal(one.predict(given), other.predict(given))
    one.save(tmp_path / "fits.json")
    once_more = mlekit.load(tmp_path / "fits.json")
    pd.testing.assert_series_equal(once_more.bse, other.bse, check_exact=True)
    assert once_more.nobs == other.nobs


@pytest.mark.parametrize("name", ["sums", "prior", "boundary"])
def test_sums_are_enough_for_every_interval_of_a_group(name: str, tmp_path: Path) -> None:
    fits = MADE[name]()
    loaded = again(fits, tmp_path)
    for key in fits:
        pd.testing.assert_frame_equal(loaded[key].conf_int(), fits[key].conf_int(), check_exact=True)
        assert loaded[key].summary() == fits[key].summary()


def test_groups_of_sums_can_be_merged_after_loading(tmp_path: Path) -> None:
    loaded = again(MADE["weights"](), tmp_path)
    whole = mlekit.merge(*(fit for _, fit in loaded.items()))
    expected = mlekit.fit(frame(), "u", family="exponential", weights="w")
    assert whole["mean"] == pytest.approx(expected["mean"], rel=1e-14)
    assert whole.nobs == expected.nobs


@pytest.mark.parametrize(
    "ask",
    [
        lambda fit: fit.conf_int(method="profile"),
        lambda fit: fit.bootstrap(9),
        lambda fit: fit.residuals(),
        lambda fit: fit.log_prob(),
        lambda fit: fit.augment(),
        lambda fit: fit.score_obs(),
        lambda fit: fit.loglike({"scale": 2.0}),
        lambda fit: fit.with_cov("robust"),
        lambda fit: fit.profile("scale"),
    ],
)
@pytest.mark.parametrize("name", ["rows", "rows and weights"])
def test_what_needs_the_rows_of_a_group_says_how_to_keep_them(name: str, ask: Any, tmp_path: Path) -> None:
    loaded = again(MADE[name](), tmp_path)
    with pytest.raises(OptionError, match=r"save\(path, data=True\)"):
        ask(loaded[loaded.keys()[0]])


@pytest.mark.parametrize("data", [False, True])
def test_a_loaded_fit_of_groups_can_be_saved_again(data: bool, tmp_path: Path) -> None:
    once = again(MADE["offset"](), tmp_path, data)
    first = (tmp_path / "fits.json").read_bytes()
    again(once, tmp_path, data)
    assert (tmp_path / "fits.json").read_bytes() == first


@pytest.mark.parametrize("data", [False, True])
def test_a_loaded_fit_of_groups_is_drawn_explained_and_reported(data: bool, tmp_path: Path) -> None:
    loaded = again(MADE["rows"](), tmp_path, data)
    assert [word.get_text() for word in loaded.plot("forest").axes[0].get_yticklabels()]
    assert "Weibull distribution" in str(loaded.explain())
    loaded.report(tmp_path / "fits.html")


def test_a_key_that_is_not_there_is_an_option_error(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="no group has the key 'nosuch'"):
        again(MADE["sums"](), tmp_path)["nosuch"]


# -- keys -------------------------------------------------------------------------------------------------------------

DAYS = pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-01", "2024-05-02"])
KEYS: dict[str, Any] = {
    "text": pd.Series(list("baba")),
    "integers": pd.Series([2**60 + 1, 7, 2**60 + 1, 7]),
    "small integers": np.array([3, 1, 3, 1], dtype=np.int8),
    "bools": [True, False, True, False],
    "floats": [0.1, np.inf, 0.1, np.inf],
    "bytes": [b"a", b"\xff", b"a", b"\xff"],
    "dates of pandas": pd.Series(DAYS),
    "dates with a zone": pd.Series(DAYS.tz_localize("Europe/Berlin")),
    "nanoseconds": pd.Series(DAYS.as_unit("ns") + pd.Timedelta(1)),
    "durations": pd.Series(DAYS - DAYS[0]),
    "months": pd.Series(pd.PeriodIndex(["2024-05", "2024-06"] * 2, freq="M")),
    "dates of numpy": DAYS.to_numpy().astype("M8[D]"),
    "dates of polars": pl.Series(DAYS.date.tolist()),
    "times of polars": pl.Series(DAYS.to_pydatetime().tolist()),
    "intervals": pd.cut(pd.Series([0.5, 1.5, 0.6, 1.6]), [0, 1, 2]),
    "categories": pd.Series(pd.Categorical(list("baba"), categories=list("cba"))),
    "categories of dates": pd.Series(pd.Categorical(DAYS)),
}


@pytest.mark.parametrize("data", [False, True])
@pytest.mark.parametrize("name", KEYS)
def test_keys_of_any_type_survive(name: str, data: bool, tmp_path: Path) -> None:
    fits = mlekit.fit([1, 2, 4, 5], family="poisson", by=KEYS[name])
    loaded = again(fits, tmp_path, data)
    assert loaded.keys() == fits.keys()
    assert list(map(type, loaded.keys())) == list(map(type, fits.keys()))
    assert [loaded[key]["rate"] for key in fits] == [fit["rate"] for _, fit in fits.items()]
    pd.testing.assert_index_equal(loaded.index, fits.index)


def test_keys_of_several_columns_are_tuples_again(tmp_path: Path) -> None:
    columns = {"day": DAYS, "shop": list("aabb"), "n": [1, 2, 1, 2], "y": [1, 2, 4, 5]}
    fits = mlekit.fit(columns, "y", by=["day", "shop", "n"], family="poisson")
    loaded = again(fits, tmp_path)
    assert loaded.keys() == fits.keys()
    assert loaded[DAYS[1], "a", 2]["rate"] == 2.0


def test_a_key_that_no_file_can_hold_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    fits = mlekit.fit([1, 2], family="poisson", by=pd.Series(pd.Categorical([1j, 2j])))
    with pytest.raises(OptionError, match="a complex cannot be saved"):
        fits.save(tmp_path / "fits.json")
    assert not list(tmp_path.iterdir())


# -- tables -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".parquet", ".pq"])
def test_groups_are_saved_as_their_tidy_table(ending: str, tmp_path: Path) -> None:
    fits = mlekit.fit(frame(), "y", family="normal", by="z")
    path = tmp_path / f"fits{ending}"
    fits.save(path)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    read = {".csv": pd.read_csv, ".tsv": lambda p: pd.read_csv(p, sep="\t")}.get(ending, pd.read_parquet)
    pd.testing.assert_frame_equal(read(path), fits.tidy(), check_exact=True, check_dtype=False)


@pytest.mark.parametrize(("ending", "reader"), [("csv", "read_csv"), ("parquet", "read_parquet")])
def test_a_table_of_groups_is_no_fit_and_the_error_says_what_reads_it(ending: str, reader: str, tmp_path: Path) -> None:
    path = tmp_path / f"fits.{ending}"
    mlekit.fit({"g": ["a", "a", "b", "b"], "y": [1, 2, 3, 5]}, "y", by="g", family="poisson").save(path)
    with pytest.raises(LoadError, match=f"is a table.*pandas.{reader}"):
        mlekit.load(path)


def test_groups_with_another_ending_or_without_a_folder_are_errors(tmp_path: Path) -> None:
    fits = mlekit.fit(frame(), "y", family="normal", by="z")
    with pytest.raises(OptionError, match=r"\.json the fit, and one of \.csv, \.tsv, \.parquet, \.pq its table"):
        fits.save(tmp_path / "fits.xlsx")
    with pytest.raises(OptionError, match="there is no folder"):
        fits.save(tmp_path / "new" / "fits.csv")
    with pytest.raises(OptionError, match="there is no folder"):
        fits.save(tmp_path / "new" / "fits.json")
    assert not list(tmp_path.iterdir())


def test_a_table_has_no_place_for_the_rows(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"data=True goes with a path that ends in \.json"):
        MADE["sums"]().save(tmp_path / "fits.csv", data=True)


def test_a_file_of_groups_is_json_to_anyone(tmp_path: Path) -> None:
    MADE["edge"]().save(tmp_path / "fits.json")
    text = (tmp_path / "fits.json").read_text()
    document = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert document["fit"]["groups"]["names"] == ["g"]
