"""Transformer: attention over all characters of a word so far (Vaswani et al. 2017)."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding_bag, gelu, layer_norm, pad

from mlekit.errors import OptionError

LAST = 3  # characters whose embeddings are added at each place


class Transformer(nn.Module):
    """Network with attention over all characters of a word so far.

    With the characters c and n(x) = (x - mean) / sd, at each place t of a word:

        x = E0[c(t)] + E1[c(t-1)] + E2[c(t-2)] + P[t]
        x = x + attention(n(x));  x = x + MLP(n(x))     in each layer
        logits = head(n(x))

    Parameters
    ----------
    width : int, default 96
        Dimension of x: a multiple of `heads`.
    layers : int, default 2
    heads : int, default 8
        Number of attention heads of a layer.
    context : int, default 32
        Number of characters of a word that it looks back at.
    dropout : float, default 0
        Probability with which an element of what a layer adds is set to zero during the training.
    hide : float, default 0
        Probability with which a character is hidden during the training.
    **others
        Arguments that all networks take: see `lm.network.NetworkModel`.

    Examples
    --------
    >>> import lm, mlekit
    >>> network, solver = lm.Transformer(width=8, heads=2), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=network, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
    """

    advice: ClassVar[dict[str, str | float]] = {"method": "muon", "lr": 1e-2, "batch": 1024, "decay": 3e-3}

    def __init__(
        self,
        vocabulary: int,
        width: int = 96,
        layers: int = 2,
        heads: int = 8,
        context: int = 32,
        dropout: float = 0.0,
        hide: float = 0.0,
    ) -> None:
        super().__init__()
        if width % heads:
            raise OptionError(
                f"heads: a width of {width} is not a multiple of {heads}: choose another width or number of heads"
            )
        self.vocabulary, self.hide = vocabulary, hide
        self.characters = nn.Embedding(LAST * vocabulary, width)  # E0, E1, E2, stacked
        self.places = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.head = nn.Linear(width, vocabulary, bias=False)
        nn.init.normal_(self.characters.weight, std=0.2)
        nn.init.normal_(self.places.weight, std=0.2)

    def forward(self, idx: Tensor) -> Tensor:  # (B, T) -> (B, T, vocabulary)
        if self.training and self.hide:
            idx = idx.masked_fill(torch.rand(idx.shape, device=idx.device) < self.hide, 0)
        x = self.looked_up(idx) + self.places.weight[: idx.size(1)]  # (B, T, width)
        for block in self.blocks:
            x = block(x)
        return self.head(standardized(x))

    def looked_up(self, idx: Tensor) -> Tensor:
        """Return E0[c(t)] + E1[c(t-1)] + E2[c(t-2)], with the mark 0 before the word: (B, T) -> (B, T, width)."""
        last = pad(idx, (LAST - 1, 0)).unfold(1, LAST, 1).flip(2)  # (B, T, LAST): c(t), c(t-1), c(t-2)
        rows = last + self.vocabulary * torch.arange(LAST, device=idx.device)
        return embedding_bag(rows.flatten(0, 1), self.characters.weight, mode="sum").view(*idx.shape, -1)


class Block(nn.Module):
    """A layer: x + attention(n(x)), then x + MLP(n(x)) with MLP(x) = gelu(x · up) · down.

    At place t, each attention head returns sum_s a(s) v(s) with a = softmax of q(t) · k(s) / sqrt(d) over s <= t.

    Parameters
    ----------
    width : int
    heads : int
    dropout : float
    """

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, nn.Dropout(dropout)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)
        for last in (self.out, self.down):  # the initial layer adds nothing
            nn.init.zeros_(last.weight)

    def forward(self, x: Tensor) -> Tensor:  # (B, T, width) -> (B, T, width)
        x = x + self.dropout(self.out(self.attention(standardized(x))))
        return x + self.dropout(self.down(gelu(self.up(standardized(x)))))

    def attention(self, x: Tensor) -> Tensor:  # (B, T, width) -> (B, T, width)
        B, T, width = x.shape
        H, d = self.heads, width // self.heads
        q, k, v = self.qkv(x).view(B, T, 3, H, d).permute(2, 0, 3, 1, 4).reshape(3, B * H, T, d)
        ahead = x.new_full((T, T), -torch.inf).tril(-1)  # [s, t]: no place looks at a later one
        a = torch.baddbmm(ahead, k, q.mT, alpha=d**-0.5).softmax(1)  # (B H, s, t): softmax of the middle axis is fast
        return (a.mT @ v).view(B, H, T, d).transpose(1, 2).reshape(B, T, width)


def standardized(x: Tensor) -> Tensor:
    """Return n(x), with mean 0 and variance 1 over the last axis."""
    return layer_norm(x, x.shape[-1:])
