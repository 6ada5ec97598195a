"""The page of one fit: the six questions, answered by its law, its model and its priors."""

from __future__ import annotations

from typing import Any

from . import belief, laws, regression, solving
from .doubt import doubts
from .page import Explanation, Line, answered
from .say import listed, name, num
from .sure import sure
from .view import View


def page(fit: Any) -> Explanation:
    """The page of a fit."""
    view = View(fit)
    words = laws.get(view)
    model = Rows(view, words) if view.plain else regression.Regression(view, words)
    answers = [
        [*model.assumed(), *_held(view), *belief.assumed(view, words)],
        [*model.objective(), *(belief.objective(view, _formula(view, words)) if view.believed else [])],
        model.solution(),
        [*model.meaning(), *belief.meaning(view)] if view.ok else _stopped(view),
        sure(view, words),
        doubts(view, words),
    ]
    return answered(_title(view), answers, () if view.ok else view.fit.verdict.reasons)


def _stopped(view: View) -> list[str]:
    """Where a search ended that found no maximum."""
    values = [Line(f"{name(n)} = {num(value)}") for n, value in list(view.value.items())[:6]]
    return ["The search stopped here. This is where it stood, and these are no estimates:", *values]


def _title(view: View) -> str:
    sought = "the posterior mode" if view.believed else "maximum likelihood"
    kind = "Regression of " if view.designs else ""
    return f"{kind}{view.target}: {view.family.name} law by {sought}, explained"


def _formula(view: View, words: laws.Words) -> list[str]:
    """What conjugate priors add, as a formula."""
    return words.belief() if view.plain and view.extra is not None and not view.tied else []


def _held(view: View) -> list[str]:
    """Values that were given, and values that are one."""
    said: list[str] = []
    if view.held:
        told = listed(f"{name(n)} at {num(view.value[n])}" for n in view.names if n in view.held)
        sure = " Errors of the others are as if that were known for certain." if view.free else ""
        said.append(f"Held, not fitted: {told}.{sure}")
    pairs = (view.fit.estimator.tied or {}).items()
    said += [f"{name(a)} is tied to {name(b)}: one number for both, found from the rows of both." for a, b in pairs]
    return said


class Rows:
    """Rows that all have one law."""

    def __init__(self, view: View, words: laws.Words) -> None:
        self.v, self.words = view, words

    def assumed(self) -> list[str]:
        return self.words.assumed()

    def objective(self) -> list[str]:
        return self.words.objective()

    def solution(self) -> list[str]:
        if not self.v.problem.size:
            given = "all numbers were given" if self.v.held else "only one value is possible"
            return [f"Nothing was left to be found: {given}."]
        if self.v.at_end:
            return self.words.end()
        found = self.words.solution() if self.v.by_formula and self.v.conjugate and self.v.ok else []
        return found or (solving.by_formula(self.v) if self.v.by_formula and self.v.ok else solving.searched(self.v))

    def meaning(self) -> list[str]:
        return self.words.meaning()
