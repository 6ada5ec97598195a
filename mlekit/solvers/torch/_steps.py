"""How leaves are moved along the slopes of a share of the rows. Written out: torch's own take a second to import.

sgd     m <- 0.9 m + g                                   w <- w - lr m
adam    m <- 0.9 m + 0.1 g,  v <- 0.99 v + 0.01 g^2      w <- w - lr m / (sqrt(v) + eps), both without their bias
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from math import sqrt

import torch
from torch import Tensor

EPS = 1e-8


class Optimizer(ABC):
    """Moves some leaves, and remembers in `kept` what it has to know for the next step."""

    def __init__(self, leaves: Sequence[Tensor]) -> None:
        self.leaves, self.kept = leaves, dict[str, Tensor]()

    @abstractmethod
    def move(self, slopes: Sequence[Tensor], lr: float) -> None:
        """A step."""

    def restore(self, kept: Mapping[str, Tensor]) -> None:
        """Remembers what another one did."""
        for name, tensor in self.kept.items():
            tensor.copy_(kept[name])

    def remember(self, name: str) -> list[Tensor]:
        """A tensor of noughts beside each leaf."""
        made = [torch.zeros_like(leaf, requires_grad=False) for leaf in self.leaves]
        self.kept |= {f"{name}.{i}": tensor for i, tensor in enumerate(made)}
        return made


class Momentum(Optimizer):
    """sgd"""

    def __init__(self, leaves: Sequence[Tensor], momentum: float = 0.9) -> None:
        super().__init__(leaves)
        self.momentum, self.means = momentum, self.remember("mean")

    @torch.no_grad()
    def move(self, slopes: Sequence[Tensor], lr: float) -> None:
        for leaf, slope, mean in zip(self.leaves, slopes, self.means, strict=True):
            leaf.sub_(mean.mul_(self.momentum).add_(slope) * size(lr, leaf))


class Adam(Optimizer):
    """Kingma and Ba (2015)"""

    def __init__(self, leaves: Sequence[Tensor], first: float = 0.9, second: float = 0.99) -> None:
        super().__init__(leaves)
        self.first, self.second = first, second
        self.means, self.squares = self.remember("mean"), self.remember("square")
        self.taken = self.kept["taken"] = torch.zeros((), dtype=torch.int64)

    @torch.no_grad()
    def move(self, slopes: Sequence[Tensor], lr: float) -> None:
        self.taken += 1
        grown, spread = (1 - share ** int(self.taken) for share in (self.first, self.second))
        for leaf, slope, mean, square in zip(self.leaves, slopes, self.means, self.squares, strict=True):
            mean.lerp_(slope, 1 - self.first)
            square.mul_(self.second).addcmul_(slope, slope, value=1 - self.second)
            leaf.addcdiv_(mean * size(-lr / grown, leaf), square.sqrt().div_(sqrt(spread)).add_(EPS))


def size(lr: float, leaf: Tensor) -> Tensor:
    """In the precision of the leaf, where a step may be infinite."""
    return torch.tensor(lr, dtype=leaf.dtype, device=leaf.device)
