"""The normal prior of a real number."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

from ..numerics.arrays import Namespace
from ._base import Array, Prior, finite, positive


@dataclass(frozen=True)
class Normal(Prior):
    """Normal prior of a real number; on coefficients it is a ridge with factor 1 / (2 sd^2).

        log density = -(x - mean)^2 / (2 sd^2) - log sd - log(2 pi) / 2

    Parameters
    ----------
    mean : float
    sd : float
        Positive.

    Examples
    --------
    >>> import mlekit
    >>> prior = {"mean": mlekit.priors.Normal(0, 1)}
    >>> mlekit.fit([3, 1, 2], family="normal", prior=prior, fixed={"sd": 1})["mean"]
    1.5
    """

    mean: float
    sd: float

    def __post_init__(self) -> None:
        finite(self.mean, "mean", "Normal")
        positive(self.sd, "sd", "Normal")

    def log_density(self, xp: Namespace, value: Array) -> Array:
        u = (value - self.mean) / self.sd
        return -0.5 * u * u - (log(self.sd) + 0.5 * log(2 * pi))

    def kernel(self) -> dict[str, Array]:
        return {"square": -0.5 / self.sd**2, "linear": self.mean / self.sd**2}

    def start(self) -> float:
        return self.mean
