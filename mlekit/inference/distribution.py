"""The fitted distribution: frozen, its draws, and values of its distribution function with bounds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from ..errors import OptionError
from ..families.composite._levels import Labels, labelled
from ..links import Link
from ..models.posterior import Fitted, LogPosterior
from ..numerics.arrays import NUMPY, Floats, Namespace, Numbers
from ..numerics.frozen import Frozen
from ..numerics.seeds import generator
from ..numerics.sets import UNIT
from .checks import check_count, check_level, check_proportion
from .new_rows import at
from .predict import hull
from .predictors import Predictors
from .quantities import Quantity

Seed = int | np.random.Generator | None


def dist(solution: Fitted) -> Frozen | Callable[..., Frozen]:
    """The frozen distribution; a function of new rows if it differs from row to row."""
    labels = solution.problem.family.classes()
    if varies(solution.problem):
        return lambda new=None: labelled(at(solution, new).dist, labels)
    return labelled(scalar_dist(one(solution)), labels)


def varies(problem: LogPosterior) -> bool:
    """True if the distribution differs from row to row: by columns, an offset or the trials of each row."""
    regression = bool(problem.coefficients.designs) or problem.rows.offset is not None
    return regression or any(np.ndim(v) for v in _known(problem).values())


def _known(problem: LogPosterior) -> dict[str, Numbers]:
    rows = problem.rows
    return problem.family.known(lambda name: np.ones(len(rows)), len(rows))


def one(solution: Fitted) -> Predictors:
    """The distribution that is the same for all rows."""
    if varies(solution.problem):
        raise OptionError(
            "the distribution differs from row to row: use fit.dist(new), "
            "or for bounds fit.predict(new, which='quantile', q=0.9)"
        )
    return Predictors(solution, 1, {}, None, _known(solution.problem))


def scalar_dist(rows: Predictors) -> Frozen:
    """Frozen at numbers rather than at arrays of one."""
    params = {
        p: [_number(v) for v in value] if isinstance(value, list) else _number(value)
        for p, value in rows.params.items()
    }
    return rows.family.frozen(**params, **{name: _number(v) for name, v in rows.known.items()})


def _number(value: Numbers) -> float:
    return float(np.ravel(value)[0])


def sample(solution: Fitted, n: int, new: object, seed: Seed) -> Numbers:
    """n draws; if the distribution differs from row to row [rows, n], one row per input row."""
    n, rng = check_count(n, "draws"), generator(seed)
    if new is None and not varies(solution.problem):
        draws = scalar_dist(one(solution)).rvs(size=n, random_state=rng)
    else:
        rows = at(solution, new)
        _refuse_outside(rows)
        draws = np.asarray(rows.dist.rvs(size=(n, rows.count), random_state=rng)).T
    labels = solution.problem.family.classes()
    return np.asarray(draws) if labels is None else np.array(labels)[np.asarray(draws, dtype=int)]


def _refuse_outside(rows: Predictors) -> None:
    """Raise an OptionError if a row has no distribution, because a link leaves the set of its parameter."""
    found = rows.outside(rows.family.to_params(NUMPY, rows.etas)) if rows.family.given_links else None
    if found is not None:
        param, beyond = found
        raise OptionError(
            f"sample: with the {rows.family.link(param).name} link {param} leaves its set in row "
            f"{int(np.argmax(beyond))}, which has no distribution to draw from: leave such rows out"
        )


def quantile(solution: Fitted, q: ArrayLike, interval: bool, level: float) -> Numbers:
    """The quantiles at probabilities q."""
    check_proportion(q)
    if interval and solution.problem.family.support.discrete and len(solution.problem.coefficients.runs) > 1:
        raise OptionError(
            "a quantile of a discrete distribution moves in steps, so it has no delta-method bounds: "
            "bootstrap it instead"
        )
    return _asked(solution, q, "ppf", hull(solution.problem.family), interval, level)


def cdf(solution: Fitted, x: ArrayLike, interval: bool, level: float) -> Numbers:
    """The probability of at most x."""
    return _asked(solution, x, "cdf", UNIT.link, interval, level)


def sf(solution: Fitted, x: ArrayLike, interval: bool, level: float) -> Numbers:
    """The probability of more than x."""
    return _asked(solution, x, "sf", UNIT.link, interval, level)


def _asked(solution: Fitted, x: ArrayLike, method: str, link: Link, interval: bool, level: float) -> Numbers:
    """A method of the frozen distribution at x: a number of a number, an array of many, columns with bounds."""
    check_level(level)
    rows = one(solution)
    classes = rows.family.classes()
    labels = None if classes is None else Labels(classes)
    points = _points(rows, labels, x, method)

    def of(xp: Namespace, etas: list[Numbers], params: dict[str, Numbers]) -> Numbers:
        method_of: Callable[[Floats], Floats] = getattr(rows.family.frozen(**params, **rows.known), method)
        return method_of(points)

    quantity = Quantity(rows, of, link, False)
    shown = labels.values if labels is not None and method == "ppf" else np.asarray
    if not interval:
        return float(shown(quantity.value)[0]) if np.ndim(x) == 0 else shown(quantity.value)
    table = quantity.table(level, len(points))
    return {name: column if name == "std_error" else shown(column) for name, column in table.items()}


def _points(rows: Predictors, labels: Labels | None, x: ArrayLike, method: str) -> Floats:
    """The numbers at which a method is asked: of labels their codes."""
    if labels is not None:
        labels.check_order()
    points = x if labels is None or method == "ppf" else labels.up_to(x)
    try:
        return np.atleast_1d(np.asarray(points, dtype=float))
    except (TypeError, ValueError):
        raise OptionError(f"{x!r} is not a number, and the observations of {rows.family.name} are") from None
