"""The methods of scipy.optimize.minimize, one fit at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..errors import OptionError, nearest
from ._base import Array, Problem
from ._sequential import Frame, SequentialSolver

WALL = 1e10  # what a place costs where the log posterior is not finite; the start costs 0 and a Newton step saves 1/2


class Method(NamedTuple):
    """What a method of scipy needs: derivatives up to an order, and its own words for a slope to stop at."""

    order: int
    options: Callable[[float], dict[str, Any]]


def _slope(tol: float) -> dict[str, Any]:
    return {"gtol": tol}


def _simplex(tol: float) -> dict[str, Any]:
    return {"xatol": tol, "fatol": tol * tol, "adaptive": True}


METHODS = {
    "BFGS": Method(1, lambda tol: {"gtol": tol, "norm": 2}),
    "L-BFGS-B": Method(1, lambda tol: {"gtol": tol, "ftol": 0.0, "maxfun": 1_000_000}),
    "CG": Method(1, lambda tol: {"gtol": tol, "norm": 2}),
    "Newton-CG": Method(2, lambda tol: {"xtol": tol}),
    "trust-exact": Method(2, _slope),
    "trust-ncg": Method(2, _slope),
    "trust-krylov": Method(2, _slope),
    "Nelder-Mead": Method(0, _simplex),
    "Powell": Method(0, lambda tol: {"xtol": tol, "ftol": tol * tol}),
}


@dataclass
class Budget:
    """Steps that are left, and the losses on the method."""

    left: int
    taken: int = 0
    stopped: bool = False
    history: list[float] = field(default_factory=list)

    @property
    def spent(self) -> bool:
        return self.stopped or self.taken >= self.left


@dataclass(frozen=True)
class Scipy(SequentialSolver):
    """Any smooth method of scipy.optimize.minimize, preconditioned and then checked as Newton's answer is.

    `tol` is the decrement to reach: 1e-10 is a hundred-thousandth of a standard error, before the last step. `callback`
    is called as callback(step, loss) with the minus log posterior, and stops the search by returning True.

    >>> import mlekit
    >>> fit = mlekit.fit([2, 0, 1, 5], family="poisson", solver=mlekit.solvers.Scipy(method="L-BFGS-B"))
    >>> round(fit["rate"], 9)
    2.0
    """

    method: str = "BFGS"
    tol: float = 1e-10
    steps: int = 2_000
    callback: Callable[[int, float], Any] | None = None

    name = "scipy"

    def __post_init__(self) -> None:
        known = {m.lower(): m for m in METHODS}
        if str(self.method).lower() not in known:
            raise OptionError(f"Scipy: there is no method {self.method!r}: {nearest(self.method, METHODS)}")
        object.__setattr__(self, "method", known[self.method.lower()])

    def begin(self, problem: Problem) -> Budget:
        return Budget(self.steps)

    def walk(self, problem: Problem, frame: Frame, budget: Budget) -> Array:
        from scipy.optimize import minimize

        method, height = METHODS[self.method], Height(problem, frame)

        def step(intermediate_result: Any) -> None:
            budget.taken += 1
            budget.history.append(float(intermediate_result.fun) * frame.size**2 - frame.value)
            if self.callback is not None and self.callback(budget.taken, budget.history[-1]):
                budget.stopped = True
            if budget.spent:
                raise StopIteration

        k = problem.size
        options = method.options(0.1 * frame.slope_at(self.tol))
        if method.order == 0 and self.method == "Nelder-Mead":
            options["initial_simplex"] = np.vstack([np.zeros(k), 0.5 * np.eye(k)])
        found = minimize(
            height.cost if method.order == 0 else height.cost_and_slope,
            np.zeros(k),
            method=self.method,
            jac=method.order > 0,
            hess=height.curvature if method.order > 1 else None,
            callback=step,
            options={**options, "maxiter": 1_000_000},
        )
        return frame.z(found.x)


class Height:
    """Minus the log posterior in the coordinates of a frame, nought at its start."""

    def __init__(self, problem: Problem, frame: Frame) -> None:
        self.problem, self.frame, self.scale = problem, frame, frame.size**2

    def cost(self, u: Array) -> float:
        return self._cost(self.problem.at(self.frame.z(u)[None], 0).value[0])

    def cost_and_slope(self, u: Array) -> tuple[float, Array]:
        e = self.problem.at(self.frame.z(u)[None], 1)
        slope = -(self.frame.matrix.T @ e.gradient[0]) / self.scale
        return self._cost(e.value[0]), np.where(np.isfinite(slope).all(), slope, 0.0)

    def curvature(self, u: Array) -> Array:
        h = self.problem.at(self.frame.z(u)[None], 2).hessian[0]
        return -(self.frame.matrix.T @ h @ self.frame.matrix) / self.scale

    def _cost(self, value: float) -> float:
        cost = (self.frame.value - float(value)) / self.scale
        return cost if np.isfinite(cost) else WALL
