"""A frozen scipy.stats distribution as a prior; its derivatives are differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import OptionError
from ..numerics.arrays import Namespace
from ..numerics.jets import Jet
from ._base import Array, Prior


@dataclass(frozen=True)
class ScipyPrior(Prior):
    """Any continuous scipy distribution, frozen at its parameters."""

    frozen: Any

    def __str__(self) -> str:
        arguments = [*map(str, self.frozen.args), *(f"{name}={value}" for name, value in self.frozen.kwds.items())]
        return f"scipy.stats.{self.frozen.dist.name}({', '.join(arguments)})"

    @property
    def low(self) -> float:  # type: ignore[override]
        return float(self.frozen.support()[0])

    @property
    def high(self) -> float:  # type: ignore[override]
        return float(self.frozen.support()[1])

    def log_density(self, xp: Namespace, value: Array) -> Array:
        if not isinstance(value, Jet):
            return self.frozen.logpdf(value)
        x = np.asarray(value.value, dtype=float)
        h = 1e-3 * np.minimum(
            np.minimum(x - self.low, self.high - x), self.frozen.std() if np.isfinite(self.frozen.std()) else 1.0
        )
        f = {j: self.frozen.logpdf(x + j * h) for j in (-2, -1, 0, 1, 2)}
        first = (8 * (f[1] - f[-1]) - (f[2] - f[-2])) / (12 * h)
        second = (16 * (f[1] + f[-1]) - (f[2] + f[-2]) - 30 * f[0]) / (12 * h * h)
        return value.chain(f[0], first, second)

    def start(self) -> float:
        return float(self.frozen.median())


def scipy_prior(frozen: Any) -> ScipyPrior:
    """Return a frozen continuous scipy distribution as a prior; anything else is an OptionError."""
    dist = getattr(frozen, "dist", None)
    if dist is None or not callable(getattr(frozen, "logpdf", None)):
        raise OptionError(
            f"a prior is a value such as mlekit.priors.Beta(2, 2) or a frozen scipy.stats distribution, not {frozen!r}"
        )
    return ScipyPrior(frozen)
