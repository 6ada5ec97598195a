"""The interface of a covariance other than that of the curvature, one per file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from ...errors import OptionError
from ...models.posterior import Fitted, LogPosterior
from ...models.solution import Errors
from ...numerics.arrays import Floats


class Covariance(ABC):
    """A kind of standard errors; the file's name is the name that `fit.with_cov` takes."""

    title: ClassVar[str]

    @abstractmethod
    def errors(self, solution: Fitted, inverse: Floats, argument: str) -> Errors:
        """The errors of a solution with inverse information `inverse` [G, K, K]; `argument` follows a colon."""


class Sandwich(Covariance):
    """V (sum of w s s') V, with V the inverse information and s the score of a row."""

    def errors(self, solution: Fitted, inverse: Floats, argument: str) -> Errors:
        problem = solution.problem
        with np.errstate(all="ignore"):  # NaN for the groups of a batch that have no inverse information
            z = solution.z if solution.z is not None else problem.from_original(solution.original)
            meat = problem.meat(z, self.weights(solution)) * self.factor(problem)
            return Errors(type(self).__name__.lower(), inverse @ meat @ inverse)

    def weights(self, solution: Fitted) -> Floats | None:
        """The weight of each row; None: as often as it counts."""
        return solution.problem.rows.weights

    def factor(self, problem: LogPosterior) -> Floats:
        """A correction for few rows, [G, 1, 1]."""
        return np.ones((1, 1, 1))


def free_coefficients(problem: LogPosterior) -> int:
    """The number of coefficients of the first parameter that are neither fixed nor tied to another."""
    runs, restriction = problem.coefficients.runs, problem.restriction
    first = [k for run in runs if run.param == runs[0].param for k in range(run.where.start, run.where.stop)]
    return len(first) if restriction is None else int(restriction.matrix[first].any(axis=0).sum())


def few_rows(problem: LogPosterior, kind: str, k: int) -> Floats:
    """The number of rows of each group, [G]; NaN if it is not above k, and of one fit an OptionError."""
    n = problem.rows.nobs()
    if problem.count == 1 and n[0] <= k:
        raise OptionError(
            f"{kind} divides by the rows less the coefficients, and there are only {n[0]:g} rows: use 'hc0'"
        )
    return np.where(n > k, n, np.nan)
