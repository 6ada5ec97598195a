"""Families with a distribution function, for tests of observations."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from mlekit.families import Family
from mlekit.families.composite.custom import Custom
from mlekit.families.exponential import Exponential
from mlekit.families.normal import Normal
from mlekit.families.weibull import Weibull
from mlekit.numerics.arrays import NUMPY
from mlekit.numerics.sets import INTEGERS, UNIT


class NormalTails(Normal):
    """The normal with both tails."""

    def log_cdf(self, xp: Any, y: Any, *, mean: Any, sd: Any) -> Any:
        return xp.log_ndtr((y - mean) / sd)

    def log_survival(self, xp: Any, y: Any, *, mean: Any, sd: Any) -> Any:
        return xp.log_ndtr((mean - y) / sd)


class ExponentialTails(Exponential):
    """The exponential with both tails."""

    def log_cdf(self, xp: Any, y: Any, *, mean: Any) -> Any:
        return xp.log1mexp(y / mean)

    def log_survival(self, xp: Any, y: Any, *, mean: Any) -> Any:
        return -y / mean


class WeibullTails(Weibull):
    """The Weibull with both tails."""

    def log_cdf(self, xp: Any, y: Any, *, scale: Any, shape: Any) -> Any:
        return xp.log1mexp(xp.exp(shape * xp.log(y / scale)))

    def log_survival(self, xp: Any, y: Any, *, scale: Any, shape: Any) -> Any:
        return -xp.exp(shape * xp.log(y / scale))


class Failures(Family):
    """Failures before a success: log f = log p + y log(1 - p), y = 0, 1, 2, ..."""

    name = "failures"
    support = INTEGERS
    params = {"p": UNIT}

    def log_density(self, xp: Any, y: Any, *, p: Any) -> Any:
        return xp.log(p) + y * xp.log1p(-p)

    def log_cdf(self, xp: Any, y: Any, *, p: Any) -> Any:
        return xp.log1mexp(-(y + 1) * xp.log1p(-p))

    def log_survival(self, xp: Any, y: Any, *, p: Any) -> Any:
        return (y + 1) * xp.log1p(-p)

    def frozen(self, *, p: Any) -> Any:
        return stats.geom(p, loc=-1)


class PlainNormal(Custom):
    """A normal that the caller wrote in NumPy, without rules of derivatives."""

    def __init__(self) -> None:
        super().__init__(
            lambda y, mean, sd: stats.norm.logpdf(y, mean, sd), {"mean": "real", "sd": "positive"}, {"mean": 0, "sd": 1}
        )

    def log_cdf(self, xp: Any, y: Any, *, mean: Any, sd: Any) -> Any:
        return stats.norm.logcdf(y, mean, sd)

    def log_survival(self, xp: Any, y: Any, *, mean: Any, sd: Any) -> Any:
        return stats.norm.logsf(y, mean, sd)


def z_of(family: Any, **params: Any) -> list[Any]:
    """Free coordinates of parameters as named, with an axis for rows."""
    return [np.atleast_1d(np.asarray(v, dtype=float)) for v in family.to_free(params)]


def log_rows(observations: Any, family: Any, **params: Any) -> Any:
    """The log-likelihood of each row."""
    with np.errstate(all="ignore"):
        return np.broadcast_to(
            observations.log_density(NUMPY, family, {p: np.atleast_1d(v) for p, v in params.items()}),
            (len(observations),),
        )
