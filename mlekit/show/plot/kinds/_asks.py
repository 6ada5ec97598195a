"""Why a picture cannot be had: what several kinds have to ask of a fit."""

from __future__ import annotations

from typing import Any

from ....families._base import Family

from ....inference.distribution import varies
from ....inference.verdict import proved

UNSAVED = "it needs the rows, and the fit was loaded or merged without them (fit.save(path, data=True) keeps them)"
MANY = "of groups there is one each: say fit[key].plot(...) for one of them"
NET = "a net has no law that is the same for all rows, and no likelihood along one of its weights"
EMPTY = "no row of it counts: every weight is zero"
ROWWISE = "the law differs from row to row: see 'effects' and 'residuals'"
SAME = "the law is the same for all rows, and so is the fitted mean: see 'fit'"
HELD = "every parameter is held with fixed=, so there is nothing to see along one"
UNPROVED = "the search stopped where no maximum is proved (see fit.verdict), and such a curve begins at one"
DENSITY = "this law is known by its density alone, and the picture needs its distribution function"
LEVELS = "the observations are levels without an order"
NO_GROUPS = "it compares groups: fit with by="
NO_NET = "it shows how a network was trained, and nothing was trained here"
NOT_ONE = {"one": "", "groups": MANY, "net": NET}


def one_fit(fit: Any) -> str:
    """Of a fit of one group with named parameters, and rows that count."""
    return NOT_ONE[fit.kin] or ("" if fit.nobs else EMPTY)


def one_law(fit: Any) -> str:
    """Of a fit whose law is the same for all rows."""
    return one_fit(fit) or (ROWWISE if varies(fit.problem) else "")


def of_rows(fit: Any) -> str:
    """Of a fit of one group, or a net, that still has its rows."""
    return MANY if fit.kin == "groups" else rows_kept(fit) or ("" if fit.nobs else EMPTY)


def rowwise(fit: Any) -> bool:
    """Whether the law differs from row to row."""
    return fit.kin == "net" or varies(fit.problem)


def rows_kept(fit: Any) -> str:
    """Of a fit that still has its rows."""
    rows = fit.problem.rows
    return "" if rows is not None and (fit.kin == "net" or rows.kept) else UNSAVED


def ordered(fit: Any) -> str:
    """Of a law with a distribution function, over what has an order."""
    density = type(fit.family).frozen is Family.frozen
    return LEVELS if fit.family.codes else DENSITY if density else ""


def movable(fit: Any) -> str:
    """Of a fit with something free, whose likelihood can be asked for elsewhere."""
    return one_fit(fit) or ("" if free(fit) else HELD) or ("" if fit.problem.form.summed else rows_kept(fit))


def curved(fit: Any) -> str:
    """And of one with a proved maximum."""
    return movable(fit) or ("" if proved(fit.solution) else UNPROVED)


def free(fit: Any) -> list[str]:
    """The parameters that were not held."""
    still = fit.problem.fixed_names
    return [name for name in fit.params.index if name not in still]
