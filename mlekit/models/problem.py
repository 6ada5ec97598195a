"""The view that solvers have of a model: a `Problem`.

A `Problem` is the log posterior of a batch of G fits in free coordinates z, one row per fit. It answers `at`: the value
and its derivatives. A solver answers a `Solution` (see `solution`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import OptionError

if TYPE_CHECKING:
    from .solution import Solution

Array = Any


class Evaluation(NamedTuple):
    """The log posterior and its derivatives: value [G], gradient [G, K], hessian [G, K, K]."""

    value: Array
    gradient: Array
    hessian: Array

    def take(self, groups: Array) -> Evaluation:
        return Evaluation(*(part[groups] if part is not None else None for part in self))


class Kinks(NamedTuple):
    """Points where the log posterior is not smooth: a fall of weight_j |z_j - position_j| (weight 0: smooth)."""

    position: Array  # [K]
    weight: Array  # [K]


class Problem(ABC):
    """The log posterior of G fits, in K free coordinates each.

    >>> import mlekit, numpy as np
    >>> problem = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").solution.problem
    >>> problem.at(np.zeros((1, 1)), 1).gradient.tolist()
    [[2.0]]
    """

    count: int
    size: int
    several_peaks: bool = False
    trained: bool = False  # a network's: a stream is all there is, without coordinates and curvature

    @abstractmethod
    def at(self, z: Array, order: int = 2) -> Evaluation:
        """Value, gradient and Hessian at z [G, K]; on a kink without the kink's own."""

    @abstractmethod
    def start(self) -> Array:
        """Starting values, [G, K]."""

    @abstractmethod
    def take(self, groups: Array) -> Problem:
        """These fits of the batch; of a batch of one, as many copies as are asked for."""

    def with_start(self, values: Mapping[str, float]) -> Problem:
        """The same problem with these starting values, by the names of parameters or coefficients."""
        raise OptionError("start= is for the parameters of a family: leave it out")

    def unbounded(self) -> Array | None:
        """Fits of the batch that have no maximum, as a mask; None: none is known to be such."""
        return None

    def closed(self) -> Solution | None:
        """The maximum by formula, where there is one."""
        return None

    def kinks(self) -> Kinks | None:
        """Points where the log posterior is not smooth."""
        return None

    def subsample(self) -> Problem | None:
        """Nearly the same problem, on a fraction of many rows that each count for several: a quick first approach."""
        return None

    def other_starts(self, z: Array) -> list[Array]:
        """Other starting values, where there may be several peaks."""
        return []

    def stream(self) -> Any:
        """Rows to draw from and the objective of a minibatch, for stochastic solvers; None where there is none."""
        return None


def stacked(score: list[Array], curvature: list[list[Array]], count: int, size: int) -> tuple[Array, Array]:
    """Derivatives that a family gave coordinate by coordinate, as gradient [G, K] and Hessian [G, K, K]."""
    gradient, hessian = np.zeros((count, size)), np.zeros((count, size, size))
    for i, s in enumerate(score):
        gradient[:, i] = s
    for i, row in enumerate(curvature):
        for j, h in enumerate(row):
            hessian[:, i, j] = h
    return gradient, hessian
