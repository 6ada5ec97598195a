"""Units do not matter: solvers see rescaled rows, people see their own.

Observations become (y - origin) / unit where the family says how its parameters scale with y; columns of a design become
(x - centre) / spread. Both are undone by one affine map of the coefficients:

    original = matrix z + shift

and the log-likelihood in the original unit is that of the rescaled rows minus log(unit) per row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..data.design import panel_of
from ..data.layout import Layout, Ragged
from ..data.observations import Observations
from .coefficients import Coefficients

Array = Any


class Units:
    """An affine map of observations and columns, and the way back for coefficients."""

    def __init__(
        self,
        origin: Array,
        unit: Array,
        scaled: dict[str, tuple[Array, Array]],
        matrix: Array,
        shift: Array,
        moves: bool,
    ) -> None:
        self.origin, self.unit, self.scaled = origin, unit, scaled  # [G], [G], parameter -> (centre, spread)
        self.matrix, self.shift, self.moves = matrix, shift, moves
        self.log_jacobian = -np.log(unit) if moves else np.zeros(1)

    def observations(self, observations: Observations, layout: Layout) -> Observations:
        """The observations in these units."""
        if not self.moves:
            return observations
        origin, unit = self.origin, self.unit
        if len(unit) > 1 and isinstance(layout, Ragged):
            origin, unit = origin[layout.codes], unit[layout.codes]
        elif len(unit) > 1:
            origin, unit = origin[:, None], unit[:, None]
        return observations.rescaled(origin, unit)

    def columns(self, param: str, design: Any, start: int, stop: int) -> Array:
        """A block of the standardised columns of a parameter's design."""
        centre, spread = self.scaled[param]
        return (design.block(start, stop) - centre) / spread

    def reader(self, param: str, design: Any, rows: int) -> Callable[[int, int], Array]:
        """A function that gives up to so many rows at a time, centred, in one buffer in Fortran order.

        They are not divided by `spread_of`: coefficients are, which is less work.
        """
        centre, spread = self.scaled[param]
        buffer = panel_of(len(centre), rows)
        huge = np.flatnonzero(_extreme(spread))

        def read(start: int, stop: int) -> Array:
            columns = design.turned(start, stop, centre, buffer)
            if len(huge):
                columns[huge] /= spread[huge, None]
            return columns.T

        return read

    def parts(self, param: str, design: Any, rows: int) -> Callable[[int, int], list[Array]]:
        """The same in parts that stand side by side: where no centre is taken off, the caller's rows are one."""
        centre, spread = self.scaled[param]
        x = design.matrix
        if x is None or x.dtype != float or centre.any() or _extreme(spread).any():
            read = self.reader(param, design, rows)
            return lambda start, stop: [read(start, stop)]
        ones = np.ones((rows, len(centre) - x.shape[1]))
        return lambda start, stop: [ones[: stop - start], x[start:stop]]

    def skimmer(self, param: str, design: Any) -> Callable[[int, int], Any] | None:
        """A reader whose blocks are the caller's own rows, to be multiplied by vectors; None: they must be copied."""
        centre, spread = self.scaled[param]
        x = design.matrix
        if x is None or x.dtype != float or _extreme(spread).any() or (np.abs(centre) > 1e3 * spread).any():
            return None
        own = len(centre) - x.shape[1]
        return lambda start, stop: Skimmed(x[start:stop], centre[own:], own)

    def spread_of(self, param: str) -> Array:
        """The numbers by which the columns of a reader are still to be divided."""
        spread = self.scaled[param][1]
        return np.where(_extreme(spread), 1.0, spread)

    def intercept(self, run: Any) -> int | None:
        """The place in z of the intercept of a run."""
        return run.where.start if run.design.has_intercept else None

    def to_original(self, z: Array) -> Array:
        return (self.matrix @ z[..., None])[..., 0] + self.shift

    def from_original(self, original: Array) -> Array:
        return np.linalg.solve(self.matrix, (original - self.shift)[..., None])[..., 0]

    def take(self, groups: Array) -> Units:
        def pick(a: Array) -> Array:
            return a if len(a) == 1 else a[groups]

        return Units(pick(self.origin), pick(self.unit), self.scaled, pick(self.matrix), pick(self.shift), self.moves)

    def state(self) -> dict[str, Any]:
        """All that `from_state` needs, as numbers, arrays and dicts of them."""
        fields = {name: getattr(self, name) for name in ("origin", "unit", "matrix", "shift", "moves")}
        return {**fields, "scaled": {param: list(both) for param, both in self.scaled.items()}}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Units:
        """The units that `state` describes."""
        scaled = {param: (both[0], both[1]) for param, both in state["scaled"].items()}
        return cls(state["origin"], state["unit"], scaled, state["matrix"], state["shift"], state["moves"])


