"""What the nets that look at a window share: the codes in it, and how some are hidden while training."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad


def recent(idx: Tensor, context: int) -> Tensor:
    """The last `context` codes of each row (B, context), marks in front where there are fewer.

    >>> recent(torch.tensor([[0, 5, 13]]), 2).tolist(), recent(torch.tensor([[0, 5, 13]]), 4).tolist()
    ([[5, 13]], [[0, 0, 5, 13]])
    """
    return pad(idx, (context - idx.size(1), 0))


def masked(idx: Tensor, share: float) -> Tensor:
    """The same codes, each hidden with that probability: a mark stands in its place.

    >>> masked(torch.tensor([[5, 13]]), 0.0).tolist(), masked(torch.tensor([[5, 13]]), 1.0).tolist()
    ([[5, 13]], [[0, 0]])
    """
    return idx.masked_fill(torch.rand(idx.shape, device=idx.device) < share, 0) if share else idx
