"""The Bernoulli distribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..data.stats import Stats
from ..errors import DataError
from ..numerics.arrays import Namespace
from ..numerics.sets import BINARY, POSITIVE, REAL, UNIT
from ._base import Alternative, Array, Family, Params
from ._sufficient import SufficientFamily

if TYPE_CHECKING:
    from ..data.labels import Column, Foreign
    from ..numerics.derivatives import Derivatives
    from ..priors import Prior


def odds(xp: Namespace, p: Array) -> Array:
    """p / (1 - p)."""
    return p / (1 - p)


def logit(xp: Namespace, p: Array) -> Array:
    """log(p / (1 - p))."""
    return xp.logit(p)


ODDS = (
    Alternative({"odds": POSITIVE}, lambda xp, odds: {"p": odds / (1 + odds)}),
    Alternative({"logit": REAL}, lambda xp, logit: {"p": xp.expit(logit)}),
)


class Bernoulli(SufficientFamily):
    """Bernoulli distribution: yes or no. Of two labels the last level is the success.

        f(y) = p^y (1 - p)^(1 - y)

    for y = 0, 1 and p between 0 and 1. In scipy ``bernoulli(p)``, in R ``dbinom(y, 1, p)``.

    Parameters
    ----------
    levels : sequence of two labels, optional
        Failure and success. By default they are taken from the data.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([1, 0, 1, 1], family="bernoulli")["p"]
    0.75
    """

    name = "bernoulli"
    support = BINARY
    params = {"p": UNIT}
    derived = {
        "odds": odds,
        "logit": logit,
        "mean": lambda xp, p: p,
        "variance": lambda xp, p: p * (1 - p),
        "sd": lambda xp, p: xp.sqrt(p * (1 - p)),
    }
    alternatives = ODDS
    conjugate: ClassVar = {"p": ("log", "log1m")}

    def __init__(self, levels: Sequence[Foreign] | None = None) -> None:
        self.labels = None if levels is None else list(levels)  # failure, success

    def log_density(self, xp: Namespace, y: Array, *, p: Array) -> Array:
        return xp.xlogy(y, p) + xp.xlog1py(1 - y, -p)

    def log_cdf(self, xp: Namespace, y: Array, *, p: Array) -> Array:
        return xp.where(y < 0, -np.inf, xp.where(y < 1, xp.log1p(-p), xp.where(y >= 1, 0.0, np.nan)))

    def log_survival(self, xp: Namespace, y: Array, *, p: Array) -> Array:
        return xp.where(y < 0, 0.0, xp.where(y < 1, xp.log(p), xp.where(y >= 1, -np.inf, np.nan)))

    def frozen(self, *, p: Array) -> Foreign:
        from scipy import stats

        return stats.bernoulli(p)

    def deviance(self, y: Array, *, p: Array) -> Array:
        return -2 * np.log(np.where(y == 1, p, 1 - np.asarray(p)))

    def statistics(self, xp: Namespace, y: Array) -> dict[str, Array]:
        return {"y": y}

    def log_likelihood(self, xp: Namespace, stats: Stats, *, p: Array) -> Array:
        return xp.xlogy(stats["y"], p) + xp.xlog1py(stats.n - stats["y"], -p)

    def estimate(self, stats: Stats, fixed: Params) -> dict[str, Array] | None:
        return {"p": proportion(stats["y"], stats.n)}

    def pseudo_stats(self, priors: Mapping[str, Prior], fixed: Params) -> Stats | None:
        kernel = priors["p"].kernel() if set(priors) == {"p"} else None
        if kernel is None or not set(kernel) <= {"log", "log1m"}:
            return None
        yes, no = kernel.get("log", 0.0), kernel.get("log1m", 0.0)
        return Stats(np.array([yes + no]), {"y": np.array([yes])})

    def posterior(self, param: str, stats: Stats, fixed: Params) -> Foreign:
        from scipy.stats import beta

        return beta(stats["y"] + 1, stats.n - stats["y"] + 1)

    def exact_interval(self, param: str, stats: Stats, fixed: Params, level: float) -> tuple[Array, Array] | None:
        """Clopper and Pearson's: the p at which so many, or so few, have probability (1 - level) / 2."""
        return clopper_pearson(stats["y"], stats.n, level)

    def log_density_free(self, xp: Namespace, y: Array, z: list[Array]) -> Array:
        return y * z[0] - xp.softplus(z[0])

    def evaluate_free(self, y: Array, z: list[Array], order: int) -> Derivatives:
        return logit_evaluate(y, 1.0, z[0], order)

    def classes(self) -> list[Foreign] | None:
        return self.labels or [0, 1]

    def as_given(self, y: Array) -> Foreign:
        return y if self.labels is None else [self.labels[code] for code in y]

    def options(self) -> dict[str, Foreign]:
        return {"levels": self.labels}

    def remarks(self) -> list[str]:
        if self.labels is None:
            return []
        return [
            f"p is the probability of {self.labels[1]!r}, the last of the two labels (the other is {self.labels[0]!r})"
        ]

    def bind(self, y: Foreign, column: Callable[[str], Column]) -> tuple[Family, Array]:
        if isinstance(y, np.ndarray):
            return Family.bind(self, y, column)
        if self.labels is not None:
            return self, self._known(y)
        if len(y.levels) != 2:
            shown = ", ".join(repr(v) for v in list(y.levels)[:4])
            raise DataError(
                f"bernoulli needs two labels, but the data have {len(y.levels)} ({shown}): "
                "family='categorical' takes any number"
            )
        new = self.copied()
        new.labels = list(y.levels)
        return new, y.codes

    def _known(self, y: Foreign) -> Array:
        """Codes of labels that are known."""
        assert self.labels is not None
        unknown = [level for level in y.levels if level not in self.labels]
        if unknown:
            raise DataError(f"{unknown[0]!r} is not one of the labels {self.labels[0]!r} and {self.labels[1]!r}")
        return np.array([*(self.labels.index(level) for level in y.levels), -1])[y.codes]

    def advice(self, code: str, where: str) -> str:
        return SEPARATED.format(where=where) if code == "edge" else ""


