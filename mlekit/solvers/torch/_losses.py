"""A loss over leaf tensors, and its gradient."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.utils import parameters_to_vector, vector_to_parameters


class Loss:
    """A loss of rows, and its gradient with respect to leaf tensors, by leaf or as one vector."""

    def __init__(self, loss: Callable[[Tensor | None], Tensor], leaves: list[Tensor]) -> None:
        self.loss, self.leaves = loss, leaves

    @property
    def x(self) -> Tensor:
        """The leaves as one vector."""
        return parameters_to_vector(self.leaves).detach().clone()

    def gradients(self, index: Tensor | None) -> tuple[float, tuple[Tensor, ...]]:
        """The loss of these rows (None: all) at the leaves, and its gradient for each leaf."""
        with torch.enable_grad():
            value = self.loss(index)
            gradients = torch.autograd.grad(value, self.leaves, materialize_grads=True)
        return float(value.detach()), gradients

    def at(self, x: Tensor) -> tuple[float, Tensor]:
        """Set the leaves to x, and return the loss of all rows and its gradient as a vector."""
        vector_to_parameters(x, self.leaves)
        value, gradients = self.gradients(None)
        return value, parameters_to_vector(gradients)


class VarianceReducedLoss(Loss):
    """A loss whose minibatch gradients are corrected by a control variate (SVRG, Johnson and Zhang 2013).

    The gradient of the same rows at an anchor is subtracted and that of all rows there is added: the expectation stays,
    and near the anchor the variance is zero.
    """

    def __init__(self, loss: Callable[[Tensor | None], Tensor], leaves: list[Tensor]) -> None:
        super().__init__(loss, leaves)
        self.anchor, (_, self.all_rows) = self.x, super().gradients(None)

    def gradients(self, index: Tensor | None) -> tuple[float, tuple[Tensor, ...]]:
        value, here = super().gradients(index)
        if index is None:
            return value, here
        x = self.x
        vector_to_parameters(self.anchor, self.leaves)
        _, there = super().gradients(index)
        vector_to_parameters(x, self.leaves)
        return value, tuple(h - t + a for h, t, a in zip(here, there, self.all_rows, strict=True))
