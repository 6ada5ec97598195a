"""BagOfWords: which characters came before, whatever their order, and the last of them."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor, nn
from torch.nn.functional import embedding_bag

from lm.nets._window import masked, recent


class BagOfWords(nn.Module):
    """x = E[last] + P[n] + mean of M over the n characters before;  logits = head(x + MLP(x)).

    Those before the last may change places without a change of the logits. `context` is how many are looked at.
    `dropout` is the share of the characters of the mean that are hidden while training.

    >>> import lm, mlekit
    >>> net, solver = lm.BagOfWords(context=4, width=8, inner=16), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=net, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
    """

    learns: ClassVar[dict[str, Any]] = {"method": "adam", "lr": 8e-3, "batch": 1024}

    def __init__(
        self, vocabulary: int, context: int = 16, width: int = 128, inner: int = 512, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.context, self.dropout = context, dropout
        self.last = nn.Embedding(vocabulary, width)
        self.place = nn.Embedding(context + 1, width)
        self.bag = nn.Embedding(vocabulary, width)
        self.mlp = nn.Sequential(nn.Linear(width, inner), nn.GELU(), nn.Linear(inner, width))
        self.head = nn.Linear(width, vocabulary)

    def forward(self, idx: Tensor) -> Tensor:  # (B, context) -> (B, vocabulary)
        idx = recent(idx, self.context)
        x = self.last(idx[:, -1]) + self.place((idx != 0).sum(1))  # (B, width)
        idx = masked(idx, self.dropout if self.training else 0.0)
        x = x + embedding_bag(idx, self.bag.weight, mode="mean", padding_idx=0)  # marks do not count
        return self.head(x + self.mlp(x))
