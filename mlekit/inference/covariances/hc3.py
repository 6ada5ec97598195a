"""hc3: each squared score over (1 - h)^2, with h the leverage of the row."""

from __future__ import annotations

from ...models.posterior import Fitted
from ...numerics.arrays import Floats
from ._base import Sandwich
from ._leverage import inflated


class Hc3(Sandwich):
    """Heteroscedasticity-consistent errors, near those of the jackknife."""

    title = "robust (HC3)"

    def weights(self, solution: Fitted) -> Floats:
        return inflated(solution, -2.0)
