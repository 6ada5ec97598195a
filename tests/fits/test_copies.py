"""Every kind of Fit and Estimator survives copy.deepcopy, pickle and joblib: the copy says and does the same."""

from __future__ import annotations

import copy
import io
import pickle
from collections.abc import Callable
from functools import cache
from typing import Any

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from scipy import stats

import lm
import mlekit
from mlekit.errors import MlekitError
from mlekit.families import Binomial
from mlekit.priors import Beta, Dirichlet, Gamma, Laplace, Normal
from mlekit.solvers import Scipy, Torch

rng = np.random.default_rng(0)
N = 24
DATA = pd.DataFrame({"x": rng.normal(size=N), "g": list("ab") * 12, "w": rng.integers(1, 4, N), "no": 2})
DATA["real"] = rng.normal(DATA.x)
DATA["positive"] = rng.gamma(2, np.exp(0.3 * DATA.x))
DATA["count"] = rng.poisson(2, N)
DATA["coin"] = rng.integers(0, 2, N)
DATA["label"] = list("uvw") * 8
DATA["trials"] = DATA["count"] + 3
DATA["event"] = rng.integers(0, 2, N)
WORDS = ["anna", "bob", "otto", "eve"]


def log_density(y: Any, rate: Any) -> Any:
    """The exponential distribution, in a function that pickle finds by its name."""
    return np.log(rate) - rate * y


FAMILIES: dict[str, tuple[Any, str]] = {
    "bernoulli": ("bernoulli", "coin"),
    "binomial": (Binomial(n=20), "count"),
    "trials": (Binomial(n="trials"), "count"),
    "categorical": ("categorical", "label"),
    "poisson": ("poisson", "count"),
    "normal": ("normal", "real"),
    "exponential": ("exponential", "positive"),
    "gamma": ("gamma", "positive"),
    "weibull": ("weibull", "positive"),
    "student_t": ("student_t", "real"),
    "scipy": (stats.gumbel_r, "real"),
    "custom": (mlekit.custom(log_density, params={"rate": "positive"}), "positive"),
    "truncated": (mlekit.truncated("normal", lower=-10.0), "real"),
}
ROWS: dict[str, Callable[[str], tuple[str, dict[str, Any]]]] = {
    "rows": lambda y: (y, {}),
    "regression": lambda y: (f"{y} ~ x + g", {}),
    "groups": lambda y: (y, {"by": "g"}),
    "regressions": lambda y: (f"{y} ~ x", {"by": "g"}),
    "weights": lambda y: (y, {"weights": "w"}),
}
OPTIONS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "prior": (DATA, "coin", {"family": "bernoulli", "prior": Beta(2, 2)}),
    "prior of a derived": (DATA, "positive", {"family": "gamma", "prior": {"rate": Gamma(shape=2, rate=1)}}),
    "fixed derived": (DATA, "positive", {"family": "gamma", "fixed": {"scale": 1.0}}),
    "start": (DATA, "positive", {"family": "gamma", "start": {"shape": 1.0}}),
    "prior of coefficients": (DATA, "count ~ x", {"family": "poisson", "prior": Normal(0, 1)}),
    "prior of scipy": (DATA, "count ~ x", {"family": "poisson", "prior": stats.norm(0, 1)}),
    "prior with a kink": (DATA, "count ~ x", {"family": "poisson", "prior": Laplace(0, 1)}),
    "fixed": (DATA, "real ~ x", {"family": "normal", "fixed": {"x": 1.0}}),
    "tied": (DATA, "real ~ x + w", {"family": "normal", "tied": {"x": "w"}}),
    "link": (DATA, "coin ~ x", {"family": "bernoulli", "link": "probit"}),
    "offset": (DATA, "count ~ 1", {"family": "poisson", "offset": "x"}),
    "two formulas": (DATA, {"mean": "real ~ x", "sd": "~ x"}, {"family": "normal"}),
    "splines": (DATA, "real ~ bs(x, df=4)", {"family": "normal"}),
    "X and y": (DATA[["x"]], DATA["real"], {"family": "normal"}),
    "polars": (pl.DataFrame(DATA.to_dict("list")), "count ~ x", {"family": "poisson"}),
    "counted": (mlekit.counted([0, 1, 2], [3, 4, 5]), None, {"family": "poisson"}),
    "censored": (mlekit.right_censored(DATA["positive"], DATA["event"]), None, {"family": "weibull"}),
    "intervals": (mlekit.censored(DATA["positive"], DATA["positive"] + 1), None, {"family": "weibull"}),
    "windowed": (mlekit.windowed(DATA["real"], -10, 10), None, {"family": "normal"}),
    "survival": (DATA, "Surv(positive, event) ~ x", {"family": "weibull"}),
    "successes and failures": (DATA, "cbind(count, no) ~ x", {"family": "binomial"}),
    "solver of scipy": (DATA, "count ~ x", {"family": "poisson", "solver": Scipy()}),
    "solver of torch": (DATA, "count ~ x", {"family": "poisson", "solver": Torch("lbfgs")}),
    "boundary": ([1, 1, 1], None, {"family": "bernoulli"}),
    "bigram": (WORDS, None, {"family": lm.Bigram(), "prior": Dirichlet(2)}),
    "ngram": (WORDS, None, {"family": lm.Ngram(2)}),
    "mixture": (WORDS, None, {"family": lm.Mixture(lm.Bigram(), lm.Ngram(3))}),
    "neural bigram": (WORDS, None, {"family": lm.NeuralBigram(), "solver": Torch(steps=5)}),
}
CASES = {
    **{
        f"{name}, {rows}": (DATA, shape(y)[0], {"family": family, **shape(y)[1]})
        for name, (family, y) in FAMILIES.items()
        for rows, shape in ROWS.items()
    },
    **OPTIONS,
}
SLOW = [name for name in CASES if name.startswith(("scipy,", "truncated,", "intervals", "windowed"))]
COPIES: dict[str, Callable[[Any], Any]] = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
    "joblib": lambda thing: through_joblib(thing),
}


