"""A seed is an integer or a Generator wherever something is drawn, and different seeds draw differently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import lm
import mlekit
from mlekit.errors import OptionError

COIN = mlekit.fit([1, 0, 1, 1], family="bernoulli", prior=mlekit.priors.Beta(2, 2))
TAKERS: dict[str, Callable[[Any], object]] = {
    "fit": lambda seed: mlekit.fit([1, 0], family="bernoulli", seed=seed),
    "Estimator": lambda seed: mlekit.Estimator("bernoulli", seed=seed),
    "Torch": lambda seed: mlekit.solvers.Torch(seed=seed),
    "bootstrap": lambda seed: COIN.bootstrap(5, seed=seed),
    "sample": lambda seed: COIN.sample(3, seed=seed),
    "posterior": lambda seed: COIN.posterior().sample(3, seed=seed),
    "residuals": lambda seed: COIN.residuals(seed=seed),
    "network": lambda seed: trained(0, "lbfgs").sample(3, seed=seed),
}


def trained(seed: Any, method: str = "adam") -> mlekit.fits.NetworkFit:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 1))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = torch.nn.Linear(1, 1)
    solver = mlekit.solvers.Torch(method, steps=5, batch=8 if method == "adam" else None)
    family = mlekit.network(module, "normal")
    return mlekit.fit(x, rng.normal(x[:, 0]), family=family, solver=solver, seed=seed, on_failure="ignore")


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("seed", ["a", 1.5, -1])
def test_what_is_not_a_seed_is_refused_with_what_is(taker: str, seed: Any) -> None:
    with pytest.raises(OptionError, match=rf"seed is {seed!r}, but it has to be a non-negative integer or a numpy"):
        TAKERS[taker](seed)


@pytest.mark.parametrize("taker", TAKERS)
def test_integers_of_numpy_and_generators_are_seeds(taker: str) -> None:
    for seed in (0, np.int64(3), np.random.default_rng(1), None):
        TAKERS[taker](seed)


def test_two_seeds_give_two_trainings_of_a_network_and_one_seed_the_same() -> None:
    losses = [trained(seed).llf for seed in (0, 1, 1, np.random.default_rng(1), 2)]
    assert losses[1] == losses[2] == losses[3]
    assert len(set(losses)) == 3
    assert trained(None).llf != trained(None).llf


@pytest.mark.slow
@pytest.mark.parametrize("model", [lm.MLP, lm.Transformer])
def test_two_seeds_give_two_trainings_of_a_language_model_and_one_seed_the_same(model: Any) -> None:
    solver, words = mlekit.solvers.Torch(steps=3, batch=16), lm.names()[:50]
    losses = [mlekit.fit(words, family=model(), solver=solver, seed=s, on_failure="ignore").llf for s in (0, 1, 1, 2)]
    assert losses[1] == losses[2]
    assert len(set(losses)) == 3
