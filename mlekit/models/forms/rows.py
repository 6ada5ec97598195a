"""Rows: the log-likelihood of rows under a family with linear predictors, row by row and block by block.

    eta_j = X_j b_j + offset        one for each free coordinate j of the family
    d/db_j  = sum_i w_i s_ij x_ij           d2/db_j db_k = sum_i w_i h_ijk x_ij x_ik'

A parameter without a formula is the constant design. Inside, observations are rescaled and columns centred and scaled,
so that solvers meet numbers near one; z is in those units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from ...data.layout import ONE, Layout, Ragged, Shared
from ...data.observations import Observations
from ...data.rows import Summary
from ...data.sums import summarise
from ...errors import DataError
from ...numerics.jets import linear
from ..coefficients import Coefficients
from ..identify import one_value
from ..problem import Array, Evaluation, stacked
from ..solution import Status
from ..units import Units, sample
from ._form import Closed, Form
from ._triangle import ROWS as COLLINEAR_ROWS
from ._triangle import refuse_collinear

SAMPLE, FRACTION = 2048, 10  # rows of a first approach: a tenth of all, or so many
ROWS = 4096  # rows of a design worked on together: an evaluation makes dozens of arrays of them
_SOLVED = np.array([int(Status.CONVERGED)])


class RowByRow(Form):
    """A batch of G fits of rows."""

    def __init__(
        self,
        coefficients: Coefficients,
        observations: Observations,
        weights: Array | None,
        offset: Array | None,
        layout: Layout,
        units: Units,
    ) -> None:
        self.coefficients, self.family = coefficients, coefficients.family
        self.observations, self.weights, self.offset = observations, weights, offset
        self.layout, self.units = layout, units
        self.count, self.size = layout.count, coefficients.size

    @property
    def n(self) -> int:
        """The number of rows."""
        return len(self.observations)

    @property
    def draws(self) -> int:  # type: ignore[override]
        return self.n

    @property
    def divisor(self) -> float:  # type: ignore[override]
        return float(self.n)

    @cached_property
    def rescaled(self) -> Observations:
        """The observations in the units of z."""
        return self.units.observations(self.observations, self.layout)

    def at(self, z: Array, order: int) -> Evaluation:
        size, count = self.size, len(z)
        value, gradient, hessian = np.zeros(count), np.zeros((count, size)), np.zeros((count, size, size))
        summed = self._summed(z, order)
        if summed is not None:
            return self._in_original_unit(*summed)
        block = max(512, ROWS // (1 if isinstance(self.layout, Ragged) else count))
        read = {p: self._reader(p, d, block, order if count == 1 else 2) for p, d in self.coefficients.designs.items()}
        divisor = self._divisor
        with np.errstate(all="ignore"):
            for start in range(0, self.n, block):
                rows = slice(start, min(start + block, self.n))
                self._add(z / divisor, order, rows, read, value, gradient, hessian)
        return self._in_original_unit(value, gradient / divisor, hessian / (divisor[:, None] * divisor))

    def _reader(self, param: str, design: Any, block: int, order: int) -> Any:
        """A function that gives a block of rows: where one vector is to be multiplied, rows are not copied."""
        skim = self.units.skimmer(param, design) if order < 2 and self.layout == ONE else None
        return skim or self.units.reader(param, design, block)

    @cached_property
    def _divisor(self) -> Array:
        """The numbers by which the columns of each coefficient are still to be divided: [K]."""
        runs = self.coefficients.runs
        return np.concatenate([np.ones(1) if r.design is None else self.units.spread_of(r.param) for r in runs])

    def _in_original_unit(self, value: Array, gradient: Array, hessian: Array) -> Evaluation:
        return Evaluation(value + self.units.log_jacobian * self._total_weight(self.observations.density_rows()), gradient, hessian)

    def _summed(self, z: Array, order: int) -> tuple[Array, Array, Array] | None:
        """Value and derivatives of independent rows from sums of the family's features, where it has them."""
        family, layout = self.family, self.layout
        if not self.coefficients.constant or family.given_links or self.offset is not None:
            return None
        if not self.observations.exact:
            return None
        y = self.rescaled.plain
        columns = [z[:, k] for k in range(self.size)]
        total: list[Array] | None = None
        block = max(512, 4 * ROWS // (1 if isinstance(layout, Ragged) else len(z)))
        with np.errstate(all="ignore"):
            for start in range(0, self.n, block):
                rows = slice(start, min(start + block, self.n))
                part = layout.block(rows.start, rows.stop)
                features = family.features(y[rows], [part.spread(c) for c in columns], order)
                if features is None:
                    return None
                weights = None if self.weights is None else self.weights[..., rows]
                sums = [part.collect(f, weights) for f in features]
                total = sums if total is None else [a + b for a, b in zip(total, sums, strict=True)]
            assert total is not None
            value, score, curvature = family.combine([self._total_weight(), *total], columns, order)
        return value, *stacked(score, curvature, *z.shape)

    def _add(
        self, z: Array, order: int, rows: slice, read: Mapping[str, Any], value: Array, gradient: Array, hessian: Array
    ) -> None:
        """One block of rows."""
        layout = self.layout.block(rows.start, rows.stop)
        observations = self.rescaled.take(rows)
        weights = None if self.weights is None else self.weights[..., rows]
        # a block of each design is read once for all runs that share it
        blocks = {key: columns(rows.start, rows.stop) for key, columns in read.items()}
        matrices = [None if run.design is None else blocks[run.param] for run in self.coefficients.runs]
        etas: list[Array] = []
        for j, run in enumerate(self.coefficients.runs):
            x = matrices[j]
            eta = layout.spread(z[:, run.where.start]) if x is None else layout.predict(x, z[:, run.where])
            if self.offset is not None and run.param == self.coefficients.runs[0].param:
                eta = eta + self.offset[rows]
            etas.append(eta)
        row_value, score, curvature = observations.evaluate(self.family, etas, order)
        length = rows.stop - rows.start
        value += layout.total(row_value, weights, length)
        if not order:
            return
        runs = self.coefficients.runs
        for j, run in enumerate(runs):
            x = matrices[j]
            gradient[:, run.where] += layout.project(score[j], x, weights, length)
            if order > 1:
                for k in range(j, len(runs)):
                    if isinstance(curvature[j][k], float) and curvature[j][k] == 0.0:
                        continue
                    spent = j == k == len(runs) - 1
                    cross = layout.cross(curvature[j][k], x, matrices[k], weights, length, spent)
                    hessian[:, run.where, runs[k].where] += cross
                    if k > j:
                        hessian[:, runs[k].where, run.where] += np.swapaxes(cross, 1, 2)

    def _total_weight(self, of: Array | None = None) -> Array:
        """The total weight of each fit, or that of the rows of a mask."""
        weights = self.weights
        if of is not None:
            weights = of.astype(float) if weights is None else weights * of
        if isinstance(self.layout, Ragged):
            return np.bincount(self.layout.codes, weights, minlength=self.count)
        return np.asarray(float(self.n) if weights is None else weights.sum(axis=-1))

    def start(self, fixed: Mapping[str, float], believed: bool) -> Array:
        """The fit without columns: intercepts at the constant fit, slopes at zero."""
        family = self.family
        layout = self.layout if isinstance(self.layout, Ragged) else ONE
        weights = self.weights if self.weights is None or self.weights.ndim == 1 else None
        rows = slice(None, None, max(1, self.n // SAMPLE)) if layout is ONE else slice(None)
        y = self.rescaled.take(rows).stand_in()
        w = None if weights is None else weights[rows]
        if w is not None and not w.any():
            w = None
        with np.errstate(all="ignore"):
            if family.sufficient:
                begin = family.start(summarise(family, y, w, layout).batch())
            else:
                begin = family.start(Summary(y, w, layout))
            free = family.to_free({p: _inside(family.params[p], v) for p, v in begin.items()})
        z = np.zeros((self.count, self.size))
        for run, value in zip(self.coefficients.runs, free, strict=True):
            intercept = run.where.start if run.design is None else self.units.intercept(run)
            if intercept is not None:
                z[:, intercept] = np.nan_to_num(value, nan=0.0, posinf=5.0, neginf=-5.0)
        if self.offset is not None:
            first = self.coefficients.runs[0]
            at = first.where.start if first.design is None else self.units.intercept(first)
            if at is not None:
                z[:, at] -= np.average(self.offset, weights=weights)
        return z

    def closed(self, priors: Mapping[str, Any], fixed: Mapping[str, float]) -> Closed | None:
        """Where the family can solve its score equations one by one, for one set of rows."""
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

    def unbounded(self, fixed: Mapping[str, float]) -> Array | None:
        """Groups whose rows can all have one value, where a spread is free; of one fit that is an error."""
        family = self.family
        if self.offset is not None or not self.coefficients.constant:
            return None
        if family.spreads <= fixed.keys() or next(iter(family.params)) in fixed:
            return None
        if isinstance(self.layout, Ragged):
            order = np.argsort(self.layout.codes, kind="stable")
            starts = np.searchsorted(self.layout.codes[order], np.arange(self.count))
            lower, upper = (bound[order] for bound in self.observations.bounds)
            return np.maximum.reduceat(lower, starts) <= np.minimum.reduceat(upper, starts)
        weights, seen = self.weights, self.observations
        seen = seen if weights is None or weights.ndim > 1 or weights.all() else seen.take(weights > 0)
        if seen.one_value():
            raise one_value(family, len(seen), fixed)
        return None

    def take(self, groups: Array) -> RowByRow:
        if len(groups) == self.count and (groups == np.arange(self.count)).all():
            return self
        layout, rows = self.layout.take(groups)
        weights, units = self.weights, self.units.take(groups)
        if isinstance(self.layout, Shared):
            if weights is not None and weights.ndim > 1:
                weights = weights[groups]
            return RowByRow(self.coefficients, self.observations, weights, self.offset, layout, units)
        return self._of_rows(rows, layout, units)

    def _of_rows(self, rows: Array, layout: Layout, units: Units) -> RowByRow:
        """The rows of a mask or an index only."""
        designs = {p: d.take(rows) for p, d in self.coefficients.designs.items()}
        coefficients = Coefficients(self.family, designs) if designs else self.coefficients
        weights = None if self.weights is None else self.weights[rows]
        offset = None if self.offset is None else self.offset[rows]
        return RowByRow(coefficients, self.observations.take(rows), weights, offset, layout, units)

    def with_weights(self, weights: Array) -> RowByRow:
        """The same rows with other weights: [n], or [G, n] for a batch of resamples."""
        layout = Shared(len(weights)) if weights.ndim > 1 else self.layout
        return RowByRow(self.coefficients, self.observations, weights, self.offset, layout, self.units)

    def reweighted(self, weights: Array, observations: Observations) -> RowByRow:
        return self.with_weights(weights)

    def ungrouped(self) -> RowByRow:
        if self.layout is ONE:
            return self
        return RowByRow(self.coefficients, self.observations, self.weights, self.offset, ONE, self.units)

    def subsample(self) -> RowByRow | None:
        if not isinstance(self.layout, Shared) or self.count > 1 or self.n < 4 * SAMPLE:
            return None
        step = min(FRACTION, self.n // SAMPLE)
        few = self._of_rows(np.arange(0, self.n, step), self.layout, self.units)
        weights = np.ones(few.n) if few.weights is None else few.weights
        return few.with_weights(step * weights) if weights.any() else None

    def log_likelihood_over(self, xp: Any, params: Mapping[str, Any]) -> Any:
        layout, sets = self.layout, self.family.params

        def spread(value: Any) -> Any:
            return linear(layout.spread, value)

        by_row = {p: [spread(v) for v in value] if sets[p].many else spread(value) for p, value in params.items()}
        rows = self.observations.log_density(xp, self.family, by_row)
        return linear(lambda a: layout.total(a, self.weights, self.n), rows)

    def over_tensors(self, xp: Any, tensor: Callable[[Array], Any]) -> Callable[[Any, Any], Any]:
        runs, family, total = self.coefficients.runs, self.family, self.n
        observations, first = self.rescaled.mapped(tensor), self.coefficients.runs[0].param
        designs = {p: tensor(self.units.columns(p, d, 0, total)) for p, d in self.coefficients.designs.items()}
        weights = None if self.weights is None else tensor(np.reshape(self.weights, -1))
        offset = None if self.offset is None else tensor(self.offset)
        constant, of = float(self.units.log_jacobian[0]), self.observations.density_rows()
        jacobian = None if of is None else tensor(constant * of)

        def log_likelihood(z: Any, index: Any) -> Any:
            def drawn(a: Any) -> Any:
                return a if index is None else a[index]

            etas = [
                z[run.where.start] if run.design is None else drawn(designs[run.param]) @ z[run.where] for run in runs
            ]
            if offset is not None:
                shift = drawn(offset)
                etas = [e + shift if run.param == first else e for e, run in zip(etas, runs, strict=True)]
            some = observations if index is None else observations.mapped(drawn)
            rows = some.log_density_at(xp, family, etas) + (constant if jacobian is None else drawn(jacobian))
            rows = rows if weights is None else drawn(weights) * rows
            return rows.sum() * (total / len(some))

        return log_likelihood

    def state(self) -> dict[str, Any]:
        return {"units": self.units.state()}

    @classmethod
    def from_state(cls, state: Mapping[str, Any], coefficients: Coefficients, rows: Any) -> RowByRow:
        return cls(coefficients, rows.observations.floats(), rows.weights, rows.offset, rows.layout, Units.from_state(state["units"]))

    def refuse_collinear(self) -> None:
        """Raise an IdentifiabilityError where columns are collinear, whatever the family."""
        if self.weights is not None and not self.weights.all():
            self._of_rows(np.flatnonzero(self.weights), self.layout, self.units).refuse_collinear()
            return
        for param, design in self.coefficients.designs.items():
            read = self.units.reader(param, design, COLLINEAR_ROWS)
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
            raise DataError(f"the offset of row {row} is {self.offset[row]}: it has to be a finite number")


def _inside(s: Any, value: Any) -> Any:
    value = np.asarray(value, dtype=float)
    if np.isfinite(s.high):
        width = s.high - s.low
        return np.clip(value, s.low + 1e-3 * width, s.high - 1e-3 * width)
    return np.maximum(value, 1e-6) if np.isfinite(s.low) else value
