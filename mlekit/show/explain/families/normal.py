"""Sentences about a normal distribution, and checks of residuals that other families use too."""

from __future__ import annotations

from math import inf, log, pi, sqrt

import numpy as np

from ....numerics.special import ndtri
from ..facts import Facts, attempt
from ..formatting import many, num, span
from ..page import Line
from ._words import ENOUGH, Parts, Words

NEW_ROWS = "; of new rows somewhat fewer are expected there, because the parameters are estimates"


class Normal(Words):
    """Mean and sd."""

    params = ("mean", "sd")
    canonical = "identity"
    residual = "y - mean"
    row = "-(y - mean)^2/(2 sd^2) - log sd - log(2 pi)/2"

    @property
    def exact(self) -> str:  # type: ignore[override]
        t = "the normal distribution" if "sd" in self.facts.fixed else "Student's t"
        sources = {"mean": f"from {t} for the mean", "sd": "from the chi-squared distribution for the sd"}
        free = " and ".join(sources[name] for name in sources if name in self.facts.free)
        return f"exact if {self.y} is normal: {free}"

    def noun(self, param: str) -> str:
        return f"the {param} of {self.y}"

    def assumed(self) -> Parts:
        return [
            (
                f"{self.facts.each_row} is a common mean plus an error. The errors are independent and normal with "
                "mean zero and a common sd, so that about 95% of them are within two sd of zero."
            )
        ]

    def each(self) -> str:
        return f"Each row of {self.y} is its own mean plus a normal error."

    def objective(self) -> Parts:
        n = self.data("n")
        constant = num(n * log(2 * pi) / 2)
        return [
            f"The log density of a row is {self.row}. The sum over the rows is:",
            Line(f"log L(mean, sd) = -sum (y - mean)^2 / (2 sd^2) - {num(n)} log sd - {constant}"),
            (
                "Whatever the sd, the mean with the highest likelihood has the smallest sum of squares: least squares "
                "is maximum likelihood under normal errors. At the estimate the log-likelihood is "
                f"{num(self.facts.fit.llf)}."
            ),
        ]

    def prior_terms(self) -> Parts:
        n = self.added("n")
        if not n:
            return []
        return [
            (
                f"Because the sd is fixed, the prior is worth sd^2 / (prior variance) = {many(n, 'imaginary row')} at "
                f"{num(self.added('y') / n)}."
            )
        ]

    def solution(self) -> Parts:
        n, y = self.total("n"), self.total("y")
        mean = Line(f"sum (y - mean)/sd^2 = 0, so mean = {num(y)}/{num(n)} = {num(self['mean'])}")
        square = self._squares()
        sd = Line(f"{num(square)}/sd^3 = {num(n)}/sd, so sd = sqrt({num(square)}/{num(n)}) = {num(self['sd'])}")
        free = [line for name, line in (("mean", mean), ("sd", sd)) if name in self.facts.free]
        both = "both derivatives are" if len(free) > 1 else "the derivative is"
        imaginary = ", with the imaginary rows" if self.facts.imaginary is not None else ""
        return [f"At the maximum {both} zero{imaginary}:", *free]

    def _squares(self) -> float:
        """Sum of squares about the mean, from the sums about their own origin."""
        stats = self.facts.problem.form.stats
        n, y, yy = (float(part[0]) for part in (stats.n, stats["y"], stats["yy"]))
        m = self["mean"] - float(stats.origin[0])
        return yy - m * (2 * y - n * m)

    def meaning(self) -> Parts:
        mean, sd = self["mean"], self["sd"]
        return [
            (
                f"mean = {num(mean)}: the centre of {self.y}, in its own units. sd = {num(sd)}: the typical distance "
                "of a single row from the mean. The fitted distribution has about 95% of its values in "
                f"{span(mean - 2 * sd, mean + 2 * sd)}{NEW_ROWS if self.facts.free else ''}."
            ),
            (
                "The log-likelihood is that of a density: it may be positive, and it changes with the unit of "
                f"measurement (by {num(self.facts.n)} log k if {self.y} is divided by k). Compare it between "
                "distributions only on the same rows."
            ),
        ]

    def information(self) -> Parts:
        n, sd = self.total("n"), self["sd"]
        lines = {
            "mean": f"mean: {num(n)}/{num(sd)}^2 = {num(n / sd**2)}    {_root(n / sd**2, sd / sqrt(n))}",
            "sd": f"sd: 2 * {num(n)}/{num(sd)}^2 = {num(2 * n / sd**2)}    {_root(2 * n / sd**2, sd / sqrt(2 * n))}",
        }
        return [self.information_is, *(Line(lines[k]) for k in self.facts.free)]

    def remarks(self) -> Parts:
        n = self.facts.n
        if self.facts.has_prior or self.facts.fixed or n < 2:
            return []
        if not self.facts.identical:
            return self._too_small() if list(self.facts.designs) == ["mean"] and not self.facts.tied else []
        return [
            (
                f"Maximum likelihood divides the sum of squares by n = {num(n)}, not by n - 1, so the sd is biased "
                f"downwards: with n - 1 it would be {num(self['sd'] * sqrt(n / (n - 1)))}. The exact intervals allow "
                "for this."
            )
        ]

    def _too_small(self) -> Parts:
        """Of a regression: the standard errors of lm in R are larger."""
        n = self.facts.n
        df = n - len(self.facts.designs["mean"].names)
        if df <= 0:
            return []
        return [
            (
                f"Maximum likelihood divides the sum of squares by n = {num(n)}, not by the {num(df)} residual "
                f"degrees of freedom, so these standard errors are too small by a factor of {num(sqrt(n / df))}: "
                'fit.with_cov("unbiased") corrects this.'
            )
        ]

    def checks(self) -> Parts:
        found = shape(self.facts, 'the t distribution (family="student_t") is less sensitive to outliers')
        remedy = 'a formula for the sd, {"mean": ..., "sd": "~ x"}, or robust standard errors: fit.with_cov("hc3")'
        return [*found, *(equal_spread(self.facts, remedy) if self.facts.designs else [])]


