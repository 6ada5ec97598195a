"""The same fit of other rows: one group of many, or one fit under many sets of weights."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch
from typing import Any

import numpy as np

from ..data.layout import ONE, Shared
from ..data.sums import summarise
from ..models.base import Bound
from ..models.gram_problem import GramProblem, residual_factor
from ..models.linear import Pinned
from ..models.rows_problem import RowsProblem
from ..models.sums_problem import SumsProblem
from ..solvers.base import Array


def with_base(bound: Bound, base: Any) -> Bound:
    """The same fixed and tied coordinates of another problem."""
    if bound.matrix is None:
        return replace(bound, base=base, problem=base)
    return replace(bound, base=base, problem=Pinned(base, bound.matrix, bound.shift))


@singledispatch
def reweighted(base: Any, y: Array, weights: Array) -> Any:
    """The problem of rows y, counted as often as each row of weights [B, n] says: a batch of B fits."""
    raise TypeError(f"{type(base).__name__} does not say how its rows are weighted anew")


@reweighted.register
def _(base: SumsProblem, y: Array, weights: Array) -> SumsProblem:
    stats = summarise(base.family, y, weights, Shared(len(weights)))
    return SumsProblem(base.coefficients, stats, base.priors, base.beliefs, base.fixed)


@reweighted.register
def _(base: RowsProblem, y: Array, weights: Array) -> RowsProblem:
    return base.with_weights(weights)


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
