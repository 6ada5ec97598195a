"""Rows: the log-likelihood of rows under a family with linear predictors, row by row and block by block.

    eta_j = X_j b_j + offset        one for each free coordinate j of the family

A parameter without a formula is the constant design. Inside, observations are rescaled and columns centred and scaled,
so that solvers meet numbers near one; z is in those units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np

from ...data.design import Design
from ...data.layout import ONE, Layout, Ragged, Shared
from ...data.observations import Observations
from ...data.rows import Rows
from ...data.sums import summarise
from ...errors import DataError
from ...families import Family
from ...families._sufficient import sufficient
from ...numerics.arrays import Codes, Floats, Mask, Namespace, Numbers
from ...numerics.jets import linear
from ...priors import Prior
from ..coefficients import Coefficients, Run
from ..identify import one_value
from ..limits import Limits
from ..problem import Evaluation
from ..solution import Status
from ..standardised import sample
from ..units import State, Units
from ._features import from_features
from ._form import Closed, Form, OverTensors
from ._start import constant_fit
from ._tensors import Sample, over_tensors
from ._ties import most_tied
from ._totals import Block, Totals
from ._triangle import ROWS as COLLINEAR_ROWS
from ._triangle import refuse_collinear

SAMPLE, FRACTION = 2048, 10  # rows of a first approach: a tenth of all, or so many
ROWS = 4096  # rows of a design worked on together: an evaluation makes dozens of arrays of them
LARGEST = 5.0  # a starting value in units of the search
_SOLVED = np.array([int(Status.CONVERGED)])


class RowByRow(Form):
    """A batch of G fits of rows."""

    def __init__(
        self,
        coefficients: Coefficients,
        observations: Observations,
        weights: Floats | None,
        offset: Floats | None,
        layout: Layout,
        units: Units,
    ) -> None:
        self.coefficients, self.observations, self.weights, self.offset = coefficients, observations, weights, offset
        self.family, self.layout, self.units = coefficients.family, layout, units
        self.count, self.size = layout.count, coefficients.size

    @property
    def n(self) -> int:
        """The number of rows."""
        return len(self.observations)

    @property
    def draws(self) -> int:
        return self.n

    @property
    def divisor(self) -> float:
        return float(self.n)

    @cached_property
    def rescaled(self) -> Observations:
        """The observations in the units of z."""
        return self.units.observations(self.observations, self.layout)

    @cached_property
    def _counted(self) -> RowByRow:
        """The same without rows of weight zero, whose linear predictors may overflow."""
        if self.weights is None:
            return self
        counts = np.greater(self.weights, 0)
        rows = np.flatnonzero(counts if counts.ndim == 1 else counts.any(axis=0))
        return self if len(rows) == self.n else self._of_rows(rows, self.layout.of_rows(rows), self.units)

    @cached_property
    def _rescaled_family(self) -> Family:
        return self.units.family(self.family)

    # -- the log-likelihood and its derivatives ----------------------------------------------------------------------

    def at(self, z: Floats, order: int) -> Evaluation:
        if self.weights is not None and self._counted is not self:
            return self._counted.at(z, order)
        plain = self.coefficients.constant and self.offset is None and not self.family.given_links
        if plain and self.observations.exact:
            n, weights = self.total_weight(), self.weights
            summed = from_features(self._rescaled_family, self.rescaled.plain, weights, n, self.layout, z, order)
            if summed is not None:
                return self._in_original_unit(*summed)
        block = max(512, ROWS // (1 if isinstance(self.layout, Ragged) else len(z)))
        read = {p: self._reader(p, d, block, order if len(z) == 1 else 2) for p, d in self.coefficients.designs.items()}
        divisor = self._divisors
        totals = Totals(self._rescaled_family, self.coefficients.runs, len(z), self.size)
        with np.errstate(all="ignore"):
            for start in range(0, self.n, block):
                totals.add(self._block(z / divisor, slice(start, min(start + block, self.n)), read), order)
        hessian = totals.hessian / (divisor[:, None] * divisor)
        return self._in_original_unit(totals.value, totals.gradient / divisor, hessian)

    def _block(self, z: Floats, rows: slice, read: Mapping[str, Callable[[int, int], Numbers]]) -> Block:
        """A block of rows, with the linear predictors at z; each design is read once for all runs that share it."""
        layout, runs = self.layout.block(rows.start, rows.stop), self.coefficients.runs
        columns = {param: reader(rows.start, rows.stop) for param, reader in read.items()}
        matrices = [None if run.design is None else columns[run.param] for run in runs]
        etas: list[Floats] = []
        for run, x in zip(runs, matrices, strict=True):
            eta = layout.spread(z[:, run.where.start]) if x is None else layout.predict(x, z[:, run.where])
            etas.append(eta + self.offset[rows] if self.offset is not None and run.param == runs[0].param else eta)
        weights = None if self.weights is None else self.weights[..., rows]
        return Block(self.rescaled.take(rows), weights, etas, matrices, layout, rows.stop - rows.start)

    def _reader(self, param: str, design: Design, block: int, order: int) -> Callable[[int, int], Numbers]:
        """A function that gives a block of rows: if one vector is to be multiplied, rows are not copied."""
        columns = self.units.columns[param]
        uncopied = columns.multiplier(design) if order < 2 and self.layout == ONE else None
        return uncopied or columns.reader(design, block)

    @cached_property
    def _divisors(self) -> Floats:
        """The numbers by which the columns of each coefficient are still to be divided: [K]."""
        runs, columns = self.coefficients.runs, self.units.columns
        return np.concatenate([np.ones(1) if run.design is None else columns[run.param].divisor for run in runs])

    def _in_original_unit(self, value: Floats, gradient: Floats, hessian: Floats) -> Evaluation:
        return Evaluation(value + self._log_jacobian, gradient, hessian)

    @cached_property
    def _log_jacobian(self) -> Floats:
        """The log-likelihood in original units less that of the rescaled rows; probabilities have no unit."""
        return self.units.log_jacobian * self.total_weight(self.observations.density_rows())

    def total_weight(self, of: Mask | None = None) -> Floats:
        """The total weight of the rows of each fit, or of those of a mask."""
        weights = self.weights
        if of is not None:
            weights = of.astype(float) if weights is None else weights * of
        if isinstance(self.layout, Ragged):
            return np.bincount(self.layout.codes, weights, minlength=self.count).astype(float, copy=False)
        return np.asarray(float(self.n) if weights is None else weights.sum(axis=-1))

    def log_likelihood_over(self, xp: Namespace, params: Mapping[str, Numbers]) -> Numbers:
        layout, sets = self.layout, self.family.params

        def spread(value: Numbers) -> Numbers:
            return linear(layout.spread, value)

        by_row = {p: [spread(v) for v in value] if sets[p].many else spread(value) for p, value in params.items()}
        rows = self.observations.log_density(xp, self.family, by_row)
        return linear(lambda a: layout.total(a, self.weights, self.n), rows)

    def over_tensors(self, xp: Namespace, tensor: Callable[[Floats], Numbers]) -> OverTensors:
        constant, of = float(self.units.log_jacobian[0]), self.observations.density_rows()
        sample = Sample(
            observations=self.rescaled.mapped(tensor),
            columns={param: tensor(x) for param, x in self._standardised(0, self.n).items()},
            weights=None if self.weights is None else tensor(np.reshape(self.weights, -1)),
            offset=None if self.offset is None else tensor(self.offset),
            constant=constant if of is None else tensor(np.multiply(constant, of)),
        )
        return over_tensors(self._rescaled_family, self.coefficients, sample, xp)

    # -- the search --------------------------------------------------------------------------------------------------

    def start(self, fixed: Mapping[str, float], has_priors: bool) -> Floats:
        """The fit without columns: intercepts at the constant fit, slopes at zero.

        Without an intercept the linear predictor is zero, which a given link may take to an end of the set: then the
        slopes are those whose linear predictor is nearest to the constant fit.
        """
        if self.weights is not None and self._counted is not self:
            return self._counted.start(fixed, has_priors)
        layout = self.layout if isinstance(self.layout, Ragged) else ONE
        weights = None if self.weights is None or self.weights.ndim > 1 else self.weights
        rows = slice(None, None, max(1, self.n // SAMPLE)) if layout is ONE else slice(None)
        w = None if weights is None else weights[rows]
        z = np.zeros((self.count, self.size))
        fitted = constant_fit(self._rescaled_family, self.rescaled.take(rows).stand_in(), w, layout)
        for run, value in zip(self.coefficients.runs, fitted, strict=True):
            begin = np.nan_to_num(value, nan=0.0, posinf=LARGEST, neginf=-LARGEST)
            if run.intercept is not None:
                z[:, run.intercept] = begin
            elif run.param in self.family.given_links:
                z[:, run.where] = self._slopes_nearest(begin, run)
        first = self.coefficients.runs[0].intercept
        if self.offset is not None and first is not None:
            z[:, first] -= np.average(self.offset, weights=weights)
        return z

    def _slopes_nearest(self, eta: Floats, run: Run) -> Floats:
        """The slopes by least squares of a constant linear predictor, [G, width]."""
        assert run.design is not None
        x = self.units.columns[run.param].block(run.design, 0, self.n)
        square, sums = self.layout.cross(1.0, x, x, None, self.n), self.layout.project(1.0, x, None, self.n)
        return (np.linalg.pinv(square, hermitian=True) @ sums[..., None])[..., 0] * np.reshape(eta, (-1, 1))

    def closed(self, priors: Mapping[str, Prior], fixed: Mapping[str, float]) -> Closed | None:
        """The maximum of one set of rows, if the family can solve its score equations one by one."""
        if priors or fixed or not self.coefficients.constant or isinstance(self.layout, Ragged):
            return None
        if self.offset is not None or self.family.several_peaks or self.count > 1 or not self.observations.exact:
            return None
        params = self.family.solve(self.observations.plain, self.weights)
        if params is None:
            return None
        if self.unbounded(fixed) is not None or not all(self.family.params[p].inside(v) for p, v in params.items()):
            return None
        return Closed(_SOLVED, params=params)

    def unbounded(self, fixed: Mapping[str, float]) -> Mask | None:
        """Groups whose rows can all have one value, if a spread is free; of one fit that is an error."""
        family, weights = self.family, self.weights
        if self.offset is not None or not self.coefficients.constant:
            return None
        if family.spreads <= fixed.keys() or next(iter(family.params)) in fixed:
            return None
        if isinstance(self.layout, Ragged):
            return self._degenerate(_one_value(self.observations, self.layout), self.observations, fixed)
        seen = self.observations
        if weights is not None and weights.ndim == 1 and not weights.all():
            seen = seen.take(weights > 0)
        if seen.one_value() and np.any(self._degenerate(np.array([True]), seen, fixed)):
            raise one_value(family, len(seen), fixed, seen.exact)
        return None

    def local_peaks(self, fixed: Mapping[str, float]) -> Mask | None:
        """Fits without columns in which the likelihood grows without bound at tied rows."""
        family, weights, designs = self.family, self.weights, self.coefficients.designs.values()
        if not family.ties_matter or not self.observations.exact or self.offset is not None:
            return None
        if any(len(d.names) > 1 or not d.has_intercept for d in designs) or (weights is not None and weights.ndim > 1):
            return None
        y, value = self.observations.plain, fixed.get(family.location or "")
        if self.layout == ONE and weights is None and self.n > SAMPLE:
            # a value of many rows is that of many in a sample
            few, seen = most_tied(y[:: self.n // SAMPLE], None, ONE, value)
            if not np.any(family.unbounded_by_ties(2 * few, seen, fixed)):
                return None
        tied, n = most_tied(y, weights, self.layout, value)
        return np.asarray(family.unbounded_by_ties(tied, n, fixed)) & (tied < n)

    def _degenerate(self, one_value: Mask, seen: Observations, fixed: Mapping[str, float]) -> Mask:
        """The fits in which the likelihood diverges, of those whose rows can all have one value, [G]."""
        family = self.family
        if not sufficient(family) or not one_value.any():
            return one_value
        lower, upper = seen.bounds
        values = np.where(np.isfinite(lower), lower, np.where(np.isfinite(upper), upper, 0.0))
        layout = self.layout if isinstance(self.layout, Ragged) else ONE
        shared = _greatest(values, layout)
        with np.errstate(all="ignore"):
            stats = summarise(family, shared, None, layout, checked=True).batch()
        return one_value & np.asarray(family.degenerate(stats, fixed))

    def refuse_collinear(self) -> None:
        """Raise an IdentifiabilityError if columns are collinear, whatever the family."""
        if self.weights is not None and self._counted is not self:
            self._counted.refuse_collinear()
            return
        for param, design in self.coefficients.designs.items():
            read = self.units.columns[param].reader(design, COLLINEAR_ROWS)
            refuse_collinear(
                sample(design, SAMPLE), lambda a, b, read=read: [read(a, b)], self.n, design.names, self.diagnose
            )

    def diagnose(self) -> None:
        """Raise the reason why the log density of a row is not finite where the search begins."""
        for design in self.coefficients.designs.values():
            design.check()
        self.observations.check(self.family)
        if self.offset is not None and not np.isfinite(self.offset).all():
            row = int(np.argmin(np.isfinite(self.offset)))
            raise DataError(f"the offset of row {row} is {self.offset[row]}, but it has to be a finite number")

    # -- limits of the coordinates -----------------------------------------------------------------------------------

    @property
    def limited(self) -> bool:
        return any(np.isfinite(self.family.domain(param)).any() for param in self.family.given_links)

    def limits(self) -> Limits:
        counted = np.arange(self.n) if self.weights is None else np.flatnonzero(self.weights > 0)
        parts: list[tuple[Floats, Floats]] = []
        for run in self.coefficients.runs:
            lines, shift = np.zeros((len(counted), self.size)), np.zeros(len(counted))
            if run.design is None:
                lines[:, run.where] = 1.0
            else:
                lines[:, run.where] = self.units.columns[run.param].block(run.design, 0, self.n)[counted]
            if self.offset is not None and run.param == self.coefficients.runs[0].param:
                shift = self.offset[counted]
            both = zip((-1.0, 1.0), self.family.domain(run.param), strict=True)
            parts += [(sign * lines, sign * (end - shift)) for sign, end in both if np.isfinite(end)]
        matrix, end = (np.concatenate(part) for part in zip(*parts, strict=True))
        return Limits(matrix, end, np.tile(counted, len(parts)))

    # -- other data --------------------------------------------------------------------------------------------------

    def take(self, groups: Codes) -> RowByRow:
        if len(groups) == self.count and (groups == np.arange(self.count)).all():
            return self
        units = self.units.take(groups)
        if isinstance(self.layout, Ragged):
            layout, rows = self.layout.take(groups)
            return self._of_rows(rows, layout, units)
        weights = self.weights if self.weights is None or self.weights.ndim == 1 else self.weights[groups]
        return RowByRow(self.coefficients, self.observations, weights, self.offset, Shared(len(groups)), units)

    def _of_rows(self, rows: Codes | Mask, layout: Layout, units: Units) -> RowByRow:
        """The rows of a mask or an index only."""
        weights = None if self.weights is None else self.weights[..., rows]
        offset = None if self.offset is None else self.offset[rows]
        return RowByRow(self.coefficients.of_rows(rows), self.observations.take(rows), weights, offset, layout, units)

    def with_weights(self, weights: Floats) -> RowByRow:
        """The same rows with other weights: [n], or [G, n] for a batch of resamples."""
        layout = Shared(len(weights)) if weights.ndim > 1 else self.layout
        return RowByRow(self.coefficients, self.observations, weights, self.offset, layout, self.units)

    def reweighted(self, weights: Floats, observations: Observations) -> RowByRow:
        return self.with_weights(weights)

    def ungrouped(self) -> RowByRow:
        if self.layout is ONE:
            return self
        return RowByRow(self.coefficients, self.observations, self.weights, self.offset, ONE, self.units)

    def subsample(self) -> RowByRow | None:
        if self.weights is not None and self._counted is not self:
            return self._counted.subsample()
        if not isinstance(self.layout, Shared) or self.count > 1 or self.n < 4 * SAMPLE:
            return None
        step = min(FRACTION, self.n // SAMPLE)
        few = self._of_rows(np.arange(0, self.n, step), self.layout, self.units)
        weights = np.ones(few.n) if few.weights is None else few.weights
        return few.with_weights(step * weights) if weights.any() else None

    def state(self) -> State:
        return {"units": self.units.state()}

    @classmethod
    def from_state(cls, state: State, coefficients: Coefficients, rows: Rows) -> RowByRow:
        units = Units.from_state(state["units"])
        return cls(coefficients, rows.observations.floats(), rows.weights, rows.offset, rows.layout, units)


def _one_value(observations: Observations, layout: Ragged) -> Mask:
    """The groups whose rows can all have one value, [G]."""
    order = np.argsort(layout.codes, kind="stable")
    starts = np.searchsorted(layout.codes[order], np.arange(layout.count))
    lower, upper = (bound[order] for bound in observations.bounds)
    return np.maximum.reduceat(lower, starts) <= np.minimum.reduceat(upper, starts)


def _greatest(values: Floats, layout: Layout) -> Floats:
    """The greatest value of the fit that each row belongs to, [n]."""
    if not isinstance(layout, Ragged):
        return np.full(len(values), values.max())
    greatest = np.full(layout.count, -np.inf)
    np.maximum.at(greatest, layout.codes, values)
    return greatest[layout.codes]
