"""The log-likelihood of rows over tensors, of all of them or of a drawn sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ...data.observations import Observations
from ...families import Family
from ...numerics.arrays import Namespace, Numbers
from ..coefficients import Coefficients
from ._form import OverTensors


class Sample(NamedTuple):
    """Rows as tensors: observations, standardised columns by parameter, weights, offset, and a constant per row."""

    observations: Observations
    columns: Mapping[str, Numbers]
    weights: Numbers
    offset: Numbers
    constant: Numbers  # added to the log density: a number, or a tensor with one per row

    def drawn(self, index: Numbers) -> Sample:
        """The rows of an index; None: all."""
        if index is None:
            return self
        weights, offset = (None if a is None else a[index] for a in (self.weights, self.offset))
        constant = self.constant if isinstance(self.constant, float) else self.constant[index]
        columns = {param: x[index] for param, x in self.columns.items()}
        return Sample(self.observations.mapped(lambda a: a[index]), columns, weights, offset, constant)


def over_tensors(family: Family, coefficients: Coefficients, rows: Sample, xp: Namespace) -> OverTensors:
    """A function of coefficients z and an index, for rows and a family in the units of z."""
    runs, total = coefficients.runs, len(rows.observations)

    def log_likelihood(z: Numbers, index: Numbers) -> Numbers:
        some = rows.drawn(index)
        etas = [z[r.where.start] if r.design is None else some.columns[r.param] @ z[r.where] for r in runs]
        if some.offset is not None:
            etas = [e + some.offset if r.param == runs[0].param else e for e, r in zip(etas, runs, strict=True)]
        values = some.observations.log_density_at(xp, family, etas) + some.constant
        values = values if some.weights is None else some.weights * values
        return values.sum() * (total / len(some.observations))

    return log_likelihood