SEPARATED = (
    "successes and failures are separated by {where}: leave that out, or give the coefficients a prior such as "
    "prior=mlekit.priors.Normal(0, 2.5)"
)


def logit_evaluate(y: Array, trials: Array, eta: Array, order: int) -> Derivatives:
    """Return y eta - trials log(1 + exp eta) with its derivatives; no digit is lost at large eta."""
    e = np.exp(-np.abs(eta))
    value = y * eta - trials * (np.maximum(eta, 0.0) + np.log1p(e))
    if order == 0:
        return value, [], []
    q = 1.0 / (1.0 + e)
    p = np.exp(np.minimum(eta, 0.0)) * q
    return value, [y - trials * p], [[-trials * (e * q * q)]]


def proportion(yes: Array, n: Array) -> Array:
    """Return yes / n; a negative count, which a prior can leave, moves the maximum to the other end."""
    p = yes / n
    if np.all((yes >= 0) & (yes <= n)):
        return p
    yes, no = np.maximum(yes, 0.0), np.maximum(n - yes, 0.0)
    with np.errstate(invalid="ignore"):
        return yes / (yes + no)


def clopper_pearson(yes: Array, n: Array, level: float) -> tuple[Array, Array]:
    """Return the ends where (yes or more) and (yes or fewer) of n have probability (1 - level) / 2: beta quantiles."""
    from scipy import special

    tail = (1 - level) / 2
    low = np.where(yes > 0, special.betaincinv(np.maximum(yes, 1e-300), n - yes + 1, tail), 0.0)
    high = np.where(yes < n, special.betaincinv(yes + 1, np.maximum(n - yes, 1e-300), 1 - tail), 1.0)
    return low, high
