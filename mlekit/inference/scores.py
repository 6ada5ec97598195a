"""The rows' scores: the derivatives of their log densities by the values that people see, at any of these."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data.layout import blocks
from ..data.observations import Observations
from ..models.posterior import LogPosterior
from ..numerics.derivatives import differentiate
from ..solvers._base import Array
from .likelihood_at import NEAR, Place, place_at


def scores(problem: LogPosterior, vector: Array) -> Array:
    """The derivatives of each row's log density by the values that people see, [rows, values], unweighted.

    Shares add up to one: their score is that of log(p_y / sum p), so that it is zero in total at the maximum.
    """
    place = place_at(problem, vector)
    if not place.inside and (place.coefficients or problem.rows.offset is not None):
        place = place.moved(NEAR)
    of_rows, observations = _own_scores if not place.inside else _free_scores, problem.rows.observations.floats()
    out = np.empty((len(problem.rows), len(problem.coefficients.names)))
    for start, stop in blocks(len(out)):
        with np.errstate(all="ignore"):
            out[start:stop] = of_rows(place, observations.take(slice(start, stop)), start, stop)
    return out


def _free_scores(place: Place, seen: Observations, start: int, stop: int) -> Array:
    """From the scores by the linear predictors."""
    family, designs = place.family, place.problem.coefficients.designs
    each = iter(seen.evaluate(family, place.etas(start, stop), 1)[1])
    columns: list[Array] = []
    for param, s in family.params.items():
        mine = [next(each) for _ in range(s.size)]
        if param in designs:
            x = designs[param].block(start, stop)
            columns += [score * column for score in mine for column in x.T]
        elif s.many:
            first, *others = place.params[param]
            columns += [
                (0.0 - sum(mine, 0.0)) / first,
                *(score / share for score, share in zip(mine, others, strict=True)),
            ]
        else:
            link, at = family.link(param), place.params[param]
            columns.append(
                mine[0] * differentiate(lambda xp, v, link=link: link.forward(xp, v[0]), [np.float64(at)], 1)[1][0]
            )
    return np.stack([np.broadcast_to(c, (stop - start,)) for c in columns], axis=1)


def _own_scores(place: Place, seen: Observations, start: int, stop: int) -> Array:
    """By the chain rule through the formula itself, which is right at the ends of sets."""
    family = place.family
    values = [np.full(stop - start, v) for value in place.params.values() for v in np.atleast_1d(value)]

    def height(xp: Any, v: list[Any]) -> Any:
        rest = iter(v)
        return seen.log_density(xp, family, {p: _named(s, rest) for p, s in family.params.items()})

    slopes = differentiate(height, values, 1)[1]
    return np.stack([np.broadcast_to(slope, (stop - start,)) for slope in slopes], axis=1)


def _named(s: Any, rest: Any) -> Any:
    if not s.many:
        return next(rest)
    shares = [next(rest) for _ in range(s.size + 1)]
    total = sum(shares[1:], shares[0])
    return [share / total for share in shares]
