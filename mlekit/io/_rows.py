"""Rows and groups in a file: the keys of groups always, the rows with data=True, else how many there were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..data.design import Design
from ..data.groups import Groups
from ..data.labels import Column, Labels
from ..data.observations import Observations, from_state
from ..data.observations.columns import Columns
from ..data.observations.exact import Exact
from ..data.rows import Rows
from ..data.unsaved import UnsavedDesign, UnsavedRows
from ..show.tables import given_columns
from ._unsaved import UnsavedColumn, unsaved_groups
from .documents import Json
from .values import pack, unpack

KNOWN = ("target", "dropped", "offset_from", "intercept")
Designs = Mapping[str, Design]


def pack_known(rows: Rows) -> Json:
    """The number of rows, the sum of their weights, and what was said of them."""
    counts = len(rows) if rows.groups is None else counts_of(rows)
    totals = rows.nobs()
    said = {name: getattr(rows, name) for name in KNOWN}
    return pack(
        {
            "count": counts,
            "total": float(totals[0]) if rows.groups is None else totals,
            "weighted": rows.weighted,
            "moved": rows.offset is not None,
            "seen": rows.observations.describe(),
            **said,
        }
    )


def counts_of(rows: Rows) -> Any:
    """The number of rows in each group."""
    if not rows.kept:
        return rows.y.counts
    assert rows.groups is not None
    return rows.groups.bins()


def pack_groups(rows: Rows) -> Json:
    """The keys of the groups, column by column; None of a single fit."""
    groups = rows.groups
    return None if groups is None else {"names": list(groups.names), "keys": [pack(key) for key in groups.keys]}


def pack_rows(problem: Any) -> Json:
    """The rows with what the formulas need of their columns."""
    rows: Rows = problem.rows
    columns = {name: _pack_column(column) for name, column in given_columns(problem).items()}
    codes = None if rows.groups is None else pack(rows.groups.codes)
    parts = {name: pack(getattr(rows, name)) for name in ("weights", "offset")}
    return {"observations": pack(rows.observations.state()), **parts, "columns": columns, "codes": codes}


def unpack_rows(content: Mapping[str, Json], family: Any, designs: Designs) -> Rows:
    """The rows, with the designs on their columns; without rows what is known of them."""
    known, saved = unpack(content["known"]), content["rows"]
    if saved is not None:
        said = {name: known[name] for name in KNOWN}
        return _kept(family, saved, designs, said, _groups(content["groups"], saved.get("codes")))
    if content["groups"] is None:
        return UnsavedRows(**known, designs={param: UnsavedDesign(design) for param, design in designs.items()})
    column = UnsavedColumn(known.pop("count"), known.pop("total"))
    return unsaved_groups(content["groups"]["names"], _keys(content["groups"]), column, designs, known)


def _exact(array: Any, family: Any) -> Observations:
    """Exact observations as version 1 wrote them."""
    if np.ndim(array) > 1:
        return Columns(array, family.support.discrete)
    return Exact(array, family.support.discrete, family.codes)


def _kept(
    family: Any, saved: Mapping[str, Json], designs: Designs, said: Mapping[str, Any], groups: Groups | None
) -> Rows:
    from ..data.frames import table

    frame = table({name: _unpack_column(column) for name, column in saved["columns"].items()})
    seen = unpack(saved["observations"])
    observations = from_state(seen) if "kind" in seen else _exact(seen["array"], family)
    return Rows(
        observations=observations,
        **{name: unpack(saved[name]) for name in ("weights", "offset")},
        designs={param: design.on(frame) for param, design in designs.items()},
        table=frame,
        groups=groups,
        **said,
    )


def _groups(saved: Mapping[str, Json] | None, codes: Json) -> Groups | None:
    if saved is None:
        return None
    keys = _keys(saved)
    return Groups(unpack(codes), len(keys[0]), saved["names"], keys)


def _keys(saved: Mapping[str, Json]) -> list[Any]:
    return [unpack(key) for key in saved["keys"]]


def _pack_column(column: Column) -> Json:
    if isinstance(column, Labels):
        return {"codes": pack(column.codes), "levels": pack(column.levels), "ordered_by": column.ordered_by}
    return {"numbers": pack(np.asarray(column))}


def _unpack_column(saved: Mapping[str, Json]) -> Column:
    if "numbers" in saved:
        return unpack(saved["numbers"])
    return Labels(unpack(saved["codes"]), unpack(saved["levels"]), saved["ordered_by"])
