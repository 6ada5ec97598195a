"""The fitted distribution at rows: linear predictors, their covariances, and the parameters that they give.

    eta_j = A_j z_j + a_j          cov(eta_j, eta_k) = A_j cov(z_j, z_k) A_k'

with one j for each free coordinate of the family. A_j are standardised columns, in which nothing cancels.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..data.design import Design
from ..data.layout import blocks
from ..data.observations import Observations
from ..errors import PredictionWarning, outside_level
from ..families import Family
from ..models.coefficients import Run
from ..models.posterior import Fitted, LogPosterior
from ..numerics.arrays import NUMPY, Floats, Mask, Numbers
from ..numerics.frozen import Frozen
from .information import covariance_base

ONE, ALL = np.ones((1, 1)), slice(None)


@dataclass(frozen=True)
class Predictors:
    """A fit at `count` rows, with their `designs`, their `offset`, and what else is `known` of them, such as trials."""

    solution: Fitted
    count: int
    designs: Mapping[str, Design]
    offset: Floats | None
    known: Mapping[str, Numbers]

    @property
    def problem(self) -> LogPosterior:
        """The problem that was solved."""
        return self.solution.problem

    @property
    def family(self) -> Family:
        """The family, with its levels."""
        return self.problem.family

    @property
    def runs(self) -> list[Run]:
        """The coefficients of each free coordinate of the family."""
        return self.problem.coefficients.runs

    def columns(self) -> Iterator[tuple[slice, list[Floats]]]:
        """Block by block of rows, the A_j; of a constant [1, 1]."""
        units = self.problem.units
        for start, stop in blocks(self.count) if self.designs else [(0, 1)]:
            seen = {param: units.columns[param].block(design, start, stop) for param, design in self.designs.items()}
            yield slice(start, stop), [units.slope(run)[0] * seen.get(run.param, ONE) for run in self.runs]

    def _rows(self, *runs: Run) -> int:
        """The number of values of what depends on these runs."""
        return self.count if any(run.param in self.designs for run in runs) else 1

    @cached_property
    def etas(self) -> list[Floats]:
        """The linear predictors in original units: [n], or [1] of a constant."""
        if self.solution.z is None:
            assert self.solution.params is not None
            return [np.atleast_1d(z) for z in self.family.to_free(self.solution.params)]
        z, shifts = self.problem.expand(self.solution.z)[0], self.problem.units.shift[0]
        etas = [np.empty(self._rows(run)) for run in self.runs]
        for rows, matrices in self.columns():
            for eta, matrix, run in zip(etas, matrices, self.runs, strict=True):
                eta[rows if run.param in self.designs else ALL] = matrix @ z[run.where] + shifts[run.where.start]
        if self.solution.at_end is not None:
            ends = self.solution.original[0]
            etas = [
                eta if np.isfinite(ends[run.where]).all() else ends[run.where]
                for run, eta in zip(self.runs, etas, strict=True)
            ]
        if self.offset is not None:
            first = self.runs[0].param
            etas = [eta + self.offset if run.param == first else eta for run, eta in zip(self.runs, etas, strict=True)]
        return etas

    @property
    def at_boundary(self) -> list[int]:
        """The linear predictors of parameters that are at a finite end of their set."""
        if self.solution.at_end is None:
            return []
        ends = self.solution.original[0]
        return [
            j
            for j, run in enumerate(self.runs)
            if np.isinf(ends[run.where]).all() and np.isfinite(self.params[run.param]).all()
        ]

    @cached_property
    def covariances(self) -> list[list[Floats]]:
        """The covariances of the linear predictors, row by row."""
        cov = covariance_base(self.solution)[0][0]
        out = [[np.empty(self._rows(a, b)) for b in self.runs] for a in self.runs]
        for rows, matrices in self.columns():
            for i, (a, run) in enumerate(zip(matrices, self.runs, strict=True)):
                for j, (b, other) in enumerate(zip(matrices, self.runs, strict=True)):
                    long = self._rows(run, other) == self.count
                    out[i][j][rows if long else ALL] = ((a @ cov[run.where, other.where]) * b).sum(axis=1)
        return out

    @cached_property
    def params(self) -> dict[str, Numbers]:
        """The parameters of the distribution at the rows."""
        params = self.solution.params or self.family.to_params(NUMPY, self.etas)
        if self.family.given_links:
            self._warn_outside(params)
        sets = self.family.params
        params = {
            p: [np.atleast_1d(v) for v in value] if sets[p].many else np.atleast_1d(value)
            for p, value in params.items()
        }
        given = self.problem.fixed.items()
        return {**params, **{p: np.atleast_1d(v) for p, v in given if p in params and p not in self.designs}}

    def outside(self, params: Mapping[str, Numbers]) -> tuple[str, Mask] | None:
        """(the parameter, the rows where its link leaves its set); None if there are none."""
        for run, eta in zip(self.runs, self.etas, strict=True):
            beyond = np.isfinite(eta) & np.isnan(params[run.param]) if run.param in self.family.given_links else None
            if beyond is not None and beyond.any():
                return run.param, beyond
        return None

    def _warn_outside(self, params: Mapping[str, Numbers]) -> None:
        found = self.outside(params)
        if found is not None:
            param, beyond = found
            message = (
                f"with the {self.family.link(param).name} link {param} leaves its set in {int(beyond.sum())} of "
                f"{len(beyond)} rows, the first of them row {int(np.argmax(beyond))}: what follows from it there is NaN"
            )
            warnings.warn(message, PredictionWarning, stacklevel=outside_level())

    @property
    def dist(self) -> Frozen:
        """The frozen distribution of the rows."""
        return self.family.frozen(**self.params, **self.known)

    def log_density(self, observations: Observations) -> Floats:
        """The log density of one observation per row; minus infinity outside the support."""
        family, seen = self.family, observations.floats()
        with np.errstate(all="ignore"):
            if all(np.isfinite(eta).all() for eta in self.etas):
                value = seen.evaluate(family, self.etas, 0)[0]
            else:
                value = seen.log_density(NUMPY, family, self.params)
            inside = family.support.contains(seen.values)
        return np.where(np.isnan(value) | ~inside, -np.inf, value)
