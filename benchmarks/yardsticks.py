"""Yardsticks and data that several benchmarks share."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any


def blocked_gram(X: Array, rows: int = 4096) -> Array:
    """syrk: X'X of the data as they lie, over blocks of rows that fit the cache; nothing centred, nothing checked."""
    gram = np.zeros((X.shape[1], X.shape[1]))
    for start in range(0, len(X), rows):
        block = X[start : start + rows]
        gram += block.T @ block
    return gram


def design(rows: int, columns: int) -> tuple[Array, Array, np.random.Generator]:
    """Standard normal columns, a linear predictor of sd 1.3 or so, and the generator for the outcome."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((rows, columns))
    return X, X @ rng.normal(0, 0.3, columns) + 0.2, rng


def shuffled_groups(groups: int, rows: int = 10) -> tuple[Array, Array]:
    """Gamma values and the number of the group of each: `rows` in every group, in random order."""
    rng = np.random.default_rng(0)
    return rng.gamma(2.0, 3.0, groups * rows), rng.permutation(np.repeat(np.arange(groups), rows))


def apart(values: Array, codes: Array, groups: int) -> list[Array]:
    """The values of each of the first `groups` groups."""
    some = codes < groups
    order = np.argsort(codes[some], kind="stable")
    return list(values[some][order].reshape(groups, -1))
