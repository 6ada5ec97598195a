"""Methods that use a minibatch in each step.

sgd      w <- w - lr m             m: running sum of the gradients
adam     w <- w - lr m / sqrt(v)   m, v: running means of g and g^2
muon     matrices: momentum with all singular values one; other tensors: adam

Each update takes the leaves along the gradient of the next batch, at a step size that the caller sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import isfinite

import torch
from torch import Tensor

from ._first_order import Adam, Momentum, Optimizer
from ._losses import Loss
from ._muon import Muon

Named = Mapping[str, Tensor]
MINIBATCH: dict[str, tuple[type[Optimizer], type[Optimizer]]] = {  # of matrices, and of other tensors
    "adam": (Adam, Adam),
    "sgd": (Momentum, Momentum),
    "muon": (Muon, Adam),
}


class GroupedOptimizer:
    """The optimizers of a method, each for its group of leaves, and weight decay."""

    def __init__(self, method: str, leaves: Named, matrices: frozenset[str], lr: float, decay: float = 0.0) -> None:
        self.leaves, self.lr, self.decay = leaves, lr, decay
        of_matrices, of_others = MINIBATCH[method]
        groups: dict[type[Optimizer], list[str]] = {}
        for name in leaves:
            groups.setdefault(of_matrices if name in matrices else of_others, []).append(name)
        self.optimizers = [(kind([leaves[name] for name in names]), names) for kind, names in groups.items()]
        self.decaying = [leaf for leaf in leaves.values() if leaf.ndim > 1] if decay else []

    def step(self, gradients: Iterable[Tensor], rate: float) -> None:
        """Take a step of `rate` times the full size."""
        by_name = dict(zip(self.leaves, gradients, strict=True))
        for optimizer, names in self.optimizers:
            optimizer.step([by_name[name] for name in names], self.lr * rate)
        with torch.no_grad():
            for leaf in self.decaying:
                leaf.mul_(1 - self.decay * rate)

    def state(self) -> dict[str, Tensor]:
        """The tensors that the optimizers keep, by name."""
        return {f"{k}.{name}": t for k, (each, _) in enumerate(self.optimizers) for name, t in each.kept.items()}

    def restore(self, state: Named) -> None:
        """Continue from what `state` returned."""
        for k, (optimizer, _) in enumerate(self.optimizers):
            optimizer.restore({name: state[f"{k}.{name}"] for name in optimizer.kept})


def minibatch_steps(
    loss: Loss, method: str, lr: float, batches: Iterator[Tensor | None], rate: Callable[[], float]
) -> Iterator[float]:
    """Steps of lr times the current rate, each on the next batch, while the loss is finite."""
    optimizer = GroupedOptimizer(method, {str(i): leaf for i, leaf in enumerate(loss.leaves)}, frozenset(), lr)
    for index in batches:
        value, gradients = loss.gradients(index)
        if not isfinite(value):
            return
        optimizer.step(gradients, rate())
        yield value
