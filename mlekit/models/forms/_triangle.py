"""The triangular factor of a design, by blocks that fit the cache, and the meaning of a singular one.

R'R = [X y]'[X y] comes from the products themselves if they are well conditioned, else from Householder factors of one
block of rows after another. The length that is left of a column when those before it are taken out is on R's diagonal:
a column with nothing left is a combination of the others.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...data.layout import blocks
from ...errors import IdentifiabilityError
from ...numerics.arrays import Floats

Block = Callable[[int, int], list[Floats]]  # rows start .. stop of the matrix, in parts that stand side by side

COLLINEAR = 1e-11  # of a column's length
POOR = 1e-2  # below this the products have lost more than four digits: use reflections
ROWS = 4096


def products(block: Block, rows: int) -> Floats:
    """A'A."""
    total: dict[tuple[int, int], Floats] = {}
    for start, stop in blocks(rows, ROWS):
        parts = block(start, stop)
        for i, a in enumerate(parts):
            for j, b in enumerate(parts[i:], i):
                total[i, j] = total.get((i, j), 0.0) + a.T @ b
    size = 1 + max(i for i, _ in total)
    return np.block([[total[i, j] if i <= j else total[j, i].T for j in range(size)] for i in range(size)])


def reflections(block: Block, rows: int) -> Floats:
    """R of A = Q R, square."""
    r = np.zeros((0, 0))
    for start, stop in blocks(rows, ROWS):
        a = np.hstack(block(start, stop))
        r = np.asarray(np.linalg.qr(np.vstack([r.reshape(-1, a.shape[1]), a]), mode="r"), dtype=float)
    width = r.shape[1]
    return np.vstack([r, np.zeros((max(0, width - len(r)), width))])


def factor(block: Block, rows: int, names: list[str], check: Callable[[], None]) -> Floats:
    """The triangular R; the first len(names) columns have to be independent, or an IdentifiabilityError names one."""
    gram = products(block, rows)
    if not np.isfinite(gram).all():
        check()
    lengths = np.sqrt(np.maximum(np.diag(gram), 1e-300))
    try:
        r = np.asarray(np.linalg.cholesky(gram / lengths[:, None] / lengths).T, dtype=float)
        if (np.diag(r) > POOR).all():
            return r * lengths
    except np.linalg.LinAlgError:
        pass
    r = reflections(block, rows) / lengths
    r *= np.where(np.diag(r) < 0, -1.0, 1.0)[:, None]
    gone = np.diag(r)[: len(names)] < COLLINEAR
    if gone.any():
        check()  # a missing value, or a level without rows, is the better reason
        raise IdentifiabilityError(collinear(names, r, int(np.argmax(gone))))
    return r * lengths


def collinear(names: list[str], r: Floats, column: int) -> str:
    """The sentence about a column that the ones before it determine."""
    b = np.linalg.lstsq(r[:column, :column], r[:column, column], rcond=None)[0]
    others = [names[i] for i in np.flatnonzero(np.abs(b) > 1e-6)]
    if not others:
        return (
            f"the column {names[column]!r} has the same value in every row, or values too large or small to be squared:"
            " its coefficient is not identified; leave it out, or change its unit"
        )
    what = " and ".join(repr(o) for o in others[:4]) + (" and more" if len(others) > 4 else "")
    remedy = ", such as the intercept by writing 0 + in the formula" if "Intercept" in others else ""
    terms = {name.rpartition("[")[0] for name in [*others, names[column]] if name != "Intercept"}
    if "Intercept" in others and len(terms) == 1 and "" not in terms:
        (term,) = terms
        return f"the columns of {term!r} add up to the intercept: leave one of the two out, as in {term} - 1"
    return (
        f"the column {names[column]!r} is a combination of {what}: "
        f"its coefficient is not identified; leave one of them out{remedy}"
    )


def refuse_collinear(sample: Floats, block: Block, rows: int, names: list[str], check: Callable[[], None]) -> None:
    """Raise an IdentifiabilityError if a column is a combination of others: in a sample first, then in all rows."""
    if not np.isfinite(sample).all():
        check()
        return
    lengths = np.sqrt((sample**2).sum(axis=0))
    r = np.linalg.qr(sample / np.where(lengths > 0, lengths, 1.0), mode="r")
    if len(r) < len(names) or (np.abs(np.diag(r)) < 1e-7).any():
        factor(block, rows, names, check)
