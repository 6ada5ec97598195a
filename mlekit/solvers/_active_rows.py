"""Newton's method inside linear limits: a link that can leave a parameter's set keeps every row inside it.

    maximise f(z)  where  A z <= c          one line of A for each row and each end of the set

Limits at which the search stands are its active rows: the step stays on them, up to the next limit. Where no step along
them leads up, the score is either a sum of lines of A with multipliers that are not negative, and this is the maximum,
or it pulls away from some rows, which are let go. Non-negative least squares gives the multipliers and those rows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..models.limits import Limits
from ..numerics.linalg import damped_solve, solve_positive
from ._ascent import LONG_STEP, SLOW
from ._base import Evaluation, Floats, Places, Problem, Solution, Status, unit_of
from ._line_search import increases

TOUCHES = 1e-10  # a distance from a limit that is rounding, as a fraction of the line's length and end
HALVINGS = 60
FEW = 16  # fits that are solved one by one at once; of more all go ahead together first


class Found(NamedTuple):
    """The point where the search of one fit ended, and the reason."""

    z: Floats
    e: Evaluation  # of one fit
    decrement: float
    status: Status
    iterations: int


def ascend_within(problem: Problem, z: Floats, tol: float, steps: int) -> Found:
    """The maximum of a single fit inside its limits, from a point z at which the value is finite."""
    limits, unit = problem.limits(), unit_of(problem)
    tol = tol * float(unit[0])
    active, e, previous = np.zeros(0, dtype=np.intp), problem.at(z[None], 2), np.nan
    decrement = np.inf
    for count in range(steps):
        step, decrement = _step_along(e, limits.matrix[active])
        far = np.abs(step).max(initial=0.0) > LONG_STEP
        if decrement <= tol and not (far and np.isnan(previous)):
            if far and decrement > SLOW * previous:
                return Found(z, e, decrement, Status.EDGE, count)
            if not (limits.slack(z + step) < -TOUCHES * limits.size(z)).any():
                z, e = z + step, problem.at((z + step)[None], 2)  # the last step squares the distance
            multipliers, near = _multipliers(e, limits, z)
            left = _pull(e, limits.matrix[near], multipliers)
            if left <= tol:
                return Found(z, e, left, Status.BOUNDARY if multipliers.any() else Status.CONVERGED, count)
            if np.array_equal(near[multipliers > 0], active):
                break
            active = near[multipliers > 0]
            continue
        moved = _move(problem, limits, z, e, step, decrement, active, unit)
        if moved is None:
            break
        z, e, active = moved
        previous = decrement
    return Found(z, e, decrement, Status.FAILED, steps)


def _step_along(e: Evaluation, lines: Floats) -> tuple[Floats, float]:
    """Newton's step on which A z stays as it is in these lines, and its decrement."""
    basis = _null_space(lines, e.gradient.shape[1])
    if not basis.shape[1]:
        return np.zeros(len(basis)), 0.0
    gradient, negative = e.gradient @ basis, -(basis.T @ e.hessian @ basis)
    step, concave = solve_positive(negative, gradient)
    if not concave[0]:
        step = damped_solve(negative, gradient)[0]
    return basis @ step[0], float(gradient[0] @ step[0])


def _null_space(lines: Floats, size: int) -> Floats:
    """An orthonormal basis of the directions that are at right angles to all lines, [K, q]."""
    if not len(lines):
        return np.eye(size)
    _, singular, rotation = np.linalg.svd(lines)
    rank = int((singular > 1e-10 * singular[0]).sum())
    return rotation[rank:].T


def _multipliers(e: Evaluation, limits: Limits, z: Floats) -> tuple[Floats, Places]:
    """The multipliers of the limits that z touches, and their positions."""
    from scipy.optimize import nnls

    near = np.flatnonzero(limits.slack(z) <= TOUCHES * limits.size(z))
    if not len(near):
        return np.zeros(0), near
    return nnls(limits.matrix[near].T, e.gradient[0], maxiter=100 * len(near) + 100)[0], near


def _pull(e: Evaluation, lines: Floats, multipliers: Floats) -> float:
    """The decrement of the score that the multipliers leave."""
    rest = e.gradient - multipliers @ lines
    step, concave = solve_positive(-e.hessian, rest)
    return float(rest[0] @ step[0]) if concave[0] else float(np.square(rest).sum())


def _move(
    problem: Problem,
    limits: Limits,
    z: Floats,
    e: Evaluation,
    step: Floats,
    decrement: float,
    active: Places,
    unit: Floats,
) -> tuple[Floats, Evaluation, Places] | None:
    """The first of the steps t, t/2, t/4 ... that increases the value enough; t ends at the next limit."""
    speed, slack = limits.matrix @ step, np.maximum(limits.slack(z), 0.0)
    speed[active] = 0.0
    ahead = np.flatnonzero(speed > 1e-14 * np.abs(speed).max(initial=1.0))
    reach = slack[ahead] / speed[ahead]
    first = int(np.argmin(reach)) if len(ahead) else -1
    size, blocked = (float(reach[first]), ahead[first]) if len(ahead) and reach[first] < 1 else (1.0, None)
    for _ in range(HALVINGS):
        new = z + size * step
        there = problem.at(new[None], 2)
        if increases(there.value, e.value, size, np.array([decrement]), unit)[0]:
            return new, there, active if blocked is None else np.append(active, blocked)
        size, blocked = 0.5 * size, None
    return None


def feasible(problem: Problem, z: Floats) -> Floats:
    """Starting values of a batch where every value is finite: z itself, else a point well inside all limits, or NaN."""
    z = np.array(z, dtype=float)
    for g in np.flatnonzero(~np.isfinite(problem.at(z, 0).value)):
        z[g] = problem.take(np.array([g])).limits().deepest()
    return z


def within(solution: Solution, tol: float, steps: int) -> Solution:
    """The same batch, in which fits that stopped short of a maximum are solved along their limits."""
    assert solution.z is not None
    reached = np.isin(solution.status, [int(Status.CONVERGED), int(Status.EDGE)])
    again = np.flatnonzero(~reached & np.isfinite(solution.z).all(axis=1))
    z, value, hessian = np.array(solution.z), np.array(solution.value), np.array(solution.hessian)
    status, decrement = np.array(solution.status), np.array(solution.decrement)
    iterations = solution.iterations
    for g in again:
        found = ascend_within(solution.problem.take(np.array([g])), z[g], tol, steps)
        z[g], value[g], hessian[g] = found.z, found.e.value[0], found.e.hessian[0]
        status[g], decrement[g] = int(found.status), np.sqrt(max(found.decrement, 0.0))
        iterations = max(iterations, found.iterations)
    changed = {"z": z, "value": value, "hessian": hessian, "status": status, "decrement": decrement}
    return replace(solution, **changed, iterations=iterations)
