"""One group of a grouped fit, as if it had been fitted separately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..data.rows import Rows
from ..models.posterior import Fitted, LogPosterior
from ..numerics.arrays import Codes, Floats, Numbers
from .verdict import codes


def single(solution: Fitted, g: int) -> Fitted:
    """The solution of one group, with the problem of its own rows."""
    problem = solution.problem
    groups = problem.rows.groups
    assert groups is not None
    rows = _rows(problem.rows, np.flatnonzero(groups.codes == g))
    return _solution(solution, g, groups.count, problem.of_group(g, rows))


def _rows(rows: Rows, at: Codes) -> Rows:
    return replace(
        rows,
        observations=rows.observations.take(at),
        weights=None if rows.weights is None else rows.weights[at],
        designs={param: design.take(at) for param, design in rows.designs.items()},
        offset=None if rows.offset is None else rows.offset[at],
        table=None if rows.table is None else rows.table.take(at),
        groups=None,
        index=None if rows.index is None else rows.index[at],
    )


def _solution(solution: Fitted, g: int, count: int, problem: LogPosterior) -> Fitted:
    def of(value: Floats | None) -> Floats | None:
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
        errors=errors and errors._replace(covariance=errors.covariance[g : g + 1]),
        notes=_notes(solution.notes, g, count),
    )


def _notes(notes: Mapping[str, Numbers], g: int, count: int) -> dict[str, Numbers]:
    """Notes that are about each group, of one; the others as they are."""
    return {name: note[g : g + 1] if np.shape(note)[:1] == (count,) else note for name, note in notes.items()}


def _last(value: Numbers, g: int, count: int) -> Numbers:
    """A parameter [G], or [L, G] if it has levels; what is the same for all groups has no such axis."""
    value = np.asarray(value)
    return value[..., g : g + 1] if value.ndim and value.shape[-1] == count else value
