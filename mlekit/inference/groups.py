"""One group of a grouped fit, as if it had been fitted alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..data.rows import Rows
from ..models.posterior import LogPosterior
from ..solvers._base import Array, Solution
from .verdict import codes


def single(solution: Solution, g: int) -> Solution:
    """The solution of one group, with the problem of its rows alone."""
    problem = solution.problem
    rows: Rows = problem.rows
    mine = np.flatnonzero(rows.groups.codes == g)
    return _solution(solution, g, rows.groups.count, problem.of_group(g, _rows(rows, mine)))


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


def _solution(solution: Solution, g: int, count: int, problem: LogPosterior) -> Solution:
    def of(value: Any) -> Any:
        return None if value is None else value[g : g + 1]

    params, errors = solution.params, solution.errors
    return replace(
        solution,
        problem=problem,
        z=of(solution.z),
        value=of(solution.value),
        status=codes(solution, slice(g, g + 1)),
        decrement=of(solution.decrement),
        hessian=of(solution.hessian),
        params=params and {name: _last(value, g, count) for name, value in params.items()},
        errors=errors and errors._replace(covariance=of(errors.covariance)),
        notes={name: of(note) if np.shape(note)[:1] == (count,) else note for name, note in solution.notes.items()},
    )


def _last(value: Any, g: int, count: int) -> Any:
    """A parameter [G], or [L, G] where it has levels; what is the same for all groups has no such axis."""
    value = np.asarray(value)
    return value[..., g : g + 1] if value.ndim and value.shape[-1] == count else value
