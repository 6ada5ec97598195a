"""Columns of a regression or a network: what each is, and new rows in which one of them varies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ....data.formula.arithmetic import columns as columns_in
from ....data.formula.binding import terms
from ....data.labels import Labels
from ...tables import given_columns, response_columns
from ._rows import weighted_quantile, weights_of

if TYPE_CHECKING:
    from typing import TypeAlias

    from ....data.design import Design
    from ....data.formula.arithmetic import Node
    from ....data.labels import Column
    from ....fits import Fit, NetworkFit

Levels: TypeAlias = "list[Any]"  # values of the caller
FEW = 2  # distinct numbers that are drawn as levels


@dataclass(frozen=True)
class Given:
    """Columns by name; `new` makes of them what `fit.predict` takes."""

    columns: Mapping[str, Column]
    weights: NDArray[np.float64]
    used: Mapping[str, str]  # column -> the parameter that it affects
    levels: Mapping[str, Levels]  # of columns that stand for categories
    new: Callable[[dict[str, Levels]], Any]

    def typical(self, name: str) -> Any:
        """Return the median of a column, or its most frequent level."""
        values = self.columns[name]
        if isinstance(values, Labels):
            return values.levels[int(np.argmax(np.bincount(values.codes, self.weights)))]
        if name in self.levels:
            distinct, codes = np.unique(values, return_inverse=True)
            return distinct[np.argmax(np.bincount(codes, self.weights))].item()
        return float(weighted_quantile(np.asarray(values, dtype=float), self.weights, 0.5))

    def rows(self, name: str, places: Sequence[Any] | NDArray[np.float64]) -> Any:
        """Return new rows at these values of one column, with typical values of the others."""
        others = {it: [self.typical(it)] * len(places) for it in self.columns if it != name}
        return self.new({it: list(places) if it == name else others[it] for it in self.columns})

    def codes(self, name: str) -> NDArray[np.int64]:
        """Return the place of each row of a categorical column among its levels; -1 for none of them."""
        values, place = self.columns[name], {level: k for k, level in enumerate(self.levels[name])}
        if isinstance(values, Labels):
            return np.array([place.get(level, -1) for level in values.levels])[values.codes]
        distinct, codes = np.unique(values, return_inverse=True)
        return np.array([place.get(level, -1) for level in distinct.tolist()])[codes]


def given(fit: Fit | NetworkFit) -> Given:
    """Return the columns of a fit."""
    weights = np.maximum(weights_of(fit), 0)
    found = _of_network(fit, weights) if fit.trained is True else _of_formulas(fit, weights)
    columns, levels = found.columns, found.levels
    few = {name: own for name in found.used if name not in levels and (own := _few(columns[name]))}
    return Given(columns, weights, found.used, {**levels, **few}, found.new)


def _few(values: Column) -> Levels:
    """The values of a numeric column that has only a few."""
    if isinstance(values, Labels) or len(np.unique(values[:1000])) > FEW:
        return []
    distinct = np.unique(values).tolist()
    return distinct if len(distinct) <= FEW else []


def _of_formulas(fit: Fit, weights: NDArray[np.float64]) -> Given:
    rows, columns = fit.problem.rows, given_columns(fit.problem)
    used = _used(rows.designs)
    for name in response_columns(fit.problem).keys() - used.keys():
        columns.pop(name, None)
    levels: dict[str, Levels] = {}
    for design in rows.designs.values():
        levels |= _categories(design, columns)
    return Given(columns, weights, used, levels, dict)


def _used(designs: Mapping[str, Design]) -> dict[str, str]:
    """Every column in a term, with the first parameter whose formula has it; offsets are not terms."""
    found: dict[str, str] = {}
    for param, design in designs.items():
        for factor in _factors(design):
            for column in columns_in(factor):
                found.setdefault(str(column.column), param)
    return found


def _factors(design: Design) -> Iterator[Node]:
    return (factor for term in terms(design.state())[0] for factor in term)


def _categories(design: Design, columns: Mapping[str, Column]) -> dict[str, Levels]:
    """The levels of each column that a design treats as categorical."""
    learned = design.levels
    return {
        name: learned[factor.text]
        for factor in _factors(design)
        if factor.text in learned
        for name in [str(column.column) for column in columns_in(factor)]
        if name in columns
    }


def _of_network(fit: NetworkFit, weights: NDArray[np.float64]) -> Given:
    inputs, x = fit.problem.model.inputs, fit.problem.rows.x
    first, state = str(next(iter(fit.family.params))), inputs.state()
    if "design" in state:
        design = inputs.design
        used = _used({first: design})
        columns = {name: design.table.column(name) for name in used}
        return Given(columns, weights, used, _categories(design, columns), dict)
    names = state.get("names", [f"x{k}" for k in range(x.shape[1])])
    columns = dict(zip(names, x.T, strict=True))
    stacked = dict if "names" in state else lambda rows: np.column_stack(list(rows.values())).astype(x.dtype)
    return Given(columns, weights, dict.fromkeys(names, first), {}, stacked)
