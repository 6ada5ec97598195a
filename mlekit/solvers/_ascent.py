"""The iterations of Newton's method on a batch of fits.

Each fit stops by itself, and fits that have stopped leave the batch. The last step is taken without another evaluation,
which squares the distance to the maximum. A tiny decrement that falls slowly while the steps stay long is an edge: the
maximum is at infinity.

Under priors with kinks the step is that of `_proximal`, and the decrement the increase along it to first order.
"""

from __future__ import annotations

import numpy as np

from ..numerics.linalg import damped_solve, solve_positive
from ._base import Evaluation, Floats, Kinks, Mask, Places, Problem, Solution, Status, unit_of
from ._line_search import HIDDEN, LONG_STEP, destination, line_search
from ._proximal import proximal_step

SLOW = 0.01  # a decrement that falls by less than this factor per step does not lead to a maximum
NEAR = 1e-2  # decrement below which the next one is predicted from the change of the curvature


class NewtonAscent:
    """The state of a batch: the results of all fits, and the evaluation of those that have not stopped (`live`)."""

    here: Evaluation  # of the live fits

    def __init__(self, problem: Problem, z: Floats, tol: float, drift: Floats | None = None) -> None:
        count, size = problem.count, problem.size
        self.problem, self.kinks, self.tol = problem, problem.kinks(), tol
        self.unit = unit_of(problem)
        self.z, self.value = np.array(z, dtype=float), np.full(count, -np.inf)
        self.status = np.full(count, int(Status.STEPS))
        self.decrement, self.hessian = np.full(count, np.inf), np.full((count, size, size), np.nan)
        self.last_step, self.last_drift = np.zeros(self.z.shape), np.full(count, np.inf)
        # the relative change of the curvature over one standard error, and the decrement of the step before
        self.drift = np.full(count, np.inf) if drift is None else drift.copy()
        self.previous = np.full(count, np.nan)
        finite: Mask = np.all(np.isfinite(self.z), axis=1)
        self.status[~finite] = int(Status.EDGE)
        self.live = np.flatnonzero(finite)
        if len(self.live):
            self.active = problem.take(finite)
            self.here = self.active.at(self.z[self.live], 2)

    def run(self, solver: str, steps: int) -> Solution:
        """Iterate until all fits have stopped, or so many steps are taken."""
        iterations = 0
        while len(self.live):
            if iterations == steps:
                self.stop()
                break
            self.iterate()
            iterations += 1
        return self.solution(solver, iterations)

    def iterate(self) -> None:
        """Take one step of every live fit; those that have converged or failed leave the batch."""
        live = self.live
        # self.here without a local name: its large arrays are freed as soon as the next ones are computed
        step, decrement, concave = newton_step(self.here, self.z[live], self.kinks)
        done, far = self._stopping(step, decrement, concave)
        self.value[live], self.hessian[live] = self.here.value, self.here.hessian
        self.decrement[live] = np.sqrt(np.abs(decrement))
        if done.any():
            self._finish(step[done], decrement[done], far[done], live[done])
            kept = ~done
            self._keep(kept)
            if not len(self.live):
                return
            step, decrement = step[kept], decrement[kept]
        self._move(step, decrement)

    def _stopping(self, step: Floats, decrement: Floats, concave: Mask) -> tuple[Mask, Mask]:
        """The fits whose next step is the last, and those whose steps are long."""
        # the last step squares the distance: what is left is about drift x decrement
        decrement = decrement / self.unit[self.live]
        near = decrement < NEAR
        if self.kinks is not None:
            near &= ~changes_face(self.z[self.live], step, self.kinks)
        left = decrement * np.minimum(1.0, np.where(near, self.drift[self.live], 1.0))
        far = np.abs(step).max(axis=1) > LONG_STEP
        # towards a maximum the decrement falls by its square, towards infinity by a factor: a first step cannot tell
        # a score of zero without a peak is flat: the verdict looks at the curvature
        stationary = concave | (decrement <= self.tol**2)
        converged = stationary & (left <= self.tol) & ~(far & np.isnan(self.previous[self.live]))
        return ~np.isfinite(decrement) | converged, far

    def _finish(self, step: Floats, decrement: Floats, far: Mask, at: Places) -> None:
        """Take the last step of the fits `at`, and record their status."""
        failed, endless = ~np.isfinite(decrement), far & (decrement > SLOW * self.previous[at])
        self.last_step[at] = step
        self.last_drift[at] = self.drift[at] * np.sqrt(np.abs(decrement) / self.unit[at])
        self.z[at] = destination(self.z[at], np.where(failed[:, None], 0.0, step), self.kinks)
        self.value[at] += np.where(failed, 0.0, 0.5 * decrement)
        reached = np.where(endless, int(Status.EDGE), int(Status.CONVERGED))
        self.status[at] = np.where(failed, int(Status.FAILED), reached)

    def _keep(self, kept: Mask) -> None:
        """Leave out of the batch all but these live fits."""
        self.live = self.live[kept]
        if len(self.live):
            self.active, self.here = self.active.take(kept), self.here.take(kept)

    def _move(self, step: Floats, decrement: Floats) -> None:
        """Search along the step of each live fit; those that find no higher point leave the batch."""
        live, before, unit = self.live, self.here.hessian, self.unit[self.live]
        self.previous[live] = decrement
        self.z[live], self.here, moved = line_search(
            self.active, self.z[live], self.here, step, decrement, self.kinks, unit
        )
        self.drift[live] = curvature_change(before, self.here.hessian) / np.sqrt(np.abs(decrement) / unit)
        if not moved.all():
            stuck = live[~moved]
            self.value[stuck], self.hessian[stuck] = self.here.value[~moved], self.here.hessian[~moved]
            at_peak = decrement[~moved] <= HIDDEN * self.unit[stuck]
            self.status[stuck] = np.where(at_peak, int(Status.CONVERGED), int(Status.FAILED))
            self._keep(moved)

    def stop(self) -> None:
        """Record the live fits where they are, with the status STEPS."""
        self.value[self.live], self.hessian[self.live] = self.here.value, self.here.hessian

    def solution(self, solver: str, iterations: int) -> Solution:
        """The results of all fits."""
        return Solution(
            self.problem,
            self.z,
            self.value,
            self.status,
            solver,
            iterations=iterations,
            decrement=self.decrement,
            hessian=self.hessian,
            notes={"step": self.last_step, "drift": self.last_drift},
        )


