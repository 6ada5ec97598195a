"""The log posterior of a network, whose rows are a stream, weighted and imaginary ones among them.

    sum w_i log f(y_i | forward(x_i), s) + log prior(weights, s) + imaginary rows

where s are the parameters of the family that the network does not give, which are fitted beside it. A Dirichlet prior
of the probabilities at given inputs is alpha - 1 imaginary rows of each level there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from ...numerics.arrays import NUMPY
from .forward import Floats, at_rest, predictors, tensor
from .inputs import Numbers
from .module import ModuleProblem, ModuleStream, NetworkPriors

if TYPE_CHECKING:
    from . import Network


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows that a network is fitted to: inputs, observations, weights of any sign, an offset."""

    x: Numbers
    y: Any  # a column as it was read; bound to a family an array
    weights: Floats | None = None
    offset: Floats | None = None
    dropped: int = 0

    groups = None

    def __len__(self) -> int:
        return len(self.y)

    def nobs(self) -> Floats:
        """The number of rows: the sum of their weights."""
        return np.array([float(len(self.y)) if self.weights is None else float(self.weights.sum())])

    def joined(self, more: Rows) -> Rows:
        """These rows, followed by others."""
        ones = [np.ones(len(r)) if r.weights is None else r.weights for r in (self, more)]
        return Rows(np.concatenate([self.x, more.x]), np.concatenate([self.y, more.y]), np.concatenate(ones))


class NetworkProblem(ModuleProblem):
    """The log posterior of a network for rows, a family and priors."""

    def __init__(
        self,
        model: Network[Any],
        imaginary: Rows | None,
        priors: NetworkPriors,
        start: Mapping[str, float],
        fixed: Mapping[str, float],
    ) -> None:
        super().__init__(model.module, priors)
        self.model, self.family, self.imaginary = model, model.family, imaginary
        self.start_values, self.fixed = start, dict(fixed)  # of the parameters that the network does not give
        self.size += len(start)

    @property
    def rows(self) -> Rows:
        """The rows; a fit that was loaded may have none."""
        return self.model.rows

    def stream(self) -> NetworkStream:
        return NetworkStream(self)

    # -- at a trained module ------------------------------------------------------------------------------------------

    def params_at(
        self, module: nn.Module, others: Mapping[str, float], x: Numbers, offset: Floats | None = None
    ) -> tuple[list[Floats], dict[str, Any]]:
        """The coordinates of the family at each row [k][n], and its parameters."""
        etas = at_rest(module, self.family, x, offset)
        free = [*etas, *self.free({**others, **self.fixed})]
        return free, self.family.to_params(NUMPY, free)

    def free(self, others: Mapping[str, float]) -> list[Floats]:
        """The coordinates of the parameters that the network does not give, in the family's order."""
        return [self.family.link(p).forward(NUMPY, np.float64(others[p])) for p in list(self.family.params)[1:]]

    def log_density(self, module: nn.Module, others: Mapping[str, float], rows: Rows) -> Floats:
        """The log density of each row."""
        free, _ = self.params_at(module, others, rows.x, rows.offset)
        with np.errstate(all="ignore"):
            value = np.asarray(self.family.evaluate(rows.y, free, 0)[0])
        return np.where(np.isnan(value), -np.inf, value)

    def log_likelihood(self, module: nn.Module, others: Mapping[str, float]) -> float:
        """The weighted log-likelihood of the rows."""
        rows = self.rows
        value = self.log_density(module, others, rows)
        return float(value.sum() if rows.weights is None else (rows.weights * value)[rows.weights != 0].sum())

    def log_prior(self, module: nn.Module, others: Mapping[str, float]) -> float:
        """The log density of all priors, with every constant."""
        total = self.log_prior_of_weights(module)
        total += sum(float(prior.log_density(NUMPY, np.float64(others[p]))) for p, prior in self.priors.others.items())
        if self.imaginary is not None and self.priors.probabilities is not None:
            _, params = self.params_at(module, others, self.cells)
            probabilities = params[next(iter(self.family.params))]
            total += float(np.sum(self.priors.probabilities.log_density(NUMPY, probabilities)))
        return float(total)

    @property
    def cells(self) -> Numbers:
        """The inputs at which there is a Dirichlet prior, each once."""
        assert self.imaginary is not None
        return self.imaginary.x[:: len(self.family.classes() or ())]


