"""From rows to sums, in pieces that fit the cache.

Powers are summed about an origin that is itself an observation, so that y - origin is exact; groups whose mean turns
out to be far from it are summed again about that mean. Counts are tallied in the column's own type.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from ..errors import DataError
from .labels import Array, Floats
from .layout import BLOCK, ONE, Layout, Ragged
from .stats import Stats

Family = Any  # with sufficient statistics; the package of families imports this one
LARGE = 1e150  # a size that can be squared
TINY = 1e-290  # a sum of squares that has lost digits to underflow
FAR = 1e3  # squared distance of the mean from the origin, in variances: three of sixteen digits


def summarise(
    family: Family, y: Array, weights: Floats | None = None, layout: Layout = ONE, checked: bool = False
) -> Stats:
    """Return the sums of a family's statistics over rows, by group.

    A row outside the support is a DataError; `checked` says that there is none.
    """
    if layout is ONE:
        tally = family.support.tally(y, weights)
        if tally is not None:
            values, counts = tally
            return Stats(np.add.reduce(counts), family.sums(values, counts, ONE))
    if not (checked or family.finite_sums_prove):
        family.check(y)
    centred = family.location is not None
    origin = float(y[0]) if centred else 0.0
    stats = _sum(family, y, weights, layout, origin)
    if not _finite(stats):
        family.check(y)
        raise extreme("large")
    if centred:
        total, squares = stats["y"], stats["yy"]
        if layout is ONE and np.ndim(squares) == 0 and squares < TINY * stats.n and _differ(y, weights):
            raise extreme("small")
        mean = total / stats.n
        squared = mean * total
        far = squared > FAR * (squares - squared)
        if np.count_nonzero(far):
            return _sum(family, y, weights, layout, np.where(far & (squares > 0), origin + mean, origin))
        return stats
    if layout is ONE and family.unit_powers and np.ndim(stats.n) == 0:
        check_size(stats["y"] / stats.n)
    return family.refined(stats, y, weights, layout)


def check_size(size: float) -> None:
    """Raise a DataError if the square of a size of data is not a float: errors and variances are squares."""
    if size > LARGE or 0 < size < 1 / LARGE:
        raise extreme("large" if size > 1 else "small")


def _differ(y: Array, weights: Floats | None) -> bool:
    """True if the rows with a positive weight have two distinct values."""
    y = np.asarray(y if weights is None else y[weights > 0], dtype=float)
    return bool(y.min() != y.max())


def extreme(what: str) -> DataError:
    """Return the error of numbers whose squares overflow or vanish."""
    how = "divide" if what == "large" else "multiply"
    return DataError(f"the data are too {what} to be squared in float64: {how} them by a power of ten")


def _finite(stats: Stats) -> bool:
    total = sum(stats.sums.values())
    return isfinite(np.add.reduce(total, axis=None) if np.ndim(total) else total)


def _sum(family: Family, y: Array, weights: Floats | None, layout: Layout, origin: float | Floats) -> Stats:
    rows, centred = len(y), family.location is not None
    n = _count(rows, weights, layout)
    if isinstance(layout, Ragged) or rows <= BLOCK:
        part = y if family.codes or y.dtype == float else y.astype(float)
        if centred:
            part = part - (layout.spread(origin) if np.ndim(origin) else origin)
        return Stats(n, family.sums(part, weights, layout), origin)
    buffer = np.empty(BLOCK)
    total: dict[str, Floats] = {}
    for start in range(0, rows, BLOCK):
        part = y[start : start + BLOCK]
        if centred:
            part = np.subtract(part, origin, out=buffer[: len(part)])
        elif not family.codes:
            part = part.astype(float, copy=False)
        w = None if weights is None else weights[..., start : start + BLOCK]
        for name, s in family.sums(part, w, layout).items():
            total[name] = total[name] + s if name in total else s
    return Stats(n, total, origin)


def _count(rows: int, weights: Floats | None, layout: Layout) -> float | Floats:
    if isinstance(layout, Ragged):
        return np.bincount(layout.codes, weights, minlength=layout.count).astype(float)
    return float(rows) if weights is None else np.add.reduce(weights, axis=-1, dtype=float)
