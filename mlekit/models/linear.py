"""A family with a linear predictor for each parameter: independent rows are the constant design, groups are a layout.

`bind` joins a family to rows, `problem` is the log posterior that solvers see. The data are kept in the smallest form
from which the likelihood can be worked out: sums where the family has them, cross-products for least squares, else rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..data.intake import read
from ..data.rows import Rows
from ..data.sums import check_size, summarise
from ..errors import DataError, IdentifiabilityError, OptionError, nearest
from ..families import Family
from .base import Model
from .coefficients import Coefficients, coefficients_of, numbers_by_name
from .forms import Form
from .forms.cross_products import CrossProducts, residual_factor
from .forms.rows import RowByRow
from .forms.sums import Sums
from .posterior import LogPosterior
from .prior_terms import PriorTerms, prior_terms
from .restriction import restriction
from .units import learn_units

Make = Callable[[Coefficients, Rows], Form]


@dataclass(frozen=True)
class Linear(Model[Any]):
    """The model of rows under a family; `family` before `bind`, all of it after."""

    family: Family
    rows: Rows | None = None
    coefficients: Coefficients | None = None

    def read(self, data: Any, target: Any, **how: Any) -> Rows:
        return read(next(iter(self.family.params)), data, target, **how)

    def bind(self, rows: Rows) -> Linear:
        """The model for these levels and columns, or a DataError."""
        family, observations = rows.observations.bind(self.family, rows.column)
        if len(observations) == 0:
            raise DataError("there are no rows: give at least one observation")
        _refuse_formulas_for_unknown(family, rows.designs)
        if rows.offset is not None and next(iter(family.params.values())).many:
            raise OptionError(
                f"offset: {family.name} has a linear predictor for each level, and no place for an offset"
            )
        return Linear(family, rows.seen_as(observations), coefficients_of(family, rows.designs))

    def problem(
        self, priors: Any, fixed: Mapping[str, Any], tied: Mapping[str, str], make: Make | None = None
    ) -> LogPosterior:
        """The log posterior, in the smallest form that the data allow; `make` takes the form from a file instead."""
        assert self.rows is not None
        assert self.coefficients is not None
        coefficients = self.coefficients
        terms = prior_terms(priors, coefficients)
        fixed = numbers_by_name(fixed, "fixed") if fixed else {}
        places = {coefficients.index(n, "fixed"): coefficients.free(n, v, "fixed") for n, v in fixed.items()}
        if make is not None:
            form = make(coefficients, self.rows)
        else:
            form = self._form(terms, centre=not (places or tied))
        held = restriction(coefficients, form.units, form.count, places, tied) if places or tied else None
        return LogPosterior(self, form, terms, fixed, held)

    def _form(self, priors: PriorTerms, centre: bool) -> Form:
        rows, family, coefficients = self.rows, self.family, self.coefficients
        assert rows is not None
        assert coefficients is not None
        if coefficients.constant and family.sufficient and rows.offset is None and rows.observations.exact:
            return Sums(coefficients, summarise(family, rows.y, rows.weights, rows.layout))
        return self._rows_form(rows, coefficients, priors, centre)

    def _rows_form(self, rows: Rows, coefficients: Coefficients, priors: PriorTerms, centre: bool) -> Form:
        family = self.family
        if not coefficients.size:
            raise IdentifiabilityError(f"all rows have one level, so the columns of {family.name} have no effect")
        observations = rows.observations.floats()
        # a kink is one place in original units: an intercept with one is not centred, and groups keep their unit
        kinked = {term.places[0] for term in priors.terms if term.prior.kink is not None}
        starts = {run.where.start for run in coefficients.runs if run.design is not None}
        own_unit = rows.offset is not None or (rows.groups is not None and bool(kinked))
        units = learn_units(coefficients, observations.values, rows.layout, centre=centre and not kinked & starts, offset=own_unit)
        if units.moves and len(units.unit) == 1:
            check_size(units.unit[0])
        form = RowByRow(coefficients, observations, rows.weights, rows.offset, rows.layout, units)
        first = next(iter(family.params))
        if not self._least_squares(rows, first):  # cross-products are finite only if every observation is
            rows.observations.check(family)
            if not priors and rows.groups is None:
                form.refuse_collinear()
            return form
        r = residual_factor(first, coefficients.designs[first], observations, rows.weights, units, form.diagnose)
        return CrossProducts(coefficients, r, float(rows.nobs()[0]), units)

    def _least_squares(self, rows: Rows, first: str) -> bool:
        """Whether cross-products are all that the likelihood depends on."""
        family = self.family
        return (
            list(rows.designs) == [first]
            and first == family.location
            and family.has_residuals
            and family.link(first).name == "identity"
            and rows.groups is None
            and rows.offset is None
            and rows.observations.exact
        )


def _refuse_formulas_for_unknown(family: Family, designs: Mapping[str, Any]) -> None:
    for param in designs:
        if param not in family.params:
            raise OptionError(f"{family.name} has no parameter {param!r} to model: {nearest(param, family.params)}")
