"""The log-likelihood of independent rows from features of a family in which it is linear: rows are summed first."""

from __future__ import annotations

import numpy as np

from ...data.layout import Layout, Ragged
from ...families import Family
from ...numerics.arrays import Floats, Numbers
from ..problem import stacked

ROWS = 16384  # rows worked on together


def from_features(
    family: Family, y: Numbers, weights: Floats | None, n: Floats, layout: Layout, z: Floats, order: int
) -> tuple[Floats, Floats, Floats] | None:
    """(value, gradient, Hessian) at z, with n the sum of weights; None if the family has no such features."""
    columns = [z[:, k] for k in range(z.shape[1])]
    total: list[Numbers] | None = None
    # every block of ragged rows adds to all groups: it has at least as many rows
    block = max(ROWS, layout.count) if isinstance(layout, Ragged) else max(512, ROWS // len(z))
    with np.errstate(all="ignore"):
        for start in range(0, len(y), block):
            rows = slice(start, min(start + block, len(y)))
            part, w = layout.block(rows.start, rows.stop), None if weights is None else weights[..., rows]
            features = family.features(y[rows], [part.spread(c) for c in columns], order)
            if features is None:
                return None
            sums = [part.collect(f, w) for f in features]
            total = sums if total is None else [a + b for a, b in zip(total, sums, strict=True)]
        assert total is not None
        value, score, curvature = family.combine([n, *total], columns, order)
    return value, *stacked(score, curvature, *z.shape)
