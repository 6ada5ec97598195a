"""Standardised columns of a design, (x - centre) / spread, block by block of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ..data.design import Design, panel_of
from ..numerics.arrays import Floats, Mask

TINY, HUGE = 1e-100, 1e100  # spreads whose squares vanish or overflow
FAR = 1e3  # spreads: a column with its centre farther from zero loses digits where the centre is taken off a product


class Standardised(NamedTuple):
    """The centre and spread of each column of one design.

    Solvers see standardised columns. Most readers leave the division by `divisor` to the coefficients, which are fewer.
    """

    centre: Floats
    spread: Floats

    def block(self, design: Design, start: int, stop: int) -> Floats:
        """Rows start .. stop of the standardised columns."""
        return (design.block(start, stop) - self.centre) / self.spread

    def reader(self, design: Design, rows: int) -> Callable[[int, int], Floats]:
        """A function that reads up to so many rows at a time, centred, into one buffer in Fortran order.

        They are not divided by `divisor`.
        """
        centre, spread = self
        buffer = panel_of(len(centre), rows)
        extreme = np.flatnonzero(self._extreme)

        def read(start: int, stop: int) -> Floats:
            columns = design.turned(start, stop, centre, buffer)
            if len(extreme):
                columns[extreme] /= spread[extreme, None]
            return columns.T

        return read

    def parts(self, design: Design, rows: int) -> Callable[[int, int], list[Floats]]:
        """The same in parts that stand side by side: if no centre is taken off, one is the caller's own rows."""
        x = design.matrix
        if x is None or x.dtype != float or self.centre.any() or self._extreme.any():
            read = self.reader(design, rows)
            return lambda start, stop: [read(start, stop)]
        ones = np.ones((rows, len(self.centre) - x.shape[1]))
        return lambda start, stop: [ones[: stop - start], x[start:stop]]

    def multiplier(self, design: Design) -> Callable[[int, int], CentredRows] | None:
        """A reader of the caller's own rows, to be multiplied by vectors, not copied; None: they have to be copied."""
        x = design.matrix
        if x is None or x.dtype != float or self._extreme.any() or (np.abs(self.centre) > FAR * self.spread).any():
            return None
        ones = len(self.centre) - x.shape[1]
        return lambda start, stop: CentredRows(x[start:stop], self.centre[ones:], ones)

    @property
    def divisor(self) -> Floats:
        """The numbers by which the columns of a reader are still to be divided."""
        return np.where(self._extreme, 1.0, self.spread)

    @property
    def _extreme(self) -> Mask:
        """Columns whose squares would overflow or vanish."""
        return (self.spread > HUGE) | (self.spread < TINY)


class CentredRows:
    """Centred rows that are only multiplied by vectors: the caller's less the centre, an intercept before them."""

    __array_ufunc__ = None

    def __init__(self, x: Floats, centre: Floats, ones: int) -> None:
        self.x, self.centre, self.ones = x, centre, ones  # ones: 1 with an intercept, else 0

    def __matmul__(self, b: Floats) -> Floats:
        slopes = b[self.ones :]
        return self.x @ slopes + (b[: self.ones].sum() - self.centre @ slopes)

    def __rmatmul__(self, a: Floats) -> Floats:
        total = a.sum(axis=1, keepdims=True)
        return np.concatenate([total[:, : self.ones], a @ self.x - total * self.centre], axis=1)


def sample(design: Design, rows: int) -> Floats:
    """So many rows of a design, or a few more, evenly spaced."""
    step = max(1, design.rows // rows)
    few = design if step == 1 else design.take(np.arange(0, design.rows, step))
    return few.block(0, few.rows)


def standardise(design: Design, centre: bool) -> Standardised:
    """The centre and spread of each column, from a sample of rows."""
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
    return Standardised(middle, spread)
