"""The beta prior of a probability."""

from __future__ import annotations

from dataclasses import dataclass

from ..numerics import special
from ..numerics.arrays import Namespace
from ._base import Array, Prior, positive


@dataclass(frozen=True)
class Beta(Prior):
    """Beta prior of a probability, worth a - 1 successes and b - 1 failures.

        log density = (a - 1) log p + (b - 1) log(1 - p) - log B(a, b)

    Parameters
    ----------
    a, b : float
        Positive.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=mlekit.priors.Beta(10, 10))["p"]
    0.5714285714285714
    """

    a: float
    b: float
    low = 0.0
    high = 1.0

    def __post_init__(self) -> None:
        positive(self.a, "a", "Beta")
        positive(self.b, "b", "Beta")

    def log_density(self, xp: Namespace, value: Array) -> Array:
        normaliser = float(special.betaln(self.a, self.b))
        density = xp.xlogy(self.a - 1.0, value) + xp.xlog1py(self.b - 1.0, -value) - normaliser
        return self.within(xp, value, density)

    def kernel(self) -> dict[str, Array]:
        return {"log": self.a - 1.0, "log1m": self.b - 1.0}

    def start(self) -> float:
        return self.a / (self.a + self.b)

    @property
    def rows(self) -> float:
        return self.a + self.b - 2
