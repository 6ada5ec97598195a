"""The data that a user gives, as Rows: one column, a formula, columns of X with y, or observations.

read                the same, with a short way for an array of numbers
attach.py           groups, weights and offset beside the observations, and missing values
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError, OptionError
from .attach import Beside, attach
from .columns import Labels, check_index, column, index_of, is_table, numbers
from .observations import Observations
from .observations.exact import Exact
from .rows import Counted, Rows

if TYPE_CHECKING:
    from .design import Design
    from .formula import Formula, Response
    from .frames import Table

Given: TypeAlias = Any  # whatever a user passes


def read(
    first: str,
    data: Given,
    target: Given,
    columns: Sequence[str] = (),
    *,
    by: Given = None,
    weights: Given = None,
    offset: Given = None,
    missing: str = "error",
    intercept: bool = True,
) -> Rows:
    """Return the rows of data for a family whose first parameter is `first`, and which takes these columns."""
    alone = target is None and by is None and weights is None and offset is None and missing == "error"
    if alone and type(data) is np.ndarray and data.ndim == 1 and data.dtype.kind in "iufb":
        return Rows(Exact(data))
    return intake(first, data, target, by, weights, offset, missing, intercept, columns)


def intake(
    first: str,
    data: Given,
    target: Given,
    by: Given,
    weights: Given,
    offset: Given,
    missing: str,
    intercept: bool,
    columns: Sequence[str] = (),
) -> Rows:
    """Return the rows of data of any kind."""
    if missing not in ("error", "drop"):
        raise OptionError(f"missing is {missing!r}: use 'error' or 'drop'")
    beside = Beside(by, weights, offset, missing, columns)
    if isinstance(data, Counted):
        _refuse_beside_counts({"target": target, "by": by, "weights": weights, "offset": offset})
        rows = Rows(Exact(column(data.values, "values")))
        return attach(rows, beside._replace(weights=numbers(data.counts, "counts")))
    if _is_column(data, target):
        _refuse_columns(target, by)
        observations = observed(data, "data")
        return attach(Rows(observations, index=observations.index), beside)
    if type(intercept) is not bool:
        raise OptionError(f"intercept is {intercept!r}: use True or False")
    if target is None or isinstance(target, str | Mapping):
        return attach(_of_table(first, data, target, intercept), beside)
    return attach(_of_matrix(first, data, target, intercept), beside)


def observed(data: Given, what: str) -> Observations:
    """Observations as they are, or the values of one column."""
    if isinstance(data, Observations):
        return data
    observations = Exact(column(data, what))
    observations.index = index_of(data)
    return observations


def _refuse_beside_counts(others: Mapping[str, Given]) -> None:
    for name, given in others.items():
        if given is not None:
            raise OptionError(f"counted(values, counts) is one column with its weights: leave {name}= out")


def _refuse_columns(target: Given, by: Given) -> None:
    """Of one column nothing can be named."""
    if isinstance(target, str):
        raise OptionError(
            f"the second argument, {target!r}, names a column, but the data are one column: if it is the family, "
            f"say mlekit.fit(x, family={target!r}); if it is a column, give the frame that has it"
        )
    if target is not None:
        raise OptionError(
            "the second argument is y, so the first has to be the columns of X: give a frame, a dict of columns,"
            " or an array of two dimensions, such as x[:, None]"
        )
    if isinstance(by, str):
        raise OptionError(f"by={by!r} names a column, but the data are one column: give a frame, or an array of keys")


def _is_column(data: Given, target: Given) -> bool:
    """Return True if the data are one column, or observations."""
    vector = isinstance(data, np.ndarray) and data.ndim == 1 and data.dtype.names is None
    return isinstance(data, Observations) or not is_table(data) or (target is None and vector)


# -- a table ----------------------------------------------------------------------------------------------------------


def _of_table(first: str, data: Given, target: str | Mapping[str, str] | None, intercept: bool) -> Rows:
    """A column of a table, or the formulas of a regression."""
    from .frames import table

    frame = table(data)
    if isinstance(target, Mapping) or (target is not None and "~" in target):
        rows = _of_formulas(first, frame, target, intercept)
    elif (response := _response_alone(frame, target)) is not None:
        rows = Rows(response.observations(frame), target=response.spelling)
    else:
        name = _only(frame.names) if target is None else target
        rows = Rows(Exact(frame.column(name)), target=name)
    rows.table, rows.intercept = frame, intercept
    return rows


def _response_alone(frame: Table, target: str | None) -> Response | None:
    """The response that a function such as Surv makes of several columns; None if the target is one column."""
    if target is None or target in frame.names or "(" not in target:
        return None
    from .formula import response

    return response(target)


def _only(names: Sequence[str]) -> str:
    """The one column there is, for a caller who named none."""
    if not len(names):
        raise DataError("the data have no columns: give at least one")
    if len(names) != 1:
        shown = ", ".join(names[:6])
        raise OptionError(
            f"the data have {len(names)} columns ({shown}): say which, as in mlekit.fit(df, {names[0]!r}, ...)"
        )
    return names[0]


def _of_formulas(first: str, frame: Table, target: str | Mapping[str, str], intercept: bool) -> Rows:
    """A formula, or one for each parameter; the response stands on the left of one of them. Each is parsed once."""
    from .design import bind
    from .formula import parse

    texts: Mapping[str, Given] = dict(target) if isinstance(target, Mapping) else {first: target}
    for param, text in texts.items():
        if not isinstance(text, str):
            raise OptionError(f"the formula of {param!r} is {text!r}: write a text, such as 'y ~ x'")
    formulas = {param: parse(text) for param, text in texts.items()}
    response = _response(first, formulas)
    observations, exclude = response.observations(frame), response.names
    designs = {
        param: bind(formula, frame, intercept=intercept, exclude=exclude, check=False)
        for param, formula in formulas.items()
    }
    return Rows(observations, designs=designs, target=response.spelling, offset=_offset(first, designs))


def _response(first: str, formulas: Mapping[str, Formula]) -> Response:
    """The one response that the formulas have."""
    responses = {f.response.spelling: f.response for f in formulas.values() if f.response is not None}
    if len(responses) != 1:
        many = f"the formulas have different responses {sorted(responses)}"
        what = many if responses else "no formula has a response"
        raise OptionError(f"{what}: write it once, as in {{{first!r}: 'y ~ x', ...}}")
    return next(iter(responses.values()))


def _offset(first: str, designs: Mapping[str, Design]) -> NDArray[np.float64] | None:
    """The sum of the offset() terms, which belong to the first parameter."""
    for param, design in designs.items():
        if design.offset is not None and param != first:
            raise OptionError(
                f"offset(...) stands in the formula of {param!r}: an offset belongs to the first parameter, {first!r}"
            )
    found = designs[first].offset if first in designs else None
    return None if found is None else np.array(found, dtype=np.float64)


# -- X and y ----------------------------------------------------------------------------------------------------------


def _of_matrix(first: str, data: Given, target: Given, intercept: bool) -> Rows:
    """fit(X, y): y on the columns of X."""
    if np.ndim(target) == 0 and type(target) in (int, float):
        raise OptionError(f"the second argument is the name of a column, a formula, or the values of y, not {target!r}")
    observations = observed(target, "y")
    check_index(index_of(data), observations.index, "y", "X")
    design, frame = _design(data, intercept)
    if design.rows != len(observations):
        raise DataError(f"X has {design.rows} rows, but y has {len(observations)} values")
    return Rows(observations, designs={first: design}, table=frame, intercept=intercept, index=observations.index)


def _design(data: Given, intercept: bool) -> tuple[Design, Table | None]:
    """The design of all columns of X, and its table where the columns have names."""
    from .design import bind, from_matrix
    from .frames import table

    if isinstance(data, np.ndarray) and data.ndim == 2 and data.dtype.kind in "iufb":
        return from_matrix(data, [f"x{i}" for i in range(data.shape[1])], intercept=intercept, check=False), None
    frame = table(data)
    columns = [frame.column(name) for name in frame.names]
    if any(isinstance(values, Labels) for values in columns):
        return bind(".", frame, intercept=intercept, check=False), frame
    return from_matrix(columns, frame.names, intercept=intercept, check=False), frame
