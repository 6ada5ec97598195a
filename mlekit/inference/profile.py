"""Profiles: the log-likelihood along one value, the others fitted anew; with a prior, the log posterior.

An interval holds the values that the data do not contradict: those whose profile is within half a chi-square quantile
of the top. It follows the parameter through any link, stops at the ends of its set, and is valid if the maximum is
itself an end (all heads: from some p up to 1). If the profile never falls so far, the end of the set is the answer: the
degrees of freedom of a t that might as well be a normal go up to infinity.

The interval is the piece around the maximum: of a likelihood with several peaks another piece may exist beyond it. An
end is NaN if the curve leads up to a higher peak before it has fallen: a t of few rows, whose likelihood has no bound
as its scale shrinks onto one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import OptionError
from ..models.posterior import Fitted
from ..numerics.arrays import NUMPY, Codes, Floats, Mask
from ..numerics.special import ndtri
from .checks import check_level
from .crossings import crossings
from .profile_curves import Curves, curves

if TYPE_CHECKING:
    import pandas as pd

LOOKS = 12  # units of a log or logit before an end, at which the curve to a peak at infinity is looked at
ABOVE = 1e-3  # twice what rounding and an unfinished search may leave below the peak


@dataclass(frozen=True)
class Profile:
    """The log-likelihood along one parameter (with a prior: the log posterior).

    Attributes
    ----------
    name : str
        The parameter or coefficient.
    values : ndarray
        Values of it, in rising order; the fitted one is among them.
    heights : ndarray
        The maximum of the log-likelihood at each of them.
    kind : {"log_likelihood", "log_posterior"}
        The name of the height.

    Examples
    --------
    >>> import mlekit
    >>> curve = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").profile("p", points=5)
    >>> curve.values.round(2).tolist(), curve.heights.round(2).tolist()
    ([0.21, 0.46, 0.7, 0.84, 0.98], [-11.52, -7.31, -6.11, -6.7, -11.52])
    """

    name: str
    values: Floats
    heights: Floats
    kind: str = "log_likelihood"

    def to_frame(self) -> pd.DataFrame:
        """Return the curve as a table.

        Returns
        -------
        DataFrame
            Two columns: the parameter, and the height of the curve there.

        Examples
        --------
        >>> import mlekit
        >>> fit = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
        >>> fit.profile("p", points=3).to_frame().round(3)
               p  log_likelihood
        0  0.214         -11.522
        1  0.700          -6.109
        2  0.977         -11.522
        """
        from ..data.frames import like

        return like(None, {self.name: self.values, self.kind: self.heights})

    def __repr__(self) -> str:
        return f"<Profile of {self.name}: {len(self.values)} points from {self.values[0]:.6g} to {self.values[-1]:.6g}>"


def fallen(curve: Curves, level: float) -> Floats:
    """The points at which each side has fallen by half the chi-square quantile, on the scale of the link."""
    quantile = float(ndtri((1 + level) / 2))

    def short_of(distance: Floats, members: Codes) -> Floats:
        """The signed root of twice the fall, nearly a straight line; a point above the peak belongs to another one."""
        with np.errstate(invalid="ignore"):  # a search that failed may stand at minus infinity
            fall = 2 * (curve.top[members] - curve.values(distance, members))
        fall = np.where(fall < -ABOVE, np.nan, fall)
        curve.settle(members[fall < quantile * quantile])
        return np.sign(fall) * np.sqrt(np.abs(fall)) - quantile

    start = np.where(curve.ended, 0.0, -quantile)
    grain = 2e-16 * np.abs(curve.peak)
    distance = crossings(short_of, start, quantile * curve.step, curve.far, grain)
    distance = np.where(_interrupted(curve, distance), np.nan, distance)
    distance = np.where(curve.walled & np.isinf(distance), curve.far, distance)
    ended = np.where(curve.walled, curve.peak, np.inf * curve.side)
    return np.where(curve.ended, ended, curve.peak + curve.side * distance)


def _interrupted(curve: Curves, distance: Floats) -> Mask:
    """The sides of a peak at infinity on which the curve is above it before it has fallen, looked at unit by unit.

    The search for the end takes long strides there, and may step over another peak.
    """
    bad = np.zeros(len(distance), dtype=bool)
    among = np.flatnonzero(curve.at_end & ~curve.ended & np.isfinite(distance))
    for step in range(1, LOOKS + 1) if len(among) else ():
        back = np.maximum(distance[among] - step, 0.0)
        with np.errstate(invalid="ignore"):
            bad[among] |= ~(2 * (curve.top[among] - curve.values(back, among)) >= -ABOVE)
    return bad


def profile(solution: Fitted, name: str, points: int, level: float) -> Profile:
    """The curve between the ends of its interval at this level, the peak among its points."""
    check_level(level)
    if points < 3:
        raise OptionError(f"points is {points}, but a curve needs at least 3")
    if name in solution.problem.fixed_names:
        raise OptionError(f"{name} is given with fixed=, so it has no profile")
    ((_, curve),) = curves(solution, [name])
    ends = fallen(curve, level)
    ((_, curve),) = curves(solution, [name])
    peak = np.where(curve.at_end, np.copysign(np.inf, curve.peak), curve.peak)
    middle = curve.named(peak[:1], np.array([0])), curve.top[:1]
    below, above = (_side(curve, member, peak, ends, points) for member in (0, 1))
    values, heights = (np.concatenate([b[::-1], m, a]) for b, m, a in zip(below, middle, above, strict=True))
    order = np.argsort(values, kind="stable")
    return Profile(
        name, values[order], heights[order], "log_posterior" if solution.problem.priors else "log_likelihood"
    )


def _side(curve: Curves, member: int, peak: Floats, ends: Floats, points: int) -> tuple[Floats, Floats]:
    """(values, heights) from the peak outwards: evenly spaced, on the scale of the link if an end is at infinity."""
    if curve.ended[member]:
        return np.zeros(0), np.zeros(0)
    one = np.array([member])
    count = points - 1 if curve.ended[1 - member] else (points - 1 + member) // 2
    if np.isinf(ends).all() or (np.isinf(ends) & ~curve.ended).any():
        reaches = np.abs(ends - curve.peak)
        reach = reaches[member] if np.isfinite(reaches[member]) else np.min(reaches, initial=10 * curve.step[member])
        u = curve.peak[member] + curve.side[member] * np.linspace(0, reach, count + 1)[1:]
        seen = curve.named(u, np.repeat(one, count))
    else:
        start, end = curve.named(np.array([peak[member], ends[member]]), np.repeat(one, 2))
        seen = np.linspace(start, end, count + 1)[1:]
        with np.errstate(all="ignore"):
            u = curve.links[0].forward(NUMPY, seen)
    return seen, np.concatenate([curve.at(point, one) for point in np.reshape(u, (-1, 1))])
