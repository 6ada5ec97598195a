"""LSTM: a recurrent net with gates and a memory (Hochreiter and Schmidhuber 1997)."""

from __future__ import annotations

from torch import Tensor, nn


class LSTM(nn.Module):
    """c = f c + i g;  h = o tanh(c);  logits = head(h)."""

    learns = {"method": "adam", "lr": 4e-3, "batch": 2048}

    def __init__(self, vocabulary: int, width: int = 128, layers: int = 1, dropout: float = 0.0) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.layers = nn.LSTM(width, width, layers, dropout=dropout if layers > 1 else 0.0, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, idx: Tensor) -> Tensor:  # (B, T) -> (B, T, vocabulary)
        h, _ = self.layers(self.embedding(idx))  # (B, T, width)
        return self.head(self.dropout(h))
