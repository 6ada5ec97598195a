"""The interface of a link function."""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import inf
from typing import Any, ClassVar

Array = Any
Namespace = Any


class Link(ABC):
    """A smooth, monotone function from the set of a parameter to the real line, and its inverse.

    Links hold no functions, only numbers: they compare by value, and survive ``pickle`` and ``copy``. Their methods are
    formulas over a namespace ``xp`` of arrays, jets or tensors.

    Examples
    --------
    >>> import mlekit, pickle
    >>> link = mlekit.links.get("log")
    >>> isinstance(link, mlekit.links.Link), pickle.loads(pickle.dumps(link)) == link
    (True, True)
    """

    name: ClassVar[str]

    def domain(self, low: float, high: float) -> tuple[float, float]:
        """Return the ends of the real numbers whose inverse lies in the closed interval from low to high.

        Infinite ends are those of a link that never leaves the interval.
        """
        return -inf, inf

    @abstractmethod
    def forward(self, xp: Namespace, value: Array) -> Array:
        """Return the value on the real line."""

    @abstractmethod
    def inverse(self, xp: Namespace, z: Array) -> Array:
        """Return the value in the set of the parameter."""
