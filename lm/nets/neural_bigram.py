"""NeuralBigram: a table of logits, a row for each previous character."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class NeuralBigram(nn.Module):
    """logits = T[x]. The same model as a table of counted pairs, learned by gradient.

    >>> import lm, mlekit
    >>> net, solver = lm.NeuralBigram(), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=net, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
    """

    alpha = 2.0  # of the Dirichlet prior that lm.train gives it

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.zeros(vocabulary, vocabulary, dtype=torch.float64))

    def forward(self, idx: Tensor) -> Tensor:  # (B, t) -> (B, vocabulary)
        return self.table[idx[:, -1]]
