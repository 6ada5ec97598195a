"""Newton's method on a batch of problems at once.

    step = (-H)^-1 g          stop when the decrement g' (-H)^-1 g / 2 no longer matters

The square root of the decrement is how far the answer still is, in standard errors; the last step is taken without
another look, and squares the distance. Each fit stops by itself, and fits that are done leave the batch. Where the
curvature is not negative the smallest shift that makes it so gives a direction that climbs. A tiny decrement that falls
slowly while the steps stay long is an edge: the maximum is at infinity.

At a kink (a Laplace prior) a coordinate stays while its score is below the kink's weight, and a step that would cross
the kink stops on it: orthant-wise steps that reach the lasso without another method.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..numerics.linalg import damped_solve, solve_positive
from ._base import Array, Evaluation, Kinks, Problem, Solution, Solver, Status
from .closed import fixed_point

LONG_STEP = 0.02  # in standardised free coordinates
SLOW = 0.01  # a decrement that falls by less than this factor a step does not lead to a peak
HALVINGS = 40
MANY = 1e-6  # of a standard error: as near as the peak of many rows is sought
ROUGH, SHORT_STEP = 50.0, 0.25  # the decrement, in all rows, and the step at which the peak of a sample is near enough


@dataclass(frozen=True)
class Newton(Solver):
    """Batched Newton-Raphson with step halving.

    >>> import mlekit
    >>> fit = mlekit.fit([2, 0, 1, 5], family="poisson", solver=mlekit.solvers.Newton(tol=1e-12))
    >>> round(fit["rate"], 9)
    2.0
    """

    tol: float = 1e-10
    steps: int = 100

    name = "newton"

    def solve(self, problem: Problem) -> Solution | None:
        if problem.size == 0:
            return fixed_point(problem)
        if problem.trained:
            return None
        z = np.array(problem.start(), dtype=float)
        unbounded = problem.unbounded()
        if unbounded is not None and unbounded.any():
            z[unbounded] = np.nan
            return self.climb(problem, z)
        near = self._approach(problem, z)
        if near is None:
            return self.highest(problem, z)
        z = near.z if problem.kinks() is not None else self._walk(problem, near)
        return Newton(max(self.tol, MANY), self.steps).climb(problem, z, _drift(near))

    def highest(self, problem: Problem, z: Array) -> Solution:
        """The highest of the peaks that are met from z and from the other starts."""
        solution = self.climb(problem, z)
        if problem.several_peaks:
            for other in problem.other_starts(solution.z):
                solution = better(solution, self.climb(problem, other))
        return solution

    def _approach(self, problem: Problem, z: Array) -> Solution | None:
        """Near the peak of a sample of the rows, which is found by way of a sample of its own."""
        sample = problem.subsample()
        if sample is None:
            return None
        rough = Newton(ROUGH, steps=30)
        near = rough._approach(sample, z)
        found = rough.highest(sample, z) if near is None else rough.climb(sample, near.z, _drift(near))
        good = found.status[0] in (Status.CONVERGED, Status.EDGE) and np.abs(found.notes["step"]).max() < SHORT_STEP
        return found if good else None

    def _walk(self, problem: Problem, near: Solution) -> Array:
        """Steps by the score alone, with the curvature of a sample, as long as each is a small fraction of the last.

        The score of all rows costs half of what their curvature does; where the peak is, the score alone says.
        """
        assert near.hessian is not None
        before, last, z = np.inf, near.z, near.z
        while True:
            gradient = problem.at(z, 1).gradient
            step, _ = solve_positive(-near.hessian, gradient)
            decrement = float(gradient[0] @ step[0])
            if not decrement < 0.1 * before:
                return last
            before, last, z = decrement, z, z + step
            if decrement < 1:
                return z

    def climb(self, problem: Problem, z: Array, known_drift: Array | None = None) -> Solution:
        """From z to a peak; `known_drift`: how much of the curvature changes over one standard error."""
        count, size = problem.count, problem.size
        z, value, status = np.array(z, dtype=float), np.full(count, -np.inf), np.full(count, int(Status.STEPS))
        decrements, hessians = np.full(count, np.inf), np.full((count, size, size), np.nan)
        steps, drifts = np.zeros(z.shape), np.full(count, np.inf)
        begun = np.isfinite(z).all(axis=1)
        status[~begun] = int(Status.EDGE)
        live, active, kinks = np.flatnonzero(begun), problem.take(begun), problem.kinks()
        e = active.at(z[live], 2) if len(live) else None
        drift = np.full(count, np.inf) if known_drift is None else known_drift.copy()
        before_last = np.full(count, np.nan)  # the decrement of the step before
        iteration = -1
        while len(live) and e is not None:
            iteration += 1
            if iteration == self.steps:
                value[live], hessians[live] = e.value, e.hessian
                break
            step, decrement, proper = _direction(e, z[live], kinks)
            bad = ~np.isfinite(decrement)
            # the last step squares the distance: what is left is about drift x decrement
            left = decrement * np.minimum(1.0, np.where(decrement < 1e-2, drift[live], 1.0))
            far = np.abs(step).max(axis=1) > LONG_STEP
            # towards a peak the decrement falls by its square, towards infinity by a factor: a first step cannot tell
            done = bad | (proper & (left <= self.tol) & ~(far & np.isnan(before_last[live])))
            endless = far & (decrement > SLOW * before_last[live])
            value[live], decrements[live], hessians[live] = e.value, np.sqrt(np.abs(decrement)), e.hessian
            if done.any():
                at = live[done]
                steps[at] = step[done]
                drifts[at] = drift[at] * np.sqrt(np.abs(decrement[done]))
                z[at] += np.where(bad[done, None], 0.0, step[done])
                value[at] += np.where(bad[done], 0.0, 0.5 * decrement[done])
                status[at] = np.where(
                    bad[done], int(Status.FAILED), np.where(endless[done], int(Status.EDGE), int(Status.CONVERGED))
                )
                keep = ~done
                live = live[keep]
                if not len(live):
                    break
                active, e, step, decrement = active.take(keep), e.take(keep), step[keep], decrement[keep]
            before, before_last[live] = e.hessian, decrement
            z[live], e, moved = _advance(active, z[live], e, step, decrement, kinks)
            drift[live] = _change(before, e.hessian) / np.sqrt(np.abs(decrement))
            if not moved.all():
                stay = live[~moved]
                close = decrement[~moved] <= 1e-6
                value[stay], hessians[stay] = e.value[~moved], e.hessian[~moved]
                status[stay] = np.where(close, int(Status.CONVERGED), int(Status.FAILED))
                live, active, e = live[moved], active.take(moved), e.take(moved)
        return Solution(
            problem,
            z,
            value,
            status,
            self.name,
            iterations=min(iteration + 1, self.steps),
            decrement=decrements,
            hessian=hessians,
            notes={"step": steps, "drift": drifts},
        )


def _drift(solution: Solution) -> Array:
    """How much of the curvature changed over one standard error."""
    return solution.notes["drift"] / solution.decrement


def _change(before: Array, after: Array) -> Array:
    """The largest relative change of the curvature's diagonal."""
    with np.errstate(all="ignore"):
        a, b = np.einsum("gkk->gk", before), np.einsum("gkk->gk", after)
        return np.nan_to_num(np.abs(a / b - 1), nan=np.inf).max(axis=1)


