"""Terms of a regression, read from the names of its coefficients: a column, a level, or an interaction of columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .facts import Facts
from .formatting import listed
from .formatting import name as short

if TYPE_CHECKING:
    from ...data.design import State

LEVEL = re.compile(r"^(?P<factor>.+)\[(?:T\.)?(?P<level>.*)\]$", re.DOTALL)
WRAPPED = re.compile(r"^C\((?P<column>.+?)(?:,.*)?\)$", re.DOTALL)
CURVES = ("bs(", "cr(", "poly(")


@dataclass(frozen=True)
class Piece:
    """A factor of a term."""

    text: str
    column: str
    level: str | None = None
    reference: str | None = None
    curve: bool = False

    @property
    def baseline(self) -> str:
        """The condition under which the factor is zero; for a level without a reference, under which it is one."""
        level = self.level if self.reference is None else self.reference
        return f"{self.column} is {0 if level is None else level}"

    @property
    def formula(self) -> str:
        """The factor as it is written in a formula."""
        return self.column if self.level is None else f"[{self.column} is {self.level}]"


@dataclass(frozen=True)
class Term:
    """A coefficient with its factors, estimate and interval."""

    name: str  # in fit.params
    pieces: tuple[Piece, ...]
    b: float
    error: float
    low: float
    high: float
    partners: tuple[Piece, ...] = ()  # the other factors of interactions that contain its column
    nonlinear: str = ""  # another term of the same column

    @property
    def intercept(self) -> bool:
        """True for the intercept."""
        return not self.pieces

    @property
    def single(self) -> bool:
        """True for a term of one column that is not part of a curve."""
        return len(self.pieces) == 1 and not self.pieces[0].curve

    @property
    def own(self) -> bool:
        """True if the coefficient is the value at a level, not a difference from a reference level."""
        return self.pieces[0].level is not None and self.pieces[0].reference is None

    @property
    def strength(self) -> float:
        """Distance of the coefficient from zero, in standard errors."""
        return abs(self.b / self.error) if self.error > 0 else 0.0

    @property
    def formula(self) -> str:
        """The term as it is written in a formula."""
        return " * ".join(piece.formula for piece in self.pieces)

    @property
    def subject(self) -> str:
        """The term as the subject of a sentence."""
        piece = self.pieces[0]
        subject = f"One more unit of {piece.column}" if piece.level is None else f"{piece.column} {piece.level}"
        subject += "" if piece.level is None or piece.reference is None else f" rather than {piece.reference}"
        where = [partner.baseline for partner in self.partners]
        return subject + (f", where {listed(where)}," if where else "")

    @property
    def cell(self) -> str:
        """The term in a table."""
        if len(self.pieces) != 1 or self.pieces[0].level is None or self.pieces[0].reference is None:
            return short(" : ".join(p.column if p.level is None else f"{p.column} {p.level}" for p in self.pieces))
        piece = self.pieces[0]
        return short(f"{piece.column} {piece.level} vs {piece.reference}")


@dataclass(frozen=True)
class Block:
    """Formula of one parameter, or of the probability of one level."""

    param: str
    level: object  # of probabilities; None for a parameter
    terms: list[Term]


def blocks(facts: Facts) -> list[Block]:
    """Return the formulas of a fit."""
    return list(_blocks(facts))


def _blocks(facts: Facts) -> Iterator[Block]:
    named = {k: name for name, k in facts.coefficients.coordinate.items()}
    booleans = facts.boolean_columns
    for run in facts.coefficients.runs:
        if run.design is None:
            continue
        pieces = [_pieces(name, run.design.state()["learned"], booleans) for name in run.design.names]
        first = run.where.start
        terms = [_term(facts, named[first + k], pieces, k) for k in range(len(pieces))]
        levels = facts.family.levels(run.param)
        yield Block(run.param, levels[run.position + 1] if levels else None, terms)


def _term(facts: Facts, name: str, every: list[tuple[Piece, ...]], k: int) -> Term:
    own = every[k]
    low, high = facts.intervals[0].get(name, (np.nan, np.nan))
    partners: list[Piece] = []
    nonlinear = ""
    if len(own) == 1:
        for other in every:
            if len(other) > 1 and any(piece.column == own[0].column for piece in other):
                partners += [
                    p for p in other if p.column != own[0].column and p.column not in {q.column for q in partners}
                ]
            elif len(other) == 1 and other[0].column != own[0].column and _mentions(other[0].text, own[0].column):
                nonlinear = other[0].text
    return Term(name, own, facts.value[name], facts.error[name], low, high, tuple(partners), nonlinear)


def _mentions(text: str, column: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", text) is not None


def _pieces(name: str, learned: State, booleans: Collection[str] = ()) -> tuple[Piece, ...]:
    return () if name == "Intercept" else tuple(_piece(part, learned, booleans) for part in _split(name))


def _piece(text: str, learned: State, booleans: Collection[str]) -> Piece:
    if text.strip("`") in booleans:
        return Piece(text, short(text.strip("`")), "True", "False")
    found = LEVEL.match(text)
    if found is None or found["factor"] not in learned or "levels" not in learned[found["factor"]]:
        return Piece(text, short(text.strip("`")), curve=text.startswith(CURVES))
    kept, factor = learned[found["factor"]], found["factor"]
    wrapped = WRAPPED.match(factor)
    column = short((wrapped["column"] if wrapped else factor).strip("`"))
    base = kept.get("base")
    reference = short(kept["levels"][base]) if "[T." in text and base is not None else None
    return Piece(text, column, short(found["level"]), reference)


def _split(name: str) -> list[str]:
    """Factors of a product, split at colons outside of brackets, quotes and backticks."""
    parts, depth, quote = [""], 0, ""
    for letter in name:
        if quote or letter in "`'\"":
            quote = "" if letter == quote else quote or letter
        depth += (letter in "([") - (letter in ")]") if not quote else 0
        if letter == ":" and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def ranges(facts: Facts) -> dict[str, tuple[float, float]]:
    """Return the least and the greatest value of each numeric column."""
    found: dict[str, tuple[float, float]] = {}
    for param, design in facts.designs.items():
        if not facts.readable or len(facts.rows) * len(design.names) > 10**7:
            continue
        x = design.block(0, len(facts.rows))
        run = next(run for run in facts.coefficients.runs if run.param == param)
        assert run.design is not None
        for k, name in enumerate(run.design.names):
            piece = _pieces(name, design.state()["learned"], facts.boolean_columns)
            if len(piece) == 1 and piece[0].level is None and piece[0].text.replace("`", "") in facts.columns:
                found[piece[0].column] = (float(x[:, k].min()), float(x[:, k].max()))
    return found
