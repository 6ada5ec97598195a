"""Standard errors from the observed information.

    cov(z) = (-H)^-1 at the maximum          cov(g(z)) = J cov(z) J'   with J = dg/dz

H is the Hessian of the log posterior in the solver's free coordinates; J brings it to the values as named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..links import Link
from ..links.identity import Identity
from ..links.logit import Logit
from ..models.posterior import Fitted, LogPosterior
from ..models.solution import Solution, Status
from ..numerics.arrays import NUMPY, Codes, Floats, Mask, Numbers, jets
from ..numerics.linalg import inverse_positive
from ..numerics.special import ndtr, ndtri
from . import boundary
from .conjugate import variances

PART, ROUGHLY = 0.3, 2.0  # of a standard error; by how many times a smooth curve may differ from a parabola there


def link_of(problem: LogPosterior, name: str) -> Link:
    """The map of a value to the real line: of the probabilities of a simplex the logit."""
    if name not in problem.coefficients.coordinate:
        return Logit()
    return problem.family.link(name) if name in problem.family.params else Identity()


# ---- covariances ---------------------------------------------------------------------------------------------------


def covariance_base(solution: Fitted) -> tuple[Floats, Mask]:
    """(covariance of all coordinates in the units of the problem [G, K, K], which fits have one [G])."""
    if solution.errors is not None:
        return solution.errors.covariance, np.all(np.isfinite(solution.errors.covariance), axis=(1, 2))
    known = None if solution.z is None else solution.problem.covariance(solution.z)
    if known is not None:
        return known, np.all(np.isfinite(known), axis=(1, 2))
    negative, rest = -solution.curvature, still(solution)
    if rest is not None:
        negative = np.where(rest[:, :, None] | rest[:, None, :], np.eye(solution.problem.size), negative)
    cov, ok = inverse_positive(negative)
    if rest is not None:
        cov = np.where(rest[:, :, None] | rest[:, None, :], 0.0, cov)
    if solution.problem.limited:
        ok &= ~at_limits(solution)
        cov = np.where(ok[:, None, None], cov, np.nan)
    restriction = solution.problem.restriction
    return cov if restriction is None else restriction.matrix @ cov @ restriction.matrix.T, ok


def covariance_z(solution: Fitted) -> tuple[Floats, Mask]:
    """(covariance of the coordinates in original units [G, K, K], which fits have one [G]); fixed ones have none."""
    cov, ok = covariance_base(solution)
    t = solution.problem.units.matrix
    return t @ cov @ np.swapaxes(t, 1, 2), ok


def at_limits(solution: Solution) -> Mask:
    """The fits with a row at an end of its parameter's set: their estimates are not normal, and have no covariance."""
    limited = solution.problem.limited and solution.z is not None
    return limited & (solution.status == Status.BOUNDARY) & np.isfinite(solution.original).all(axis=1)


def resting(solution: Solution, groups: Codes | slice = slice(None)) -> Mask | None:
    """Coordinates that rest on the kink of a prior, and have no error; None if there are no kinks."""
    kinks = solution.problem.kinks()
    return None if kinks is None or solution.z is None else (solution.z[groups] == kinks.position) & (kinks.weight > 0)


def still(solution: Solution, groups: Codes | slice = slice(None)) -> Mask | None:
    """Coordinates that do not vary, on a kink or at an end of their set; None if there are none."""
    on_kink, at_end = resting(solution, groups), None if solution.at_end is None else solution.at_end[groups]
    return at_end if on_kink is None else on_kink if at_end is None else on_kink | at_end


def covariance(solution: Fitted) -> Floats:
    """The covariance of the values as named, [G, U, U]; NaN if it does not exist or the value is fixed."""
    problem, z = solution.problem, solution.original
    width = len(problem.coefficients.names)
    if not problem.size:
        return np.full((len(z), width, width), np.nan)
    cov, _ = covariance_z(solution)
    with np.errstate(all="ignore"):
        jacobian = problem.coefficients.jacobian(np.where(np.isfinite(z), z, 0.0))
        out = jacobian @ cov @ np.swapaxes(jacobian, 1, 2)
    at_end, fixed = ~np.isfinite(z).all(axis=1), problem.fixed_values
    if at_end.any() and solution.params is not None and solution.errors is None:
        out[at_end] = boundary.covariance(problem, solution.params, fixed)[at_end]
    out[:, fixed] = out[:, :, fixed] = np.nan
    if problem.family.by_differences and solution.z is not None:
        corner = at_corners(solution)
        out[corner[:, :, None] | corner[:, None, :]] = np.nan
    none = ~(np.diagonal(out, axis1=1, axis2=2) > 0)
    out[none[:, :, None] | none[:, None, :]] = np.nan
    return out


def standard_errors(solution: Fitted) -> Floats:
    """The standard errors of the values as named, [G, U]."""
    known = variances(solution)
    if known is not None:
        return np.sqrt(known)
    with np.errstate(invalid="ignore"):
        return np.sqrt(np.diagonal(covariance(solution), axis1=1, axis2=2))


