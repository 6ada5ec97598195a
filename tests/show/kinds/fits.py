"""Fits of every kind, each made once, and the pictures that each has."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats

import mlekit
from mlekit.priors import Beta, Dirichlet, Normal

COIN = [1] * 7 + [0] * 3
N = 60


def rows() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    x, g = rng.normal(size=N), np.array(["north", "south", "$we_st"])[np.arange(N) % 3]
    trials = rng.integers(3, 12, N)
    return {
        "x": x,
        "g": g,
        "k": np.arange(N) % 4,
        "e": rng.uniform(size=N),
        "y": rng.poisson(np.exp(0.5 + 0.4 * x + (g == "south"))),
        "v": 1 + 2 * x + rng.normal(size=N),
        "h": np.array(["no", "yes"])[(x + rng.normal(size=N) > 0).astype(int)],
        "c": np.array(["lo", "mid", "hi"])[np.clip(np.round(x + rng.normal(size=N)).astype(int) + 1, 0, 2)],
        "n": trials,
        "s": rng.binomial(trials, 1 / (1 + np.exp(-x))),
        "w": rng.integers(0, 3, N),
    }


def many(groups: int, size: int = 8) -> dict[str, Any]:
    rng = np.random.default_rng(1)
    return {"g": np.repeat(np.arange(groups), size), "y": rng.gamma(2, 3, groups * size)}


def network(data: dict[str, Any]) -> Any:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = torch.nn.Sequential(*(torch.nn.Linear(a, b, dtype=torch.float64) for a, b in [(2, 4), (4, 1)]))
    x = np.column_stack([data["x"], data["e"]])
    return mlekit.fit(x, data["v"], family=mlekit.network(module, "normal"), solver=mlekit.solvers.Torch(steps=60))


def embedded() -> Any:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = torch.nn.Sequential(torch.nn.Embedding(5, 3), torch.nn.Flatten(), torch.nn.Linear(3, 1))
    x = np.arange(20)[:, None] % 5
    return mlekit.fit(x, x[:, 0] * 1.0, family=mlekit.network(module, "normal"), solver=mlekit.solvers.Torch(steps=5))


FITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "coin": lambda d: mlekit.fit(COIN, family="bernoulli"),
    "all heads": lambda d: mlekit.fit([1] * 8, family="bernoulli"),
    "one count": lambda d: mlekit.fit([3], family="poisson"),
    "levels": lambda d: mlekit.fit(d["g"], family="categorical"),
    "normal": lambda d: mlekit.fit(d["v"], family="normal"),
    "two rows": lambda d: mlekit.fit([1.0, 2.0], family="normal"),
    "student t": lambda d: mlekit.fit(np.random.default_rng(3).standard_t(4, size=90), family="student_t"),
    "fixed": lambda d: mlekit.fit(d["v"], family="normal", fixed={"sd": 2.0}),
    "weighted": lambda d: mlekit.fit({"y": np.exp(d["x"]), "w": d["w"]}, "y", family="gamma", weights="w"),
    "custom": lambda d: mlekit.fit(np.exp(d["x"]), family=EXPONENTIAL),
    "scipy": lambda d: mlekit.fit(d["v"], family=stats.gumbel_r),
    "beta prior": lambda d: mlekit.fit(COIN, family="bernoulli", prior=Beta(10, 10)),
    "probabilities": lambda d: mlekit.fit(list("aaabbc"), family="categorical", prior=Dirichlet(3)),
    "mean prior": lambda d: mlekit.fit(d["v"][:12], family="normal", prior={"mean": Normal(3, 0.5)}),
    "counts": lambda d: mlekit.fit(d, "y ~ x + g + C(k) + offset(e)", family="poisson"),
    "two formulas": lambda d: mlekit.fit(d, {"mean": "v ~ x", "sd": "~ e"}, family="normal"),
    "arrays": lambda d: mlekit.fit(np.column_stack([d["x"], d["e"]]), d["v"], family="normal", weights=d["w"]),
    "yes or no": lambda d: mlekit.fit(d, "h ~ x", family="bernoulli", prior=Normal(0, 1)),
    "trials": lambda d: mlekit.fit(d, "s ~ x + g", family=mlekit.families.Binomial(n="n")),
    "softmax": lambda d: mlekit.fit(d, "c ~ x + g", family="categorical"),
    "flat line": lambda d: mlekit.fit({"x": [0.0, 1, 2] * 2, "y": [1.0, 2, 1, 2, 1, 2]}, "y ~ x", family="normal"),
    "shops": lambda d: mlekit.fit(many(5), "y", family="gamma", by="g"),
    "many shops": lambda d: mlekit.fit(many(300), "y", family="gamma", by="g"),
    "two keys": lambda d: mlekit.fit(d, "y", family="poisson", by=["g", "k"]),
    "grouped levels": lambda d: mlekit.fit(d, "c", family="categorical", by="g"),
    "network": network,
    "embedding": lambda d: embedded(),
}
EXPONENTIAL = mlekit.custom(lambda y, rate: np.log(rate) - rate * y, params={"rate": "positive"}, support="positive")
ONE = ("fit", "likelihood", "profile", "qq")
REGRESSION = ("effects", "likelihood", "profile", "qq", "residuals")
HAS = dict.fromkeys(FITS, ONE)
HAS |= {
    "levels": ("fit", "likelihood", "profile"),
    "custom": ("fit", "likelihood", "profile"),
    "beta prior": ("fit", "likelihood", "posterior", "profile", "qq"),
    "mean prior": ("fit", "likelihood", "posterior", "profile", "qq"),
    "probabilities": ("fit", "likelihood", "posterior", "profile"),
    **dict.fromkeys(("counts", "two formulas", "arrays", "trials", "flat line"), REGRESSION),
    "yes or no": ("effects", "likelihood", "posterior", "profile", "qq", "residuals"),
    "softmax": ("effects", "likelihood", "profile"),
    **dict.fromkeys(("shops", "many shops", "two keys"), ("forest",)),
    "grouped levels": ("forest", "table"),
    "network": ("effects", "loss", "qq", "residuals"),
    "embedding": ("effects", "embedding", "loss", "qq", "residuals"),
}
CURVES = {"likelihood", "profile"}  # of one regression they are as those of another
PAIRS = [
    (n, k) for n, known in HAS.items() for k in known if k not in CURVES or "residuals" not in known or n == "counts"
]
each = pytest.mark.parametrize(("name", "kind"), PAIRS)


@cache
def fitted(name: str) -> Any:
    return FITS[name](rows())


def alone(name: str, kind: str, **options: Any) -> Any:
    (ax,) = fitted(name).plot(kind, **options).axes
    return ax
