"""The interface of a form of the data: the log-likelihood of a batch of fits, without priors and restrictions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ...data.layout import blocks
from ...data.observations import Observations
from ...data.stats import Stats
from ...numerics.arrays import NUMPY
from ..coefficients import Coefficients
from ..problem import Array, Evaluation
from ..units import Units


class Closed(NamedTuple):
    """A maximum by formula: coordinates z, or parameters as named."""

    status: Array  # [G]
    z: Array | None = None  # [G, K]
    params: Mapping[str, Array] | None = None


class Form(ABC):
    """The data of G fits; z [G, K] are all coefficients, in the units in which the rows are kept."""

    summed: ClassVar[bool] = False  # only sums are kept
    one_at_a_time: ClassVar[bool] = False  # `reweighted` takes one set of weights per call

    coefficients: Coefficients
    units: Units
    count: int

    @abstractmethod
    def at(self, z: Array, order: int) -> Evaluation:
        """The log-likelihood in original units, and its derivatives by z."""

    @abstractmethod
    def start(self, fixed: Mapping[str, float], believed: bool) -> Array:
        """Starting values: the fit without columns."""

    @abstractmethod
    def take(self, groups: Array) -> Form:
        """The data of these fits of the batch, by their places."""

    @abstractmethod
    def reweighted(self, weights: Array, observations: Observations) -> Form:
        """Observations, counted as often as each row of weights [B, n] says: a batch of B fits."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Everything that a file keeps of the data, as numbers, arrays and dicts of them, without the rows."""

    @classmethod
    @abstractmethod
    def from_state(cls, state: Mapping[str, Any], coefficients: Coefficients, rows: Any) -> Form:
        """The form that `state` describes."""

    draws: int = 1  # the rows from which a stochastic solver draws; 1: only sums are kept
    divisor: float  # the objective of a gradient method is divided by this

    @abstractmethod
    def over_tensors(self, xp: Any, tensor: Callable[[Array], Any]) -> Callable[[Any, Any], Any]:
        """The log-likelihood of one fit as a function of a tensor z and an index of drawn rows (None: all)."""

    def closed(self, priors: Mapping[str, Any], fixed: Mapping[str, float]) -> Closed | None:
        """The maximum by formula, where there is one."""
        return None

    def covariance(self, z: Array) -> Array | None:
        """The inverse of the negative Hessian at a maximum, where there is a way with more digits than inverting it."""
        return None

    def unbounded(self, fixed: Mapping[str, float]) -> Array | None:
        """Fits without a maximum, as a mask; of one fit an IdentifiabilityError; None: none is known to be such."""
        return None

    def subsample(self) -> Form | None:
        """A fraction of many rows, which count for all."""
        return None

    def ungrouped(self) -> Form:
        """The data of a batch of one, as rows that belong to it and not to a group."""
        return self

    def statistics(self, priors: Mapping[str, Any], fixed: Mapping[str, float]) -> Stats | None:
        """The sums of the data and of the imaginary rows of conjugate priors, where there are such."""
        return None

    def log_likelihood(self, params: Mapping[str, Array]) -> Array:
        """The log-likelihood at the parameters of a family without formulas, [G]; never nan, right at boundaries."""
        with np.errstate(all="ignore"):
            value = np.asarray(self.log_likelihood_over(NUMPY, params))
        return np.where(np.isnan(value), -np.inf, value)

    @abstractmethod
    def log_likelihood_over(self, xp: Any, params: Mapping[str, Any]) -> Any:
        """The same over a namespace, from parameters [G]."""

    def scores(self, z: Array, rows: Any) -> Array:
        """The derivatives of each row's log density by z, [n, K]."""
        family, units, runs = self.coefficients.family, self.units, self.coefficients.runs
        out = np.empty((len(rows), self.coefficients.size))
        observations = rows.observations.floats()
        for start, stop in blocks(len(rows)):
            layout = rows.layout.block(start, stop)
            x = {p: units.columns(p, d, start, stop) for p, d in self.coefficients.designs.items()}
            etas = self._original_etas(z, x, layout, rows, slice(start, stop))
            with np.errstate(all="ignore"):
                slopes = observations.take(slice(start, stop)).evaluate(family, etas, 1)[1]
            for run, slope in zip(runs, slopes, strict=True):
                scale = np.broadcast_to(self._eta_scale(run), (self.count,))
                s = np.broadcast_to(slope, (stop - start,)) * layout.spread(scale).reshape(-1)
                out[start:stop, run.where] = s[:, None] * x.get(run.param, 1.0)
        return out

    def _eta_scale(self, run: Any) -> Array:
        """The factor from standardised columns times z to the linear predictor in original units, [G or 1]."""
        spread = 1.0 if run.design is None else self.units.scaled[run.param][1][0]
        return self.units.matrix[:, run.where.start, run.where.start] * spread

    def _original_etas(self, z: Array, x: Mapping[str, Array], layout: Any, rows: Any, part: slice) -> list[Array]:
        """The linear predictors of a block of rows in original units."""
        first = self.coefficients.runs[0].param
        etas: list[Array] = []
        for run in self.coefficients.runs:
            scale, shift = self._eta_scale(run), self.units.shift[:, run.where.start]
            b = z[:, run.where] * np.broadcast_to(scale, (len(z),))[:, None]
            eta = layout.spread(b[:, 0]) if run.design is None else layout.predict(x[run.param], b)
            eta = np.reshape(eta, -1) + np.reshape(layout.spread(np.broadcast_to(shift, (len(z),))), -1)
            etas.append(eta + rows.offset[part] if rows.offset is not None and run.param == first else eta)
        return etas
