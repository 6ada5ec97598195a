"""The view that solvers have of a model: a `Problem`.

A `Problem` is the log posterior of a batch of G fits in free coordinates z, one row per fit. It answers `at`: the value
and its derivatives. A solver answers a `Solution` (see `solution`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import OptionError
from ..numerics.arrays import Codes, Floats, Mask, Numbers

if TYPE_CHECKING:
    from .ends import Ends
    from .limits import Limits
    from .solution import Solution
    from .stream import Stream


class Evaluation(NamedTuple):
    """The log posterior of G fits and its derivatives in K coordinates.

    Attributes
    ----------
    value : ndarray of shape (G,)
        The log posterior of each fit.
    gradient : ndarray of shape (G, K)
        Its first derivatives; zero if they were not asked for.
    hessian : ndarray of shape (G, K, K)
        Its second derivatives; zero if they were not asked for.

    Examples
    --------
    >>> import mlekit
    >>> problem = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").solution.problem
    >>> problem.at(problem.start()).hessian.round(6).tolist()
    [[[-2.1]]]
    """

    value: Floats
    gradient: Floats
    hessian: Floats

    def take(self, groups: Codes | Mask) -> Evaluation:
        """The values and derivatives of these fits only."""
        return Evaluation(*(part[groups] for part in self))


class Kinks(NamedTuple):
    """Points where the log posterior is not smooth: a fall of weight_j |z_j - position_j| (weight 0: smooth)."""

    position: Floats  # [K]
    weight: Floats  # [K]


class Problem(ABC):
    """The log posterior of G fits, in K free coordinates each.

    A subclass has to define `at`, `start` and `take`; everything else has a default that promises nothing.

    Attributes
    ----------
    count : int
        G, the number of fits.
    size : int
        K, the number of free coordinates of each fit.
    several_peaks : bool
        True if the log posterior may have several peaks, so that other starting values are worth their time.
    trained : bool
        True for a network, whose log posterior is a stream, without coordinates and curvature.
    limited : bool
        True if `limits` knows points at which a row leaves the set of its parameter.
    by_differences : bool
        True if derivatives are differences of values: a corner may look like curvature.

    Examples
    --------
    >>> import mlekit, numpy as np
    >>> problem = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").solution.problem
    >>> problem.at(np.zeros((1, 1)), 1).gradient.tolist()
    [[2.0]]
    """

    count: int
    size: int
    several_peaks: bool = False
    trained: bool = False
    limited: bool = False

    @property
    def by_differences(self) -> bool:
        """True if derivatives are differences of values: a corner may look like curvature."""
        return False

    @abstractmethod
    def at(self, z: Floats, order: int = 2) -> Evaluation:
        """Evaluate the log posterior and its derivatives.

        Parameters
        ----------
        z : ndarray of shape (G, K)
            The coordinates of each fit.
        order : {0, 1, 2}, default 2
            The highest derivatives that are needed; higher ones may be anything of their shape.

        Returns
        -------
        Evaluation
            Value, gradient and Hessian. On a kink the derivatives are those without the kink.
        """

    @abstractmethod
    def start(self) -> Floats:
        """Return starting values.

        Returns
        -------
        ndarray of shape (G, K)
            A point where the log posterior of each fit is finite.
        """

    @abstractmethod
    def take(self, groups: Codes | Mask) -> Problem:
        """Return the problem of these fits of the batch.

        Parameters
        ----------
        groups : ndarray of int or of bool
            Positions of fits, or a mask. In a batch of one a position may come several times: these are copies.

        Returns
        -------
        Problem
            The problem of the chosen fits only.
        """

    def with_start(self, values: Mapping[str, float]) -> Problem:
        """Return the same problem with other starting values.

        Parameters
        ----------
        values : mapping of str to float
            Starting values by the names of parameters or coefficients; the others keep theirs.

        Returns
        -------
        Problem
            The same log posterior.

        Raises
        ------
        OptionError
            If the problem has no parameters with names.
        """
        raise OptionError("start= is for the parameters of a family: leave it out")

    def unbounded(self) -> Mask | None:
        """Return a mask of the fits that have no maximum; None if none is known to be such."""
        return None

    def ends(self) -> Ends | None:
        """Return the ends of the sets of the coordinates, to which a maximum may diverge; None if there are none."""
        return None

    def local_peaks(self) -> Mask | None:
        """Return a mask of the fits that have no maximum, so that any peak is a local one; None if none is such."""
        return None

    def closed(self) -> Solution | None:
        """Return the maximum by formula; None if there is no formula."""
        return None

    def total_weight(self) -> Floats:
        """Return the total weight of the rows of each fit, of shape (G,); ones where the rows are not known."""
        return np.ones(self.count)

    def kinks(self) -> Kinks | None:
        """Return the points where the log posterior is not smooth; None if it is smooth."""
        return None

    def limits(self) -> Limits:
        """Return the limits beyond which a row leaves the set of its parameter, for a single fit that is `limited`."""
        raise NotImplementedError

    def subsample(self) -> Problem | None:
        """Return nearly the same problem on a fraction of many rows, for a first approach; None if they are few."""
        return None

    def other_starts(self, z: Floats) -> list[Floats]:
        """Return other starting values than those that led to z, if there may be several peaks.

        Parameters
        ----------
        z : ndarray of shape (G, K)
            The peaks that were found.

        Returns
        -------
        list of ndarray of shape (G, K)
            Other starting values; empty if there are none.
        """
        return []

    def stream(self) -> Stream[Problem] | None:
        """Return the rows to draw from and the objective of a minibatch, for stochastic solvers; None without one."""
        return None


def stacked(score: list[Numbers], curvature: list[list[Numbers]], count: int, size: int) -> tuple[Floats, Floats]:
    """Derivatives that a family gave coordinate by coordinate, as gradient [G, K] and Hessian [G, K, K]."""
    gradient, hessian = np.zeros((count, size)), np.zeros((count, size, size))
    for i, s in enumerate(score):
        gradient[:, i] = s
    for i, row in enumerate(curvature):
        for j, h in enumerate(row):
            hessian[:, i, j] = h
    return gradient, hessian
