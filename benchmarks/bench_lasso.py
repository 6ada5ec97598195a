"""The lasso of a linear regression with known sd: Laplace priors, against scikit-learn's coordinate descent.

Both maximise the same posterior: with sd 1 the factor of a Laplace(0, b) is 1 / b, and scikit-learn divides it by n.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import Lasso

import mlekit

from .harness import faster
from .yardsticks import Array, design

WORK = "lasso, 1e5 × 50"
GOAL = {"sklearn": faster(1)}
FACTOR = 0.2  # per row: half of the coefficients or so are zero


def prepare(shrink: int) -> tuple[Array, Array]:
    X, mean, rng = design(100_000 // shrink, 50)
    return X, mean + rng.standard_normal(len(X))


def ours(X: Array, y: Array) -> Any:
    prior = mlekit.priors.Laplace(0, 1 / (FACTOR * len(y)))
    return mlekit.fit(X, y, family="normal", prior=prior, fixed={"sd": 1.0}).params


def sklearn(X: Array, y: Array) -> Any:
    return Lasso(alpha=FACTOR, tol=1e-8).fit(np.asfortranarray(X), y).coef_
