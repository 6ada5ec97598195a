"""Muon: momentum whose singular values are made one (Jordan et al. 2024), for the matrices of a net.

    m <- mu m + (1 - mu) g
    W <- W - lr 0.2 sqrt(max(rows, columns)) U V'      U S V' = m + mu (g - m), by Newton and Schulz

The size is that of a step of Adam, so that one learning rate serves both. Matrices of one shape are moved together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import sqrt
from typing import Any

import torch
from torch import Tensor

STEPS = 5


class Muon(torch.optim.Optimizer):
    """For tensors of two axes."""

    def __init__(self, matrices: Iterable[Tensor], lr: float, momentum: float = 0.95) -> None:
        super().__init__(matrices, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for shape, matrices in _by_shape(group["params"]).items():
                state = self.state[matrices[0]]  # of all that have this shape
                slope = torch.stack([w.grad for w in matrices])  # (k, rows, columns)
                mean = state.setdefault("mean", torch.zeros_like(slope))
                mean.lerp_(slope, 1 - group["momentum"])
                step = orthogonal(slope.lerp(mean, group["momentum"]))
                for matrix, direction in zip(matrices, step, strict=True):
                    matrix.add_(direction, alpha=-group["lr"] * 0.2 * sqrt(max(shape)))


def _by_shape(matrices: list[Any]) -> dict[torch.Size, list[Any]]:
    found: dict[torch.Size, list[Any]] = {}
    for matrix in matrices:
        found.setdefault(matrix.shape, []).append(matrix)
    return found


def orthogonal(m: Tensor) -> Tensor:
    """U V' of m = U S V', for a stack of matrices: singular values from about 0.7 to 1.2 instead of one, which does.

    The odd polynomial a x + b x^3 + c x^5, five times, takes any singular value below one to near one.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    x = m.mT if m.size(-2) > m.size(-1) else m
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(STEPS):
        square = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return x.mT if m.size(-2) > m.size(-1) else x
