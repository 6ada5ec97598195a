"""Requirements of several kinds of pictures.

Each function returns the reason why a fit does not meet a requirement, as a clause, or "" if it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....families._base import Family
from ....inference.distribution import varies
from ....inference.verdict import proved

if TYPE_CHECKING:
    from ....fits import Fit, NetworkFit

NO_ROWS = "it needs the rows, and the fit was loaded or merged without them (fit.save(path, data=True) keeps them)"
NO_WEIGHT = "every row has weight zero, so nothing was observed"
BY_ROW = "the distribution differs from row to row: see 'effects' and 'residuals'"
IDENTICAL = "the distribution is the same for all rows, and so is the fitted mean: see 'fit'"
ALL_FIXED = "every parameter is fixed with fixed=, so there is no curve along one"
NOT_PROVED = "no maximum is proved (see fit.verdict), and the curve starts at one"
NO_CDF = "only the density of this distribution is known, and the picture needs its distribution function"
CENSORED = "rows are censored or truncated, so their values are not known: see 'qq' and 'profile'"
LEVELS = "the observations are levels without an order"


def weight(fit: Fit | NetworkFit) -> str:
    """Require rows with weight."""
    return "" if fit.nobs else NO_WEIGHT


def rows(fit: Fit | NetworkFit) -> str:
    """Require the rows of the fit."""
    kept = fit.problem.rows
    return "" if kept is not None and (fit.trained or kept.kept) else NO_ROWS


def exact(fit: Fit) -> str:
    """Require rows that were all observed exactly."""
    return "" if fit.problem.rows.observations.exact else CENSORED


def identical(fit: Fit) -> str:
    """Require identically distributed rows."""
    return weight(fit) or (BY_ROW if varies(fit.problem) else "")


def cdf(fit: Fit | NetworkFit) -> str:
    """Require a distribution function, of observations that have an order."""
    unknown = type(fit.family).frozen is Family.frozen
    return LEVELS if fit.family.codes else NO_CDF if unknown else ""


def likelihood(fit: Fit) -> str:
    """Require a free parameter and a likelihood that can be evaluated at other values of it."""
    return weight(fit) or ("" if free(fit) else ALL_FIXED) or ("" if fit.problem.form.summed else rows(fit))


def maximum(fit: Fit) -> str:
    """Require the same, and a proved maximum."""
    return likelihood(fit) or ("" if proved(fit.solution) else NOT_PROVED)


def differs_by_row(fit: Fit | NetworkFit) -> bool:
    """Return True if the distribution differs from row to row."""
    return fit.trained or varies(fit.problem)


def free(fit: Fit) -> list[str]:
    """Return the names of the fitted parameters."""
    fixed = fit.problem.fixed_names
    return [name for name in map(str, fit.params.index) if name not in fixed]
