"""Newton's method on a batch of log posteriors at once.

    step = (-H)^-1 g          stop where half the decrement, g' (-H)^-1 g / 2, no longer matters

The square root of the decrement is the distance to the maximum in standard errors. The iterations are in `_ascent`,
the line search in `_line_search`. Of many rows a subsample is solved first, and all rows begin at its maximum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..errors import IdentifiabilityError
from ..numerics.linalg import solve_positive
from ._active_rows import FEW, feasible, within
from ._ascent import NewtonAscent
from ._base import Floats, Problem, Solution, Solver, Status, unit_of
from ._corners import settle_corners
from ._ends import at_ends
from ._peaks import higher_peak
from .closed import fixed_point

TOL_MANY_ROWS = 1e-6  # the tolerance after a subsample, which is a thousandth of a standard error
SUBSAMPLE_TOL = 50.0  # decrement at which the maximum of a subsample is near enough to that of all rows
SUBSAMPLE_STEP = 0.25  # longest last step of a subsample whose maximum is used


@dataclass(frozen=True)
class Newton(Solver):
    """Batched Newton-Raphson with step halving.

    Each fit of a batch stops by itself. Where the log posterior is not concave, the smallest shift of the curvature
    that makes it so gives an ascent direction. Under a Laplace prior each step is the lasso of the quadratic model (a
    proximal Newton step), and coordinates at the kink are there exactly.

    Parameters
    ----------
    tol : float, default 1e-10
        Newton decrement at which a fit has converged, the square of its distance to the maximum in standard errors.
        The last step is taken without another evaluation and squares that distance.
    steps : int, default 100
        Maximum number of iterations.

    Examples
    --------
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
            return at_ends(problem, self.ascend(problem, z), self.ascend)
        if problem.limited:
            return self._inside(problem, z)
        near = self._subsample_peak(problem, z)
        if near is None:
            return self.maximum(problem, z)
        z = _position(near) if problem.kinks() is not None else _score_steps(problem, near)
        polish = Newton(max(self.tol, TOL_MANY_ROWS), self.steps)
        return at_ends(problem, polish.ascend(problem, z, _relative_drift(near)), self.ascend, compare=False)

    def maximum(self, problem: Problem, z: Floats) -> Solution:
        """The highest of the maxima found from z, or the end of a set where that is higher."""
        return at_ends(problem, self.highest_peak(problem, z), self.ascend)

    def _inside(self, problem: Problem, z: Floats) -> Solution:
        """The maximum where every row is inside the set of its parameter.

        Raises
        ------
        IdentifiabilityError
            If there is no such point for a single fit; of a batch the fit has failed.
        """
        z = feasible(problem, z)
        outside = np.any(np.isnan(z), axis=1)
        if problem.count == 1 and outside[0]:
            raise IdentifiabilityError(
                "no coefficients keep the parameter of every row inside its set with this link: "
                "add an intercept, or use the default link"
            )
        found = self.maximum(problem, z)
        return replace(found, status=np.where(outside, int(Status.FAILED), found.status))

    def highest_peak(self, problem: Problem, z: Floats) -> Solution:
        """The highest of the maxima found from z and from the other starting values of the problem."""
        solution = self.ascend(problem, z)
        if problem.several_peaks:
            assert solution.z is not None
            for other in problem.other_starts(solution.z):
                solution = higher_peak(solution, self.ascend(problem, other))
        return solution

    def ascend(self, problem: Problem, z: Floats, drift: Floats | None = None) -> Solution:
        """Iterate from z to a maximum; `drift`: the relative change of the curvature over one standard error."""
        if problem.limited and problem.kinks() is None:
            z = feasible(problem, z)
            steps = 0 if problem.count <= FEW else self.steps
            return within(NewtonAscent(problem, z, self.tol, drift).run(self.name, steps), self.tol, self.steps)
        found = NewtonAscent(problem, z, self.tol, drift).run(self.name, self.steps)
        return settle_corners(problem, found, self.tol, self.steps)

    def _subsample_peak(self, problem: Problem, z: Floats) -> Solution | None:
        """The maximum of a subsample of the rows, found by way of a subsample of its own; None for few rows."""
        sample = problem.subsample()
        if sample is None:
            return None
        rough = Newton(SUBSAMPLE_TOL, steps=30)
        near = rough._subsample_peak(sample, z)
        if near is None:
            found = rough.highest_peak(sample, z)
        else:
            found = rough.ascend(sample, _position(near), _relative_drift(near))
        reached = found.status[0] in (Status.CONVERGED, Status.EDGE)
        return found if reached and np.abs(found.notes["step"]).max() < SUBSAMPLE_STEP else None


def _score_steps(problem: Problem, near: Solution) -> Floats:
    """Take steps along the score of all rows with the curvature of a subsample, while they shrink tenfold.

    The score of all rows takes half the time of their curvature.
    """
    assert near.hessian is not None
    previous, last, z = np.inf, _position(near), _position(near)
    while True:
        gradient = problem.at(z, 1).gradient
        step, _ = solve_positive(-near.hessian, gradient)
        decrement = float(gradient[0] @ step[0])
        if not decrement < 0.1 * previous:
            return last
        previous, last, z = decrement, z, z + step
        if decrement < 1:
            return z


def _position(solution: Solution) -> Floats:
    assert solution.z is not None
    return solution.z


def _relative_drift(solution: Solution) -> Floats:
    """The relative change of the curvature over one standard error."""
    return solution.notes["drift"] / solution.decrement * np.sqrt(unit_of(solution.problem))
