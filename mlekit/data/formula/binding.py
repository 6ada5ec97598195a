"""Terms over the columns of a table: a column is numbers or a category; levels and scales are learned.

state     {"formula", "dot", "intercept", "learned"}: all that new data need, as JSON can hold it
learned   by the spelling of a factor: {"levels", "base"} of a category, {"fields", "spans", "state"} of a basis,
          {"center", "scale"}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np

from mlekit.data.formula import Formula, Table, parse
from mlekit.data.formula.arithmetic import Call, Node, columns
from mlekit.data.formula.coding import Coded, code
from mlekit.data.formula.functions import Values
from mlekit.data.formula.terms import Term, known, numeric
from mlekit.data.formula.text import fault
from mlekit.data.labels import Array, Labels, Level
from mlekit.data.pieces import Learned, Store
from mlekit.errors import DataError, nearest

State: TypeAlias = Learned
MOST_LEVELS = 1000


def begin(formula: Formula, table: Table, intercept: bool, exclude: Iterable[str]) -> State:
    """Return the state of a formula over a table, before anything is learned."""
    known(formula.columns, table.names, formula.text)
    return {"formula": formula.text, "dot": formula.dot(table.names, exclude), "intercept": intercept, "learned": {}}


def terms(state: State) -> tuple[list[Term], list[Node]]:
    """Return the terms of a state, and apart from them its offsets."""
    return terms_of(parse(state["formula"]), state)


def terms_of(formula: Formula, state: State) -> tuple[list[Term], list[Node]]:
    """Return the same of a formula that has been parsed."""
    both = formula.terms(state["dot"], intercept=state["intercept"])
    rest = [term for term in both if not any(factor.kind == "offset" for factor in term)]
    offsets = [factor for term in both for factor in term if factor.kind == "offset"]
    crossed = [factor for term in both for factor in term if factor.kind == "offset" and len(term) > 1]
    if crossed:
        raise fault(formula.text, columns(crossed[0])[0].at, "offset() is added to the terms and has no interactions")
    if not rest:
        raise fault(formula.text, 0, "this leaves no term: 1 is the intercept")
    return rest, offsets


def gather(formula: Formula, state: State, table: Table, *, fresh: bool) -> tuple[list[Coded], Store, Array | None]:
    """Return the columns, their sources, and the sum of the offsets; if `fresh`, the state learns."""
    rest, offsets = terms_of(formula, state)
    store = Store({}, {}, {}, state["learned"])
    for factor in {factor.text: factor for term in rest for factor in term}.values():
        _require(factor, table)
        if _is_category(factor, table, store.learned, fresh):
            _code(factor, table, store, fresh, state["formula"])
        else:
            values = _numbers(factor, table, store, fresh)
            if factor.kind == "basis":
                store.bases[factor.text] = values()
    added = [np.asarray(_numbers(offset, table, store, fresh)()) for offset in offsets]
    return code(rest, store.learned), store, np.sum(added, axis=0) if added else None


def _require(factor: Node, table: Table) -> None:
    """Raise a DataError if new data lack a column of the formula."""
    for name in factor.names:
        if name not in table.names:
            raise DataError(f"there is no column {name!r}, which {factor.text} needs; {nearest(name, table.names)}")


def _is_category(factor: Node, table: Table, learned: State, fresh: bool) -> bool:
    if fresh and factor.kind == "column":
        return isinstance(table.column(factor.name), Labels)
    return factor.kind == "levels" or "levels" in learned.get(factor.text, {})


def _numbers(factor: Node, table: Table, store: Store, fresh: bool) -> Callable[[], Values]:
    """Put the columns of a factor that is arithmetic into the store; the call that gives its values."""
    _require(factor, table)
    for name in factor.names:
        store.numbers[name] = numeric(table, name, factor.text)
    if fresh:
        factor.learn(store.numbers.__getitem__, store.learned)
    return lambda: factor.values(store.numbers.__getitem__, store.learned)


def _code(factor: Node, table: Table, store: Store, fresh: bool, text: str) -> None:
    """Put the codes of a category into the store; if `fresh`, its levels into what is learned."""
    name = factor.names[0]
    codes, levels = _labels(table.column(name))
    if fresh:
        if factor.kind == "column" and len(levels) > MOST_LEVELS:
            raise DataError(
                f"column {name!r} is text with {len(levels):,} levels: write C({factor.text}) if each is to have a"
                " coefficient, or leave it out"
            )
        store.learned[factor.text] = {"levels": levels, "base": _base(factor, levels, text)}
    store.codes[factor.text] = _matched(codes, levels, store.learned[factor.text]["levels"], name)


def _labels(values: Array | Labels) -> tuple[Array, list[Level]]:
    """Codes and levels; of numbers the distinct ones in order."""
    if isinstance(values, Labels):
        return values.codes, [_plain(level) for level in values.levels]
    present = ~np.isnan(values)
    levels, inverse = np.unique(values[present], return_inverse=True)
    codes = np.full(len(values), -1)
    codes[present] = inverse
    return codes, [_plain(level) for level in levels.tolist()]


def _plain(level: Level) -> Level:
    """A level as JSON can hold it."""
    level = level.item() if isinstance(level, np.generic) else level
    return level if type(level) in (str, int, float, bool) else str(level)


def _base(factor: Node, levels: list[Level], text: str) -> int:
    """The place of the reference: the first level, or the one that ref= names."""
    if not isinstance(factor, Call) or "ref" not in factor.options:
        return 0
    ref = factor.options["ref"]
    matches = [k for k, level in enumerate(levels) if level == ref or str(level) == str(ref)]
    if not matches:
        at = columns(factor)[0].at
        raise fault(text, at, f"{ref!r} is not a level of {factor.names[0]!r}; {nearest(ref, map(str, levels[:50]))}")
    return matches[0]


def _matched(codes: Array, levels: list[Level], known_levels: list[Level], name: str) -> Array:
    """Codes into the levels that were learned; any other level is a DataError."""
    if levels == known_levels:
        return codes
    places = {level: place for place, level in enumerate(known_levels)}
    matched = np.array([*(places.get(level, -2) for level in levels), -1])[codes]
    unseen = np.flatnonzero(matched == -2)
    if len(unseen):
        row, level = unseen[0], levels[codes[unseen[0]]]
        more = f" (and {len(unseen) - 1} more rows like it)" if len(unseen) > 1 else ""
        near = nearest(level, map(str, known_levels[:50]))
        raise DataError(f"column {name!r}: row {row} is {level!r}{more}, a level that the fit has not seen; {near}")
    return matched
