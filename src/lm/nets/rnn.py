"""RNN: a state that is written anew at each character (Elman 1990)."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

from lm.nets._recurrent import Recurrent, Tensors


class RNN(Recurrent):
    """h = tanh(e · W + b + h · U), with e the embedding of the character that comes;  logits = head(h).

    >>> RNN(27)(torch.tensor([[0, 5, 13]])).shape
    torch.Size([1, 3, 27])
    """

    gates = 1
    learns: ClassVar[dict[str, Any]] = {"method": "muon", "lr": 2e-2, "batch": 2048, "decay": 4e-3}

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
