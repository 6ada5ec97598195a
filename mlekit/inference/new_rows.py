"""A fit at its own rows, or at new ones in the form that it was given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from ..data.columns import check_index, column, index_of, is_table, numbers
from ..data.design import Design
from ..data.intake import observed, read
from ..data.observations import Observations
from ..data.observations.exact import Exact
from ..data.rows import Rows
from ..errors import DataError, OptionError
from ..families import Family
from ..models.posterior import Fitted, LogPosterior
from ..numerics.arrays import Floats, Numbers
from .predictors import Predictors

if TYPE_CHECKING:
    from ..data.formula import Response
    from ..data.frames import Table


def fitted(solution: Fitted) -> Predictors:
    """The fit at its own rows, with what the family knows of observations."""
    rows, family = solution.problem.rows, solution.problem.family
    in_rows = rows.kept or family.trials_in_response
    known = rows.observations.known(family) if in_rows else family.known(rows.column, len(rows))
    return Predictors(solution, len(rows), solution.problem.coefficients.designs, rows.offset, known)


def at(solution: Fitted, new: object = None) -> Predictors:
    """The fit at new rows; None: at its own."""
    if new is None:
        return fitted(solution)
    problem, designs = solution.problem, solution.problem.coefficients.designs
    if designs or is_table(new):
        frame = named(new, designs)
        designs = {param: design.on(frame) for param, design in designs.items()}
        offset = new_offset(problem, designs, frame)
        return Predictors(solution, frame.rows, designs, offset, _known(problem, frame))
    count, offset = len(column(new)), new_offset(problem, {}, None)
    return Predictors(solution, count, designs, offset, problem.family.known(_no_columns, count))


def _known(problem: LogPosterior, frame: Table) -> dict[str, Numbers]:
    """The values that the family takes of each new row; trials come with the response, if its columns are there."""
    family, rows = problem.family, problem.rows
    if family.trials_in_response and _lacking(rows, frame) is None:
        return _bound(family, _response(rows, frame), frame.column).known(family)
    return family.known(frame.column, frame.rows)


def _no_columns(name: str) -> NoReturn:
    raise DataError(f"{name!r} has to be a column of the new rows, but they are one column without a name")


def named(new: object, designs: Mapping[str, Design]) -> Table:
    """New rows as a table; the columns of a matrix are those that the fit was given, in their order."""
    from ..data.frames import table

    frame = table(new)
    positions = [f"x{j}" for j in range(len(frame.names))]
    if frame.names != positions or not designs:
        return frame
    state = next(iter(designs.values())).state()
    wanted = state["dot"]
    if state["formula"] != "." or frame.names == wanted:
        return frame
    if len(wanted) != len(positions):
        raise DataError(
            f"the new rows have {len(positions)} columns, but the fit has {len(wanted)}: {', '.join(wanted)}"
        )
    return table({name: frame.column(position) for name, position in zip(wanted, positions, strict=True)})


def new_offset(problem: LogPosterior, designs: Mapping[str, Design], frame: Table | None) -> Floats | None:
    """The offset of new rows, from the formula and from the column that offset= named."""
    first, source = problem.coefficients.runs[0].param, problem.rows.offset_from
    offset = designs[first].offset if first in designs else None
    if source is None:
        return offset
    if not source:
        raise OptionError(
            "the fit had its offset as an array, and new rows need theirs: name a column in the fit, offset='column'"
        )
    if frame is None:
        raise OptionError(f"new rows need their offset: give a table with the column {source!r}")
    extra = np.asarray(numbers(frame.column(source), source), dtype=float)
    if not np.isfinite(extra).all():
        row = int(np.argmin(np.isfinite(extra)))
        raise DataError(f"the offset {source!r} is {extra[row]} in row {row}, but it has to be a finite number")
    return extra if offset is None else offset + extra


# ---- new rows with their response ----------------------------------------------------------------------------------


def read_new(solution: Fitted, new: object, target: object) -> tuple[Predictors, Observations, Floats | None]:
    """New rows with their response: (the fit there, observations, weights)."""
    problem, designs = solution.problem, solution.problem.coefficients.designs
    family = problem.family
    if not designs and problem.rows.offset is None:
        rows = _read_plain(problem, new, target)
        seen = _bound(family, rows.observations, rows.column)
        return Predictors(solution, len(rows), {}, None, seen.known(family)), seen, rows.weights
    frame = named(new, designs)
    designs = {param: design.on(frame) for param, design in designs.items()}
    offset = new_offset(problem, designs, frame)
    given = _response(problem.rows, frame) if target is None else observed(target, "y")
    check_index(index_of(frame.native), index_of(target), "y", "X")
    if len(given) != frame.rows:
        raise DataError(f"there are {frame.rows} new rows, but y has {len(given)} values")
    seen = _bound(family, given, frame.column)
    return Predictors(solution, frame.rows, designs, offset, seen.known(family)), seen, None


def _read_plain(problem: LogPosterior, new: object, target: object) -> Rows:
    """Rows of a distribution that is the same for all, with their weights."""
    from ..data.frames import table

    if target is None and is_table(new) and problem.rows.target in table(new).names:
        target = problem.rows.target
    return read(next(iter(problem.family.params)), new, target)


def _bound(family: Family, given: Observations, where: Callable[[str], Numbers]) -> Observations:
    """Observations as the family takes them; missing ones are a DataError."""
    gone = given.missing()
    if gone is not None:
        raise DataError(
            f"{int(gone.sum())} of the new observations are missing, the first in row {int(np.argmax(gone))}: "
            "leave them out"
        )
    return given.bind(family, where)[1]


def _response(rows: Rows, frame: Table) -> Observations:
    """The left side of the formula, in new rows."""
    if rows.target in frame.names:
        return Exact(frame.column(rows.target))
    lacking = _lacking(rows, frame)
    if lacking is not None:
        raise OptionError(
            f"the new rows have no column {lacking!r}, the response: "
            "add it, or give it separately, as in fit.evaluate(X, y)"
        )
    return _parsed(rows).observations(frame)


def _lacking(rows: Rows, frame: Table) -> str | None:
    """The first column of the response that new rows do not have."""
    return next((name for name in _parsed(rows).names if name not in frame.names), None)


def _parsed(rows: Rows) -> Response:
    from ..data.formula import parse

    response = parse(f"{rows.target} ~ 1").response
    assert response is not None
    return response
