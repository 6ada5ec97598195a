"""What solvers see that never look at all rows at once: rows to draw from, and the objective of a share of them.

    loss = -( rows / drawn  sum over the rows drawn of w_i log f(y_i)  +  log prior ) / rows

The objective is divided by the number of rows, never by the sum of their weights: those of a net may be negative.
Everything here is in tensors, on the device that `begin` is told.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np

Array = Any
Tensor = Any


class Stream(ABC):
    """Rows to draw from, and minus the log posterior a row."""

    rows: int  # how many there are to draw from; 1: the data are told by their sums
    divisor: float  # what the log posterior is divided by
    advice: Mapping[str, Any] = {}  # method, lr, batch of a net that knows what suits it

    @abstractmethod
    def begin(self, device: str) -> dict[str, Tensor]:
        """Brings the rows to the device. The tensors to move, by name; none where the solver's z is all there is."""

    @abstractmethod
    def loss(self, z: Tensor, index: Tensor | None) -> Tensor:
        """The objective of the rows of `index`, or of all; z [K] are the problem's coordinates."""

    def epoch(self, rng: np.random.Generator, batch: int) -> list[Array | None]:
        """Every row once, in a new order, in batches of nearly one size; None: all rows."""
        if batch >= self.rows:
            return [None]
        return [*np.array_split(rng.permutation(self.rows), -(-self.rows // batch))]

    def count(self, index: Array) -> float:
        """How much of the data these rows are."""
        return float(len(index))

    def matrices(self) -> frozenset[str]:
        """Those of a net's tensors that map one space to another, by name; tables that are looked up are not."""
        return frozenset()

    def watched(self) -> float | None:
        """The mean loss on rows that are kept aside, to be looked at on the way; None where there are none."""
        return None

    def tensors(self) -> dict[str, Tensor]:
        """Everything of a net that changes while it learns, by name."""
        return {}

    def value(self) -> float | None:
        """The log posterior of what a net has learned; None where that takes long, and is told when it is asked for."""
        return None

    def kept(self) -> dict[str, Array]:
        """What a net has learned, by name."""
        return {}
