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


def differences(f: Callable[[list[Array]], Array], z: list[Array], order: int, at_once: bool = False) -> Derivatives:
    """Return value, gradient and Hessian of f at z, by differences; `at_once`: f takes points along a leading axis.

    >>> _, gradient, _ = differences(lambda z: z[0] ** 3, [np.array([2.0])], 1)
    >>> float(gradient[0][0].round(9))
    12.0
    """
    if order == 0:
        return f(z), [], []
    k = len(z)
    steps = [STEP * np.maximum(1.0, np.abs(v)) for v in z]
    moves = _moves(k, order)
    values = dict(zip(moves, (_together if at_once else _one_by_one)(f, z, steps, moves), strict=True))
    value = values[()]
    near = [{by: values[((i, by),)] for by in (-2, -1, 1, 2)} for i in range(k)]
    gradient = [(8 * (n[1] - n[-1]) - (n[2] - n[-2])) / (12 * h) for n, h in zip(near, steps, strict=True)]
    if order == 1:
        return value, gradient, []
    hessian: list[list[Array]] = [[0.0] * k for _ in range(k)]
    for i in range(k):
        n, h = near[i], steps[i]
        hessian[i][i] = (16 * (n[1] + n[-1]) - (n[2] + n[-2]) - 30 * value) / (12 * h * h)
        for j in range(i):
            cross = _cross(values, i, j, 1), _cross(values, i, j, 2)
            hessian[i][j] = hessian[j][i] = (4 * cross[0] - cross[1]) / 3 / (h * steps[j])
    return value, gradient, hessian


Move: TypeAlias = tuple[tuple[int, int], ...]  # (coordinate, number of steps), of each coordinate that moves


def _moves(k: int, order: int) -> list[Move]:
    """The points at which the formulas take values."""
    moves: list[Move] = [(), *(((i, by),) for i in range(k) for by in (-2, -1, 1, 2))]
    if order > 1:
        pairs = [(i, j) for i in range(k) for j in range(i)]
        moves += [((i, a), (j, b)) for i, j in pairs for by in (1, 2) for a in (by, -by) for b in (by, -by)]
    return moves


def _one_by_one(f: Callable[[list[Array]], Array], z: list[Array], steps: list[Array], moves: list[Move]) -> Array:
    """The values of f after each move."""
    values = []
    for move in moves:
        there = list(z)
        for i, by in move:
            there[i] = there[i] + by * steps[i]
        values.append(f(there))
    return values


def _together(f: Callable[[list[Array]], Array], z: list[Array], steps: list[Array], moves: list[Move]) -> Array:
    """The same from one call, in which the moves are a leading axis."""
    axes = max(np.ndim(v) for v in z)
    by = np.zeros((len(z), len(moves), *[1] * axes))
    for m, move in enumerate(moves):
        for i, steps_of_i in move:
            by[i, m] = steps_of_i
    there = [v + b * h for v, b, h in zip(z, by, steps, strict=True)]
    return np.asarray(f(there))


def _cross(values: dict[Move, Array], i: int, j: int, by: int) -> Array:
    """(f(+,+) - f(+,-) - f(-,+) + f(-,-)) / 4 by^2."""
    near, far = values[((i, by), (j, by))], values[((i, -by), (j, -by))]
    return (near - values[((i, by), (j, -by))] - values[((i, -by), (j, by))] + far) / (4 * by * by)
