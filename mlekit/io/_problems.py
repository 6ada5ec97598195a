"""The problem of a fit and its solution in a file. This module alone knows of what they are made.

Of the data a problem keeps as much as its form looks at: sums, a triangular factor, or the units of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ..data.rows import Rows
from ..data.stats import Stats
from ..errors import OptionError
from ..inference.information import covariance, log_likelihood
from ..models.base import Bound
from ..models.coefficients import Coefficients, coefficients_of
from ..models.gram_problem import GramProblem
from ..models.linear import Linear
from ..models.rows_problem import RowsProblem
from ..models.standard import Standard
from ..models.sums_problem import SumsProblem
from ..solvers._base import Errors, Solution
from .documents import Json
from .values import pack, unpack

Make = Callable[[Any, Any, Any, Any], Any]  # (coefficients, priors, beliefs, fixed) -> problem
SOLVED = ("z", "status", "solver", "iterations", "decrement", "hessian")


class SavableFit(Protocol):
    """A fit, as far as a file is concerned."""

    estimator: Any

    @property
    def bound(self) -> Bound: ...

    @property
    def solution(self) -> Solution: ...


# -- a fit as parts, and back -----------------------------------------------------------------------------------------


def pack_designs(bound: Bound) -> Json:
    """The terms of each formula with what they learned."""
    return {param: pack(design.state()) for param, design in bound.model.coefficients.designs.items()}


def pack_solution(bound: Bound, solution: Solution) -> Json:
    """The solution, with its curvature: a loaded fit may have no rows to take it from."""
    covariance(bound, solution)  # what it looks at is kept
    missing = solution.value is None and not bound.base.beliefs
    value = log_likelihood(bound, solution) if missing else solution.value
    return {
        "value": pack(value),
        "params": pack(solution.natural),
        **{name: pack(getattr(solution, name)) for name in SOLVED},
        "errors": pack(solution.errors and solution.errors._asdict()),
        "notes": {name: pack_if_possible(note) for name, note in solution.notes.items()},
    }


def unpack_solution(saved: Mapping[str, Json]) -> Solution:
    """The solution that `pack_solution` was given."""
    fields: dict[str, Any] = {name: unpack(saved[name]) for name in ("value", *SOLVED)}
    errors = unpack(saved["errors"])
    notes = {name: unpack(note) for name, note in saved["notes"].items() if note is not None}
    return Solution(
        **fields, natural=unpack(saved["params"]), errors=None if errors is None else Errors(**errors), notes=notes
    )


def bound_to(family: Any, rows: Rows, options: Mapping[str, Any], problem: Json) -> Bound:
    """The problem of a file for this family and these rows."""
    model = Linear(family, rows, coefficients_of(family, rows.designs))
    return model.problem(options["prior"], options["fixed"], options["tied"], unpack_problem(problem, rows))


def pack_if_possible(value: Any) -> Json:
    """JSON of a value that only says how the answer was found; None, forgotten, of one that no file can hold."""
    try:
        return pack(value)
    except OptionError:
        return None


# -- forms of problems ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StoredForm:
    """One form of a problem: its name, the state that a file keeps, and the call that makes it again."""

    name: str
    state: Callable[[Any], dict[str, Json]]
    make: Callable[[Mapping[str, Json], Rows], Make]


def pack_problem(base: Any) -> Json:
    """The problem without its rows."""
    if type(base) not in FORMS:
        raise TypeError(f"a {type(base).__name__} cannot be saved")
    form = FORMS[type(base)]
    return {"form": form.name, **form.state(base)}


def unpack_problem(saved: Mapping[str, Json], rows: Rows) -> Make:
    """The call that makes the problem for its coefficients and priors."""
    form = next(form for form in FORMS.values() if form.name == saved["form"])
    return form.make(saved, rows)


def _sums_state(base: SumsProblem) -> dict[str, Json]:
    sums = base.sums
    return {"stats": pack({"n": sums.n, "sums": dict(sums.sums), "origin": sums.origin})}


def _sums(saved: Mapping[str, Json], rows: Rows) -> Make:
    stats = Stats(**unpack(saved["stats"]))
    return lambda coefficients, priors, beliefs, fixed: SumsProblem(coefficients, stats, priors, beliefs, fixed)


def _gram_state(base: GramProblem) -> dict[str, Json]:
    return {"r": pack(base.r), "n": pack(base.n), "standard": _pack_standard(base)}


def _gram(saved: Mapping[str, Json], rows: Rows) -> Make:
    r, n = unpack(saved["r"]), unpack(saved["n"])
    return lambda coefficients, priors, beliefs, fixed: GramProblem(
        coefficients, r, n, beliefs, _standard(saved, coefficients), fixed
    )


def _rows_state(base: RowsProblem) -> dict[str, Json]:
    return {"standard": _pack_standard(base)}


def _rows(saved: Mapping[str, Json], rows: Rows) -> Make:
    return lambda coefficients, priors, beliefs, fixed: RowsProblem(
        coefficients, rows.y, rows.weights, rows.offset, rows.layout, beliefs, _standard(saved, coefficients), fixed
    )


def _pack_standard(base: GramProblem | RowsProblem) -> Json:
    """The units in which rows were solved; of each design the centre and spread of its columns."""
    standard, designs = base.standard, base.coefficients.designs
    fields = {name: getattr(standard, name) for name in ("origin", "unit", "matrix", "shift", "moves")}
    return pack({**fields, "scaled": {param: list(standard.scaled[id(design)]) for param, design in designs.items()}})


def _standard(saved: Mapping[str, Json], coefficients: Coefficients) -> Standard:
    fields: dict[str, Any] = unpack(saved["standard"])
    scaled = {id(coefficients.designs[param]): tuple(both) for param, both in fields.pop("scaled").items()}
    return Standard(**fields, scaled=scaled)


FORMS: dict[type, StoredForm] = {
    SumsProblem: StoredForm("sums", _sums_state, _sums),
    GramProblem: StoredForm("gram", _gram_state, _gram),
    RowsProblem: StoredForm("rows", _rows_state, _rows),
}
