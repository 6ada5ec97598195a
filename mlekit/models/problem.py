"""What stands between models and solvers.

A `Problem` is the log posterior of a batch of G fits in free coordinates z, one row a fit. It answers `at`: the value
and its derivatives. A solver answers a `Solution`: where it stopped, and why.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

Array = Any


class Status(IntEnum):
    """Why the search of one fit ended; the words are what verdicts and tables say.

    >>> import mlekit
    >>> mlekit.models.Status(1).code
    'converged'
    """

    CLOSED_FORM = 0
    CONVERGED = 1
    BOUNDARY = 2
    EDGE = 3
    FLAT = 4
    STEPS = 5
    BUDGET = 6
    FAILED = 7

    @property
    def code(self) -> str:
        """The word for it.

        >>> Status.CLOSED_FORM.code
        'closed_form'
        """
        return self.name.lower()


class Evaluation(NamedTuple):
    """The log posterior and its derivatives: value [G], gradient [G, K], hessian [G, K, K]."""

    value: Array
    gradient: Array
    hessian: Array

    def take(self, groups: Array) -> Evaluation:
        return Evaluation(*(part[groups] if part is not None else None for part in self))


class Kinks(NamedTuple):
    """Where the log posterior is not smooth: a fall of weight_j |z_j - position_j| (weight 0: smooth)."""

    position: Array  # [K]
    weight: Array  # [K]


class Problem(ABC):
    """The log posterior of G fits, in K free coordinates each.

    >>> import mlekit, numpy as np
    >>> problem = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").bound.problem
    >>> problem.at(np.zeros((1, 1)), 1).gradient.tolist()
    [[2.0]]
    """

    count: int
    size: int
    several_peaks: bool = False
    summed: bool = False  # the law's sums are all that is looked at
    trained: bool = False  # a net's: a stream is all there is, without coordinates and curvature

    @abstractmethod
    def at(self, z: Array, order: int = 2) -> Evaluation:
        """Value, gradient and Hessian at z [G, K]; on a kink without the kink's own."""

    @abstractmethod
    def start(self) -> Array:
        """Where to begin, [G, K]."""

    @abstractmethod
    def take(self, groups: Array) -> Problem:
        """These fits of the batch; of a batch of one, as many copies as are asked for."""

    def covariance(self, z: Array) -> Array | None:
        """The inverse of the negative Hessian at a maximum, where there is a way with more digits than inverting it."""
        return None

    def hopeless(self) -> Array | None:
        """Which fits of the batch have no maximum, as a mask; None: it is worth trying all."""
        return None

    def closed(self) -> Solution | None:
        """The maximum by formula, where there is one."""
        return None

    def kinks(self) -> Kinks | None:
        """Where the log posterior is not smooth."""
        return None

    def thinned(self) -> Problem | None:
        """Nearly the same problem, on a share of many rows that each count for several: a quick first approach."""
        return None

    def other_starts(self, z: Array) -> list[Array]:
        """Other places to begin, where there may be several peaks."""
        return []

    def stream(self) -> Any:
        """Rows to draw from and the objective of a minibatch, for stochastic solvers; None where there is none."""
        return None


class Errors(NamedTuple):
    """Standard errors that are not those of the curvature."""

    kind: str
    covariance: Array  # [1, K, K] of all the problem's coordinates
    df: float = np.inf  # of Student's law that ratios are held against
    inflation: float = 1.0  # of the variance of an observation


@dataclass(slots=True)
class Solution:
    """Where a solver stopped: one row a fit.

    >>> import mlekit
    >>> coin = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", solver="newton")
    >>> coin.solution.z.round(6).tolist(), coin.solution.status.tolist()
    ([[0.847298]], [1])
    """

    z: Array | None  # [G, K] in the problem's coordinates
    value: Array  # [G]: the log posterior
    status: Array  # [G]: Status
    solver: str
    iterations: int = 0
    decrement: Array | None = None  # [G]: how far the score still is from zero, in standard errors
    hessian: Array | None = None  # [G, K, K] at z or one converged step before it
    natural: dict[str, Array] | None = None  # parameters as named, where a formula gives them
    notes: dict[str, Any] = field(default_factory=dict)
    history: Any = None
    errors: Errors | None = None  # None: those of the curvature


def stacked(score: list[Array], curvature: list[list[Array]], count: int, size: int) -> tuple[Array, Array]:
    """Derivatives that a law gave coordinate by coordinate, as gradient [G, K] and Hessian [G, K, K]."""
    gradient, hessian = np.zeros((count, size)), np.zeros((count, size, size))
    for i, s in enumerate(score):
        gradient[:, i] = s
    for i, row in enumerate(curvature):
        for j, h in enumerate(row):
            hessian[:, i, j] = h
    return gradient, hessian
