"""The interface of a prior: a log density of a parameter as named or of coefficients, added to the log-likelihood."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from ..errors import Explained, OptionError
from ..numerics.arrays import Namespace, Numbers

Array = Numbers


class Prior(metaclass=Explained):
    """A prior distribution of one parameter.

    Examples
    --------
    >>> import mlekit
    >>> prior = mlekit.priors.Beta(2, 2)
    >>> isinstance(prior, mlekit.priors.Prior), prior.rows
    (True, 2)
    """

    low: float = -np.inf  # the interval outside of which its density is zero
    high: float = np.inf
    many: bool = False  # of several numbers: the probabilities of levels, or the coefficients of a term
    kink: float | None = None  # the point at which the density is not smooth

    @property
    def slope(self) -> float:
        """The slope of the log density on either side of its kink, without sign."""
        return 0.0

    @abstractmethod
    def log_density(self, xp: Namespace, value: Array) -> Array:
        """Return the log density, with every constant."""

    def within(self, xp: Namespace, value: Array, density: Array) -> Array:
        """Return the log density inside the interval, minus infinity outside."""
        return xp.where((value >= self.low) & (value <= self.high), density, -np.inf)

    def kernel(self) -> dict[str, Array] | None:
        """Return the log density as a sum of terms: factors of log x, log(1 - x), x ("linear") and x^2 ("square").

        A family sees by these terms that a prior is conjugate. None: it is not of this form.
        """
        return None

    @property
    def rows(self) -> Array:
        """The number of imaginary rows that a conjugate prior is worth; None for a prior without one."""
        return None

    def fits(self, levels: int) -> bool:
        """Return True if a prior of several numbers is about this many of them."""
        return True

    def start(self) -> float | None:
        """Return a value at which the density is well above zero, for searches."""
        return None


def positive(value: Array, name: str, prior: str) -> Array:
    """Return a hyperparameter that is positive and finite, or raise an OptionError."""
    array = _numbers(value)
    if not (array.size and np.isfinite(array).all() and (array > 0).all()):
        raise OptionError(f"{prior}: {name} is {value}, but it has to be positive and finite")
    return value


def finite(value: Array, name: str, prior: str) -> Array:
    """Return a hyperparameter that is finite, or raise an OptionError."""
    if not np.isfinite(_numbers(value)).all():
        raise OptionError(f"{prior}: {name} is {value}, but it has to be finite")
    return value


def _numbers(value: Array) -> Array:
    """The value as floats; NaN if it is not a number."""
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return np.array([np.nan])
