"""hc3: each squared score over (1 - h)^2, with h the leverage of the row."""

from __future__ import annotations

from ...models.solution import Solution
from ._base import Array, Sandwich
from ._leverage import inflated


class Hc3(Sandwich):
    """Heteroscedasticity-consistent errors, near those of the jackknife."""

    title = "robust (HC3)"

    def weights(self, solution: Solution) -> Array:
        return inflated(solution, -2.0)
