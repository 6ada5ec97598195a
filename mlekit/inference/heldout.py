"""Rows with their response: log densities, and the mean loss on data that the fit has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data.columns import is_table
from ..data.intake import observed, read
from ..data.observations import Observations
from ..data.observations.exact import Exact
from ..errors import DataError, OptionError
from ..solvers._base import Array, Solution
from .predictors import Predictors, fitted, named, new_offset


@dataclass(frozen=True)
class Evaluation:
    """The mean loss in nats, its standard error, and the number of rows.

    >>> import mlekit
    >>> seen = mlekit.fit([1, 0], family="bernoulli").evaluate([1, 1, 0])
    >>> round(seen.nll, 6), seen.n
    (0.693147, 3.0)
    """

    nll: float
    std_error: float
    n: float


def log_prob(solution: Solution, new: Any = None, target: Any = None) -> Array:
    """The log density of each row; of the fitted ones where no others are given."""
    if new is None:
        return fitted(solution).log_density(solution.problem.rows.observations)
    rows, seen, _ = read_new(solution, new, target)
    return rows.log_density(seen)


def evaluate(solution: Solution, new: Any, target: Any = None) -> Evaluation:
    """The mean of minus the log density, over rows as often as they count."""
    rows, seen, weights = read_new(solution, new, target)
    if not len(seen):
        raise DataError("there are no rows to evaluate on: give at least one")
    loss = -rows.log_density(seen)
    weights = np.ones(len(loss)) if weights is None else weights
    n = weights.sum()
    with np.errstate(all="ignore"):
        nll = (weights * loss)[weights > 0].sum() / n
        variance = (weights * (loss - nll) ** 2)[weights > 0].sum() / (n - 1) if n > 1 else np.nan
        return Evaluation(float(nll), float(np.sqrt(variance / n)), float(n))


def read_new(solution: Solution, new: Any, target: Any) -> tuple[Predictors, Observations, Array | None]:
    """New rows in the form that the fit was given: (the fit there, observations, weights)."""
    problem, designs = solution.problem, solution.problem.coefficients.designs
    weights = None
    if not designs and problem.rows.offset is None:
        asked = target if target is not None or not is_table(new) else _target(problem.rows, new)
        rows = read(next(iter(problem.family.params)), new, asked)
        given, weights, count, where = rows.observations, rows.weights, len(rows), rows.column
        offset = None
    else:
        frame = named(new, designs)
        designs = {param: design.on(frame) for param, design in designs.items()}
        offset, count, where = new_offset(solution.problem, designs, frame), frame.rows, frame.column
        given = _response(problem.rows, frame) if target is None else observed(target, "y")
        if len(given) != count:
            raise DataError(f"the new rows are {count}, but y has {len(given)} values")
    gone = given.missing()
    if gone is not None:
        raise DataError(
            f"{int(gone.sum())} of the new observations are missing, the first in row {int(np.argmax(gone))}: "
            "leave them out"
        )
    _, seen = given.bind(problem.family, where)
    return Predictors(solution, count, designs, offset, seen.known(problem.family)), seen, weights


def _target(rows: Any, new: Any) -> str | None:
    """The column that the fit was of, where new rows have more than one."""
    from ..data.frames import table

    names = table(new).names
    return rows.target if rows.target in names else None


def _response(rows: Any, frame: Any) -> Observations:
    """The left side of the formula, in new rows."""
    if rows.target in frame.names:
        return Exact(frame.column(rows.target))
    from ..data.formula import parse

    response = parse(f"{rows.target} ~ 1").response
    assert response is not None
    lacking = [name for name in response.names if name not in frame.names]
    if lacking:
        raise OptionError(
            f"the new rows have no column {lacking[0]!r}, the response: "
            "add it, or give it apart, as in fit.evaluate(X, y)"
        )
    return response.observations(frame)
