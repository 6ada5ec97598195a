"""Tied rows: how many rows of each fit have one value, the most frequent one."""

from __future__ import annotations

import numpy as np

from ...data.layout import Layout, Ragged
from ...numerics.arrays import Floats


def most_tied(y: Floats, weights: Floats | None, layout: Layout, value: float | None) -> tuple[Floats, Floats]:
    """(total weight of the rows that have the most frequent value, or `value`; that of all rows), each [G]."""
    groups = layout.codes if isinstance(layout, Ragged) else np.zeros(len(y), dtype=np.intp)
    n = np.bincount(groups, weights, minlength=layout.count).astype(float, copy=False)
    if value is not None:
        at_value = np.bincount(groups[y == value], None if weights is None else weights[y == value], layout.count)
        return at_value.astype(float, copy=False), n
    order = np.lexsort((y, groups)) if isinstance(layout, Ragged) else np.argsort(y)
    y, groups = y[order], groups[order]
    new = np.ones(len(y), dtype=bool)
    new[1:] = (y[1:] != y[:-1]) | (groups[1:] != groups[:-1])
    starts = np.flatnonzero(new)
    sizes = np.diff(starts, append=len(y)) if weights is None else np.add.reduceat(weights[order], starts)
    tied = np.zeros(layout.count)
    np.maximum.at(tied, groups[starts], sizes)
    return tied, n