def spread(solution: Fitted, gradient: Floats) -> Floats:
    """The standard error of a function, sqrt(g' cov g), [G], from its derivatives by the values, [G, U].

    NaN if a value that it depends on has none.
    """
    cov, free = covariance(solution), ~solution.problem.fixed_values
    known = np.diagonal(cov, axis1=1, axis2=2) > 0
    variance = np.einsum("gu,guv,gv->g", gradient, np.where(np.isnan(cov), 0.0, cov), gradient)
    lost = (free & ~known & (gradient != 0)).any(axis=1)
    return np.sqrt(np.where(~lost & (variance > 0), variance, np.nan))


def delta(solution: Fitted, function: Callable[..., Numbers]) -> tuple[Floats, Floats]:
    """(value, standard error) of function(xp, **params) of a family without formulas, each [G]."""
    from ..numerics.jets import Jet, variables

    coefficients, at = solution.problem.coefficients, solution.values
    with np.errstate(all="ignore"):
        value = np.asarray(function(NUMPY, **coefficients.from_vector(at)), dtype=float)
        jet = function(jets(), **coefficients.by_param(variables(list(at.T), 1)))
    gradient = np.zeros(at.shape)
    for u, d in jet.gradient.items() if isinstance(jet, Jet) else ():
        gradient[:, u] = d
    return np.broadcast_to(value, (len(at),)), spread(solution, gradient)


# ---- corners of curves that are known by their values --------------------------------------------------------------


def at_corners(solution: Fitted) -> Mask:
    """Values at which the curve has a corner, which differences took for curvature, [G, U]."""
    coefficients, restriction = solution.problem.coefficients, solution.problem.restriction
    found = solution.notes["corners"] if "corners" in solution.notes else corners(solution)
    found = found | solution.notes.get("at_corner", False)
    if restriction is not None:
        found = found @ (restriction.matrix.T != 0)
    none = np.zeros(len(found), dtype=bool)  # a probability of a simplex is no coordinate of its own
    positions = [coefficients.coordinate.get(name) for name in coefficients.names]
    return np.stack([none if k is None else found[:, k] for k in positions], axis=1)


def corners(solution: Fitted) -> Mask:
    """Free coordinates at which the curve has a corner, [G, q].

    A part of a standard error to either side a parabola falls by half its square: roughly so, or there is no error.
    """
    z, problem = solution.z, solution.problem
    assert z is not None
    with np.errstate(all="ignore"):
        errors = 1 / np.sqrt(-np.diagonal(solution.curvature, axis1=1, axis2=2))
        top = problem.at(z, 0).value
        steps = [np.where(np.arange(z.shape[1]) == j, PART * errors, 0.0) for j in range(z.shape[1])]
        fall = [top - 0.5 * (problem.at(z + s, 0).value + problem.at(z - s, 0).value) for s in steps]
        return np.abs(np.log(2 * np.stack(fall, axis=1) / PART**2)) > np.log(ROUGHLY)


def settled(solution: Fitted) -> Fitted:
    """The same solution with all that its errors are worked out from, so that they can be had without the rows."""
    if not solution.problem.size:
        return solution
    by_values = solution.problem.family.by_differences and solution.z is not None and solution.problem.rows.kept
    seen = {"corners": corners(solution)} if by_values else {}
    return replace(solution, hessian=solution.curvature, notes={**solution.notes, "drift": 0.0, **seen})


# ---- ratios to the standard error ----------------------------------------------------------------------------------


def critical(solution: Solution, level: float) -> float:
    """The number of standard errors that a two-sided interval reaches to either side."""
    if solution.errors is None or np.isinf(solution.errors.df):
        return float(ndtri((1 + level) / 2))
    from scipy.special import stdtrit

    return float(stdtrit(solution.errors.df, (1 + level) / 2))


def p_values(solution: Solution, ratio: Floats) -> Floats:
    """Two-sided p-values of ratios of an estimate to its standard error."""
    if solution.errors is None or np.isinf(solution.errors.df):
        return 2 * ndtr(-np.abs(ratio))
    from scipy.special import stdtr

    return 2 * stdtr(solution.errors.df, -np.abs(ratio))


# ---- log-likelihoods -----------------------------------------------------------------------------------------------


def log_likelihood(solution: Fitted) -> Floats:
    """The log-likelihood of each fit, [G], with every constant and without the prior."""
    if solution.value is None:
        assert solution.params is not None
        return solution.problem.log_likelihood(solution.params)
    with np.errstate(invalid="ignore"):  # a posterior that is unbounded
        return solution.value - log_prior(solution)


def log_prior(solution: Fitted) -> Floats:
    """The log density of the priors, [G]; 0 without priors."""
    problem = solution.problem
    return problem.log_prior(solution.original) if problem.priors else np.zeros(problem.count)
