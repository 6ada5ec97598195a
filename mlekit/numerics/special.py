"""Special functions of NumPy arrays, elementwise, without scipy where a sum will do.

Everything about the gamma function rests on one formula of Euler and Maclaurin. With b_k = B_2k / (2k (2k - 1)),

    log G(x) = (x - 1/2) log x - x + log(2 pi)/2 + r(x),      r(x) = sum_k b_k / x^(2k-1)     for large x,

and for small x the trapezoid rule over x, x + 1, ... x + 9 leads to where the series is right to the last digit:

    r'(x) = r'(x + 9) + log((x + 9)/x) - T[1/x],        T[f] = f(x)/2 + f(x + 1) + ... + f(x + 8) + f(x + 9)/2.

Arguments below zero, where the gamma function is of no use to a likelihood, give nan. Nothing warns, and large arrays
are worked through in blocks that stay in the cache.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

Array = Any
Kernel = Callable[[Array], Array]
Piece = Callable[[Array, Callable[[Array], Array]], Array]  # of x and a log, so that it takes arrays and floats alike

BLOCK = 8192
CUT = 9
HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)
TINY = 2.0**-1022  # keeps the log of zero finite beside a 1/x that is not
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)

# log G(z) / ((z - 1) (z - 2)) on 1 <= z <= 9 as a ratio of polynomials; tests/references/make_special.py finds it
TOP = (
    0.00011135714358972339, 0.02448276791864499, 1.1695069755236036, 19.402874736300397, 133.0883419991463,
    403.11158417385485, 538.7318325652772, 297.2267736804118, 57.55422297169335, 2.4789056336110966,
)  # fmt: skip
BOTTOM = (
    1.8250996415241264e-05, 0.006244889884686568, 0.42119423297108755, 9.707250243932462, 93.71049666552157,
    413.3466405019855, 852.6555238265317, 798.2642919437859, 307.9359033845815, 39.842959307669716, 1.0,
)  # fmt: skip


# ---- how a formula is applied ---------------------------------------------------------------------------------------


def _blocks(x: Array, kernel: Kernel) -> Array:
    """kernel(x), block by block."""
    x = np.asarray(x, dtype=float)
    with np.errstate(all="ignore"):
        if x.size <= BLOCK:
            return kernel(x.reshape(-1)).reshape(x.shape)[()]
        flat, out = x.reshape(-1), np.empty(x.size)
        for i in range(0, x.size, BLOCK):
            out[i : i + BLOCK] = kernel(flat[i : i + BLOCK])
    return out.reshape(x.shape)


def _apply(x: Array, one: Callable[[float], float], many: Kernel) -> Array:
    """`many` over arrays; a single number is worked out without arrays, ten times faster."""
    x = np.asarray(x, dtype=float)
    if x.size == 1 and 1e-300 <= (number := x.item()) < math.inf:
        return np.float64(one(number)) if x.ndim == 0 else np.full(x.shape, one(number))
    return _blocks(x, many)


def _telescoped(x: Array, shift: Piece, above: Piece) -> Array:
    """`above` where x >= 9, and where x < 9 the same at x + 9, with `shift` for the way back."""

    def one(x: float) -> float:
        return above(x, math.log) if x >= CUT else above(x + CUT, math.log) + shift(x, math.log)

    def many(x: Array) -> Array:
        small = x < CUT
        if not small.any():
            return above(x, np.log)
        x = np.where(x < 0, np.nan, x + 0.0)  # minus zero is zero
        if small.all():
            return above(x + CUT, np.log) + shift(x, np.log)
        return above(x + CUT * small, np.log) + np.where(small, shift(np.minimum(x, CUT), np.log), 0.0)

    return _apply(x, one, many)


def _polynomial(coefficients: Sequence[float], w: Array) -> Array:
    """Horner's rule, the highest power first."""
    value = coefficients[0] * w + coefficients[1]
    for c in coefficients[2:]:
        value *= w
        value += c
    return value


# ---- series for large arguments -------------------------------------------------------------------------------------


