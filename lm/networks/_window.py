"""Functions on windows of codes, for networks that look at the last few characters."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad


def recent(idx: Tensor, context: int) -> Tensor:
    """Return the last `context` codes of each row, filled with boundary marks in front if there are fewer.

    Parameters
    ----------
    idx : Tensor (B, T)
    context : int

    Returns
    -------
    Tensor (B, context)

    Examples
    --------
    >>> recent(torch.tensor([[0, 5, 13]]), 2).tolist(), recent(torch.tensor([[0, 5, 13]]), 4).tolist()
    ([[5, 13]], [[0, 0, 5, 13]])
    """
    return pad(idx, (context - idx.size(1), 0))


def masked(idx: Tensor, p: float) -> Tensor:
    """Replace each code by the boundary mark with probability `p`.

    Parameters
    ----------
    idx : Tensor
    p : float

    Returns
    -------
    Tensor

    Examples
    --------
    >>> masked(torch.tensor([[5, 13]]), 0.0).tolist(), masked(torch.tensor([[5, 13]]), 1.0).tolist()
    ([[5, 13]], [[0, 0]])
    """
    return idx.masked_fill(torch.rand(idx.shape, device=idx.device) < p, 0) if p else idx
