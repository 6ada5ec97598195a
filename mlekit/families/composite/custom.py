"""A law that the user writes: a log density and the sets of its parameters."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from types import FunctionType
from typing import Any

import numpy as np

from ...errors import DataError, OptionError
from ...numerics.arrays import NUMPY
from ...numerics.derivatives import differences
from ...numerics.sets import REAL, Interval, parameter_set
from .._base import Array, Family, differentiate
from ._search import middle, search


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
        self.function = Function(log_density)
        self.params = {name: parameter_set(s) for name, s in params.items()}
        self.given_start = dict(start or {})
        self.support: Interval = parameter_set(support)
        self._by_rule: bool | None = None

    @property
    def by_differences(self) -> bool:
        return self._by_rule is False

    def log_density(self, xp: Any, y: Array, **params: Array) -> Array:
        return self._plain(y, params) if xp is NUMPY else self.function(y, **params)

    def start(self, summary: Any) -> dict[str, Array]:
        """The middle of each set, moved to the data's size where the set has no ends: the best of a few."""
        count = summary.layout.count
        if self.given_start:
            return {p: np.full(count, float(self.given_start.get(p, middle(s)))) for p, s in self.params.items()}
        return search(lambda y, **params: self._plain(y, params), self.params, summary)

    def other_starts(self, z: Array) -> list[Array]:
        """A step to either side along each coordinate: a user's law may have several peaks."""
        rng = np.random.default_rng(0)
        return [z + rng.normal(size=z.shape) for _ in range(2)]

    several_peaks = True

    def evaluate(self, y: Array, z: list[Array], order: int) -> tuple[Array, list[Array], list[list[Array]]]:
        if order and self._by_rule is None:
            self._by_rule = self._try(y, z)
        if order and self._by_rule:
            try:
                return differentiate(lambda xp, free: self.function(y, **self.to_params(xp, free)), z, order)
            except Exception:  # a branch that has no rule
                self._by_rule = False
        return differences(lambda free: self._plain(y, self.to_params(NUMPY, free)), z, order)

    def differentiated(
        self, formula: Callable[[Any, list[Array]], Array], z: list[Array], order: int
    ) -> tuple[Array, list[Array], list[list[Array]]]:
        if order and self._by_rule is not False:
            with suppress(Exception):  # the user's code may have no rule here
                return differentiate(formula, z, order)
        return differences(lambda free: formula(NUMPY, free), z, order)

    def _try(self, y: Array, z: list[Array]) -> bool:
        """Whether the chain rule can be carried through the user's code, with the value it gives plainly."""
        natural = self.to_params(NUMPY, z)
        plain = self._plain(y, natural)
        if np.isnan(plain).all():
            said = ", ".join(f"{p} = {float(np.ravel(v)[0]):g}" for p, v in natural.items())
            raise OptionError(f"custom: log_density is nan in every row; in row 0, y = {y[0]:g} with {said}")
        try:
            value = differentiate(lambda xp, free: self.function(y, **self.to_params(xp, free)), z, 2)[0]
            return bool(np.allclose(np.asarray(value, dtype=float), plain, rtol=1e-12, atol=0, equal_nan=True))
        except Exception:  # the user's code may do anything with what is not an array
            return False

    def _plain(self, y: Array, params: Mapping[str, Any]) -> Array:
        """The user's function: of one fit with numbers or [n], of many at once or, where it cannot, one by one."""
        shape = np.broadcast_shapes(np.shape(y), *(np.shape(v) for v in params.values()))
        if len(shape) < 2 or shape[0] == 1:
            return self._call(y, {p: _single(v) for p, v in params.items()}, shape[-1:]).reshape(shape)
        try:
            return self._call(y, params, shape)
        except (DataError, OptionError):
            if np.ndim(y) > 1:
                raise
        count = shape[0]
        each = {p: np.broadcast_to(v, (count, *np.shape(v)[-1:])) for p, v in params.items()}
        return np.stack([self._call(y, {p: _single(v[g]) for p, v in each.items()}, shape[1:]) for g in range(count)])

    def _call(self, y: Array, params: Mapping[str, Any], shape: tuple[int, ...]) -> Array:
        """What the user's function gives, as floats of this shape."""
        try:
            rows = np.asarray(self.function(y, **params), dtype=float)
        except Exception as wrong:
            raise OptionError(f"custom: log_density failed: {type(wrong).__name__}: {wrong}") from wrong
        if rows.shape != shape and rows.shape != (1, *shape):
            raise DataError(
                f"custom: log_density gave an array of shape {rows.shape} for {np.size(y)} rows: "
                "it has to give one value a row, not their sum"
            )
        return rows.reshape(shape)


def _single(value: Array) -> Array:
    """A parameter of one fit: a number where it is the same for all rows, else [n]."""
    return float(np.ravel(value)[0]) if np.size(value) == 1 else np.reshape(value, -1)


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


class Function:
    """A function of the user's, which copies share and files of pickle know by its name."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def __deepcopy__(self, memo: Any) -> Function:
        return self

    def __reduce__(self) -> Any:
        inner = self.function
        while isinstance(inner, partial):
            inner = inner.func
        if isinstance(inner, FunctionType) and not _found_by_name(inner):
            raise OptionError(
                f"custom: {inner.__qualname__} of {inner.__module__} cannot be pickled, because pickle finds functions "
                "by their names: write def log_density at the top level of a module, not as a lambda or inside "
                "another function"
            )
        return Function, (self.function,)


def _found_by_name(function: FunctionType) -> bool:
    """Return True if the module of a function has it under its own name."""
    found: Any = sys.modules.get(function.__module__)
    for name in function.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is function


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
