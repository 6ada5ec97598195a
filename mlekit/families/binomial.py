"""The binomial distribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..data.columns import numbers
from ..data.stats import Stats
from ..errors import DataError, OptionError, in_row
from ..numerics.arrays import Namespace
from ..numerics.deviance import excess
from ..numerics.sets import UNIT, Integers
from ._base import Array, Family, Params
from ._sufficient import SufficientFamily
from .bernoulli import ODDS, SEPARATED, Bernoulli, clopper_pearson, logit, logit_evaluate, odds, proportion

if TYPE_CHECKING:
    from ..data.labels import Foreign
    from ..numerics.derivatives import Derivatives
    from ..priors import Prior


class Binomial(SufficientFamily):
    """Binomial distribution: successes in n trials.

        f(y) = n! / (y! (n - y)!) p^y (1 - p)^(n - y)

    for y = 0, 1, ... n and p between 0 and 1. In scipy ``binom(n, p)``, in R ``dbinom(y, n, p)``. Bound to rows, an
    observation is a pair (successes, trials), as two columns.

    Parameters
    ----------
    n : int, str or array
        The number of trials, the name of a column, or an array with one number per row.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([14], family=mlekit.families.Binomial(n=20))["p"]
    0.7
    """

    name = "binomial"
    aliases = ("binom",)
    support = Integers()
    params = {"p": UNIT}
    derived = {"odds": odds, "logit": logit}
    alternatives = ODDS
    conjugate: ClassVar = Bernoulli.conjugate

    def __init__(self, n: Any = None) -> None:
        self.n, self.columns = n, (n,) if type(n) is str else ()
        known = np.ndim(n) == 0 and isinstance(n, (int, float, np.number))
        if not known and isinstance(n, (bytes, Mapping, AbstractSet)):
            raise OptionError(f"n is {n!r}: give the number of trials, the name of a column, or one number per row")
        top = float(n) if known else np.inf
        if known and not (1 <= top < np.inf and top == np.floor(top)):
            raise OptionError(f"n is {n}, but binomial needs a positive integer number of trials")
        self.support = Integers(0, top)
        if np.isfinite(top):
            moments = {"mean": _mean, "variance": _variance, "sd": _sd}
            self.derived = {**Binomial.derived, **{name: partial(f, n=top) for name, f in moments.items()}}

    def log_density(self, xp: Namespace, y: Array, *, p: Array) -> Array:
        yes, n = y[..., 0], y[..., 1]
        return xp.log_choose(n, yes) + xp.xlogy(yes, p) + xp.xlog1py(n - yes, -p)

    def frozen(self, *, p: Array, n: Array | None = None) -> Foreign:
        from scipy import stats

        return stats.binom(np.asarray(self.n if n is None else n, dtype=np.int64), p)

    def mean(self, xp: Namespace, *, p: Array, n: Array | None = None) -> Array:
        return (self.n if n is None else n) * p

    def variance(self, xp: Namespace, *, p: Array, n: Array | None = None) -> Array:
        return (self.n if n is None else n) * p * (1 - p)

    def deviance(self, y: Array, *, p: Array, n: Array) -> Array:
        yes = y[:, 0]
        return 2 * (excess(yes, n * p) + excess(n - yes, n * (1 - np.asarray(p))))

    def log_density_free(self, xp: Namespace, y: Array, z: list[Array]) -> Array:
        yes, n = y[..., 0], y[..., 1]
        return xp.log_choose(n, yes) + yes * z[0] - n * xp.softplus(z[0])

    def evaluate_free(self, y: Array, z: list[Array], order: int) -> Derivatives:
        from ..numerics.special import log_choose

        yes, n = y[..., 0], y[..., 1]
        value, score, hessian = logit_evaluate(yes, n, z[0], order)
        return value + log_choose(n, yes), score, hessian

    def statistics(self, xp: Namespace, y: Array) -> dict[str, Array]:
        yes, n = y[..., 0], y[..., 1]
        return {"y": yes, "trials": n, "constant": xp.log_choose(n, yes)}

    def log_likelihood(self, xp: Namespace, stats: Stats, *, p: Array) -> Array:
        return stats["constant"] + xp.xlogy(stats["y"], p) + xp.xlog1py(stats["trials"] - stats["y"], -p)

    def estimate(self, stats: Stats, fixed: Params) -> dict[str, Array] | None:
        return {"p": proportion(stats["y"], stats["trials"])}

    def pseudo_stats(self, priors: Mapping[str, Prior], fixed: Params) -> Stats | None:
        coin = Bernoulli().pseudo_stats(priors, fixed)
        return coin and Stats(coin.n, {"y": coin["y"], "trials": coin.n, "constant": np.zeros(1)})

    def posterior(self, param: str, stats: Stats, fixed: Params) -> Foreign:
        from scipy.stats import beta

        return beta(stats["y"] + 1, stats["trials"] - stats["y"] + 1)

    def exact_interval(self, param: str, stats: Stats, fixed: Params, level: float) -> tuple[Array, Array] | None:
        return clopper_pearson(stats["y"], stats["trials"], level)

    def bind(self, y: Foreign, column: Callable[[str], Foreign]) -> tuple[Family, Array]:
        if isinstance(y, np.ndarray) and y.ndim == 2:  # cbind(yes, no)
            y = np.asarray(y, dtype=float)
            if (y < 0).any():
                row = int(np.argmax((y < 0).any(axis=1)))
                counts = f" has {y[row, 0]:g} successes and {y[row, 1]:g} failures"
                raise in_row(row, f"{counts}: counts cannot be negative")
            return self, np.column_stack([y[:, 0], y[:, 0] + y[:, 1]])
        _, y = super().bind(y, column)
        if self.n is None:
            raise OptionError(
                "binomial needs the number of trials: family=mlekit.families.Binomial(n=10), or n='column'"
            )
        n = column(self.n) if isinstance(self.n, str) else self.n
        trials = np.full(len(y), float(n)) if np.ndim(n) == 0 else numbers(n, "n").astype(float)
        if len(trials) != len(y):
            raise DataError(
                f"n has {len(trials)} values, but there are {len(y)} rows: "
                "as a column of the data, Binomial(n='trials'), it goes with its rows"
            )
        return self, np.column_stack([np.asarray(y, dtype=float), trials])

    @property
    def trials_in_response(self) -> bool:
        return self.n is None

    def known(self, column: Callable[[str], Foreign], rows: int) -> dict[str, Array]:
        """Return the trials of each row; of successes and failures side by side, a new row is one trial."""
        n = column(self.n) if isinstance(self.n, str) else np.ones(rows) if self.n is None else self.n
        shape = np.shape(n)
        if shape and shape[0] != rows:
            raise OptionError(
                f"n has {shape[0]} values, but there are {rows} rows: "
                "name a column in the fit, as in Binomial(n='trials')"
            )
        return {"n": np.asarray(n, dtype=float)}

    def check(self, y: Array) -> None:
        yes, n = y[:, 0], y[:, 1]
        bad = ~((yes >= 0) & (yes <= n) & (yes == np.floor(yes)) & (n == np.floor(n)) & (n < np.inf))
        if bad.any():
            row = int(np.argmax(bad))
            if np.isnan(y[row]).any():
                what = "trials" if np.isnan(n[row]) else "successes"
                remedy = "leave the row out, or say missing='drop'" if self.columns else "leave the row out"
                raise in_row(row, f" has no number of {what}: {remedy}")
            counts = f" has {yes[row]:g} successes in {n[row]:g} trials"
            raise in_row(row, f"{counts}: successes are integers from 0 to n")
        if not n.any():
            raise DataError("no row has a trial: n is 0 everywhere")

    def trials(self, y: Array) -> Array | None:
        return y[..., 1]

    def as_given(self, y: Array) -> Foreign:
        return y[:, 0]

    def options(self) -> dict[str, Foreign]:
        return {"n": self.n}

    def advice(self, code: str, where: str) -> str:
        return SEPARATED.format(where=where) if code == "edge" else ""

    def __repr__(self) -> str:
        return f"binomial(n={self.n})" if np.ndim(self.n) == 0 else "binomial(n=...)"


def _mean(xp: Namespace, *, p: Array, n: float) -> Array:
    return n * p


def _variance(xp: Namespace, *, p: Array, n: float) -> Array:
    return n * p * (1 - p)


def _sd(xp: Namespace, *, p: Array, n: float) -> Array:
    return xp.sqrt(n * p * (1 - p))
