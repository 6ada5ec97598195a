"""Maxima at corners of log posteriors that are known by their values alone.

Differences take a corner for curvature, so that Newton's steps do not reach it: the median of a Laplace distribution.
Each coordinate is searched by values; those in which the curve falls to both sides in proportion to the distance are
held, and Newton's method finds the others.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ._ascent import NewtonAscent
from ._base import Floats, Kinks, Mask, Problem, Solution, Status

ROUNDS = 10
REACH = 0.05  # of the search along a coordinate, in units of the problem
GOLDEN, FINEST = (5**0.5 - 1) / 2, 1e-11
ROUNDING = 1e-13  # relative change of a value that rounding may hide
PLATEAU = 1e-6  # least curvature, as a fraction of that of the other coordinates
NEAR, AWAY = 1e-5, 1e-2  # two distances from a corner
POWER = 1.5  # a fall that grows with a smaller power of the distance is that of a corner
HELD = 1e300  # the weight of a kink that no score overcomes


def settle_corners(problem: Problem, solution: Solution, tol: float, steps: int) -> Solution:
    """The same solution with the fits that no Newton step improved at their corners, if that is where they are."""
    if not problem.by_differences:
        return solution
    assert solution.z is not None
    found = {name: np.array(getattr(solution, name)) for name in ("z", "value", "status", "decrement", "hessian")}
    notes = {"step": solution.notes["step"], "drift": solution.notes["drift"]}
    notes = {**{k: np.array(v) for k, v in notes.items()}, "at_corner": np.zeros(solution.z.shape, dtype=bool)}
    lost = _flat(solution) | (solution.status == int(Status.FAILED)) & np.isfinite(solution.z).all(axis=1)
    for g in np.flatnonzero(lost):
        at = np.array([g])
        settled = _settle(problem.take(at) if problem.count > 1 else problem, solution.z[at], tol, steps)
        if settled is not None:
            for name, values in found.items():
                values[at] = getattr(settled, name)
            for name, values in notes.items():
                values[at] = settled.notes[name]
    return replace(solution, **found, notes={**solution.notes, **notes})


def _flat(solution: Solution) -> Mask:
    """The fits that stopped on a plateau of a coordinate."""
    assert solution.hessian is not None
    with np.errstate(invalid="ignore"):
        falls = -np.diagonal(solution.hessian, axis1=1, axis2=2)
        plateau = (falls <= PLATEAU * falls.max(axis=1, keepdims=True)).any(axis=1)
    return plateau & (solution.status == int(Status.CONVERGED))


def _settle(one: Problem, z: Floats, tol: float, steps: int) -> Solution | None:
    """The maximum of a single fit near z, at a corner or not; None if it is not found."""
    for _ in range(ROUNDS):
        corner = np.zeros(one.size, dtype=bool)
        for j in range(one.size):
            line = _Line(one, z, j)
            z, corner[j] = line.top(), line.corner
        ascent = NewtonAscent(one, z, tol, None)
        ascent.kinks = Kinks(z[0].copy(), np.where(corner, HELD, 0.0))
        found = ascent.run("newton", steps)
        assert found.z is not None
        if found.status[0] == Status.CONVERGED and all(
            _Line(one, found.z, j).corner for j in np.flatnonzero(corner).tolist()
        ):
            return _at_corner(found, corner)
        z = found.z if np.isfinite(found.z).all() else z
    return None


def _at_corner(found: Solution, corner: Mask) -> Solution:
    """The solution with a unit for the curvature of the coordinates that have none."""
    assert found.hessian is not None
    hessian = np.where(corner[:, None] | corner, -np.eye(len(corner)), found.hessian)
    notes = {**found.notes, "at_corner": corner[None]}
    return replace(found, hessian=hessian, notes=notes if not corner.any() else {**notes, "drift": np.zeros(1)})


class _Line:
    """The log posterior of a single fit along one coordinate, from its highest points near z."""

    def __init__(self, one: Problem, z: Floats, j: int) -> None:
        self.one, self.z, self.j = one, z, j
        self.middle = self._peak()
        self.height = self.value(self.middle)
        self.low, self.high = self.middle, self.middle
        least = self.height - ROUNDING * (1 + abs(self.height))
        if max(self.value(self.middle - NEAR), self.value(self.middle + NEAR)) >= least:
            self.low, self.high = (self._end(side, least) for side in (-1.0, 1.0))

    def at(self, by: float) -> Floats:
        there = self.z.copy()
        there[:, self.j] += by
        return there

    def value(self, by: float) -> float:
        value = float(self.one.at(self.at(by), 0).value[0])
        return value if np.isfinite(value) else -np.inf

    def _peak(self) -> float:
        """The highest point, by golden sections."""
        low, high = -REACH, REACH
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        at_left, at_right = self.value(left), self.value(right)
        while high - low > FINEST:
            if at_left >= at_right:
                high, right, at_right = right, left, at_left
                left = high - GOLDEN * (high - low)
                at_left = self.value(left)
            else:
                low, left, at_left = left, right, at_right
                right = low + GOLDEN * (high - low)
                at_right = self.value(right)
        best = left if at_left >= at_right else right
        return best if self.value(best) > self.value(0.0) else 0.0

    def _end(self, side: float, least: float) -> float:
        """The last point on one side of the peak that is as high as this."""
        near, away = 0.0, FINEST
        while away < 1 and self.value(self.middle + side * away) >= least:
            near, away = away, 4 * away
        while away - near > 1e-7 * near + FINEST:
            between = 0.5 * (near + away)
            near, away = (between, away) if self.value(self.middle + side * between) >= least else (near, between)
        return self.middle + side * near

    def top(self) -> Floats:
        """The middle of the highest points: of an even number of rows a median lies between two."""
        return self.at(0.5 * (self.low + self.high))

    @property
    def corner(self) -> bool:
        """True if the line falls to both sides as it does from a corner, and not as a parabola."""
        near, away = (
            [self.height - self.value(end + side * by) for end, side in ((self.low, -1.0), (self.high, 1.0))]
            for by in (NEAR, AWAY)
        )
        return min(near) > (NEAR / AWAY) ** POWER * max(away)
