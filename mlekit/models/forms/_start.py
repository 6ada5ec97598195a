"""Starting values: the fit without columns, inside the sets of the parameters."""

from __future__ import annotations

import numpy as np

from ...data.layout import Layout
from ...data.rows import Summary
from ...data.sums import summarise
from ...families import Family
from ...numerics.arrays import Floats, Numbers
from ...numerics.sets import ParameterSet


def constant_fit(family: Family, y: Floats, weights: Floats | None, layout: Layout) -> list[Numbers]:
    """The free coordinates of a fit without columns, away from the ends of their sets."""
    if weights is not None and not weights.any():
        weights = None
    with np.errstate(all="ignore"):
        if family.sufficient:
            begin = family.start(summarise(family, y, weights, layout, checked=True).batch())
        else:
            begin = family.start(Summary(y, weights, layout))
        return family.to_free({p: inside(family.params[p], v, 1e-3, 1e-6) for p, v in begin.items()})


def inside(s: ParameterSet, value: Numbers, fraction: float, distance: float) -> Floats:
    """A value of the set s, away from its ends: a fraction of the set if it is bounded, else a distance."""
    value = np.asarray(value, dtype=float)
    if np.isfinite(s.low) and np.isfinite(s.high):
        margin = fraction * (s.high - s.low)
        return np.clip(value, s.low + margin, s.high - margin)
    if np.isfinite(s.low):
        return np.maximum(value, s.low + distance)
    return np.minimum(value, s.high - distance) if np.isfinite(s.high) else value
