"""The log-likelihood of rows over tensors, of all of them or of a drawn sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ...numerics.arrays import Namespace, Numbers
from ..coefficients import Coefficients
from ._form import OverTensors


class Sample(NamedTuple):
    """Rows as tensors: observations, standardised columns by parameter, weights and offset."""

    y: Numbers
    columns: Mapping[str, Numbers]
    weights: Numbers
    offset: Numbers

    def drawn(self, index: Numbers) -> Sample:
        """The rows of an index; None: all."""
        if index is None:
            return self
        weights, offset = (None if a is None else a[index] for a in (self.weights, self.offset))
        return Sample(self.y[index], {param: x[index] for param, x in self.columns.items()}, weights, offset)


def over_tensors(coefficients: Coefficients, rows: Sample, constant: float, xp: Namespace) -> OverTensors:
    """A function of coefficients z and an index, with `constant` added to the log density of each row."""
    runs, total = coefficients.runs, len(rows.y)

    def log_likelihood(z: Numbers, index: Numbers) -> Numbers:
        some = rows.drawn(index)
        etas = [z[r.where.start] if r.design is None else some.columns[r.param] @ z[r.where] for r in runs]
        if some.offset is not None:
            etas = [e + some.offset if r.param == runs[0].param else e for e, r in zip(etas, runs, strict=True)]
        values = coefficients.family.log_density_at(xp, some.y, etas) + constant
        values = values if some.weights is None else some.weights * values
        return values.sum() * (total / len(some.y))

    return log_likelihood
