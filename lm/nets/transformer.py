"""Transformer: each character asks those before it, and takes from each what suits (Vaswani et al. 2017)."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding_bag, gelu, layer_norm, pad

from mlekit.errors import OptionError

LAST = 3  # characters that are looked up together at each place


class Transformer(nn.Module):
    """Of the characters c and with n(x) = (x - mean) / sd, at each place t of a word:

        x = E0[c(t)] + E1[c(t-1)] + E2[c(t-2)] + P[t]
        x = x + attention(n(x));  x = x + MLP(n(x))     once a layer
        logits = head(n(x))

    `context` is how many characters of a word it looks back at; the `width` is shared evenly among the `heads`;
    `dropout` is of what each layer adds, and `hide` the share of characters hidden while training.

    >>> import lm, mlekit
    >>> net, solver = lm.Transformer(width=8, heads=2), mlekit.solvers.Torch(steps=200)
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=net, solver=solver)
    >>> fit.next_probs("av")["a"] > 0.5
    True
    """

    learns: ClassVar[dict[str, Any]] = {"method": "muon", "lr": 1e-2, "batch": 1024, "decay": 3e-3}

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
            raise OptionError(f"heads: a width of {width} is not shared evenly among {heads} of them")
        self.vocabulary, self.hide = vocabulary, hide
        self.characters = nn.Embedding(LAST * vocabulary, width)  # E0, E1, E2, one under the other
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
        return self.head(normal(x))

    def looked_up(self, idx: Tensor) -> Tensor:
        """E0[c(t)] + E1[c(t-1)] + E2[c(t-2)], the mark 0 where the word had not begun: (B, T) -> (B, T, width)."""
        last = pad(idx, (LAST - 1, 0)).unfold(1, LAST, 1).flip(2)  # (B, T, LAST): c(t), c(t-1), c(t-2)
        rows = last + self.vocabulary * torch.arange(LAST, device=idx.device)
        return embedding_bag(rows.flatten(0, 1), self.characters.weight, mode="sum").view(*idx.shape, -1)


class Block(nn.Module):
    """A layer: x + attention(n(x)), then x + MLP(n(x)) with MLP(x) = gelu(x · up) · down.

    In attention each head takes, at place t,  sum_s a(s) v(s)  with a = softmax of q(t) · k(s) / sqrt(d) over s <= t.
    """

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, nn.Dropout(dropout)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)
        for last in (self.out, self.down):  # a layer adds nothing at first
            nn.init.zeros_(last.weight)

    def forward(self, x: Tensor) -> Tensor:  # (B, T, width) -> (B, T, width)
        x = x + self.dropout(self.out(self.attention(normal(x))))
        return x + self.dropout(self.down(gelu(self.up(normal(x)))))

    def attention(self, x: Tensor) -> Tensor:  # (B, T, width) -> (B, T, width)
        B, T, width = x.shape
        H, d = self.heads, width // self.heads
        q, k, v = self.qkv(x).view(B, T, 3, H, d).permute(2, 0, 3, 1, 4).reshape(3, B * H, T, d)
        ahead = x.new_full((T, T), -torch.inf).tril(-1)  # [s, t]: a place does not look at a later one
        a = torch.baddbmm(ahead, k, q.mT, alpha=d**-0.5).softmax(1)  # (B H, s, t): softmax of the middle axis is fast
        return (a.mT @ v).view(B, H, T, d).transpose(1, 2).reshape(B, T, width)


def normal(x: Tensor) -> Tensor:
    """n(x), with mean 0 and variance 1 over the last axis."""
    return layer_norm(x, x.shape[-1:])
