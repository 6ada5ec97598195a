"""RNN: a state that is written anew at each character (Elman 1990)."""

from __future__ import annotations

import torch
from torch import Tensor

from lm.nets._recurrent import Recurrent, Tensors


class RNN(Recurrent):
    """h = tanh(e · W + b + h · U), with e the embedding of the character that comes;  logits = head(h)."""

    gates = 1
    learns = {"method": "muon", "lr": 1.5e-2, "batch": 2048}

    @staticmethod
    def step(x: Tensor, u: Tensor, before: Tensors, after: Tensors) -> None:
        torch.tanh(u.add_(x), out=after[0])

    @staticmethod
    def slopes(x: Tensor, gates: Tensor, before: Tensors, after: Tensors) -> Tensors:
        (h,) = after
        return (1 - h * h,)

    @staticmethod
    def back(d: Tensors, slopes: Tensors, du: Tensor) -> Tensors:
        torch.mul(slopes[0], d[0], out=du)
        return ()