class Skimmed:
    """Centred rows as x b and a x need them: the caller's as they lie, an intercept before them, less the centre."""

    __array_ufunc__ = None

    def __init__(self, x: Array, centre: Array, own: int) -> None:
        self.x, self.centre, self.own = x, centre, own  # own: 1 with an intercept, else 0

    def __matmul__(self, b: Array) -> Array:
        slopes = b[self.own :]
        return self.x @ slopes + (b[: self.own].sum() - self.centre @ slopes)

    def __rmatmul__(self, a: Array) -> Array:
        total = a.sum(axis=1, keepdims=True)
        return np.concatenate([total[:, : self.own], a @ self.x - total * self.centre], axis=1)


def learn_units(
    coefficients: Coefficients, y: Array, layout: Layout, *, centre: bool = True, offset: bool = False
) -> Units:
    """Units learned from a sample of the rows; any affine map is right, and a sensible one is better."""
    family, size = coefficients.family, coefficients.size
    origin, unit, moves = _scale(family, y, layout)
    if moves and (offset or any(r.design is not None and not r.design.has_intercept for r in coefficients.runs)):
        # without an intercept there is no coefficient that could take a shift up
        origin, unit, moves = np.zeros(1), np.ones(1), False
    count = len(unit)
    matrix, shift = np.zeros((count, size, size)), np.zeros((count, size))
    scaled: dict[str, tuple[Array, Array]] = {}
    for run in coefficients.runs:
        where = np.arange(run.where.start, run.where.stop)
        scale, move = _moved(family, run.param, origin, unit) if moves else (np.ones(count), np.zeros(count))
        if run.design is None:
            matrix[:, where[0], where[0]], shift[:, where[0]] = scale, move
            continue
        if run.param not in scaled:
            scaled[run.param] = _columns(run.design, centre)
        middle, spread = scaled[run.param]
        matrix[:, where, where] = scale[:, None] / spread
        if run.design.has_intercept:
            # sum b (x - m) / s = sum (b / s) x - sum b m / s
            matrix[:, where[0], where[1:]] -= scale[:, None] * middle[1:] / spread[1:]
            shift[:, where[0]] = move
    return Units(origin, unit, scaled, matrix, shift, moves)


def own_units(size: int) -> Units:
    """The units of the rows themselves, for parameters without columns."""
    return Units(np.zeros(1), np.ones(1), {}, np.eye(size)[None], np.zeros((1, size)), False)


def _scale(family: Any, y: Array, layout: Layout) -> tuple[Array, Array, bool]:
    if not family.unit_powers or any(family.link(p).name not in ("identity", "log") for p in family.unit_powers):
        return np.zeros(1), np.ones(1), False
    if family.rescaled(0.0, 2.0) is not family:  # its definition holds numbers in the unit of y
        return np.zeros(1), np.ones(1), False
    located = family.location is not None and family.link(family.location).name == "identity"
    if isinstance(layout, Ragged):
        n = np.maximum(np.bincount(layout.codes, minlength=layout.count), 1)
        middle = np.bincount(layout.codes, y, minlength=layout.count) / n
        distance = np.bincount(layout.codes, np.abs(y - middle[layout.codes]), minlength=layout.count) / n
        unit = distance if located else np.abs(middle)
        origin = middle if located else np.zeros(layout.count)
    else:
        sample = y[:: max(1, len(y) // 4096)].astype(float)
        origin = np.median(sample, keepdims=True) if located else np.zeros(1)
        unit = np.abs(sample - origin).mean(keepdims=True)
    good = np.isfinite(unit) & (unit > 0) & np.isfinite(origin)
    return np.where(good, origin, 0.0), np.where(good, unit, 1.0), True


def _moved(family: Any, param: str, origin: Array, unit: Array) -> tuple[Array, Array]:
    """(factor, shift) of a parameter's free coordinate when y = origin + unit y'."""
    power = family.unit_powers[param]
    if family.link(param).name == "log":
        return np.ones(len(unit)), power * np.log(unit)
    return unit**power, origin if param == family.location else np.zeros(len(unit))


def _extreme(spread: Array) -> Array:
    """Columns whose squares would overflow or vanish."""
    return (spread > 1e100) | (spread < 1e-100)


def sample(design: Any, rows: int) -> Array:
    """So many rows of a design, or a few more, evenly spaced."""
    step = max(1, design.rows // rows)
    few = design if step == 1 else design.take(np.arange(0, design.rows, step))
    return few.block(0, few.rows)


def _columns(design: Any, centre: bool) -> tuple[Array, Array]:
    """Centre and spread of each column, from a sample of rows."""
    x = sample(design, 1024)
    width = x.shape[1]
    with np.errstate(all="ignore"):
        middle = x.mean(axis=0) if centre and design.has_intercept else np.zeros(width)
        spread = np.sqrt(((x - middle) ** 2).mean(axis=0))
    spread = np.where(np.isfinite(spread) & (spread > 1e-12 * np.abs(middle)) & (spread > 0), spread, 1.0)
    # a column that is near zero already is left where it lies
    middle = np.where(np.isfinite(middle) & (np.abs(middle) > spread), middle, 0.0)
    if design.has_intercept:
        middle[0], spread[0] = 0.0, 1.0
    return middle, spread
