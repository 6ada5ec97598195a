"""The interface of a stream: a log posterior that is evaluated on minibatches, in tensors.

    loss = -( rows / drawn  sum over the drawn rows of w_i log f(y_i)  +  log prior ) / rows

The objective is divided by the number of rows, never by the sum of their weights: those of a network may be negative.
The tensors are on the device that `begin` is given.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .problem import Problem

P_co = TypeVar("P_co", bound="Problem", covariant=True)
Array = Any
Tensor = Any  # of torch, which only the modules that use it import
Rows = NDArray[np.int64]  # the positions of some rows


class Stream(ABC, Generic[P_co]):
    """Minus the log posterior per row, of all rows or of a minibatch."""

    problem: P_co
    rows: int  # number of rows to draw from; 1 where the data are sums
    divisor: float  # number that the log posterior is divided by
    double: bool = True  # in 64-bit floats
    advice: Mapping[str, Any] = {}  # options of Torch that a network recommends: method, lr, batch, decay

    @abstractmethod
    def begin(self, device: str) -> dict[str, Tensor]:
        """Copy the rows to the device, and return the tensors to train by name; none where z are the parameters."""

    @abstractmethod
    def loss(self, z: Tensor | None, index: Tensor | None) -> Tensor:
        """The objective of the rows of `index`, or of all; z [K] are the problem's coordinates, if it has any."""

    def epoch(self, rng: np.random.Generator, batch: int) -> Sequence[Rows | None]:
        """Batches of nearly one size that together hold every row once, in a new order; None: all rows."""
        if batch >= self.rows:
            return [None]
        return [*np.array_split(rng.permutation(self.rows), -(-self.rows // batch))]

    def count(self, index: Rows) -> float:
        """The amount of data in these rows, in the unit of `divisor`."""
        return float(len(index))

    def probe(self) -> None:
        """Differentiate the density and the priors once, so that an error of theirs is not taken for the module's."""

    def matrices(self) -> frozenset[str]:
        """The names of a network's tensors that are linear maps; tables that are looked up are not."""
        return frozenset()

    def watched(self) -> float | None:
        """The mean loss of the validation rows; None where there are none."""
        return None

    def tensors(self) -> dict[str, Tensor]:
        """All tensors that change in a training, by name."""
        return {}

    def value(self) -> float | None:
        """The log posterior of a trained network; None where it takes long and is computed when it is needed."""
        return None

    def kept(self) -> dict[str, Array]:
        """The parameters of a trained network, by name."""
        return {}
