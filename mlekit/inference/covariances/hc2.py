"""hc2: each squared score over 1 - h, with h the leverage of the row."""

from __future__ import annotations

from ...models.posterior import Fitted
from ...numerics.arrays import Floats
from ._base import Sandwich
from ._leverage import inflated


class Hc2(Sandwich):
    """Heteroscedasticity-consistent errors, unbiased if the variance is constant."""

    title = "robust (HC2)"

    def weights(self, solution: Fitted) -> Floats:
        return inflated(solution, -1.0)
