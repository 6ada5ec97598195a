"""Value, gradient and Hessian of a function of a few coordinates, elementwise over rows.

`differentiate` carries derivatives through a formula by the chain rule, exactly. `differences` is for functions to
which the chain rule cannot be applied; its formulas are of fourth order:

    f'  = (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12 h
    f'' = (16 (f(h) + f(-h)) - (f(2h) + f(-2h)) - 30 f(0)) / 12 h^2

The coordinates are those of the solver, which are near one in size: one step serves all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from .arrays import NUMPY, Namespace, jets

Array = Any
Derivatives: TypeAlias = tuple[Array, list[Array], list[list[Array]]]  # value, gradient [k], Hessian [k][k]
STEP = 2e-3


def differentiate(formula: Callable[[Namespace, list[Array]], Array], z: list[Array], order: int) -> Derivatives:
    """Return value, gradient and Hessian of a formula in its coordinates, by the chain rule.

    >>> value, gradient, hessian = differentiate(lambda xp, z: xp.log(z[0]) * z[1], [2.0, 3.0], 2)
    >>> float(gradient[0]), float(hessian[0][1]), float(hessian[1][1])
    (1.5, 0.5, 0.0)
    """
    if order == 0:
        return formula(NUMPY, z), [], []
    from .jets import Jet, variables

    k = len(z)
    result = formula(jets(), variables(z, order))
    if not isinstance(result, Jet):
        result = Jet(result)
    gradient = [result.gradient.get(i, 0.0) for i in range(k)]
    hessian = [[result.hessian.get((min(i, j), max(i, j)), 0.0) for j in range(k)] for i in range(k)]
    return result.value, gradient, hessian if order > 1 else []


def differences(f: Callable[[list[Array]], Array], z: list[Array], order: int) -> Derivatives:
    """Return value, gradient and Hessian of f at z, by differences.

    >>> _, gradient, _ = differences(lambda z: z[0] ** 3, [np.array([2.0])], 1)
    >>> float(gradient[0][0].round(9))
    12.0
    """
    value = f(z)
    if order == 0:
        return value, [], []
    k = len(z)
    steps = [STEP * np.maximum(1.0, np.abs(v)) for v in z]

    def moved(*moves: tuple[int, int]) -> Array:
        there = list(z)
        for i, by in moves:
            there[i] = there[i] + by * steps[i]
        return f(there)

    near = [{by: moved((i, by)) for by in (-2, -1, 1, 2)} for i in range(k)]
    gradient = [(8 * (n[1] - n[-1]) - (n[2] - n[-2])) / (12 * h) for n, h in zip(near, steps, strict=True)]
    if order == 1:
        return value, gradient, []
    hessian: list[list[Array]] = [[0.0] * k for _ in range(k)]
    for i in range(k):
        n, h = near[i], steps[i]
        hessian[i][i] = (16 * (n[1] + n[-1]) - (n[2] + n[-2]) - 30 * value) / (12 * h * h)
        for j in range(i):
            cross = _cross(moved, i, j, 1), _cross(moved, i, j, 2)
            hessian[i][j] = hessian[j][i] = (4 * cross[0] - cross[1]) / 3 / (h * steps[j])
    return value, gradient, hessian


def _cross(moved: Callable[..., Array], i: int, j: int, by: int) -> Array:
    """(f(+,+) - f(+,-) - f(-,+) + f(-,-)) / 4 by^2."""
    corners = moved((i, by), (j, by)) - moved((i, by), (j, -by)) - moved((i, -by), (j, by)) + moved((i, -by), (j, -by))
    return corners / (4 * by * by)
