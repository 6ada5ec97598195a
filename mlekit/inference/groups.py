"""One group of a grouped fit, as if it had been fitted alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..data.rows import Rows
from ..models.base import Bound
from ..solvers._base import Array, Solution
from .batches import alone, with_base
from .verdict import codes


def single(bound: Bound, solution: Solution, g: int) -> tuple[Bound, Solution]:
    """The problem of one group's rows, and what was found for it."""
    rows: Any = bound.model.rows
    groups: Any = rows.groups
    mine = np.flatnonzero(groups.codes == g)
    problem: Any = bound.problem.take(np.array([g]))
    base = alone(problem if bound.matrix is None else problem.inner)
    model = replace(bound.model, rows=_rows(rows, mine), coefficients=base.coefficients)
    shift = bound.shift if bound.shift is None or len(bound.shift) == 1 else bound.shift[g : g + 1]
    return with_base(replace(bound, model=model, shift=shift), base), _solution(bound, solution, g, groups.count)


def _rows(rows: Rows, mine: Array) -> Rows:
    return replace(
        rows,
        observations=rows.observations.take(mine),
        weights=None if rows.weights is None else rows.weights[mine],
        designs={param: design.take(mine) for param, design in rows.designs.items()},
        offset=None if rows.offset is None else rows.offset[mine],
        table=None if rows.table is None else rows.table.take(mine),
        groups=None,
        index=None if rows.index is None else rows.index[mine],
    )


def _solution(bound: Bound, solution: Solution, g: int, count: int) -> Solution:
    def of(value: Any) -> Any:
        return None if value is None else value[g : g + 1]

    natural = solution.natural
    return replace(
        solution,
        z=of(solution.z),
        value=of(solution.value),
        status=codes(bound, solution, slice(g, g + 1)),
        decrement=of(solution.decrement),
        hessian=of(solution.hessian),
        natural=None if natural is None else {name: _last(value, g, count) for name, value in natural.items()},
        notes={name: of(note) if np.shape(note)[:1] == (count,) else note for name, note in solution.notes.items()},
    )


def _last(value: Any, g: int, count: int) -> Any:
    """A parameter [G], or [L, G] where it has levels; what is the same for all groups has no such axis."""
    value = np.asarray(value)
    return value[..., g : g + 1] if value.ndim and value.shape[-1] == count else value
