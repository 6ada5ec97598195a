"""The log posterior of a family or regression over tensors: the stream of the torch solver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..numerics.arrays import torch_namespace
from .stream import Array, Stream, Tensor

if TYPE_CHECKING:
    from .posterior import LogPosterior


class Objective(Stream["LogPosterior"]):
    """Minus the log posterior per row of one fit, in the solver's coordinates."""

    def __init__(self, problem: LogPosterior) -> None:
        self.problem, self.rows, self.divisor = problem, problem.form.draws, problem.form.divisor

    def begin(self, device: str) -> dict[str, Tensor]:
        self.xp, self.device = torch_namespace(), device
        problem, size = self.problem, self.problem.coefficients.size
        matrix, shift = np.eye(size), np.zeros(size)
        if problem.restriction is not None:
            matrix, shift = problem.restriction.matrix, problem.restriction.shift[0]
        self.t, self.c = self.tensor(matrix), self.tensor(shift)
        self.m, self.s = self.tensor(problem.units.matrix[0]), self.tensor(problem.units.shift[0])
        self.log_likelihood = problem.form.over_tensors(self.xp, self.tensor)
        return {}

    def tensor(self, array: Array) -> Tensor:
        return self.xp.tensor(np.array(array), device=self.device)

    def loss(self, z: Tensor, index: Tensor | None) -> Tensor:
        full = self.t @ z + self.c
        return -(self.log_likelihood(full, index) + self.log_prior(full)) / self.divisor

    def log_prior(self, z: Tensor) -> Tensor:
        """The log density of the priors, which are on the parameters as named."""
        priors, original = self.problem.priors, self.m @ z + self.s
        values = [(t.prior, priors.value(self.xp, t, [original[k] for k in t.positions])) for t in priors.terms]
        return sum((prior.log_density(self.xp, value) for prior, value in values), 0.0 * z.sum())
