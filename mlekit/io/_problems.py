"""The problem of a fit and its solution in a file. Of the data it keeps what their form looks at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..data.rows import Rows
from ..errors import OptionError
from ..inference.information import log_likelihood
from ..models.coefficients import Coefficients, coefficients_of
from ..models.forms import Form
from ..models.forms.cross_products import CrossProducts
from ..models.forms.rows import RowByRow
from ..models.forms.sums import Sums
from ..models.linear import Linear
from ..models.posterior import LogPosterior
from ..models.solution import Errors, Solution
from .documents import Json
from .values import pack, unpack

SOLVED = ("z", "status", "solver", "iterations", "decrement", "hessian", "at_end")
FORMS: dict[str, type[Form]] = {"sums": Sums, "cross_products": CrossProducts, "rows": RowByRow}


class SavableFit(Protocol):
    """A fit, as far as a file is concerned."""

    estimator: Any

    @property
    def solution(self) -> Solution: ...


# -- a fit as parts, and back -----------------------------------------------------------------------------------------


def pack_designs(problem: LogPosterior) -> Json:
    """The terms of each formula with what they learned."""
    return {param: pack(design.state()) for param, design in problem.coefficients.designs.items()}


def pack_solution(solution: Solution) -> Json:
    """The solution without its problem."""
    missing = solution.value is None and not solution.problem.priors
    value = log_likelihood(solution) if missing else solution.value
    return {
        "value": pack(value),
        "params": pack(solution.params),
        **{name: pack(getattr(solution, name)) for name in SOLVED},
        "errors": pack(solution.errors and solution.errors._asdict()),
        "notes": {name: pack_if_possible(note) for name, note in solution.notes.items()},
    }


def unpack_solution(problem: LogPosterior, saved: Mapping[str, Json]) -> Solution:
    """The solution that `pack_solution` was given."""
    fields: dict[str, Any] = {name: unpack(saved.get(name)) for name in ("value", "params", *SOLVED)}
    errors = unpack(saved["errors"])
    notes = {name: unpack(note) for name, note in saved["notes"].items() if note is not None}
    return Solution(problem, **fields, errors=None if errors is None else Errors(**errors), notes=notes)


def pack_form(form: Form) -> Json:
    """The form of the data, without the rows."""
    name = next((name for name, kind in FORMS.items() if type(form) is kind), None)
    if name is None:
        raise OptionError(f"a problem whose data have the form {type(form).__name__} cannot be saved")
    return {"form": name, **pack(form.state())}


def problem_of(family: Any, rows: Rows, options: Mapping[str, Any], saved: Mapping[str, Json]) -> LogPosterior:
    """The problem of a file for this family and these rows."""
    kind, state = FORMS[saved["form"]], unpack({name: value for name, value in saved.items() if name != "form"})

    def make(coefficients: Coefficients, rows: Rows) -> Form:
        return kind.from_state(state, coefficients, rows)

    model = Linear(family, rows, coefficients_of(family, rows.designs))
    return model.problem(options["prior"], options["fixed"], options["tied"], make)


def pack_if_possible(value: Any) -> Json:
    """JSON of a value that only says how the answer was found; None, forgotten, of one that no file can hold."""
    try:
        return pack(value)
    except OptionError:
        return None
