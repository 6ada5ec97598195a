"""The page of one fit: six questions, answered by its family, its model and its priors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import families, incomplete, prior, regression, solving
from .caveats import caveats
from .facts import Facts
from .formatting import listed, name, num
from .page import Explanation, Line, answer_page
from .uncertainty import uncertainty

if TYPE_CHECKING:
    from ...fits import Fit


def page(fit: Fit) -> Explanation:
    """Return the page of one fit."""
    facts = Facts(fit)
    words = families.get(facts)
    model = Rows(facts, words) if facts.identical else regression.Regression(facts, words)
    answers = [
        [*model.assumed(), *incomplete.assumed(facts), *_fixed(facts), *prior.assumed(facts, words)],
        [
            *(model.objective() if facts.exact else incomplete.objective(facts, words)),
            *(prior.objective(facts, _prior_terms(facts, words)) if facts.has_prior else []),
        ],
        model.solution(),
        [*model.meaning(), *prior.meaning(facts)] if facts.ok else _stopped(facts),
        uncertainty(facts, words),
        caveats(facts, words),
    ]
    return answer_page(_title(facts), answers, () if facts.ok else facts.fit.verdict.reasons)


def _stopped(facts: Facts) -> list[str]:
    """The last values of a search that found no maximum."""
    values = [Line(f"{name(n)} = {num(value)}") for n, value in list(facts.value.items())[:6]]
    return ["The search stopped at these values, which are not estimates:", *values]


def _title(facts: Facts) -> str:
    model = "regression" if facts.designs else "distribution"
    return heading(f"{families.title(facts.family)} {model} of {facts.target}", facts.has_prior)


def heading(model: str, has_prior: bool) -> str:
    """Return the title of a page about a model.

    >>> heading("gamma distribution of y", has_prior=False)
    'Gamma distribution of y, fitted by maximum likelihood'
    """
    return f"{model[:1].upper()}{model[1:]}, fitted by {'its posterior mode' if has_prior else 'maximum likelihood'}"


def _prior_terms(facts: Facts, words: families.Words) -> list[str]:
    """Terms of conjugate priors, as a formula."""
    return words.prior_terms() if facts.identical and facts.imaginary is not None and not facts.tied else []


def _fixed(facts: Facts) -> list[str]:
    """Fixed and tied parameters."""
    text: list[str] = []
    if facts.fixed:
        values = listed(f"{name(n)} = {num(facts.value[n])}" for n in facts.names if n in facts.fixed)
        known = " The standard errors of the others treat this as known." if facts.free else ""
        text.append(f"Fixed, not estimated: {values}.{known}")
    pairs = (facts.fit.estimator.tied or {}).items()
    return [*text, *(f"{name(a)} is tied to {name(b)}: the two are one parameter." for a, b in pairs)]


class Rows:
    """Identically distributed rows."""

    def __init__(self, facts: Facts, words: families.Words) -> None:
        self.facts, self.words = facts, words

    def assumed(self) -> list[str]:
        return self.words.assumed()

    def objective(self) -> list[str]:
        return self.words.objective()

    def solution(self) -> list[str]:
        facts = self.facts
        if not facts.problem.size:
            reason = "all parameters are fixed" if facts.fixed else "only one value is possible"
            return [f"There was nothing to estimate: {reason}."]
        if facts.at_boundary:
            return self.words.at_boundary()
        if not (facts.by_formula and facts.ok):
            return solving.searched(facts)
        return (self.words.solution() if facts.conjugate else []) or solving.by_formula(facts)

    def meaning(self) -> list[str]:
        return self.words.meaning()
