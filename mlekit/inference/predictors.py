"""The fitted law at rows: linear predictors, how sure they are, and the parameters that they give.

    eta_j = A_j z_j + a_j          cov(eta_j, eta_k) = A_j cov(z_j, z_k) A_k'

with a column j for each free coordinate of the law. A_j are standardised columns, in which nothing cancels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..data.columns import column, is_table, numbers
from ..data.layout import blocks
from ..data.observations import Observations
from ..errors import DataError, OptionError
from ..models.posterior import LogPosterior
from ..numerics.arrays import NUMPY
from ..solvers._base import Array, Solution
from .information import covariance_base


@dataclass(frozen=True)
class Predictors:
    """A fit at `count` rows; `designs` and `offset` are theirs, and `known` what the law takes of them besides."""

    solution: Solution
    count: int
    designs: Mapping[str, Any]
    offset: Array | None
    known: Mapping[str, Array]

    @property
    def problem(self) -> LogPosterior:
        return self.solution.problem

    @property
    def family(self) -> Any:
        return self.problem.family

    @property
    def runs(self) -> Any:
        """The coefficients of each free coordinate of the law."""
        return self.problem.coefficients.runs

    def columns(self) -> Iterator[tuple[slice, list[Array]]]:
        """Block by block of rows, the A_j; of a constant [1, 1]."""
        units = self.problem.units
        for start, stop in blocks(self.count) if self.designs else [(0, 1)]:
            seen: dict[str, Array] = {}
            for param, design in self.designs.items():
                seen[param] = units.columns(param, design, start, stop)
            yield slice(start, stop), [factor * seen.get(run.param, ONE) for run, (factor, _) in self._scales()]

    def _scales(self) -> list[tuple[Any, tuple[Any, Any]]]:
        """(run, (factor, shift)) with eta = factor (standardised columns z) + shift."""
        units = self.problem.units
        factors, shifts = np.diagonal(units.matrix[0]), units.shift[0]
        spreads = [1.0 if run.design is None else units.scaled[run.param][1][0] for run in self.runs]
        starts = [run.where.start for run in self.runs]
        return [(run, (factors[k] * s, shifts[k])) for run, k, s in zip(self.runs, starts, spreads, strict=True)]

    def _rows(self, *runs: Any) -> int:
        """How many numbers hold what depends on these runs."""
        return self.count if any(run.param in self.designs for run in runs) else 1

    @cached_property
    def etas(self) -> list[Array]:
        """The linear predictors on the user's scale: [n], or [1] of a constant."""
        if self.solution.z is None:
            return [np.atleast_1d(z) for z in self.family.to_free(self.solution.params)]
        z = self.problem.expand(self.solution.z)[0]
        etas = [np.empty(self._rows(run)) for run in self.runs]
        for rows, matrices in self.columns():
            for eta, matrix, (run, (_, shift)) in zip(etas, matrices, self._scales(), strict=True):
                eta[rows if run.param in self.designs else ALL] = matrix @ z[run.where] + shift
        if self.offset is not None:
            first = self.runs[0].param
            etas = [eta + self.offset if run.param == first else eta for run, eta in zip(self.runs, etas, strict=True)]
        return etas

    @cached_property
    def covariances(self) -> list[list[Array]]:
        """Those of the linear predictors, row by row."""
        cov = covariance_base(self.solution)[0][0]
        out = [[np.empty(self._rows(a, b)) for b in self.runs] for a in self.runs]
        for rows, matrices in self.columns():
            for i, (a, run) in enumerate(zip(matrices, self.runs, strict=True)):
                for j, (b, other) in enumerate(zip(matrices, self.runs, strict=True)):
                    long = self._rows(run, other) == self.count
                    out[i][j][rows if long else ALL] = ((a @ cov[run.where, other.where]) * b).sum(axis=1)
        return out

    @cached_property
    def params(self) -> dict[str, Any]:
        """The law's parameters at the rows."""
        params = self.solution.params or self.family.to_params(NUMPY, self.etas)
        sets = self.family.params
        params = {
            p: [np.atleast_1d(v) for v in value] if sets[p].many else np.atleast_1d(value)
            for p, value in params.items()
        }
        fixed = {
            p: np.atleast_1d(v) for p, v in self.solution.problem.fixed.items() if p in params and p not in self.designs
        }
        return {**params, **fixed}

    @property
    def dist(self) -> Any:
        """The frozen distribution of the rows."""
        return self.family.frozen(**self.params, **self.known)

    def log_density(self, observations: Observations) -> Array:
        """Of an observation a row; minus infinity outside the support."""
        family, seen = self.family, observations.floats()
        with np.errstate(all="ignore"):
            if all(np.isfinite(eta).all() for eta in self.etas):
                value = seen.evaluate(family, self.etas, 0)[0]
            else:
                value = seen.log_density(NUMPY, family, self.params)
            inside = family.support.contains(seen.values)
        return np.where(np.isnan(value) | ~inside, -np.inf, value)


