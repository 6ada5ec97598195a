"""Standard errors from the observed information.

    cov(z) = (-H)^-1 at the maximum          cov(g(z)) = J cov(z) J'   with J = dg/dz

H is the Hessian of the log posterior in the solver's free coordinates; J brings it to the values that people see.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..links import Link
from ..links.identity import Identity
from ..links.logit import Logit
from ..models.base import Bound
from ..numerics.linalg import inverse_positive
from ..numerics.special import ndtr, ndtri
from ..solvers._base import Array, Solution

PART, ROUGHLY = 0.3, 2.0  # of a standard error; by how many times a smooth curve may differ from a parabola there
SETTLED, MANY = (1e-11, 1e-4), 1 << 14  # the drift that is let pass: of some rows, and of more than MANY


def coordinates(bound: Bound, solution: Solution) -> Array:
    """The solution on the link's scale in the user's units, [G, K]; an end of a set is at infinity."""
    if solution.z is not None:
        return bound.user(solution.z)
    assert solution.natural is not None
    with np.errstate(all="ignore"):
        free = bound.model.family.to_free(solution.natural)
    return np.stack([np.broadcast_to(v, (bound.base.count,)) for v in free], axis=1) if free else np.zeros((1, 0))


def values(bound: Bound, solution: Solution) -> Array:
    """The values that people see, [G, U]."""
    coefficients = bound.model.coefficients
    assert coefficients is not None
    if solution.natural is not None:
        count = bound.base.count
        flat = coefficients.flat({p: v if np.ndim(v) else np.full(count, v) for p, v in solution.natural.items()})
        return np.broadcast_to(flat, (bound.base.count, flat.shape[1]))
    with np.errstate(all="ignore"):
        out = coefficients.user(bound.user(_z(solution)))
    _hold(out, bound, coefficients)
    return out


def _hold(out: Array, bound: Bound, coefficients: Any) -> None:
    """Fixed values as they were given, not as they come back through a link."""
    for name, value in bound.base.fixed.items():
        out[:, coefficients.names.index(name)] = value


def _z(solution: Solution) -> Array:
    assert solution.z is not None
    return solution.z


def held(bound: Bound) -> set[str]:
    """The names of values that are not free."""
    if bound.matrix is None:
        return set()
    coordinate: Any = bound.model.coefficients.coordinate  # type: ignore[union-attr]
    return {name for name, k in coordinate.items() if not bound.matrix[k].any()}


def held_values(bound: Bound) -> Array:
    """The same as a mask of the values, [U]."""
    names = held(bound)
    return np.array([name in names for name in bound.model.coefficients.names], dtype=bool)  # type: ignore[union-attr]


def tied(bound: Bound) -> bool:
    """Whether two values are made the same."""
    return bound.matrix is not None and bool((np.count_nonzero(bound.matrix, axis=0) > 1).any())


def link_of(bound: Bound, name: str) -> Link:
    """How a value is stretched to the real line: shares of a simplex by the logit."""
    coefficients: Any = bound.model.coefficients
    if name not in coefficients.coordinate:
        return Logit()
    return bound.model.family.link(name) if name in coefficients.family.params else Identity()


def covariance_z(bound: Bound, solution: Solution) -> tuple[Array, Array]:
    """(covariance of the user's coordinates [G, K, K], which fits have one [G]); held coordinates have none."""
    cov, ok = covariance_base(bound, solution)
    t = bound.base.user_matrix()
    return t @ cov @ np.swapaxes(t, 1, 2), ok


def covariance_base(bound: Bound, solution: Solution) -> tuple[Array, Array]:
    """(covariance of all coordinates of the unrestricted problem [G, K, K], which fits have one [G])."""
    if solution.errors is not None:
        return solution.errors.covariance, np.ones(1, dtype=bool)
    known = None if bound.matrix is not None or solution.z is None else bound.problem.covariance(solution.z)
    if known is not None:
        return known, np.isfinite(known).all(axis=(1, 2))
    negative, rest = -curvature(bound, solution), resting(bound, solution)
    if rest is not None:
        negative = np.where(rest[:, :, None] | rest[:, None, :], np.eye(bound.problem.size), negative)
    cov, ok = inverse_positive(negative)
    if rest is not None:
        cov = np.where(rest[:, :, None] | rest[:, None, :], 0.0, cov)
    return cov if bound.matrix is None else bound.matrix @ cov @ bound.matrix.T, ok


def resting(bound: Bound, solution: Solution) -> Array | None:
    """Which coordinates rest on the kink of a prior, and have no error; None where there are no kinks."""
    kinks = bound.problem.kinks()
    return None if kinks is None or solution.z is None else (solution.z == kinks.position) & (kinks.weight > 0)


def critical(solution: Solution, level: float) -> float:
    """How many standard errors a two-sided interval reaches to either side."""
    if solution.errors is None or np.isinf(solution.errors.df):
        return float(ndtri((1 + level) / 2))
    from scipy.special import stdtrit

    return float(stdtrit(solution.errors.df, (1 + level) / 2))


def p_values(solution: Solution, ratio: Array) -> Array:
    """The chance of so large a ratio, to either side, if the value were zero."""
    if solution.errors is None or np.isinf(solution.errors.df):
        return 2 * ndtr(-np.abs(ratio))
    from scipy.special import stdtr

    return 2 * stdtr(solution.errors.df, -np.abs(ratio))


def curvature(bound: Bound, solution: Solution) -> Array:
    """The Hessian at the answer, [G, q, q]: the solver's last one where the last step did not change it."""
    settled = SETTLED[len(bound.model.rows) > MANY]  # type: ignore[arg-type]
    if solution.hessian is not None and np.all(solution.notes.get("drift", 0.0) < settled):
        return solution.hessian
    z = solution.z
    if z is None:
        user = coordinates(bound, solution)
        finite = np.isfinite(user).all(axis=1)
        z = bound.base.from_user(np.where(finite[:, None], user, 0.0))
        z = z if bound.matrix is None else bound.problem.reduce(z)  # type: ignore[attr-defined]
    else:
        finite = np.isfinite(z).all(axis=1)
        z = np.where(finite[:, None], z, 0.0)
    with np.errstate(all="ignore"):
        hessian = bound.problem.at(z, 2).hessian
    solution.hessian = np.where(finite[:, None, None], hessian, np.nan)
    solution.notes["drift"] = 0.0
    return solution.hessian


def covariance(bound: Bound, solution: Solution) -> Array:
    """The covariance of the values that people see, [G, U, U]; NaN where there is none or the value is held."""
    coefficients = bound.model.coefficients
    assert coefficients is not None
    z = coordinates(bound, solution)
    width = len(coefficients.names)
    if not bound.problem.size:
        return np.full((len(z), width, width), np.nan)
    cov, _ = covariance_z(bound, solution)
    inside = np.isfinite(z).all(axis=1)
    with np.errstate(all="ignore"):
        jacobian = coefficients.jacobian(np.where(np.isfinite(z), z, 0.0))
        out = jacobian @ cov @ np.swapaxes(jacobian, 1, 2)
    held_there = held_values(bound)
    if solution.natural is not None and not inside.all():
        from . import boundary

        out[~inside] = boundary.covariance(bound, values(bound, solution), held_there)[~inside]
    out[:, held_there] = out[:, :, held_there] = np.nan
    if bound.model.family.by_differences and solution.z is not None:
        bent = at_corners(bound, solution)
        out[bent[:, :, None] | bent[:, None, :]] = np.nan
    none = ~(np.diagonal(out, axis1=1, axis2=2) > 0)
    out[none[:, :, None] | none[:, None, :]] = np.nan
    return out


def at_corners(bound: Bound, solution: Solution) -> Array:
    """Values at which the curve has a corner, which differences took for a bend, [G, U].

    A part of a standard error to either side a parabola falls by half its square: roughly so, or the error is none.
    """
    coefficients = bound.model.coefficients
    assert coefficients is not None
    if "corners" not in solution.notes:
        solution.notes["corners"] = _corners(bound, solution)
    bent = solution.notes["corners"]
    if bound.matrix is not None:
        bent = bent @ (bound.matrix.T != 0)
    none = np.zeros(len(bent), dtype=bool)  # a share is no coordinate of its own
    places = [coefficients.coordinate.get(name) for name in coefficients.names]
    return np.stack([none if k is None else bent[:, k] for k in places], axis=1)


def _corners(bound: Bound, solution: Solution) -> Array:
    """The same of the free coordinates, [G, q]."""
    z = _z(solution)
    with np.errstate(all="ignore"):
        errors = 1 / np.sqrt(-np.diagonal(curvature(bound, solution), axis1=1, axis2=2))
        top = bound.problem.at(z, 0).value
        steps = [np.where(np.arange(z.shape[1]) == j, PART * errors, 0.0) for j in range(z.shape[1])]
        fall = [top - 0.5 * (bound.problem.at(z + s, 0).value + bound.problem.at(z - s, 0).value) for s in steps]
        return np.abs(np.log(2 * np.stack(fall, axis=1) / PART**2)) > np.log(ROUGHLY)


def standard_errors(bound: Bound, solution: Solution) -> Array:
    """[G, U]."""
    with np.errstate(invalid="ignore"):
        return np.sqrt(np.diagonal(covariance(bound, solution), axis1=1, axis2=2))


def log_likelihood(bound: Bound, solution: Solution) -> Array:
    """[G]: every constant in, the prior out."""
    if solution.natural is not None and solution.value is None:
        return bound.base.log_likelihood(solution.natural)
    with np.errstate(invalid="ignore"):  # a posterior without a bound
        return solution.value - log_prior(bound, solution)


def log_prior(bound: Bound, solution: Solution) -> Array:
    """[G]: the log density of the priors, 0 without."""
    beliefs = bound.base.beliefs
    if not beliefs:
        return np.zeros(bound.base.count)
    with np.errstate(all="ignore"):
        return beliefs.log_density(coordinates(bound, solution))


def delta(bound: Bound, solution: Solution, function: Any) -> tuple[Array, Array]:
    """(value, standard error) of function(xp, **natural parameters) of a law without formulas, each [G]."""
    from ..numerics.arrays import NUMPY, jets
    from ..numerics.jets import Jet, variables

    coefficients: Any = bound.model.coefficients
    at = values(bound, solution)
    with np.errstate(all="ignore"):
        value = np.asarray(function(NUMPY, **coefficients.unflat(at)), dtype=float)
        jet = function(jets(), **by_param(coefficients.family, variables(list(at.T), 1)))
    gradient = np.zeros(at.shape)
    for u, d in jet.gradient.items() if isinstance(jet, Jet) else ():
        gradient[:, u] = d
    return np.broadcast_to(value, (len(at),)), spread(bound, solution, gradient)


def by_param(family: Any, each: Any) -> dict[str, Any]:
    """Values in the order of their names, as the parameters of a law: one each, or a list where it has levels."""
    rest = iter(each)
    return {p: [next(rest) for _ in family.names(p)] if s.many else next(rest) for p, s in family.params.items()}


def spread(bound: Bound, solution: Solution, gradient: Array) -> Array:
    """The standard error of a function, sqrt(g' cov g), [G], from its derivatives by the values, [G, U].

    NaN where a value that it depends on has none.
    """
    cov, free = covariance(bound, solution), ~held_values(bound)
    known = np.diagonal(cov, axis1=1, axis2=2) > 0
    variance = np.einsum("gu,guv,gv->g", gradient, np.where(np.isnan(cov), 0.0, cov), gradient)
    lost = (free & ~known & (gradient != 0)).any(axis=1)
    return np.sqrt(np.where(~lost & (variance > 0), variance, np.nan))
