"""LSTM: a recurrent network with gates and a memory (Hochreiter and Schmidhuber 1997)."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from lm.networks._recurrent import Recurrent, Tensors


class LSTM(Recurrent):
    """Recurrent network with gates and a memory.

    With the embedding e of the next character, the state h and memory c before it, and * element by element:

        i, f, o = sigmoid(e · W + b + h · U)    input, forget and output gate, each with its own W, b and U
        g = tanh(e · W + b + h · U)             candidate memory
        c = f * c + i * g
        h = o * tanh(c);  logits = head(h)

    The matrices of i, f, g and o are stacked as in torch.nn.LSTM. The initial b of f is 1, so that most of the memory
    is kept.

    Parameters
    ----------
    width : int, default 96
        Number of units of the state.
    layers : int, default 2
    dropout : float, default 0
        Probability with which a character is hidden during the training.
    **others
        Arguments that all networks take: see `lm.network.NetworkModel`.

    Examples
    --------
    >>> import lm, mlekit
    >>> network, solver = lm.LSTM(width=8, layers=1), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=network, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
    """

    gates, states = 4, 2
    advice: ClassVar[dict[str, str | float]] = {"method": "muon", "lr": 3e-2, "batch": 2048, "decay": 6e-3}

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
        (i, f, g, o), output = gates.chunk(4, 1), torch.tanh(memory)
        by_c = torch.stack([g * i * (1 - i), c * f * (1 - f), i * (1 - g * g)], 1)
        return by_c, output * o * (1 - o), o * (1 - output * output), f

    @staticmethod
    def back(d: Tensors, slopes: Tensors, du: Tensor) -> Tensors:
        (dh, dc), (by_c, by_h, through, f) = d, slopes
        dc.addcmul_(dh, through)
        ifg, o = du[:, : -dh.size(1)], du[:, -dh.size(1) :]
        torch.mul(by_c, dc[:, None], out=ifg.unflatten(1, by_c.shape[1:]))
        torch.mul(by_h, dh, out=o)
        return (f * dc,)
