"""BagOfWords: the characters of a window regardless of their order, and the last of them."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn
from torch.nn.functional import embedding_bag

from lm.networks._window import masked, recent


class BagOfWords(nn.Module):
    """Network on the last character and the mean of those before it.

        x = E[last] + P[n] + mean of M over the n characters before;  logits = head(x + MLP(x))

    The logits do not depend on the order of the characters before the last.

    Parameters
    ----------
    context : int, default 16
        Number of characters of the window.
    width : int, default 128
        Dimension of the embeddings.
    inner : int, default 512
        Number of hidden units.
    dropout : float, default 0.1
        Probability with which a character of the mean is hidden during the training.
    **others
        Arguments that all networks take: see `lm.network.NetworkModel`.

    Examples
    --------
    >>> import lm, mlekit
    >>> network, solver = lm.BagOfWords(context=4, width=8, inner=16), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=network, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
    """

    advice: ClassVar[dict[str, str | float]] = {"method": "adam", "lr": 8e-3, "batch": 1024}

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
