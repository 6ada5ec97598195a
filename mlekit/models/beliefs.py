"""The log prior of a batch, with its derivatives in free coordinates.

The density is that of the parameters as named, with no Jacobian: the mode is in the parameters people see.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..numerics.arrays import NUMPY, jets
from ..priors._base import Prior
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
        return family.link(belief.param).inverse(xp, z if family.params[belief.param].many else z[0])

    def add(self, z: Array, value: Array, gradient: Array, hessian: Array, order: int) -> Array:
        """Adds the log prior at z (user coordinates, [G, K]) and its derivatives; on a kink the value only."""
        from ..numerics.jets import Jet, variables

        for belief in self.beliefs:
            xp = jets()
            smooth = 1.0 if belief.prior.kink is None else 1.0 * ~self.on_kink(belief, z)
            v = variables([z[:, k] for k in belief.places], order)
            density = belief.prior.log_density(xp, self.value(xp, belief, v))
            if not isinstance(density, Jet):
                value = value + density
                continue
            value = value + density.value
            if order:
                for i, d in density.gradient.items():
                    gradient[:, belief.places[i]] += smooth * d
            if order > 1:
                for (i, j), d in density.hessian.items():
                    a, b = belief.places[i], belief.places[j]
                    hessian[:, a, b] += smooth * d
                    if a != b:
                        hessian[:, b, a] += smooth * d
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

    def kink(self, belief: Belief) -> tuple[float, float] | None:
        """(position, weight) of a prior's kink in its free coordinate; None where it has none inside the set."""
        from ..numerics.jets import variables

        at, family = belief.prior.kink, self.coefficients.family
        if at is None:
            return None
        if belief.param is None:
            return at, belief.prior.slope
        if not family.params[belief.param].inside(at):
            return None
        place = np.array([float(family.link(belief.param).forward(NUMPY, np.float64(at)))])
        rate = self.value(jets(), belief, list(variables([place], 1))).gradient[0]
        return float(place[0]), belief.prior.slope * abs(float(rate[0]))

    def on_kink(self, belief: Belief, z: Array) -> Array:
        """Which fits are on a prior's kink, to rounding: [G]."""
        kink = self.kink(belief)
        if kink is None:
            return np.zeros(len(z), dtype=bool)
        return np.abs(z[:, belief.places[0]] - kink[0]) <= 1e-13 * (1 + abs(kink[0]))

    def kinks(self) -> tuple[Array, Array] | None:
        """(position, weight) by coordinate where a prior has a kink."""
        size = self.coefficients.size
        position, weight = np.zeros(size), np.zeros(size)
        for belief in self.beliefs:
            kink = self.kink(belief)
            if kink is not None:
                position[belief.places[0]] = kink[0]
                weight[belief.places[0]] += kink[1]
        return (position, weight) if weight.any() else None
