"""The interface of a form of the data: the log-likelihood of a batch of fits, without priors and restrictions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from ...data.layout import Layout, blocks
from ...data.observations import Observations
from ...data.rows import Rows
from ...data.stats import Stats
from ...families import Family
from ...numerics.arrays import NUMPY, Codes, Floats, Mask, Namespace, Numbers
from ...priors import Prior
from ..coefficients import Coefficients
from ..problem import Evaluation
from ..units import State, Units

if TYPE_CHECKING:
    from ..limits import Limits

OverTensors = Callable[[Numbers, Numbers], Numbers]  # (z, index of drawn rows or None) -> log-likelihood, of tensors


class Closed(NamedTuple):
    """A maximum by formula: coordinates z, or parameters as named."""

    status: Codes  # [G]
    z: Floats | None = None  # [G, K]
    params: Mapping[str, Numbers] | None = None


class Form(ABC):
    """The data of G fits; z [G, K] are all coefficients, in the units in which the rows are kept."""

    summed: ClassVar[bool] = False  # only sums are kept
    one_at_a_time: ClassVar[bool] = False  # `reweighted` takes one set of weights per call

    family: Family  # with its levels
    coefficients: Coefficients
    units: Units
    count: int

    # -- what a solver asks ------------------------------------------------------------------------------------------

    @abstractmethod
    def at(self, z: Floats, order: int) -> Evaluation:
        """The log-likelihood in original units, and its derivatives by z."""

    @abstractmethod
    def start(self, fixed: Mapping[str, float], has_priors: bool) -> Floats:
        """Starting values: the fit without columns."""

    @abstractmethod
    def take(self, groups: Codes) -> Form:
        """The data of these fits of the batch, by their positions."""

    def closed(self, priors: Mapping[str, Prior], fixed: Mapping[str, float]) -> Closed | None:
        """The maximum by formula, if there is one."""
        return None

    @abstractmethod
    def total_weight(self) -> Floats | float:
        """The total weight of the rows of each fit, or that of all fits."""

    def covariance(self, z: Floats) -> Floats | None:
        """The inverse of the negative Hessian at a maximum, if there is a way with more digits than inverting it."""
        return None

    def unbounded(self, fixed: Mapping[str, float]) -> Mask | None:
        """Fits without a maximum, as a mask; of one fit an IdentifiabilityError; None: none is known to be such."""
        return None

    @property
    def limited(self) -> bool:
        """True if a link can leave the set of its parameter in some row."""
        return False

    def limits(self) -> Limits:
        """The limits of the coordinates of a single fit that is `limited`."""
        raise NotImplementedError

    def local_peaks(self, fixed: Mapping[str, float]) -> Mask | None:
        """Fits without a maximum although their rows differ, as a mask; None: none is known to be such."""
        return None

    def subsample(self) -> Form | None:
        """A fraction of many rows, which count for all."""
        return None

    # -- what a stochastic solver asks -------------------------------------------------------------------------------

    @property
    def draws(self) -> int:
        """The number of rows from which a stochastic solver draws; 1 if only sums are kept."""
        return 1

    @property
    @abstractmethod
    def divisor(self) -> float:
        """The number by which the objective of a gradient method is divided."""

    @abstractmethod
    def over_tensors(self, xp: Namespace, tensor: Callable[[Floats], Numbers]) -> OverTensors:
        """The log-likelihood of one fit as a function of a tensor z and an index of drawn rows (None: all)."""

    # -- other data --------------------------------------------------------------------------------------------------

    @abstractmethod
    def reweighted(self, weights: Floats, observations: Observations) -> Form:
        """Observations, counted as often as each row of weights [B, n] says: a batch of B fits."""

    def ungrouped(self) -> Form:
        """The data of a batch of one, as rows that belong to it and not to a group."""
        return self

    # -- likelihoods -------------------------------------------------------------------------------------------------

    def statistics(self, priors: Mapping[str, Prior], fixed: Mapping[str, float]) -> Stats | None:
        """The sums of the data and of the imaginary rows of conjugate priors, if there are such."""
        return None

    def log_likelihood(self, params: Mapping[str, Numbers]) -> Floats:
        """The log-likelihood at the parameters of a family without formulas, [G]; never nan, right at boundaries."""
        with np.errstate(all="ignore"):
            value = np.asarray(self.log_likelihood_over(NUMPY, params))
        return np.where(np.isnan(value), -np.inf, value)

    @abstractmethod
    def log_likelihood_over(self, xp: Namespace, params: Mapping[str, Numbers]) -> Numbers:
        """The same over a namespace, from parameters [G]."""

    def scores(self, z: Floats, rows: Rows) -> Floats:
        """The derivatives of each row's log density by z, [n, K]."""
        family = self.family
        out = np.empty((len(rows), self.coefficients.size))
        observations = rows.observations.floats()
        for start, stop in blocks(len(rows)):
            layout = rows.layout.block(start, stop)
            x = self._standardised(start, stop)
            etas = self._etas(z, x, layout, rows, slice(start, stop))
            with np.errstate(all="ignore"):
                slopes = observations.take(slice(start, stop)).evaluate(family, etas, 1)[1]
            for run, slope in zip(self.coefficients.runs, slopes, strict=True):
                scale = np.broadcast_to(self.units.slope(run), (self.count,))
                s = np.broadcast_to(slope, (stop - start,)) * layout.spread(scale).reshape(-1)
                out[start:stop, run.where] = s[:, None] * x.get(run.param, 1.0)
        return out

    def _standardised(self, start: int, stop: int) -> dict[str, Floats]:
        """The standardised columns of each design, of a block of rows."""
        columns = self.units.columns
        return {p: columns[p].block(design, start, stop) for p, design in self.coefficients.designs.items()}

    def _etas(self, z: Floats, x: Mapping[str, Floats], layout: Layout, rows: Rows, part: slice) -> list[Floats]:
        """The linear predictors of a block of rows in original units."""
        first = self.coefficients.runs[0].param
        etas: list[Floats] = []
        for run in self.coefficients.runs:
            scale, shift = self.units.slope(run), self.units.shift[:, run.where.start]
            b = z[:, run.where] * np.broadcast_to(scale, (len(z),))[:, None]
            eta = layout.spread(b[:, 0]) if run.design is None else layout.predict(x[run.param], b)
            eta = np.reshape(eta, -1) + np.reshape(layout.spread(np.broadcast_to(shift, (len(z),))), -1)
            etas.append(eta + rows.offset[part] if rows.offset is not None and run.param == first else eta)
        return etas

    # -- files -------------------------------------------------------------------------------------------------------

    @abstractmethod
    def state(self) -> State:
        """Everything that a file keeps of the data, as numbers, arrays and dicts of them, without the rows."""

    @classmethod
    @abstractmethod
    def from_state(cls, state: State, coefficients: Coefficients, rows: Rows) -> Form:
        """The form that `state` describes."""
