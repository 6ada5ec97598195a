"""A law whose parameters follow formulas of columns."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from ...inference.distribution import varies
from . import links, solving, terms
from .laws import Words
from .page import Line
from .say import columns, label, listed, many, name, num, span
from .view import View, attempt

SHOWN, FEW = 6, 3


class Regression:
    """The same questions of a formula."""

    def __init__(self, view: View, words: Words) -> None:
        self.v, self.words = view, words

    @cached_property
    def blocks(self) -> list[terms.Block]:
        return terms.blocks(self.v)

    def link(self, param: str) -> links.Scale:
        """The words of a parameter's link."""
        return links.get(self.v.family.link(param))

    # -- what was assumed ------------------------------------------------------------------------------------

    def assumed(self) -> list[str]:
        said = [self.words.each()]
        said += [Line(self._equation(block)) for block in self.blocks[:2]]
        if len(self.blocks) > 2:
            said.append(f"and so on for {len(self.blocks) - 2} more: fit.params has them all.")
        if not self.blocks:
            said.append(Line(f"{self.link(self._first).left(self._first)} = a constant + the offset"))
        return [*said, *self._offset(), *self._others(), "Given the columns, rows are independent of one another."]

    @property
    def _first(self) -> str:
        return next(iter(self.v.family.params))

    def _equation(self, block: terms.Block) -> str:
        """The formula with its numbers, the strongest terms."""
        left = self.link(block.param).left(block.param)
        if block.level is not None:
            first = name(self.v.family.classes()[0])
            left = f"log({block.param}[{name(block.level)}]/{block.param}[{first}])"
        start = [num(t.b) for t in block.terms if t.intercept]
        rest = [t for t in block.terms if not t.intercept and t.b]
        shown = set(map(id, _strongest(rest)[:SHOWN]))
        for t in (t for t in rest if id(t) in shown):
            sign = "-" if t.b < 0 else "+" if start else ""
            start.append(f"{sign}{' ' if sign and start else ''}{num(abs(t.b))} {t.shown}")
        more = " + ..." if len(rest) > SHOWN else ""
        moved = " + offset" if self.v.rows.offset is not None and block.param == self._first else ""
        return f"{left} = {' '.join(start)}{more}{moved}"

    def _offset(self) -> list[str]:
        if self.v.rows.offset is None:
            return []
        column = self.v.rows.offset_from
        whose = f"the column {name(column)}" if column else "what you gave as offset"
        return [f"The offset is {whose}: it is added with a coefficient of exactly 1, and nothing was fitted to it."]

    def _others(self) -> list[str]:
        """Parameters without a formula."""
        same = [p for p in self.v.family.params if p not in self.v.designs and p != self._first]
        return [f"{listed(same)} {'is' if len(same) == 1 else 'are'} the same for all rows."] if same else []

    # -- how -------------------------------------------------------------------------------------------------

    def objective(self) -> list[str]:
        row = self.words.row or f"log f(y; {', '.join(self.v.family.params)})"
        return [
            (
                f"The log-likelihood of the coefficients adds up, over {many(self.v.n, 'row')}, the log density of "
                "each under the law that its own columns give it:"
            ),
            Line(f"log L = sum of [ {row} ] = {num(self.v.fit.llf)}"),
        ]

    def solution(self) -> list[str]:
        if self.v.code == "closed_form" and self.v.ok:
            return solving.least_squares(self.v)
        return [*self._score(), *solving.searched(self.v)]

    def _score(self) -> list[str]:
        """What the slopes are where residuals add up to zero."""
        natural = self.v.family.link(self._first).name == self.words.canonical
        alone = list(self.v.designs) == [self._first]
        if not (natural and alone and self.v.ok) or self.v.believed or self.v.held or self.v.tied:
            return []
        weight = "weight " if self.v.rows.weighted else ""
        return [
            (
                "At the top all slopes are zero, which here says: what the law expects and what came agree in total, "
                "and column by column."
            ),
            Line(f"sum of {weight}({self.words.left}) x = 0 for every column x, ones for the intercept"),
        ]

    # -- what it means ---------------------------------------------------------------------------------------

    def meaning(self) -> list[str]:
        said: list[str] = []
        for block in self.blocks[:2]:
            said += self._block(block)
        if len(self.blocks) > 2:
            said.append(f"The other {len(self.blocks) - 2} formulas read the same way.")
        if not self.blocks:
            return [f"Where the offset is 0, {self.words.noun(self._first)} is {num(self.v.value[self._first])}."]
        constant = [n for n in self.v.names if n in self.v.family.params]
        told = listed(f"{n} = {num(self.v.value[n])}" for n in constant)
        said += self._left_over() or ([f"Beside the formula: {told}."] if constant else [])
        return [*said, *self._association()]

    def _association(self) -> list[str]:
        """What a coefficient is not."""
        columns = {p.column for block in self.blocks for t in block.terms for p in t.pieces}
        if not columns:
            return []
        held = "Each is read with the other columns held where they are. " if len(columns) > 1 else ""
        one = "one column" if held else next(iter(columns))
        return [
            (
                f"{held}Rows that differ in {one} may differ in what was never measured too: this is an association, "
                "not what would happen if you changed it."
            )
        ]

    def _noun(self, block: terms.Block) -> str:
        if block.level is None:
            return self.words.noun(block.param)
        first = label(self.v.family.classes()[0])
        return f"the probability of {label(block.level)} over that of {first}"

    def _block(self, block: terms.Block) -> list[str]:
        scale, noun = self.link(block.param), self._noun(block)
        told = [t for t in block.terms if not t.intercept and t.name not in self.v.held and t.name not in self.v.rests]
        rest = _strongest(told)
        said = [scale.how(noun)] if block is self.blocks[0] or block.param != self.blocks[0].param else []
        first = next((t for t in rest if t.single), None)
        if first is not None:
            said.append(f"{self._sentence(block, first, scale, noun)}.{_bent(first)}")
            at = scale.at(first.b, self._average) if block is self.blocks[0] and not first.own else ""
            said += [at] if at else []
        return [*said, *_others(rest, first, scale), *_together(rest), *_curved(rest), *self._start(block, scale, noun)]

    def _still(self, block: terms.Block, own: terms.Term | None = None) -> list[str]:
        """Where all terms but this one are zero."""
        pieces = {p.column: p for t in block.terms for p in t.pieces if p.level is None or p.reference is not None}
        where = [own.pieces[0].still] if own is not None else []
        where += [p.still for p in pieces.values()] if len(pieces) <= FEW else ["every column is 0 or at its reference"]
        moved = self.v.rows.offset is not None and block.param == self._first
        return [*where, *["the offset is 0"] * moved]

    def _sentence(self, block: terms.Block, term: terms.Term, scale: links.Scale, noun: str) -> str:
        if term.own:
            return f"Where {listed(self._still(block, term))}, {scale.start(noun, term.b)}"
        return scale.sentence(term.subject, noun, term.b, term.low, term.high)

    def _start(self, block: terms.Block, scale: links.Scale, noun: str) -> list[str]:
        start = next((t for t in block.terms if t.intercept), None)
        if start is None or block.level is not None:
            return []
        if any(p.curve for t in block.terms for p in t.pieces):
            return []
        where = self._still(block)
        if not where:
            return [f"For all rows {scale.start(noun, start.b)}."]
        numbers = dict.fromkeys(p.column for t in block.terms for p in t.pieces if p.level is None)
        outside = [column for column in numbers if not _holds(self._ranges.get(column), 0.0)]
        far = (
            f" No row has {listed(outside[:3], 'or')} at 0: that is where the formula starts, not a finding."
            if outside
            else ""
        )
        return [f"Intercept: where {listed(where)}, {scale.start(noun, start.b)}.{far}"]

    @cached_property
    def _ranges(self) -> dict[str, tuple[float, float]]:
        return terms.ranges(self.v)

    @cached_property
    def _average(self) -> float | None:
        """The mean of what is predicted, of rows that have a probability."""
        if self.v.y is None or not varies(self.v.problem):
            return None
        found = attempt(lambda: self.v.fit.predict(which=self._first))
        return None if found is None or np.ndim(found) != 1 else self.v.mean(np.asarray(found))

    def _left_over(self) -> list[str]:
        """What the columns explain, of least squares."""
        y = self.v.y
        if y is None or not self.v.family.has_residuals or "sd" not in self.v.value or self.v.believed:
            return []
        if all(t.intercept for block in self.blocks for t in block.terms):
            return []
        total = self.v.mean((y - self.v.mean(y)) ** 2)
        left = self.v.mean(np.asarray(self.v.residuals("response")) ** 2)
        if not total > 0:
            return []
        return [
            (
                f"Rows scatter about the formula with an sd of {num(left**0.5)}; about their plain mean it was "
                f"{num(total**0.5)}. So the columns account for {num(100 * (1 - left / total), 3)}% of the variance of "
                f"{self.v.target}."
            )
        ]


