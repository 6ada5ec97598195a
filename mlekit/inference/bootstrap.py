"""The bootstrap: the same fit of rows drawn with replacement from the rows, again and again.

A resample counts each row as often as it was drawn, so it is a set of weights; many resamples are one batch. Rows with
weights of their own are drawn in proportion to them, as many as they stand for.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..data.observations import Observations
from ..data.observations.exact import Exact
from ..errors import ConvergenceError, ConvergenceWarning, IdentifiabilityError, OptionError
from ..models.posterior import LogPosterior
from ..solvers._base import Array, Solution, Status
from ..solvers.newton import Newton
from .conjugate import exact_interval
from .levels import check_level
from .verdict import codes

CELLS = 2_000_000  # resampled rows at a time: 16 MB of weights
LOST = (Status.FLAT, Status.STEPS, Status.FAILED)


@dataclass(frozen=True)
class Bootstrap:
    """What was fitted to each resample; a refit that found no maximum is a row of NaN.

    >>> import mlekit
    >>> boot = mlekit.fit([1, 0, 1, 1, 0, 1, 1, 1], family="bernoulli").bootstrap(200, seed=1)
    >>> boot.draws.shape, boot.failed
    ((200, 1), 0)
    """

    names: list[str]
    values: Array = field(repr=False)  # [n, U]

    @property
    def draws(self) -> Any:
        """A DataFrame: a row a resample, a column a value.

        >>> import mlekit
        >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> fit.bootstrap(3, seed=1).draws.shape
        (3, 2)
        """
        return _table(dict(zip(self.names, self.values.T, strict=True)))

    @property
    def failed(self) -> int:
        """How many refits found no maximum.

        >>> import mlekit
        >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> fit.bootstrap(3, seed=1).failed
        0
        """
        return int(np.isnan(self.values).any(axis=1).sum())

    def conf_int(self, level: float = 0.95) -> Any:
        """A DataFrame of percentiles of the draws by name, in columns `lower` and `upper`.

        >>> import mlekit
        >>> boot = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").bootstrap(999, seed=1)
        >>> boot.conf_int().round(1).values.tolist()
        [[0.4, 1.0]]
        """
        low, high = percentiles(self.values, check_level(level))
        table = _table({"lower": low, "upper": high})
        table.index = self.names
        return table

    def __str__(self) -> str:
        failed = f"{self.failed} found no maximum and are left out" if self.failed else "all found a maximum"
        return f"{len(self.values)} refits of resampled rows; {failed}"


def _table(columns: dict[str, Array]) -> Any:
    from ..data.frames import like

    return like(None, columns)


def refuse_ends(solution: Solution, names: list[str]) -> None:
    """An OptionError where a value is at an end of its set: every resample ends there too."""
    places: dict[str, int] = solution.problem.coefficients.coordinate
    at = solution.original[0]
    ends = [name for name in names if name in places and np.isinf(at[places[name]])]
    if ends and int(solution.status[0]) == Status.BOUNDARY:
        exact = not solution.problem.priors and exact_interval(solution.problem, ends[0], 0.95) is not None
        method = "exact" if exact and solution.problem.count == 1 else "profile"
        raise OptionError(
            f"{ends[0]} is at an end of its set, and so it is in every resample: the bootstrap has no interval there; "
            f"method={method!r} gives one that is valid"
        )


def percentiles(draws: Array, level: float) -> tuple[Array, Array]:
    """Of each column [n, U], rows of NaN left out, which is said."""
    kept = draws[~np.isnan(draws).any(axis=1)]
    if not len(kept):
        raise ConvergenceError("no refit of resampled rows found a maximum: there is no bootstrap interval")
    if len(kept) < len(draws):
        message = f"{len(draws) - len(kept)} of {len(draws)} refits of resampled rows found no maximum and are left out"
        warnings.warn(message, ConvergenceWarning, stacklevel=2)
    ordered = np.sort(kept, axis=0)
    return _quantile(ordered, (1 - level) / 2), _quantile(ordered, (1 + level) / 2)


def _quantile(ordered: Array, q: float) -> Array:
    """Between the draws whose ranks are nearest to q (n + 1); between a number and infinity the nearer one."""
    place = min(max(q * (len(ordered) + 1) - 1, 0.0), len(ordered) - 1.0)
    low, high, part = ordered[int(np.floor(place))], ordered[int(np.ceil(place))], place % 1.0
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(high - low), low + part * (high - low), low if part < 0.5 else high)


def bootstrap(solution: Solution, n: Any = 999, seed: Any = 0) -> Bootstrap:
    """n refits; seed is a number or a NumPy Generator."""
    if solution.problem.count > 1:
        raise OptionError("a bootstrap is of one fit: fit[key].bootstrap() for one group")
    if not isinstance(n, int) or n < 1:
        raise OptionError(f"n is {n!r}, but it is how often the rows are drawn, from 1 up")
    problem = solution.problem.ungrouped()
    solution = replace(solution, problem=problem)
    observations, weights = _rows(problem)
    generator = np.random.default_rng(seed)
    draws = _draw(generator, n, len(observations), weights, problem.form.one_at_a_time)
    parts = [_refit(solution, observations, drawn) for drawn in draws]
    return Bootstrap(list(solution.problem.coefficients.names), np.concatenate(parts))


def _rows(problem: LogPosterior) -> tuple[Observations, Array | None]:
    """(observations, weights); of a family that needs their sums only, the distinct values and their counts."""
    rows: Any = problem.rows
    family = problem.family
    if problem.form.summed:
        tally = family.support.tally(rows.y, rows.weights)
        if tally is not None:
            values, counts = tally
            return Exact(values), counts
    return rows.observations, rows.weights


def _draw(generator: np.random.Generator, n: int, rows: int, weights: Array | None, single: bool) -> Iterator[Array]:
    """How often each row is drawn, [B, rows], for a total of n resamples."""
    most = 1 if single else max(1, CELLS // rows)
    for start in range(0, n, most):
        count = min(most, n - start)
        if weights is None:
            drawn = [np.bincount(generator.integers(rows, size=rows), minlength=rows) for _ in range(count)]
            yield np.array(drawn, dtype=float)
        else:
            total = float(weights.sum())
            size = max(1, round(total))
            yield generator.multinomial(size, weights / total, size=count) * (total / size)


def _refit(solution: Solution, observations: Observations, weights: Array) -> Array:
    """[B, U]."""
    width = len(solution.problem.coefficients.names)
    with np.errstate(all="ignore"):
        try:
            found = _climb(solution, solution.problem.reweighted(weights, observations))
        except IdentifiabilityError:
            return np.full((len(weights), width), np.nan)
        out = np.array(np.broadcast_to(found.values, (len(weights), width)))
        out[np.isin(codes(found), LOST)] = np.nan
    return out


def _climb(solution: Solution, other: LogPosterior) -> Solution:
    """By formula, else by Newton's method from the fit of all rows."""
    closed = other.closed()
    if closed is not None:
        return closed
    if not np.isfinite(solution.original).all():
        return Newton().highest_peak(other, other.start())
    return Newton().highest_peak(other, np.repeat(other.from_original(solution.original), other.count, axis=0))
