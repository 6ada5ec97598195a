"""LSTM: a recurrent net with gates and a memory (Hochreiter and Schmidhuber 1997)."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

from lm.nets._recurrent import Recurrent, Tensors


class LSTM(Recurrent):
    """With e the embedding of the character that comes, h and c the state before it, and * place by place:

        i, f, o = sigmoid(e · W + b + h · U)    what is written, kept, told: each its own W, b and U
        g = tanh(e · W + b + h · U)             what is new
        c = f * c + i * g
        h = o * tanh(c);  logits = head(h)

    The matrices of i, f, g and o lie one under the other, as in torch.nn.LSTM. At first b of f is 1: much is kept.

    >>> import lm, mlekit
    >>> net, solver = lm.LSTM(width=8, layers=1), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=net, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
    """

    gates, states = 4, 2
    learns: ClassVar[dict[str, Any]] = {"method": "muon", "lr": 3e-2, "batch": 2048, "decay": 6e-3}

    def __init__(self, vocabulary: int, width: int = 96, layers: int = 2, dropout: float = 0.0) -> None:
        super().__init__(vocabulary, width, layers, dropout)
        for W in self.inputs:
            W.get_parameter("bias").data[width : 2 * width] = 1

    @staticmethod
    def step(x: Tensor, u: Tensor, before: Tensors, after: Tensors) -> None:
        (_, c), (h, memory) = before, after
        i, f, g, o = u.add_(x).chunk(4, 1)
        for gate, activation in ((i, torch.sigmoid_), (f, torch.sigmoid_), (g, torch.tanh_), (o, torch.sigmoid_)):
            activation(gate)
        torch.mul(f, c, out=memory).addcmul_(i, g)
        torch.mul(o, torch.tanh(memory), out=h)

    @staticmethod
    def slopes(x: Tensor, gates: Tensor, before: Tensors, after: Tensors) -> Tensors:
        (_, c), (_, memory) = before, after
        (i, f, g, o), told = gates.chunk(4, 1), torch.tanh(memory)
        by_c = torch.stack([g * i * (1 - i), c * f * (1 - f), i * (1 - g * g)], 1)
        return by_c, told * o * (1 - o), o * (1 - told * told), f

    @staticmethod
    def back(d: Tensors, slopes: Tensors, du: Tensor) -> Tensors:
        (dh, dc), (by_c, by_h, through, f) = d, slopes
        dc.addcmul_(dh, through)
        ifg, o = du[:, : -dh.size(1)], du[:, -dh.size(1) :]
        torch.mul(by_c, dc[:, None], out=ifg.unflatten(1, by_c.shape[1:]))
        torch.mul(by_h, dh, out=o)
        return (f * dc,)
