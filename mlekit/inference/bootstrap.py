"""The bootstrap: the same fit of rows drawn with replacement from the rows, again and again.

A resample counts each row as often as it was drawn, so it is a set of weights; many resamples are one batch. Rows with
weights of their own are drawn in proportion to them, as many as they stand for.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ..data.observations import Observations
from ..data.observations.exact import Exact
from ..errors import ConvergenceError, ConvergenceWarning, IdentifiabilityError, OptionError
from ..models.posterior import Fitted, LogPosterior
from ..models.solution import Status
from ..numerics.arrays import Floats
from ..numerics.seeds import generator
from ..solvers.newton import Newton
from .checks import check_count, check_level
from .conjugate import exact_interval
from .verdict import codes

if TYPE_CHECKING:
    import pandas as pd

CELLS = 2_000_000  # resampled rows at a time: 16 MB of weights
LOST = (Status.FLAT, Status.STEPS, Status.FAILED)
Seed = int | np.random.Generator | None


@dataclass(frozen=True)
class Bootstrap:
    """The values that were fitted to each resample; a refit that found no maximum is a row of NaN.

    Attributes
    ----------
    names : list of str
        The names of the U values.
    values : ndarray of shape (n, U)
        The values of each of the n refits.

    Examples
    --------
    >>> import mlekit
    >>> boot = mlekit.fit([1, 0, 1, 1, 0, 1, 1, 1], family="bernoulli").bootstrap(200, seed=1)
    >>> boot.draws.shape, boot.failed
    ((200, 1), 0)
    """

    names: list[str]
    values: Floats = field(repr=False)

    @property
    def draws(self) -> pd.DataFrame:
        """The values as a DataFrame: one row per resample, one column per value.

        Examples
        --------
        >>> import mlekit
        >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> fit.bootstrap(3, seed=1).draws.shape
        (3, 2)
        """
        return _table(dict(zip(self.names, self.values.T, strict=True)))

    @property
    def failed(self) -> int:
        """The number of refits that found no maximum.

        Examples
        --------
        >>> import mlekit
        >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> fit.bootstrap(3, seed=1).failed
        0
        """
        return int(np.isnan(self.values).any(axis=1).sum())

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Return percentile intervals.

        Parameters
        ----------
        level : float, default 0.95
            The confidence level, from 0.5 to below 1.

        Returns
        -------
        DataFrame
            Percentiles of the draws by name, in the columns ``lower`` and ``upper``.

        Raises
        ------
        OptionError
            If the level is not one.
        ConvergenceError
            If no refit found a maximum.

        Examples
        --------
        >>> import mlekit
        >>> boot = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").bootstrap(999, seed=1)
        >>> boot.conf_int().round(1).values.tolist()
        [[0.4, 1.0]]
        """
        low, high = percentiles(self.values, check_level(level))
        return _table({"lower": low, "upper": high}).set_axis(self.names)

    def __str__(self) -> str:
        failed = f"{self.failed} found no maximum and are left out" if self.failed else "all found a maximum"
        return f"{len(self.values)} refits of resampled rows; {failed}"


def _table(columns: Mapping[str, Floats]) -> pd.DataFrame:
    from ..data.frames import like

    return like(None, columns)


def refuse_ends(solution: Fitted, names: list[str]) -> None:
    """Raise an OptionError if a value is at an end of its set: every resample ends there too."""
    coordinate, original = solution.problem.coefficients.coordinate, solution.original[0]
    ends = [name for name in names if name in coordinate and np.isinf(original[coordinate[name]])]
    if ends and int(solution.status[0]) == Status.BOUNDARY:
        exact = not solution.problem.priors and exact_interval(solution.problem, ends[0], 0.95) is not None
        method = "exact" if exact and solution.problem.count == 1 else "profile"
        raise OptionError(
            f"{ends[0]} is at an end of its set, and so it is in every resample: the bootstrap has no interval there; "
            f"method={method!r} gives one"
        )


