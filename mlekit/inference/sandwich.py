"""Standard errors of other kinds: robust ones, and those that divide by n - p.

    hc0         V (sum w s s') V, with V the inverse information and s the score of a row
    hc1         hc0 n / (n - k), with k coefficients of the first parameter; "robust" is this
    hc2, hc3    each s s' over (1 - h), (1 - h)^2, with h the leverage of the row
    unbiased    V n / (n - p), held against Student's t with n - p degrees of freedom, as lm and OLS do

A weight says how often a row counts. The leverage is that of the first parameter's coefficients, of one of these rows:

    h = u x' (sum w u x x')^-1 x        u = (d mean / d eta)^2 / variance
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import NoStandardError, OptionError, nearest
from ..models.base import Bound
from ..numerics.arrays import NUMPY
from ..numerics.derivatives import differentiate
from ..solvers._base import Array, Errors, Solution
from .elsewhere import observations
from .information import covariance_base, curvature
from .predictors import Predictors, fitted

KINDS = ("hc0", "hc1", "hc2", "hc3", "robust", "unbiased")


def with_errors(bound: Bound, solution: Solution, kind: str) -> Solution:
    """The same solution with other standard errors."""
    if kind not in KINDS:
        raise OptionError(f"there are no {kind!r} errors: {nearest(kind, KINDS)}")
    curvature(bound, solution)
    plain = replace(solution, errors=None)
    inverse = covariance_base(bound, plain)[0]
    if not np.isfinite(inverse).all():
        raise NoStandardError(
            "the maximum is at an end of a set, where no kind of standard error exists: use fit.conf_int()"
        )
    kind = "hc1" if kind == "robust" else kind
    errors = unbiased(bound, inverse) if kind == "unbiased" else robust(bound, plain, inverse, kind)
    return replace(solution, errors=errors)


def unbiased(bound: Bound, inverse: Array) -> Errors:
    """As if the variance had been divided by the rows less the coefficients."""
    family, base = bound.model.family, bound.base
    spreads = [run.param for run in base.coefficients.runs if run.param != family.location]
    plain = family.has_residuals and not any(p in base.coefficients.designs or p in base.fixed for p in spreads)
    if not plain or base.beliefs:
        raise OptionError(
            "'unbiased' errors are those of least squares: of a normal law with one free sd and no prior; "
            "'robust' suits other laws"
        )
    n = float(bound.model.rows.nobs()[0])
    df = n - (bound.problem.size - len(spreads))
    if df <= 0:
        raise OptionError(f"'unbiased' divides by the rows less the coefficients, and there are only {n:g} rows")
    return Errors("unbiased", inverse * n / df, df, n / df)


def robust(bound: Bound, solution: Solution, inverse: Array, kind: str) -> Errors:
    """V (sum of squared scores) V, inflated as the kind says."""
    rows, weights = fitted(bound, solution), bound.model.rows.weights
    inflation = np.ones(rows.count)
    if kind in ("hc2", "hc3"):
        inflation = (1 - leverages(rows)) ** (-1.0 if kind == "hc2" else -2.0)
    meat = squared_scores(rows, inflation if weights is None else inflation * weights)
    if kind == "hc1":
        n, first = float(bound.model.rows.nobs()[0]), rows.runs[0].param
        k = sum(run.where.stop - run.where.start for run in rows.runs if run.param == first)
        if n <= k:
            raise OptionError(
                f"hc1 divides by the rows less the coefficients, and there are only {n:g} rows: use 'hc0'"
            )
        meat = meat * n / (n - k)
    return Errors(kind, inverse @ meat @ inverse)


def squared_scores(rows: Predictors, weights: Array) -> Array:
    """sum w s s', with s in the coordinates of the solver."""
    bound = rows.bound
    size = bound.base.coefficients.size
    total = np.zeros((size, size))
    for part, matrices in blocks_of(rows):
        y = observations(bound, part.start, part.stop)
        etas = [eta[part] if run.param in rows.designs else eta for eta, run in zip(rows.etas, rows.runs, strict=True)]
        s = np.empty((part.stop - part.start, size))
        for run, a, score in zip(rows.runs, matrices, rows.family.evaluate(y, etas, 1)[1], strict=True):
            s[:, run.where] = np.broadcast_to(score, (len(s),))[:, None] * a
        total += (s * weights[part, None]).T @ s
    return total


def blocks_of(rows: Predictors) -> Any:
    """Blocks of rows with the columns there; a law without formulas has the same for all."""
    if rows.designs:
        return rows.columns()
    return [(slice(0, rows.count), next(iter(rows.columns()))[1])]


def leverages(rows: Predictors) -> Array:
    """Of each row its own weight in its fitted value."""
    family = rows.family
    if family.deviance(np.asarray(rows.bound.model.rows.y), **rows.params, **rows.known) is None:
        raise OptionError(f"hc2 and hc3 need leverages, which {family.name} has not: use 'hc1'")
    u = np.broadcast_to(_pull(rows), (rows.count,))
    weights = rows.bound.model.rows.weights
    w = u if weights is None else u * weights
    free, first = rows.bound.matrix, rows.runs[0]
    x = np.concatenate([np.broadcast_to(a[0], (part.stop - part.start, a[0].shape[1])) for part, a in blocks_of(rows)])
    x = x if free is None else x @ free[first.where]
    h = u * ((x @ np.linalg.pinv((x * w[:, None]).T @ x, hermitian=True)) * x).sum(axis=1)
    alone = h > 1 - 1e-10
    if alone.any():
        raise OptionError(
            f"row {int(np.argmax(alone))} alone determines a coefficient (its leverage is 1), "
            "where hc2 and hc3 do not exist: use 'hc1'"
        )
    return h


def _pull(rows: Predictors) -> Array:
    """(d mean / d eta)^2 / variance: the working weight of least squares."""
    family, known = rows.family, rows.known
    slope = differentiate(lambda xp, etas: family.mean(xp, **family.to_params(xp, etas), **known), rows.etas, 1)[1][0]
    return slope**2 / family.variance(NUMPY, **rows.params, **known)
