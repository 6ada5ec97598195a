"""What a prior is: a log density over one parameter as named, added to the log-likelihood."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from ..errors import OptionError

Array = Any


class Prior(ABC):
    """A belief about one parameter.

    >>> import mlekit
    >>> prior = mlekit.priors.Beta(2, 2)
    >>> isinstance(prior, mlekit.priors.Prior), prior.rows
    (True, 2)
    """

    low: float = -np.inf  # the set outside of which its density is zero
    high: float = np.inf
    many: bool = False  # of shares, not of one number
    kink: float | None = None  # where the density is not smooth

    @property
    def slope(self) -> float:
        """How steeply the density falls to either side of its kink."""
        return 0.0

    @abstractmethod
    def log_density(self, xp: Any, value: Array) -> Array:
        """The formula, with every constant."""

    def within(self, xp: Any, value: Array, density: Array) -> Array:
        """The log density inside the set, minus infinity outside of it."""
        return xp.where((value >= self.low) & (value <= self.high), density, -np.inf)

    def kernel(self) -> dict[str, Any] | None:
        """The log density as a sum of terms: factors of log x, log(1 - x), x ("linear") and x^2 ("square")."""
        return None

    @property
    def rows(self) -> Any:
        """What the prior is worth in imaginary rows where it is conjugate; None where it has no such worth."""
        return None

    def fits(self, levels: int) -> bool:
        """Whether it is about so many shares."""
        return True

    def start(self) -> float | None:
        """A value where the density is well above zero, for searches."""
        return None


def positive(value: Any, name: str, prior: str) -> Any:
    """The argument, or an OptionError: hyperparameters are positive and finite."""
    array = _numbers(value)
    if not (array.size and np.isfinite(array).all() and (array > 0).all()):
        raise OptionError(f"{prior}: {name} is {value}, but it has to be positive and finite")
    return value


def finite(value: Any, name: str, prior: str) -> Any:
    """The argument, or an OptionError: a place may be anywhere but at infinity."""
    if not np.isfinite(_numbers(value)).all():
        raise OptionError(f"{prior}: {name} is {value}, but it has to be finite")
    return value


def _numbers(value: Any) -> Array:
    """What was given as floats; NaN where it is no number."""
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return np.array([np.nan])
