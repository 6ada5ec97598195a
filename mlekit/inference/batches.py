"""The same fit of other rows: one group of many, or one fit under many sets of weights."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch
from typing import Any

import numpy as np

from ..data.layout import ONE, Shared
from ..data.sums import summarise
from ..families.composite.reparametrised import suited
from ..models.base import Bound
from ..models.beliefs import Beliefs
from ..models.coefficients import coefficients_of
from ..models.gram_problem import GramProblem, residual_factor
from ..models.linear import Pinned
from ..models.rows_problem import RowsProblem
from ..models.sums_problem import SumsProblem
from ..solvers import AUTO, InTurn
from ..solvers._base import Array, Solution


def with_base(bound: Bound, base: Any) -> Bound:
    """The same fixed and tied coordinates of another problem."""
    if bound.matrix is None:
        return replace(bound, base=base, problem=base)
    return replace(bound, base=base, problem=Pinned(base, bound.matrix, bound.shift))


@singledispatch
def reweighted(base: Any, y: Array, weights: Array) -> Any:
    """The problem of rows y, counted as often as each row of weights [B, n] says: a batch of B fits."""
    return base.with_weights(weights)


@reweighted.register
def _(base: SumsProblem, y: Array, weights: Array) -> SumsProblem:
    stats = summarise(base.family, y, weights, Shared(len(weights)))
    return SumsProblem(base.coefficients, stats, base.priors, base.beliefs, base.fixed)


@reweighted.register
def _(base: GramProblem, y: Array, weights: Array) -> GramProblem:
    (design,) = base.coefficients.designs.values()
    y, w = np.asarray(y, dtype=float), weights[0]
    r = residual_factor(design, y, w, base.standard, lambda: None)
    return GramProblem(base.coefficients, r, float(w.sum()), base.beliefs, base.standard, base.fixed)


@singledispatch
def alone(base: Any) -> Any:
    """A batch of one as a problem that takes any number of points: rows that all belong to it, not to a group."""
    return base


@alone.register
def _(base: RowsProblem) -> RowsProblem:
    return RowsProblem(
        base.coefficients, base.y, base.weights, base.offset, ONE, base.beliefs, base.standard, base.fixed
    )


def lonely(bound: Bound) -> Bound:
    """One fit, whose rows need no group."""
    base = alone(bound.base)
    return bound if base is bound.base else with_base(bound, base)


def fitted_in(bound: Bound, name: str) -> tuple[Bound, Solution] | None:
    """The fit in parameters of which `name`, a derived one, is one; None where the law has no such parameters."""
    law = suited(bound.model.family, [name])
    if law is bound.model.family or not law.sufficient or bound.matrix is not None or bound.base.beliefs:
        return None
    coefficients = coefficients_of(law, {})
    base = SumsProblem(coefficients, bound.base.sums, {}, Beliefs(coefficients, []), {})
    other = Bound(replace(bound.model, family=law, coefficients=coefficients), base, base)
    found = InTurn(AUTO).solve(base)
    assert found is not None
    return other, found


@singledispatch
def one_by_one(base: Any) -> bool:
    """Whether `reweighted` takes one set of weights at a time."""
    return False


@one_by_one.register
def _(base: GramProblem) -> bool:
    return True