def _others(rest: list[terms.Term], first: terms.Term | None, scale: links.Scale) -> list[str]:
    """The terms that no sentence tells."""
    others = [t for t in rest if t is not first][: SHOWN - 1]
    if not others:
        return []
    hidden = len(rest) - len(others) - (first is not None)
    left = f"; for the other {hidden} see fit.tidy()" if hidden > 0 else ""
    start = "Then" if first else "The terms"
    ordered = "the strongest first, with 95% intervals" if len(others) > 1 else "with its 95% interval"
    return [f"{start}, {ordered}{left}:", *map(Line, columns([_row(t, scale) for t in others]))]


def _row(term: terms.Term, scale: links.Scale) -> list[str]:
    """A coefficient in a table; of a level without a reference the value there."""
    if not (term.single and term.own):
        return [term.cell, scale.short(term.b), scale.ends(term.low, term.high)]
    ends = span(*sorted(map(scale.value, (term.low, term.high)))) if term.low == term.low else ""
    return [term.cell, num(scale.value(term.b)), ends]


def _together(rest: list[terms.Term]) -> list[str]:
    """Interactions."""
    mixed = next((t for t in rest if len(t.pieces) > 1), None)
    if mixed is None:
        return []
    own = next((p for p in mixed.pieces if p.level is not None and p.reference is None), None)
    if own is not None:
        return [f"{mixed.cell} counts where {own.still}, and nowhere else: each level has such a term of its own."]
    a, b = mixed.pieces[:2]
    return [
        (
            f"{mixed.cell} is an interaction: what {a.column} goes with depends on {b.column}, and this is by how much "
            f"that changes. The terms of {a.column} or {b.column} alone hold where the other is 0 or at its reference."
        )
    ]


def _curved(rest: list[terms.Term]) -> list[str]:
    """Pieces of a curve."""
    curve = next((t for t in rest if any(p.curve for p in t.pieces)), None)
    if curve is None:
        return []
    return [
        f'The pieces of a curve, such as {curve.cell}, mean nothing one by one: fit.plot("effects") draws it whole.'
    ]


def _strongest(rest: list[terms.Term]) -> list[terms.Term]:
    return sorted(rest, key=lambda t: -t.strength)


def _holds(ends: tuple[float, float] | None, value: float) -> bool:
    return ends is None or ends[0] <= value <= ends[1]


def _bent(term: terms.Term) -> str:
    if not term.bent:
        return ""
    return f" That is near {term.pieces[0].column} = 0 only, because it also enters as {name(term.bent)}."