def _direction(e: Evaluation, z: Array, kinks: Kinks | None) -> tuple[Array, Array, Array]:
    """The step, twice what it promises, and whether the curvature was that of a peak."""
    gradient, negative = e.gradient, -e.hessian
    if kinks is not None:
        gradient, negative = _off_kinks(gradient, negative, z, kinks)
    step, proper = solve_positive(negative, gradient)
    if not proper.all():
        finite = np.isfinite(gradient).all(axis=1) & np.isfinite(negative).all(axis=(1, 2))
        repair = ~proper & finite
        if repair.any():
            step = step.copy()
            step[repair] = damped_solve(negative[repair], gradient[repair])[0]
    return step, np.einsum("gk,gk->g", gradient, step), proper


def _off_kinks(gradient: Array, negative: Array, z: Array, kinks: Kinks) -> tuple[Array, Array]:
    """The score of a step off a kink, less the kink's pull; coordinates that rest on a kink are taken out."""
    away = z - kinks.position
    on = (away == 0) & (kinks.weight > 0)
    pulled = gradient - np.where(on, kinks.weight * np.sign(gradient), 0.0)
    rest = on & (np.abs(gradient) <= kinks.weight)
    pulled = np.where(rest, 0.0, pulled)
    negative = np.where(rest[:, :, None] | rest[:, None, :], 0.0, negative)
    k = np.arange(z.shape[1])
    negative[:, k, k] = np.where(rest, 1.0, negative[:, k, k])
    return pulled, negative


