"""The log prior of a batch, with its derivatives in free coordinates.

The density is that of the parameters as named, with no Jacobian: the mode is in the parameters people see.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..numerics.arrays import NUMPY, jets
from ..priors.base import Prior
from .coefficients import Coefficients

Array = Any


class Belief(NamedTuple):
    """A prior and the free coordinates of what it is about."""

    prior: Prior
    places: list[int]  # in z
    param: str | None  # None: a coefficient, which is its own coordinate


class Beliefs:
    """The sum of log priors."""

    def __init__(self, coefficients: Coefficients, beliefs: list[Belief]) -> None:
        self.coefficients, self.beliefs = coefficients, beliefs

    def __bool__(self) -> bool:
        return bool(self.beliefs)

    def value(self, xp: Any, belief: Belief, z: list[Any]) -> Any:
        """What the belief is about, from the coordinates of its places."""
        if belief.param is None:
            return z[0]
        family = self.coefficients.family
        if not family.params[belief.param].many:
            return family.link(belief.param).inverse(xp, z[0])
        from ..families.base import shares

        return shares(xp, z)

    def add(self, z: Array, value: Array, gradient: Array, hessian: Array, order: int) -> Array:
        """Adds the log prior at z (user coordinates, [G, K]) and its derivatives; of a kink the value only."""
        from ..numerics.jets import Jet, variables

        for belief in self.beliefs:
            smooth = belief.prior.kink is None
            xp = jets()
            v = variables([z[:, k] for k in belief.places], order if smooth else 0)
            density = belief.prior.log_density(xp, self.value(xp, belief, v))
            if not isinstance(density, Jet):
                value = value + density
                continue
            value = value + density.value
            if order and smooth:
                for i, d in density.gradient.items():
                    gradient[:, belief.places[i]] += d
            if order > 1 and smooth:
                for (i, j), d in density.hessian.items():
                    a, b = belief.places[i], belief.places[j]
                    hessian[:, a, b] += d
                    if a != b:
                        hessian[:, b, a] += d
        return value

    def inside(self, z: Array) -> Array:
        """A start in user coordinates, moved to where every prior has a density."""
        z = np.array(z, dtype=float)
        for belief in self.beliefs:
            begin = belief.prior.start()
            if begin is None or len(belief.places) != 1:
                continue
            value = self.value(NUMPY, belief, [z[:, belief.places[0]]])
            gone = (
                ~np.isfinite(belief.prior.log_density(NUMPY, value))
                | (value <= belief.prior.low)
                | (value >= belief.prior.high)
            )
            if gone.any():
                family, param = self.coefficients.family, belief.param
                link = None if param is None else family.link(param)
                z[gone, belief.places[0]] = begin if link is None else link.forward(NUMPY, np.float64(begin))
        return z

    def log_density(self, z: Array) -> Array:
        """The log prior itself, [G]."""
        empty = np.zeros((len(z), z.shape[1]))
        return self.add(z, np.zeros(len(z)), empty, empty, 0)

    def kinks(self) -> tuple[Array, Array] | None:
        """(position, weight) by coordinate where a prior has a kink."""
        size = self.coefficients.size
        position, weight = np.zeros(size), np.zeros(size)
        for belief in self.beliefs:
            if belief.prior.kink is not None:
                position[belief.places[0]] = belief.prior.kink
                weight[belief.places[0]] += 1.0 / belief.prior.scale  # type: ignore[attr-defined]
        return (position, weight) if weight.any() else None
