"""The maximum by formula."""

from __future__ import annotations

from dataclasses import dataclass

from .base import Problem, Solution, Solver


@dataclass(frozen=True)
class Closed(Solver):
    """Asks the law for its formula: exact, and at a boundary the boundary itself."""

    name = "closed"

    def solve(self, problem: Problem) -> Solution | None:
        return problem.closed()

    def refusal(self) -> str:
        return "there is no formula for this maximum: use solver='auto' or 'newton'"
