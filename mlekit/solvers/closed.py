"""The maximum by formula."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._base import Problem, Solution, Solver, Status


@dataclass(frozen=True)
class Closed(Solver):
    """The formula of the family: exact, at a boundary as well.

    It has no options. Families without such a formula, regressions and most priors need another solver.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([1, 0, 1, 1], family="bernoulli", solver=mlekit.solvers.Closed())["p"]
    0.75
    """

    name = "closed"

    def solve(self, problem: Problem) -> Solution | None:
        return problem.closed() if problem.size else fixed_point(problem)

    def refusal(self) -> str:
        return "there is no formula for this maximum: use solver='auto' or 'newton'"


def fixed_point(problem: Problem) -> Solution:
    """The solution where every parameter is fixed, so that nothing is maximised."""
    z = np.zeros((problem.count, 0))
    e = problem.at(z, 2)
    status = np.full(problem.count, int(Status.CLOSED_FORM))
    return Solution(problem, z, e.value, status, "closed", hessian=e.hessian)
