"""The maximum by formula."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._base import Problem, Solution, Solver, Status


@dataclass(frozen=True)
class Closed(Solver):
    """Asks the law for its formula: exact, and at a boundary the boundary itself.

    >>> import mlekit
    >>> mlekit.fit([1, 0, 1, 1], family="bernoulli", solver=mlekit.solvers.Closed())["p"]
    0.75
    """

    name = "closed"

    def solve(self, problem: Problem) -> Solution | None:
        return problem.closed() if problem.size else held(problem)

    def refusal(self) -> str:
        return "there is no formula for this maximum: use solver='auto' or 'newton'"


def held(problem: Problem) -> Solution:
    """The one point that is left where every coordinate is held."""
    z = np.zeros((problem.count, 0))
    e = problem.at(z, 2)
    return Solution(
        z=z, value=e.value, status=np.full(problem.count, int(Status.CLOSED_FORM)), solver="closed", hessian=e.hessian
    )
