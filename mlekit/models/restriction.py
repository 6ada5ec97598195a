"""Fixed and tied coordinates: the affine subspace of all coordinates in which a solver searches.

    z = T v + c          value(v) = value(z),   gradient_v = T' g,   Hessian_v = T' H T

T is shared by the batch; c may differ from fit to fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ..errors import OptionError
from ..numerics.arrays import Codes, Floats, Mask
from .coefficients import Coefficients
from .limits import Limits
from .problem import Evaluation, Kinks
from .units import Units


class Restriction(NamedTuple):
    """The map from the v of a solver to all coordinates z."""

    matrix: Floats  # T: [K, q]
    shift: Floats  # c: [G, K]

    @property
    def ties(self) -> bool:
        """True if two coordinates are tied."""
        return bool((np.count_nonzero(self.matrix, axis=0) > 1).any())

    @property
    def fixed(self) -> Mask:
        """The coordinates that are not free, as a mask [K]."""
        return np.all(self.matrix == 0, axis=1)

    def expand(self, v: Floats) -> Floats:
        """All coordinates from the free ones."""
        return v @ self.matrix.T + self.shift

    def reduce(self, z: Floats) -> Floats:
        """The v whose z is nearest."""
        return np.asarray(np.linalg.lstsq(self.matrix, (z - self.shift).T, rcond=None)[0].T, dtype=float)

    def project(self, e: Evaluation, order: int) -> Evaluation:
        """Derivatives by z as derivatives by v."""
        t = self.matrix
        return Evaluation(
            e.value,
            e.gradient @ t if order else e.gradient,
            t.T @ e.hessian @ t if order > 1 else e.hessian,
        )

    def limits(self, inner: Limits) -> Limits:
        """The limits of a single fit, as limits of v."""
        return Limits(inner.matrix @ self.matrix, inner.slack(self.shift[0]), inner.rows)

    def take(self, groups: Codes | Mask) -> Restriction:
        """The map of these fits of the batch."""
        return self if len(self.shift) == 1 else Restriction(self.matrix, self.shift[groups])

    def kinks(self, inner: Kinks) -> Kinks:
        """The kinks of coordinates that are a multiple of one v."""
        simple = (np.count_nonzero(self.matrix, axis=1) == 1) & (inner.weight > 0)
        size = self.matrix.shape[1]
        position, weight = np.zeros(size), np.zeros(size)
        for j in np.flatnonzero(simple):
            i = int(np.flatnonzero(self.matrix[j])[0])
            position[i] = (inner.position[j] - self.shift[0, j]) / self.matrix[j, i]
            weight[i] += inner.weight[j] * abs(self.matrix[j, i])
        return Kinks(position, weight)


def restriction(
    coefficients: Coefficients, units: Units, count: int, fixed: Mapping[int, float], tied: object
) -> Restriction | None:
    """The map where coordinates are fixed (coordinate -> value) or tied (name -> name); None if all are free."""
    if not fixed and not tied:
        return None
    owner, fixed = _owners(coefficients, fixed, tied)
    size = coefficients.size
    # groups differ in their units, but not in the ratio of two scales of one kind
    scales = np.einsum("gkk->gk", units.matrix)
    scale, shift = scales[0], units.to_original(np.zeros((count, size)))
    free = [k for k in range(size) if owner[k] == k and k not in fixed]
    t, c = np.zeros((size, len(free))), np.zeros((count, size))
    for k in range(size):
        target = fixed.get(k, fixed.get(owner[k]))
        if owner[k] in free:
            t[k, free.index(owner[k])] = scale[owner[k]] / scale[k]
        if target is not None:
            c[:, k] = (target - shift[:, k]) / scales[:, k]
        elif owner[k] != k:
            c[:, k] = (shift[:, owner[k]] - shift[:, k]) / scales[:, k]
    return Restriction(t, c)


def _owners(
    coefficients: Coefficients, fixed: Mapping[int, float], tied: object
) -> tuple[list[int], Mapping[int, float]]:
    """(the coordinate to which each is tied, or itself; fixed values, those of tied coordinates at the other too)."""
    if not isinstance(tied, Mapping):
        raise OptionError(f"tied is a dict of names, such as tied={{'b': 'a'}}, not {tied!r}")
    owner = list(range(coefficients.size))
    for name, other in tied.items():
        a, b = (owner[coefficients.index(n, "tied")] for n in (name, other))
        if a == b:
            raise OptionError(f"tied: {name!r} is tied to itself")
        coefficients.check_tie(name, other)
        owner = [b if k == a else k for k in owner]
        values = {fixed[k] for k, o in enumerate(owner) if o == b and k in fixed}
        if len(values) > 1:
            raise OptionError(f"tied: {name!r} is tied to {other!r}, but fixed= gives them different values")
        fixed = {**fixed, **dict.fromkeys([b] if values else [], *values)}
    return owner, fixed
