"""The columns that a regression or a net was given: what each is, and new rows in which one of them moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ....data.columns import Labels
from ....data.formula.arithmetic import columns as named_in
from ....data.formula.binding import terms
from ...tables import given_columns
from ._rows import at, observed

Array = Any
Parts = tuple[dict[str, Any], dict[str, str], Callable[..., Any], dict[str, list[Any]]]  # of a Given
FEW = 2  # distinct numbers that are drawn as levels


@dataclass(frozen=True)
class Given:
    """Columns by name; `new` makes of them what `fit.predict` takes."""

    columns: Mapping[str, Any]
    weights: Array
    levels: Mapping[str, list[Any]]  # of those that stand for categories
    used: Mapping[str, str]  # a column that moves something -> the parameter that it moves
    new: Callable[[dict[str, Any]], Any]

    def usual(self, name: str) -> Any:
        """The median, or the most frequent level."""
        values = self.columns[name]
        if isinstance(values, Labels):
            return values.levels[int(np.argmax(np.bincount(values.codes, self.weights)))]
        if name in self.levels:
            distinct, codes = np.unique(values, return_inverse=True)
            return distinct[np.argmax(np.bincount(codes, self.weights))].item()
        return float(at(np.asarray(values, dtype=float), self.weights, 0.5))

    def rows(self, name: str, places: Any) -> Any:
        """New rows at these places of one column, the others as usual."""
        others = {it: [self.usual(it)] * len(places) for it in self.columns if it != name}
        return self.new({it: list(places) if it == name else others[it] for it in self.columns})

    def codes(self, name: str) -> Array:
        """Of a column of categories, which level each row has; -1: none of them."""
        values, place = self.columns[name], {level: k for k, level in enumerate(self.levels[name])}
        if isinstance(values, Labels):
            return np.array([place.get(level, -1) for level in values.levels])[values.codes]
        distinct, codes = np.unique(values, return_inverse=True)
        return np.array([place.get(level, -1) for level in distinct.tolist()])[codes]


def given(fit: Any) -> Given:
    """What this fit was given."""
    weights = observed(fit)[1]
    columns, used, new, levels = (_of_net if fit.kin == "net" else _of_formulas)(fit)
    few = {name: np.unique(columns[name]).tolist() for name in used if name not in levels and _few(columns[name])}
    return Given(columns, np.maximum(weights, 0), {**levels, **few}, used, new)


def _few(values: Any) -> bool:
    if isinstance(values, Labels) or len(np.unique(values[:1000])) > FEW:
        return False
    return len(np.unique(values)) <= FEW


def _of_formulas(fit: Any) -> Parts:
    rows, columns, levels = fit.problem.rows, given_columns(fit.problem), {}
    columns.pop(rows.target, None)
    for design in rows.designs.values():
        levels |= _categories(design, columns)
    return columns, _used(rows.designs), dict, levels


def _used(designs: Mapping[str, Any]) -> dict[str, str]:
    """Every column of a term, with the first parameter that has it; offsets are no terms."""
    found: dict[str, str] = {}
    for param, design in designs.items():
        for factor in _factors(design):
            for column in named_in(factor):
                found.setdefault(str(column.column), param)
    return found


def _factors(design: Any) -> Iterator[Any]:
    return (factor for term in terms(design.state())[0] for factor in term)


def _categories(design: Any, columns: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The levels of each column that a design takes as categories."""
    learned = design.levels
    return {
        name: learned[factor.text]
        for factor in _factors(design)
        if factor.text in learned
        for name in [str(column.column) for column in named_in(factor)]
        if name in columns
    }


def _of_net(fit: Any) -> Parts:
    inputs, x = fit.problem.model.inputs, fit.problem.rows.x
    first, state = str(next(iter(fit.family.params))), inputs.state()
    if "design" in state:
        design = inputs.design
        used = _used({first: design})
        columns = {name: design.table.column(name) for name in used}
        return columns, used, dict, _categories(design, columns)
    names = state.get("names", [f"x{k}" for k in range(x.shape[1])])
    columns = dict(zip(names, x.T, strict=True))
    stacked = dict if "names" in state else lambda rows: np.column_stack(list(rows.values())).astype(x.dtype)
    return columns, dict.fromkeys(names, first), stacked, {}
