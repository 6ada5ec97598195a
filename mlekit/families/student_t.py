"""Student's t distribution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..numerics import special
from ..numerics.arrays import Namespace
from ..numerics.sets import POSITIVE, REAL
from ._base import Array, Family
from .normal import LOG_2PI

if TYPE_CHECKING:
    from ..data.labels import Foreign
    from ..numerics.derivatives import Derivatives

LEAST = 0.3  # degrees of freedom that data may have
NORMAL = 1e100  # degrees of freedom from which on it is a normal distribution to the last digit


class StudentT(Family):
    """Student's t distribution: heavy tails, so that outlying rows weigh little.

        f(y) = Gamma((df + 1)/2) / (Gamma(df/2) sqrt(df pi) scale) (1 + u^2 / df)^(-(df + 1)/2),  u = (y - loc) / scale

    for real y, a real loc and positive scale and df. In scipy ``t(df, loc, scale)``, in R ``dt(u, df) / scale``.

    Examples
    --------
    >>> import mlekit
    >>> round(mlekit.fit([-9.0, -1.0, -0.5, 0.0, 0.4, 1.1, 14.0], family="student_t")["loc"], 2)
    -0.04
    """

    name = "student_t"
    aliases = ("t", "student")
    support = REAL
    params = {"loc": REAL, "scale": POSITIVE, "df": POSITIVE}
    derived = {
        "mean": lambda xp, loc, scale, df: xp.where(df > 1, loc, np.nan),
        "median": lambda xp, loc, scale, df: loc,
        "variance": lambda xp, loc, scale, df: _variance(xp, scale, df),
        "sd": lambda xp, loc, scale, df: xp.sqrt(_variance(xp, scale, df)),
    }
    location = "loc"
    unit_powers = {"loc": 1, "scale": 1, "df": 0}
    spreads = frozenset({"scale"})
    several_peaks = True
    limits = {"df": np.inf}  # the normal distribution

    def log_density(self, xp: Namespace, y: Array, *, loc: Array, scale: Array, df: Array) -> Array:
        u, df = (y - loc) / scale, xp.where(df < NORMAL, df, NORMAL)
        return xp.log_gamma_ratio(df) - 0.5 * LOG_2PI - xp.log(scale) - 0.5 * (df + 1) * xp.log1p(u * u / df)

    def frozen(self, *, loc: Array, scale: Array, df: Array) -> Foreign:
        from scipy import stats

        return stats.norm(loc, scale) if np.isinf(df).all() else stats.t(df, loc, scale)

    def evaluate_free(self, y: Array, z: list[Array], order: int) -> Derivatives:
        return self.combine([1.0, *self.features(y, z, order)], z, order)

    def features(self, y: Array, z: list[Array], order: int) -> list[Array]:
        """With w = u^2 / v and r = 1 / (1 + w): log(1 + w), and the products of u, w and r in the derivatives."""
        loc, log_scale, log_df = z
        u = (y - loc) * np.exp(-log_scale)
        w = u * u
        w *= np.exp(-log_df)
        long = np.log1p(w)
        if order == 0:
            return [long]
        r = 1 / (1 + w)
        wr, ur = np.multiply(w, r, out=w), np.multiply(u, r, out=u)
        if order == 1:
            return [long, wr, ur]
        wrr = wr * r
        return [long, wr, ur, wrr, ur * r, ur * wr, np.multiply(r, r, out=r) - wrr]

    def combine(self, features: list[Array], z: list[Array], order: int) -> Derivatives:
        _, log_scale, log_df = z
        n, long = features[:2]
        v, precision = np.exp(log_df), np.exp(-log_scale)
        a = v + 1
        value = n * (special.log_gamma_ratio(v) - 0.5 * LOG_2PI - log_scale) - 0.5 * a * long
        if order == 0:
            return value, [], []
        wr, ur = features[2:4]
        g1 = n * v * special.log_gamma_ratio_1(v)
        score = [a / v * precision * ur, a * wr - n, g1 - 0.5 * v * long + 0.5 * a * wr]
        if order == 1:
            return value, score, []
        wrr, urr, uwrr, rest = features[4:]
        loc_loc = -a / v * precision * precision * rest
        loc_scale = -2 * a / v * precision * urr
        loc_df = precision / v * (a * uwrr - ur)
        scale_df = v * wr - a * wrr
        df_df = g1 + n * v * v * special.log_gamma_ratio_2(v) - 0.5 * v * long + v * wr - 0.5 * a * wrr
        return value, score, [
            [loc_loc, loc_scale, loc_df],
            [loc_scale, -2 * a * wrr, scale_df],
            [loc_df, scale_df, df_df],
        ]  # fmt: skip

    def start(self, summary: Any) -> dict[str, Array]:
        """The quartiles: those of t with 4 degrees of freedom are 0.741 scales from the middle."""
        half = np.maximum(summary.quantile(0.75) - summary.quantile(0.25), 1e-3 * summary.sd) / 2
        return {"loc": summary.median, "scale": half / 0.741, "df": np.full_like(half, 4.0)}

    def unbounded_by_ties(self, tied: Array, n: Array, fixed: Mapping[str, float]) -> Array:
        """As the scale s falls to 0 at a value of k rows, the likelihood is of order s^((n - k) df - k).

        That is without bound for df < k / (n - k), of any rows for some df: free df are taken to be above `LEAST`.
        """
        return ("scale" not in fixed) & (tied > fixed.get("df", LEAST) * (n - tied))

    def other_starts(self, z: Array) -> list[Array]:
        """Very heavy tails, where a second peak would be: a narrow one about rows that lie together."""
        heavy = z.copy()
        heavy[:, -1] = 0.0
        return [heavy]

    def advice(self, code: str, where: str) -> str:
        if code == "unbounded":
            return "too many rows have one value, onto which the scale could shrink: fix df or the scale with fixed="
        heavier = where != "df"
        return "" if heavier else "the tails are no heavier than those of a normal distribution: use family='normal'"


def _variance(xp: Namespace, scale: Array, df: Array) -> Array:
    return xp.where(df > 2, scale * scale / (1 - 2 / df), np.inf)