def newton_step(e: Evaluation, z: Floats, kinks: Kinks | None) -> tuple[Floats, Floats, Mask]:
    """The step, its decrement, and a mask of the fits whose log posterior is concave at z."""
    if kinks is not None:
        return proximal_step(e, z, kinks)
    gradient, negative = e.gradient, -e.hessian
    step, concave = solve_positive(negative, gradient)
    if not concave.all():
        finite = np.isfinite(gradient).all(axis=1) & np.isfinite(negative).all(axis=(1, 2))
        repair = ~concave & finite
        if repair.any():
            step = step.copy()
            step[repair] = damped_solve(negative[repair], gradient[repair])[0]
    return step, np.einsum("gk,gk->g", gradient, step), concave


def changes_face(z: Floats, step: Floats, kinks: Kinks) -> Mask:
    """The fits in which a coordinate leaves, meets or crosses its kink."""
    before, after = z - kinks.position, destination(z, step, kinks) - kinks.position
    return ((np.sign(before) != np.sign(after)) & (kinks.weight > 0)).any(axis=1)


def curvature_change(before: Floats, after: Floats) -> Floats:
    """The largest relative change of the diagonal of the Hessian, per fit."""
    with np.errstate(all="ignore"):
        a, b = np.einsum("gkk->gk", before), np.einsum("gkk->gk", after)
        return np.nan_to_num(np.abs(a / b - 1), nan=np.inf).max(axis=1)
