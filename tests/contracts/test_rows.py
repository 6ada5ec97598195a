"""The contract of every kind of row: each family, prior and solver finds the maximum of the likelihood as scipy has it.

The log posterior is written here once more, from the density and distribution function of `scipy.stats` alone: exact
rows, rows between bounds, rows seen through windows, with weights, by group and in a regression.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pytest
from contracts.distributions import LEVELS, TRUNCATED, distribution, draw, names, simple

import mlekit
from mlekit.errors import OptionError
from mlekit.numerics.arrays import NUMPY
from mlekit.registry import Registry

ROWS = 240
NAMES = names()
SOLVERS = [name for name in Registry("mlekit.solvers", "solver").names if name != "closed"]
PRIORS = {
    (-np.inf, np.inf): [mlekit.priors.Normal(0.5, 0.3), mlekit.priors.Laplace(5.0, 2.0)],
    (0, np.inf): [mlekit.priors.Gamma(shape=3, rate=2), mlekit.priors.HalfNormal(1.5)],
    (0, 1): [mlekit.priors.Beta(3, 4)],
}


@dataclass(frozen=True)
class Case:
    """Data as a user gives them, and the same as plain arrays: low <= Y <= high given that first <= Y <= last."""

    given: tuple[Any, ...]
    y: np.ndarray
    options: dict[str, Any] = field(default_factory=dict)
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    first: Any = -np.inf
    last: Any = np.inf
    weights: Any = 1.0
    x: np.ndarray | None = None
    groups: np.ndarray | None = None

    def log_likelihood(self, name: str, vector: np.ndarray) -> float:
        """The sum of log densities and log probabilities of scipy."""
        family = distribution(name)
        rows = np.ones(len(self.y)) if self.x is None else self.x
        law = simple(name.removeprefix(TRUNCATED)).frozen(**parameters(family, vector, rows, self.x is not None))
        density = law.logpmf if family.support.discrete or family.codes else law.logpdf
        first, last = np.broadcast_arrays(self.first, self.last)
        if name.startswith(TRUNCATED):
            first, last = np.maximum(first, family.lower), np.minimum(last, family.upper)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = density(self.y)
            if self.low is not None:
                low, high = np.maximum(self.low, first), np.minimum(self.high, last)
                between = np.log(law.cdf(high) - law.cdf(low - family.support.discrete))
                value = np.where(self.low == self.high, value, between)
            if np.isfinite([first, last]).any():
                value = value - np.log(law.cdf(last) - law.cdf(first - family.support.discrete))
        return float(np.sum(self.weights * value))


def parameters(family: Any, vector: np.ndarray, x: np.ndarray, regression: bool) -> dict[str, Any]:
    """The parameters of each row from the values as named; in a regression the first has an intercept and a slope."""
    (first, s), *others = family.params.items()
    size = (2 * s.size if s.many else 2) if regression else s.size + 1 if s.many else 1
    head, tail = vector[:size], vector[size:]
    rest = dict(zip((name for name, _ in others), tail, strict=True))
    if not regression:
        return {first: list(head) if s.many else head[0], **rest}
    etas = [a + b * x for a, b in np.reshape(head, (-1, 2))]
    found = family.link(first).inverse(NUMPY, etas if s.many else etas[0])
    return {first: found, **rest}


# ---- kinds of rows --------------------------------------------------------------------------------------------------


def plain(name: str, seed: int = 0) -> tuple[Any, np.ndarray, np.random.Generator]:
    """(draws as users have them, the same as numbers, a generator for the rest)."""
    data = draw(distribution(name), ROWS, seed)
    codes = [LEVELS.index(v) for v in data] if isinstance(data[0], str) else data
    return data, np.asarray(codes, dtype=float), np.random.default_rng(seed + 100)


def exact(name: str) -> Case:
    data, y, _ = plain(name)
    return Case((data,), y)


def weighted(name: str) -> Case:
    data, y, rng = plain(name)
    w = rng.uniform(0.5, 2.5, ROWS)
    return Case((data,), y, {"weights": w}, weights=w)


def counted(name: str) -> Case:
    data, y, rng = plain(name)
    values, where = np.unique(y, return_index=True)
    counts = rng.integers(1, 5, len(values)) + 10 * (len(values) < 20)
    given = [data[i] for i in where] if isinstance(data[0], str) else values
    return Case((mlekit.counted(given, counts),), values, weights=counts)


def grouped(name: str) -> Case:
    data, y, rng = plain(name)
    groups = rng.integers(0, 2, ROWS)
    return Case((data,), y, {"by": groups}, groups=groups)


def regression(name: str) -> Case:
    data, y, rng = plain(name)
    x = rng.uniform(-1, 1, ROWS)
    return Case(({"y": data, "x": x}, "y ~ x"), y, x=x)


def bounds(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.random.Generator]:
    """Half of the rows exact, the others open to the left, open to the right, or between two bounds."""
    _, y, rng = plain(name)
    scale = max(1.0, np.std(y)) if distribution(name).support.discrete else np.std(y)
    low, high = (y + side * np.ceil(rng.uniform(0, 2, ROWS)) * scale for side in (-1, 1))
    if distribution(name).support.discrete:
        low, high = np.floor(low), np.ceil(high)
    sort = rng.integers(0, 6, ROWS)
    low, high = np.where(sort == 2, low, y), np.where(sort == 2, high, y)
    return y, np.where(sort == 0, -np.inf, low), np.where(sort == 1, np.inf, high), rng


def censored(name: str) -> Case:
    y, low, high, _ = bounds(name)
    return Case((mlekit.censored(low, high),), y, low=low, high=high)


def censored_regression(name: str) -> Case:
    y, low, high, rng = bounds(name)
    x, w = rng.uniform(-1, 1, ROWS), rng.uniform(0.5, 2.5, ROWS)
    given = ({"low": low, "high": high, "x": x}, "censored(low, high) ~ x")
    return Case(given, y, {"weights": w}, low=low, high=high, x=x, weights=w)


def right_censored(name: str) -> Case:
    """Times that are followed from an entry on."""
    _, y, rng = plain(name)
    entry = np.minimum(y - 0.1 * np.std(y), np.quantile(y, 0.3)) * rng.integers(0, 2, ROWS)
    event = rng.random(ROWS) < 0.7
    seen = mlekit.right_censored(y, event, entry=entry)
    return Case((seen,), y, low=y, high=np.where(event, y, np.inf), first=entry)


def windowed(name: str) -> Case:
    _, y, rng = plain(name)
    discrete = distribution(name).support.discrete
    spread = 2 * np.std(y)
    first, last = (y + side * (spread * rng.uniform(0.5, 1.5, ROWS) + discrete) for side in (-1, 1))
    first, last = (np.floor(first), np.ceil(last)) if discrete else (first, last)
    first = np.where(rng.random(ROWS) < 0.3, -np.inf, first)
    return Case((mlekit.windowed(y, first, last),), y, first=first, last=last)


KINDS: dict[str, Callable[[str], Case]] = {
    kind.__name__: kind
    for kind in (
        exact, weighted, counted, grouped, regression, censored, censored_regression, right_censored, windowed
    )
}  # fmt: skip
BETWEEN = {"censored", "censored_regression", "right_censored", "windowed"}
POSITIVE = {"right_censored"}  # times: not before zero


def cases() -> list[Any]:
    """(family, kind of row, number of the prior: 0 is none) wherever a family has such rows; slow with a prior."""
    found = []
    for name in NAMES:
        family = distribution(name)
        s = next(iter(family.params.values()))
        several = family.support.high - family.support.low > 2
        for kind in KINDS:
            if kind in BETWEEN and not (family.has_cdf and several):
                continue
            if kind in POSITIVE and (family.support.low != 0 or family.support.discrete):
                continue
            found += [
                pytest.param(name, kind, number, marks=[pytest.mark.slow] * (number > 0))
                for number in range(1 + len(priors_of(s, "regression" in kind)))
            ]
    return found


def priors_of(s: Any, regression: bool) -> list[Any]:
    """Priors of the first parameter; of a regression of its slope."""
    if s.many and not regression:
        return [mlekit.priors.Dirichlet([2.0, 3.0, 4.0])]
    return PRIORS[-np.inf, np.inf] if regression else PRIORS[s.low, s.high]


@cache
def fitted(name: str, kind: str, number: int, solver: str) -> tuple[Case, Any, Any]:
    """(the case, the prior or None, the fit)."""
    family, case = distribution(name), KINDS[kind](name)
    (first, s), *_ = family.params.items()
    prior = None if number == 0 else priors_of(s, case.x is not None)[number - 1]
    given = prior if prior is None or case.x is not None else {first: prior}
    return case, prior, mlekit.fit(*case.given, family=family, prior=given, solver=solver, **case.options)


def log_prior(case: Case, family: Any, prior: Any, vector: np.ndarray) -> float:
    """The log density of the prior: on the first parameter as named, or on every slope of a regression."""
    if prior is None:
        return 0.0
    s = next(iter(family.params.values()))
    if case.x is not None:
        slopes = vector[1 : (2 * s.size if s.many else 2) : 2]
        return float(sum(prior.log_density(NUMPY, np.float64(b)) for b in slopes))
    return float(prior.log_density(NUMPY, list(vector[: s.size + 1]) if s.many else np.float64(vector[0])))


def parts(case: Case, fit: Any) -> list[tuple[Case, np.ndarray, np.ndarray, float, bool]]:
    """(rows, values, standard errors, log posterior, ok) of the fit, or of each group."""
    if case.groups is None:
        return [(case, fit.params.to_numpy(), fit.bse.to_numpy(), fit.log_posterior, fit.verdict.ok)]
    found = []
    for g in (0, 1):
        one = fit[g]
        rows = Case((), case.y[case.groups == g])
        found.append((rows, one.params.to_numpy(), one.bse.to_numpy(), one.log_posterior, one.verdict.ok))
    return found


@pytest.mark.parametrize(("name", "kind", "number"), cases())
def test_the_maximum_is_that_of_the_likelihood_as_scipy_has_it(name, kind, number):
    case, prior, fit = fitted(name, kind, number, "auto")
    family = distribution(name)
    for rows, values, errors, height, ok in parts(case, fit):

        def log_posterior(vector, rows=rows):
            return rows.log_likelihood(name, vector) + log_prior(rows, family, prior, vector)

        assert ok
        assert log_posterior(values) == pytest.approx(height, rel=1e-9)
        s = next(iter(family.params.values()))
        if s.many and rows.x is None:  # probabilities add up to one: two of them move
            moves = 0.3 * errors[0] * (np.eye(3) - np.roll(np.eye(3), 1, axis=1))
        else:
            moves = np.diag(np.where(np.isfinite(errors), 0.3 * errors, 1e-3))  # no error at a kink
        for move in moves:
            slope = (log_posterior(values + 1e-3 * move) - log_posterior(values - 1e-3 * move)) / 2e-3
            down = [height - log_posterior(values + sign * move) for sign in (-1, 1)]
            assert min(down) > 0
            assert np.isfinite(errors).all() <= (abs(slope) < 1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(("name", "kind", "number"), cases())
def test_every_solver_reaches_it(name, kind, number, solver):
    _, prior, auto = fitted(name, kind, number, "auto")
    if prior is not None and prior.kink is not None and solver != "newton":
        with pytest.raises(OptionError, match="has a kink: use solver='newton'"):
            fitted(name, kind, number, solver)
        return
    _, _, other = fitted(name, kind, number, solver)
    np.testing.assert_allclose(other.params, auto.params, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(other.log_posterior, auto.log_posterior, rtol=1e-9)
