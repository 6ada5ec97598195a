"""Derivatives of a function that cannot be differentiated by rule, by differences of fourth order.

    f'  = (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12 h
    f'' = (16 (f(h) + f(-h)) - (f(2h) + f(-2h)) - 30 f(0)) / 12 h^2

The coordinates are those of the solver, which are near one in size: one step serves all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
STEP = 2e-3


def differences(
    f: Callable[[list[Array]], Array], z: list[Array], order: int
) -> tuple[Array, list[Array], list[list[Array]]]:
    """Value, gradient and Hessian of f at z, elementwise over rows."""
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
