"""Rows of a fit beside what was fitted: observations, weights, quantile residuals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....data import rows
from ....data.observations.exact import Exact
from ....inference.residuals import quantile
from ....numerics.arrays import Floats

if TYPE_CHECKING:
    from ....families._base import Family
    from ....fits import Fit, NetworkFit


def observed(fit: Fit | NetworkFit) -> tuple[Floats, Floats]:
    """Return (observations as numbers or codes, weights)."""
    return rows.observed(fit.problem.rows)


def representative(fit: Fit | NetworkFit) -> Floats:
    """Return one number per row, as near to a censored one as its bounds tell."""
    if exact(fit):
        return observed(fit)[0]
    return np.asarray(fit.problem.rows.observations.values, dtype=float)


def markers(fit: Fit | NetworkFit) -> NDArray[np.str_]:
    """Return the marker of each row: an arrow to where the value of a censored one lies."""
    if exact(fit):
        return np.full(len(fit.problem.rows), ".")
    seen = fit.problem.rows.observations
    (lower, upper), mask, support = seen.bounds, seen.density_rows(), fit.family.support
    found = np.where(upper >= support.high, "^", np.where(lower <= support.low, "v", "d"))
    return np.where(True if mask is None else mask, ".", found)


def weights_of(fit: Fit | NetworkFit) -> Floats:
    """Return the weight of each row."""
    return rows.weights_of(fit.problem.rows)


def exact(fit: Fit | NetworkFit) -> bool:
    """Return True if every row was observed exactly, so that its value can be drawn."""
    return fit.trained is True or fit.problem.rows.observations.exact


@dataclass(frozen=True)
class Predicted:
    """Fitted distributions of the rows of a network, as `inference.residuals` takes them."""

    family: Family
    dist: Any
    count: int


def residuals(fit: Fit | NetworkFit) -> Floats:
    """Return the quantile residual of each row."""
    if fit.trained is not True:
        return fit.residuals()
    family = fit.family
    seen = Exact(np.asarray(fit.problem.rows.y), family.support.discrete, family.codes)
    predicted = family.frozen(**{p: fit.predict(which=p) for p in family.params}, **seen.known(family))
    with np.errstate(all="ignore"):
        return np.asarray(quantile(Predicted(family, predicted, len(seen)), seen, 0))  # type: ignore[arg-type]


def censored(fit: Fit | NetworkFit) -> str:
    """Return a note on the quantile residuals of censored rows; empty if there are none."""
    mask = None if fit.trained is True else fit.problem.rows.observations.density_rows()
    count = 0 if mask is None else int((~mask).sum())
    return f"those of {count:,} censored rows are random within their bounds" if count else ""


def trials(fit: Fit | NetworkFit) -> Any:
    """Return the number of trials of each row; None if the family has none."""
    rows = fit.problem.rows
    return fit.family.trials(rows.y) if fit.trained is True else rows.observations.known(fit.family).get("n")


def weighted_quantile(values: Floats, weights: Floats, q: ArrayLike) -> Floats:
    """Return the values below which the proportions q of the weight lie.

    >>> weighted_quantile(np.array([3.0, 1, 2]), np.array([1.0, 1, 9]), [0.5, 1]).tolist()
    [2.0, 3.0]
    """
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    return values[order][np.minimum(np.searchsorted(below, np.asarray(q) * below[-1]), len(values) - 1)]
