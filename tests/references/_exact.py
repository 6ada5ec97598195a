"""Exact intervals at 40 digits: Clopper-Pearson, Garwood, t, chi-square, each from its distribution function."""

from __future__ import annotations

from typing import Any

from _distributions import gamma_cdf, solve, student_t_tail
from mpmath import mp, mpf

DIGITS = 40
ALPHA = mpf("0.05")


def beta_quantile(q: Any, a: Any, b: Any) -> Any:
    with mp.workdps(DIGITS):
        return solve(lambda x: mp.betainc(a, b, 0, x, regularized=True) - q, 0, 1)


def gamma_quantile(q: Any, shape: Any) -> Any:
    """Of the gamma distribution with rate 1."""
    with mp.workdps(DIGITS):
        spread = 8 * mp.sqrt(shape)
        return solve(lambda x: gamma_cdf(x, shape) - q, max(mpf(0), shape - spread), shape + spread + 30)


def t_quantile_975(df: Any) -> Any:
    with mp.workdps(DIGITS):
        return solve(lambda z: student_t_tail(z, df) - ALPHA / 2, 0, 1000)


def clopper_pearson(successes: Any, trials: Any) -> list[Any]:
    low = mpf(0) if successes == 0 else beta_quantile(ALPHA / 2, successes, trials - successes + 1)
    high = mpf(1) if successes == trials else beta_quantile(1 - ALPHA / 2, successes + 1, trials - successes)
    return [low, high]


def garwood(total: Any, exposure: Any) -> list[Any]:
    low = mpf(0) if total == 0 else gamma_quantile(ALPHA / 2, total)
    return [low / exposure, gamma_quantile(1 - ALPHA / 2, total + 1) / exposure]


def normal_intervals(mean: Any, sd: Any, n: Any) -> dict[str, list[Any]]:
    """mean -+ t s / sqrt n, and (n - 1) s^2 over chi-square quantiles; ``sd`` divides by n."""
    s = sd * mp.sqrt(n / (n - 1))
    half = t_quantile_975(n - 1) * s / mp.sqrt(n)
    ends = [s * mp.sqrt((n - 1) / (2 * gamma_quantile(q, (n - 1) / 2))) for q in (1 - ALPHA / 2, ALPHA / 2)]
    return {"mean": [mean - half, mean + half], "sd": ends}


def exponential_interval(total: Any, n: Any) -> list[Any]:
    """2 total over chi-square quantiles with 2 n degrees of freedom."""
    return [total / gamma_quantile(q, n) for q in (1 - ALPHA / 2, ALPHA / 2)]