def _root(information: float, error: float) -> str:
    return f"1/sqrt({num(information)}) = {num(error)}"


def shape(facts: Facts, instead: str) -> Parts:
    """Check residuals for normality, by their skewness and the largest of them."""
    r = facts.residuals("quantile")
    if r is None or facts.rows.weighted or facts.overfitted:
        return []
    if len(r) < ENOUGH:
        return [
            (
                f"With {many(len(r), 'row')} the shape of the distribution cannot be checked: that {facts.target} is "
                "normal is an assumption."
            )
        ]
    centred = r - r.mean()
    spread = sqrt(float((centred**2).mean()))
    skew, farthest = float((centred**3).mean()) / spread**3 if spread else 0.0, float(abs(r).max())
    usual, limit = 2 * sqrt(6 / len(r)), -float(ndtri(0.025 / len(r)))
    text = (
        f"The skewness of the residuals is {num(skew, 3)}; in a normal sample of this size it is usually within "
        f"{num(usual, 3)} of zero. The largest residual is {num(farthest, 3) if farthest < inf else 'more than 37'} sd "
        f"from zero; more than {num(limit, 3)} sd would be rare."
    )
    if abs(skew) > usual:
        side = "right" if skew > 0 else "left"
        text += (
            f" The errors are skewed to the {side}: intervals for the mean are more reliable than those for new rows."
        )
    elif farthest > limit:
        text += f" One row is farther out than the distribution can explain: check that row; {instead}."
    return [text]


def scores(facts: Facts) -> Parts:
    """Check the fit of a distribution by the normal scores of the rows: their sd and their skewness."""
    r = facts.residuals("quantile")
    if r is None or facts.rows.weighted or facts.overfitted or len(r) < ENOUGH or not np.isfinite(r).all():
        return []
    spread = sqrt(float(((r - r.mean()) ** 2).mean()))
    skew, limit = float(((r - r.mean()) ** 3).mean()) / spread**3, 2 * sqrt(6 / len(r))
    usual = 1 - sqrt(2 / len(r)), 1 + sqrt(2 / len(r))
    text = (
        f"Transformed to normal scores by the fitted distribution, the rows have a skewness of {num(skew, 3)}, usually "
        f"within {num(limit, 3)} of zero, and an sd of {num(spread, 3)}, usually {span(*usual)}"
    )
    if not usual[0] <= spread <= usual[1]:
        more = "more" if spread > 1 else "less"
        return [f'{text}: the rows vary {more} than the distribution implies. fit.plot("qq") shows where.']
    if abs(skew) <= limit:
        return [f"{text}: they show no lack of fit."]
    end = "large" if skew > 0 else "small"
    return [f'{text}: the distribution seems to fit the {end} values badly. fit.plot("qq") shows where.']


def equal_spread(facts: Facts, remedy: str) -> Parts:
    """Check whether the residuals of rows with large and with small fitted means have the same spread."""
    r = facts.residuals("quantile")
    mean = attempt(lambda: np.asarray(facts.fit.predict(), dtype=float))
    if r is None or mean is None or facts.rows.weighted or facts.overfitted or len(r) < ENOUGH:
        return []
    if not np.isfinite(r).all():
        return []
    above = mean > np.median(mean)
    if not 0.2 < above.mean() < 0.8:
        return []
    ratio = float(np.sqrt((r[above] ** 2).mean() / (r[~above] ** 2).mean()))
    usual = float(np.exp(2 * sqrt(2 / len(r))))
    text = (
        f"Where the fitted mean of {facts.target} is large, the residuals spread {num(ratio, 3)} times as far as "
        "where it is small"
    )
    if 1 / usual <= ratio <= usual:
        return [f"{text} ({span(1 / usual, usual)} is usual)."]
    cure = "The standard errors above allow for this." if facts.robust else f"Try {remedy}."
    return [f"{text}, and {span(1 / usual, usual)} is usual: the spread is not as assumed. {cure}"]
