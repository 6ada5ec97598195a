"""The words of the normal law."""

from __future__ import annotations

from math import inf, log, sqrt

import numpy as np

from ....numerics.special import ndtri
from ..page import Line
from ..say import many, num, span
from ..view import View, attempt
from ._words import ENOUGH, Parts, Words


class Normal(Words):
    """A centre and a spread."""

    params = ("mean", "sd")
    canonical = "identity"
    left = "y - mean"
    row = "-(y - mean)^2/(2 sd^2) - log sd - log(2 pi)/2"

    @property
    def exact(self) -> str:  # type: ignore[override]
        t = "the normal law" if "sd" in self.v.held else "Student's t"
        laws = {"mean": f"from {t} for the mean", "sd": "from chi-square for the sd"}
        return f"exact if {self.y} is normal, {' and '.join(laws[name] for name in laws if name in self.v.free)}"

    def noun(self, param: str) -> str:
        return f"the {param} of {self.y}"

    def assumed(self) -> Parts:
        return [
            (
                f"{self.v.each_row} is one fixed mean plus an error. The errors are independent, "
                "as often above as below, and have one sd: a bell about the mean, in which 95 in 100 lie within two sd."
            )
        ]

    def each(self) -> str:
        return f"Each row of {self.y} is a mean of its own plus an error from a normal law, the bell."

    def objective(self) -> Parts:
        n = self.data("n")
        return [
            f"The log density of a row is {self.row}. Added up:",
            Line(
                f"log L(mean, sd) = -sum (y - mean)^2 / (2 sd^2) - {num(n)} log sd - "
                f"{num(n * log(2 * 3.141592653589793) / 2)}"
            ),
            (
                "Whatever the sd, the mean with the highest likelihood is the one with the least sum of squares: least "
                f"squares is maximum likelihood under normal errors. At the estimate it is {num(self.v.fit.llf)}."
            ),
        ]

    def belief(self) -> Parts:
        n = self.added("n")
        return (
            [
                (
                    f"With the sd known, the prior is worth sd^2 / (its variance) = {many(n, 'imaginary row')} "
                    f"at {num(self.added('y') / n)}."
                )
            ]
            if n
            else []
        )

    def solution(self) -> Parts:
        n, y = self.total("n"), self.total("y")
        mean = Line(f"sum (y - mean)/sd^2 = 0, so mean = {num(y)}/{num(n)} = {num(self['mean'])}")
        square = self._squares()
        sd = Line(f"{num(square)}/sd^3 = {num(n)}/sd, so sd = sqrt({num(square)}/{num(n)}) = {num(self['sd'])}")
        free = [line for name, line in (("mean", mean), ("sd", sd)) if name in self.v.free]
        both = "Both slopes are zero at the top" if len(free) > 1 else "The slope is zero at the top"
        return [f"{both}{', imaginary rows counted' if self.v.extra is not None else ''}:", *free]

    def _squares(self) -> float:
        """The sum of squares about the mean, from the sums about their own origin."""
        stats = self.v.base.stats
        n, y, yy = (float(part[0]) for part in (stats.n, stats["y"], stats["yy"]))
        m = self["mean"] - float(stats.origin[0])
        return yy - m * (2 * y - n * m)

    def meaning(self) -> Parts:
        mean, sd = self["mean"], self["sd"]
        inside = f"{span(mean - 2 * sd, mean + 2 * sd)}"
        return [
            (
                f"mean = {num(mean)}: where {self.y} is centred, in its own units. sd = {num(sd)}: how far a single "
                f"row usually is from it. Under this law 95 new rows in 100 lie about within {inside}."
            ),
            (
                "The log-likelihood is that of a density: it may be above 0, and it moves with the unit of measurement "
                f"(by {num(self.v.n)} log k if {self.y} is divided by k). Compare it between laws, on the same rows."
            ),
        ]

    def information(self) -> Parts:
        n, sd = self.total("n"), self["sd"]
        said = {
            "mean": Line(
                f"mean: {num(n)}/{num(sd)}^2 = {num(n / sd**2)}    1/sqrt({num(n / sd**2)}) = {num(sd / sqrt(n))}"
            ),
            "sd": Line(
                f"sd: 2 * {num(n)}/{num(sd)}^2 = {num(2 * n / sd**2)}    1/sqrt({num(2 * n / sd**2)}) = "
                f"{num(sd / sqrt(2 * n))}"
            ),
        }
        return [
            "The curvature at the top is the information, one over its root the error:",
            *(said[k] for k in self.v.free),
        ]

    def remarks(self) -> Parts:
        n = self.v.n
        if self.v.believed or self.v.held or n < 2:
            return []
        if not self.v.plain:
            return self._too_small() if list(self.v.designs) == ["mean"] and not self.v.tied else []
        sd = self["sd"] * sqrt(n / (n - 1))
        return [
            (
                f"Maximum likelihood divides the sum of squares by n = {num(n)}, not by n - 1, and so makes the sd a "
                f"little too small: with n - 1 it would be {num(sd)}. The exact intervals allow for that."
            )
        ]

    def _too_small(self) -> Parts:
        """Of a regression: the errors that lm in R has are larger."""
        n = self.v.n
        left = n - len(self.v.designs["mean"].names)
        if left <= 0:
            return []
        return [
            (
                f"Maximum likelihood divides the sum of squares by n = {num(n)}, not by {many(left, 'row')} that the "
                f"coefficients leave over, so these errors are too small by a factor of {num(sqrt(n / left))}: "
                'fit.with_cov("unbiased") mends that.'
            )
        ]

    def doubts(self) -> Parts:
        told = shape(self.v, 'the t law (family="student_t") bends to far rows less')
        remedy = 'a formula for the sd, {"mean": ..., "sd": "~ x"}, or errors that allow for it: fit.with_cov("hc3")'
        return [*told, *(steady(self.v, remedy) if self.v.designs else [])]


