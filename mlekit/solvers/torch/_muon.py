"""Muon: momentum whose singular values are all made one (Jordan et al. 2024), for the matrices of a network.

    m <- mu m + (1 - mu) g
    W <- W - lr 0.2 sqrt(max(rows, columns)) U V'      U S V' = m + mu (g - m), by Newton-Schulz iterations

A step is as large as one of Adam, so that one learning rate serves both. Matrices of one shape are updated together.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import torch
from torch import Tensor

from ._first_order import Optimizer, scalar

ITERATIONS = 5


class Muon(Optimizer):
    """Muon, for tensors of two axes."""

    def __init__(self, matrices: Sequence[Tensor], momentum: float = 0.95) -> None:
        super().__init__(matrices)
        self.momentum, self.by_shape = momentum, dict[torch.Size, list[int]]()
        for i, matrix in enumerate(matrices):
            self.by_shape.setdefault(matrix.shape, []).append(i)
        for shape, which in self.by_shape.items():
            self.kept[_name(shape)] = matrices[which[0]].new_zeros(len(which), *shape)

    @torch.no_grad()
    def step(self, gradients: Sequence[Tensor], lr: float) -> None:
        for shape, which in self.by_shape.items():
            gradient, mean = torch.stack([gradients[i] for i in which]), self.kept[_name(shape)]  # (k, rows, columns)
            mean.lerp_(gradient, 1 - self.momentum)
            directions = orthogonal(gradient.lerp(mean, self.momentum))
            for i, direction in zip(which, directions, strict=True):
                self.leaves[i].sub_(direction * scalar(lr * 0.2 * sqrt(max(shape)), direction))


def _name(shape: torch.Size) -> str:
    return "mean." + "x".join(map(str, shape))


def orthogonal(m: Tensor) -> Tensor:
    """U V' of m = U S V', for a stack of matrices; the singular values are near one, from about 0.7 to 1.2.

    Five iterations of the odd polynomial a x + b x^3 + c x^5 take any singular value below one to near one.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    x = m.mT if m.size(-2) > m.size(-1) else m
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(ITERATIONS):
        square = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return x.mT if m.size(-2) > m.size(-1) else x
