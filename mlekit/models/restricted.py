"""A problem with fewer free coordinates: fixed, tied, and the slices of a profile.

    z = T v + c          value(v) = value(z),   gradient_v = T' g,   Hessian_v = T' H T

T is shared by the batch; c may differ from fit to fit, so that the grid of a profile is one batch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .problem import Array, Evaluation, Kinks, Problem


class Restricted(Problem):
    """The problem on the affine subspace z = T v + c."""

    def __init__(self, inner: Problem, matrix: Array, shift: Array) -> None:
        self.inner, self.matrix, self.shift = inner, matrix, np.atleast_2d(shift)
        self.count, self.size = max(inner.count, len(self.shift)), matrix.shape[1]
        if inner.count == 1 and self.count > 1:
            self.inner = inner.take(np.zeros(self.count, dtype=int))
        self.several_peaks = inner.several_peaks

    def expand(self, v: Array) -> Array:
        return v @ self.matrix.T + self.shift

    def reduce(self, z: Array) -> Array:
        """The v whose z is nearest."""
        return np.linalg.lstsq(self.matrix, (z - self.shift).T, rcond=None)[0].T

    def at(self, z: Array, order: int = 2) -> Evaluation:
        e = self.inner.at(self.expand(z), order)
        t = self.matrix
        return Evaluation(
            e.value,
            e.gradient @ t if order else e.gradient,
            t.T @ e.hessian @ t if order > 1 else e.hessian,
        )

    def hopeless(self) -> Array | None:
        return self.inner.hopeless()

    def start(self) -> Array:
        return self.reduce(self.inner.start())

    def take(self, groups: Array) -> Restricted:
        shift = self.shift if len(self.shift) == 1 else self.shift[groups]
        return Restricted(self.inner.take(groups), self.matrix, shift)

    def kinks(self) -> Kinks | None:
        inner = self.inner.kinks()
        if inner is None:
            return None
        simple = (np.count_nonzero(self.matrix, axis=1) == 1) & (inner.weight > 0)
        position, weight = np.zeros(self.size), np.zeros(self.size)
        for j in np.flatnonzero(simple):
            i = int(np.flatnonzero(self.matrix[j])[0])
            position[i] = (inner.position[j] - self.shift[0, j]) / self.matrix[j, i]
            weight[i] += inner.weight[j] * abs(self.matrix[j, i])
        return Kinks(position, weight)

    def thinned(self) -> Problem | None:
        inner = self.inner.thinned()
        return None if inner is None else Restricted(inner, self.matrix, self.shift)

    def other_starts(self, z: Array) -> list[Array]:
        """Those of the law; where they differ in held coordinates alone, a unit to either side in the first."""
        others = [self.reduce(other) for other in self.inner.other_starts(self.expand(z))]
        aside = np.eye(1, self.size)
        return [it for other in others for it in ([z - aside, z + aside] if np.array_equal(other, z) else [other])]

    def stream(self) -> Any:
        inner = self.inner.stream()
        return None if inner is None else inner.restricted(self.matrix, self.shift)
