"""NeuralBigram: a table of logits with one row per previous character."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class NeuralBigram(nn.Module):
    """Table of logits T[previous]: the bigram, fitted by a solver instead of counts.

    Parameters
    ----------
    **others
        Arguments that all networks take: see `lm.network.NetworkModel`.

    Examples
    --------
    >>> import lm, mlekit
    >>> network, solver = lm.NeuralBigram(), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=network, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
    """

    default_alpha = 2.0  # of the Dirichlet prior that lm.train uses

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.zeros(vocabulary, vocabulary, dtype=torch.float64))

    def forward(self, idx: Tensor) -> Tensor:  # (B, t) -> (B, vocabulary)
        return self.table[idx[:, -1]]
