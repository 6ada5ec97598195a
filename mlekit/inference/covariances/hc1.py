"""hc1: hc0 times n / (n - k), with k free coefficients of the first parameter."""

from __future__ import annotations

from ...models.posterior import LogPosterior
from ...numerics.arrays import Floats
from ._base import Sandwich, few_rows, free_coefficients


class Hc1(Sandwich):
    """Heteroscedasticity-consistent errors with the degrees-of-freedom correction of Stata's `robust`."""

    title = "robust (HC1)"

    def factor(self, problem: LogPosterior) -> Floats:
        k = free_coefficients(problem)
        n = few_rows(problem, "hc1", k)
        return (n / (n - k))[:, None, None]