def _derivatives(b: Sequence[float]) -> list[tuple[float, ...]]:
    """The coefficients of sum_k b_k / x^(2k-1) and of its first three derivatives, the highest power first."""
    out = [list(b)]
    for order in range(3):
        out.append([-(2 * k + 1 + order) * c for k, c in enumerate(out[-1])])
    return [tuple(reversed(c)) for c in out]


_B = [c / ((2 * k + 2) * (2 * k + 1)) for k, c in enumerate(BERNOULLI)]
STIRLING = _derivatives(_B)
RATIO = _derivatives([2 * (0.25 ** (k + 1) - 1) * b for k, b in enumerate(_B)])


def _series(coefficients: Sequence[tuple[float, ...]], order: int, x: Array) -> Array:
    """The derivative of that order of sum_k b_k / x^(2k-1)."""
    r = 1 / x
    value = _polynomial(coefficients[order], r * r)
    for _ in range(order + 1):
        value *= r
    return value


# ---- sums for small arguments ---------------------------------------------------------------------------------------

# p = x + i and q = x + 9 - i together: p q = x (x + 9) + i (9 - i) and (p - q)^2 = (9 - 2 i)^2
PAIRS = tuple((i * (9 - i), (9 - 2 * i) ** 2) for i in range(1, 5))


def _steps(x: Array, pair: Callable[[Array, int], Array]) -> Array:
    """f(x + 1) + ... + f(x + 8), where `pair` gives f(p) + f(q) from 1/(p q) and (p - q)^2."""
    t, total = x * (x + 9), 0.0
    for product, square in PAIRS:
        total = total + pair(1 / (t + product), square)
    return total


def _reciprocals(x: Array) -> Array:
    return (2 * x + 9) * _steps(x, lambda u, square: u)


def _squares(x: Array) -> Array:
    return _steps(x, lambda u, square: u * (2 + square * u))


def _cubes(x: Array) -> Array:
    return (2 * x + 9) * _steps(x, lambda u, square: u * u * (1 + square * u))


def _logs(x: Array, log: Kernel) -> Array:
    """The sum of log((x + i)/(x + 9)) over i = 1 .. 8."""
    ratio, r, product = x / (x + 9), 1 / (x + 9), 1.0
    for distance, _ in PAIRS:
        product = product * (ratio + distance * r * r)
    return log(product)


# ---- the gamma function ---------------------------------------------------------------------------------------------


def gammaln(x: Array) -> Array:
    """log G(x), with all its digits near its roots 1 and 2 as well.

    >>> float(gammaln(2.0)), round(float(gammaln(0.5)), 6)
    (0.0, 0.572365)
    """

    def below(x: Array, log: Kernel) -> Array:
        z = x + (x < 1)  # log G(x) = log G(x + 1) - log x; (z - 1) (z - 2) is taken from x itself, which is exact
        roots = (x - 1) * (x - 2 * (x >= 1))
        return roots * (_polynomial(TOP, z) / _polynomial(BOTTOM, z)) - log(x) * (x < 1) + 0.0

    def above(x: Array, log: Kernel) -> Array:
        return (x - 0.5) * (log(x) - 1) + (HALF_LOG_2PI - 0.5) + _series(STIRLING, 0, x)

    def many(x: Array) -> Array:
        small = x < CUT
        if not small.any():
            return above(x, np.log)
        x = np.where(x < 0, np.nan, x + 0.0)
        if small.all():
            return below(x, np.log)
        return np.where(small, below(np.minimum(x, CUT), np.log), above(np.maximum(x, CUT), np.log))

    return _apply(x, lambda x: (below if x < CUT else above)(x, math.log), many)


def digamma(x: Array) -> Array:
    """The derivative of log G: log x - 1/(2x) + r'(x).

    >>> round(float(digamma(1.0)), 6)
    -0.577216
    """
    return _telescoped(
        x,
        lambda x, log: -1 / x - _reciprocals(x),
        lambda x, log: log(x) - 0.5 / x + _series(STIRLING, 1, x),
    )


