"""Units do not matter: solvers see rescaled rows, people see their own.

Observations become (y - origin) / unit if the family says how its parameters scale with y; columns of a design become
(x - centre) / spread. Both are undone by one affine map of the coefficients:

    original = matrix z + shift

and the log-likelihood in the original unit is that of the rescaled rows minus log(unit) per row.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.layout import Layout, Ragged
from ..data.observations import Observations
from ..data.rows import Summary
from ..families import Family
from ..numerics.arrays import Codes, Floats, Mask
from .coefficients import Coefficients, Run

if TYPE_CHECKING:
    from ..data.design import Design
    from .standardised import Standardised

State = Mapping[str, Any]  # numbers, arrays and dicts of them: what a file keeps


class Units:
    """An affine map of observations and columns, and the way back for coefficients."""

    def __init__(
        self,
        origin: Floats,
        unit: Floats,
        columns: Mapping[str, Standardised],
        matrix: Floats,
        shift: Floats,
        rescales: bool,
    ) -> None:
        self.origin, self.unit, self.columns = origin, unit, columns  # [G], [G], by parameter
        self.matrix, self.shift, self.rescales = matrix, shift, rescales
        self.log_jacobian = -np.log(unit) if rescales else np.zeros(1)

    def observations(self, observations: Observations, layout: Layout) -> Observations:
        """The observations in these units."""
        if not self.rescales:
            return observations
        origin, unit = self.origin, self.unit
        if len(unit) > 1 and isinstance(layout, Ragged):
            origin, unit = origin[layout.codes], unit[layout.codes]
        elif len(unit) > 1:
            origin, unit = origin[:, None], unit[:, None]
        return observations.rescaled(origin, unit)

    def family(self, family: Family) -> Family:
        """The family of the observations in these units."""
        one = self.rescales and len(self.unit) == 1
        return family.rescaled(float(self.origin[0]), float(self.unit[0])) if one else family

    def slope(self, run: Run) -> Floats:
        """The factor from standardised columns times z to the linear predictor in original units, [G or 1]."""
        spread = 1.0 if run.design is None else self.columns[run.param].spread[0]
        return self.matrix[:, run.where.start, run.where.start] * spread

    def to_original(self, z: Floats) -> Floats:
        """Coefficients in original units."""
        return (self.matrix @ z[..., None])[..., 0] + self.shift

    def from_original(self, original: Floats) -> Floats:
        """Coefficients in these units, from those in original units."""
        return np.asarray(np.linalg.solve(self.matrix, (original - self.shift)[..., None])[..., 0], dtype=float)

    def take(self, groups: Codes | Mask) -> Units:
        """The units of these fits of the batch."""

        def pick(a: Floats) -> Floats:
            return a if len(a) == 1 else a[groups]

        return Units(
            pick(self.origin), pick(self.unit), self.columns, pick(self.matrix), pick(self.shift), self.rescales
        )

    def state(self) -> State:
        """All that `from_state` needs, as numbers, arrays and dicts of them."""
        fields = {name: getattr(self, name) for name in ("origin", "unit", "matrix", "shift")}
        return {**fields, "moves": self.rescales, "scaled": {param: list(both) for param, both in self.columns.items()}}

    @classmethod
    def from_state(cls, state: State) -> Units:
        """The units that `state` describes."""
        from .standardised import Standardised

        columns = {param: Standardised(*both) for param, both in state["scaled"].items()}
        return cls(state["origin"], state["unit"], columns, state["matrix"], state["shift"], state["moves"])


@cache
def own_units(size: int) -> Units:
    """The units of the rows themselves, for parameters without columns."""
    return Units(np.zeros(1), np.ones(1), {}, np.eye(size)[None], np.zeros((1, size)), False)


def learn_units(
    coefficients: Coefficients, y: Floats, layout: Layout, *, centre: bool = True, offset: bool = False
) -> Units:
    """Units learned from a sample of the rows; any affine map is right, and a sensible one is better."""
    origin, unit, rescales = _scale(coefficients.family, y, layout)
    if rescales and (offset or any(r.design is not None and not r.design.has_intercept for r in coefficients.runs)):
        # without an intercept there is no coefficient that could take a shift up
        origin, unit, rescales = np.zeros(1), np.ones(1), False
    columns = _standardised(coefficients.designs, centre) if coefficients.designs else {}
    matrix, shift = _affine_map(coefficients, columns, origin, unit, rescales)
    return Units(origin, unit, columns, matrix, shift, rescales)


def _standardised(designs: Mapping[str, Design], centre: bool) -> dict[str, Standardised]:
    from .standardised import standardise

    return {param: standardise(design, centre) for param, design in designs.items()}


def _affine_map(
    coefficients: Coefficients, columns: Mapping[str, Standardised], origin: Floats, unit: Floats, rescales: bool
) -> tuple[Floats, Floats]:
    """(matrix [G, K, K], shift [G, K]) from coefficients of rescaled rows to those in original units."""
    count, size = len(unit), coefficients.size
    matrix, shift = np.zeros((count, size, size)), np.zeros((count, size))
    for run in coefficients.runs:
        first = run.where.start
        scale, move = _rescaled(coefficients.family, run.param, origin, unit) if rescales else (1.0, 0.0)
        if run.design is None:
            matrix[:, first, first], shift[:, first] = scale, move
            continue
        where = np.arange(first, run.where.stop)
        middle, spread = columns[run.param]
        scale = np.reshape(scale, (-1, 1))
        matrix[:, where, where] = scale / spread
        if run.design.has_intercept:
            # sum b (x - m) / s = sum (b / s) x - sum b m / s
            matrix[:, where[0], where[1:]] -= scale * middle[1:] / spread[1:]
            shift[:, where[0]] = move
    return matrix, shift


def _scale(family: Family, y: Floats, layout: Layout) -> tuple[Floats, Floats, bool]:
    """(origin [G], unit [G], True if rows are rescaled at all)."""
    if not family.unit_powers or any(family.link(p).name not in ("identity", "log") for p in family.unit_powers):
        return np.zeros(1), np.ones(1), False
    located = family.location is not None and family.link(family.location).name == "identity"
    if isinstance(layout, Ragged):
        if family.rescaled(0.0, 2.0) is not family:  # its definition holds numbers in the unit of y, one for all groups
            return np.zeros(1), np.ones(1), False
        n = np.maximum(np.bincount(layout.codes, minlength=layout.count), 1)
        middle = np.bincount(layout.codes, y, minlength=layout.count) / n
        if family.several_peaks:  # then units decide which one a search finds: those of one fit
            middle = Summary(y, None, layout).median
        distance = np.bincount(layout.codes, np.abs(y - middle[layout.codes]), minlength=layout.count) / n
        unit = distance if located else np.abs(middle)
        origin = middle if located else np.zeros(layout.count)
    else:
        sample = y[:: max(1, len(y) // 4096)].astype(float)
        origin = np.median(sample, keepdims=True) if located else np.zeros(1)
        unit = np.abs(sample - origin).mean(keepdims=True)
    good = np.isfinite(unit) & (unit > 0) & np.isfinite(origin)
    return np.where(good, origin, 0.0), np.where(good, unit, 1.0), True


def _rescaled(family: Family, param: str, origin: Floats, unit: Floats) -> tuple[Floats | float, Floats | float]:
    """(factor, shift) of a parameter's free coordinate when y = origin + unit y'."""
    power = family.unit_powers[param]
    if family.link(param).name == "log":
        return 1.0, power * np.log(unit)
    return unit**power, origin if param == family.location else 0.0
