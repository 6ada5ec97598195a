"""RNN: a recurrent network without gates (Elman 1990)."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from lm.networks._recurrent import Recurrent, Tensors


class RNN(Recurrent):
    """Recurrent network without gates.

        h = tanh(e · W + b + h · U)  with the embedding e of the next character;  logits = head(h)

    Parameters
    ----------
    width : int, default 128
        Number of units of the state.
    layers : int, default 2
    dropout : float, default 0
        Probability with which a character is hidden during the training.
    **others
        Arguments that all networks take: see `lm.network.NetworkModel`.

    Examples
    --------
    >>> import lm, mlekit
    >>> network, solver = lm.RNN(width=8), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=network, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
    """

    gates = 1
    advice: ClassVar[dict[str, str | float]] = {"method": "muon", "lr": 2e-2, "batch": 2048, "decay": 4e-3}

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
