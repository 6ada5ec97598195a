"""What a problem keeps of the data, in a file: sums, a triangular factor, or the units in which it was solved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..data.columns import Labels
from ..data.layout import ONE
from ..data.rows import Rows
from ..data.stats import Stats
from ..models.forms.cross_products import CrossProducts
from ..models.forms.rows import RowByRow
from ..models.forms.sums import Sums
from .packing import pack, unpack
from .tables import given_columns

Json = Any
Make = Callable[[Any, Any, Any, Any], Any]  # (coefficients, priors, beliefs, fixed) -> problem


def pack_problem(problem: Any) -> Json:
    """The form of the data, without its rows."""
    return {"kind": KIND[type(problem.form)], **pack(problem.form.state())}


def unpack_problem(saved: Mapping[str, Any], rows: Any) -> Any:
    """The call that makes the form for its coefficients."""
    form = next(form for form, kind in KIND.items() if kind == saved["kind"])
    state = unpack({name: v for name, v in saved.items() if name != "kind"})
    return lambda coefficients, rows: form.from_state(state, coefficients, rows)


KIND: dict[type, str] = {Sums: "sums", CrossProducts: "gram", RowByRow: "rows"}


# -- rows -------------------------------------------------------------------------------------------------------------


def pack_rows(problem: Any) -> Json:
    """The rows with what the formulas need of their columns."""
    rows = problem.rows
    columns = {name: _pack_column(column) for name, column in given_columns(problem).items()}
    return {"y": pack(rows.y), "weights": pack(rows.weights), "offset": pack(rows.offset), "columns": columns}


def unpack_rows(saved: Mapping[str, Any], designs: Mapping[str, Any], known: Mapping[str, Any]) -> Rows:
    """The rows, with the designs put on their columns."""
    from ..data.frames import table

    frame = table({name: _unpack_column(column) for name, column in saved["columns"].items()})
    return Rows(
        unpack(saved["y"]),
        weights=unpack(saved["weights"]),
        offset=unpack(saved["offset"]),
        designs={param: design.on(frame) for param, design in designs.items()},
        table=frame,
        **known,
    )


def _pack_column(column: Any) -> Json:
    if isinstance(column, Labels):
        return {"codes": pack(column.codes), "levels": pack(column.levels), "ordered_by": column.ordered_by}
    return {"numbers": pack(column)}


def _unpack_column(saved: Mapping[str, Any]) -> Any:
    if "numbers" in saved:
        return unpack(saved["numbers"])
    return Labels(unpack(saved["codes"]), unpack(saved["levels"]), saved["ordered_by"])
