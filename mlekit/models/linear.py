"""A family with a linear predictor for each parameter: independent rows are the constant design, groups are a layout.

`bind` joins a family to rows, `problem` is the log posterior that solvers see. The data are kept in the smallest form
from which the likelihood can be worked out: sums if the family has them, cross-products for least squares, else rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.intake import read
from ..data.rows import Rows
from ..data.sums import check_size, summarise
from ..errors import DataError, IdentifiabilityError, OptionError, nearest, renumber
from ..families import Family
from ..numerics.arrays import Floats
from .base import Model
from .coefficients import Coefficients, coefficients_of, numbers_by_name
from .forms import Form
from .forms.sums import Sums
from .posterior import LogPosterior
from .prior_terms import PriorTerms, prior_terms
from .units import Units, learn_units

if TYPE_CHECKING:
    from ..data.design import Design
    from .forms.cross_products import CrossProducts
    from .forms.rows import RowByRow

Make = Callable[[Coefficients, Rows], Form]


@dataclass(frozen=True)
class Linear(Model[Any]):
    """The model of rows under a family, with a linear predictor for each parameter that has a formula.

    Attributes
    ----------
    family : Family
        The family; after `bind` with the levels that the observations have.
    rows : Rows or None
        The rows; None before `bind`.
    coefficients : Coefficients or None
        The layout of the coefficients; None before `bind`.

    Examples
    --------
    >>> import mlekit
    >>> model = mlekit.fit({"x": [0, 1, 2, 3], "y": [1, 3, 4, 9]}, "y ~ x", family="poisson").solution.problem.model
    >>> model.family, model.coefficients.names
    (poisson, ['Intercept', 'x'])
    """

    family: Family
    rows: Rows | None = None
    coefficients: Coefficients | None = None

    def read(self, data: Any, target: Any, **how: Any) -> Rows:
        rows = read(next(iter(self.family.params)), data, target, self.family.columns, **how)
        if rows.designs and not isinstance(target, Mapping):
            self.family.check_formula(target if isinstance(target, str) else f"{rows.target} ~ .")
        return rows

    def renumber(self, error: DataError, rows: Rows) -> None:
        if rows.positions is not None:
            renumber(error, rows.positions.tolist())

    def bind(self, rows: Rows) -> Linear:
        family, observations = rows.observations.bind(self.family, rows.column)
        if len(observations) == 0:
            raise DataError("there are no rows: give at least one observation")
        if rows.designs:
            _refuse_formulas_for_unknown(family, rows.designs)
        if rows.offset is not None and next(iter(family.params.values())).many:
            raise OptionError(
                f"offset: {family.name} has a linear predictor for each level, so it takes no offset: leave it out"
            )
        return Linear(family, rows.seen_as(observations), coefficients_of(family, rows.designs))

    def problem(
        self, priors: object, fixed: Mapping[str, float], tied: Mapping[str, str], make: Make | None = None
    ) -> LogPosterior:
        """Return the log posterior, in the smallest form that the data allow.

        Parameters
        ----------
        priors : Prior, mapping of str to Prior, or None
            Priors as ``prior=`` of `mlekit.fit` takes them.
        fixed : mapping of str to float
            Values that are given, by name.
        tied : mapping of str to str
            Names of values that are the same.
        make : callable, optional
            A function of (coefficients, rows) that gives the form of the data, for rows that are not here.

        Returns
        -------
        LogPosterior
            The function that a solver maximises.
        """
        assert self.rows is not None
        assert self.coefficients is not None
        coefficients = self.coefficients
        terms = prior_terms(priors, coefficients)
        points: Mapping[int, float] = {}
        if fixed:
            fixed = numbers_by_name(fixed, "fixed")
            points = {coefficients.index(n, "fixed"): coefficients.free(n, v, "fixed") for n, v in fixed.items()}
        if make is not None:
            form = make(coefficients, self.rows)
        else:
            form = self._form(self.rows, coefficients, terms, not (tied or (points and self._fixes_intercept(points))))
        if not points and not tied:
            return LogPosterior(self, form, terms, fixed)
        from .restriction import restriction

        return LogPosterior(self, form, terms, fixed, restriction(coefficients, form.units, form.count, points, tied))

    def _fixes_intercept(self, points: Mapping[int, float]) -> bool:
        """True if an intercept is given: that of the columns where they lie, which are not centred then."""
        assert self.coefficients is not None
        return any(run.design is not None and run.intercept in points for run in self.coefficients.runs)

    def _form(self, rows: Rows, coefficients: Coefficients, priors: PriorTerms, centre: bool) -> Form:
        family = self.family
        if coefficients.constant and family.sufficient and rows.offset is None and rows.observations.exact:
            return Sums(coefficients, summarise(family, rows.observations.plain, rows.weights, rows.layout))
        if not coefficients.size:
            raise IdentifiabilityError(f"all rows have one level, so the columns of {family.name} have no effect")
        observations = rows.observations.floats()
        units = _units(rows, observations.values, coefficients, priors, centre)
        form = _row_by_row()(coefficients, observations, rows.weights, rows.offset, rows.layout, units)
        if self._least_squares(rows):  # cross-products are finite only if every observation is
            return _cross_products(form, float(rows.nobs()[0]), independent=not priors)
        rows.observations.check(family)
        if not priors and rows.groups is None:
            form.refuse_collinear()
        return form

    def _least_squares(self, rows: Rows) -> bool:
        """True if the likelihood depends on nothing but cross-products."""
        family = self.family
        first = next(iter(family.params))
        return bool(rows.designs) and (
            list(rows.designs) == [first]
            and first == family.location
            and family.has_residuals
            and family.link(first).name == "identity"
            and rows.groups is None
            and rows.offset is None
            and rows.observations.exact
        )


@cache
def _row_by_row() -> type[RowByRow]:
    """The form of rows, imported once and when it is needed: sums do without it."""
    from .forms.rows import RowByRow

    return RowByRow


def _units(rows: Rows, y: Floats, coefficients: Coefficients, priors: PriorTerms, centre: bool) -> Units:
    """The units in which rows are kept."""
    # a kink is one point in original units: an intercept with one is not centred, and groups keep their unit
    kinked = {term.positions[0] for term in priors.terms if term.prior.kink is not None}
    starts = {run.where.start for run in coefficients.runs if run.design is not None}
    own_unit, layout = rows.offset is not None or (rows.groups is not None and bool(kinked)), rows.layout
    if rows.weights is not None and not rows.weights.all():
        counted = np.flatnonzero(rows.weights)
        coefficients, y, layout = coefficients.of_rows(counted), y[counted], layout.of_rows(counted)
    units = learn_units(coefficients, y, layout, centre=centre and not kinked & starts, offset=own_unit)
    if units.rescales and len(units.unit) == 1:
        check_size(units.unit[0])
    return units


def _cross_products(form: RowByRow, n: float, independent: bool) -> CrossProducts:
    """The data of least squares."""
    from .forms.cross_products import CrossProducts, residual_factor

    coefficients, units = form.coefficients, form.units
    ((param, design),) = coefficients.designs.items()
    r = residual_factor(units, param, design, form.observations, form.weights, form.diagnose, independent)
    return CrossProducts(coefficients, r, n, units, independent=independent)


def _refuse_formulas_for_unknown(family: Family, designs: Mapping[str, Design]) -> None:
    for param in designs:
        if param not in family.params:
            raise OptionError(f"{family.name} has no parameter {param!r} to model: {nearest(param, family.params)}")
