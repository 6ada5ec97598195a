"""What the rows are beside what was fitted: observations and their weights, fitted means, quantile residuals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ....data import rows
from ....inference.residuals import quantile

Array = Any


def observed(fit: Any) -> tuple[Array, Array]:
    """(values as numbers or codes, how often each row counts)."""
    return rows.observed(fit.problem.rows)


@dataclass(frozen=True)
class Laws:
    """The law of each row of a net, as `residuals` are asked of."""

    family: Any
    law: Any
    count: int


def residuals(fit: Any) -> Array:
    """Quantile residuals, one a row."""
    if fit.kin != "net":
        return fit.residuals()
    y, family = np.asarray(fit.problem.rows.y), fit.family
    tries = family.trials(y)
    law = family.frozen(**{p: fit.predict(which=p) for p in family.params}, **({} if tries is None else {"n": tries}))
    with np.errstate(all="ignore"):
        return np.asarray(quantile(Laws(family, law, len(y)), y, 0))  # type: ignore[arg-type]


def at(values: Array, weights: Array, share: Any) -> Any:
    """The values below which shares of the weight lie.

    >>> at(np.array([3.0, 1, 2]), np.array([1.0, 1, 9]), [0.5, 1]).tolist()
    [2.0, 3.0]
    """
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    return values[order][np.minimum(np.searchsorted(below, np.asarray(share) * below[-1]), len(values) - 1)]
