"""The ends of the sets of parameters, as coordinates of a solver: minus or plus infinity.

Only a parameter without a formula has such an end. A finite one (rate 0, p 1) is a boundary, an infinite one an edge.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..numerics.arrays import NUMPY, Codes, Floats, Mask
from .coefficients import Coefficients, Run
from .solution import Status

NONE = -1


class Ends(NamedTuple):
    """The ends of each free coordinate: minus infinity in the first row, plus infinity in the second."""

    status: Codes  # [2, q]: the status of a fit there, BOUNDARY or EDGE; NONE where no end of a set is
    simpler: Mask  # [2, q]: the family is a simpler one there, with which a maximum inside is to be compared


def ends_of(coefficients: Coefficients, matrix: Floats | None) -> Ends | None:
    """The ends of the free coordinates, z = T v + c with T = `matrix`; None if there are none."""
    size = coefficients.size
    status, simpler = np.full((2, size), NONE), np.zeros((2, size), dtype=bool)
    for run in coefficients.runs:
        if run.design is None and not coefficients.family.params[run.param].many:
            status[:, run.where.start], simpler[:, run.where.start] = _of_run(coefficients, run)
    if matrix is not None:
        # tied coordinates share one set, and a coordinate of a formula shares its number with no other
        first = np.argmax(matrix != 0, axis=0)
        status, simpler = status[:, first], simpler[:, first]
    return Ends(status, simpler) if (status != NONE).any() else None


def _of_run(coefficients: Coefficients, run: Run) -> tuple[list[int], list[bool]]:
    """(status, whether the family is simpler) at minus and at plus infinity."""
    family = coefficients.family
    s, limit = family.params[run.param], family.limits.get(run.param)
    if np.isinf([s.low, s.high]).all():
        return [NONE, NONE], [False, False]
    with np.errstate(all="ignore"):
        ends = family.link(run.param).inverse(NUMPY, np.array([-np.inf, np.inf])).tolist()
    there = [int(Status.BOUNDARY if np.isfinite(end) else Status.EDGE) for end in ends]
    return [a if end in (s.low, s.high) else NONE for a, end in zip(there, ends, strict=True)], [
        end == limit for end in ends
    ]
