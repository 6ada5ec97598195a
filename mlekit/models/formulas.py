"""The log posteriors of laws and regressions as formulas over tensors: the streams of the torch solver."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data.layout import ONE
from ..data.stats import Stats
from ..numerics.arrays import torch_namespace
from .stream import Array, Stream, Tensor


class Formula(Stream):
    """What the formulas of one problem have in common: its namespace and its priors."""

    def __init__(self, problem: Any, rows: int, divisor: float) -> None:
        self.problem, self.rows, self.divisor = problem, rows, divisor

    def begin(self, device: str) -> dict[str, Tensor]:
        self.xp, self.device = torch_namespace(), device
        zero = np.zeros((1, self.problem.size))
        self.matrix, self.shift = self.tensor(self.problem.user_matrix()[0]), self.tensor(self.problem.to_user(zero)[0])
        return {}

    def tensor(self, array: Array) -> Tensor:
        return self.xp.tensor(np.array(array), device=self.device)

    def log_prior(self, z: Tensor) -> Tensor:
        """Priors act on the parameters people see."""
        beliefs, user = self.problem.beliefs, self.matrix @ z + self.shift
        values = [(b.prior, beliefs.value(self.xp, b, [user[k] for k in b.places])) for b in beliefs.beliefs]
        return sum((prior.log_density(self.xp, value) for prior, value in values), 0.0 * z.sum())


class SumsFormula(Formula):
    """Independent rows by their sums."""

    def __init__(self, problem: Any) -> None:
        super().__init__(problem, 1, float(problem.stats.n[0]))

    def begin(self, device: str) -> dict[str, Tensor]:
        leaves, stats = super().begin(device), self.problem.stats
        sums = {name: self.tensor(s) for name, s in stats.sums.items()}
        self.stats = Stats(self.tensor(stats.n), sums, self.tensor(stats.origin))
        return leaves

    def loss(self, z: Tensor, index: Tensor | None) -> Tensor:
        family = self.problem.family
        natural = family.to_params(self.xp, [v[None] for v in z])
        value = family.log_likelihood(self.xp, self.stats, **natural).sum()
        return -(value + self.log_prior(z)) / self.divisor


class GramFormula(Formula):
    """Least squares by cross-products."""

    def __init__(self, problem: Any) -> None:
        super().__init__(problem, 1, problem.n)

    def begin(self, device: str) -> dict[str, Tensor]:
        leaves = super().begin(device)
        self.r = self.tensor(self.problem.r)
        return leaves

    def loss(self, z: Tensor, index: Tensor | None) -> Tensor:
        p, k = self.problem, self.problem.width
        rss = (self.r[:k, k] - self.r[:k, :k] @ z[:k]).square().sum() + self.r[k, k] ** 2
        natural = {run.param: p.family.link(run.param).inverse(self.xp, z[run.where.start]) for run in p.others}
        value = p.family.residual_log_likelihood(self.xp, p.n, rss, **natural) + p.n * float(p.standard.log_jacobian[0])
        return -(value + self.log_prior(z)) / self.divisor


class RowsFormula(Formula):
    """Rows under a law with a linear predictor for each parameter."""

    def __init__(self, problem: Any) -> None:
        super().__init__(problem, len(problem.y), len(problem.y))

    def begin(self, device: str) -> dict[str, Tensor]:
        leaves, p = super().begin(device), self.problem
        self.y = self.tensor(p.standard.observations(p.y, ONE))
        self.designs = {
            id(d): self.tensor(p.standard.columns(d, 0, self.rows)) for d in p.coefficients.designs.values()
        }
        self.weights = None if p.weights is None else self.tensor(np.reshape(p.weights, -1))
        self.offset = None if p.offset is None else self.tensor(p.offset)
        return leaves

    def loss(self, z: Tensor, index: Tensor | None) -> Tensor:
        def drawn(a: Tensor) -> Tensor:
            return a if index is None else a[index]

        p, y = self.problem, drawn(self.y)
        first = p.coefficients.runs[0].param
        etas = [
            z[run.where.start] if run.design is None else drawn(self.designs[id(run.design)]) @ z[run.where]
            for run in p.coefficients.runs
        ]
        if self.offset is not None:
            shift = drawn(self.offset)
            etas = [e + shift if run.param == first else e for e, run in zip(etas, p.coefficients.runs, strict=True)]
        rows = p.family.log_density_at(self.xp, y, etas) + float(p.standard.log_jacobian[0])
        rows = rows if self.weights is None else drawn(self.weights) * rows
        return -(rows.sum() * (self.rows / len(y)) + self.log_prior(z)) / self.divisor
