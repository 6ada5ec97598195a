"""Methods that solve one fit at a time, with the same check of convergence as Newton's.

A search is made in coordinates in which the log posterior is round where it begins (`Preconditioner`). What a method
reports of its own convergence is not used: where it stops, score and curvature are evaluated and the last Newton step
is taken. A search that stopped short is begun anew from there.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np

from ..errors import OptionError
from ._base import Floats, Problem, Solution, Solver, Status
from ._budget import Budget
from ._ends import at_ends
from ._peaks import higher_peak
from ._quadratic import Preconditioner, QuadraticModel
from .closed import fixed_point
from .newton import Newton

SEARCHES = 200  # most searches per fit, each from where the last one stopped
CLOSE = 1e-6  # a decrement at which a search may stop because rounding hides any increase

B = TypeVar("B", bound=Budget)


@dataclass(frozen=True)
class SearchResult:
    """The point where the searches of one fit ended, and its status."""

    model: QuadraticModel
    status: Status
    steps: int
    history: Floats


class SequentialSolver(Solver, Generic[B]):
    """A method that solves the fits of a batch one by one, within a budget of type B."""

    tol: float

    @abstractmethod
    def new_budget(self, problem: Problem) -> B:
        """The budget of one fit."""

    @abstractmethod
    def search(self, problem: Problem, preconditioner: Preconditioner, budget: B) -> Floats:
        """Search from u = 0 as far as the method gets, and return z [K]."""

    def retries(self) -> bool:
        """True if the method is worth another search after one that found no higher point."""
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
            found = self._highest_peak(problem, np.array(problem.start(), dtype=float))
            return at_ends(problem, found, Newton().ascend)  # which needs no stream

    def _highest_peak(self, problem: Problem, z: Floats) -> Solution:
        """The highest of the maxima found from z and from the other starting values of the problem."""
        unbounded = problem.unbounded()
        if unbounded is not None:
            z[unbounded] = np.nan
        solution = self._each_fit(problem, z)
        if problem.several_peaks:
            for other in problem.other_starts(np.array(solution.z)):
                solution = higher_peak(solution, self._each_fit(problem, np.where(np.isfinite(z), other, np.nan)))
        return solution

    def _each_fit(self, problem: Problem, z: Floats) -> Solution:
        if problem.count == 1:
            return batch_solution(problem, [self._one_fit(problem, z[0])], self.name)
        results = [self._one_fit(problem.take(np.array([g])), z[g]) for g in range(problem.count)]
        return batch_solution(problem, results, self.name)

    def _one_fit(self, problem: Problem, z: Floats) -> SearchResult:
        if not np.isfinite(z).all():
            return SearchResult(QuadraticModel.of_no_maximum(z), Status.EDGE, 0, np.zeros(0))
        model, budget = QuadraticModel.at(problem, z), self.new_budget(problem)
        for _ in range(SEARCHES):
            if model.status(self.tol) is not None or budget.spent:
                break
            new = QuadraticModel.at(problem, self.search(problem, Preconditioner(model), budget))
            if new.improves_on(model):
                model = new
            elif not self.retries():
                break
        return self.result(model, budget)

    def result(self, model: QuadraticModel, budget: B) -> SearchResult:
        """The result of one fit; at a maximum the last Newton step is taken."""
        status = model.status(self.tol)
        if status is None and not budget.spent:
            status = model.status(CLOSE) or Status.FAILED
        if status is None:
            status = Status.STEPS
        if status == Status.CONVERGED:
            model = replace(model, z=model.z + model.step, value=model.value + 0.5 * model.decrement)
        return SearchResult(model, status, budget.taken, np.array(budget.history))


def batch_solution(problem: Problem, results: list[SearchResult], solver: str) -> Solution:
    """The results of a batch as one solution."""
    models = [result.model for result in results]
    return Solution(
        problem=problem,
        z=np.stack([model.z for model in models]),
        value=np.array([model.value for model in models]),
        status=np.array([int(result.status) for result in results]),
        solver=solver,
        iterations=max(result.steps for result in results),
        decrement=np.sqrt(np.abs([model.decrement for model in models])),
        hessian=np.stack([model.hessian for model in models]),
        # the Hessian is that of one step before: standard errors to the last digit need it at the maximum
        notes={"step": np.stack([model.step for model in models]), "drift": np.full(len(models), np.inf)},
        history=results[0].history if len(results) == 1 else [result.history for result in results],
    )