def trigamma(x: Array) -> Array:
    """The second derivative of log G: 1/x + 1/(2x^2) + r''(x).

    >>> round(float(trigamma(1.0)), 6)
    1.644934
    """
    return _telescoped(
        x,
        lambda x, log: 1 / x / x + _squares(x),
        lambda x, log: (0.5 / x + 1) / x + _series(STIRLING, 2, x),
    )


def tetragamma(x: Array) -> Array:
    """The third derivative of log G: -1/x^2 - 1/x^3 + r'''(x)."""
    return _telescoped(
        x,
        lambda x, log: -2 * (1 / x / x / x + _cubes(x)),
        lambda x, log: -(1 / x + 1) / x / x + _series(STIRLING, 3, x),
    )


def gammaln_minus_stirling(x: Array) -> Array:
    """r(x) = log G(x) - (x - 1/2) log x + x - log(2 pi)/2, where a huge x would cancel.

    >>> float(gammaln_minus_stirling(1e8)) * 12e8
    1.0
    """
    return _telescoped(
        x,
        lambda x, log: (x + 0.5) * log((x + 9) / x) - 9 - _logs(x, log),
        lambda x, log: _series(STIRLING, 0, x),
    )


def gammaln_minus_stirling_1(x: Array) -> Array:
    """r'(x) = digamma(x) - log x + 1/(2x)."""
    return _telescoped(
        x,
        lambda x, log: -log(x / (x + 9) + TINY) - 0.5 / x - 0.5 / (x + 9) - _reciprocals(x),
        lambda x, log: _series(STIRLING, 1, x),
    )


def gammaln_minus_stirling_2(x: Array) -> Array:
    """r''(x) = trigamma(x) - 1/x - 1/(2x^2)."""
    return _telescoped(
        x,
        lambda x, log: (0.5 / x - 9 / (x + 9)) / x + 0.5 / (x + 9) / (x + 9) + _squares(x),
        lambda x, log: _series(STIRLING, 2, x),
    )


def digamma_minus_log(x: Array) -> Array:
    """digamma(x) - log x = r'(x) - 1/(2x): for the shape k of a gamma distribution it is mean(log y) - log(mean y)."""
    return _telescoped(
        x,
        lambda x, log: -log(x / (x + 9) + TINY) - 1 / x - _reciprocals(x),
        lambda x, log: _series(STIRLING, 1, x) - 0.5 / x,
    )


def _digamma_minus_log(x: Array, log: Kernel) -> tuple[Array, Array]:
    """digamma(x) - log x and, as a step of Newton's needs it, to ten digits, its derivative trigamma(x) - 1/x."""
    small = x < CUT
    r = 1 / (x + CUT * small)
    w = r * r
    value = _polynomial(STIRLING[1], w) * w - 0.5 * r
    slope = (_polynomial(STIRLING[2][-5:], w) * r + 0.5) * w
    t, once, twice = x * (x + CUT), 0.0, 0.0
    for product, square in PAIRS:
        u = 1 / (t + product)
        once, twice = once + u, twice + u * (2 + square * u)
    value = value + small * (log((x + CUT) / x) - 1 / x - (2 * x + CUT) * once)
    return value, slope + small * (1 / x / x + twice - CUT / t)


def gamma_shape(s: Array) -> Array:
    """The root k of log k - digamma(k) = s, for s > 0: Newton's method in 1 / k, from a start within 1.5% of it.

    >>> round(float(gamma_shape(0.5772156649015329)), 12)
    1.0
    """

    def solved(s: Array, log: Kernel, root: Kernel) -> Array:
        k = (3 - s + root((s - 3) * (s - 3) + 24 * s)) / (12 * s)
        for _ in range(3):
            value, slope = _digamma_minus_log(k, log)
            k = 1 / (1 / k + (value + s) / (k * k * slope))
        return k

    return _apply(s, lambda s: solved(s, math.log, math.sqrt), lambda s: solved(s, np.log, np.sqrt))


# ---- two gamma functions half a step apart --------------------------------------------------------------------------


def _half_steps(a: Array) -> Iterator[tuple[Array, Array]]:
    """q = (a + i)(a + i + 1) and m = a + i + 1/2, for i < 9."""
    return (((a + i) * (a + i + 1), a + i + 0.5) for i in range(CUT))


