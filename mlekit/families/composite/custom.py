"""A family that the user writes: a log density and the sets of its parameters."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import DataError, OptionError
from ...numerics.arrays import NUMPY, Namespace
from ...numerics.derivatives import Derivatives, differences, differentiate
from ...numerics.sets import REAL, Interval, SetLike, parameter_set
from .._base import Array, Family, Formula, Params
from ._search import search

if TYPE_CHECKING:
    from ...data.labels import Foreign
    from ...data.observations import Observations
LARGEST = 1e6  # integral that is printed as a number


class Custom(Family):
    """A log density of the user's, in NumPy, with derivatives by the chain rule or, if that fails, by differences.

    `mlekit.custom` makes one.
    """

    name = "custom"
    origin = "caller"
    several_peaks = True

    def __init__(
        self,
        log_density: Callable[..., Array],
        params: Mapping[str, SetLike],
        start: Mapping[str, float] | None = None,
        support: Any = REAL,
    ) -> None:
        if not params:
            raise OptionError("custom: params is empty; name each parameter and its set, as in {'a': 'positive'}")
        _check_signature(log_density, params)
        self.function = Function(log_density)
        self.params = {name: parameter_set(s) for name, s in params.items()}
        self.given_start: dict[str, float] = dict(start or {})
        self.support: Interval = parameter_set(support)
        self._by_rule: bool | None = None  # None: not tried yet

    def log_density(self, xp: Namespace, y: Array, **params: Array) -> Array:
        return self._plain(y, params) if xp is NUMPY else self.function(y, **params)

    def evaluate(self, y: Array, z: list[Array], order: int) -> Derivatives:
        if order and self._by_rule is None:
            self._refuse_nan(y, z)
        return super().evaluate(y, z, order)

    def differentiated(self, formula: Formula, z: list[Array], order: int) -> Derivatives:
        if order and self._by_rule is None:
            self._by_rule = _agrees(formula, z)
        if order and self._by_rule:
            try:
                return differentiate(formula, z, order)
            except Exception:  # a branch that has no rule
                self._by_rule = False
        return differences(lambda free: formula(NUMPY, free), z, order)

    @property
    def by_differences(self) -> bool:
        return self._by_rule is False

    def start(self, summary: Any) -> dict[str, Array]:
        """The middle of each set, moved to the data's size where the set has no ends: the best of a few."""
        count = summary.layout.count
        if self.given_start:
            middles = {p: float(s.middle) for p, s in self.params.items() if isinstance(s, Interval)}
            return {p: np.full(count, float({**middles, **self.given_start}[p])) for p in self.params}
        return search(lambda y, **params: self._plain(y, params), self.params, summary)

    def other_starts(self, z: Array) -> list[Array]:
        """A step to either side along each coordinate: a user's likelihood may have several peaks."""
        rng = np.random.default_rng(0)
        return [z + rng.normal(size=z.shape) for _ in range(2)]

    def signature(self) -> tuple[Foreign, ...]:
        return (self.name, self.function.function)

    def doubts(self, observations: Observations, params: Params) -> str:
        """Say so if the densities do not integrate to one, nor the probabilities of integers sum to one."""
        from ._total import totals

        seen = observations.values
        seen = np.asarray(seen[np.isfinite(seen)], dtype=float)
        if not len(seen):
            return ""
        try:
            with np.errstate(all="ignore"):
                total = totals(lambda y: np.exp(self._plain(y, params)), self.support, seen)
        except (DataError, OptionError):  # code that takes the rows of the fit and no others
            return ""
        if total is None or total == 1:
            return ""
        at = ", ".join(f"{p} = {float(np.ravel(v)[0]):g}" for p, v in params.items())
        size = f"the integral {total:.3g}" if total < LARGEST else "no finite integral"
        return (
            f"custom: at {at} exp(log_density) has {size}, but a density integrates to 1: "
            "return the logarithm of the density, with all its constants"
        )

    def _refuse_nan(self, y: Array, z: list[Array]) -> None:
        params = self.to_params(NUMPY, z)
        if np.isnan(self._plain(y, params)).all():
            at = ", ".join(f"{p} = {float(np.ravel(v)[0]):g}" for p, v in params.items())
            raise OptionError(f"custom: log_density is nan in every row; in row 0, y = {y[0]:g} with {at}")

    def _plain(self, y: Array, params: Params) -> Array:
        """The user's function: of one fit with numbers or [n], of many at once or, if it cannot, one by one."""
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

    def _call(self, y: Array, params: Params, shape: tuple[int, ...]) -> Array:
        """The values of the user's function, as floats of this shape."""
        try:
            rows = np.asarray(self.function(y, **params))
            rows = rows if rows.dtype.kind == "c" else rows.astype(float, copy=False)
        except Exception as wrong:
            raise OptionError(f"custom: log_density failed: {type(wrong).__name__}: {wrong}") from wrong
        if rows.dtype.kind == "c":
            raise OptionError("custom: log_density gave complex numbers: return real ones, such as np.real(...)")
        if rows.shape != shape and rows.shape != (1, *shape):
            raise DataError(
                f"custom: log_density gave an array of shape {rows.shape} for {np.size(y)} rows: "
                "it has to give one value per row, not their sum"
            )
        return rows.reshape(shape)


