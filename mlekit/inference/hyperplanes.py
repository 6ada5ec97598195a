"""The log posterior where one linear function of the coordinates is fixed: what a profile maximises.

    a'z = a'peak + distance

A batch member has its own a and its own distance, so that both sides of every parameter are one batch. The coordinate
j in which a is largest is given up for the others v, which leaves a kink in any of these where it was:

    z_j = peak_j + (distance - sum_i a_i (v_i - peak_i)) / a_j
"""

from __future__ import annotations

import numpy as np

from ..models.limits import Limits
from ..models.problem import Evaluation, Kinks, Problem
from ..numerics.arrays import Codes, Floats, Mask


class Hyperplanes(Problem):
    """A batch of such hyperplanes of one problem, or of one problem each."""

    def __init__(self, inner: Problem, peak: Floats, normal: Floats, distance: Floats) -> None:
        self.inner, self.peak, self.normal, self.distance = inner, peak, normal, distance
        self.count, self.size = peak.shape[0], peak.shape[1] - 1
        kinks = inner.kinks()
        smooth = np.abs(normal) * (1.0 if kinks is None else np.where(kinks.weight > 0, 1e-9, 1.0))
        self.pivot = smooth.argmax(axis=1)
        self.others = np.argsort(np.arange(self.size + 1) == self.pivot[:, None], axis=1, kind="stable")[:, :-1]
        self.matrix = self._matrix()

    @property
    def by_differences(self) -> bool:
        return self.inner.by_differences

    def _matrix(self) -> Floats:
        """dz/dv, [B, K, K - 1]."""
        rows = np.arange(self.count)
        matrix = np.zeros((self.count, self.size + 1, self.size))
        matrix[rows[:, None], self.others, np.arange(self.size)] = 1.0
        pivot = self.normal[rows, self.pivot]
        matrix[rows, self.pivot] = -np.take_along_axis(self.normal, self.others, axis=1) / pivot[:, None]
        return matrix

    def expand(self, v: Floats) -> Floats:
        """All coordinates, from those that are left."""
        rows = np.arange(self.count)
        z = self.peak + (self.matrix @ (v - self.reduce(self.peak))[..., None])[..., 0]
        z[rows, self.pivot] += self.distance / self.normal[rows, self.pivot]
        z[rows[:, None], self.others] = v  # to the last bit: a kink stays one
        return z

    def reduce(self, z: Floats) -> Floats:
        """The coordinates that are left."""
        return np.take_along_axis(z, self.others, axis=1)

    def at(self, z: Floats, order: int = 2) -> Evaluation:
        e, t = self.inner.at(self.expand(z), order), self.matrix
        transposed = np.swapaxes(t, 1, 2)
        return Evaluation(
            e.value,
            (transposed @ e.gradient[..., None])[..., 0] if order else e.gradient,
            transposed @ e.hessian @ t if order > 1 else e.hessian,
        )

    def start(self) -> Floats:
        return self.reduce(self.peak)

    def total_weight(self) -> Floats:
        return np.broadcast_to(self.inner.total_weight(), (self.count,))

    def take(self, groups: Codes | Mask) -> Hyperplanes:
        inner = self.inner if self.inner.count == 1 else self.inner.take(groups)
        return Hyperplanes(inner, self.peak[groups], self.normal[groups], self.distance[groups])

    @property
    def limited(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.inner.limited

    def limits(self) -> Limits:
        inner = self.inner.limits()
        origin = self.expand(np.zeros((1, self.size)))[0]
        return Limits(inner.matrix @ self.matrix[0], inner.slack(origin), inner.rows)

    def kinks(self) -> Kinks | None:
        """Those of the coordinates that are left; members of one batch have to give up the same one."""
        kinks = self.inner.kinks()
        return None if kinks is None else Kinks(kinks.position[self.others[0]], kinks.weight[self.others[0]])