def _of_half(v: Array, order: int, shift: Piece) -> Array:
    """The derivative of that order of f(v/2), from that of f by its shift."""
    with np.errstate(all="ignore"):
        half = 0.5 * np.asarray(v, dtype=float)
        return 0.5**order * _telescoped(half, shift, lambda a, log: _series(RATIO, order, a))


def log_gamma_ratio(v: Array) -> Array:
    """log G((v + 1)/2) - log G(v/2) - log(v/2)/2, the constant of a Student t.

    With a = v/2 it is f(a) = f(a + 1) - log(1 + 1/(4 a (a + 1)))/2: terms of one sign, nothing cancels.

    >>> float(log_gamma_ratio(1e12)) * -4e12
    1.0
    """

    def shift(a: Array, log: Kernel) -> Array:
        product = 1.0
        for q, _ in _half_steps(a):
            product = product * (1 + 0.25 / q)
        return -0.5 * log(product)

    return _of_half(v, 0, shift)


def log_gamma_ratio_1(v: Array) -> Array:
    """The derivative of log_gamma_ratio: f'(a) = f'(a + 1) + 1/(4 q m), q = a (a + 1), m = a + 1/2."""

    def shift(a: Array, log: Kernel) -> Array:
        return sum(0.25 / (q * m) for q, m in _half_steps(a))

    return _of_half(v, 1, shift)


def log_gamma_ratio_2(v: Array) -> Array:
    """The second derivative of log_gamma_ratio: f''(a) = f''(a + 1) - (3 q + 1/2)/(2 q m)^2."""

    def shift(a: Array, log: Kernel) -> Array:
        return -sum((3 * q + 0.5) * u * u for q, m in _half_steps(a) for u in (0.5 / (q * m),))

    return _of_half(v, 2, shift)


# ---- counting -------------------------------------------------------------------------------------------------------


def betaln(a: Array, b: Array) -> Array:
    """log B(a, b) = log G(a) + log G(b) - log G(a + b), where a huge b would cancel; B(1, b) = 1/b exactly.

    >>> round(float(betaln(8, 4)), 6)  # the area under p^7 (1 - p)^3 is 1/1320
    -7.185387
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    a, b = np.minimum(a, b), np.maximum(a, b)
    r = gammaln_minus_stirling
    with np.errstate(all="ignore"):
        powers = a * np.log1p(b / a) + (b - 0.5) * np.log1p(a / b) + 0.5 * np.log(a)
        value = HALF_LOG_2PI - powers + (r(b) - r(a + b)) + r(a)
        value = np.where(a == 1, -np.log(b), np.where(b == 1, -np.log(a), value))
    return np.where((a == 0) & (b >= 0), np.inf, value + 0.0)[()]


def log_factorial(n: Array) -> Array:
    """log n!"""
    return gammaln(np.asarray(n, dtype=float) + 1)


def log_choose(n: Array, k: Array) -> Array:
    """The log of the binomial coefficient; minus infinity where k is not between 0 and n.

    >>> round(float(log_choose(20, 14)), 3)
    10.565
    """
    n, k = np.asarray(n, dtype=float), np.asarray(k, dtype=float)
    inside = (k >= 0) & (k <= n)
    k = np.where(inside | np.isnan(n) | np.isnan(k), k, 0.0)
    with np.errstate(all="ignore"):
        value = -np.log(n + 1) - betaln(n - k + 1, k + 1)
    return np.where(inside | np.isnan(n) | np.isnan(k), value + 0.0, -np.inf)[()]


# ---- logs of sums of exponentials -----------------------------------------------------------------------------------


def expit(x: Array) -> Array:
    """1 / (1 + exp(-x)), with every digit of a small one.

    >>> float(expit(0.0)), float(expit(-745.0)) > 0
    (0.5, True)
    """

    def kernel(x: Array) -> Array:
        e = np.exp(-np.abs(x))
        return np.where(x < 0, e, 1.0) / (1 + e)

    return _blocks(x, kernel)


def logit(p: Array) -> Array:
    """log(p / (1 - p)), with every digit near a half.

    >>> round(float(logit(0.7)), 6)
    0.847298
    """
    return _blocks(p, lambda p: np.where(np.abs(p - 0.5) < 0.25, np.log1p((2 * p - 1) / (1 - p)), np.log(p / (1 - p))))


def softplus(x: Array) -> Array:
    """log(1 + exp x)."""
    return _blocks(x, lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))


def log1mexp(x: Array) -> Array:
    """log(1 - exp(-x)) for x >= 0."""
    return _blocks(x, lambda x: np.where(x < math.log(2), np.log(-np.expm1(-x)), np.log1p(-np.exp(-x))))


def _top_and_rest(a: Array, axis: int) -> tuple[Array, Array]:
    """m = max(a), and log sum exp(a - m) from all but the greatest, so that what is next to nothing is not lost."""
    a = np.asarray(a, dtype=float)
    top = a.max(axis=axis, keepdims=True)
    with np.errstate(all="ignore"):
        e = np.exp(a - np.where(np.isfinite(top), top, 0.0))
        np.put_along_axis(e, a.argmax(axis=axis, keepdims=True), 0.0, axis=axis)
        return top, np.log1p(e.sum(axis=axis, keepdims=True))


def logsumexp(a: Array, axis: int = -1) -> Array:
    """log sum exp(a) along an axis.

    >>> round(float(logsumexp([-1000.0, -1000.0])), 6)
    -999.306853
    """
    top, rest = _top_and_rest(a, axis)
    return (top + rest).squeeze(axis)[()]


def log_softmax(a: Array, axis: int = -1) -> Array:
    """The log probabilities a - log sum exp(a) along an axis, of which none is rounded to minus infinity."""
    top, rest = _top_and_rest(a, axis)
    with np.errstate(invalid="ignore"):
        return np.asarray(a, dtype=float) - top - rest


def xlogy(x: Array, y: Array) -> Array:
    """x log y, with 0 log 0 = 0: a probability of zero costs nothing if it was never needed."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    with np.errstate(all="ignore"):
        return np.where((x == 0) & ~np.isnan(y), 0.0, x * np.log(y))[()]


