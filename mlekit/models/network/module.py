"""A module that learns, whatever it is a model of: its tensors, priors on them, a copy of it on a device."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from ...errors import OptionError, UnknownName, nearest
from ...numerics.arrays import NUMPY, torch_namespace
from ..problem import Evaluation, Problem
from ..stream import Stream
from .forward import precision

Array = Any


@dataclass(frozen=True)
class NetworkPriors:
    """The priors of a net: on all its weights or tensors by name, on the law's other parameters, on the law itself.

    >>> import mlekit, torch
    >>> net = torch.nn.Linear(2, 1)
    >>> sorted(mlekit.models.NetworkPriors.of(mlekit.priors.Normal(0, 1), net, "mean", []).weights)
    ['bias', 'weight']
    """

    weights: Mapping[str, Any]  # name of a tensor -> prior
    others: Mapping[str, Any]  # parameter of the law -> prior
    probabilities: Any = None  # Dirichlet, of the probabilities that the net gives

    def __bool__(self) -> bool:
        return bool(self.weights or self.others or self.probabilities)

    @property
    def terms(self) -> list[tuple[str, Any]]:
        """(what it is about, prior)"""
        said = [*self.weights.items(), *self.others.items()]
        return said if self.probabilities is None else [*said, ("p", self.probabilities)]

    @classmethod
    def of(cls, priors: Any, module: nn.Module, first: str, others: list[str]) -> NetworkPriors:
        """What a user believes: a prior for all weights, or by name of a tensor or parameter; `first` the net gives."""
        from ... import priors as shelf

        tensors = [name for name, p in module.named_parameters() if p.requires_grad]
        if priors is None:
            return cls({}, {})
        if not isinstance(priors, Mapping):
            prior = shelf.get(priors)
            priors = {first: prior} if prior.many else dict.fromkeys(tensors, prior)
        given = {str(name): shelf.get(prior) for name, prior in priors.items()}
        for name, prior in given.items():
            if name not in (*tensors, *others, first):
                raise UnknownName(f"prior: there is no {name!r}; {nearest(name, [*tensors, *others])}")
            if name in tensors and (isfinite(prior.low) or isfinite(prior.high)):
                raise OptionError(f"prior: {prior} is not about any real number, and weights are: say Normal(0, 1)")
            if prior.many != (name == first):
                raise OptionError(f"prior: {prior} does not suit {name!r}: weights take one such as Normal(0, 1)")
        return cls(
            {n: p for n, p in given.items() if n in tensors},
            {n: p for n, p in given.items() if n in others},
            given.get(first),
        )


class ModuleProblem(Problem):
    """The log posterior of a module's weights; a solver draws from its stream.

    >>> import mlekit, torch
    >>> net = torch.nn.Linear(2, 1)
    >>> mlekit.models.ModuleProblem(net, mlekit.models.NetworkPriors({}, {})).size
    3
    """

    count = 1
    trained = True

    def __init__(self, module: nn.Module, priors: NetworkPriors) -> None:
        self.module, self.priors = module, priors
        self.size = sum(p.numel() for p in module.parameters() if p.requires_grad)

    def at(self, z: Array, order: int = 2) -> Evaluation:
        raise OptionError("a net has no coordinates and no curvature: use solver='torch'")

    def start(self) -> Array:
        return self.at(None, 0)

    def take(self, groups: Array) -> Problem:
        return self

    def log_prior_of_weights(self, module: nn.Module) -> float:
        """With every constant."""
        named = {name: p.detach().cpu().double().numpy() for name, p in module.named_parameters()}
        return sum(float(np.sum(prior.log_density(NUMPY, named[n]))) for n, prior in self.priors.weights.items())


M_co = TypeVar("M_co", bound=ModuleProblem, covariant=True)


class ModuleStream(Stream[M_co]):
    """A copy of a problem's module on a device, whose tensors move.

    >>> import mlekit, torch
    >>> class Stream(mlekit.models.ModuleStream):
    ...     def loss(self, z, index):
    ...         return self.module.weight.square().sum()
    >>> problem = mlekit.models.ModuleProblem(torch.nn.Linear(2, 1), mlekit.models.NetworkPriors({}, {}))
    >>> sorted(Stream(problem).begin("cpu"))
    ['bias', 'weight']
    """

    module: nn.Module

    def __init__(self, problem: M_co) -> None:
        self.problem, self.dtype = problem, precision(problem.module)
        self.double = self.dtype == torch.float64

    def begin(self, device: str) -> dict[str, Tensor]:
        self.xp, self.device = torch_namespace(), device
        self.module = copy.deepcopy(self.problem.module).to(device).train()
        self.weights = {name: p for name, p in self.module.named_parameters() if p.requires_grad}
        return dict(self.weights)

    def matrices(self) -> frozenset[str]:
        tables = {id(part.weight) for part in self.module.modules() if isinstance(part, nn.Embedding)}
        return frozenset(name for name, p in self.weights.items() if p.ndim == 2 and id(p) not in tables)

    def log_prior_of_weights(self) -> Any:
        """As a tensor."""
        priors = self.problem.priors.weights
        return sum((prior.log_density(self.xp, self.weights[n]).sum() for n, prior in priors.items()), 0.0)

    def probe(self) -> None:
        """The slope of the beliefs alone: an error here is theirs, and not the module's."""
        total = self.log_prior_of_weights()
        if isinstance(total, Tensor):
            total.backward(inputs=list(self.weights.values()))
            self.module.zero_grad(set_to_none=True)

    def tensors(self) -> dict[str, Tensor]:
        return dict(self.module.state_dict())

    def kept(self) -> dict[str, Array]:
        """Everything that makes the module again."""
        return {name: t.detach().cpu().numpy().copy() for name, t in self.module.state_dict().items()}