def through_joblib(thing: Any) -> Any:
    file = io.BytesIO()
    joblib.dump(thing, file)
    return joblib.load(io.BytesIO(file.getvalue()))


@cache
def fitted(name: str) -> Any:
    data, target, options = CASES[name]
    return mlekit.fit(data, target, on_failure="ignore", **options)


def said(fit: Any) -> dict[str, Any]:
    """What a fit says and does; of what it refuses, the refusal."""
    asked = {
        "params": lambda: fit.params,
        "llf": lambda: fit.llf,
        "bse": lambda: fit.bse,
        "predict": lambda: fit.predict(),
        "sample": lambda: fit.sample(3, seed=1),
        "verdict": lambda: fit.verdict.codes,
        "summary": lambda: fit.summary(),
    }
    found: dict[str, Any] = {}
    for name, ask in asked.items():
        try:
            value = ask()
        except (MlekitError, AttributeError) as refusal:
            value = str(refusal)
        found[name] = value.to_dict() if isinstance(value, (pd.Series, pd.DataFrame)) else value
    return found


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in CASES])
def test_a_fit_survives_copies(name: str) -> None:
    fit = fitted(name)
    fresh = {how: copied(fit) for how, copied in COPIES.items()}
    truth = said(fit)
    used = {f"{how} of a used fit": copied(fit) for how, copied in COPIES.items()}
    for how, other in {**fresh, **used}.items():
        np.testing.assert_equal(said(other), truth, how)


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in CASES])
def test_an_estimator_survives_copies(name: str) -> None:
    data, target, options = CASES[name]
    rows = {key: options[key] for key in ("by", "weights", "offset") if key in options}
    rest = {key: value for key, value in options.items() if key not in rows}
    estimator = mlekit.Estimator(**rest, on_failure="ignore")
    for how, copied in COPIES.items():
        again = copied(estimator).fit(data, target, **rows)
        np.testing.assert_equal(np.asarray(again.llf), np.asarray(fitted(name).llf), how)


@pytest.mark.parametrize("how", COPIES)
def test_a_network_and_its_fit_survive_copies(how: str) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        family = mlekit.network(torch.nn.Linear(1, 1), "normal")
    estimator = mlekit.Estimator(family, solver=Torch(steps=5), on_failure="ignore")
    fit = estimator.fit(DATA[["x"]].to_numpy(), DATA["real"].to_numpy())
    np.testing.assert_equal(said(COPIES[how](fit)), said(fit))
    again = COPIES[how](estimator).fit(DATA[["x"]].to_numpy(), DATA["real"].to_numpy())
    assert again.llf == fit.llf
