"""One fit at a time, by any method that walks uphill, and the same proof at its end as Newton's.

A walk is taken in coordinates in which the log posterior is round where it begins:

    z = z0 + L u        L L' = s^2 (-H)^-1 at z0,   s^2 = g' (-H)^-1 g

so that u = 0 is the start, Newton's step has length one whatever the units and however the columns lean on each other,
and the slope of -value / s^2 is one. What a method says of itself is not believed: where it stops, score and curvature
are looked at, the step that is left is taken, and a walk that stopped short is begun anew from there.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import OptionError
from ..numerics.linalg import damped_solve, solve_positive
from ._base import Array, Problem, Solution, Solver, Status
from .closed import fixed_point
from ._ascent import LONG_STEP
from ._peaks import higher_peak as better

ROUNDS = 200
CLOSE = 1e-6  # a decrement at which a walk may stop because rounding hides the way up
LONGEST = 5.0  # of a first step, in standardised coordinates


@dataclass(frozen=True)
class View:
    """The view at z: the value, the step that is left, and twice what it promises."""

    z: Array  # [K]
    value: float
    gradient: Array
    hessian: Array
    step: Array
    decrement: float
    proper: bool  # the curvature is that of a peak

    def above(self, other: View) -> bool:
        """Higher by more than rounding, or as high and nearer to the top."""
        slack = 1e-12 * (1 + abs(other.value))
        return self.value > other.value + slack or (
            self.value > other.value - slack and self.decrement < 0.5 * other.decrement
        )

    def status(self, tol: float) -> Status | None:
        """The status that is proved here; None: none yet."""
        if not np.isfinite([self.value, self.decrement]).all():
            return Status.FAILED
        if self.decrement > tol:
            return None
        return Status.EDGE if not self.proper or np.abs(self.step).max() > LONG_STEP else Status.CONVERGED


def view(problem: Problem, z: Array) -> View:
    """The log posterior of one fit around z."""
    e = problem.at(z[None], 2)
    step, proper = solve_positive(-e.hessian, e.gradient)
    if not proper[0]:
        step = damped_solve(-e.hessian, e.gradient)[0]
    decrement = float(e.gradient[0] @ step[0])
    return View(z, float(e.value[0]), e.gradient[0], e.hessian[0], step[0], decrement, bool(proper[0]))


class Frame:
    """Coordinates u in which the log posterior is round at z0, and Newton's step from there is of length one."""

    def __init__(self, seen: View) -> None:
        diagonal = np.abs(np.diag(seen.hessian))
        d = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
        w, v = np.linalg.eigh(-seen.hessian * d * d[:, None])
        top = np.abs(w).max(initial=1e-300)
        w = np.where(w > 0, np.maximum(w, 1e-10 * top), np.maximum(-w, 1e-3 * top))
        round_ = d[:, None] * v / np.sqrt(w)
        slope = round_.T @ seen.gradient
        size = max(float(np.linalg.norm(slope)), 1e-150)
        size *= min(1.0, LONGEST / max(float(np.abs(round_ @ slope).max()), 1e-300))
        self.origin, self.matrix, self.size, self.value = seen.z, round_ * size, size, seen.value

    def z(self, u: Array) -> Array:
        return self.origin + self.matrix @ u

    def slope_at(self, tol: float) -> float:
        """The slope in u that leaves a decrement of tol."""
        return float(np.sqrt(tol) / self.size)


class SequentialSolver(Solver):
    """A method that walks; each fit of a batch by itself."""

    tol: float

    @abstractmethod
    def walk(self, problem: Problem, frame: Frame, budget: Any) -> Array:
        """From u = 0 of the frame as far up as the method gets, as z [K]."""

    @abstractmethod
    def begin(self, problem: Problem) -> Any:
        """The budget of one climb: steps and time that are left, and the history."""

    def again(self, budget: Any) -> bool:
        """True if a walk that led no higher is worth another attempt."""
        return False

    def solve(self, problem: Problem) -> Solution | None:
        if problem.trained:
            return None
        if problem.size == 0:
            return fixed_point(problem)
        if problem.kinks() is not None:
            raise OptionError(
                f"solver={self.name!r} needs a smooth log posterior, and a Laplace prior has a kink: "
                "use solver='newton', which stops on the kink exactly"
            )
        with np.errstate(all="ignore"):
            return self._highest(problem, np.array(problem.start(), dtype=float))

    def _highest(self, problem: Problem, z: Array) -> Solution:
        """The highest of the peaks that are met from z and from the other starts."""
        unbounded = problem.unbounded()
        if unbounded is not None:
            z[unbounded] = np.nan
        solution = self._all(problem, z)
        if problem.several_peaks:
            for other in problem.other_starts(np.array(solution.z)):
                solution = better(solution, self._all(problem, np.where(np.isfinite(z), other, np.nan)))
        return solution

    def _all(self, problem: Problem, z: Array) -> Solution:
        if problem.count == 1:
            return joined(problem, [self._one(problem, z[0])], self.name)
        climbs = [self._one(problem.take(np.array([g])), z[g]) for g in range(problem.count)]
        return joined(problem, climbs, self.name)

    def _one(self, problem: Problem, z: Array) -> Climb:
        if not np.isfinite(z).all():
            return Climb(nowhere(z), Status.EDGE, 0, np.zeros(0))
        seen, budget = view(problem, z), self.begin(problem)
        for _ in range(ROUNDS):
            if seen.status(self.tol) is not None or budget.spent:
                break
            new = view(problem, self.walk(problem, Frame(seen), budget))
            if new.above(seen):
                seen = new
            elif not self.again(budget):
                break
        return self.ended(seen, budget)

    def ended(self, seen: View, budget: Any) -> Climb:
        """The climb at the end of its walk; the step that is left is taken if it is that of a peak."""
        status = seen.status(self.tol)
        if status is None and not budget.spent:
            status = seen.status(CLOSE) or Status.FAILED
        if status is None:
            status = Status.STEPS
        if status == Status.CONVERGED:
            seen = replace(seen, z=seen.z + seen.step, value=seen.value + 0.5 * seen.decrement)
        return Climb(seen, status, budget.taken, np.array(budget.history))


@dataclass(frozen=True)
class Climb:
    """The end of one climb, and its reason."""

    seen: View
    status: Status
    steps: int
    history: Array


def nowhere(z: Array) -> View:
    """The view of a fit that has no maximum."""
    k = len(z)
    return View(z, -np.inf, np.zeros(k), np.full((k, k), np.nan), np.zeros(k), np.inf, False)


def joined(problem: Problem, climbs: list[Climb], name: str) -> Solution:
    """The climbs of a batch as one solution."""
    return Solution(
        problem=problem,
        z=np.stack([c.seen.z for c in climbs]),
        value=np.array([c.seen.value for c in climbs]),
        status=np.array([int(c.status) for c in climbs]),
        solver=name,
        iterations=max(c.steps for c in climbs),
        decrement=np.sqrt(np.abs([c.seen.decrement for c in climbs])),
        hessian=np.stack([c.seen.hessian for c in climbs]),
        # the Hessian is that of one step before: who wants errors to the last digit looks again
        notes={"step": np.stack([c.seen.step for c in climbs]), "drift": np.full(len(climbs), np.inf)},
        history=climbs[0].history if len(climbs) == 1 else [c.history for c in climbs],
    )
