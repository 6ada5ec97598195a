"""Points in parameter space, and the log densities of rows there.

A vector is in the order of `fit.params`: parameters on their own scale, coefficients of those with a formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from ..data.observations import Observations
from ..errors import OptionError
from ..families import Family
from ..models.posterior import LogPosterior
from ..numerics.arrays import NUMPY, Floats, Numbers
from ..numerics.sets import ParameterSet

SUM = 1e-9  # how far the sum of probabilities may be from one


@dataclass(frozen=True)
class Point:
    """A point in parameter space: parameters without a formula, and coefficients of the others."""

    problem: LogPosterior
    params: Mapping[str, Numbers]
    coefficients: Mapping[str, list[Floats]]  # parameter -> [terms] for each of its free coordinates

    @property
    def family(self) -> Family:
        """The family, with its levels."""
        return self.problem.family

    def etas(self, start: int, stop: int) -> list[Numbers]:
        """The linear predictors of a block of rows; of a constant a number."""
        first = next(iter(self.family.params))
        etas: list[Numbers] = []
        with np.errstate(divide="ignore", invalid="ignore"):
            for param, s in self.family.params.items():
                offset = self._offset(start, stop) if param == first else 0.0
                if param in self.coefficients:
                    x = self.problem.coefficients.designs[param].block(start, stop)
                    etas += [x @ b + offset for b in self.coefficients[param]]
                elif s.many:
                    logs = np.log(self.params[param])
                    etas += list(logs[1:] - logs[0])
                else:
                    etas.append(self.family.link(param).forward(NUMPY, np.float64(self.params[param])) + offset)
        return etas

    def _offset(self, start: int, stop: int) -> Numbers:
        offset = self.problem.rows.offset
        return 0.0 if offset is None else offset[start:stop]

    @cached_property
    def inside(self) -> bool:
        """True if no parameter is at an end of its set."""
        return all(
            np.all(self.family.params[p].inside(np.asarray(v))) and np.isfinite(v).all() for p, v in self.params.items()
        )

    def log_density(self, seen: Observations, etas: list[Numbers]) -> Floats:
        """The log density of each row; nan if the formula gives none."""
        with np.errstate(all="ignore"):
            if self.inside:
                return seen.evaluate(self.family, etas, 0)[0]
            shifted = next(iter(self.family.params)) if self.problem.rows.offset is not None else None
            own = {p: v for p, v in self.params.items() if p != shifted}
            return seen.log_density(NUMPY, self.family, {**self.family.to_params(NUMPY, etas), **own})

    def inwards(self, distance: float) -> Point:
        """The point nearby with no parameter at an end of its set."""
        sets = self.family.params
        params = {p: _inwards(sets[p], v, distance) for p, v in self.params.items()}
        return Point(self.problem, params, self.coefficients)


def _inwards(s: ParameterSet, value: Numbers, distance: float) -> Numbers:
    if s.many:
        return value
    if value == s.low or value == -np.inf:
        return s.low + distance if np.isfinite(s.low) else -1 / distance
    return value if value < s.high else s.high - distance if np.isfinite(s.high) else 1 / distance


def point_at(problem: LogPosterior, vector: ArrayLike) -> Point:
    """The parameters and coefficients of a vector; a value outside its set is an OptionError that names it."""
    coefficients, family = problem.coefficients, problem.family
    rest = iter(zip(coefficients.names, np.asarray(vector, dtype=float), strict=True))
    params: dict[str, Numbers] = {}
    terms: dict[str, list[Floats]] = {}
    for param, s in family.params.items():
        design = coefficients.designs.get(param)
        if design is not None:
            terms[param] = [np.array([_finite(*next(rest)) for _ in design.names]) for _ in range(s.size)]
        elif s.many:
            params[param] = _probabilities(s, [next(rest) for _ in family.names(param)])
        else:
            params[param] = _within(s, *next(rest))
    return Point(problem, params, terms)


def _finite(name: str, value: float) -> float:
    if not np.isfinite(value):
        raise OptionError(f"params: the coefficient {name!r} is {value:g}, but it has to be a finite number")
    return value


def _within(s: ParameterSet, name: str, value: float) -> float:
    if not s.has(value):
        raise OptionError(f"params: {name} is {value:g}, but it has to be {s.one}")
    return value


def _probabilities(s: ParameterSet, named: list[tuple[str, float]]) -> Floats:
    probabilities = np.array([_within(s, *pair) for pair in named])
    if abs(probabilities.sum() - 1) > SUM:
        names = ", ".join(name for name, _ in named[:4]) + (", ..." if len(named) > 4 else "")
        raise OptionError(
            f"params: the probabilities {names} add up to {probabilities.sum():.10g}, but they have to add up to one"
        )
    return probabilities


def observations(problem: LogPosterior, start: int, stop: int) -> Observations:
    """The observations of a block of rows as formulas take them."""
    return problem.rows.observations.take(slice(start, stop)).floats()
