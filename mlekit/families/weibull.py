"""The Weibull distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.layout import BLOCK, ONE, blocks
from ..numerics.arrays import Namespace
from ..numerics.sets import POSITIVE
from ._base import Array, Family
from ._support import CDF_ENDS, SURVIVAL_ENDS, over_support

if TYPE_CHECKING:
    from ..data.labels import Foreign
    from ..numerics.derivatives import Derivatives

EULER = 0.5772156649015329
ROWS = 8192  # of a block, whose two arrays stay in the nearest caches
SAMPLE = 40_000  # rows on which the search begins
ORDER, SERIES = 5, 2e-8  # moments of a pass; size of d^4 S5 that is let pass, a thousand times what it leaves out


def _variance(xp: Namespace, scale: Array, shape: Array) -> Array:
    first = xp.exp(xp.gammaln(1 + 1 / shape))
    return scale * scale * (xp.exp(xp.gammaln(1 + 2 / shape)) - first * first)


class Weibull(Family):
    """Weibull distribution: times to failure, with a hazard that rises (shape above 1) or falls (below 1).

        f(y) = (shape / y) (y / scale)^shape exp(-(y / scale)^shape)

    for positive y, scale and shape. In scipy ``weibull_min(shape, scale=scale)``, in R ``dweibull(y, shape, scale)``.

    Examples
    --------
    >>> import mlekit
    >>> round(mlekit.fit([1.0, 2.0, 3.0, 4.0], family="weibull")["scale"], 3)
    2.829
    """

    name = "weibull"
    aliases = ("weibull_min",)
    support = POSITIVE
    params = {"scale": POSITIVE, "shape": POSITIVE}
    derived = {
        "mean": lambda xp, scale, shape: scale * xp.exp(xp.gammaln(1 + 1 / shape)),
        "median": lambda xp, scale, shape: scale * xp.exp(-0.36651292058166435 / shape),
        "variance": _variance,
        "sd": lambda xp, scale, shape: xp.sqrt(_variance(xp, scale, shape)),
    }
    unit_powers = {"scale": 1, "shape": 0}
    spreads = frozenset({"shape"})
    nests = {"exponential": {"mean": "scale"}}

    def log_density(self, xp: Namespace, y: Array, *, scale: Array, shape: Array) -> Array:
        t = shape * xp.log(y / scale)
        return xp.log(shape) - xp.log(y) + t - xp.exp(t)

    def log_cdf(self, xp: Namespace, y: Array, *, scale: Array, shape: Array) -> Array:
        return over_support(xp, y, POSITIVE, lambda y: xp.log1mexpexp(shape * (xp.log(y) - xp.log(scale))), CDF_ENDS)

    def log_survival(self, xp: Namespace, y: Array, *, scale: Array, shape: Array) -> Array:
        return over_support(xp, y, POSITIVE, lambda y: -xp.exp(shape * (xp.log(y) - xp.log(scale))), SURVIVAL_ENDS)

    def frozen(self, *, scale: Array, shape: Array) -> Foreign:
        from scipy import stats

        return stats.weibull_min(shape, scale=scale)

    def evaluate_free(self, y: Array, z: list[Array], order: int) -> Derivatives:
        return self.combine([1.0, *self.features(y, z, order)], z, order)

    def features(self, y: Array, z: list[Array], order: int) -> list[Array]:
        """With e = (y / scale)^shape and t = log e: log y, e, t e and t^2 e."""
        log_scale, log_shape = z
        log_y = np.log(y)
        t = np.exp(log_shape) * (log_y - log_scale)
        e = np.exp(t)
        if order == 0:
            return [log_y, e]
        te = t * e
        return [log_y, e, te] if order == 1 else [log_y, e, te, np.multiply(te, t, out=t)]

    def combine(self, features: list[Array], z: list[Array], order: int) -> Derivatives:
        log_scale, log_shape = z
        n, log_y, e = features[:3]
        k = np.exp(log_shape)
        t = k * (log_y - n * log_scale)
        value = n * log_shape - log_y + t - e
        if order == 0:
            return value, [], []
        te = features[3]
        score = [k * (e - n), n + t - te]
        if order == 1:
            return value, score, []
        cross = k * (e - n + te)
        return value, score, [[-k * k * e, cross], [cross, t - te - features[4]]]

    def start(self, summary: Any) -> dict[str, Array]:
        """log y has a Gumbel distribution: its sd is pi / (sqrt(6) k), its mean log scale - 0.5772 / k."""
        shape = 1.2825498301618641 / np.maximum(summary.log_sd, 1e-8)
        return {"scale": np.exp(summary.log_mean + EULER / shape), "shape": shape}

    def solve(self, y: Array, weights: Array | None) -> dict[str, Array] | None:
        """The shape is the root of  S1(k) / S0(k) - 1 / k = mean l  with l = log y and Sj(k) = sum l^j exp(k l).

        The left side rises in k; the search begins on a sample of many rows. Then scale^k = S0(k) / n.
        """
        n = float(len(y)) if weights is None else float(weights.sum())
        sample = slice(None, None, max(1, len(y) // SAMPLE))
        logs, w = np.log(y[sample]), None if weights is None or not weights[sample].any() else weights[sample]
        about = float(logs.mean())
        logs -= about
        spread = float(logs.std())
        if not 0 < spread < np.inf:
            return None
        k, whole = 1.2825498301618641 / spread, len(logs) == len(y)
        mean = float(logs.mean() if w is None else np.average(logs, weights=w))
        k, s0 = _root(logs, w, k, mean, 1e-5 if whole else 1e-2)
        if not whole:
            k, s0 = _root_of_all(y, weights, about, n, k)
        return {"scale": np.exp(about + np.log(s0 / n) / k), "shape": np.float64(k)}


def _root_of_all(y: Array, weights: Array | None, about: float, n: float, k: float) -> tuple[float, float]:
    """Return (k, S0(k)) at the root near k, from one pass: Sj(k + d) is the series of the moments Sj, Sj+1 ... in d."""
    for _ in range(50):
        moments, total = _moments(y, weights, about, k)
        d = 0.0
        for _ in range(50):
            s0, s1, s2 = (_shifted(moments[j:], d) for j in range(3))
            m1, m2 = s1 / s0, s2 / s0
            step = -(m1 - 1 / (k + d) - total / n) / (m2 - m1 * m1 + 1 / (k + d) ** 2)
            d += step
            if not abs(step) > 1e-14 * k:
                break
        d = max(d, -0.5 * k)
        k += d
        if abs(d) ** (ORDER - 1) * abs(moments[-1]) <= SERIES * moments[0] / k:
            return k, _shifted(moments, d)
    return float("nan"), float("nan")


def _shifted(moments: list[float], d: float) -> float:
    """The sum over i of d^i / i! times the moments."""
    value = 0.0
    for i in range(len(moments) - 1, -1, -1):
        value = moments[i] + value * d / (i + 1)
    return value


def _moments(y: Array, weights: Array | None, about: float, k: float) -> tuple[list[float], float]:
    """Return the sums of l^j exp(k l), j = 0 .. ORDER, and that of l, with l = log y - about, in blocks."""
    moments, total = np.zeros(ORDER + 1), 0.0
    rows, power = np.empty((2, min(len(y), ROWS)))
    for start, stop in blocks(len(y), ROWS):
        logs, e = (part[: stop - start] for part in (rows, power))
        w = None if weights is None else weights[start:stop]
        np.log(y[start:stop], out=logs)
        logs -= about
        total += float(ONE.collect(logs, w))
        np.multiply(logs, k, out=e)
        np.exp(e, out=e)
        if w is not None:
            e *= w
        moments[0] += ONE.collect(e)
        for j in range(1, ORDER + 1):
            moments[j] += e.dot(logs)
            if j < ORDER:
                e *= logs
    return moments.tolist(), total


def _root(log_y: Array, weights: Array | None, k: float, mean: float, tol: float) -> tuple[float, float]:
    """Return (k, S0(k)) at the root of f(k) = S1 / S0 - 1 / k - mean, by Halley's steps of third order."""
    cubic = True  # the third moment pays while steps are long
    for _ in range(50):
        s0, s1, s2, s3 = _powers(log_y, weights, k, cubic)
        m1, m2, m3 = s1 / s0, s2 / s0, s3 / s0
        f = m1 - 1 / k - mean
        f1 = m2 - m1 * m1 + 1 / (k * k)
        f2 = m3 - 3 * m1 * m2 + 2 * m1**3 - 2 / k**3 if cubic else 0.0
        step = max(-2 * f * f1 / max(2 * f1 * f1 - f * f2, f1 * f1), -0.5 * k)
        cubic = abs(step) > 0.02 * k
        k += step
        if abs(step) <= tol * k:
            # the sum at k + step, by its own slope: what is left is of third order in a tiny step
            return k, s0 + step * (s1 + 0.5 * step * s2)
    return float("nan"), float("nan")


def _powers(log_y: Array, weights: Array | None, k: float, third: bool) -> tuple[float, float, float, float]:
    """Return sum l^j exp(k l) for j = 0 .. 3 (the last one if asked for), in blocks that fit the cache."""
    s0 = s1 = s2 = s3 = 0.0
    buffer = np.empty(min(len(log_y), BLOCK))
    for start in range(0, len(log_y), BLOCK):
        rows = log_y[start : start + BLOCK]
        e = np.multiply(rows, k, out=buffer[: len(rows)])
        np.exp(e, out=e)
        if weights is not None:
            e *= weights[start : start + BLOCK]
        s0 += float(ONE.collect(e))
        s1 += float(e.dot(rows))
        e *= rows
        s2 += float(e.dot(rows))
        if third:
            e *= rows
            s3 += float(e.dot(rows))
    return s0, s1, s2, s3
