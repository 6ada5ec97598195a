"""Sentences about a distribution whose parameters follow formulas of columns."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from ...inference.distribution import varies
from . import links, solving, terms
from .facts import Facts, attempt
from .families import Words
from .formatting import columns, label, listed, many, name, num, span
from .page import Line

SHOWN, FEW = 6, 3


class Regression:
    """Rows that are distributed according to their columns."""

    def __init__(self, facts: Facts, words: Words) -> None:
        self.facts, self.words = facts, words

    @cached_property
    def blocks(self) -> list[terms.Block]:
        return terms.blocks(self.facts)

    def scale(self, param: str) -> links.Scale:
        """Return the meaning of coefficients under the link of a parameter."""
        return links.get(self.facts.family.link(param))

    # -- assumptions -----------------------------------------------------------------------------------------

    def assumed(self) -> list[str]:
        text = [self.words.each(), *(Line(self._equation(block)) for block in self.blocks[:2])]
        if len(self.blocks) > 2:
            text.append(f"The other {len(self.blocks) - 2} formulas are of the same form: fit.params has them all.")
        if not self.blocks:
            text.append(Line(f"{self.scale(self._first).left(self._first)} = a constant + the offset"))
        return [*text, *self._offset(), *self._constants(), "Given the columns, the rows are independent."]

    @property
    def _first(self) -> str:
        return next(iter(self.facts.family.params))

    def _equation(self, block: terms.Block) -> str:
        """The formula with its estimates, for the strongest terms."""
        left = self.scale(block.param).left(block.param)
        if block.level is not None:
            first = name(self.facts.classes[0])
            left = f"log({block.param}[{name(block.level)}]/{block.param}[{first}])"
        right = [num(t.b) for t in block.terms if t.intercept]
        rest = [t for t in block.terms if not t.intercept and t.b]
        shown = set(map(id, _strongest(rest)[:SHOWN]))
        for t in (t for t in rest if id(t) in shown):
            sign = "-" if t.b < 0 else "+" if right else ""
            right.append(f"{sign}{' ' if sign and right else ''}{num(abs(t.b))} {t.formula}")
        more = " + ..." if len(rest) > SHOWN else ""
        offset = " + offset" if self.facts.rows.offset is not None and block.param == self._first else ""
        return f"{left} = {' '.join(right)}{more}{offset}"

    def _offset(self) -> list[str]:
        if self.facts.rows.offset is None:
            return []
        column = self.facts.rows.offset_from
        source = f"the column {name(column)}" if column else "the array that you gave"
        return [f"The offset is {source}; its coefficient is exactly 1 and was not estimated."]

    def _constants(self) -> list[str]:
        """Parameters without a formula."""
        same = [p for p in self.facts.family.params if p not in self.facts.designs and p != self._first]
        return [f"{listed(same)} {'is' if len(same) == 1 else 'are'} the same for all rows."] if same else []

    # -- objective and search --------------------------------------------------------------------------------

    def objective(self) -> list[str]:
        row = self.words.row or f"log f(y; {', '.join(self.facts.family.params)})"
        return [
            (
                f"The log-likelihood of the coefficients is the sum of the {self.words.terms} of "
                f"{many(self.facts.n, 'row')}, each with the parameters that follow from its own columns:"
            ),
            Line(f"log L = sum of [ {row} ] = {num(self.facts.fit.llf)}"),
        ]

    def solution(self) -> list[str]:
        if self.facts.code == "closed_form" and self.facts.ok:
            return solving.least_squares(self.facts)
        return [*self._score(), *solving.searched(self.facts)]

    def _score(self) -> list[str]:
        """The score equations, under the canonical link."""
        canonical = self.facts.family.link(self._first).name == self.words.canonical
        alone = list(self.facts.designs) == [self._first]
        facts = self.facts
        if not (canonical and alone and facts.ok) or facts.has_prior or facts.fixed or facts.tied:
            return []
        weight = "weight " if facts.rows.weighted else ""
        intercept = facts.designs[self._first].has_intercept
        total = "in total, and also " if intercept else ""
        one = ", and x = 1 for the intercept" if intercept else ""
        return [
            (
                f"At the maximum the score is zero. With this link it means that observed and expected values agree "
                f"{total}in the sum of their products with every column:"
            ),
            Line(f"sum of {weight}({self.words.residual}) x = 0 for every column x{one}"),
        ]

    # -- meaning ---------------------------------------------------------------------------------------------

    def meaning(self) -> list[str]:
        if not self.blocks:
            return [f"Where the offset is 0, {self.words.noun(self._first)} is {num(self.facts.value[self._first])}."]
        text = [part for block in self.blocks[:2] for part in self._block(block)]
        if len(self.blocks) > 2:
            text.append(f"The other {len(self.blocks) - 2} formulas are read in the same way.")
        return [*text, *(self._explained() or self._other_parameters()), *self._association()]

    def _other_parameters(self) -> list[str]:
        values = [f"{n} = {num(self.facts.value[n])}" for n in self.facts.names if n in self.facts.family.params]
        start = "The parameter" if len(values) == 1 else "The parameters"
        return [f"{start} without a formula: {listed(values)}."] if values else []

    def _association(self) -> list[str]:
        """A warning that coefficients are not causal effects."""
        columns = {p.column for block in self.blocks for t in block.terms for p in t.pieces}
        if not columns:
            return []
        constant = "Each coefficient is for constant values of the other columns. " if len(columns) > 1 else ""
        one = "one column" if constant else next(iter(columns))
        return [
            (
                f"{constant}Rows that differ in {one} may also differ in variables that were not measured: unless it "
                "was assigned at random, this is an association, not the effect of changing it."
            )
        ]

    def _noun(self, block: terms.Block) -> str:
        if block.level is None:
            return self.words.noun(block.param)
        first = label(self.facts.classes[0])
        return f"the probability of {label(block.level)} over that of {first}"

    def _block(self, block: terms.Block) -> list[str]:
        scale, noun = self.scale(block.param), self._noun(block)
        facts = self.facts
        free = [t for t in block.terms if not t.intercept and t.name not in facts.fixed and t.name not in facts.at_kink]
        rest = _strongest(free)
        text = [scale.effect(noun)] if block is self.blocks[0] or block.param != self.blocks[0].param else []
        first = next((t for t in rest if t.single), None)
        if first is not None:
            text.append(f"{self._sentence(block, first, scale, noun)}.{_nonlinear(first)}")
            caution = scale.caution(first.b, self._average) if block is self.blocks[0] and not first.own else ""
            text += [caution] if caution else []
        others = [*_others(rest, first, scale), *_interaction(rest), *_curve(rest)]
        return [*text, *others, *self._intercept(block, scale, noun)]

    def _baseline(self, block: terms.Block, own: terms.Term | None = None) -> list[str]:
        """The conditions under which all other terms are zero."""
        pieces = {p.column: p for t in block.terms for p in t.pieces if p.level is None or p.reference is not None}
        where = [own.pieces[0].baseline] if own is not None else []
        each = [p.baseline for p in pieces.values()]
        where += each if len(pieces) <= FEW else ["every column is 0 or at its reference level"]
        offset = self.facts.rows.offset is not None and block.param == self._first
        return [*where, *["the offset is 0"] * offset]

    def _sentence(self, block: terms.Block, term: terms.Term, scale: links.Scale, noun: str) -> str:
        if term.own:
            return f"Where {listed(self._baseline(block, term))}, {scale.intercept(noun, term.b)}"
        return scale.sentence(term.subject, noun, term.b, term.low, term.high)

    def _intercept(self, block: terms.Block, scale: links.Scale, noun: str) -> list[str]:
        intercept = next((t for t in block.terms if t.intercept), None)
        if intercept is None or block.level is not None:
            return []
        if any(p.curve for t in block.terms for p in t.pieces):
            return []
        where = self._baseline(block)
        if not where:
            return [f"For all rows {scale.intercept(noun, intercept.b)}."]
        numbers = dict.fromkeys(p.column for t in block.terms for p in t.pieces if p.level is None)
        outside = [column for column in numbers if not _contains(self._ranges.get(column), 0.0)]
        far = f" No row has {listed(outside[:3], 'or')} at 0, so this is an extrapolation." if outside else ""
        return [f"Intercept: where {listed(where)}, {scale.intercept(noun, intercept.b)}.{far}"]

    @cached_property
    def _ranges(self) -> dict[str, tuple[float, float]]:
        return terms.ranges(self.facts)

    @cached_property
    def _average(self) -> float | None:
        """The mean of the fitted probabilities."""
        if self.facts.y is None or not varies(self.facts.problem):
            return None
        found = attempt(lambda: self.facts.fit.predict(which=self._first))
        return None if found is None or np.ndim(found) != 1 else self.facts.mean(np.asarray(found))

    def _explained(self) -> list[str]:
        """The proportion of the variance that the columns explain, of least squares."""
        y, residuals = self.facts.y, self.facts.residuals("response")
        if y is None or residuals is None or not self.facts.family.has_residuals or "sd" not in self.facts.value:
            return []
        if self.facts.has_prior or all(t.intercept for block in self.blocks for t in block.terms):
            return []
        total = self.facts.mean((y - self.facts.mean(y)) ** 2)
        rest = self.facts.mean(residuals**2)
        if not 0 < rest <= total:
            return []
        return [
            (
                f"The rows have an sd of {num(rest**0.5)} about the fitted values, and of {num(total**0.5)} about "
                f"their overall mean. The columns explain {num(100 * (1 - rest / total), 3)}% of the variance of "
                f"{self.facts.target} in these rows."
            )
        ]


def _others(rest: list[terms.Term], first: terms.Term | None, scale: links.Scale) -> list[str]:
    """A table of the terms that have no sentence."""
    others = [t for t in rest if t is not first][: SHOWN - 1]
    if not others:
        return []
    hidden = len(rest) - len(others) - (first is not None)
    more = f" ({hidden} more are in fit.tidy())" if hidden > 0 else ""
    what = f"{'other ' if first else ''}{'terms' if len(others) > 1 else 'term'}"
    ordered = "the strongest first, with 95% intervals" if len(others) > 1 else "with its 95% interval"
    return [f"The {what}, {ordered}{more}:", *map(Line, columns([_row(t, scale) for t in others]))]


def _row(term: terms.Term, scale: links.Scale) -> list[str]:
    """A coefficient in a table; for a level without a reference the value there."""
    if not (term.single and term.own):
        return [term.cell, scale.short(term.b), scale.ends(term.low, term.high)]
    ends = "" if np.isnan(term.low) else span(*sorted(map(scale.value, (term.low, term.high))))
    return [term.cell, num(scale.value(term.b)), ends]


def _interaction(rest: list[terms.Term]) -> list[str]:
    """The meaning of interactions."""
    product = next((t for t in rest if len(t.pieces) > 1), None)
    if product is None:
        return []
    own = next((p for p in product.pieces if p.level is not None and p.reference is None), None)
    if own is not None:
        return [f"{product.cell} applies only where {own.baseline}: each level has such a term of its own."]
    a, b = product.pieces[:2]
    return [
        (
            f"{product.cell} is an interaction: the association with {a.column} depends on {b.column}, and the "
            f"coefficient is the change in it. The terms of {a.column} or {b.column} alone hold where the other is 0 "
            "or at its reference level."
        )
    ]


def _curve(rest: list[terms.Term]) -> list[str]:
    """The meaning of the terms of a curve."""
    curve = next((t for t in rest if any(p.curve for p in t.pieces)), None)
    if curve is None:
        return []
    return [
        f'The terms of a curve, such as {curve.cell}, have no meaning one by one: fit.plot("effects") draws the curve.'
    ]


def _strongest(rest: list[terms.Term]) -> list[terms.Term]:
    return sorted(rest, key=lambda t: -t.strength)


def _contains(ends: tuple[float, float] | None, value: float) -> bool:
    return ends is None or ends[0] <= value <= ends[1]


def _nonlinear(term: terms.Term) -> str:
    if not term.nonlinear:
        return ""
    return f" This holds near {term.pieces[0].column} = 0 only, because it also enters as {name(term.nonlinear)}."
