"""A module that is trained, whatever it is a model of: its tensors, priors on them, and its copy on a device."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from ... import priors as known_priors
from ...errors import OptionError, UnknownName, nearest
from ...numerics.arrays import NUMPY, torch_namespace
from ...numerics.arrays import Numbers as Array
from ...priors import Prior
from ...priors.dirichlet import Dirichlet
from ..problem import Evaluation, Problem
from ..stream import Stream
from .forward import precision
from .inputs import Numbers


@dataclass(frozen=True)
class NetworkPriors:
    """The priors of a network.

    Parameters
    ----------
    weights : mapping of str to Prior
        Priors of weight tensors, by name.
    others : mapping of str to Prior
        Priors of the parameters that the network does not give, by name.
    probabilities : Dirichlet, optional
        Prior of the probabilities that the network gives.

    Examples
    --------
    >>> import mlekit, torch
    >>> module = torch.nn.Linear(2, 1)
    >>> sorted(mlekit.models.NetworkPriors.of(mlekit.priors.Normal(0, 1), module, "mean", []).weights)
    ['bias', 'weight']
    """

    weights: Mapping[str, Prior]
    others: Mapping[str, Prior]
    probabilities: Dirichlet | None = None

    def __bool__(self) -> bool:
        return bool(self.weights or self.others or self.probabilities)

    @property
    def terms(self) -> list[tuple[str, Prior]]:
        """Each prior with the name of the tensor or parameter that it is on."""
        named = [*self.weights.items(), *self.others.items()]
        return named if self.probabilities is None else [*named, ("p", self.probabilities)]

    @classmethod
    def of(cls, priors: object, module: nn.Module, first: str, others: list[str]) -> NetworkPriors:
        """Check the priors that were given, and sort them.

        Parameters
        ----------
        priors : Prior, mapping of str to Prior, or None
            One prior for all weights (or, if a Dirichlet, for the probabilities), or priors by the name of a tensor or
            parameter.
        module : torch.nn.Module
            The network.
        first : str
            Name of the parameter that the network gives.
        others : list of str
            Names of the other parameters that are fitted.

        Returns
        -------
        NetworkPriors

        Raises
        ------
        UnknownName
            If there is no tensor or parameter of a name.
        OptionError
            If a prior does not suit its tensor or parameter.

        Examples
        --------
        >>> import mlekit, torch
        >>> priors = {"weight": mlekit.priors.Normal(0, 1), "sd": mlekit.priors.HalfNormal(1)}
        >>> mlekit.models.NetworkPriors.of(priors, torch.nn.Linear(2, 1), "mean", ["sd"]).terms
        [('weight', Normal(mean=0, sd=1)), ('sd', HalfNormal(scale=1))]
        """
        tensors = [name for name, p in module.named_parameters() if p.requires_grad]
        if priors is None:
            return cls({}, {})
        if not isinstance(priors, Mapping):
            prior = known_priors.get(priors)
            priors = {first: prior} if prior.many else dict.fromkeys(tensors, prior)
        given: dict[str, Prior] = {str(name): known_priors.get(prior) for name, prior in priors.items()}
        for name, prior in given.items():
            _check(name, prior, tensors, others, first)
        probabilities = given.get(first)
        assert probabilities is None or isinstance(probabilities, Dirichlet)
        return cls(
            {n: p for n, p in given.items() if n in tensors},
            {n: p for n, p in given.items() if n in others},
            probabilities,
        )


def _check(name: str, prior: Prior, tensors: list[str], others: list[str], first: str) -> None:
    """Raise an error unless the prior suits the tensor or parameter of this name."""
    if name not in (*tensors, *others, first):
        raise UnknownName(f"prior: there is no {name!r}; {nearest(name, [*tensors, *others])}")
    if name in tensors and (isfinite(prior.low) or isfinite(prior.high)):
        raise OptionError(
            f"prior: {prior} does not allow every real number, and weights may be any: use one such as Normal(0, 1)"
        )
    if prior.many != (name == first):
        raise OptionError(f"prior: {prior} does not suit {name!r}: weights take one such as Normal(0, 1)")


class ModuleProblem(Problem):
    """The log posterior of the weights of a module; a solver trains them on its stream.

    Parameters
    ----------
    module : torch.nn.Module
        The network.
    priors : NetworkPriors
        Its priors.

    Examples
    --------
    >>> import mlekit, torch
    >>> mlekit.models.ModuleProblem(torch.nn.Linear(2, 1), mlekit.models.NetworkPriors({}, {})).size
    3
    """

    count = 1
    trained = True

    def __init__(self, module: nn.Module, priors: NetworkPriors) -> None:
        self.module, self.priors = module, priors
        self.size = sum(p.numel() for p in module.parameters() if p.requires_grad)

    def at(self, z: Array, order: int = 2) -> Evaluation:
        raise OptionError("a network has no coordinates and no curvature: use solver='torch'")

    def start(self) -> Array:
        return self.at(None, 0)

    def take(self, groups: Array) -> Problem:
        return self

    def log_prior_of_weights(self, module: nn.Module) -> float:
        """Return the log density of the priors of the weights, with every constant.

        Parameters
        ----------
        module : torch.nn.Module
            The network with its weights.

        Returns
        -------
        float

        Examples
        --------
        >>> import mlekit, torch
        >>> module = torch.nn.Linear(1, 1)
        >>> priors = mlekit.models.NetworkPriors.of(mlekit.priors.Flat(), module, "mean", [])
        >>> mlekit.models.ModuleProblem(module, priors).log_prior_of_weights(module)
        0.0
        """
        named = {name: p.detach().cpu().double().numpy() for name, p in module.named_parameters()}
        return sum(float(np.sum(prior.log_density(NUMPY, named[n]))) for n, prior in self.priors.weights.items())


M_co = TypeVar("M_co", bound=ModuleProblem, covariant=True)


class ModuleStream(Stream[M_co]):
    """A copy of a problem's module on a device, whose tensors are trained; a subclass defines its `loss`.

    Parameters
    ----------
    problem : ModuleProblem
        The log posterior.

    Examples
    --------
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

    def log_prior_of_weights(self) -> Tensor | float:
        """The log density of the priors of the weights, as a tensor; 0.0 where there are none."""
        priors = self.problem.priors.weights
        return sum((prior.log_density(self.xp, self.weights[n]).sum() for n, prior in priors.items()), 0.0)

    def probe(self) -> None:
        """Differentiate the priors alone, so that an error of theirs is not taken for the module's."""
        total = self.log_prior_of_weights()
        if isinstance(total, Tensor):
            total.backward(inputs=list(self.weights.values()))
            self.module.zero_grad(set_to_none=True)

    def tensors(self) -> dict[str, Tensor]:
        return dict(self.module.state_dict())

    def kept(self) -> dict[str, Numbers]:
        """The weights and buffers of the module, by name."""
        return {name: t.detach().cpu().numpy().copy() for name, t in self.module.state_dict().items()}
