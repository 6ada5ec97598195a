"""Groups, weights and offset beside the observations; rows with a missing value are refused or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError, OptionError, in_row, renumber
from .columns import Column, check_index, index_of, key, missing_of, numbers
from .rows import Rows, check_weights

Given: TypeAlias = Any  # whatever a user passes
Mask: TypeAlias = NDArray[np.bool_]


class Beside(NamedTuple):
    """The arguments of a fit that go with the rows: each is the name of a column, or an array."""

    by: Given = None
    weights: Given = None
    offset: Given = None
    missing: str = "error"
    columns: Sequence[str] = ()  # that the family takes beside the response


def attach(rows: Rows, beside: Beside) -> Rows:
    """Return the rows with what goes beside them; those with something missing refused, or dropped if that is asked."""
    try:
        return _attached(rows, beside)
    except DataError as error:
        if rows.positions is not None:
            renumber(error, rows.positions.tolist())
        raise


def _attached(rows: Rows, beside: Beside) -> Rows:
    drop = beside.missing == "drop"
    unweighted = _weigh(rows, beside.weights, drop)
    if beside.offset is not None:
        _add_offset(rows, beside.offset)
    if beside.by is not None:
        _group(rows, beside.by, beside.missing)
    if drop:
        _drop(rows, unweighted, beside.columns)
    else:
        rows.observations.refuse_missing(rows.target)
    if rows.offset is not None and not np.isfinite(rows.offset).all():
        row = int(np.argmin(np.isfinite(rows.offset)))
        raise in_row(row, f" is {rows.offset[row]}: it has to be a finite number", "the offset of ")
    return rows


def _weigh(rows: Rows, weights: Given, drop: bool) -> Mask | None:
    """Put the weights beside the rows; a mask of those that have none and are to be dropped."""
    if weights is None:
        return None
    given = _values(rows, weights, "weights")
    unweighted = missing_of(given) if drop else None
    rows.weights = check_weights(given if unweighted is None else np.where(unweighted, 0.0, given), len(rows))
    return unweighted


def _add_offset(rows: Rows, offset: Given) -> None:
    """Add an offset to those of a formula."""
    extra = np.asarray(_values(rows, offset, "offset"), dtype=np.float64)
    if len(extra) != len(rows):
        raise DataError(f"offset has {len(extra)} values, but there are {len(rows)} rows")
    rows.offset = extra if rows.offset is None else rows.offset + extra
    rows.offset_from = offset if isinstance(offset, str) else ""


def _group(rows: Rows, by: Given, missing: str) -> None:
    """Number the rows by their keys."""
    from .groups import group

    check_index(rows.row_index, index_of(by), "by", "data")
    columns, names = _keys(rows, by)
    rows.groups = group(columns, names, missing=missing)
    if len(rows.groups.codes) != len(rows):
        raise DataError(f"by= has {len(rows.groups.codes)} values, but there are {len(rows)} rows")


def _values(rows: Rows, given: Given, what: str) -> NDArray[Any]:
    """Numbers by the name of a column, or as they are given."""
    check_index(rows.row_index, index_of(given), what, "data")
    if isinstance(given, str):
        if rows.table is None:
            raise OptionError(f"{what}={given!r} names a column, but the data are one column: give an array")
        return numbers(rows.table.column(given), what)
    return numbers(given, what)


def _keys(rows: Rows, by: Given) -> tuple[Sequence[Column], list[str]]:
    """The columns of the key, and their names."""
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


def _names(rows: Rows, by: Given) -> list[str] | None:
    """The columns that by= names; None if it holds the keys themselves."""
    if isinstance(by, str):
        return [by]
    named = rows.table is not None and type(by) in (list, tuple) and all(isinstance(b, str) for b in by)
    return list(by) if named else None


def _drop(rows: Rows, unweighted: Mask | None, columns: Sequence[str]) -> None:
    """Leave out the rows in which anything is missing."""
    masks = [
        rows.observations.missing(),
        *(design.missing() for design in rows.designs.values()),
        None if rows.groups is None or not rows.groups.dropped else rows.groups.codes < 0,
        None if rows.offset is None else missing_of(rows.offset),
        unweighted,
        *(missing_of(rows.column(name)) for name in columns),
    ]
    found = [mask for mask in masks if mask is not None]
    gone = np.logical_or.reduce(found) if found else np.zeros(0, dtype=bool)
    if gone.any():
        rows.dropped, rows.positions = int(gone.sum()), np.flatnonzero(~gone)
        _keep(rows, ~gone)


def _keep(rows: Rows, keep: Mask) -> None:
    rows.observations = rows.observations.take(keep)
    rows.weights = None if rows.weights is None else rows.weights[keep]
    rows.offset = None if rows.offset is None else rows.offset[keep]
    rows.index = None if rows.index is None else rows.index[keep]
    rows.designs = {param: design.keep(keep) for param, design in rows.designs.items()}
    if rows.table is not None:
        rows.table = rows.table.take(keep)
    if rows.groups is not None:
        rows.groups = rows.groups.keep(keep)
