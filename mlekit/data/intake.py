"""What a user gave, as Rows: one column, a formula or columns of X, with groups, weights and offset.

Rows with a missing value are told, or left out where the user says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import DataError, FormulaError, OptionError
from .columns import Labels, column, index_of, is_table, key, numbers
from .rows import Counted, Rows, check_weights

Array = Any


def intake(
    first: str,
    data: Any,
    target: Any,
    by: Any,
    weights: Any,
    offset: Any,
    missing: str,
    intercept: bool,
) -> Rows:
    """Rows for a law whose first parameter is `first`."""
    if missing not in ("error", "drop"):
        raise OptionError(f"missing is {missing!r}: use 'error' or 'drop'")
    if isinstance(data, Counted):
        return _of_counts(data, {"target": target, "by": by, "weights": weights, "offset": offset}, missing)
    if not is_table(data) or (target is None and _is_vector(data)):
        _refuse_columns(target, by)
        return _finish(Rows(column(data), index=index_of(data)), by, weights, offset, missing)
    if type(intercept) is not bool:
        raise OptionError(f"intercept is {intercept!r}: use True or False")
    if target is not None and not isinstance(target, (str, Mapping)):
        return _regression(first, data, target, by, weights, offset, missing, intercept)
    return _of_table(first, data, target, by, weights, offset, missing, intercept)


def _of_counts(data: Counted, others: Mapping[str, Any], missing: str) -> Rows:
    for name, given in others.items():
        if given is not None:
            raise OptionError(f"counted(values, counts) is one column with its weights: leave {name}= out")
    return _finish(Rows(column(data.values, "values")), None, numbers(data.counts, "counts"), None, missing)


def _refuse_columns(target: Any, by: Any) -> None:
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


def _of_table(
    first: str, data: Any, target: Any, by: Any, weights: Any, offset: Any, missing: str, intercept: bool
) -> Rows:
    from .frames import table

    frame = table(data)
    rows = _formulas(first, frame, target, intercept) if _is_formula(target) else _column(frame, target)
    rows.table = frame
    rows.intercept = intercept
    return _finish(rows, by, weights, offset, missing)


def _is_vector(data: Any) -> bool:
    return isinstance(data, np.ndarray) and data.ndim == 1 and data.dtype.names is None


def _names(rows: Rows, by: Any) -> list[str] | None:
    """The columns that by= names; None where it holds the keys themselves."""
    if isinstance(by, str):
        return [by]
    named = rows.table is not None and type(by) in (list, tuple) and all(isinstance(b, str) for b in by)
    return list(by) if named else None


def _is_formula(target: Any) -> bool:
    return isinstance(target, Mapping) or (isinstance(target, str) and "~" in target)


def _column(frame: Any, target: str | None) -> Rows:
    name = _only(frame.names) if target is None else target
    return Rows(frame.column(name), target=name)


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


def _regression(
    first: str, data: Any, target: Any, by: Any, weights: Any, offset: Any, missing: str, intercept: bool
) -> Rows:
    """fit(X, y): y on the columns of X."""
    if np.ndim(target) == 0 and type(target) in (int, float):
        raise OptionError(f"the second argument is the name of a column, a formula, or the values of y, not {target!r}")
    from .design import bind, from_matrix
    from .frames import table

    y = column(target, "y")
    if isinstance(data, np.ndarray) and data.ndim == 2 and data.dtype.kind in "iufb":
        frame, x, names = None, data, [f"x{i}" for i in range(data.shape[1])]
    else:
        frame = table(data)
        names = list(frame.names)
        x = [frame.column(name) for name in names]
    if frame is not None and any(isinstance(c, Labels) for c in x):
        design = bind(".", frame, intercept=intercept, check=False)
    else:
        design = from_matrix(x, names, intercept=intercept, check=False)
    if design.rows != len(y):
        raise DataError(f"X has {design.rows} rows, but y has {len(y)} values")
    rows = Rows(y, designs={first: design}, table=frame, intercept=intercept, index=index_of(target))
    return _finish(rows, by, weights, offset, missing)


def _formulas(first: str, frame: Any, target: str | Mapping[str, str], intercept: bool) -> Rows:
    """A formula, or one a parameter; the response stands left of one of them."""
    from .design import bind
    from .formula import parse, split

    texts: dict[str, Any] = dict(target) if isinstance(target, Mapping) else {first: target}
    for param, text in texts.items():
        if not isinstance(text, str):
            raise OptionError(f"the formula of {param!r} is {text!r}: write a text, such as 'y ~ x'")
    responses = {param: left for param, text in texts.items() for left in [split(text)[0]] if left is not None}
    if len(set(responses.values())) != 1:
        what = (
            "no formula has a response"
            if not responses
            else f"the formulas have different responses {sorted(set(responses.values()))}"
        )
        raise OptionError(f"{what}: write it once, as in {{{first!r}: 'y ~ x', ...}}")
    source = next(iter(responses))
    response = parse(texts[source]).response
    assert response is not None
    if response.function in ("Surv", "censored"):
        raise FormulaError(f"{response.function}(...) is for censored rows, which no family takes yet: {response.text}")
    values = response.values(frame)
    y: Any = values[0] if len(values) == 1 else np.column_stack([numbers(v, response.text) for v in values])
    exclude = response.names
    designs = {
        param: bind(text, frame, intercept=intercept, exclude=exclude, check=False) for param, text in texts.items()
    }
    rows = Rows(y, designs=designs, target=next(iter(responses.values())))
    for param, design in designs.items():
        if design.offset is None:
            continue
        if param != first:
            raise OptionError(
                f"offset(...) stands in the formula of {param!r}: an offset belongs to the first parameter, {first!r}"
            )
        rows.offset = np.array(design.offset, dtype=float)
    return rows


def _finish(rows: Rows, by: Any, weights: Any, offset: Any, missing: str) -> Rows:
    """Groups, weights and offset beside the rows; rows with something missing found, or left out."""
    n, unweighted = len(rows), None
    if weights is not None:
        given = _values(rows, weights, "weights")
        unweighted = missing_of(given) if missing == "drop" else None
        rows.weights = check_weights(given if unweighted is None else np.where(unweighted, 0.0, given), n)
    if offset is not None:
        extra = np.asarray(_values(rows, offset, "offset"), dtype=float)
        if len(extra) != n:
            raise DataError(f"offset has {len(extra)} values, but there are {n} rows")
        rows.offset = extra if rows.offset is None else rows.offset + extra
        rows.offset_from = offset if isinstance(offset, str) else ""
    if by is not None:
        from .groups import group

        keys, names = _keys(rows, by)
        rows.groups = group(keys, names, missing=missing)
        if len(rows.groups.codes) != n:
            raise DataError(f"by= has {len(rows.groups.codes)} values, but there are {n} rows")
    _refuse_or_drop(rows, missing, unweighted)
    if rows.offset is not None and not np.isfinite(rows.offset).all():
        row = int(np.argmin(np.isfinite(rows.offset)))
        raise DataError(f"the offset of row {row} is {rows.offset[row]}: it has to be a finite number")
    return rows


def _values(rows: Rows, given: Any, what: str) -> Array:
    if isinstance(given, str):
        if rows.table is None:
            raise OptionError(f"{what}={given!r} names a column, but the data are one column: give an array")
        return numbers(rows.table.column(given), what)
    return numbers(given, what)


def _keys(rows: Rows, by: Any) -> tuple[list[Any], list[str]]:
    names = _names(rows, by)
    if names is None:
        several = type(by) in (list, tuple) and len(by) > 0 and not isinstance(by[0], str) and np.ndim(by[0]) > 0
        columns = [key(b) for b in by] if several else [key(by)]
        return columns, [f"by{i}" for i in range(len(by))] if len(columns) > 1 else ["group"]
    if not names:
        raise OptionError("by= is empty: name at least one column")
    if rows.table is None:
        raise OptionError(f"by={by!r} names columns, but X is an array without names: give an array of keys")
    return [rows.table.key(name) for name in names], names


def missing_of(values: Any) -> Array | None:
    """Which rows of a column have no value; None where none can be."""
    if isinstance(values, Labels):
        gone = values.codes < 0
    elif values.dtype.kind == "f":
        gone = np.isnan(values) if values.ndim == 1 else np.isnan(values).any(axis=1)
    else:
        return None
    return gone if gone.any() else None


def _refuse_or_drop(rows: Rows, missing: str, unweighted: Array | None) -> None:
    if missing == "error":
        gone = missing_of(rows.y) if isinstance(rows.y, Labels) else None
        if gone is not None:
            where = ", ".join(str(r) for r in np.flatnonzero(gone)[:5])
            raise DataError(
                f"{int(gone.sum())} missing values in {rows.target!r}, at row {where}: "
                "say missing='drop' to leave them out"
            )
        return
    masks: Iterable[Any] = [
        missing_of(rows.y),
        *(design.missing() for design in rows.designs.values()),
        None if rows.groups is None or not rows.groups.dropped else rows.groups.codes < 0,
        None if rows.offset is None else missing_of(rows.offset),
        unweighted,
    ]
    gone = np.zeros(len(rows), dtype=bool)
    for mask in masks:
        if mask is not None:
            gone |= mask
    if gone.any():
        _keep(rows, ~gone)


def _keep(rows: Rows, keep: Array) -> None:
    rows.dropped = int((~keep).sum())
    rows.y = rows.y[keep]
    rows.weights = None if rows.weights is None else rows.weights[keep]
    rows.offset = None if rows.offset is None else rows.offset[keep]
    rows.index = None if rows.index is None else rows.index[keep]
    rows.designs = {param: design.keep(keep) for param, design in rows.designs.items()}
    if rows.table is not None:
        rows.table = rows.table.take(keep)
    if rows.groups is not None:
        rows.groups = rows.groups.keep(keep)
