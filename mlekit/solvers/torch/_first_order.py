"""Optimizers that use the gradient of a minibatch. Written out, because torch's own take a second to import.

sgd     m <- 0.9 m + g                                   w <- w - lr m
adam    m <- 0.9 m + 0.1 g,  v <- 0.99 v + 0.01 g^2      w <- w - lr m / (sqrt(v) + eps), m and v bias-corrected
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from math import sqrt

import torch
from torch import Tensor

EPS = 1e-8


class Optimizer(ABC):
    """Updates some leaf tensors; `kept` holds the tensors that it needs for the next step, by name."""

    def __init__(self, leaves: Sequence[Tensor]) -> None:
        self.leaves, self.kept = leaves, dict[str, Tensor]()

    @abstractmethod
    def step(self, gradients: Sequence[Tensor], lr: float) -> None:
        """Update the leaves."""

    def restore(self, kept: Mapping[str, Tensor]) -> None:
        """Continue with the tensors that another optimizer kept."""
        for name, tensor in self.kept.items():
            tensor.copy_(kept[name])

    def buffers(self, name: str) -> list[Tensor]:
        """A tensor of zeros for each leaf, kept under this name."""
        zeros = [torch.zeros_like(leaf, requires_grad=False) for leaf in self.leaves]
        self.kept |= {f"{name}.{i}": tensor for i, tensor in enumerate(zeros)}
        return zeros


class Momentum(Optimizer):
    """Stochastic gradient descent with momentum."""

    def __init__(self, leaves: Sequence[Tensor], momentum: float = 0.9) -> None:
        super().__init__(leaves)
        self.momentum, self.means = momentum, self.buffers("mean")

    @torch.no_grad()
    def step(self, gradients: Sequence[Tensor], lr: float) -> None:
        for leaf, gradient, mean in zip(self.leaves, gradients, self.means, strict=True):
            leaf.sub_(mean.mul_(self.momentum).add_(gradient) * scalar(lr, leaf))


class Adam(Optimizer):
    """Adam (Kingma and Ba 2015)."""

    def __init__(self, leaves: Sequence[Tensor], first: float = 0.9, second: float = 0.99) -> None:
        super().__init__(leaves)
        self.first, self.second = first, second
        self.means, self.squares = self.buffers("mean"), self.buffers("square")
        self.taken = self.kept["taken"] = torch.zeros((), dtype=torch.int64)

    @torch.no_grad()
    def step(self, gradients: Sequence[Tensor], lr: float) -> None:
        self.taken += 1
        first, second = (1 - beta ** int(self.taken) for beta in (self.first, self.second))  # bias corrections
        for leaf, gradient, mean, square in zip(self.leaves, gradients, self.means, self.squares, strict=True):
            mean.lerp_(gradient, 1 - self.first)
            square.mul_(self.second).addcmul_(gradient, gradient, value=1 - self.second)
            leaf.addcdiv_(mean * scalar(-lr / first, leaf), square.sqrt().div_(sqrt(second)).add_(EPS))


def scalar(lr: float, leaf: Tensor) -> Tensor:
    """The step size in the precision of the leaf, in which it may be infinite."""
    return torch.tensor(lr, dtype=leaf.dtype, device=leaf.device)
