"""The fitted law itself: as a frozen distribution, its draws, and values of its distribution function with bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import OptionError
from ..families.composite._levels import Labels, labelled
from ..links import Link
from ..models.posterior import LogPosterior
from ..numerics.sets import UNIT
from ..solvers._base import Array, Solution
from .levels import check_level, check_proportion
from .predict import hull
from .predictors import Predictors, at
from .quantities import Quantity


def dist(solution: Solution) -> Any:
    """The law as a frozen scipy distribution; a function of new rows where it differs from row to row."""
    labels = solution.problem.family.classes()
    if varies(solution.problem):
        return lambda new=None: labelled(at(solution, new).dist, labels)
    return labelled(scalar_dist(one(solution)), labels)


def varies(problem: LogPosterior) -> bool:
    """Whether the law differs from row to row: a regression, or one with an offset or tries of each row."""
    regression = bool(problem.coefficients.designs) or problem.rows.offset is not None
    return regression or any(np.ndim(v) for v in _known(problem).values())


def _known(problem: LogPosterior) -> dict[str, Array]:
    rows = problem.rows
    return problem.family.known(lambda name: np.ones(len(rows)), len(rows))


def one(solution: Solution) -> Predictors:
    """The law that is the same for all rows."""
    if varies(solution.problem):
        raise OptionError(
            "the law differs from row to row: use fit.dist(new), "
            "or for bounds fit.predict(new, which='quantile', q=0.9)"
        )
    return Predictors(solution, 1, {}, None, _known(solution.problem))


def scalar_dist(rows: Predictors) -> Any:
    """Frozen at numbers rather than at arrays of one."""
    params = {
        p: [_number(v) for v in value] if isinstance(value, list) else _number(value)
        for p, value in rows.params.items()
    }
    return rows.family.frozen(**params, **{name: _number(v) for name, v in rows.known.items()})


def _number(value: Array) -> float:
    return float(np.ravel(value)[0])


def sample(solution: Solution, n: Any, new: Any, seed: Any) -> Array:
    """n draws; where the law differs from row to row [rows, n], a row an input row."""
    if not isinstance(n, (int, np.integer)) or n < 0:
        raise OptionError(f"n is {n!r}, but it is a number of draws, from 0 up")
    rng = np.random.default_rng(seed)
    if new is None and not varies(solution.problem):
        draws = scalar_dist(one(solution)).rvs(size=n, random_state=rng)
    else:
        rows = at(solution, new)
        draws = np.asarray(rows.dist.rvs(size=(n, rows.count), random_state=rng)).T
    labels = solution.problem.family.classes()
    return np.asarray(draws) if labels is None else np.array(labels)[np.asarray(draws, dtype=int)]


def quantile(solution: Solution, q: Any, interval: bool, level: float) -> Any:
    """The values below which shares q lie."""
    check_proportion(q)
    if interval and solution.problem.family.support.discrete and len(solution.problem.coefficients.runs) > 1:
        raise OptionError(
            "a quantile of a discrete law moves in steps, so it has no delta-method bounds: bootstrap it instead"
        )
    return _asked(solution, q, "ppf", hull(solution.problem.family), interval, level)


def cdf(solution: Solution, x: Any, interval: bool, level: float) -> Any:
    """The probability of at most x."""
    return _asked(solution, x, "cdf", UNIT.link, interval, level)


def sf(solution: Solution, x: Any, interval: bool, level: float) -> Any:
    """The probability of more than x."""
    return _asked(solution, x, "sf", UNIT.link, interval, level)


def _asked(solution: Solution, x: Any, method: str, link: Link, interval: bool, level: float) -> Any:
    """A method of the frozen law at x: a number of a number, an array of many, columns with bounds."""
    check_level(level)
    rows = one(solution)
    classes = rows.family.classes()
    labels = None if classes is None else Labels(classes)
    if labels is not None:
        labels.check_order()
    places = x if labels is None or method == "ppf" else labels.up_to(x)
    try:
        places = np.atleast_1d(np.asarray(places, dtype=float))
    except (TypeError, ValueError):
        raise OptionError(f"{x!r} is not a number, and the observations of {rows.family.name} are") from None

    def of(xp: Any, etas: list[Any], params: dict[str, Any]) -> Array:
        method_of: Callable[[Array], Array] = getattr(rows.family.frozen(**params, **rows.known), method)
        return method_of(places)

    quantity = Quantity(rows, of, link, False)
    said = labels.values if labels is not None and method == "ppf" else np.asarray
    if not interval:
        return float(said(quantity.value)[0]) if np.ndim(x) == 0 else said(quantity.value)
    table = quantity.table(level, len(places))
    return {name: column if name == "std_error" else said(column) for name, column in table.items()}
