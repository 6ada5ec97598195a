"""What a user gave, as Rows: one column, a formula, columns of X, groups, weights, offset; missing rows found or left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import DataError, OptionError
from .columns import Labels, column, is_table, key, numbers
from .groups import group
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
        if weights is not None:
            raise OptionError("counted(values, counts) says how often each value counts: leave weights= out")
        return _finish(Rows(column(data.values)), None, data.counts, None, missing)
    if isinstance(target, str) and not is_table(data):
        raise OptionError(
            f"the second argument, {target!r}, names a column, but the data are one column: "
            f"if it is the family, say mlekit.fit(x, family={target!r})"
        )
    if not is_table(data) or (target is None and _is_vector(data)):
        if target is not None or (by is not None and not _is_arrays(by)):
            raise OptionError(
                "by= and a target name columns, but the data are one column: give a frame or a dict of columns"
            )
        return _finish(Rows(column(data)), by, weights, offset, missing)
    from .frames import table

    if target is not None and not isinstance(target, (str, Mapping)):
        return _regression(first, data, target, by, weights, offset, missing, intercept)
    frame = table(data)
    rows = _formulas(first, frame, target, intercept) if _is_formula(target) else _column(frame, target)
    rows.table = frame
    rows.intercept = intercept
    return _finish(rows, by, weights, offset, missing)


def _is_vector(data: Any) -> bool:
    return isinstance(data, np.ndarray) and data.ndim == 1 and data.dtype.names is None


def _is_arrays(by: Any) -> bool:
    return not isinstance(by, str) and not all(isinstance(b, str) for b in by)


def _is_formula(target: Any) -> bool:
    return isinstance(target, Mapping) or (isinstance(target, str) and "~" in target)


def _column(frame: Any, target: str | None) -> Rows:
    if target is None:
        if len(frame.names) != 1:
            shown = ", ".join(frame.names[:6])
            raise OptionError(
                f"the data have {len(frame.names)} columns ({shown}): say which, as in mlekit.fit(df, {frame.names[0]!r}, ...)"
            )
        target = frame.names[0]
    return Rows(frame.column(target), target=target)


def _regression(
    first: str, data: Any, target: Any, by: Any, weights: Any, offset: Any, missing: str, intercept: bool
) -> Rows:
    """fit(X, y): y on the columns of X."""
    from .design import bind, from_matrix
    from .frames import table

    y = column(target, "y")
    if isinstance(data, np.ndarray) and data.ndim == 2:
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
    rows = Rows(y, designs={first: design}, table=frame, intercept=intercept)
    return _finish(rows, by, weights, offset, missing)


def _formulas(first: str, frame: Any, target: str | Mapping[str, str], intercept: bool) -> Rows:
    """A formula, or one a parameter; the response stands left of one of them."""
    from .design import bind
    from .formula import parse, split

    texts = dict(target) if isinstance(target, Mapping) else {first: target}
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
    values = response.values(frame)
    y: Any = values[0] if len(values) == 1 else np.column_stack([np.asarray(v, dtype=float) for v in values])
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
    n = len(rows)
    if weights is not None:
        rows.weights = check_weights(_values(rows, weights, "weights"), n)
    if offset is not None:
        extra = np.asarray(_values(rows, offset, "offset"), dtype=float)
        if len(extra) != n:
            raise DataError(f"offset has {len(extra)} values, but there are {n} rows")
        rows.offset = extra if rows.offset is None else rows.offset + extra
        rows.offset_from = offset if isinstance(offset, str) else ""
    if by is not None:
        keys, names = _keys(rows, by)
        rows.groups = group(keys, names, missing=missing)
        if len(rows.groups.codes) != n:
            raise DataError(f"by= has {len(rows.groups.codes)} values, but there are {n} rows")
    _refuse_or_drop(rows, missing)
    return rows


def _values(rows: Rows, given: Any, what: str) -> Array:
    if isinstance(given, str):
        if rows.table is None:
            raise OptionError(f"{what}={given!r} names a column, but the data are one column: give an array")
        return numbers(rows.table.column(given), what)
    return numbers(given, what)


def _keys(rows: Rows, by: Any) -> tuple[list[Any], list[str]]:
    if _is_arrays(by):
        by = [by] if np.ndim(by[0]) == 0 else by
        return [key(b) for b in by], [f"by{i}" if len(by) > 1 else "group" for i in range(len(by))]
    names: Sequence[str] = [by] if isinstance(by, str) else list(by)
    if not names:
        raise OptionError("by= is empty: name at least one column")
    return [rows.table.key(name) for name in names], list(names)


def missing_of(values: Any) -> Array | None:
    """Which rows of a column have no value; None where none can be."""
    if isinstance(values, Labels):
        gone = values.codes < 0
    elif values.dtype.kind == "f":
        gone = np.isnan(values) if values.ndim == 1 else np.isnan(values).any(axis=1)
    else:
        return None
    return gone if gone.any() else None


def _refuse_or_drop(rows: Rows, missing: str) -> None:
    if missing == "error":
        gone = missing_of(rows.y) if isinstance(rows.y, Labels) else None
        if gone is not None:
            where = ", ".join(str(r) for r in np.flatnonzero(gone)[:5])
            raise DataError(
                f"{int(gone.sum())} missing values in {rows.target!r}, at row {where}: say missing='drop' to leave them out"
            )
        return
    masks: Iterable[Any] = [
        missing_of(rows.y),
        *(design.missing() for design in rows.designs.values()),
        None if rows.groups is None or not rows.groups.dropped else rows.groups.codes < 0,
        None if rows.offset is None else missing_of(rows.offset),
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
    rows.designs = {param: design.keep(keep) for param, design in rows.designs.items()}
    if rows.table is not None:
        rows.table = rows.table.take(keep)
    if rows.groups is not None:
        rows.groups = rows.groups.keep(keep)