def xlog1py(x: Array, y: Array) -> Array:
    """x log(1 + y), with 0 log 0 = 0."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    with np.errstate(all="ignore"):
        return np.where((x == 0) & ~np.isnan(y), 0.0, x * np.log1p(y))[()]


# ---- the normal distribution: scipy's, imported on first use --------------------------------------------------------


@cache
def _scipy(name: str) -> Callable[[Array], Array]:
    from scipy import special

    return getattr(special, name)


def erf(x: Array) -> Array:
    """The error function."""
    return _scipy("erf")(np.asarray(x, dtype=float))


def ndtr(x: Array) -> Array:
    """The standard normal distribution function."""
    return _scipy("ndtr")(np.asarray(x, dtype=float))


def log_ndtr(x: Array) -> Array:
    """Its logarithm, also where the probability itself would be zero."""
    return _scipy("log_ndtr")(np.asarray(x, dtype=float))


def ndtri(p: Array) -> Array:
    """The standard normal quantile function."""
    return _scipy("ndtri")(np.asarray(p, dtype=float))


def gamma_median(k: Array) -> Array:
    """The median of a gamma distribution of shape k and scale 1."""
    from scipy.special import gammaincinv

    return gammaincinv(np.asarray(k, dtype=float), 0.5)


def gamma_median_1(k: Array) -> Array:
    """Its derivative in k, by differences of fourth order."""
    k = np.asarray(k, dtype=float)
    h = 1e-3 * k
    at = {i: gamma_median(k + i * h) for i in (-2, -1, 1, 2)}
    return (8 * (at[1] - at[-1]) - (at[2] - at[-2])) / (12 * h)


def gamma_median_2(k: Array) -> Array:
    """Its second derivative, likewise."""
    k = np.asarray(k, dtype=float)
    h = 3e-3 * k
    at = {i: gamma_median(k + i * h) for i in (-2, -1, 0, 1, 2)}
    return (16 * (at[1] + at[-1]) - (at[2] + at[-2]) - 30 * at[0]) / (12 * h * h)
