"""Logistic regression with Laplace priors, against scikit-learn's two solvers of an l1 penalty.

Both maximise the same posterior; liblinear penalises the intercept as well, which is near zero here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

import mlekit

from .harness import faster
from .yardsticks import Array, design

WORK = "logistic lasso, 1e5 × 50"
GOAL = {"liblinear": faster(1), "saga": faster(1)}
ROUNDS = 3
FACTOR = 0.03  # per row: half of the coefficients or so are zero


def prepare(shrink: int) -> tuple[Array, Array]:
    X, logit, rng = design(100_000 // shrink, 50)
    return X, (rng.random(len(X)) < 1 / (1 + np.exp(-logit))).astype(float)


def ours(X: Array, y: Array) -> Any:
    return mlekit.fit(X, y, family="bernoulli", prior=mlekit.priors.Laplace(0, 1 / (FACTOR * len(y)))).params


def _sklearn(solver: str, X: Array, y: Array) -> Any:
    return LogisticRegression(C=1 / (FACTOR * len(y)), l1_ratio=1, solver=solver).fit(X, y).coef_


def liblinear(X: Array, y: Array) -> Any:
    return _sklearn("liblinear", X, y)


def saga(X: Array, y: Array) -> Any:
    return _sklearn("saga", X, y)