class NetworkStream(ModuleStream[NetworkProblem]):
    """A copy of the module and its rows on a device."""

    def __init__(self, problem: NetworkProblem) -> None:
        super().__init__(problem)
        self.family = problem.family
        self.data = problem.rows if problem.imaginary is None else problem.rows.joined(problem.imaginary)
        self.rows, self.divisor = len(self.data), float(len(self.data))

    def begin(self, device: str) -> dict[str, Tensor]:
        weights = super().begin(device)
        p, data = self.problem, self.data

        def real(a: Floats | np.float64) -> Tensor:
            return torch.tensor(a, dtype=self.dtype, device=device)

        self.x = tensor(self.module, data.x, device)
        self.y = torch.tensor(data.y, device=device, dtype=None if self.family.codes else self.dtype)
        self.counts, self.offset = (None if a is None else real(a) for a in (data.weights, data.offset))
        self.others = {name: real(np.float64(z)).requires_grad_() for name, z in p.start_values.items()}
        self.fixed = {n: real(self.family.link(n).forward(NUMPY, np.float64(v))) for n, v in p.fixed.items()}
        return {**weights, **self.others}

    def loss(self, z: Tensor | None, index: Tensor | None) -> Tensor:
        def drawn(a: Tensor) -> Tensor:
            return a if index is None else a[index]

        offset = None if self.offset is None else drawn(self.offset)
        etas = predictors(self.module, self.family, drawn(self.x), offset)
        y = drawn(self.y)
        value = self.family.log_density_at(self.xp, y, [*etas, *self.free()])
        value = (value if self.counts is None else drawn(self.counts) * value).sum() * (self.rows / len(y))
        return -(value + self.log_prior()) / self.divisor

    def probe(self) -> None:
        """Differentiate the density and the priors alone, so that an error of theirs is not taken for the module's."""
        first = self.family.params[next(iter(self.family.params))]
        z = torch.zeros(max(first.size, 1), 2, dtype=self.dtype, device=self.x.device, requires_grad=True)
        y = self.y[:1].repeat(2, *[1] * (self.y.ndim - 1))
        (self.family.log_density_at(self.xp, y, [*z, *self.free()]).sum() + self.log_prior()).backward(inputs=[z])

    def free(self) -> list[Tensor]:
        """The coordinates of the parameters that the network does not give."""
        return [self.others[p] if p in self.others else self.fixed[p] for p in list(self.family.params)[1:]]

    def log_prior(self) -> Tensor | float:
        """The log density of the priors of weights and other parameters; imaginary rows are among the rows."""
        priors, family = self.problem.priors, self.family
        total = self.log_prior_of_weights()
        named = {p: family.link(p).inverse(self.xp, self.others[p]) for p in priors.others}
        return total + sum(prior.log_density(self.xp, named[p]) for p, prior in priors.others.items())

    def tensors(self) -> dict[str, Tensor]:
        return {**super().tensors(), **self.others}

    def kept(self) -> dict[str, Numbers]:
        """The weights and buffers of the module, and the family's other parameters, by name."""
        return {**super().kept(), **{p: np.array(v) for p, v in self._params().items()}}

    def _params(self) -> dict[str, float]:
        """The parameters that the network does not give."""
        free = {p: z.detach().cpu().double().numpy() for p, z in self.others.items()}
        return {**{p: float(self.family.link(p).inverse(NUMPY, z)) for p, z in free.items()}, **self.problem.fixed}

    def value(self) -> float:
        """The log posterior, with dropout off."""
        others = self._params()
        return self.problem.log_likelihood(self.module, others) + self.problem.log_prior(self.module, others)
