"""The nine distributions at any precision, each written once from a textbook: density, tails, moments.

A distribution's parameters have the names, order and units of mlekit; ``log_density(y, *theta)`` has every constant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from mpmath import mp, mpf

mp.dps = 100

loggamma = lru_cache(maxsize=100_000)(mp.loggamma)


@dataclass(frozen=True)
class Distribution:
    """A distribution of one observation: the sets of its parameters and the formulas."""

    sets: Mapping[str, str]  # name -> real, positive, unit
    log_density: Callable[..., Any]  # (y, *theta)
    cdf: Callable[..., Any]
    survival: Callable[..., Any]
    mean: Callable[..., Any]  # (*theta), nan where it does not exist
    variance: Callable[..., Any]
    derived: Mapping[str, Callable[..., Any]] = field(default_factory=dict[str, Any])

    @property
    def names(self) -> list[str]:
        return list(self.sets)


def xlogy(x: Any, y: Any) -> Any:
    """x log y, and 0 where x is 0."""
    return mpf(0) if x == 0 else x * mp.log(y) if y > 0 else -mp.inf


def xlog1my(x: Any, y: Any) -> Any:
    """x log(1 - y), and 0 where x is 0; y may be 1e-300."""
    return mpf(0) if x == 0 else x * mp.log1p(-y) if y < 1 else -mp.inf


def solve(f: Callable[[Any], Any], low: Any, high: Any) -> Any:
    """The root of a monotone f between low and high: bisection, then secants at full precision."""
    low, high = mpf(low), mpf(high)
    f_low = f(low)
    with mp.workdps(25):
        while abs(high - low) > mpf("1e-9") * max(abs(low), abs(high)):
            middle = (low + high) / 2
            if (f(middle) > 0) == (f_low > 0):
                low = middle
            else:
                high = middle
    return mp.findroot(f, (low, high), solver="secant", tol=mpf(10) ** (-2 * mp.dps + 40))


def gamma_cdf(x: Any, shape: Any) -> Any:
    """P(shape, x) = x^a e^-x / Gamma(a + 1) (1 + x / (a + 1) + x^2 / ((a + 1)(a + 2)) + ...): no term is negative."""
    if x <= 0:
        return mpf(0)
    term = whole = mpf(1)
    k = 0
    while term > mp.eps * whole:
        k += 1
        term *= x / (shape + k)
        whole += term
    return mp.exp(shape * mp.log(x) - x - mp.loggamma(shape + 1)) * whole


def gamma_survival(x: Any, shape: Any) -> Any:
    """1 - P(shape, x), with digits enough to lose those in which P is 1."""
    if x <= 0:
        return mpf(1)
    lost = (x - shape - shape * mp.log(x / shape)) / mp.log(10) if x > shape else 0
    if lost > 1000:
        return mp.gammainc(shape, x, mp.inf, regularized=True)
    with mp.workdps(mp.dps + 10 + int(lost)):
        return 1 - gamma_cdf(x, shape)


# ---- discrete ------------------------------------------------------------------------------------------------------


def binomial(n: int) -> Distribution:
    """C(n, y) p^y (1 - p)^(n - y); bernoulli is n = 1."""

    def log_density(y: Any, p: Any) -> Any:
        if not 0 <= y <= n or y != mp.floor(y):
            return -mp.inf
        return loggamma(mpf(n + 1)) - loggamma(y + 1) - loggamma(n - y + 1) + xlogy(y, p) + xlog1my(n - y, p)

    def total(values: range, p: Any) -> Any:
        return mp.fsum(mp.exp(log_density(mpf(k), p)) for k in values)

    odds = {"odds": lambda p: p / (1 - p), "logit": lambda p: mp.log(p / (1 - p))}
    return Distribution(
        {"p": "unit"},
        log_density,
        cdf=lambda y, p: total(range(min(n, int(mp.floor(y))) + 1), p),
        survival=lambda y, p: total(range(max(0, int(mp.floor(y)) + 1), n + 1), p),
        mean=lambda p: n * p,
        variance=lambda p: n * p * (1 - p),
        derived=odds,
    )


def poisson_log_density(y: Any, rate: Any) -> Any:
    """y log(rate) - rate - log y!"""
    return xlogy(y, rate) - rate - loggamma(y + 1) if y >= 0 and y == mp.floor(y) else -mp.inf


POISSON = Distribution(
    {"rate": "positive"},
    poisson_log_density,
    cdf=lambda y, rate: gamma_survival(rate, mp.floor(y) + 1),
    survival=lambda y, rate: gamma_cdf(rate, mp.floor(y) + 1),
    mean=lambda rate: rate,
    variance=lambda rate: rate,
)


def softmax_log_density(y: Any, *linear: Any) -> Any:
    """Level y of 0 ... K-1 under K - 1 linear predictors, the first level being 0: eta_y - log sum exp(eta)."""
    every = (mpf(0), *linear)
    return every[int(y)] - mp.log(mp.fsum(mp.exp(e) for e in every))


# ---- continuous ----------------------------------------------------------------------------------------------------

NORMAL = Distribution(
    {"mean": "real", "sd": "positive"},
    lambda y, mean, sd: -mp.log(2 * mp.pi) / 2 - mp.log(sd) - ((y - mean) / sd) ** 2 / 2,
    cdf=lambda y, mean, sd: mp.erfc((mean - y) / sd / mp.sqrt(2)) / 2,
    survival=lambda y, mean, sd: mp.erfc((y - mean) / sd / mp.sqrt(2)) / 2,
    mean=lambda mean, sd: mean,
    variance=lambda mean, sd: sd**2,
    derived={"median": lambda mean, sd: mean},
)

EXPONENTIAL = Distribution(
    {"mean": "positive"},
    lambda y, mean: -mp.log(mean) - y / mean if y >= 0 else -mp.inf,
    cdf=lambda y, mean: -mp.expm1(-y / mean) if y > 0 else mpf(0),
    survival=lambda y, mean: mp.exp(-y / mean) if y > 0 else mpf(1),
    mean=lambda mean: mean,
    variance=lambda mean: mean**2,
    derived={"rate": lambda mean: 1 / mean, "median": lambda mean: mean * mp.log(2)},
)


def gamma_log_density(y: Any, mean: Any, shape: Any) -> Any:
    """shape log(shape / mean) + (shape - 1) log y - shape y / mean - log Gamma(shape)."""
    if y <= 0:
        return -mp.inf if y < 0 or shape > 1 else mp.inf if shape < 1 else -mp.log(mean)
    return shape * mp.log(shape / mean) + (shape - 1) * mp.log(y) - shape * y / mean - loggamma(shape)


def gamma_median(mean: Any, shape: Any) -> Any:
    """Where half of the distribution lies below, found in log y."""

    def above(log_y: Any) -> Any:
        return gamma_cdf(mp.exp(log_y), shape) - mpf(1) / 2

    return mean / shape * mp.exp(solve(above, -20 - 5 / shape, mp.log(shape + 5)))


GAMMA = Distribution(
    {"mean": "positive", "shape": "positive"},
    gamma_log_density,
    cdf=lambda y, mean, shape: gamma_cdf(shape * y / mean, shape),
    survival=lambda y, mean, shape: gamma_survival(shape * y / mean, shape),
    mean=lambda mean, shape: mean,
    variance=lambda mean, shape: mean**2 / shape,
    derived={
        "scale": lambda mean, shape: mean / shape,
        "rate": lambda mean, shape: shape / mean,
        "median": gamma_median,
    },
)


def weibull_log_density(y: Any, scale: Any, shape: Any) -> Any:
    """log(shape / scale) + (shape - 1) log(y / scale) - (y / scale)^shape."""
    if y <= 0:
        return -mp.inf if y < 0 or shape > 1 else mp.inf if shape < 1 else -mp.log(scale)
    log_ratio = mp.log(y / scale)
    return mp.log(shape / scale) + (shape - 1) * log_ratio - mp.exp(shape * log_ratio)


WEIBULL = Distribution(
    {"scale": "positive", "shape": "positive"},
    weibull_log_density,
    cdf=lambda y, scale, shape: -mp.expm1(-((y / scale) ** shape)) if y > 0 else mpf(0),
    survival=lambda y, scale, shape: mp.exp(-((y / scale) ** shape)) if y > 0 else mpf(1),
    mean=lambda scale, shape: scale * mp.gamma(1 + 1 / shape),
    variance=lambda scale, shape: scale**2 * (mp.gamma(1 + 2 / shape) - mp.gamma(1 + 1 / shape) ** 2),
    derived={"median": lambda scale, shape: scale * mp.log(2) ** (1 / shape)},
)


def student_t_log_density(y: Any, loc: Any, scale: Any, df: Any) -> Any:
    """log Gamma((df+1)/2) - log Gamma(df/2) - log(df pi)/2 - log scale - (df+1)/2 log(1 + z^2 / df)."""
    constant = loggamma((df + 1) / 2) - loggamma(df / 2) - mp.log(df * mp.pi) / 2
    return constant - mp.log(scale) - (df + 1) / 2 * mp.log1p(((y - loc) / scale) ** 2 / df)


def student_t_tail(z: Any, df: Any) -> Any:
    """P(T > z): half the regularised incomplete beta function of df / (df + z^2), for z >= 0."""
    return mp.betainc(df / 2, mpf(1) / 2, 0, df / (df + z**2), regularized=True) / 2


def student_t_survival(y: Any, loc: Any, scale: Any, df: Any) -> Any:
    tail = student_t_tail(abs(y - loc) / scale, df)
    return tail if y >= loc else 1 - tail


STUDENT_T = Distribution(
    {"loc": "real", "scale": "positive", "df": "positive"},
    student_t_log_density,
    cdf=lambda y, loc, scale, df: student_t_survival(2 * loc - y, loc, scale, df),
    survival=student_t_survival,
    mean=lambda loc, scale, df: loc if df > 1 else mp.nan,
    variance=lambda loc, scale, df: scale**2 * df / (df - 2) if df > 2 else mp.nan,
    derived={"median": lambda loc, scale, df: loc},
)

DISTRIBUTIONS = {
    "bernoulli": binomial(1),
    "binomial": binomial(10),
    "poisson": POISSON,
    "normal": NORMAL,
    "exponential": EXPONENTIAL,
    "gamma": GAMMA,
    "weibull": WEIBULL,
    "student_t": STUDENT_T,
}
