"""GRU: a recurrent network with gates (Cho et al. 2014)."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from lm.networks._recurrent import Recurrent, Tensors


class GRU(Recurrent):
    """Recurrent network with gates.

    With the embedding e of the next character, the state h before it, and * element by element:

        r = sigmoid(e · Wr + br + h · Ur)       reset gate
        z = sigmoid(e · Wz + bz + h · Uz)       update gate
        n = tanh(e · Wn + bn + r * (h · Un))    candidate state
        h = (1 - z) * n + z * h;  logits = head(h)

    The matrices of r, z and n are stacked as in torch.nn.GRU.

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
    >>> network, solver = lm.GRU(width=8), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=network, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
    """

    gates = 3
    advice: ClassVar[dict[str, str | float]] = {"method": "muon", "lr": 2.5e-2, "batch": 2048, "decay": 5e-3}

    @staticmethod
    def step(x: Tensor, u: Tensor, before: Tensors, after: Tensors) -> None:
        (h,), (out,) = before, after
        width = h.size(1)
        u[:, : 2 * width].add_(x[:, : 2 * width]).sigmoid_()
        _, z, _ = u.chunk(3, 1)
        torch.lerp(candidate(x, u), h, z, out=out)

    @staticmethod
    def slopes(x: Tensor, gates: Tensor, before: Tensors, after: Tensors) -> Tensors:
        (h,), (r, z, u), n = before, gates.chunk(3, 1), candidate(x, gates)
        dn = (1 - z) * (1 - n * n)
        return torch.stack([dn * u * r * (1 - r), (h - n) * z * (1 - z), dn * r], 1), z, dn

    @staticmethod
    def back(d: Tensors, slopes: Tensors, du: Tensor) -> Tensors:
        (dh,), (by_u, z, _) = d, slopes
        torch.mul(by_u, dh[:, None], out=du.view_as(by_u))
        return (z * dh,)

    @staticmethod
    def back_to_x(d: Tensors, slopes: Tensors, du: Tensor) -> None:
        (dh,), (_, _, dn) = d, slopes
        torch.mul(dn, dh, out=du.chunk(3, 1)[2])


def candidate(x: Tensor, gates: Tensor) -> Tensor:
    """Return the candidate state n = tanh(x + r * u)."""
    r, _, u = gates.chunk(3, 1)
    return torch.addcmul(x.chunk(3, 1)[2], r, u).tanh_()
