"""hc2: each squared score over 1 - h, with h the leverage of the row."""

from __future__ import annotations

from ...models.solution import Solution
from ._base import Array, Sandwich
from ._leverage import inflated


class Hc2(Sandwich):
    """Heteroscedasticity-consistent errors, unbiased where the variance is constant."""

    title = "robust (HC2)"

    def weights(self, solution: Solution) -> Array:
        return inflated(solution, -1.0)
