"""The likelihood at any parameters.

A vector is in the order of `fit.params`: parameters on their own scale, coefficients where there is a formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..data.layout import blocks
from ..data.observations import Observations
from ..errors import OptionError
from ..models.posterior import LogPosterior
from ..numerics.arrays import NUMPY
from ..solvers._base import Array

SUM = 1e-9  # how far the sum of probabilities may be from one
NEAR, NEARER = 1e-50, 1e-100  # how close to an end a limit is looked for


@dataclass(frozen=True)
class Place:
    """A point in parameter space: parameters without a formula, and coefficients of the others."""

    problem: LogPosterior
    params: Mapping[str, Any]
    coefficients: Mapping[str, list[Array]]  # parameter -> [terms] for each of its free coordinates

    @property
    def family(self) -> Any:
        return self.problem.family

    def etas(self, start: int, stop: int) -> list[Array]:
        """The linear predictors of a block of rows; of a constant a number."""
        rows, out = self.problem.rows, []
        first = next(iter(self.family.params))
        with np.errstate(divide="ignore"):
            for param, s in self.family.params.items():
                if param in self.coefficients:
                    x = self.problem.coefficients.designs[param].block(start, stop)
                    offset = rows.offset[start:stop] if rows.offset is not None and param == first else 0.0
                    out += [x @ b + offset for b in self.coefficients[param]]
                elif s.many:
                    logs = np.log(self.params[param])
                    out += list(logs[1:] - logs[0])
                else:
                    eta = self.family.link(param).forward(NUMPY, np.float64(self.params[param]))
                    out.append(eta + rows.offset[start:stop] if rows.offset is not None and param == first else eta)
        return out

    @cached_property
    def inside(self) -> bool:
        """True if no parameter is at an end of its set."""
        return all(
            np.all(self.family.params[p].inside(np.asarray(v))) and np.isfinite(v).all() for p, v in self.params.items()
        )

    def log_density(self, observations: Observations, etas: list[Array]) -> Array:
        """The log density of each row; nan where the formula gives none."""
        with np.errstate(all="ignore"):
            if self.inside:
                return observations.evaluate(self.family, etas, 0)[0]
            moved = next(iter(self.family.params)) if self.problem.rows.offset is not None else None
            own = {p: v for p, v in self.params.items() if p != moved}
            params = {**self.family.to_params(NUMPY, etas), **own}
            return observations.log_density(NUMPY, self.family, params)

    def moved(self, by: float) -> Place:
        """The same point with parameters at an end moved a little inside."""
        sets = self.family.params
        return Place(self.problem, {p: _inwards(sets[p], v, by) for p, v in self.params.items()}, self.coefficients)


def log_likelihood_at(problem: LogPosterior, vector: Array) -> float:
    """The log-likelihood; at an end of a set its limit or minus infinity, never nan."""
    place = place_at(problem, vector)
    coefficients = problem.coefficients
    if coefficients.constant and problem.form.summed:
        return float(problem.log_likelihood(coefficients.from_vector(np.asarray(vector)[None]))[0])
    height = _total(place)
    return height if not np.isnan(height) else _limit(place)


def _total(place: Place) -> float:
    rows = place.problem.rows
    total, observations = 0.0, rows.observations.floats()
    for start, stop in blocks(len(rows)):
        value = place.log_density(observations.take(slice(start, stop)), place.etas(start, stop))
        value = np.broadcast_to(value, (stop - start,))
        if rows.weights is None:
            total += value.sum()
        else:
            w = rows.weights[start:stop]
            total += (w * value)[w > 0].sum()
    return float(total)


def _limit(place: Place) -> float:
    """The limit of the log-likelihood as parameters go to their ends."""
    near, nearer = _total(place.moved(NEAR)), _total(place.moved(NEARER))
    if np.isnan(near) or np.isnan(nearer) or nearer < near - 1:
        return -np.inf
    return nearer if nearer <= near + 1 else np.inf


def _inwards(s: Any, value: Array, by: float) -> Array:
    if s.many:
        return value
    if value == s.low or value == -np.inf:
        return s.low + by if np.isfinite(s.low) else -1 / by
    return value if value < s.high else s.high - by if np.isfinite(s.high) else 1 / by


def place_at(problem: LogPosterior, vector: Array) -> Place:
    """The parameters and coefficients of a vector; a value outside its set is an OptionError that names it."""
    coefficients, family = problem.coefficients, problem.family
    rest = iter(zip(coefficients.names, np.asarray(vector, dtype=float), strict=True))
    params: dict[str, Any] = {}
    terms: dict[str, list[Array]] = {}
    for param, s in family.params.items():
        design = coefficients.designs.get(param)
        if design is not None:
            terms[param] = [np.array([_finite(*next(rest)) for _ in design.names]) for _ in range(s.size)]
        elif s.many:
            params[param] = _probabilities(s, [next(rest) for _ in family.names(param)])
        else:
            params[param] = _within(s, *next(rest))
    return Place(problem, params, terms)


def _finite(name: str, value: float) -> float:
    if not np.isfinite(value):
        raise OptionError(f"params: the coefficient {name!r} is {value:g}, but it has to be a finite number")
    return value


def _within(s: Any, name: str, value: float) -> float:
    if not s.has(value):
        raise OptionError(f"params: {name} is {value:g}, but it has to be {s.words}")
    return value


def _probabilities(s: Any, named: list[tuple[str, float]]) -> Array:
    probabilities = np.array([_within(s, *pair) for pair in named])
    if abs(probabilities.sum() - 1) > SUM:
        names = ", ".join(name for name, _ in named[:4]) + (", ..." if len(named) > 4 else "")
        raise OptionError(
            f"params: the probabilities {names} add up to {probabilities.sum():.10g}, but they have to add up to one"
        )
    return probabilities
