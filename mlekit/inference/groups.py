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
    return _solution(solution, slice(g, g + 1), problem.of_group(g, rows))


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


def taken(solution: Fitted, at: Codes) -> Fitted:
    """The solution of several fits of a batch, by their positions."""
    same = len(at) == solution.problem.count
    return solution if same else _solution(solution, at, solution.problem.take(at))


def _solution(solution: Fitted, at: Codes | slice, problem: LogPosterior) -> Fitted:
    def of(value: Floats | None) -> Floats | None:
        return None if value is None else value[at]

    params, errors, count = solution.params, solution.errors, solution.problem.count
    return replace(
        solution,
        problem=problem,
        z=of(solution.z),
        value=of(solution.value),
        status=codes(solution, at),
        decrement=of(solution.decrement),
        hessian=of(solution.hessian),
        at_end=None if solution.at_end is None else solution.at_end[at],
        params=params and {name: _last(value, at, count) for name, value in params.items()},
        errors=errors and errors._replace(covariance=errors.covariance[at]),
        notes=_notes(solution.notes, at, count),
    )


def _notes(notes: Mapping[str, Numbers], at: Codes | slice, count: int) -> dict[str, Numbers]:
    """Notes that are about each group, of these; the others as they are."""
    return {name: note[at] if np.shape(note)[:1] == (count,) else note for name, note in notes.items()}


def _last(value: Numbers, at: Codes | slice, count: int) -> Numbers:
    """A parameter [G], or [L, G] if it has levels; what is the same for all groups has no such axis."""
    value = np.asarray(value)
    return value[..., at] if value.ndim and value.shape[-1] == count else value
