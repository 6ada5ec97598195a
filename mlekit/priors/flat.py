"""The flat prior."""

from __future__ import annotations

from dataclasses import dataclass

from ..numerics.arrays import Namespace
from ._base import Array, Prior


@dataclass(frozen=True)
class Flat(Prior):
    """Flat prior: the log density is zero everywhere, so that the posterior is the likelihood.

    Examples
    --------
    >>> import mlekit
    >>> coin = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=mlekit.priors.Flat())
    >>> coin["p"], coin.posterior()["p"].args
    (0.7, (8.0, 4.0))
    """

    def log_density(self, xp: Namespace, value: Array) -> Array:
        return 0.0 * value

    def kernel(self) -> dict[str, Array]:
        return {}

    @property
    def rows(self) -> float:
        return 0.0
