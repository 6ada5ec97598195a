"""The interface of a covariance other than that of the curvature, one per file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

from ...errors import OptionError
from ...models.posterior import LogPosterior
from ...models.solution import Errors, Solution

Array = Any


class Covariance(ABC):
    """A kind of standard errors; the file's name is the name that `fit.with_cov` takes."""

    title: ClassVar[str]

    @abstractmethod
    def errors(self, solution: Solution, inverse: Array, argument: str) -> Errors:
        """The errors of a solution with inverse information `inverse` [G, K, K]; `argument` follows a colon."""


class Sandwich(Covariance):
    """V (sum of w s s') V, with V the inverse information and s the score of a row."""

    def errors(self, solution: Solution, inverse: Array, argument: str) -> Errors:
        problem = solution.problem
        z = solution.z if solution.z is not None else problem.from_original(solution.original)
        meat = problem.meat(z, self.weights(solution)) * self.factor(problem)
        return Errors(type(self).__name__.lower(), inverse @ meat @ inverse)

    def weights(self, solution: Solution) -> Array | None:
        """The weight of each row; None: as often as it counts."""
        return solution.problem.rows.weights

    def factor(self, problem: LogPosterior) -> Array:
        """A correction for few rows, [G, 1, 1] or a number."""
        return 1.0


def free_coefficients(problem: LogPosterior) -> int:
    """The number of coefficients of the first parameter that are neither fixed nor tied to another."""
    runs = problem.coefficients.runs
    places = [k for run in runs if run.param == runs[0].param for k in range(run.where.start, run.where.stop)]
    held = problem.restriction
    return len(places) if held is None else int(held.matrix[places].any(axis=0).sum())


def few_rows(problem: LogPosterior, kind: str, k: int) -> Array:
    """The number of rows of each group, [G], all above k, or an OptionError."""
    n = problem.rows.nobs()
    if np.any(n <= k):
        raise OptionError(
            f"{kind} divides by the rows less the coefficients, and there are only {n.min():g} rows: use 'hc0'"
        )
    return n
