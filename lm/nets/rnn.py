"""RNN: a state that is written anew at each character (Elman 1990)."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

from lm.nets._recurrent import Recurrent, Tensors


class RNN(Recurrent):
    """h = tanh(e · W + b + h · U), with e the embedding of the character that comes;  logits = head(h).

    >>> import lm, mlekit
    >>> net, solver = lm.RNN(width=8), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=net, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
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
