"""What a problem keeps of the data, in a file: sums, a triangular factor, or the units in which it was solved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import singledispatch
from typing import Any

from ..data.columns import Labels
from ..data.layout import ONE
from ..data.observations import from_state
from ..data.rows import Rows
from ..data.stats import Stats
from ..models.gram_problem import GramProblem
from ..models.rows_problem import RowsProblem
from ..models.standard import Standard
from ..models.sums_problem import SumsProblem
from .packing import pack, unpack
from .tables import given_columns

Json = Any
Make = Callable[[Any, Any, Any, Any], Any]  # (coefficients, priors, beliefs, fixed) -> problem


@singledispatch
def pack_problem(base: Any) -> Json:
    """The problem without its rows."""
    raise TypeError(f"a {type(base).__name__} cannot be saved")


@pack_problem.register
def _(base: SumsProblem) -> Json:
    sums = base.sums
    return {"kind": "sums", "stats": pack({"n": sums.n, "sums": dict(sums.sums), "origin": sums.origin})}


@pack_problem.register
def _(base: GramProblem) -> Json:
    return {"kind": "gram", "r": pack(base.r), "n": pack(base.n), "standard": _pack_standard(base)}


@pack_problem.register
def _(base: RowsProblem) -> Json:
    return {"kind": "rows", "standard": _pack_standard(base)}


def _pack_standard(base: Any) -> Json:
    standard, designs = base.standard, base.coefficients.designs
    fields = {name: getattr(standard, name) for name in ("origin", "unit", "matrix", "shift", "moves")}
    return pack({**fields, "scaled": {param: standard.scaled[id(design)] for param, design in designs.items()}})


def unpack_problem(saved: Mapping[str, Any], rows: Any) -> Make:
    """The call that makes the problem for its coefficients and beliefs."""
    return KINDS[saved["kind"]](saved, rows)


def _sums(saved: Mapping[str, Any], rows: Any) -> Make:
    stats = Stats(**unpack(saved["stats"]))
    return lambda coefficients, priors, beliefs, fixed: SumsProblem(coefficients, stats, priors, beliefs, fixed)


def _gram(saved: Mapping[str, Any], rows: Any) -> Make:
    r, n = unpack(saved["r"]), unpack(saved["n"])
    return lambda coefficients, priors, beliefs, fixed: GramProblem(
        coefficients, r, n, beliefs, _standard(saved, coefficients), fixed
    )


def _rows(saved: Mapping[str, Any], rows: Any) -> Make:
    return lambda coefficients, priors, beliefs, fixed: RowsProblem(
        coefficients, rows.y, rows.weights, rows.offset, ONE, beliefs, _standard(saved, coefficients), fixed
    )


def _standard(saved: Mapping[str, Any], coefficients: Any) -> Standard:
    fields = unpack(saved["standard"])
    scaled = {id(coefficients.designs[param]): tuple(both) for param, both in fields.pop("scaled").items()}
    return Standard(**fields, scaled=scaled)


KINDS: dict[str, Callable[[Mapping[str, Any], Any], Make]] = {"sums": _sums, "gram": _gram, "rows": _rows}


# -- rows -------------------------------------------------------------------------------------------------------------


def pack_rows(bound: Any) -> Json:
    """The rows with what the formulas need of their columns."""
    rows = bound.model.rows
    columns = {name: _pack_column(column) for name, column in given_columns(bound).items()}
    return {
        "observations": pack(rows.observations.state()),
        "weights": pack(rows.weights),
        "offset": pack(rows.offset),
        "columns": columns,
    }


def unpack_rows(saved: Mapping[str, Any], designs: Mapping[str, Any], known: Mapping[str, Any]) -> Rows:
    """The rows, with the designs put on their columns."""
    from ..data.frames import table

    frame = table({name: _unpack_column(column) for name, column in saved["columns"].items()})
    return Rows(
        from_state(unpack(saved["observations"])),
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
