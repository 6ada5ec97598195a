"""A saved fit is one file of JSON, and answers as the fit did, to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats

import mlekit
from mlekit.data.unsaved import Unsaved
from mlekit.errors import OptionError
from mlekit.io._problems import pack_form
from mlekit.priors import Beta, Dirichlet, Gamma, Laplace, Normal


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=80), "u": rng.uniform(1, 2, 80)})
    data["z"] = rng.choice(["alpha", "beta", "gamma"], 80)
    data["y"] = 1 + 2 * data["x"] + rng.normal(size=80)
    data["k"] = rng.poisson(np.exp(0.3 * data["x"]))
    data["b"] = data["x"] + rng.normal(size=80) > 0
    data["yes"], data["n"] = rng.integers(0, 5, 80), rng.integers(5, 9, 80)
    data["w"] = rng.integers(1, 5, 80)
    return data


def amounts() -> Any:
    return np.random.default_rng(1).gamma(2.0, 3.0, 50)


def rayleigh(y: Any, s: Any) -> Any:
    return np.log(y) - 2 * np.log(s) - 0.5 * (y / s) ** 2


CUSTOM = mlekit.custom(rayleigh, params={"s": "positive"}, support="positive")
COLUMNS: dict[str, Any] = {
    "bernoulli": lambda: mlekit.fit([1] * 7 + [0] * 3, family="bernoulli"),
    "labels": lambda: mlekit.fit(["yes"] * 7 + ["no"] * 3, family="bernoulli"),
    "binomial": lambda: mlekit.fit([14, 12, 3], family=mlekit.families.Binomial(n=20)),
    "trials by row": lambda: mlekit.fit([14, 12, 3], family=mlekit.families.Binomial(n=np.array([20, 15, 5]))),
    "trials by column": lambda: mlekit.fit(frame(), "yes", family=mlekit.families.Binomial(n="n")),
    "categorical": lambda: mlekit.fit(list("abcab"), family="categorical", prior=Dirichlet(2)),
    "whole levels": lambda: mlekit.fit([3, 1, 3, 7], family="categorical"),
    "poisson": lambda: mlekit.fit([2, 0, 1, 5], family="poisson"),
    "normal": lambda: mlekit.fit([72, 75, 71, 73, 74], family="normal"),
    "far away": lambda: mlekit.fit(np.random.default_rng(0).normal(1e9, 1e-3, 40), family="normal"),
    "exponential": lambda: mlekit.fit(amounts(), family="exponential"),
    "gamma": lambda: mlekit.fit(amounts(), family="gamma"),
    "weibull": lambda: mlekit.fit(amounts(), family="weibull"),
    "student_t": lambda: mlekit.fit(np.random.default_rng(0).standard_t(4, 80), family="student_t"),
    "boundary": lambda: mlekit.fit([1] * 20, family="bernoulli"),
    "edge": lambda: mlekit.fit(np.linspace(-1, 1, 30), family="student_t", on_failure="ignore"),
    "conjugate": lambda: mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=Beta(10, 10)),
    "fixed": lambda: mlekit.fit(amounts(), family="gamma", fixed={"shape": 2}),
    "fixed derived": lambda: mlekit.fit(amounts(), family="gamma", fixed={"scale": 2}),
    "prior of a derived": lambda: mlekit.fit(amounts(), family="gamma", prior={"rate": Gamma(shape=2, rate=1)}),
    "start of a derived": lambda: mlekit.fit(amounts(), family="gamma", start={"rate": 1}),
    "rate of an exponential": lambda: mlekit.fit(amounts(), family="exponential", fixed={"rate": 0.2}),
    "variance": lambda: mlekit.fit([72, 75, 71], family="normal", prior={"variance": Gamma(shape=2, rate=1)}),
    "logit": lambda: mlekit.fit([1, 0, 1], family="bernoulli", prior={"logit": Normal(0, 1)}),
    "successes and failures": lambda: mlekit.fit(frame(), "cbind(yes, n - yes)", family="binomial"),
    "scipy prior": lambda: mlekit.fit(amounts(), family="normal", prior={"mean": scipy.stats.norm(0, scale=10)}),
    "weights": lambda: mlekit.fit(frame(), "u", family="weibull", weights="w"),
    "scipy distribution": lambda: mlekit.fit(amounts(), family=scipy.stats.invgauss),
    "group": lambda: mlekit.fit(frame(), "u", family="weibull", by="z")["beta"],
    "asked": lambda: mlekit.fit(amounts(), family="gamma", solver=mlekit.solvers.Newton(tol=1e-12), seed=3),
}
REGRESSIONS: dict[str, Any] = {
    "line": lambda: mlekit.fit(frame(), "y ~ x + C(z)", family="normal"),
    "two formulas": lambda: mlekit.fit(frame(), {"mean": "y ~ x*z", "sd": "~ bs(x, df=4)"}, family="normal"),
    "every column": lambda: mlekit.fit(frame(), "y ~ .", family="normal"),
    "functions": lambda: mlekit.fit(frame(), "k ~ log(u) + poly(x, 2) + scale(w)", family="poisson"),
    "offset": lambda: mlekit.fit(frame(), "k ~ x + offset(log(n))", family="poisson", offset="u", weights="w"),
    "response of two": lambda: mlekit.fit(frame(), "cbind(yes, n - yes) ~ x", family="binomial"),
    "link and prior": lambda: mlekit.fit(frame(), "b ~ x", family="bernoulli", link="probit", prior=Normal(0, 2)),
    "lasso": lambda: mlekit.fit(frame(), "y ~ x + w", family="normal", prior=Laplace(0, 0.2)),
    "softmax": lambda: mlekit.fit(frame(), "z ~ x", family="categorical"),
    "tied": lambda: mlekit.fit(frame(), "y ~ x + w", family="normal", tied={"w": "x"}, fixed={"sd": 1}),
    "matrix": lambda: mlekit.fit(frame()[["x", "w"]].to_numpy(), frame()["y"], family="normal"),
    "frame and y": lambda: mlekit.fit(frame()[["x", "w"]], frame()["b"], family="bernoulli"),
    "robust": lambda: mlekit.fit(frame(), "y ~ x", family="normal").with_cov("robust"),
    "unbiased": lambda: mlekit.fit(frame(), "y ~ x", family="normal").with_cov("unbiased"),
}
MADE = COLUMNS | REGRESSIONS


@pytest.fixture(params=MADE)
def fit(request: pytest.FixtureRequest) -> Any:
    return MADE[request.param]()


def again(fit: Any, folder: Path, data: bool = False, **options: Any) -> Any:
    path = folder / "fit.json"
    fit.save(path, data=data)
    return mlekit.load(path, **options)


def same(a: Any, b: Any) -> None:
    np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


@pytest.mark.slow
@pytest.mark.parametrize("data", [False, True])
def test_a_loaded_fit_answers_to_the_last_bit(fit: Any, data: bool, tmp_path: Path) -> None:
    loaded = again(fit, tmp_path, data)
    assert type(loaded) is type(fit)
    assert repr(loaded) == repr(fit)
    assert list(loaded.params.index) == list(fit.params.index)
    names = "params bse pvalues llf log_posterior nobs n_params df_resid solver cov_type"
    for name in names.split():
        same(getattr(loaded, name), getattr(fit, name))
    same(loaded.cov_params(), fit.cov_params())
    same(loaded.conf_int(method="wald"), fit.conf_int(method="wald"))
    assert loaded.verdict == fit.verdict


@pytest.mark.slow
def test_with_its_rows_a_loaded_fit_says_all_that_the_fit_said(fit: Any, tmp_path: Path) -> None:
    loaded = again(fit, tmp_path, data=True)
    assert loaded.summary() == fit.summary()
    same(loaded.predict(), fit.predict())
    same(loaded.log_prob(), fit.log_prob())
    same(loaded.residuals(), fit.residuals())
    same(loaded.conf_int(), fit.conf_int())
    assert loaded.loglike(loaded.params.to_dict()) == fit.loglike(fit.params.to_dict())


@pytest.mark.parametrize("name", COLUMNS)
def test_without_its_rows_a_loaded_fit_is_still_a_distribution(name: str, tmp_path: Path) -> None:
    fit = COLUMNS[name]()
    loaded = again(fit, tmp_path)
    if name in ("trials by column", "successes and failures"):
        with pytest.raises(OptionError, match="data=True"):
            loaded.sample(5, seed=0)
        return
    same(loaded.sample(5, seed=0), fit.sample(5, seed=0))
    same(loaded.predict(), fit.predict())


@pytest.mark.parametrize("name", [n for n in REGRESSIONS if n not in ("matrix", "every column")])
def test_without_its_rows_a_loaded_regression_predicts_new_ones(name: str, tmp_path: Path) -> None:
    fit, new = REGRESSIONS[name](), frame()[10:20]
    loaded = again(fit, tmp_path)
    same(loaded.predict(new), fit.predict(new))
    same(loaded.predict(new, interval="confidence"), fit.predict(new, interval="confidence"))
    same(loaded.sample(3, new, seed=0), fit.sample(3, new, seed=0))


def test_sums_are_enough_for_every_interval_of_the_likelihood(tmp_path: Path) -> None:
    for name in ("bernoulli", "gamma", "poisson", "normal", "conjugate", "boundary"):
        fit = COLUMNS[name]()
        loaded = again(fit, tmp_path)
        same(loaded.conf_int(), fit.conf_int())
        same(loaded.conf_int(method="profile"), fit.conf_int(method="profile"))
        assert loaded.summary() == fit.summary()


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
def test_what_needs_the_rows_says_how_to_keep_them(ask: Any, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"save\(path, data=True\)"):
        ask(again(COLUMNS["weibull"](), tmp_path))


@pytest.mark.parametrize("name", ["line", "functions", "matrix"])
def test_a_loaded_regression_without_rows_has_none_to_predict(name: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"save\(path, data=True\)"):
        again(REGRESSIONS[name](), tmp_path).predict()


def test_the_estimator_comes_back(tmp_path: Path) -> None:
    estimator = again(COLUMNS["asked"](), tmp_path).estimator
    assert estimator.solver == mlekit.solvers.Newton(tol=1e-12)
    assert estimator.seed == 3
    assert estimator.fit(amounts())["shape"] == pytest.approx(COLUMNS["asked"]()["shape"])


def test_a_generator_as_seed_is_forgotten(tmp_path: Path) -> None:
    fit = mlekit.fit([1, 0, 1], family="bernoulli", seed=np.random.default_rng(0))
    assert again(fit, tmp_path).estimator.seed is None


def test_a_form_of_another_kind_is_refused() -> None:
    with pytest.raises(OptionError, match="the form object cannot be saved"):
        pack_form(object())  # type: ignore[arg-type]


def test_a_column_that_is_not_there_says_so_whatever_is_asked() -> None:
    for ask in (len, np.asarray, lambda column: column[0], lambda column: column.dtype):
        with pytest.raises(OptionError, match="data=True"):
            ask(Unsaved())


def test_a_loaded_fit_can_be_saved(tmp_path: Path) -> None:
    fit = REGRESSIONS["two formulas"]()
    once = again(fit, tmp_path, data=True)
    first = (tmp_path / "fit.json").read_bytes()
    again(once, tmp_path, data=True)
    assert (tmp_path / "fit.json").read_bytes() == first


def test_a_family_of_ones_own_is_given_again(tmp_path: Path) -> None:
    fit = mlekit.fit(amounts(), family=CUSTOM)
    fit.save(tmp_path / "fit.json", data=True)
    with pytest.raises(OptionError, match=r"mlekit.load\(path, family=...\)"):
        mlekit.load(tmp_path / "fit.json")
    loaded = mlekit.load(tmp_path / "fit.json", family=CUSTOM)
    same(loaded.params, fit.params)
    same(loaded.conf_int(), fit.conf_int())
    with pytest.raises(OptionError, match="parameters s, but normal has mean, sd"):
        mlekit.load(tmp_path / "fit.json", family="normal")


def test_levels_that_no_file_can_hold_are_refused(tmp_path: Path) -> None:
    fit = mlekit.fit([1, 0, 1], family="bernoulli", prior=Beta(2, 2))
    fit.family.labels = [object(), object()]  # what no file can hold
    try:
        with pytest.raises(OptionError, match="cannot be saved"):
            fit.save(tmp_path / "fit.json")
    finally:
        fit.family.labels = None
    assert not list(tmp_path.iterdir())


# -- levels -----------------------------------------------------------------------------------------------------------

DAYS = pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-03"])
LEVELS: dict[str, Any] = {
    "text": list("abc") * 20,
    "integers": [3, 1, 7] * 20,
    "bools": [True, False, True] * 20,
    "categories of numbers": pd.Categorical([0.1, 0.2, 0.3] * 20),
    "categories of dates": pd.Categorical(DAYS.repeat(20)),
    "categories of dates with a zone": pd.Categorical(DAYS.tz_localize("Europe/Berlin").repeat(20)),
    "months": pd.Categorical(pd.PeriodIndex(["2024-01", "2024-02", "2024-03"] * 20, freq="M")),
    "intervals": pd.cut(np.tile([0.5, 1.5, 2.5], 20), [0, 1, 2, 3]),
    "tuples": pd.Categorical(pd.Index([("a", 1), ("b", 2)] * 30, tupleize_cols=False)),
    "bytes": [b"a", b"\xff", b"c"] * 20,
}


@pytest.mark.parametrize("data", [False, True])
@pytest.mark.parametrize("name", LEVELS)
def test_levels_of_any_type_survive(name: str, data: bool, tmp_path: Path) -> None:
    fit = mlekit.fit(LEVELS[name], family="categorical")
    loaded = again(fit, tmp_path, data)
    assert list(loaded.family.labels) == list(fit.family.labels)
    assert list(map(type, loaded.family.labels)) == list(map(type, fit.family.labels))
    same(loaded.sample(5, seed=0), fit.sample(5, seed=0))


@pytest.mark.parametrize("data", [False, True])
@pytest.mark.parametrize("name", LEVELS)
def test_levels_of_any_type_survive_in_a_formula(name: str, data: bool, tmp_path: Path) -> None:
    columns = pd.DataFrame({"z": LEVELS[name], "y": np.random.default_rng(0).normal(size=60)})
    fit = mlekit.fit(columns, "y ~ C(z)", family="normal")
    loaded = again(fit, tmp_path, data)
    same(loaded.predict(columns), fit.predict(columns))
    assert list(loaded.params.index) == list(fit.params.index)
    if data:
        same(loaded.predict(), fit.predict())