def percentiles(draws: Floats, level: float) -> tuple[Floats, Floats]:
    """Percentiles of each column [n, U]; rows of NaN are left out, with a warning."""
    kept = draws[~np.isnan(draws).any(axis=1)]
    if not len(kept):
        raise ConvergenceError("no refit of resampled rows found a maximum: there is no bootstrap interval")
    if len(kept) < len(draws):
        message = f"{len(draws) - len(kept)} of {len(draws)} refits of resampled rows found no maximum and are left out"
        warnings.warn(message, ConvergenceWarning, stacklevel=2)
    ordered = np.sort(kept, axis=0)
    return _quantile(ordered, (1 - level) / 2), _quantile(ordered, (1 + level) / 2)


def _quantile(ordered: Floats, q: float) -> Floats:
    """Between the draws whose ranks are nearest to q (n + 1); between a number and infinity the nearer one."""
    rank = min(max(q * (len(ordered) + 1) - 1, 0.0), len(ordered) - 1.0)
    low, high, part = ordered[int(np.floor(rank))], ordered[int(np.ceil(rank))], rank % 1.0
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(high - low), low + part * (high - low), low if part < 0.5 else high)


# ---- the refits ----------------------------------------------------------------------------------------------------


def bootstrap(solution: Fitted, n: int = 999, seed: Seed = 0) -> Bootstrap:
    """Refit n resamples of the rows; seed is a number or a NumPy Generator."""
    if solution.problem.count > 1:
        raise OptionError("a bootstrap is of one fit: fit[key].bootstrap() for one group")
    n, problem = check_count(n, "resamples", 1), solution.problem.ungrouped()
    solution = replace(solution, problem=problem)
    observations, weights = _rows(problem)
    draws = _draw(generator(seed), n, len(observations), weights, problem.form.one_at_a_time)
    parts = [_refit(solution, observations, drawn) for drawn in draws]
    return Bootstrap(list(solution.problem.coefficients.names), np.concatenate(parts))


def _rows(problem: LogPosterior) -> tuple[Observations, Floats | None]:
    """(observations, weights); of a family that needs their sums only, the distinct values and their counts."""
    rows = problem.rows
    if problem.form.summed:
        tally = problem.family.support.tally(rows.y, rows.weights)
        if tally is not None:
            values, counts = tally
            return Exact(values), counts
    return rows.observations, rows.weights


def _draw(rng: np.random.Generator, n: int, rows: int, weights: Floats | None, single: bool) -> Iterator[Floats]:
    """The number of times that each row is drawn, [B, rows], for a total of n resamples."""
    most = 1 if single else max(1, CELLS // rows)
    for start in range(0, n, most):
        count = min(most, n - start)
        if weights is None:
            drawn = [np.bincount(rng.integers(rows, size=rows), minlength=rows) for _ in range(count)]
            yield np.array(drawn, dtype=float)
        else:
            total = float(weights.sum())
            size = max(1, round(total))
            yield rng.multinomial(size, weights / total, size=count) * np.float64(total / size)


def _refit(solution: Fitted, observations: Observations, weights: Floats) -> Floats:
    """The values that are fitted to each set of weights, [B, U]."""
    width = len(solution.problem.coefficients.names)
    with np.errstate(all="ignore"):
        try:
            found = _solve(solution, solution.problem.reweighted(weights, observations))
        except IdentifiabilityError:
            return np.full((len(weights), width), np.nan)
        out = np.array(np.broadcast_to(found.values, (len(weights), width)))
        out[np.isin(codes(found), LOST)] = np.nan
    return out


def _solve(solution: Fitted, other: LogPosterior) -> Fitted:
    """By formula, else by Newton's method from the fit of all rows."""
    closed = other.closed()
    if closed is not None:
        return closed
    if not np.isfinite(solution.original).all():
        return Newton().maximum(other, other.start())
    return Newton().maximum(other, np.repeat(other.from_original(solution.original), other.count, axis=0))
