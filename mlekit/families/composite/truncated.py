"""Truncated distributions: log f(y) - log P(lower <= Y <= upper)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import OptionError, in_row
from ...numerics.arrays import Namespace
from ...numerics.sets import Interval
from .. import get
from .._base import Array, Family, without_cdf
from .._support import CDF_ENDS, SURVIVAL_ENDS, over_support
from ._composite import Composite

if TYPE_CHECKING:
    from ...data.labels import Foreign


class Truncated(Composite):
    """A distribution given that its value lies in a window, bounds included.

    Rows outside the window do not exist: neither their values nor their number are known. `mlekit.truncated` makes one.
    """

    def __init__(self, inner: Family, lower: float = -np.inf, upper: float = np.inf) -> None:
        if not inner.has_cdf:
            raise OptionError(without_cdf(inner))
        super().__init__(inner)
        self.name = f"truncated {inner.name}"
        self.lower, self.upper = _bound(lower, "lower"), _bound(upper, "upper")
        self.support = inner.support.within(self.lower, self.upper)
        if self.support is None:
            raise OptionError(
                f"truncated: {inner.name} has fewer than two values between {self.lower:g} and {self.upper:g}: "
                f"its observations are {inner.support.words}"
            )
        discrete = self.support.discrete
        self._below = float(np.ceil(self.lower) - 1 if discrete else self.lower)  # the window is below < Y <= upper
        self._open = Interval(self.support.low - 1, self.support.high) if discrete else self.support

    def settings(self) -> dict[str, Foreign]:
        return {"lower": self.lower, "upper": self.upper}

    def log_density(self, xp: Namespace, y: Array, **params: Array) -> Array:
        value = self.inner.log_density(xp, y, **params) - self._log_window(xp, params)
        return xp.where((y >= self.lower) & (y <= self.upper), value, -np.inf)

    def log_cdf(self, xp: Namespace, y: Array, **params: Array) -> Array:
        def formula(y: Array) -> Array:
            return self.inner.log_between(xp, self._below, y, **params) - self._log_window(xp, params)

        return over_support(xp, y, self._open, formula, CDF_ENDS)

    def log_survival(self, xp: Namespace, y: Array, **params: Array) -> Array:
        def formula(y: Array) -> Array:
            return self.inner.log_between(xp, y, self.upper, **params) - self._log_window(xp, params)

        return over_support(xp, y, self._open, formula, SURVIVAL_ENDS)

    def _log_window(self, xp: Namespace, params: dict[str, Array]) -> Array:
        """The log probability of the window."""
        return self.inner.log_between(xp, self._below, self.upper, **params)

    def rescaled(self, origin: float, unit: float) -> Family:
        inner = self.inner.rescaled(origin, unit)
        new = Truncated(inner, (self.lower - origin) / unit, (self.upper - origin) / unit)
        new.given_links = self.given_links
        return new

    def check(self, y: Array) -> None:
        self.inner.check(y)
        outside = ~((y >= self.lower) & (y <= self.upper))
        if outside.any():
            row = int(np.argmax(outside))
            raise in_row(
                row,
                f" is {y[row]}, outside the window of {self!r}, where no row is ever observed: "
                "drop the row or correct the window",
            )

    def advice(self, code: str, where: str) -> str:
        return self.inner.advice(code, where) or (
            "inside the window the rows look like the far tail of a distribution, or like a uniform one, which fixes "
            "no centre and no spread: fix a parameter, give a prior, or take a family with fewer parameters"
        )

    def remarks(self) -> list[str]:
        return [
            *self.inner.remarks(),
            "Parameters and derived values describe the distribution without the window, fit.dist the one within it.",
        ]

    def __repr__(self) -> str:
        bounds = [f"{name}={value:g}" for name, value in self.settings().items() if np.isfinite(value)]
        return f"truncated({', '.join([repr(self.inner), *bounds])})"


def _bound(value: Any, name: str) -> float:
    """A bound as a float, or an OptionError."""
    if isinstance(value, (int, float, np.number)) and not np.isnan(value):
        return float(value)
    raise OptionError(f"truncated: {name} is {value!r}, but it has to be a number (leave it out for an open side)")


def truncated(family: Foreign, lower: float = -np.inf, upper: float = np.inf) -> Truncated:
    """Truncate a distribution to a window: rows outside of it are never observed, nor is their number.

    The log density is log f(y) - log P(lower <= Y <= upper). Parameters and derived parameters keep the meaning they
    have without the window: ``fit["mean"]`` is the mean of the whole distribution, ``fit.dist.mean()`` and
    ``fit.predict()`` are the mean in the window. Windows that differ between rows are data, not a family:
    ``mlekit.windowed``.

    Parameters
    ----------
    family : str, Family or scipy.stats distribution
        The distribution to truncate; it needs formulas of its distribution function.
    lower, upper : float, optional
        The bounds of the window, which belong to it. By default a side is open.

    Returns
    -------
    Truncated
        A value for ``family=``.

    Raises
    ------
    OptionError
        If the window holds fewer than two values of the distribution, or the family has no distribution function.

    Examples
    --------
    >>> import mlekit
    >>> fit = mlekit.fit([1, 2, 1, 1, 3, 2], family=mlekit.truncated("poisson", lower=1))
    >>> round(fit["rate"], 6), round(float(fit.dist.mean()), 6)  # the mean in the window is that of the rows
    (1.126261, 1.666667)
    """
    return Truncated(get(family), lower, upper)
