"""The interface of a solver: it sees a `Problem` and nothing else, and answers a `Solution`, or None if it cannot serve."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from ..models.problem import Evaluation, Kinks, Problem
from ..models.solution import Errors, Solution, Status
from ..numerics.arrays import Numbers as Array

__all__ = ["Array", "Errors", "Evaluation", "Kinks", "Problem", "Solution", "Solver", "Status"]


class Solver(ABC):
    """A method that finds the maximum.

    >>> import mlekit
    >>> problem = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").solution.problem
    >>> mlekit.solvers.Newton().solve(problem).z.round(6).tolist()
    [[0.847298]]
    """

    name: str

    @abstractmethod
    def solve(self, problem: Problem) -> Solution | None:
        """The maximum, or None where this solver cannot serve."""

    def refusal(self) -> str:
        """The reason why it could not, in a sentence that says what to do."""
        return f"the solver {self.name!r} cannot solve this problem: use solver='auto'"

    def shared(self, parts: int) -> Solver:
        """This solver for one of several problems, which have its budget together."""
        return self

    def telling(self, progress: Callable[[int, float], Any]) -> Solver:
        """This solver, which calls progress(step, loss) on its way where it takes long."""
        return self
