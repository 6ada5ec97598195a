"""The log posterior of rows under a law with linear predictors, row by row and block by block.

    eta_j = X_j b_j + offset        one for each free coordinate j of the law
    d/db_j  = sum_i w_i s_ij x_ij           d2/db_j db_k = sum_i w_i h_ijk x_ij x_ik'

A parameter without a formula is the constant design. Inside, observations are rescaled and columns centred and scaled,
so that solvers meet numbers near one; z is in those coordinates and `to_user` is the affine way back.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.layout import ONE, Layout, Ragged, Shared
from ..data.rows import Summary
from ..data.sums import summarise
from ..errors import DataError
from .beliefs import Beliefs
from .coefficients import Coefficients
from .cross_products import ROWS as COLLINEAR_ROWS
from .cross_products import refuse_collinear
from .identify import one_value
from .problem import Array, Evaluation, Kinks, Problem, Solution, Status, stacked
from .standard import Standard, sample

if TYPE_CHECKING:
    from .stream import Stream

SAMPLE, SHARE = 2048, 10  # rows of a first approach: a tenth of all, or so many
ROWS = 4096  # rows of a design worked on together: a law's evaluation makes dozens of arrays of them
_SOLVED = np.array([int(Status.CONVERGED)])


class RowsProblem(Problem):
    """A batch of G fits of rows."""

    def __init__(
        self,
        coefficients: Coefficients,
        y: Array,
        weights: Array | None,
        offset: Array | None,
        layout: Layout,
        beliefs: Beliefs,
        standard: Standard,
        fixed: Mapping[str, float] | None = None,
    ) -> None:
        self.coefficients, self.family = coefficients, coefficients.family
        self.y, self.weights, self.offset, self.layout = y, weights, offset, layout
        self.beliefs, self.standard, self.fixed = beliefs, standard, fixed or {}
        self.count, self.size = layout.count, coefficients.size
        self.several_peaks = self.family.several_peaks

    @cached_property
    def observations(self) -> Array:
        """The rescaled observations."""
        return self.standard.observations(self.y, self.layout)

    def at(self, z: Array, order: int = 2) -> Evaluation:
        size, count = self.size, len(z)
        value, gradient, hessian = np.zeros(count), np.zeros((count, size)), np.zeros((count, size, size))
        summed = self._summed(z, order)
        if summed is not None:
            return self._whole(z, *summed, order)
        block = max(512, ROWS // (1 if isinstance(self.layout, Ragged) else count))
        read = {id(d): self._reader(d, block, order if count == 1 else 2) for d in self.coefficients.designs.values()}
        divisor = self._divisor
        with np.errstate(all="ignore"):
            for start in range(0, len(self.y), block):
                rows = slice(start, min(start + block, len(self.y)))
                self._add(z / divisor, order, rows, read, value, gradient, hessian)
        return self._whole(z, value, gradient / divisor, hessian / (divisor[:, None] * divisor), order)

    def _reader(self, design: Any, block: int, order: int) -> Any:
        """What gives a block of rows: where one vector is to be multiplied, rows that lie ready are not copied."""
        skim = self.standard.skimmer(design) if order < 2 and self.layout == ONE else None
        return skim or self.standard.reader(design, block)

    @cached_property
    def _divisor(self) -> Array:
        """What the columns of each coefficient are still to be divided by: [K]."""
        runs = self.coefficients.runs
        return np.concatenate([np.ones(1) if r.design is None else self.standard.spread_of(r.design) for r in runs])

    def _whole(self, z: Array, value: Array, gradient: Array, hessian: Array, order: int) -> Evaluation:
        """The log posterior in the user's unit."""
        value = value + self.standard.log_jacobian * self._total_weight()
        if self.beliefs:
            value = self._add_beliefs(z, value, gradient, hessian, order)
        return Evaluation(value, gradient, hessian)

    def _summed(self, z: Array, order: int) -> tuple[Array, Array, Array] | None:
        """Value and derivatives of independent rows from sums of the law's features, where it has them."""
        family, layout = self.family, self.layout
        if not self.coefficients.constant or family.given_links or self.offset is not None:
            return None
        columns = [z[:, k] for k in range(self.size)]
        total: list[Array] | None = None
        block = max(512, 4 * ROWS // (1 if isinstance(layout, Ragged) else len(z)))
        with np.errstate(all="ignore"):
            for start in range(0, len(self.y), block):
                rows = slice(start, min(start + block, len(self.y)))
                part = layout.block(rows.start, rows.stop)
                features = family.features(self.observations[rows], [part.spread(c) for c in columns], order)
                if features is None:
                    return None
                weights = None if self.weights is None else self.weights[..., rows]
                sums = [part.collect(f, weights) for f in features]
                total = sums if total is None else [a + b for a, b in zip(total, sums, strict=True)]
            assert total is not None
            value, score, curvature = family.combine([self._total_weight(), *total], columns, order)
        return value, *stacked(score, curvature, *z.shape)

    def _add(
        self, z: Array, order: int, rows: slice, read: Mapping[int, Any], value: Array, gradient: Array, hessian: Array
    ) -> None:
        """One block of rows."""
        layout = self.layout.block(rows.start, rows.stop)
        y = self.observations[rows]
        weights = None if self.weights is None else self.weights[..., rows]
        # a block of each design is read once for all runs that share it
        blocks = {key: columns(rows.start, rows.stop) for key, columns in read.items()}
        matrices = [None if run.design is None else blocks[id(run.design)] for run in self.coefficients.runs]
        etas: list[Array] = []
        for j, run in enumerate(self.coefficients.runs):
            x = matrices[j]
            eta = layout.spread(z[:, run.where.start]) if x is None else layout.predict(x, z[:, run.where])
            if self.offset is not None and run.param == self.coefficients.runs[0].param:
                eta = eta + self.offset[rows]
            etas.append(eta)
        row_value, score, curvature = self.family.evaluate(y, etas, order)
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

    def _total_weight(self) -> Array:
        if isinstance(self.layout, Ragged):
            return np.bincount(self.layout.codes, self.weights, minlength=self.count)
        return np.asarray(float(len(self.y)) if self.weights is None else self.weights.sum(axis=-1))

    def _add_beliefs(self, z: Array, value: Array, gradient: Array, hessian: Array, order: int) -> Array:
        """Priors act on the parameters people see: their derivatives come back through the affine map."""
        g, h = np.zeros_like(gradient), np.zeros_like(hessian)
        value = self.beliefs.add(self.to_user(z), value, g, h, order)
        matrix = self.standard.matrix
        gradient += np.einsum("gk,gkj->gj", g, np.broadcast_to(matrix, (len(z), *matrix.shape[1:])))
        if order > 1:
            hessian += np.swapaxes(matrix, 1, 2) @ h @ matrix
        return value

    def start(self) -> Array:
        """The fit without columns: intercepts at the constant fit, slopes at zero."""
        family = self.family
        layout = self.layout if isinstance(self.layout, Ragged) else ONE
        weights = self.weights if self.weights is None or self.weights.ndim == 1 else None
        rows = slice(None, None, max(1, len(self.y) // SAMPLE)) if layout is ONE else slice(None)
        y = self.observations[rows]
        w = None if weights is None else weights[rows]
        if w is not None and not w.any():
            w = None
        with np.errstate(all="ignore"):
            if family.sufficient:
                natural = family.start(summarise(family, y, w, layout).batch())
            else:
                natural = family.start(Summary(y, w, layout))
            natural = {p: _inside(family.params[p], v) for p, v in natural.items()}
            free = family.to_free(natural)
        z = np.zeros((self.count, self.size))
        for run, value in zip(self.coefficients.runs, free, strict=True):
            intercept = run.where.start if run.design is None else self.standard.intercept(run)
            if intercept is not None:
                z[:, intercept] = np.nan_to_num(value, nan=0.0, posinf=5.0, neginf=-5.0)
        if self.offset is not None:
            first = self.coefficients.runs[0]
            at = first.where.start if first.design is None else self.standard.intercept(first)
            if at is not None:
                z[:, at] -= np.average(self.offset, weights=weights)
        return self.from_user(self.beliefs.inside(self.to_user(z))) if self.beliefs else z

    def closed(self) -> Solution | None:
        """Where the law can solve its score equations one by one, for one set of rows."""
        if self.beliefs or self.fixed or not self.coefficients.constant or isinstance(self.layout, Ragged):
            return None
        if self.offset is not None or self.family.several_peaks or self.count > 1:
            return None
        natural = self.family.solve(self.y, self.weights)
        if natural is None:
            return None
        if self.hopeless() is not None or not all(self.family.params[p].inside(v) for p, v in natural.items()):
            return None
        return Solution(z=None, value=None, status=_SOLVED, solver="closed", natural=natural)  # type: ignore[arg-type]

    def hopeless(self) -> Array | None:
        """Groups whose rows all have one value, where a spread is free; of one fit that is an error."""
        family, fixed = self.family, self.fixed
        if self.beliefs or self.offset is not None or not self.coefficients.constant:
            return None
        if family.spreads <= fixed.keys() or next(iter(family.params)) in fixed:
            return None
        if isinstance(self.layout, Ragged):
            order = np.argsort(self.layout.codes, kind="stable")
            starts = np.searchsorted(self.layout.codes[order], np.arange(self.count))
            y = self.y[order]
            return np.minimum.reduceat(y, starts) == np.maximum.reduceat(y, starts)
        weights = self.weights
        y = self.y if weights is None or weights.ndim > 1 or weights.all() else self.y[weights > 0]
        if y[0] == y[-1] and y.min() == y.max():
            raise one_value(family, len(y), self.fixed)
        return None

    def take(self, groups: Array) -> RowsProblem:
        groups = np.flatnonzero(groups) if groups.dtype == bool else groups
        if len(groups) == self.count and (groups == np.arange(self.count)).all():
            return self
        layout, rows = self.layout.take(groups)
        weights, standard = self.weights, self.standard
        if isinstance(self.layout, Shared):
            if weights is not None and weights.ndim > 1:
                weights = weights[groups]
            return self._with(layout, weights=weights, standard=standard.take(groups))
        return self._with(
            layout,
            y=self.y[rows],
            weights=None if weights is None else weights[rows],
            offset=None if self.offset is None else self.offset[rows],
            standard=standard.take(groups),
            designs={p: d.take(rows) for p, d in self.coefficients.designs.items()},
        )

    def _with(self, layout: Layout, designs: Any = None, **changes: Any) -> RowsProblem:
        coefficients, beliefs, standard = self.coefficients, self.beliefs, changes.pop("standard", self.standard)
        if designs is not None:
            coefficients = Coefficients(self.family, designs)
            beliefs = Beliefs(coefficients, self.beliefs.beliefs)
            standard = standard.renamed(self.coefficients, coefficients)
        parts = {"fixed": self.fixed, "y": self.y, "weights": self.weights, "offset": self.offset, **changes}
        return RowsProblem(coefficients, layout=layout, beliefs=beliefs, standard=standard, **parts)

    def _rows(self, index: Array) -> RowsProblem:
        """The rows of one fit at these places only."""
        return self._with(
            self.layout,
            y=self.y[index],
            weights=None if self.weights is None else self.weights[index],
            offset=None if self.offset is None else self.offset[index],
            designs={p: d.take(index) for p, d in self.coefficients.designs.items()},
        )

    def with_weights(self, weights: Array) -> RowsProblem:
        """The same rows with other weights: [n], or [G, n] for a batch of resamples."""
        layout = Shared(len(weights)) if weights.ndim > 1 else self.layout
        return self._with(layout, weights=weights)

    def thinned(self) -> Problem | None:
        if not isinstance(self.layout, Shared) or self.count > 1 or len(self.y) < 4 * SAMPLE:
            return None
        step = min(SHARE, len(self.y) // SAMPLE)
        few = self._rows(np.arange(0, len(self.y), step))
        weights = np.ones(len(few.y)) if few.weights is None else few.weights
        return few.with_weights(step * weights) if weights.any() else None

    def other_starts(self, z: Array) -> list[Array]:
        """From the plainest law of the family: every coordinate but the first as far out as is sensible."""
        with np.errstate(all="ignore"):
            return self.family.other_starts(z)

    def kinks(self) -> Kinks | None:
        kinks = self.beliefs.kinks()
        if kinks is None:
            return None
        position, weight = kinks
        diagonal = np.einsum("gkk->gk", self.standard.matrix)[0]
        return Kinks((position - self.standard.shift[0]) / diagonal, weight * np.abs(diagonal))

    def log_likelihood(self, natural: Any) -> Array:
        """At parameters as named (values, or [n] arrays for a regression): minus infinity or the limit, never nan."""
        from ..numerics.arrays import NUMPY

        layout = self.layout
        spread = {
            p: [layout.spread(v) for v in value] if self.family.params[p].many else layout.spread(np.atleast_1d(value))
            for p, value in natural.items()
        }
        with np.errstate(all="ignore"):
            rows = self.family.log_density(NUMPY, self.y, **spread)
        return layout.total(np.where(np.isnan(rows), -np.inf, rows), self.weights, len(self.y))

    def stream(self) -> Stream:
        from .formulas import RowsFormula

        return RowsFormula(self)

    def to_user(self, z: Array) -> Array:
        return self.standard.to_user(z)

    def from_user(self, z: Array) -> Array:
        return self.standard.from_user(z)

    def user_matrix(self) -> Array:
        return self.standard.matrix

    def refuse_collinear(self) -> None:
        """Columns that say the same are an error, whatever the law."""
        if self.weights is not None and not self.weights.all():
            self._rows(np.flatnonzero(self.weights)).refuse_collinear()
            return
        for design in self.coefficients.designs.values():
            read = self.standard.reader(design, COLLINEAR_ROWS)
            refuse_collinear(
                sample(design, SAMPLE), lambda a, b, read=read: [read(a, b)], len(self.y), design.names, self.diagnose
            )

    def diagnose(self) -> None:
        """Says what is wrong with rows whose log density is not finite where the search begins."""
        for design in self.coefficients.designs.values():
            design.check()
        self.family.check(self.y)
        if self.offset is not None and not np.isfinite(self.offset).all():
            row = int(np.argmin(np.isfinite(self.offset)))
            raise DataError(f"the offset of row {row} is {self.offset[row]}: it has to be a finite number")


def _inside(s: Any, value: Any) -> Any:
    value = np.asarray(value, dtype=float)
    if np.isfinite(s.high):
        width = s.high - s.low
        return np.clip(value, s.low + 1e-3 * width, s.high - 1e-3 * width)
    return np.maximum(value, 1e-6) if np.isfinite(s.low) else value
