"""CNN: a tree of dilated convolutions, as in WaveNet (van den Oord et al. 2016)."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding as rows

from lm.networks._window import masked, recent
from mlekit.errors import OptionError


class CNN(nn.Module):
    """Network that joins neighbours pair by pair until one vector is left.

        h = tanh([left, right] · W + b)  at each level;  logits = head(h)

    8 characters are joined to 4 pairs, these to 2, and these to 1. A piece that occurs in many places, such as the pair
    "an", is computed once.

    Parameters
    ----------
    context : int, default 8
        Number of characters of the window: a power of two.
    width : int, default 192
        Number of units of each joined vector.
    embedding : int, default 32
        Dimension of the embedding.
    dropout : float, default 0.1
        Probability with which a character is hidden during the training.
    **others
        Arguments that all networks take: see `lm.network.NetworkModel`.

    Examples
    --------
    >>> import lm, mlekit
    >>> network, solver = lm.CNN(context=4, width=8, embedding=8), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=network, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
    """

    advice: ClassVar[dict[str, str | float]] = {"method": "muon", "lr": 1e-2, "batch": 1024}

    def __init__(
        self, vocabulary: int, context: int = 8, width: int = 192, embedding: int = 32, dropout: float = 0.1
    ) -> None:
        super().__init__()
        levels = context.bit_length() - 1
        if context != 2**levels or levels < 1:
            raise OptionError(f"context: {context} is not a power of two above 1, which a CNN needs: use 4, 8 or 16")
        self.context, self.dropout = context, dropout
        self.embedding = nn.Embedding(vocabulary, embedding)
        widths = [embedding] + [width] * levels
        self.pairs = nn.ModuleList(nn.Linear(2 * widths[k], widths[k + 1]) for k in range(levels))
        self.head = nn.Linear(width, vocabulary)

    def forward(self, idx: Tensor) -> Tensor:  # (B, context) -> (B, vocabulary)
        where = masked(recent(idx, self.context), self.dropout if self.training else 0.0)
        h = self.embedding.weight  # the vector of each distinct piece; `where` has the piece at each place
        for pair in self.pairs:
            n = len(h)
            pieces, where = torch.unique(
                where[:, 0::2] * n + where[:, 1::2], return_inverse=True
            )  # half as many places
            h = torch.tanh(pair(torch.cat([rows(pieces // n, h), rows(pieces % n, h)], 1)))
        return self.head(rows(where[:, 0], h))
