"""unbiased: V n / (n - p), compared with Student's t with n - p degrees of freedom, as lm and OLS do."""

from __future__ import annotations

from ...errors import OptionError
from ...models.posterior import Fitted, LogPosterior
from ...models.solution import Errors
from ...numerics.arrays import Floats
from ._base import Covariance


class Unbiased(Covariance):
    """Errors of least squares, as if the variance had been divided by the rows less the coefficients."""

    title = "least squares, n - p"

    def errors(self, solution: Fitted, inverse: Floats, argument: str) -> Errors:
        problem = solution.problem
        spreads = [run.param for run in problem.coefficients.runs if run.param != problem.family.location]
        if not self._is_least_squares(problem, spreads):
            raise OptionError(
                "'unbiased' errors are those of least squares: of one normal distribution with one free sd and no "
                "prior; 'robust' suits other families"
            )
        n = float(problem.rows.nobs()[0])
        df = n - (problem.size - len(spreads))
        if df <= 0:
            raise OptionError(f"'unbiased' divides by the rows less the coefficients, and there are only {n:g} rows")
        return Errors("unbiased", inverse * n / df, df, n / df)

    @staticmethod
    def _is_least_squares(problem: LogPosterior, spreads: list[str]) -> bool:
        """True for one fit of a location, with a spread that is free and the same for all rows."""
        plain = problem.family.has_residuals and not problem.priors and problem.count == 1
        return plain and not any(p in problem.coefficients.designs or p in problem.fixed for p in spreads)
