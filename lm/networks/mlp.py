"""MLP: the neural network of Bengio et al. (2003)."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding_bag

from lm.networks._window import masked, recent


class MLP(nn.Module):
    """Network on the concatenated embeddings of the last characters.

        h = tanh(concatenated embeddings · W + b);  logits = head(h)

    Further layers are residual: h = h + tanh(h · W + b).

    Parameters
    ----------
    context : int, default 10
        Number of characters of the window.
    width : int, default 1024
        Number of hidden units.
    layers : int, default 1
    embedding : int, default 24
        Dimension of the embedding.
    dropout : float, default 0.1
        Probability with which a character is hidden during the training.
    **others
        Arguments that all networks take: see `lm.network.NetworkModel`.

    Examples
    --------
    >>> import lm, mlekit
    >>> network, solver = lm.MLP(context=3, width=8), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=network, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
    """

    advice: ClassVar[dict[str, str | float]] = {"method": "adam", "lr": 8e-3, "batch": 1024}

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
        """Return first(concatenated embeddings), as the sum over places of a row of the table embedding · W."""
        E, W = self.embedding.weight, self.first.weight  # (V, d), (width, context · d)
        if len(idx) < len(E):  # fewer rows than the tables have: concatenate them
            return self.first(self.embedding(idx).flatten(1))
        tables = E @ W.view(len(W), self.context, -1).permute(1, 2, 0)  # (context, V, width)
        rows = idx + len(E) * torch.arange(self.context, device=idx.device)  # (B, context)
        return embedding_bag(rows, tables.flatten(0, 1), mode="sum") + self.first.bias
