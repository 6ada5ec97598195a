"""A function of the distribution at each row, with its error and its bounds.

std_error   sqrt(g' cov(eta) g) with g the derivatives by the linear predictors
bounds      of what follows one linear predictor: eta -+ c SE, taken through; else value -+ c SE on the scale of the
            link of the set that the values live in, taken back
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..links import Link
from ..links.identity import Identity
from ..numerics.arrays import NUMPY, Floats, Namespace, Numbers
from ..numerics.derivatives import differences, differentiate
from .information import critical
from .predictors import Predictors

INWARDS = 5.0  # a linear predictor that is not at the end of its set
UNIT = 10.0  # standard errors: the unit of differences


@dataclass(frozen=True)
class Quantity:
    """One number per row: `of(xp, etas, params)`."""

    rows: Predictors
    of: Callable[[Namespace, list[Numbers], dict[str, Numbers]], Numbers]
    link: Link = field(default_factory=Identity)
    by_rule: bool = True  # the chain rule can be applied to it

    @cached_property
    def value(self) -> Floats:
        """[n], or [1] if it is the same for all rows."""
        with np.errstate(all="ignore"):
            return np.atleast_1d(np.asarray(self.of(NUMPY, self.rows.etas, self.rows.params), dtype=float))

    def _at(self, xp: Namespace, etas: list[Numbers]) -> Numbers:
        """The quantity at other linear predictors."""
        return self.of(xp, etas, self.rows.family.to_params(xp, etas))

    def _aside(self, by: list[Floats]) -> Floats:
        """The quantity at these linear predictors plus some."""
        family, runs = self.rows.family, self.rows.runs
        etas = [
            np.clip(eta + step, *family.domain(run.param))
            for eta, step, run in zip(self.rows.etas, by, runs, strict=True)
        ]
        found = np.asarray(self._at(NUMPY, etas), dtype=float)
        return np.where(np.isnan(self.value), np.nan, found) if family.given_links else found

    @cached_property
    def errors(self) -> list[Floats]:
        """The standard errors of the linear predictors."""
        return [np.sqrt(self.rows.covariances[j][j]) for j in range(len(self.rows.etas))]

    @cached_property
    def slopes(self) -> list[Floats]:
        """The derivatives by the linear predictors."""
        with np.errstate(all="ignore"):
            slopes = differentiate(self._at, self.rows.etas, 1)[1] if self.by_rule else self._differences()
        return [np.where(error == 0, 0.0, slope) for slope, error in zip(slopes, self.errors, strict=True)]

    def _differences(self) -> list[Numbers]:
        """The derivatives by differences in standard errors."""
        units = [UNIT * error for error in self.errors]
        zeros = [np.zeros_like(eta) for eta in self.rows.etas]
        steps = differences(lambda t: self._aside([u * w for u, w in zip(units, t, strict=True)]), zeros, 1)[1]
        return [step / unit for step, unit in zip(steps, units, strict=True)]

    @cached_property
    def std_error(self) -> Floats:
        """[n] or [1]; NaN if it does not exist."""
        if self._at_boundary:
            return np.full_like(self.value, np.nan)
        k = range(len(self.slopes))
        variance = sum((self.slopes[i] * self.slopes[j] * self.rows.covariances[i][j] for i in k for j in k), 0.0)
        with np.errstate(invalid="ignore"):
            return np.sqrt(np.maximum(variance, 0.0) + 0 * self.value)

    @cached_property
    def _at_boundary(self) -> bool:
        """True if it follows a parameter at a finite end of its set, so that it has no error."""
        with np.errstate(all="ignore"):
            for j in self.rows.at_boundary:
                etas = [np.clip(eta, -INWARDS, INWARDS) if i == j else eta for i, eta in enumerate(self.rows.etas)]
                if not np.array_equal(np.atleast_1d(self._at(NUMPY, etas)), self.value):
                    return True
        return False

    def bounds(self, level: float) -> tuple[Floats, Floats]:
        """Below and above."""
        if self._at_boundary:
            return self.std_error, self.std_error
        reach = critical(self.rows.solution, level)
        free = [j for j, error in enumerate(self.errors) if np.any(error != 0)]
        follows = [j for j in free if np.any(self.slopes[j] != 0)] or free
        with np.errstate(all="ignore"):
            if len(follows) == 1:
                steps = [reach * e if j in follows else 0.0 * e for j, e in enumerate(self.errors)]
                ends = self._aside([-s for s in steps]), self._aside(steps)
            else:
                there, slope, _ = differentiate(lambda xp, v: self.link.forward(xp, v[0]), [self.value], 1)
                half = np.where(self.std_error == 0, 0.0, reach * slope[0] * self.std_error)
                ends = self.link.inverse(NUMPY, there - half), self.link.inverse(NUMPY, there + half)
        return np.minimum(*ends), np.maximum(*ends)

    def table(self, level: float, count: int) -> dict[str, Floats]:
        """Value, error and bounds of each row."""
        low, high = self.bounds(level)
        parts = {"fit": self.value, "std_error": self.std_error, "lower": low, "upper": high}
        return {name: np.broadcast_to(part, (count,)) for name, part in parts.items()}
