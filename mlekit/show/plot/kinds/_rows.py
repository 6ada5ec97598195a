"""Rows of a fit beside what was fitted: observations, weights, quantile residuals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....data import rows
from ....data.observations.exact import Exact
from ....inference.residuals import quantile

if TYPE_CHECKING:
    from ....families._base import Family
    from ....fits import Fit, NetworkFit

Floats = NDArray[np.float64]


def observed(fit: Fit | NetworkFit) -> tuple[Floats, Floats]:
    """Return (observations as numbers or codes, weights)."""
    return rows.observed(fit.problem.rows)


@dataclass(frozen=True)
class Predicted:
    """Fitted distributions of the rows of a network, as `inference.residuals` takes them."""

    family: Family
    law: Any
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
