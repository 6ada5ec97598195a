"""CNN: a tree of dilated convolutions, as WaveNet is one (van den Oord et al. 2016)."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding as rows

from lm.nets._window import masked, recent
from mlekit.errors import OptionError


class CNN(nn.Module):
    """Two neighbours become one, h = tanh([left, right] · W + b), until one is left;  logits = head(h).

    `context` is a power of two: 8 characters are 4 pairs, then 2 pairs of pairs, then 1. A piece that stands in many
    places, such as the pair "an", is worked out once. `dropout` is the share of characters hidden while training.

    >>> import lm, mlekit
    >>> net, solver = lm.CNN(context=4, width=8, embedding=8), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=net, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
    """

    learns: ClassVar[dict[str, Any]] = {"method": "muon", "lr": 1e-2, "batch": 1024}

    def __init__(
        self, vocabulary: int, context: int = 8, width: int = 192, embedding: int = 32, dropout: float = 0.1
    ) -> None:
        super().__init__()
        levels = context.bit_length() - 1
        if context != 2**levels or levels < 1:
            raise OptionError(f"context: {context} is no power of two, as the tree of a CNN needs: say 4, 8 or 16")
        self.context, self.dropout = context, dropout
        self.embedding = nn.Embedding(vocabulary, embedding)
        widths = [embedding] + [width] * levels
        self.pairs = nn.ModuleList(nn.Linear(2 * widths[k], widths[k + 1]) for k in range(levels))
        self.head = nn.Linear(width, vocabulary)

    def forward(self, idx: Tensor) -> Tensor:  # (B, context) -> (B, vocabulary)
        where = masked(recent(idx, self.context), self.dropout if self.training else 0.0)
        h = self.embedding.weight  # what each distinct piece is; `where` says which of them stands in a place
        for pair in self.pairs:
            n = len(h)
            pieces, where = torch.unique(where[:, 0::2] * n + where[:, 1::2], return_inverse=True)  # halves the places
            h = torch.tanh(pair(torch.cat([rows(pieces // n, h), rows(pieces % n, h)], 1)))
        return self.head(rows(where[:, 0], h))
