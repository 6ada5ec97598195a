"""unbiased: V n / (n - p), compared with Student's t with n - p degrees of freedom, as lm and OLS do."""

from __future__ import annotations

from ...errors import OptionError
from ...models.solution import Errors, Solution
from ._base import Array, Covariance


class Unbiased(Covariance):
    """Errors of least squares, as if the variance had been divided by the rows less the coefficients."""

    title = "least squares, n - p"

    def errors(self, solution: Solution, inverse: Array, argument: str) -> Errors:
        problem = solution.problem
        family, coefficients = problem.family, problem.coefficients
        spreads = [run.param for run in coefficients.runs if run.param != family.location]
        plain = family.has_residuals and not any(p in coefficients.designs or p in problem.fixed for p in spreads)
        if not plain or problem.priors or problem.count > 1:
            raise OptionError(
                "'unbiased' errors are those of least squares: of one normal distribution with one free sd and no "
                "prior; 'robust' suits other families"
            )
        n = float(problem.rows.nobs()[0])
        df = n - (problem.size - len(spreads))
        if df <= 0:
            raise OptionError(f"'unbiased' divides by the rows less the coefficients, and there are only {n:g} rows")
        return Errors("unbiased", inverse * n / df, df, n / df)
