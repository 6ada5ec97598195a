"""A function of the law at each row, with its error and its bounds.

std_error   sqrt(g' cov(eta) g) with g the derivatives by the linear predictors
bounds      of what follows one linear predictor: eta -+ c SE, taken through; else value -+ c SE on the scale of the
            link of the set that the values live in, taken back
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..links import Link
from ..links.identity import Identity
from ..numerics.arrays import NUMPY
from ..numerics.derivatives import differences, differentiate
from ..solvers._base import Array
from .information import critical
from .predictors import Predictors

UNIT = 10.0  # standard errors: the unit of differences


@dataclass(frozen=True)
class Quantity:
    """One number a row: `of(xp, etas, params)`."""

    rows: Predictors
    of: Callable[[Any, list[Any], dict[str, Any]], Any]
    link: Link = field(default_factory=Identity)
    by_rule: bool = True  # whether the chain rule goes through it

    @cached_property
    def value(self) -> Array:
        """[n], or [1] where it is the same for all rows."""
        with np.errstate(all="ignore"):
            return np.atleast_1d(np.asarray(self.of(NUMPY, self.rows.etas, self.rows.params), dtype=float))

    def there(self, xp: Any, etas: list[Any]) -> Any:
        """At other linear predictors."""
        return self.of(xp, etas, self.rows.family.to_params(xp, etas))

    @cached_property
    def errors(self) -> list[Array]:
        """The standard errors of the linear predictors."""
        return [np.sqrt(self.rows.covariances[j][j]) for j in range(len(self.rows.etas))]

    @cached_property
    def slopes(self) -> list[Array]:
        """The derivatives by the linear predictors."""
        etas, errors = self.rows.etas, self.errors
        with np.errstate(all="ignore"):
            if self.by_rule:
                slopes = differentiate(self.there, etas, 1)[1]
            else:
                units = [UNIT * error for error in errors]
                zeros = [np.zeros_like(eta) for eta in etas]
                steps = differences(lambda t: self._moved([u * w for u, w in zip(units, t, strict=True)]), zeros, 1)[1]
                slopes = [step / unit for step, unit in zip(steps, units, strict=True)]
        return [np.where(error == 0, 0.0, slope) for slope, error in zip(slopes, errors, strict=True)]

    def _moved(self, by: list[Array]) -> Array:
        etas = [eta + step for eta, step in zip(self.rows.etas, by, strict=True)]
        return np.asarray(self.there(NUMPY, etas), dtype=float)

    @cached_property
    def std_error(self) -> Array:
        """[n] or [1]; NaN where there is none."""
        k = range(len(self.slopes))
        variance = sum((self.slopes[i] * self.slopes[j] * self.rows.covariances[i][j] for i in k for j in k), 0.0)
        with np.errstate(invalid="ignore"):
            return np.sqrt(np.maximum(variance, 0.0) + 0 * self.value)

    def bounds(self, level: float) -> tuple[Array, Array]:
        """Below and above."""
        reach = critical(self.rows.solution, level)
        free = [j for j, error in enumerate(self.errors) if np.any(error != 0)]
        follows = [j for j in free if np.any(self.slopes[j] != 0)] or free
        with np.errstate(all="ignore"):
            if len(follows) == 1:
                steps = [reach * e if j in follows else 0.0 * e for j, e in enumerate(self.errors)]
                ends = self._moved([-s for s in steps]), self._moved(steps)
            else:
                there, slope, _ = differentiate(lambda xp, v: self.link.forward(xp, v[0]), [self.value], 1)
                half = np.where(self.std_error == 0, 0.0, reach * slope[0] * self.std_error)
                ends = self.link.inverse(NUMPY, there - half), self.link.inverse(NUMPY, there + half)
        return np.minimum(*ends), np.maximum(*ends)

    def table(self, level: float, count: int) -> dict[str, Array]:
        """Value, error and bounds of each row."""
        low, high = self.bounds(level)
        parts = {"fit": self.value, "std_error": self.std_error, "lower": low, "upper": high}
        return {name: np.broadcast_to(part, (count,)) for name, part in parts.items()}
