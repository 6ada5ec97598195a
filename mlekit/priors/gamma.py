"""The gamma prior of a positive number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..numerics import special
from ..numerics.arrays import Namespace
from ._base import Array, Prior, positive


@dataclass(frozen=True, kw_only=True)
class Gamma(Prior):
    """Gamma prior of a positive number; of a Poisson rate, worth shape - 1 events in `rate` rows.

        log density = (shape - 1) log x - rate x + shape log rate - log Gamma(shape)

    Parameters
    ----------
    shape, rate : float
        Positive; the mean is shape / rate.

    Examples
    --------
    >>> import mlekit
    >>> prior = mlekit.priors.Gamma(shape=3, rate=1)
    >>> mlekit.fit([2, 0, 1, 5], family="poisson", prior=prior)["rate"]
    2.0
    """

    shape: float
    rate: float
    low = 0.0

    def __post_init__(self) -> None:
        positive(self.shape, "shape", "Gamma")
        positive(self.rate, "rate", "Gamma")

    def log_density(self, xp: Namespace, value: Array) -> Array:
        normaliser = float(special.gammaln(self.shape)) - self.shape * float(np.log(self.rate))
        return self.within(xp, value, xp.xlogy(self.shape - 1.0, value) - self.rate * value - normaliser)

    def kernel(self) -> dict[str, Array]:
        return {"log": self.shape - 1.0, "linear": -self.rate}

    @property
    def rows(self) -> float:
        return self.rate

    def start(self) -> float:
        return self.shape / self.rate
