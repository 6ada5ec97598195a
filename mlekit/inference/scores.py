"""The rows' scores: the derivatives of their log densities by the values that people see, at any of these."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from ..data.layout import blocks
from ..links import Link
from ..models.posterior import LogPosterior
from ..numerics.arrays import Floats, Namespace, Numbers
from ..numerics.derivatives import differentiate
from ..numerics.sets import ParameterSet
from .likelihood_at import NEAR
from .points import Point, observations, point_at


def scores(problem: LogPosterior, vector: ArrayLike) -> Floats:
    """The derivatives of each row's log density by the values that people see, [rows, values], unweighted.

    Probabilities add up to one: their score is that of log(p_y / sum p), so that it is zero in total at the maximum.
    """
    point = point_at(problem, vector)
    if not point.inside and (point.coefficients or problem.rows.offset is not None):
        point = point.inwards(NEAR)
    of_rows = _scores_by_formula if not point.inside else _scores_by_predictors
    out = np.empty((len(problem.rows), len(problem.coefficients.names)))
    for start, stop in blocks(len(out)):
        with np.errstate(all="ignore"):
            for u, column in enumerate(of_rows(point, start, stop)):
                out[start:stop, u] = column
    return out


def _scores_by_predictors(point: Point, start: int, stop: int) -> Iterator[Numbers]:
    """From the scores by the linear predictors."""
    family, designs = point.family, point.problem.coefficients.designs
    each = iter(observations(point.problem, start, stop).evaluate(family, point.etas(start, stop), 1)[1])
    for param, s in family.params.items():
        own = [next(each) for _ in range(s.size)]
        if param in designs:
            x = designs[param].block(start, stop)
            yield from (score * column for score in own for column in x.T)
        elif s.many:
            first, *others = point.params[param]
            yield (0.0 - sum(own, 0.0)) / first
            yield from (score / p for score, p in zip(own, others, strict=True))
        else:
            yield own[0] * _slope(family.link(param), point.params[param])


def _slope(link: Link, at: float) -> Numbers:
    """The derivative of a link."""
    return differentiate(lambda xp, v: link.forward(xp, v[0]), [np.float64(at)], 1)[1][0]


def _scores_by_formula(point: Point, start: int, stop: int) -> list[Numbers]:
    """By the chain rule through the formula itself, which is right at the ends of sets."""
    family = point.family
    seen = observations(point.problem, start, stop)
    values = [np.full(stop - start, v) for value in point.params.values() for v in np.atleast_1d(value)]

    def height(xp: Namespace, v: list[Numbers]) -> Numbers:
        rest = iter(v)
        return seen.log_density(xp, family, {p: _named(s, rest) for p, s in family.params.items()})

    return differentiate(height, values, 1)[1]


def _named(s: ParameterSet, rest: Iterator[Numbers]) -> Numbers:
    """The values of one parameter; probabilities are divided by their sum."""
    if not s.many:
        return next(rest)
    values = [next(rest) for _ in range(s.size + 1)]
    total = sum(values[1:], values[0])
    return [value / total for value in values]
