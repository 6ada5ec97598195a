"""MLP: the neural net of Bengio et al. (2003)."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding_bag

from lm.nets._window import masked, recent


class MLP(nn.Module):
    """h = tanh(concatenated embeddings of the last `context` characters · W + b);  logits = head(h).

    Further `layers` are residual: h = h + tanh(h · W + b). `dropout` is the share of characters hidden while training.

    >>> import lm, mlekit
    >>> net, solver = lm.MLP(context=3, width=8), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=net, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
    """

    learns: ClassVar[dict[str, Any]] = {"method": "adam", "lr": 8e-3, "batch": 1024}

    def __init__(
        self,
        vocabulary: int,
        context: int = 10,
        width: int = 1024,
        layers: int = 1,
        embedding: int = 24,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.context, self.dropout = context, dropout
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.first = nn.Linear(context * embedding, width)
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(layers - 1))
        self.head = nn.Linear(width, vocabulary)

    def forward(self, idx: Tensor) -> Tensor:  # (B, context) -> (B, vocabulary)
        idx = masked(recent(idx, self.context), self.dropout if self.training else 0.0)
        h = torch.tanh(self.looked_up(idx))  # (B, width)
        for layer in self.layers:
            h = h + torch.tanh(layer(h))
        return self.head(h)

    def looked_up(self, idx: Tensor) -> Tensor:
        """first(concatenated embeddings), as the sum over places of a row of that place's table, embedding · W."""
        E, W = self.embedding.weight, self.first.weight  # (V, d), (width, context · d)
        if len(idx) < len(E):  # fewer rows than the tables have: concatenate them
            return self.first(self.embedding(idx).flatten(1))
        tables = E @ W.view(len(W), self.context, -1).permute(1, 2, 0)  # (context, V, width)
        rows = idx + len(E) * torch.arange(self.context, device=idx.device)  # (B, context)
        return embedding_bag(rows, tables.flatten(0, 1), mode="sum") + self.first.bias
