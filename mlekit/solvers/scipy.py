"""The methods of scipy.optimize.minimize, one fit at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import OptionError, nearest
from ._base import Callback, Floats, Problem
from ._budget import Budget
from ._quadratic import Preconditioner
from ._sequential import SequentialSolver

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

INFEASIBLE = 1e10  # the loss where the log posterior is not finite; it is 0 at the start, and a Newton step saves 1/2


class Method(NamedTuple):
    """A method of scipy: the order of the derivatives it needs, and its options for a gradient to stop at."""

    order: int
    options: Callable[[float], dict[str, object]]


def _gradient(tol: float) -> dict[str, object]:
    return {"gtol": tol}


def _simplex(tol: float) -> dict[str, object]:
    return {"xatol": tol, "fatol": tol * tol, "adaptive": True}


METHODS = {
    "BFGS": Method(1, lambda tol: {"gtol": tol, "norm": 2}),
    "L-BFGS-B": Method(1, lambda tol: {"gtol": tol, "ftol": 0.0, "maxfun": 1_000_000}),
    "CG": Method(1, lambda tol: {"gtol": tol, "norm": 2}),
    "Newton-CG": Method(2, lambda tol: {"xtol": tol}),
    "trust-exact": Method(2, _gradient),
    "trust-ncg": Method(2, _gradient),
    "trust-krylov": Method(2, _gradient),
    "Nelder-Mead": Method(0, _simplex),
    "Powell": Method(0, lambda tol: {"xtol": tol, "ftol": tol * tol}),
}


@dataclass(frozen=True)
class Scipy(SequentialSolver[Budget]):
    """A smooth method of scipy.optimize.minimize.

    The log posterior is preconditioned, and the answer is checked as Newton's is: a method that stops short of the
    maximum is started again from there. Fits of a batch are solved one by one.

    Parameters
    ----------
    method : str, default "BFGS"
        Name of the method, as scipy spells it, in any case: BFGS, L-BFGS-B, CG, Newton-CG, trust-exact, trust-ncg,
        trust-krylov, Nelder-Mead or Powell.
    tol : float, default 1e-10
        Newton decrement to reach, the square of the distance to the maximum in standard errors: 1e-10 is a
        hundred-thousandth of a standard error, before the last Newton step.
    steps : int, default 2000
        Maximum number of iterations per fit.
    callback : callable, optional
        Called as ``callback(step, loss)`` after each iteration with minus the log posterior. The search stops where it
        returns True.

    Raises
    ------
    OptionError
        If scipy has no such method. `solve` raises it for a log posterior that is not smooth, as under a Laplace prior.

    Examples
    --------
    >>> import mlekit
    >>> fit = mlekit.fit([2, 0, 1, 5], family="poisson", solver=mlekit.solvers.Scipy(method="L-BFGS-B"))
    >>> round(fit["rate"], 9)
    2.0
    """

    method: str = "BFGS"
    tol: float = 1e-10
    steps: int = 2_000
    callback: Callback | None = None

    name = "scipy"

    def __post_init__(self) -> None:
        known = {m.lower(): m for m in METHODS}
        if str(self.method).lower() not in known:
            raise OptionError(f"Scipy: there is no method {self.method!r}: {nearest(self.method, METHODS)}")
        object.__setattr__(self, "method", known[self.method.lower()])

    def new_budget(self, problem: Problem) -> Budget:
        return Budget(self.steps, callback=self.callback)

    def search(self, problem: Problem, preconditioner: Preconditioner, budget: Budget) -> Floats:
        from scipy.optimize import minimize

        method, loss = METHODS[self.method], StandardizedLoss(problem, preconditioner)

        def count(intermediate_result: OptimizeResult) -> None:
            budget.note(float(intermediate_result.fun) * preconditioner.scale - preconditioner.value)
            if budget.spent:
                raise StopIteration

        found = minimize(
            loss.value if method.order == 0 else loss.value_and_gradient,
            np.zeros(problem.size),
            method=self.method,
            jac=method.order > 0,
            hess=loss.hessian if method.order > 1 else None,
            callback=count,
            options=self._options(preconditioner, problem.size),
        )
        return preconditioner.to_z(found.x)

    def _options(self, preconditioner: Preconditioner, size: int) -> dict[str, object]:
        """The method's own options: a tolerance below ours, and no limit of its own on the iterations."""
        options = METHODS[self.method].options(0.1 * preconditioner.gradient_tol(self.tol))
        if self.method == "Nelder-Mead":
            options["initial_simplex"] = np.vstack([np.zeros(size), 0.5 * np.eye(size)])
        return {**options, "maxiter": 1_000_000}


class StandardizedLoss:
    """Minus the log posterior in preconditioned coordinates, divided by their scale: zero at u = 0."""

    def __init__(self, problem: Problem, preconditioner: Preconditioner) -> None:
        self.problem, self.preconditioner = problem, preconditioner

    def value(self, u: Floats) -> float:
        return self._loss(self.problem.at(self.preconditioner.to_z(u)[None], 0).value[0])

    def value_and_gradient(self, u: Floats) -> tuple[float, Floats]:
        e = self.problem.at(self.preconditioner.to_z(u)[None], 1)
        gradient = -(self.preconditioner.matrix.T @ e.gradient[0]) / self.preconditioner.scale
        return self._loss(e.value[0]), np.where(np.isfinite(gradient).all(), gradient, 0.0)

    def hessian(self, u: Floats) -> Floats:
        h = self.problem.at(self.preconditioner.to_z(u)[None], 2).hessian[0]
        return -(self.preconditioner.matrix.T @ h @ self.preconditioner.matrix) / self.preconditioner.scale

    def _loss(self, value: float) -> float:
        loss = (self.preconditioner.value - float(value)) / self.preconditioner.scale
        return loss if np.isfinite(loss) else INFEASIBLE