class Function:
    """A function of the user's, the same object in every copy; pickle knows it by its name."""

    def __init__(self, function: Callable[..., Array]) -> None:
        self.function = function

    def __call__(self, *args: Array, **kwargs: Array) -> Array:
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


def _agrees(formula: Formula, z: list[Array]) -> bool:
    """Return True if the chain rule can be applied to the user's code, and leads to the value of the code."""
    plain = np.asarray(formula(NUMPY, z), dtype=float)
    try:
        value = np.asarray(differentiate(formula, z, 2)[0], dtype=float)
        return bool(np.allclose(value, plain, rtol=1e-12, atol=0, equal_nan=True))
    except Exception:  # the user's code may do anything with what is not an array
        return False


def _single(value: Array) -> Array:
    """A parameter of one fit: a number if it is the same for all rows, else [n]."""
    return float(np.ravel(value)[0]) if np.size(value) == 1 else np.reshape(value, -1)


def _check_signature(log_density: Foreign, params: Mapping[str, SetLike]) -> None:
    """Raise an OptionError if the function cannot be called as log_density(y, **params)."""
    from inspect import signature

    if not callable(log_density):
        raise OptionError(f"custom: log_density is {log_density!r}, but it has to be a function of y and parameters")
    try:
        signature(log_density).bind(None, **params)
    except TypeError as wrong:
        raise OptionError(f"custom: log_density cannot be called with y and {', '.join(params)}: {wrong}") from None
    except ValueError:  # a function of C has no signature
        return


def custom(
    log_density: Callable[..., Array],
    *,
    params: Mapping[str, SetLike],
    start: Mapping[str, float] | None = None,
    support: Any = "real",
) -> Custom:
    """Make a family of your own log density.

    Parameters
    ----------
    log_density : callable
        ``log_density(y, **params)`` returns the log density of each row, as an array, with all constants: a fit warns
        if the density does not integrate to 1 at the estimates, nor the probabilities of integers sum to 1. If it is
        made of NumPy and scipy.special functions, its derivatives are exact; otherwise they are differences.
    params : mapping of str to str or tuple
        The set of each parameter: ``"real"``, ``"positive"``, ``"unit"``, or an interval such as ``(0, 10)``. A formula
        models the first one.
    start : mapping of str to float, optional
        Starting values. By default they are searched among values that the data suggest.
    support : str or tuple, default "real"
        The set of an observation, in the same words.

    Returns
    -------
    Custom
        A value for ``family=``.

    Raises
    ------
    OptionError
        If there are no parameters, a set is unknown, or the function cannot be called with these names.

    Examples
    --------
    >>> import mlekit, numpy as np
    >>> family = mlekit.custom(lambda y, rate: np.log(rate) - rate * y, params={"rate": "positive"})
    >>> round(mlekit.fit([1.0, 2.0, 3.0], family=family)["rate"], 6)
    0.5
    """
    return Custom(log_density, params, start, support)
