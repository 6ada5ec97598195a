"""Missing and infinite values in the columns of a design, found block by block.

A sum is finite only if all that it adds is, so one pass of sums clears a block; where it does not, the block is looked
at value by value.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlekit.data.labels import Array, Integers, Mask
from mlekit.data.layout import blocks
from mlekit.data.pieces import Learned, Product, Run, Store
from mlekit.errors import DataError, IdentifiabilityError, in_row

FIT, PREDICT = "say missing='drop' to leave the rows out", "a prediction needs every column of the formula"


def missing(store: Store, rows: int) -> Mask | None:
    """Return a mask of the rows that lack a number or a label; None if there are none."""
    gone = np.zeros(rows, dtype=bool)
    with np.errstate(all="ignore"):
        for values in (*store.numbers.values(), *store.bases.values()):
            for a, b in blocks(rows) if values.dtype.kind == "f" else ():
                if not _clear(values[a:b]):
                    gone[a:b] |= np.isnan(values[a:b]).reshape(b - a, -1).any(axis=1)
    for codes in store.codes.values():
        for a, b in blocks(rows):
            gone[a:b] |= codes[a:b] < 0
    return gone if gone.any() else None


def check(names: list[str], columns: Sequence[Product | Run], store: Store, rows: int, *, fitting: bool) -> None:
    """Raise an error for a value that is missing or infinite; in a fit also for a column or level without rows."""
    if fitting and not rows:
        raise DataError("there are no rows")
    with np.errstate(all="ignore"):
        for name, values in store.numbers.items():
            _finite(values, name, fitting)
        for factor, codes in store.codes.items():
            _coded(codes, factor, store.learned[factor], fitting)
        for at, column in enumerate(columns):
            if isinstance(column, Run):
                _matrix(store.bases[""], names[at:], fitting)
            elif column.pieces and (fitting or column.derived):
                _column(names[at], column, store, rows, fitting)


def not_zero(name: str) -> IdentifiabilityError:
    """Return the error of a column that is zero in every row."""
    return IdentifiabilityError(
        f"the column {name!r} is zero in every row, so its coefficient cannot be estimated: leave the column out"
    )


def _clear(part: Array) -> bool:
    return bool(np.isfinite(part.sum(dtype=np.float64)))


def _finite(values: Array, name: str, fitting: bool) -> None:
    rows = _wrong(values)
    if not len(rows):
        return
    lacking = rows[np.isnan(values[rows])]
    if len(lacking):
        raise _missing(lacking, f"column {name!r}", fitting)
    row = rows[0]
    after = f"{_more(rows)}, but a design needs finite numbers: drop such rows"
    raise in_row(int(row), after, f"column {name!r} is {values[row]} in ")


def _wrong(values: Array) -> Integers:
    """The rows whose value is not finite."""
    pieces = blocks(len(values)) if values.dtype.kind == "f" else ()
    found = [a + np.flatnonzero(~np.isfinite(values[a:b])) for a, b in pieces if not _clear(values[a:b])]
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _missing(rows: Integers, what: str, fitting: bool) -> DataError:
    shown = ", ".join(str(row) for row in rows[:5]) + (", ..." if len(rows) > 5 else "")
    many = f"{len(rows)} missing value{'s' * (len(rows) > 1)}"
    return DataError(f"{what} has {many}, in row {shown}: {FIT if fitting else PREDICT}")


def _more(rows: Integers) -> str:
    return f" (and in {len(rows) - 1} more)" if len(rows) > 1 else ""


def _coded(codes: Integers, factor: str, learned: Learned, fitting: bool) -> None:
    """Raise an error for a row without a label, and in a fit for a level without rows."""
    levels = learned["levels"]
    counts = np.zeros(len(levels) + 1, dtype=np.int64)
    for a, b in blocks(len(codes)):
        counts += np.bincount(codes[a:b] + 1, minlength=len(counts))
    if counts[0]:
        raise _missing(np.flatnonzero(codes < 0), f"the category {factor}", fitting)
    if fitting and not counts[1:].all():
        level = levels[int(np.argmin(counts[1:]))]
        raise IdentifiabilityError(
            f"no row has the level {level!r} of {factor}, so its coefficient cannot be estimated: take the level out"
            " of the category"
        )


def _matrix(values: Array, names: list[str], fitting: bool) -> None:
    """All columns of a matrix at once, and one by one only where something is wrong."""
    if not all(_clear(values[a:b]) for a, b in (blocks(len(values)) if values.dtype.kind == "f" else ())):
        for j, name in enumerate(names):
            _finite(values[:, j], name, fitting)
    seen = np.zeros(len(names), dtype=bool)
    for a, b in blocks(len(values)) if fitting else ():
        seen |= values[a:b].any(axis=0)
        if seen.all():
            return
    if fitting:
        raise not_zero(names[int(np.argmin(seen))])


def _column(name: str, column: Product, store: Store, rows: int, fitting: bool) -> None:
    """Raise an error for a column that is zero, or not finite though its sources are, such as log(0)."""
    seen = False
    for a, b in blocks(rows):
        part = column.part(store, a, b)
        seen = seen or bool(part.any())
        if column.derived and not _clear(part) and not np.isfinite(part).all():
            row = int(np.argmin(np.isfinite(part)))
            values = {n: store.numbers[n][a + row] for piece in column.pieces for n in piece.sources()}
            where = ", where " + " and ".join(f"{n} = {v:g}" for n, v in values.items()) if values else ""
            raise in_row(
                a + row,
                f"{where}, but a design needs finite numbers: drop such rows, or change the formula",
                f"{name} is {part[row]} in ",
            )
        if seen and not column.derived:
            return
    if fitting and not seen:
        raise not_zero(name)
