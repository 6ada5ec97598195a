"""The methods of a frozen distribution that inference calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from ..numerics.arrays import Numbers


class Frozen(Protocol):
    """A distribution at fixed parameters: a frozen one of scipy.stats, or one with the same methods."""

    def cdf(self, x: Numbers) -> Numbers:
        """P(Y <= x)."""
        ...

    def sf(self, x: Numbers) -> Numbers:
        """P(Y > x)."""
        ...

    def pmf(self, k: Numbers) -> Numbers:
        """P(Y = k) of a discrete distribution."""
        ...

    def ppf(self, q: Numbers) -> Numbers:
        """The quantile at probability q."""
        ...

    def mean(self) -> Numbers:
        """The mean."""
        ...

    def var(self) -> Numbers:
        """The variance."""
        ...

    def rvs(self, size: Numbers, random_state: np.random.Generator) -> Numbers:
        """Draws."""
        ...


class FrozenScipy(Frozen, Protocol):
    """A frozen distribution of scipy.stats, which holds the one it came from and its parameters."""

    dist: Callable[..., FrozenScipy]
    args: tuple[Numbers, ...]
    kwds: Mapping[str, Numbers]
