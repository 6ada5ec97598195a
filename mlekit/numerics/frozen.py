"""The methods of a frozen distribution that this package calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from .arrays import Numbers


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

    def std(self) -> Numbers:
        """The standard deviation."""
        ...

    def rvs(self, size: Numbers, random_state: np.random.Generator) -> Numbers:
        """Draws."""
        ...


class Named(Protocol):
    """A family of scipy.stats: called with parameters it returns a frozen distribution."""

    name: str

    def __call__(self, *args: Numbers, **kwds: Numbers) -> FrozenScipy: ...


class FrozenScipy(Frozen, Protocol):
    """A frozen distribution of scipy.stats, which holds the one it came from and its parameters."""

    dist: Named
    args: tuple[Numbers, ...]
    kwds: Mapping[str, Numbers]

    def logpdf(self, x: Numbers) -> Numbers:
        """The log density of a continuous distribution."""
        ...
