"""Exact first and second derivatives of a formula, by carrying them along.

A `Jet` is a value with its gradient and Hessian in a few named coordinates. Every operation applies the chain rule

    f(u)' = f'(u) u'          f(u)'' = f'(u) u'' + f''(u) u' u'

so a log density that is written once, as a formula, yields its score and curvature to the last digits. NumPy and
scipy.special functions may be applied to a Jet directly (`numpy.log(jet)`); a function without a rule is a TypeError.
Derivatives that are zero are not stored: data carry none, a parameter carries only its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

from . import special, tails

Array = Any
K = TypeVar("K")  # of a coordinate, or of a pair of them
Rule = Callable[[Array], tuple[Array, Array]]


def _inverse_square(u: Array) -> tuple[Array, Array]:
    r = 1.0 / u
    return r, -r * r


def _tanh(u: Array) -> tuple[Array, Array]:
    t = np.tanh(u)
    return 1 - t * t, -2 * t * (1 - t * t)


def _expit(u: Array) -> tuple[Array, Array]:
    p = special.expit(u)
    q = special.expit(-u)
    return p * q, p * q * (q - p)


def _softplus(u: Array) -> tuple[Array, Array]:
    p = special.expit(u)
    return p, p * special.expit(-u)


def _normal_density(u: Array) -> Array:
    return np.exp(-0.5 * u * u) / np.sqrt(2 * np.pi)


def _ndtr(u: Array) -> tuple[Array, Array]:
    d = _normal_density(u)
    return d, -u * d


def _log1mexp(u: Array) -> tuple[Array, Array]:
    odds = np.exp(-u) / -np.expm1(-u)
    return odds, -odds * (1 + odds)


def _erf(u: Array) -> tuple[Array, Array]:
    d = 2 / np.sqrt(np.pi) * np.exp(-u * u)
    return d, -2 * u * d


def _ndtri(u: Array) -> tuple[Array, Array]:
    q = special.ndtri(u)
    d = 1 / _normal_density(q)
    return d, q * d * d


def _logit(u: Array) -> tuple[Array, Array]:
    v = 1 / (u * (1 - u))
    return v, (2 * u - 1) * v * v


def _arctan(u: Array) -> tuple[Array, Array]:
    d = 1 / (1 + u * u)
    return d, -2 * u * d * d


# function name -> (first derivative, second derivative); the value comes from the function of the same name
RULES: Mapping[str, Rule] = {
    "exp": lambda u: (np.exp(u), np.exp(u)),
    "expm1": lambda u: (np.exp(u), np.exp(u)),
    "log": _inverse_square,
    "log1p": lambda u: _inverse_square(1 + u),
    "log2": lambda u: tuple(d / np.log(2) for d in _inverse_square(u)),  # type: ignore[return-value]
    "log10": lambda u: tuple(d / np.log(10) for d in _inverse_square(u)),  # type: ignore[return-value]
    "sqrt": lambda u: (0.5 / np.sqrt(u), -0.25 / (u * np.sqrt(u))),
    "square": lambda u: (2 * u, 2.0),
    "reciprocal": lambda u: (-1 / (u * u), 2 / (u * u * u)),
    "absolute": lambda u: (np.sign(u), 0.0),
    "fabs": lambda u: (np.sign(u), 0.0),
    "sin": lambda u: (np.cos(u), -np.sin(u)),
    "cos": lambda u: (-np.sin(u), -np.cos(u)),
    "tan": lambda u: (1 + np.tan(u) ** 2, 2 * np.tan(u) * (1 + np.tan(u) ** 2)),
    "sinh": lambda u: (np.cosh(u), np.sinh(u)),
    "cosh": lambda u: (np.sinh(u), np.cosh(u)),
    "tanh": _tanh,
    "arctan": _arctan,
    "gammaln": lambda u: (special.digamma(u), special.trigamma(u)),
    "digamma": lambda u: (special.trigamma(u), special.tetragamma(u)),
    "psi": lambda u: (special.trigamma(u), special.tetragamma(u)),
    "gammaln_minus_stirling": lambda u: (
        special.gammaln_minus_stirling_1(u),
        special.gammaln_minus_stirling_2(u),
    ),
    "log_gamma_ratio": lambda u: (special.log_gamma_ratio_1(u), special.log_gamma_ratio_2(u)),
    "gamma_median": lambda u: (special.gamma_median_1(u), special.gamma_median_2(u)),
    "expit": _expit,
    "logit": _logit,
    "softplus": _softplus,
    "ndtr": _ndtr,
    "log_ndtr": lambda u: tails.log_ndtr_slopes(u)[1:],
    "log1mexp": _log1mexp,
    "log1mexpexp": lambda u: tails.log1mexpexp_slopes(u)[1:],
    "ndtri": _ndtri,
    "erf": _erf,
    "erfc": lambda u: tuple(-d for d in _erf(u)),  # type: ignore[return-value]
}

# functions of a constant and one differentiable argument: name -> (value, first derivative, second derivative)
PARTIAL: Mapping[str, Callable[[Array, Array], tuple[Array, Array, Array]]] = {
    "log_poisson_cdf": tails.log_poisson_cdf_slopes,
    "log_poisson_survival": tails.log_poisson_survival_slopes,
}


def _add(a: dict[K, Array], b: Mapping[K, Array], factor: Array = 1.0) -> None:
    for key, d in b.items():
        a[key] = a[key] + factor * d if key in a else factor * d


class Jet:
    """A value, its gradient {i: d} and its Hessian {(i, j): d} with i <= j."""

    __slots__ = ("gradient", "hessian", "order", "value")

    def __init__(
        self,
        value: Array,
        gradient: dict[int, Array] | None = None,
        hessian: dict[tuple[int, int], Array] | None = None,
        order: int = 2,
    ) -> None:
        self.value, self.order = value, order
        self.gradient = gradient or {}
        self.hessian = hessian or {}

    def chain(self, value: Array, first: Array, second: Array) -> Jet:
        """f(self), given the value and derivatives of f there."""
        gradient = {i: first * d for i, d in self.gradient.items()}
        hessian: dict[tuple[int, int], Array] = {}
        if self.order > 1:
            hessian = {key: first * d for key, d in self.hessian.items()}
            index = sorted(self.gradient)
            for a, i in enumerate(index):
                for j in index[a:]:
                    _add(hessian, {(i, j): second * self.gradient[i] * self.gradient[j]})
        return Jet(value, gradient, hessian, self.order)

    def apply(self, name: str, function: Callable[[Array], Array] | None = None) -> Jet:
        """The function of that name, by its rule."""
        if name not in RULES:
            raise TypeError(f"no derivative rule for {name!r}")
        known = getattr(special, name, None) or getattr(tails, name, None)
        value = (function or known or getattr(np, name))(self.value)
        first, second = RULES[name](self.value)
        return self.chain(value, first, second)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Array, **kwargs: Array) -> Array:
        if method != "__call__" or kwargs:
            return NotImplemented
        if len(inputs) == 1:
            if ufunc is np.negative:
                return -self
            if ufunc is np.positive:
                return self
            if ufunc in (np.isfinite, np.isnan, np.sign):
                return ufunc(self.value)
            return self.apply(ufunc.__name__, ufunc)
        operation = BINARY.get(ufunc.__name__)
        return NotImplemented if operation is None else operation(*inputs)

    def __array_function__(
        self, function: Callable[..., Array], types: object, args: tuple[Array, ...], kwargs: Mapping[str, Array]
    ) -> Array:
        """`numpy.where` among the functions that are not elementwise; others have no derivative here."""
        return where(*args, **kwargs) if function is np.where and len(args) == 3 else NotImplemented

    def __neg__(self) -> Jet:
        return self * -1.0

    def __add__(self, other: Array) -> Jet:
        gradient, hessian = dict(self.gradient), dict(self.hessian)
        if isinstance(other, Jet):
            _add(gradient, other.gradient)
            _add(hessian, other.hessian)
            return Jet(self.value + other.value, gradient, hessian, self.order)
        return Jet(self.value + other, gradient, hessian, self.order)

    __radd__ = __add__

    def __sub__(self, other: Array) -> Jet:
        return self + (-other)

    def __rsub__(self, other: Array) -> Jet:
        return -self + other

    def __mul__(self, other: Array) -> Jet:
        if not isinstance(other, Jet):
            return Jet(
                self.value * other,
                {i: d * other for i, d in self.gradient.items()},
                {key: d * other for key, d in self.hessian.items()},
                self.order,
            )
        u, v = self, other
        gradient = {i: d * v.value for i, d in u.gradient.items()}
        _add(gradient, v.gradient, u.value)
        hessian: dict[tuple[int, int], Array] = {}
        if self.order > 1:
            hessian = {key: d * v.value for key, d in u.hessian.items()}
            _add(hessian, v.hessian, u.value)
            for i, du in u.gradient.items():
                for j, dv in v.gradient.items():
                    _add(hessian, {(min(i, j), max(i, j)): du * dv * (2.0 if i == j else 1.0)})
        return Jet(u.value * v.value, gradient, hessian, self.order)

    __rmul__ = __mul__

    def __truediv__(self, other: Array) -> Jet:
        return self * (other.apply("reciprocal") if isinstance(other, Jet) else 1.0 / other)

    def __rtruediv__(self, other: Array) -> Jet:
        return self.apply("reciprocal") * other

    def __pow__(self, power: Array) -> Jet:
        if isinstance(power, Jet):
            return (power * self.apply("log")).apply("exp")
        value = self.value**power
        first = power * self.value ** (power - 1)
        second = power * (power - 1) * self.value ** (power - 2)
        return self.chain(value, first, second)

    def __rpow__(self, base: Array) -> Jet:
        return (self * np.log(base)).apply("exp")

    def __abs__(self) -> Jet:
        return self.apply("absolute")

    def __lt__(self, other: Array) -> Array:
        return self.value < value_of(other)

    def __le__(self, other: Array) -> Array:
        return self.value <= value_of(other)

    def __gt__(self, other: Array) -> Array:
        return self.value > value_of(other)

    def __ge__(self, other: Array) -> Array:
        return self.value >= value_of(other)

    __hash__ = None  # type: ignore[assignment]


def value_of(a: Array) -> Array:
    """The number without its derivatives."""
    return a.value if isinstance(a, Jet) else a


def linear(function: Callable[[Array], Array], a: Array) -> Array:
    """A linear function of a number or of a jet, whose derivatives it maps as it maps the value."""
    if not isinstance(a, Jet):
        return function(np.atleast_1d(a))
    gradient = {i: function(np.atleast_1d(d)) for i, d in a.gradient.items()}
    hessian = {key: function(np.atleast_1d(d)) for key, d in a.hessian.items()}
    return Jet(function(np.atleast_1d(a.value)), gradient, hessian, a.order)


def where(condition: Array, a: Array, b: Array) -> Array:
    """`numpy.where` for jets: derivatives come from the side that is taken."""
    jets = [x for x in (a, b) if isinstance(x, Jet)]
    if not jets:
        return np.where(condition, a, b)
    a, b = (x if isinstance(x, Jet) else Jet(x, order=jets[0].order) for x in (a, b))

    def pick(x: dict[K, Array], y: dict[K, Array]) -> dict[K, Array]:
        return {key: np.where(condition, x.get(key, 0.0), y.get(key, 0.0)) for key in {**x, **y}}

    return Jet(np.where(condition, a.value, b.value), pick(a.gradient, b.gradient), pick(a.hessian, b.hessian), a.order)


def maximum(a: Array, b: Array) -> Array:
    """The larger, with its derivatives; those of `a` where they are equal."""
    return where(value_of(a) >= value_of(b), a, b)


def minimum(a: Array, b: Array) -> Array:
    """The smaller, with its derivatives; those of `a` where they are equal."""
    return where(value_of(a) <= value_of(b), a, b)


def logaddexp(a: Array, b: Array) -> Array:
    """log(exp a + exp b), written so that neither overflows."""
    return maximum(a, b) + (-abs(a - b)).apply("softplus")


BINARY: Mapping[str, Callable[..., Array]] = {
    "add": lambda a, b: b + a if isinstance(b, Jet) else a + b,
    "subtract": lambda a, b: b.__rsub__(a) if not isinstance(a, Jet) else a - b,
    "multiply": lambda a, b: b * a if isinstance(b, Jet) else a * b,
    "divide": lambda a, b: b.__rtruediv__(a) if not isinstance(a, Jet) else a / b,
    "true_divide": lambda a, b: b.__rtruediv__(a) if not isinstance(a, Jet) else a / b,
    "power": lambda a, b: b.__rpow__(a) if not isinstance(a, Jet) else a**b,
    "float_power": lambda a, b: b.__rpow__(a) if not isinstance(a, Jet) else a**b,
    "maximum": maximum,
    "minimum": minimum,
    "logaddexp": logaddexp,
    "less": lambda a, b: value_of(a) < value_of(b),
    "less_equal": lambda a, b: value_of(a) <= value_of(b),
    "greater": lambda a, b: value_of(a) > value_of(b),
    "greater_equal": lambda a, b: value_of(a) >= value_of(b),
    "xlogy": lambda a, b: a * (b.apply("log") if isinstance(b, Jet) else np.log(b)),
    "betaln": lambda a, b: _gammaln(a) + _gammaln(b) - _gammaln(a + b),
}


def _gammaln(a: Array) -> Array:
    return a.apply("gammaln") if isinstance(a, Jet) else special.gammaln(a)


def variables(values: list[Array], order: int = 2) -> list[Jet]:
    """Each value as its own coordinate: what derivatives are taken in."""
    return [Jet(v, {i: np.ones_like(v, dtype=float)}, {}, order) for i, v in enumerate(values)]