def _advance(
    problem: Problem, z: Array, e: Evaluation, step: Array, decrement: Array, kinks: Kinks | None
) -> tuple[Array, Evaluation, Array]:
    """The first of the steps 1, 1/2, 1/4 ... that climbs as promised, fit by fit."""
    # a rise smaller than rounding of the value cannot be seen: it is allowed
    slack = 1e-13 * (1 + np.abs(e.value))
    size = np.ones(len(z))
    best = problem.at(_land(z, step * size[:, None], e.gradient, kinks), 2)
    if len(z) == 1:
        return _advance_one(problem, z, e, step, decrement, kinks, size, slack, best)
    new = _land(z, step * size[:, None], e.gradient, kinks)
    moved = _climbs(best.value, e.value, size, decrement, slack)
    for _ in range(HALVINGS):
        again = np.flatnonzero(~moved)
        if not len(again):
            break
        size[again] *= 0.5
        trial = _land(z[again], step[again] * size[again, None], e.gradient[again], kinks)
        t = problem.take(again).at(trial, 2)
        ok = _climbs(t.value, e.value[again], size[again], decrement[again], slack[again])
        for part, value in zip(best, t, strict=True):
            part[again[ok]] = value[ok]
        new[again[ok]] = trial[ok]
        moved[again[ok]] = True
    for part, old in zip(best, e, strict=True):
        part[~moved] = old[~moved]
    return np.where(moved[:, None], new, z), best, moved


def _advance_one(
    problem: Problem,
    z: Array,
    e: Evaluation,
    step: Array,
    decrement: Array,
    kinks: Any,
    size: Array,
    slack: Array,
    trial: Evaluation,
) -> tuple[Array, Evaluation, Array]:
    for _ in range(HALVINGS):
        if _climbs(trial.value, e.value, size, decrement, slack)[0]:
            return _land(z, step * size[:, None], e.gradient, kinks), trial, np.array([True])
        size = size * 0.5
        trial = problem.at(_land(z, step * size[:, None], e.gradient, kinks), 2)
    return z, e, np.array([False])


def _climbs(value: Array, before: Array, size: Array, decrement: Array, slack: Array) -> Array:
    with np.errstate(invalid="ignore"):
        return value >= before + 1e-4 * size * decrement - slack


def _land(z: Array, step: Array, gradient: Array, kinks: Kinks | None) -> Array:
    """z + step, stopped at a kink that lies between."""
    new = z + step
    if kinks is None:
        return new
    crossed = (kinks.weight > 0) & ((z - kinks.position) * (new - kinks.position) < 0)
    return np.where(crossed, kinks.position, new)


def better(a: Solution, b: Solution) -> Solution:
    """The higher of two peaks, fit by fit; a difference is noted."""
    good = np.isin(b.status, (int(Status.CONVERGED), int(Status.EDGE)))
    higher = good & (b.value > a.value + 1e-7 * (1 + np.abs(a.value)))
    different = (
        np.isin(a.status, (int(Status.CONVERGED),))
        & (b.status == int(Status.CONVERGED))
        & (np.abs(b.value - a.value) > 1e-6 * (1 + np.abs(a.value)))
    )
    known = a.notes.get("several_peaks", np.zeros(len(a.value), dtype=bool))
    chosen = {name: _chosen(higher, getattr(a, name), getattr(b, name)) for name in CHOSEN} if higher.any() else {}
    notes = {name: _chosen(higher, a.notes[name], b.notes[name]) for name in ("step", "drift")} if higher.any() else {}
    return replace(a, **chosen, notes={**a.notes, **notes, "several_peaks": known | different})


CHOSEN = ("z", "value", "status", "decrement", "hessian")


def _chosen(higher: Array, a: Array, b: Array) -> Array:
    """The rows of b where it is higher, else those of a."""
    return np.where(higher.reshape(-1, *[1] * (np.ndim(a) - 1)), b, a)
