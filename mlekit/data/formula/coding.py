"""Terms over known levels as named columns, so that no term repeats what stands before it.

A category with k levels is k indicators, one of which is redundant beside an intercept. In general a category spans the
constant and its k - 1 contrasts T, so a term spans every product of these, and what earlier terms span is left out:

    1 + z        {1}, {z.T}                   z[T.b] z[T.c]
    0 + z        {1, z.T} = z                 z[a] z[b] z[c]
    1 + z:w      {z.T, w.T, z.T w.T}          w[T.q], then z[T.b]:w[p] ...: {z.T, z.T w.T} = z.T w

`s` and `s f.T` together are `s f`: that rule is applied until nothing is left to join.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from math import prod
from typing import NamedTuple

from mlekit.data.formula.arithmetic import Column, Node
from mlekit.data.formula.terms import Term
from mlekit.data.pieces import Field, Indicator, Learned, Piece, Plain, Product, Values
from mlekit.errors import DataError, IdentifiabilityError

Span = frozenset[tuple[str, bool]]  # factors by their spelling, and whether only their contrasts are meant
MOST_COLUMNS = 100_000


class Coded(NamedTuple):
    """A column of the design, its name, and that of its term."""

    name: str
    column: Product
    term: str


def code(terms: Iterable[Term], learned: Learned) -> list[Coded]:
    """Return the columns of the terms in order; `learned` has the levels of categories and the fields of bases."""
    spanned: set[Span] = set()
    coded: list[Coded] = []
    for term in terms:
        fresh = [span for span in _spans(term, learned) if span not in spanned]
        spanned.update(fresh)
        coded += [column for span in _joined(fresh) for column in _columns(term, dict(span), learned)]
    return coded


def _spans(term: Term, learned: Learned) -> list[Span]:
    """The products of constants and contrasts that a term spans, the full one first."""
    choices = [((f.text, True), None) if _has_constant(f, learned) else ((f.text, False),) for f in term]
    return [frozenset(part for part in parts if part) for parts in product(*choices)]


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The fewest products that span the same."""
    kept: list[Span] = []
    for span in sorted(spans, key=len):
        kept = _with(kept, span)
    return kept


def _with(kept: list[Span], span: Span) -> list[Span]:
    for smaller in kept:
        extra = span - smaller
        if len(span) == len(smaller) + 1 and len(extra) == 1 and next(iter(extra))[1]:
            full = (next(iter(extra))[0], False)
            return _joined([*(s for s in kept if s is not smaller), smaller | {full}])
    return [*kept, span]


def _has_constant(factor: Node, learned: Learned) -> bool:
    state = learned.get(factor.text, {})
    return "levels" in state or bool(state.get("spans"))


def _columns(term: Term, span: dict[str, bool], learned: Learned) -> list[Coded]:
    """Every product of a column of each factor, the first factor's varying fastest."""
    factors = [_fields(f, learned, contrasts=span[f.text]) for f in term if f.text in span]
    width, whole = prod(map(len, factors)), ":".join(f.name for f in term) or "Intercept"
    if width > MOST_COLUMNS:
        raise DataError(f"{whole} makes {width:,} columns: join levels, or leave a factor out")
    return [
        Coded(":".join(n for n, _ in fields) or "Intercept", Product(tuple(piece for _, piece in fields)), whole)
        for fields in (reverse[::-1] for reverse in product(*reversed(factors)))
    ]


def _fields(factor: Node, learned: Learned, *, contrasts: bool) -> list[tuple[str, Piece]]:
    """The columns of one factor."""
    state = learned.get(factor.text, {})
    if "levels" in state:
        sign, skipped = ("T.", state["base"]) if contrasts else ("", -1)
        levels = list(enumerate(state["levels"]))
        if contrasts and len(levels) == 1:
            raise IdentifiabilityError(
                f"{factor.name} is {levels[0][1]!r} in every row, as the intercept is 1: leave it out"
            )
        return [(f"{factor.name}[{sign}{v}]", Indicator(factor.text, k)) for k, v in levels if k != skipped]
    if "fields" in state:
        names = list(enumerate(state["fields"]))[int(contrasts) :]
        return [(f"{factor.name}[{name}]", Field(factor.text, j)) for j, name in names]
    return [(factor.name, Plain(factor.column) if isinstance(factor, Column) else Values(factor))]
