"""A design: the terms of a right-hand side bound to rows. Never a matrix; blocks of one are made when they are asked for.

    bind("x + C(z)", table)         the columns of a formula
    from_matrix(X, names)           the caller's own matrix or columns, and an intercept
    constant(rows)                  an intercept only

Numbers stay the caller's arrays, categories are their codes, an interaction is multiplied block by block; only bs, cr
and poly are stored. `on` puts the same terms on new data with what was learned, and `state` keeps that for a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mlekit.data.columns import Labels
from mlekit.data.layout import blocks
from mlekit.data.pieces import Array, Plain, Product, Run, Store
from mlekit.errors import DataError, FormulaError, IdentifiabilityError, nearest

if TYPE_CHECKING:
    from mlekit.data.formula import Formula, Table
    from mlekit.data.formula.arithmetic import Node
    from mlekit.data.formula.terms import Term

State = dict[str, Any]
Column = Product | Run

MOST_LEVELS = 1000
NARROW, PANEL = 8, 2**17  # columns that are written one by one; values that are written by row first, then turned


class Design:
    """Terms bound to rows, with a coefficient for each of `names`; the intercept, if there is one, comes first."""

    def __init__(
        self, state: State, names: list[str], columns: list[Column], store: Store, rows: int, offset: Array | None = None
    ) -> None:
        twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
        if twice is not None:
            raise DataError(f"two columns of the design have the name {twice!r}: rename one of them")
        self.names, self.rows, self.offset = names, rows, offset
        self._state, self._columns, self._store = state, columns, store

    def __repr__(self) -> str:
        return f"Design({self.rows} rows: {', '.join(self.names)})"

    @property
    def has_intercept(self) -> bool:
        """Whether the first column is one throughout."""
        return bool(self._columns) and isinstance(self._columns[0], Product) and not self._columns[0].pieces

    @property
    def levels(self) -> dict[str, list[Any]]:
        """The levels of each category, by the name of its term."""
        return {key: kept["levels"] for key, kept in self._state["learned"].items() if "levels" in kept}

    def block(self, start: int, stop: int, out: Array | None = None) -> Array:
        """Rows start to stop as a float64 matrix, into the first rows of `out` if it is given.

        A new block is C-contiguous. A buffer in Fortran order is the fastest to fill: `np.empty((p, m)).T`.

        >>> constant(3).block(0, 2)
        array([[1.],
               [1.]])
        """
        out = np.empty((stop - start, len(self.names))) if out is None else out[: stop - start]
        with np.errstate(all="ignore"):
            if len(self._columns) <= NARROW or out.strides[0] <= out.strides[1]:
                self._fill(out.T, start, stop)
            else:
                self._fill_by_panels(out, start, stop)
        return out

    def _fill(self, rows: Array, start: int, stop: int) -> None:
        """The transpose of a block: a row for each column of the design."""
        at = 0
        for column in self._columns:
            if isinstance(column, Run):
                rows[at:] = column.part(self._store, start, stop).T
            else:
                rows[at] = column.part(self._store, start, stop)
            at += 1

    def _fill_by_panels(self, out: Array, start: int, stop: int) -> None:
        """Columns are contiguous in a panel that the cache holds, which is then copied turned: twice as fast."""
        width = len(self.names)
        rows = min(max(PANEL // width, 128), stop - start)
        panel = np.empty((width, rows + 8))  # 8 more, or the columns fall on one another in the cache
        for a in range(0, stop - start, rows):
            b = min(a + rows, stop - start)
            self._fill(panel[:, : b - a], start + a, start + b)
            out[a:b] = panel[:, : b - a].T

    def take(self, rows: Array) -> Design:
        """The rows of a mask or an index, with what was learned from all."""
        rows = np.asarray(rows)
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        offset = None if self.offset is None else self.offset[rows]
        return Design(self._state, self.names, self._columns, self._store.take(rows), len(rows), offset)

    def missing(self) -> Array | None:
        """A mask of the rows that lack a value (NaN, or no label); None where none does."""
        lacking: Array | None = None
        for values in (*self._store.numbers.values(), *self._store.codes.values(), *self._store.bases.values()):
            for a, b in blocks(self.rows):
                part = values[a:b]
                if part.dtype.kind != "f" or not np.isnan(part.sum(dtype=np.float64)):
                    gone = part < 0 if values.dtype == np.int64 else None
                else:
                    gone = np.isnan(part)
                if gone is not None and gone.any():
                    lacking = np.zeros(self.rows, dtype=bool) if lacking is None else lacking
                    lacking[a:b] |= gone if gone.ndim == 1 else gone.any(axis=1)
        return lacking
