"""Formulas of tails at the ends of a support, and the errors of values outside of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import DataError, in_row
from ..numerics.arrays import Namespace

Array = Any


def over_support(
    xp: Namespace, y: Array, support: Any, formula: Callable[[Array], Array], ends: tuple[float, float]
) -> Array:
    """Return formula(y) inside an open interval, and `ends` at or beyond its two ends, with zero derivatives."""
    if np.ndim(y) == 0:
        if support.low < y < support.high:
            return formula(xp.array(y))
        return np.float64(ends[0] if y <= support.low else ends[1] if y >= support.high else np.nan)
    inside = (y > support.low) & (y < support.high)
    value = formula(xp.where(inside, y, support.middle))
    beyond = xp.where(y <= support.low, ends[0], xp.where(y >= support.high, ends[1], np.nan))
    return xp.where(inside, value, beyond)


CDF_ENDS, SURVIVAL_ENDS = (-np.inf, 0.0), (0.0, -np.inf)


def outside(name: str, support: Any, y: Array, row: int) -> DataError:
    """Return the error of the first value outside the support of a family; of missing values it counts them all."""
    value = y[row]
    if np.ndim(value) == 0 and np.isnan(value):
        many = int(np.isnan(y).sum())
        rows = ", ".join(str(r) for r in np.flatnonzero(np.isnan(y))[:5])
        return DataError(
            f"{many} missing value{'s' * (many > 1)} (NaN) in the data, at row {rows}: "
            "say missing='drop' to leave them out"
        )
    return in_row(
        row,
        f" is {value}, but {name} requires {support.words}: drop the row or choose another family"
        " (mlekit.families.list())",
    )
