"""Linear regression with standard errors, against one pass of X'X and against two libraries.

glum is asked for coefficients only, which is less work than ours.
"""

from __future__ import annotations

from typing import Any

import statsmodels.api as sm
from glum import GeneralizedLinearRegressor

import mlekit

from .harness import at_most, faster
from .yardsticks import Array, blocked_gram, design

WORK = "OLS, 3e5 × 20, standard errors"
GOAL = {"syrk": at_most(2.2), "glum": faster(3), "statsmodels": faster(10)}


def prepare(shrink: int) -> tuple[Array, Array]:
    X, mean, rng = design(300_000 // shrink, 20)
    return X, mean + rng.standard_normal(len(X))


def ours(X: Array, y: Array) -> Any:
    return mlekit.fit(X, y, family="normal").bse


def syrk(X: Array, y: Array) -> Array:
    return blocked_gram(X)


def glum(X: Array, y: Array) -> Any:
    return GeneralizedLinearRegressor(family="normal", alpha=0).fit(X, y)


def statsmodels(X: Array, y: Array) -> Any:
    return sm.OLS(y, sm.add_constant(X)).fit().bse
