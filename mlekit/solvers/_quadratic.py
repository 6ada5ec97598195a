"""The log posterior of one fit near a point: its quadratic approximation, and coordinates in which it is round.

    z = z0 + L u        L L' = s^2 (-H)^-1 at z0,   s^2 = g' (-H)^-1 g

so that u = 0 is the start, Newton's step has length one whatever the units and the correlations of the columns, and the
gradient of -value / s^2 has length one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..numerics.linalg import damped_solve, solve_positive
from ._ascent import LONG_STEP
from ._base import Floats, Problem, Status, unit_of

LONGEST = 5.0  # of a first step, in standardised coordinates
ROUNDING = 1e-12  # relative change of the value that rounding may hide


@dataclass(frozen=True)
class QuadraticModel:
    """The second-order Taylor polynomial of a log posterior at z, with Newton's step and its decrement."""

    z: Floats  # [K]
    value: float
    gradient: Floats
    hessian: Floats
    step: Floats
    decrement: float
    concave: bool
    unit: float = 1.0  # of tolerances

    @classmethod
    def at(cls, problem: Problem, z: Floats) -> QuadraticModel:
        """The model of the log posterior of a single fit at z."""
        e = problem.at(z[None], 2)
        step, concave = solve_positive(-e.hessian, e.gradient)
        if not concave[0]:
            step = damped_solve(-e.hessian, e.gradient)[0]
        decrement = float(e.gradient[0] @ step[0])
        unit = float(unit_of(problem)[0])
        return cls(z, float(e.value[0]), e.gradient[0], e.hessian[0], step[0], decrement, bool(concave[0]), unit)

    @classmethod
    def of_no_maximum(cls, z: Floats) -> QuadraticModel:
        """The stand-in for a fit whose log posterior has no maximum."""
        k = len(z)
        return cls(z, -np.inf, np.zeros(k), np.full((k, k), np.nan), np.zeros(k), np.inf, False)

    def improves_on(self, other: QuadraticModel) -> bool:
        """True if the value is higher by more than rounding, or as high and nearer to a maximum."""
        slack = ROUNDING * (self.unit + abs(other.value))
        return self.value > other.value + slack or (
            self.value > other.value - slack and self.decrement < 0.5 * other.decrement
        )

    def status(self, tol: float) -> Status | None:
        """The status that the decrement proves; None where the search has to go on."""
        if not np.isfinite([self.value, self.decrement]).all():
            return Status.FAILED
        if self.decrement > tol * self.unit:
            return None
        return Status.EDGE if not self.concave or np.abs(self.step).max() > LONG_STEP else Status.CONVERGED


class Preconditioner:
    """The affine map z = origin + matrix u, in whose coordinates u the log posterior is round at the origin."""

    def __init__(self, model: QuadraticModel) -> None:
        diagonal = np.abs(np.diag(model.hessian))
        d = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
        w, v = np.linalg.eigh(-model.hessian * d * d[:, None])
        top = np.abs(w).max(initial=1e-300)
        w = np.where(w > 0, np.maximum(w, 1e-10 * top), np.maximum(-w, 1e-3 * top))
        root = d[:, None] * v / np.sqrt(w)
        gradient = root.T @ model.gradient
        length = max(float(np.linalg.norm(gradient)), 1e-150)
        length *= min(1.0, LONGEST / max(float(np.abs(root @ gradient).max()), 1e-300))
        self.origin, self.matrix, self.value, self.unit = model.z, root * length, model.value, model.unit
        self.length, self.scale = length, length**2

    def to_z(self, u: Floats) -> Floats:
        """The coordinates z of u."""
        return self.origin + self.matrix @ u

    def gradient_tol(self, tol: float) -> float:
        """The length of the gradient in u at which the decrement is tol."""
        return float(np.sqrt(tol * self.unit) / self.length)
