"""Linear limits of the coordinates of one fit: beyond them a link leaves the set of its parameter in some row."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..numerics.arrays import Codes, Floats

INSIDE = 1.0  # the distance from all limits at which a point is far enough inside


class Limits(NamedTuple):
    """The points with matrix z <= end.

    Attributes
    ----------
    matrix : ndarray of shape (m, K)
        A line for each row and each finite end of the set of its parameter.
    end : ndarray of shape (m,)
        The end of each line.
    rows : ndarray of shape (m,)
        The row that each line is about.

    Examples
    --------
    >>> import mlekit
    >>> fit = mlekit.fit({"x": [1, 2, 3], "y": [2, 3, 7]}, "y ~ x", family="poisson", link="identity")
    >>> limits = fit.solution.problem.limits()
    >>> limits.slack(fit.solution.z).round(2).tolist()
    [1.78, 4.0, 6.22]
    """

    matrix: Floats
    end: Floats
    rows: Codes

    def slack(self, z: Floats) -> Floats:
        """The distance of each line from its end, in its own unit."""
        return self.end - self.matrix @ np.reshape(z, -1)

    def size(self, z: Floats) -> Floats:
        """The size of the terms of each line, to which its rounding is relative."""
        return np.abs(self.end) + np.abs(self.matrix) @ np.abs(np.reshape(z, -1))

    def deepest(self) -> Floats:
        """The point farthest from all limits, up to a distance of one, [K]; NaN if none is inside."""
        from scipy.optimize import linprog

        size = self.matrix.shape[1]
        lines = np.concatenate([self.matrix, np.linalg.norm(self.matrix, axis=1, keepdims=True)], axis=1)
        free = [(None, None)] * size
        found = linprog(np.append(np.zeros(size), -1.0), A_ub=lines, b_ub=self.end, bounds=[*free, (None, INSIDE)])
        inside = found.status == 0 and found.x[size] > 0
        return np.asarray(found.x[:size], dtype=float) if inside else np.full(size, np.nan)

    def farthest(self, direction: Floats) -> float:
        """The greatest value of direction'z inside the limits; infinity if there is none."""
        from scipy.optimize import linprog

        found = linprog(-direction, A_ub=self.matrix, b_ub=self.end, bounds=[(None, None)] * len(direction))
        return float(-found.fun) if found.status == 0 else np.inf
