"""A law that the user writes: a log density and the sets of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...errors import DataError, OptionError
from ...numerics.derivatives import differences
from ...numerics.supports import REAL, Interval, parameter_set
from ..base import Array, Family, differentiate
from .search import middle, search


class Custom(Family):
    """`log_density(y, **params)`, written in NumPy; derivatives by the chain rule, by differences where that fails."""

    name = "custom"
    origin = "caller"

    def __init__(
        self,
        log_density: Callable[..., Any],
        params: Mapping[str, Any],
        start: Mapping[str, float] | None = None,
        support: Any = REAL,
    ) -> None:
        if not params:
            raise OptionError("custom: params is empty; name each parameter and its set, as in {'a': 'positive'}")
        _takes(log_density, params)
        self.formula = log_density
        self.params = {name: parameter_set(s) for name, s in params.items()}
        self.given_start = dict(start or {})
        self.support: Interval = parameter_set(support)
        self._by_rule: bool | None = None

    def log_density(self, xp: Any, y: Array, **params: Array) -> Array:
        return self.formula(y, **params)

    def start(self, summary: Any) -> dict[str, Array]:
        """The middle of each set, moved to the data's size where the set has no ends: the best of a few."""
        count = summary.layout.count
        if self.given_start:
            return {p: np.full(count, float(self.given_start.get(p, middle(s)))) for p, s in self.params.items()}
        return search(self.formula, self.params, summary)

    def other_starts(self, z: Array) -> list[Array]:
        """A step to either side along each coordinate: a user's law may have several peaks."""
        rng = np.random.default_rng(0)
        return [z + rng.normal(size=z.shape) for _ in range(2)]

    several_peaks = True

    def evaluate(self, y: Array, z: list[Array], order: int) -> tuple[Array, list[Array], list[list[Array]]]:
        if self._by_rule is None:
            self._by_rule = self._try(y, z)
        if self._by_rule:
            return differentiate(lambda xp, free: self.formula(y, **self.natural(xp, free)), z, order)
        from ...numerics.arrays import NUMPY

        def plain(free: list[Array]) -> Array:
            return np.asarray(self.formula(y, **self.natural(NUMPY, free)), dtype=float)

        return differences(plain, z, order)

    def _try(self, y: Array, z: list[Array]) -> bool:
        """Whether the chain rule can be carried through the user's code, with the value it gives plainly."""
        from ...numerics.arrays import NUMPY

        plain = np.asarray(self.formula(y, **self.natural(NUMPY, z)), dtype=float)
        if plain.shape != np.broadcast_shapes(np.shape(y), *(np.shape(v) for v in z)):
            raise DataError(
                f"custom: log_density gave an array of shape {plain.shape} for {len(y)} rows: "
                "it has to give one value a row, not their sum"
            )
        try:
            value = differentiate(lambda xp, free: self.formula(y, **self.natural(xp, free)), z, 2)[0]
            return bool(np.allclose(np.asarray(value, dtype=float), plain, rtol=1e-12, atol=0, equal_nan=True))
        except Exception:  # the user's code may do anything with what is not an array
            return False


def _takes(log_density: Any, params: Mapping[str, Any]) -> None:
    """An OptionError where the function cannot be called as log_density(y, **params)."""
    from inspect import signature

    if not callable(log_density):
        raise OptionError(f"custom: log_density is {log_density!r}, but it has to be a function of y and parameters")
    try:
        signature(log_density).bind(None, **params)
    except TypeError as wrong:
        raise OptionError(f"custom: log_density cannot be called with y and {', '.join(params)}: {wrong}") from None
    except ValueError:  # a function of C, which does not tell
        return


def custom(
    log_density: Callable[..., Any],
    *,
    params: Mapping[str, Any],
    start: Mapping[str, float] | None = None,
    support: Any = "real",
) -> Custom:
    """A law of your own: its log density row by row, and the set of each parameter.

    >>> import mlekit, numpy as np
    >>> law = mlekit.custom(lambda y, rate: np.log(rate) - rate * y, params={"rate": "positive"})
    >>> round(mlekit.fit([1.0, 2.0, 3.0], family=law)["rate"], 6)
    0.5
    """
    return Custom(log_density, params, start, support)
