"""The log posterior of a net: a stream of rows, weighted and imaginary ones among them, and nothing else.

    sum w_i log f(y_i | forward(x_i), s) + log prior(weights, s) + imaginary rows

where s are the law's parameters that the net does not give, learned beside it. A Dirichlet prior on the probabilities
at given inputs is alpha - 1 rows of each level there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...numerics.arrays import NUMPY
from .forward import at_rest, predictors, tensor
from .module import ModuleProblem, ModuleStream, NetworkPriors

Array = Any


@dataclass(frozen=True, eq=False)
class Rows:
    """What a net is fitted to: inputs, bound observations, weights of any sign, an offset."""

    x: Array
    y: Array
    weights: Array | None = None
    offset: Array | None = None
    dropped: int = 0

    groups = None

    def __len__(self) -> int:
        return len(self.y)

    def nobs(self) -> Array:
        """The number of rows: the sum of their weights."""
        return np.array([float(len(self.y)) if self.weights is None else float(self.weights.sum())])

    def joined(self, more: Rows) -> Rows:
        """With other rows behind these."""
        ones = [np.ones(len(r)) if r.weights is None else r.weights for r in (self, more)]
        return Rows(np.concatenate([self.x, more.x]), np.concatenate([self.y, more.y]), np.concatenate(ones))


class NetworkProblem(ModuleProblem):
    """Rows, a module, a family and priors."""

    def __init__(
        self,
        model: Any,
        imaginary: Rows | None,
        priors: NetworkPriors,
        start: Mapping[str, float],
        fixed: Mapping[str, float],
    ) -> None:
        super().__init__(model.module, priors)
        self.model, self.family, self.rows = model, model.family, model.rows  # rows: None of a fit loaded without them
        self.imaginary, self.begin_at, self.fixed = imaginary, start, dict(fixed)
        self.size += len(start)

    def stream(self) -> NetworkStream:
        return NetworkStream(self)

    # -- at a trained module ---------------------------------------------------------------------------------------

    def params_at(self, module: nn.Module, others: Mapping[str, float], x: Array, offset: Array | None = None) -> Any:
        """(free coordinates [k][n], parameters as named) of the law at rows."""
        etas = at_rest(module, self.family, x, offset)
        free = [*etas, *self.free({**others, **self.fixed})]
        return free, self.family.to_params(NUMPY, free)

    def free(self, others: Mapping[str, float]) -> list[Array]:
        """The coordinates of the parameters that the net does not give, in the law's order."""
        return [self.family.link(p).forward(NUMPY, np.float64(others[p])) for p in list(self.family.params)[1:]]

    def log_density(self, module: nn.Module, others: Mapping[str, float], rows: Rows) -> Array:
        """Row by row."""
        free, _ = self.params_at(module, others, rows.x, rows.offset)
        with np.errstate(all="ignore"):
            value = np.asarray(self.family.evaluate(rows.y, free, 0)[0])
        return np.where(np.isnan(value), -np.inf, value)

    def log_likelihood(self, module: nn.Module, others: Mapping[str, float]) -> float:
        """Of the rows, as often as they count, without the prior."""
        rows = self.rows
        value = self.log_density(module, others, rows)
        return float(value.sum() if rows.weights is None else (rows.weights * value)[rows.weights != 0].sum())

    def log_prior(self, module: nn.Module, others: Mapping[str, float]) -> float:
        """With every constant."""
        total = self.log_prior_of_weights(module)
        total += sum(float(prior.log_density(NUMPY, np.float64(others[p]))) for p, prior in self.priors.others.items())
        if self.imaginary is not None:
            _, params = self.params_at(module, others, self.cells)
            probabilities = params[next(iter(self.family.params))]
            total += float(np.sum(self.priors.probabilities.log_density(NUMPY, probabilities)))
        return float(total)

    @property
    def cells(self) -> Array:
        """The inputs at which the law has a Dirichlet prior, each once."""
        assert self.imaginary is not None
        return self.imaginary.x[:: len(self.family.classes())]


class NetworkStream(ModuleStream[NetworkProblem]):
    """A copy of the module on a device, with the rows beside it."""

    def __init__(self, problem: NetworkProblem) -> None:
        super().__init__(problem)
        self.family = problem.family
        self.data = problem.rows if problem.imaginary is None else problem.rows.joined(problem.imaginary)
        self.rows, self.divisor = len(self.data), float(len(self.data))

    def begin(self, device: str) -> dict[str, Tensor]:
        weights = super().begin(device)
        p, data = self.problem, self.data

        def real(a: Array | None) -> Any:
            return None if a is None else torch.tensor(a, dtype=self.dtype, device=device)

        self.x = tensor(self.module, data.x, device)
        self.y = torch.tensor(data.y, device=device, dtype=None if self.family.codes else self.dtype)
        self.counts, self.offset = real(data.weights), real(data.offset)
        self.others = {name: real(np.float64(z)).requires_grad_() for name, z in p.begin_at.items()}
        self.held = {n: real(self.family.link(n).forward(NUMPY, np.float64(v))) for n, v in p.fixed.items()}
        return {**weights, **self.others}

    def loss(self, z: Tensor | None, index: Tensor | None) -> Tensor:
        def drawn(a: Tensor | None) -> Any:
            return a if index is None or a is None else a[index]

        etas = predictors(self.module, self.family, drawn(self.x), drawn(self.offset))
        y, counts = drawn(self.y), drawn(self.counts)
        value = self.family.log_density_at(self.xp, y, [*etas, *self.free()])
        value = (value if counts is None else counts * value).sum() * (self.rows / len(y))
        return -(value + self.log_prior()) / self.divisor

    def probe(self) -> None:
        """The slope of the law and of the priors alone: an error here is theirs, and not the module's."""
        first = self.family.params[next(iter(self.family.params))]
        z = torch.zeros(max(first.size, 1), 2, dtype=self.dtype, device=self.x.device, requires_grad=True)
        y = self.y[:1].repeat(2, *[1] * (self.y.ndim - 1))
        (self.family.log_density_at(self.xp, y, [*z, *self.free()]).sum() + self.log_prior()).backward(inputs=[z])

    def free(self) -> list[Tensor]:
        """The coordinates of the parameters that the net does not give."""
        return [self.others[p] if p in self.others else self.held[p] for p in list(self.family.params)[1:]]

    def log_prior(self) -> Any:
        """Of the weights and of the law's other parameters as named; imaginary rows are among the rows."""
        priors, family = self.problem.priors, self.family
        total = self.log_prior_of_weights()
        named = {p: family.link(p).inverse(self.xp, self.others[p]) for p in priors.others}
        return total + sum(prior.log_density(self.xp, named[p]) for p, prior in priors.others.items())

    def tensors(self) -> dict[str, Tensor]:
        return {**super().tensors(), **self.others}

    def kept(self) -> dict[str, Array]:
        """Everything that makes the module again, and the law's other parameters as named."""
        return {**super().kept(), **{p: np.array(v) for p, v in self._named().items()}}

    def _named(self) -> dict[str, float]:
        free = {p: z.detach().cpu().double().numpy() for p, z in self.others.items()}
        return {**{p: float(self.family.link(p).inverse(NUMPY, z)) for p, z in free.items()}, **self.problem.fixed}

    def value(self) -> float:
        """The log posterior, with dropout off."""
        others = self._named()
        return self.problem.log_likelihood(self.module, others) + self.problem.log_prior(self.module, others)