def shape(view: View, instead: str) -> Parts:
    """Whether residuals look like draws from a normal law: their skewness, and the largest of them."""
    r = view.residuals("quantile")
    if r is None or view.rows.weighted or view.crowded:
        return []
    if len(r) < ENOUGH:
        return [
            f"With {many(len(r), 'row')} nobody can see whether {view.target} is normal: its shape is a belief here."
        ]
    centred = r - r.mean()
    spread = sqrt(float((centred**2).mean()))
    skew, far = float((centred**3).mean()) / spread**3 if spread else 0.0, float(abs(r).max())
    tilt, limit = 2 * sqrt(6 / len(r)), -float(ndtri(0.025 / len(r)))
    lopsided, alone = abs(skew) > tilt, far > limit
    said = [
        (
            f"Skewness of the residuals: {num(skew, 3)}, usually within {num(tilt, 3)} of zero for so many normal "
            f"rows. The farthest is {num(far, 3) if far < inf else 'more than 37'} sd away; beyond {num(limit, 3)} "
            "would be rare."
        )
    ]
    if lopsided:
        longer = "upwards" if skew > 0 else "downwards"
        said[0] += f" The errors reach further {longer}, so intervals for the mean hold better than those for new rows."
    elif alone:
        said[0] += f" One row is further off than the law can explain: look at it, and {instead}."
    return said


def scores(view: View) -> list[str]:
    """Whether the rows, turned into normal scores by their law, look like draws from a standard normal law."""
    r = view.residuals("quantile")
    if r is None or view.rows.weighted or view.crowded or len(r) < ENOUGH or not np.isfinite(r).all():
        return []
    spread = sqrt(float(((r - r.mean()) ** 2).mean()))
    skew, tilt = float(((r - r.mean()) ** 3).mean()) / spread**3, 2 * sqrt(6 / len(r))
    usual = 1 - sqrt(2 / len(r)), 1 + sqrt(2 / len(r))
    told = (
        f"Turned into normal scores by the fitted law, the rows have skewness {num(skew, 3)}, usually within "
        f"{num(tilt, 3)} of zero, and an sd of {num(spread, 3)}, usually {span(*usual)}"
    )
    if not usual[0] <= spread <= usual[1]:
        wide = "more" if spread > 1 else "less"
        return [f'{told}: the rows scatter {wide} than the law says. fit.plot("qq") shows where.']
    if abs(skew) <= tilt:
        return [f"{told}: no fault of the law shows in these."]
    end = "large" if skew > 0 else "small"
    return [f'{told}: the law seems to miss the {end} values. fit.plot("qq") shows where.']


def steady(view: View, remedy: str) -> list[str]:
    """Whether residuals spread as far where the law expects much as where it expects little."""
    r = view.residuals("quantile")
    mean = attempt(lambda: np.asarray(view.fit.predict(), dtype=float))
    if r is None or mean is None or view.rows.weighted or view.crowded or len(r) < ENOUGH:
        return []
    if not np.isfinite(r).all():
        return []
    above = mean > np.median(mean)
    if not 0.2 < above.mean() < 0.8:
        return []
    ratio = float(np.sqrt((r[above] ** 2).mean() / (r[~above] ** 2).mean()))
    usual = float(np.exp(2 * sqrt(2 / len(r))))
    told = (
        f"Where the law expects more of {view.target}, residuals spread {num(ratio, 3)} times as far as where it "
        "expects less"
    )
    if 1 / usual <= ratio <= usual:
        return [f"{told} ({span(1 / usual, usual)} is usual)."]
    found = f"{told}, and {span(1 / usual, usual)} is usual: the spread is not as assumed."
    return [f"{found} {'The errors above allow for that.' if view.robust else f'Try {remedy}.'}"]
