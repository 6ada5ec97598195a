"""Transformer: every character looks back at those before it and takes from each what it asks for (Vaswani et al. 2017)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Transformer(nn.Module):
    """x = E[character] + P[place];  in each block x += attention(norm(x)), x += MLP(norm(x));  logits = head(norm(x)).

    `context` is how many characters of a word it looks back at, `width` is divided evenly among the `heads`.
    """

    learns = {"method": "muon", "lr": 1e-2, "batch": 2048}

    def __init__(
        self,
        vocabulary: int,
        width: int = 64,
        layers: int = 4,
        heads: int = 4,
        context: int = 32,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.places = nn.Embedding(context, width)
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.norm = nn.RMSNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, idx: Tensor) -> Tensor:  # (B, T) -> (B, T, vocabulary)
        T = idx.size(1)
        x = self.dropout(self.embedding(idx) + self.places.weight[:T])  # (B, T, width)
        ahead = torch.ones(T, T, dtype=x.dtype, device=x.device).triu(1) * -1e9  # added to what must not be seen
        for block in self.blocks:
            x = block(x, ahead)
        return self.head(self.norm(x))


class Block(nn.Module):
    """x += W softmax(q k' / sqrt(d)) v of each head;  x += W relu(norm(x) · U)^2."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList(nn.RMSNorm(width) for _ in range(2))
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)
        self.dropout = nn.Dropout(dropout)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.down.weight)

    def forward(self, x: Tensor, ahead: Tensor) -> Tensor:  # (B, T, width), (T, T) -> (B, T, width)
        x = x + self.dropout(self.out(self.attention(self.norms[0](x), ahead)))
        return x + self.dropout(self.down(F.relu(self.up(self.norms[1](x))).square()))

    def attention(self, x: Tensor, ahead: Tensor) -> Tensor:  # (B, T, width) -> (B, T, width)
        B, T, width = x.shape
        d = width // self.heads
        q, k, v = self.qkv(x).view(B, T, 3 * self.heads, d).transpose(1, 2).chunk(3, 1)  # (B, heads, T, d) each
        seen = torch.softmax(q @ k.mT * d**-0.5 + ahead, -1)  # (B, heads, T, T): the share of each earlier place
        return (seen @ v).transpose(1, 2).reshape(B, T, width)
