"""Logistic regression with standard errors, against one pass of X'X and against two libraries.

scikit-learn's lbfgs is asked for coefficients only, which is less work than ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression

import mlekit

from .harness import Row, at_most, claim, extra_memory, faster
from .yardsticks import Array, blocked_gram, design

WORK = "logistic, 3e5 × 20, standard errors"
GOAL = {"syrk": at_most(7.5), "sklearn_lbfgs": faster(1.3), "statsmodels": faster(5)}


def prepare(shrink: int) -> tuple[Array, Array]:
    X, logit, rng = design(300_000 // shrink, 20)
    return X, (rng.random(len(X)) < 1 / (1 + np.exp(-logit))).astype(float)


def ours(X: Array, y: Array) -> Any:
    return mlekit.fit(X, y, family="bernoulli").bse


def syrk(X: Array, y: Array) -> Array:
    return blocked_gram(X)


def sklearn_lbfgs(X: Array, y: Array) -> Any:
    return LogisticRegression(C=np.inf).fit(X, y)


def statsmodels(X: Array, y: Array) -> Any:
    return sm.Logit(y, sm.add_constant(X)).fit(disp=0).bse


def claims(X: Array, y: Array) -> Iterator[Row]:
    yield claim(WORK, "extra memory / X", extra_memory(lambda: ours(X, y)) / X.nbytes, most=0.3)
