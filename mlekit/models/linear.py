"""A law with a linear predictor for each parameter: independent rows are the constant design, groups are a layout.

`bind` joins a law to rows, `problem` is the log posterior that solvers see. What the data have to say is held in the
smallest form that says it all: sums where the law has them, cross-products for least squares, rows otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..data.rows import Rows, read
from ..data.sums import check_size, summarise
from ..errors import DataError, IdentifiabilityError, OptionError, nearest
from ..families._base import Family
from ..priors._base import Prior
from .base import Bound, Model
from .beliefs import Belief, Beliefs
from .coefficients import Coefficients, coefficients_of, numbers_by_name
from .gram_problem import GramProblem, residual_factor
from .restricted import Restricted
from .rows_problem import RowsProblem
from .standard import standardise
from .sums_problem import SumsProblem

Array = Any


@dataclass(frozen=True)
class Linear(Model[Any]):
    """The model of rows under a law; `family` before `bind`, all of it after."""

    family: Family
    rows: Rows | None = None
    coefficients: Coefficients | None = None

    def read(self, data: Any, target: Any, **how: Any) -> Rows:
        return read(next(iter(self.family.params)), data, target, **how)

    def bind(self, rows: Rows) -> Linear:
        """The model for these levels and columns, or a DataError."""
        family, y = self.family.bind(rows.y, rows.column)
        if len(y) == 0:
            raise DataError("there are no rows: give at least one observation")
        _refuse_formulas_for_unknown(family, rows.designs)
        if rows.offset is not None and next(iter(family.params.values())).many:
            raise OptionError(
                f"offset: {family.name} has a linear predictor for each level, and no place for an offset"
            )
        return Linear(family, replace(rows, y=y) if y is not rows.y else rows, coefficients_of(family, rows.designs))

    def problem(
        self, priors: Any, fixed: Mapping[str, Any], tied: Mapping[str, str], make: Callable[..., Any] | None = None
    ) -> Bound:
        """The log posterior, in the smallest form that the data allow; `make` takes it from a file instead."""
        assert self.rows is not None
        assert self.coefficients is not None
        rows, family, coefficients = self.rows, self.family, self.coefficients
        by_name = name_priors(priors, coefficients)
        beliefs = Beliefs(coefficients, [_belief(name, prior, coefficients) for name, prior in by_name.items()])
        fixed = numbers_by_name(fixed, "fixed") if fixed else {}
        places = {coefficients.index(n, "fixed"): coefficients.free(n, v, "fixed") for n, v in fixed.items()}
        if make is not None:
            base: Any = make(coefficients, by_name, beliefs, fixed)
        elif coefficients.constant and family.sufficient and rows.offset is None:
            stats = summarise(family, rows.y, rows.weights, rows.layout)
            base = SumsProblem(coefficients, stats, by_name, beliefs, fixed)
        else:
            base = self._rows_problem(beliefs, fixed, free=not (places or tied))
        return Bound(self, base, *restrict(base, coefficients, places, tied))

    def _rows_problem(self, beliefs: Beliefs, fixed: Mapping[str, float], free: bool) -> Any:
        rows, family, coefficients = self.rows, self.family, self.coefficients
        assert rows is not None
        assert coefficients is not None
        if not coefficients.size:
            raise IdentifiabilityError(f"all rows have one level, so {family.name} has nothing to tell of columns")
        y = rows.y if family.codes else np.asarray(rows.y, dtype=float)
        # a kink is one place in the units of the user: an intercept with one is not moved, and groups keep their unit
        bent = {belief.places[0] for belief in beliefs.beliefs if belief.prior.kink is not None}
        starts = {run.where.start for run in coefficients.runs if run.design is not None}
        own_unit = rows.offset is not None or (rows.groups is not None and bool(bent))
        standard = standardise(coefficients, y, rows.layout, centre=free and not bent & starts, offset=own_unit)
        if standard.moves and len(standard.unit) == 1:
            check_size(standard.unit[0])
        first = next(iter(family.params))
        least_squares = (
            list(coefficients.designs) == [first]
            and first == family.location
            and family.has_residuals
            and family.link(first).name == "identity"
            and rows.groups is None
            and rows.offset is None
        )
        problem = RowsProblem(coefficients, y, rows.weights, rows.offset, rows.layout, beliefs, standard, fixed)
        if not least_squares:  # cross-products are finite only if every observation is
            family.check(rows.y)
            if not beliefs and rows.groups is None:
                problem.refuse_collinear()
            return problem
        design = coefficients.designs[first]
        r = residual_factor(design, y, rows.weights, standard, problem.diagnose)
        return GramProblem(coefficients, r, float(rows.nobs()[0]), beliefs, standard, fixed)


class Pinned(Restricted):
    """The free coordinates beside fixed and tied ones; a formula that knows of them is still asked."""

    def closed(self) -> Any:
        return self.inner.closed()


def restrict(base: Any, coefficients: Coefficients, places: Mapping[int, float], tied: Any) -> tuple[Any, ...]:
    """(problem, matrix, shift) with fixed coordinates held and tied ones made one."""
    if not places and not tied:
        return (base,)
    if not isinstance(tied, Mapping):
        raise OptionError(f"tied is a dict of names, such as tied={{'b': 'a'}}, not {tied!r}")
    size = coefficients.size
    owner = list(range(size))
    for name, other in tied.items():
        a, b = (owner[coefficients.index(n, "tied")] for n in (name, other))
        if a == b:
            raise OptionError(f"tied: {name!r} is tied to itself")
        coefficients.same_kind(name, other)
        owner = [b if k == a else k for k in owner]
        held = {places[k] for k in range(size) if owner[k] == b and k in places}
        if len(held) > 1:
            raise OptionError(f"tied: {name!r} is to be {other!r}, but fixed= holds them at different values")
        places = {**places, **dict.fromkeys([b] if held else [], *held)}
    # groups differ in their units, and not in the ratio of two scales of one kind
    scales = np.einsum("gkk->gk", base.user_matrix())
    scale, shift = scales[0], base.to_user(np.zeros((base.count, size)))
    free = [k for k in range(size) if owner[k] == k and k not in places]
    t = np.zeros((size, len(free)))
    for k in range(size):
        if owner[k] in free:
            t[k, free.index(owner[k])] = scale[owner[k]] / scale[k]
    c = np.zeros((base.count, size))
    for k in range(size):
        target = places.get(k, places.get(owner[k]))
        if target is not None:
            c[:, k] = (target - shift[:, k]) / scales[:, k]
        elif owner[k] != k:
            c[:, k] = (shift[:, owner[k]] - shift[:, k]) / scales[:, k]
    return (Restricted if tied else Pinned)(base, t, c), t, c


def name_priors(priors: Any, coefficients: Coefficients) -> dict[str, Prior]:
    """Priors by the name of the parameter or coefficient they are about."""
    if priors is None:
        return {}
    from .. import priors as shelf

    if isinstance(priors, Mapping):
        named = {str(name): shelf.get(prior) for name, prior in priors.items()}
    else:
        prior, first = shelf.get(priors), next(iter(coefficients.family.params))
        if first not in coefficients.designs:
            named = {first: prior}
        else:
            names = coefficients.names[: sum(len(r.design.names) for r in coefficients.runs if r.param == first)]
            named = {n: prior for n in names if not n.endswith("Intercept")}
    for name, prior in named.items():
        _check_prior(name, prior, coefficients)
    return named


def _check_prior(name: str, prior: Prior, coefficients: Coefficients) -> None:
    family = coefficients.family
    if name in family.params and name not in coefficients.designs:
        s = family.params[name]
        if s.many != prior.many:
            raise OptionError(
                f"prior: {name} is {s.words}, which take a Dirichlet prior, not {prior}"
                if s.many
                else f"prior: {prior} is about shares, but {name} is {s.words}"
            )
        if s.many and not prior.fits(s.levels):
            raise OptionError(f"prior: {prior} does not have one value a level: {name} has {s.levels} levels")
        outside = prior.high <= s.low or prior.low >= s.high
        bounded = np.isfinite([prior.low, prior.high]).all() and (prior.low < s.low or prior.high > s.high)
        if not s.many and (outside or bounded):
            raise OptionError(f"prior: {prior} lives outside the set of {name}, which is {s.words}")
        if np.isinf([s.low, s.high]).all():
            _check_reach(name, prior)
    else:
        coefficients.index(name, "prior")
        if prior.many:
            raise OptionError(f"prior: {prior} is about shares, but {name} is a coefficient")
        _check_reach(name, prior)


def _check_reach(name: str, prior: Prior) -> None:
    """A belief about a number that may be anything has a density everywhere."""
    low, high = prior.low, prior.high
    if np.isinf(low) and np.isinf(high):
        return
    about = f"up to {high:g}" if np.isinf(low) else f"from {low:g} " + ("up" if np.isinf(high) else f"to {high:g}")
    may = "negative" if low == 0 else "any real number"
    raise OptionError(
        f"prior: {prior} is about numbers {about}, but {name} may be {may}: use Normal(mean, sd) or Laplace(loc, scale)"
    )


def _belief(name: str, prior: Prior, coefficients: Coefficients) -> Belief:
    family = coefficients.family
    if name in family.params and name not in coefficients.designs:
        places = [run.where.start for run in coefficients.runs if run.param == name]
        return Belief(prior, places, name)
    return Belief(prior, [coefficients.index(name, "prior")], None)


def _refuse_formulas_for_unknown(family: Family, designs: Mapping[str, Any]) -> None:
    for param in designs:
        if param not in family.params:
            raise OptionError(f"{family.name} has no parameter {param!r} to model: {nearest(param, family.params)}")
