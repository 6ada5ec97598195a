"""Truncated observations: rows that are in the data only because they lie inside a window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Self

import numpy as np

from ...errors import DataError
from ._base import Observations, first_column, from_state
from ._probability import Sort
from ._types import (
    Array,
    Column,
    Derivatives,
    F,
    FamilyLike,
    Floats,
    Frozen,
    Mask,
    Namespace,
    Numbers,
    Params,
    Rows,
    Scale,
    State,
)
from .interval import Interval


class Window(Observations):
    """Rows that would not be in the data if they lay outside [lower, upper].

    The log-likelihood of a row is that of `inner`, less log P(lower <= Y <= upper).

    `names` are those of the value (where `inner` has one column), of the lower and of the upper bound in a table; a
    bound without a name is not shown.
    """

    def __init__(
        self, inner: Observations, lower: Array, upper: Array, names: Iterable[str] = ("", "lower", "upper")
    ) -> None:
        lower, upper = (np.broadcast_to(np.asarray(end, np.float64), (len(inner),)) for end in (lower, upper))
        self.window, self.names = Interval(lower, upper), tuple(names)
        self.inner = inner.within(lower, upper)

    def _with(self, inner: Observations, window: Interval) -> Self:
        new = object.__new__(type(self))
        new.inner, new.window, new.names = inner, window, self.names
        return new

    def __len__(self) -> int:
        return len(self.inner)

    def take(self, rows: Rows) -> Self:
        return self._with(self.inner.take(rows), self.window.take(rows))

    def mapped(self, function: Callable[[Array], Array]) -> Self:
        return self._with(self.inner.mapped(function), self.window.mapped(function))

    def missing(self) -> Mask | None:
        masks = [mask for mask in (self.inner.missing(), self.window.missing()) if mask is not None]
        return np.logical_or.reduce(masks) if masks else None

    # -- a family -------------------------------------------------------------------------------------------------

    def bind(self, family: F, column: Callable[[str], Array]) -> tuple[F, Observations]:
        _, window = self.window.bind(family, column)
        bound, inner = self.inner.bind(family, column)
        return bound, self._with(inner, window)

    def check(self, family: FamilyLike) -> None:
        self.inner.check(family)
        self.window.check(family)
        single = self.window.sort == Sort.EXACT
        if single.any() and not family.support.discrete:
            row = int(np.argmax(single))
            raise DataError(
                f"the window of row {row} is the single point {first_column(self.window.lower)[row]:g}, which has"
                f" probability zero under {family.name}: a window has a lower bound below its upper one"
            )

    def rescaled(self, origin: Scale, unit: Scale) -> Self:
        return self._with(self.inner.rescaled(origin, unit), self.window.rescaled(origin, unit))

    def floats(self) -> Observations:
        return self._with(self.inner.floats(), self.window)

    def within(self, lower: Floats, upper: Floats) -> Observations:
        raise DataError("these rows have a window already: give the narrower of the two")

    # -- the likelihood ---------------------------------------------------------------------------------------------

    def evaluate(self, family: FamilyLike, z: list[Array], order: int) -> Derivatives:
        value, score, hessian = self.inner.evaluate(family, z, order)
        whole, first, second = self.window.evaluate(family, z, order)
        if not order:
            return value - whole, [], []
        score = [a - b for a, b in zip(score, first, strict=True)]
        rows = zip(hessian, second, strict=True) if order > 1 else ()
        return value - whole, score, [[a - b for a, b in zip(*pair, strict=True)] for pair in rows]

    def log_density(self, xp: Namespace, family: FamilyLike, params: Params) -> Array:
        return self.inner.log_density(xp, family, params) - self.window.log_density(xp, family, params)

    def log_density_at(self, xp: Namespace, family: FamilyLike, z: list[Array]) -> Array:
        return self.inner.log_density_at(xp, family, z) - self.window.log_density_at(xp, family, z)

    def density_rows(self) -> Mask | None:
        return self.inner.density_rows()

    # -- values -----------------------------------------------------------------------------------------------------

    @property
    def exact(self) -> bool:
        return False

    def stand_in(self) -> Numbers:
        return self.inner.stand_in()

    @property
    def bounds(self) -> tuple[Numbers, Numbers]:
        return self.inner.bounds

    @property
    def windows(self) -> tuple[Numbers, Numbers]:
        return self.window.bounds

    @property
    def values(self) -> Numbers:
        return self.inner.values

    def cdf_range(self, dist: Frozen) -> tuple[Floats, Floats]:
        start, points, stop = self._points(dist)
        below, at = (_between(start, point) / _between(start, stop) for point in points)
        return below, at

    def tail_range(self, dist: Frozen) -> tuple[Floats, Floats]:
        start, points, stop = self._points(dist)
        below, at = (_between(point, stop) / _between(start, stop) for point in points)
        return below, at

    def _points(self, dist: Frozen) -> tuple[Point, tuple[Point, Point], Point]:
        """F and 1 - F at the lower bound, on both sides of the observation, and at the upper bound."""
        start, stop = zip(self.window.cdf_range(dist), self.window.tail_range(dist), strict=True)
        below, at = zip(self.inner.cdf_range(dist), self.inner.tail_range(dist), strict=True)
        return start, (below, at), stop

    def known(self, family: FamilyLike) -> dict[str, Array]:
        return self.inner.known(family)

    # -- tables and files ---------------------------------------------------------------------------------------------

    def as_columns(self, name: str) -> dict[str, Column]:
        value, *ends = self.names
        columns = self.inner.as_columns(value or name)
        bounds = self.window.as_columns("").values()
        shown = {end: bound for end, bound in zip(ends, bounds, strict=True) if end}
        return columns | {f"window_{end}" if end in columns else end: bound for end, bound in shown.items()}

    def parts(self) -> State:
        return {"inner": self.inner.state(), "window": self.window.parts(), "names": list(self.names)}

    @classmethod
    def from_state(cls, state: Mapping[str, Array]) -> Self:
        new = object.__new__(cls)
        new.inner, new.names = from_state(state["inner"]), tuple(state["names"])
        new.window = Interval.from_state(state["window"])
        return new

    def equals(self, other: Observations) -> bool:
        return isinstance(other, Window) and self.inner.equals(other.inner) and self.window.equals(other.window)

    def describe(self) -> str:
        lower, upper = (first_column(bound) for bound in (self.window.lower, self.window.upper))
        seen = self.inner.describe() or f"{len(self)} exact"
        if np.isposinf(upper).all():
            return f"{seen}; entry after {_extent(lower)}"
        if np.isneginf(lower).all():
            return f"{seen}; seen only up to {_extent(upper)}"
        return f"{seen}; seen only from {_extent(lower)} to {_extent(upper)}"


Point = tuple[Floats, Floats]  # F and 1 - F


def _between(a: Point, b: Point) -> Floats:
    """The probability between two points, from the tail in which it is small."""
    return np.where(a[1] < b[0], a[1] - b[1], b[0] - a[0])


def _extent(bound: Floats) -> str:
    """One bound in words, or the least and the greatest of them."""
    least, greatest = float(bound.min()), float(bound.max())
    return f"{least:g}" if least == greatest else f"{least:g} ... {greatest:g}"
