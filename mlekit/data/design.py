"""A design: the terms of a right-hand side bound to rows. Blocks of its matrix are computed on demand, never all of it.

    bind("x + C(z)", table)         the columns of a formula
    from_matrix(X, names)           the caller's own matrix or columns, and an intercept
    constant(rows)                  an intercept only

Numbers stay the caller's arrays, categories are their codes, an interaction is multiplied block by block; only bs, cr
and poly are stored. `on` puts the same terms on new data with all that was learned, which `state` keeps for a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from mlekit.data import scan
from mlekit.data.labels import Array, Floats, Labels, Level, Mask
from mlekit.data.pieces import Learned, Plain, Product, Run, Store
from mlekit.errors import DataError, FormulaError, LoadError, in_row

if TYPE_CHECKING:
    from mlekit.data.formula import Formula, Table

State: TypeAlias = Learned  # {"formula", "dot", "intercept", "learned"}, as JSON can hold it
Column: TypeAlias = Product | Run

NARROW = 8  # columns that are written one by one
PANEL = 2**17  # values that are written column by column, then transposed


def panel_of(columns: int, rows: int) -> Floats:
    """Return an empty transposed block: a power of two between columns would make them share lines of the cache."""
    return np.empty((columns, rows + 8))[:, :rows]


class Design:
    """Terms bound to rows, with a coefficient for each of `names`; an intercept comes first."""

    def __init__(
        self,
        state: State,
        names: list[str],
        columns: list[Column],
        store: Store,
        rows: int,
        offset: Array | None = None,
        formula: Formula | None = None,
    ) -> None:
        twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
        if twice is not None:
            raise DataError(f"two columns of the design have the name {twice!r}: rename one of them")
        self.names, self.rows, self.offset = names, rows, offset
        self._state, self._columns, self._store, self._formula = state, columns, store, formula
        self.table: Table | None = None  # the table of a formula

    def __repr__(self) -> str:
        return f"Design({self.rows} rows: {', '.join(self.names)})"

    @property
    def has_intercept(self) -> bool:
        """True if the first column is one in every row."""
        return bool(self._columns) and isinstance(self._columns[0], Product) and not self._columns[0].pieces

    @property
    def levels(self) -> dict[str, list[Level]]:
        """The levels of each category, by the name of its term."""
        return {key: kept["levels"] for key, kept in self._state["learned"].items() if "levels" in kept}

    @property
    def terms(self) -> dict[str, list[str]]:
        """The names of the columns of each term of the formula; of a matrix each column is a term.

        >>> from_matrix(np.eye(2), ["a", "b"]).terms
        {'Intercept': ['Intercept'], 'a': ['a'], 'b': ['b']}
        """
        from mlekit.data.formula.binding import terms_of
        from mlekit.data.formula.coding import code

        found: dict[str, list[str]] = {}
        for coded in code(terms_of(self._parsed(), self._state)[0], self._state["learned"]):
            found.setdefault(coded.term, []).append(coded.name)
        return found

    @property
    def matrix(self) -> Array | None:
        """The caller's matrix, if there is nothing but it and an intercept; to be read, never written."""
        return self._store.bases.get("")

    def block(self, start: int, stop: int, out: Array | None = None) -> Array:
        """Return rows start to stop as a float64 matrix, in the first rows of `out` if it is given.

        A new block is C-contiguous. A buffer in Fortran order is the fastest to fill: `np.empty((p, m)).T`.

        >>> constant(3).block(0, 2)
        array([[1.],
               [1.]])
        """
        out = np.empty((stop - start, len(self.names))) if out is None else out[: stop - start]
        with np.errstate(all="ignore"):
            if len(self._columns) <= NARROW or out.strides[0] <= out.strides[1]:
                self.turned(start, stop, np.zeros(len(self.names)), out.T)
            else:
                self._fill_by_panels(out, start, stop)
        return out

    def turned(self, start: int, stop: int, centre: Array, out: Array) -> Array:
        """Return the transpose of a block, less the centre of each column.

        >>> constant(3).turned(0, 2, np.zeros(1), np.empty((1, 8)))
        array([[1., 1.]])
        """
        out = out[:, : stop - start]
        for at, column in enumerate(self._columns):
            part = column.part(self._store, start, stop)
            if isinstance(column, Run):
                np.subtract(part.T, centre[at:, None], out=out[at:])
            else:
                np.subtract(part, centre[at], out=out[at])
        return out

    def _fill_by_panels(self, out: Array, start: int, stop: int) -> None:
        """Columns are contiguous in a panel that fits the cache, which is then copied transposed: twice as fast."""
        width = len(self.names)
        rows = min(max(PANEL // width, 128), stop - start)
        panel, zero = panel_of(width, rows), np.zeros(width)
        for a in range(0, stop - start, rows):
            b = min(a + rows, stop - start)
            out[a:b] = self.turned(start + a, start + b, zero, panel).T

    def take(self, rows: Array) -> Design:
        """Return the rows of a mask or an index, with what was learned from all rows."""
        rows = np.asarray(rows)
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        offset = None if self.offset is None else self.offset[rows]
        store = self._store.take(rows)
        return Design(self._state, self.names, self._columns, store, len(rows), offset, self._formula)

    def keep(self, rows: Array) -> Design:
        """Return the design of these rows alone: levels, knots and scales are learned from them."""
        if self.table is None:
            return self.take(rows).check()
        state, table = {**self._state, "learned": {}}, self.table.take(np.asarray(rows))
        return _assembled(self._parsed(), state, table, fresh=True).check()

    def missing(self) -> Mask | None:
        """Return a mask of the rows that lack a value; None if there are none."""
        return scan.missing(self._store, self.rows)

    def check(self, *, fitting: bool = True) -> Design:
        """Return the design itself, or raise the error of a missing or infinite value, or of a column of zeros."""
        scan.check(self.names, self._columns, self._store, self.rows, fitting=fitting)
        if self.offset is not None and not np.isfinite(self.offset).all():
            row = int(np.argmin(np.isfinite(self.offset)))
            raise in_row(row, ": it has to be a finite number", f"the offset is {self.offset[row]} in ")
        return self

    def on(self, table: Table) -> Design:
        """Return the same terms on new data, with the levels, knots and scales that were learned."""
        return _assembled(self._parsed(), self._state, table, fresh=False).check(fitting=False)

    def _parsed(self) -> Formula:
        """The formula, parsed once; the caller's own matrix is `.`, all columns as they are."""
        if self._formula is None:
            from mlekit.data.formula import parse

            self._formula = parse(self._state["formula"])
        return self._formula

    def state(self) -> State:
        """Return what `from_state` takes, without the rows: dicts, lists, numbers and texts."""
        import json

        return json.loads(json.dumps(self._state))

    @staticmethod
    def from_state(state: State) -> Design:
        """Return a design without rows, which can be put `on` data.

        >>> Design.from_state(constant(3).state()).names
        ['Intercept']
        """
        from mlekit.data.formula import parse
        from mlekit.data.formula.binding import terms_of
        from mlekit.data.formula.coding import code

        try:
            formula = parse(state["formula"])
            coded = code(terms_of(formula, state)[0], state["learned"])
        except (AttributeError, KeyError, TypeError, FormulaError) as wrong:
            raise LoadError(f"this is not the state of a design ({type(wrong).__name__}: {wrong})") from None
        names, columns = [c.name for c in coded], [c.column for c in coded]
        return Design(state, names, list(columns), Store({}, {}, {}, state["learned"]), 0, formula=formula)


def bind(
    formula: str | Formula, table: Table, *, intercept: bool = True, exclude: Iterable[str] = (), check: bool = True
) -> Design:
    """Return the right-hand side of a formula over the columns of a table; `.` has all but those of the left side.

    `exclude` are columns that `.` leaves out. Without `check` missing values and columns of zeros are no error until
    `.check()` is called: one pass over the data is saved, or `.missing()` is called first.
    """
    from mlekit.data.formula import Formula, parse
    from mlekit.data.formula.binding import begin

    parsed = formula if isinstance(formula, Formula) else parse(formula)
    design = _assembled(parsed, begin(parsed, table, intercept, exclude), table, fresh=True)
    return design.check() if check else design


def from_matrix(
    X: Array | Sequence[Array | Labels], names: Sequence[str], intercept: bool = True, *, check: bool = True
) -> Design:
    """Return the design of a matrix [rows, k] of any numeric type and order, or of a list of columns, not copied.

    >>> from_matrix(np.eye(2), ["a", "b"]).names
    ['Intercept', 'a', 'b']
    """
    columns, store, rows = _matrix(X, names) if isinstance(X, np.ndarray) else _listed(X, names)
    if not len(names) and not intercept:
        raise DataError("X has no columns, and there is no intercept: give a column, or intercept=True")
    if intercept:
        columns.insert(0, Product())
    state: State = {"formula": ".", "dot": list(names), "intercept": intercept, "learned": {}}
    design = Design(state, [*(["Intercept"] if intercept else []), *names], columns, store, rows)
    return design.check() if check else design


def _matrix(X: Array, names: Sequence[str]) -> tuple[list[Column], Store, int]:
    """The columns of a matrix, their sources, and the number of rows."""
    if X.ndim != 2:
        raise DataError(f"X has the shape {X.shape}: pass two dimensions, rows and columns")
    _named(X.shape[1], names)
    return [Run()], Store({}, {}, {"": _numbers("X", X, len(X))}, {}), len(X)


def _listed(X: Sequence[Array | Labels], names: Sequence[str]) -> tuple[list[Column], Store, int]:
    """The same of columns one by one."""
    _named(len(X), names)
    rows = len(X[0]) if len(X) else 0
    numbers = {name: _numbers(name, x, rows) for name, x in zip(names, X, strict=True)}
    return [Product((Plain(name),)) for name in names], Store(numbers, {}, {}, {}), rows


def _named(count: int, names: Sequence[str]) -> None:
    if count != len(names):
        raise DataError(f"X has {count} columns, and there are {len(names)} names")


def _numbers(name: str, x: Array | Labels, rows: int) -> Array:
    if not isinstance(x, np.ndarray):
        raise DataError(f"column {name!r} holds labels, but a matrix has numbers: write a formula, with C({name})")
    if x.dtype.kind not in "biuf" or len(x) != rows:
        raise DataError(f"{name} has {len(x)} rows of type {x.dtype}: pass columns of numbers that have one length")
    return x


def constant(rows: int) -> Design:
    """Return the design of an intercept alone."""
    state: State = {"formula": "1", "dot": [], "intercept": True, "learned": {}}
    return Design(state, ["Intercept"], [Product()], Store({}, {}, {}, {}), rows)


def _assembled(formula: Formula, state: State, table: Table, *, fresh: bool) -> Design:
    """The design of a state over a table."""
    from mlekit.data.formula.binding import gather

    with np.errstate(all="ignore"):
        coded, store, offset = gather(formula, state, table, fresh=fresh)
    design = Design(state, [c.name for c in coded], [c.column for c in coded], store, table.rows, offset, formula)
    design.table = table
    return design