ONE, ALL = np.ones((1, 1)), slice(None)


# ---- where the rows come from --------------------------------------------------------------------------------------


def fitted(solution: Solution) -> Predictors:
    """The fit at its own rows, with what the law knows of observations."""
    rows = solution.problem.rows
    known = rows.observations.known(solution.problem.family)
    return Predictors(solution, len(rows), solution.problem.coefficients.designs, rows.offset, known)


def at(solution: Solution, new: Any = None) -> Predictors:
    """The fit at new rows; None: at its own."""
    problem, designs = solution.problem, solution.problem.coefficients.designs
    rows = problem.rows
    if new is None:
        count, offset, where = len(rows), rows.offset, rows.column
    elif designs or is_table(new):
        frame = named(new, designs)
        designs = {param: design.on(frame) for param, design in designs.items()}
        count, where = frame.rows, frame.column
        offset = new_offset(problem, designs, frame)
    else:
        count, offset, where = len(column(new)), new_offset(problem, {}, None), _no_columns
    return Predictors(solution, count, designs, offset, problem.family.known(where, count))


def named(new: Any, designs: Mapping[str, Any]) -> Any:
    """New rows as a table; the columns of a matrix are those that the fit was given, in their order."""
    from ..data.frames import table

    frame = table(new)
    places = [f"x{j}" for j in range(len(frame.names))]
    if frame.names != places or not designs:
        return frame
    state = next(iter(designs.values())).state()
    wanted = state["dot"]
    if state["formula"] != "." or frame.names == wanted:
        return frame
    if len(wanted) != len(places):
        raise DataError(f"the new rows have {len(places)} columns, but the fit has {len(wanted)}: {', '.join(wanted)}")
    return table({name: frame.column(place) for name, place in zip(wanted, places, strict=True)})


def new_offset(problem: LogPosterior, designs: Mapping[str, Any], frame: Any) -> Array | None:
    """The offset of new rows, from the formula and from the column that offset= named."""
    first, source = problem.coefficients.runs[0].param, problem.rows.offset_from
    offset = designs[first].offset if first in designs else None
    if source is None:
        return offset
    if not source:
        raise OptionError(
            "the fit had its offset as an array, and new rows need theirs: name a column in the fit, offset='column'"
        )
    if frame is None:
        raise OptionError(f"new rows need their offset: give a table with the column {source!r}")
    extra = np.asarray(numbers(frame.column(source), source), dtype=float)
    if not np.isfinite(extra).all():
        row = int(np.argmin(np.isfinite(extra)))
        raise DataError(f"the offset {source!r} is {extra[row]} in row {row}: it has to be a finite number")
    return extra if offset is None else offset + extra


def _no_columns(name: str) -> Array:
    raise DataError(f"{name!r} is to be a column of the new rows, but they are one column without a name")
