"""What the name of a coefficient says: a number, a level against its reference, or two columns together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import say
from .view import View

Array = Any
LEVEL = re.compile(r"^(?P<factor>.+)\[(?:T\.)?(?P<level>.*)\]$", re.DOTALL)
WRAPPED = re.compile(r"^C\((?P<column>.+?)(?:,.*)?\)$", re.DOTALL)
CURVES = ("bs(", "cr(", "poly(")


@dataclass(frozen=True)
class Piece:
    """A factor of a term."""

    text: str
    column: str  # what it is about
    level: str | None = None
    reference: str | None = None
    curve: bool = False

    @property
    def still(self) -> str:
        """Where it does not count; of a level without a reference, where it does."""
        return (
            f"{self.column} is {0 if self.level is None else self.level if self.reference is None else self.reference}"
        )

    @property
    def shown(self) -> str:
        """In a formula."""
        return self.column if self.level is None else f"[{self.column} is {self.level}]"


@dataclass(frozen=True)
class Term:
    """A coefficient with what it is about."""

    name: str  # as fit.params calls it
    pieces: tuple[Piece, ...]
    b: float
    error: float
    low: float
    high: float
    partners: tuple[Piece, ...] = ()  # of interactions that it is in
    bent: str = ""  # another term of the same column

    @property
    def intercept(self) -> bool:
        """Whether it is there in every row."""
        return not self.pieces

    @property
    def single(self) -> bool:
        """Whether one sentence can say it: one column, and no curve."""
        return len(self.pieces) == 1 and not self.pieces[0].curve

    @property
    def own(self) -> bool:
        """Whether it is the value at a level, and no difference from another."""
        return self.pieces[0].level is not None and self.pieces[0].reference is None

    @property
    def strength(self) -> float:
        """How far from zero, in errors."""
        return abs(self.b / self.error) if self.error > 0 else 0.0

    @property
    def shown(self) -> str:
        """In a formula."""
        return " * ".join(piece.shown for piece in self.pieces)

    @property
    def subject(self) -> str:
        """At the start of a sentence."""
        piece = self.pieces[0]
        said = f"One more unit of {piece.column}" if piece.level is None else f"{piece.column} {piece.level}"
        said += "" if piece.level is None or piece.reference is None else f" rather than {piece.reference}"
        where = [partner.still for partner in self.partners]
        return said + (f", where {say.listed(where)}," if where else "")

    @property
    def cell(self) -> str:
        """In a list."""
        if len(self.pieces) != 1 or self.pieces[0].level is None or self.pieces[0].reference is None:
            return say.name(" : ".join(p.column if p.level is None else f"{p.column} {p.level}" for p in self.pieces))
        piece = self.pieces[0]
        return say.name(f"{piece.column} {piece.level}, not {piece.reference}")


@dataclass(frozen=True)
class Block:
    """The formula of one free coordinate of the law."""

    param: str
    level: Any  # of shares; None of a number
    terms: list[Term]


def blocks(view: View) -> list[Block]:
    """The formulas of a fit."""
    return list(_blocks(view))


def _blocks(view: View) -> Iterator[Block]:
    named = {k: name for name, k in view.coefficients.coordinate.items()}
    switches = view.switches
    for run in view.coefficients.runs:
        if run.design is None:
            continue
        pieces = [_pieces(name, run.design.state()["learned"], switches) for name in run.design.names]
        first = run.where.start
        terms = [_term(view, named[first + k], pieces, k) for k in range(len(pieces))]
        levels = view.family.levels(run.param)
        yield Block(run.param, levels[run.position + 1] if levels else None, terms)


def _term(view: View, name: str, every: list[tuple[Piece, ...]], k: int) -> Term:
    own = every[k]
    low, high = view.intervals[0].get(name, (np.nan, np.nan))
    partners: list[Piece] = []
    bent = ""
    if len(own) == 1:
        for other in every:
            if len(other) > 1 and any(piece.column == own[0].column for piece in other):
                partners += [
                    p for p in other if p.column != own[0].column and p.column not in {q.column for q in partners}
                ]
            elif len(other) == 1 and other[0].column != own[0].column and _mentions(other[0].text, own[0].column):
                bent = other[0].text
    return Term(name, own, view.value[name], view.error[name], low, high, tuple(partners), bent)


def _mentions(text: str, column: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", text) is not None


def _pieces(name: str, learned: Any, switches: Collection[str] = ()) -> tuple[Piece, ...]:
    return () if name == "Intercept" else tuple(_piece(part, learned, switches) for part in _split(name))


def _piece(text: str, learned: Any, switches: Collection[str]) -> Piece:
    if text.strip("`") in switches:
        return Piece(text, say.name(text.strip("`")), "True", "False")
    found = LEVEL.match(text)
    if found is None or found["factor"] not in learned or "levels" not in learned[found["factor"]]:
        return Piece(text, say.name(text.strip("`")), curve=text.startswith(CURVES))
    kept, factor = learned[found["factor"]], found["factor"]
    wrapped = WRAPPED.match(factor)
    column = say.name((wrapped["column"] if wrapped else factor).strip("`"))
    base = kept.get("base")
    reference = say.name(kept["levels"][base]) if "[T." in text and base is not None else None
    return Piece(text, column, say.name(found["level"]), reference)


def _split(name: str) -> list[str]:
    """The factors of a product: at colons that stand in no bracket, quote or backtick."""
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


def ranges(view: View) -> dict[str, tuple[float, float]]:
    """From where to where the numeric columns go."""
    found: dict[str, tuple[float, float]] = {}
    for param, design in view.designs.items():
        if view.y is None or len(view.rows) * len(design.names) > 10**7:
            continue
        x = design.block(0, len(view.rows))
        run = next(run for run in view.coefficients.runs if run.param == param)
        for k, name in enumerate(run.design.names):
            piece = _pieces(name, design.state()["learned"], view.switches)
            if len(piece) == 1 and piece[0].level is None and piece[0].text.replace("`", "") in view.columns:
                found[piece[0].column] = (float(x[:, k].min()), float(x[:, k].max()))
    return found
