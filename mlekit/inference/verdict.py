"""The checks before an answer is called a maximum, and their result in words.

Codes are stable: closed_form and converged are proofs, boundary is an answer at an end of a set, budget the spent time
of a network. edge, flat, not_unique, unbounded, steps and failed mean no.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..models.coefficients import Coefficients
from ..models.posterior import Fitted
from ..models.solution import Solution, Status
from ..numerics.arrays import Codes, Floats, Mask
from ..numerics.linalg import eigen_range
from .information import at_limits, resting, still

NOT_OK = frozenset({"edge", "flat", "not_unique", "steps", "failed", "unbounded"})
NOWHERE = "a parameter"  # no direction is known
FLAT = 1e-12  # the least eigenvalue of the scaled curvature
REASONS = {
    "closed_form": "the maximum is given by a formula",
    "converged": "the score is zero and the curvature is that of a peak",
    "boundary": "the maximum is at an end of the set: {where}",
    "edge": "the likelihood still rises as the estimate of {where} tends to infinity or to another end of its set: "
    "no value inside is a maximum",
    "flat": "the likelihood does not change along {where}: the data do not identify it",
    "not_unique": "several parameter values fit equally well",
    "several_peaks": "the likelihood has more than one peak; this is the highest that was found",
    "unbounded": "the likelihood has no maximum; this is a local peak",
    "steps": "the solver ran out of steps before the score was zero",
    "budget": "training stopped when its budget was spent, which does not prove a maximum",
    "failed": "the solver found no way up although the score is not zero",
}
AT_KINK = "the score is zero, or at a kink within its jump there, and the curvature is that of a peak"
NO_ROWS = "there are no rows with a positive weight"
FEW_ROWS = "{rows} cannot identify {size} parameters"
CORNER = "the log-likelihood falls to both sides of a corner in {where}, and the score of the others is zero"
ONE_VALUE = (
    "one row, or rows of one value, do not identify {what}: the likelihood grows without bound; give more rows, "
    "or use fixed="
)


@dataclass(frozen=True)
class Verdict:
    """The result of the checks of a fit. ``bool(verdict)`` is ``verdict.ok``.

    Attributes
    ----------
    ok : bool
        True if the answer is proved to be a maximum, or training spent the budget that it was given.
    codes : tuple of str
        Published words for the findings, such as ``"converged"``.
    reasons : tuple of str
        A sentence for each code.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([1, 1, 1], family="bernoulli").verdict
    Verdict(ok=True, codes=('boundary',), reasons=('the maximum is at an end of the set: p = 1',))
    """

    ok: bool
    codes: tuple[str, ...]
    reasons: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return ("ok: " if self.ok else "NOT PROVED: ") + "; ".join(self.reasons)


def codes(solution: Solution, groups: Codes | slice = slice(None)) -> Codes:
    """The status of each fit, after its curvature was looked at: [G] of Status.

    A coordinate on the kink of a prior or at an end of its set stays there, and has no curvature.
    """
    status = np.array(solution.status[groups])
    if solution.notes.get("judged", False):
        return status
    proper = status == Status.CONVERGED
    if solution.at_end is not None:
        proper |= status == Status.BOUNDARY
    if solution.hessian is not None and proper.any():
        negative, rest = -solution.hessian[groups], still(solution, groups)
        if rest is not None:
            negative = np.where(rest[:, :, None] | rest[:, None, :], np.eye(negative.shape[1]), negative)
        with np.errstate(all="ignore"):
            low, _ = eigen_range(negative)
        status[proper & ~(low > FLAT)] = int(Status.FLAT)
    return status


def judged(solution: Solution, other: Solution) -> Solution:
    """The solution with the status of another one whose curvature was looked at, which is not done again."""
    return replace(solution, status=codes(other), notes={**solution.notes, "judged": True})


def proved(solution: Solution) -> bool:
    """True if every fit is at a maximum."""
    return not any(Status(int(code)).code in NOT_OK for code in codes(solution))


def _plain(code: str) -> Verdict:
    return Verdict(True, (code,), (REASONS[code],))


_BY_FORMULA = {int(Status.CLOSED_FORM): _plain("closed_form"), int(Status.CONVERGED): _plain("converged")}


def verdict(solution: Fitted, group: int = 0) -> Verdict:
    """The verdict of one fit."""
    if solution.params is not None and len(solution.status) == 1:
        known = _BY_FORMULA.get(int(solution.status[0]))
        if known is not None:
            return known
    code = Status(int(codes(solution, slice(group, group + 1))[0])).code
    found = [code]
    if _several_peaks(solution)[group]:
        found.append("several_peaks")
    where = _where(solution, code, group)
    reasons = [REASONS[c].format(where=where) for c in found]
    kinks = resting(solution)
    if code == "converged" and kinks is not None and kinks[group].any():
        reasons[0] = AT_KINK
    if code == "edge" and where == NOWHERE:
        free = [p for p in solution.problem.family.params if p not in solution.problem.fixed]
        reasons[0] = ONE_VALUE.format(what=" and ".join(free))
    reasons[0] = _too_few(solution, group) or reasons[0] if code in ("failed", "steps") else reasons[0]
    if code == "converged" and _at_corner(solution)[group].any():
        reasons[0] = CORNER.format(where=_corner_names(solution, group))
    advice = solution.problem.family.advice(code, where) if code in NOT_OK else ""
    if advice:
        reasons[0] += f"; {advice}"
    return Verdict(code not in NOT_OK, tuple(found), tuple(reasons))


def _too_few(solution: Fitted, group: int) -> str:
    """The reason why a group without enough rows has no maximum; empty where it has enough."""
    n, k = float(solution.problem.rows.nobs()[group]), solution.problem.size
    if n == 0:
        return NO_ROWS
    return FEW_ROWS.format(rows=f"{n:g} row{'s' * (n != 1)}", size=k) if n < k else ""


def verdicts(solution: Fitted) -> list[Verdict]:
    """The verdict of each fit of a batch."""
    usual = {int(s): _plain(s.code) for s in (Status.CLOSED_FORM, Status.CONVERGED, Status.BUDGET)}
    special = _several_peaks(solution) | _at_corner(solution).any(axis=1)
    return [
        usual[code] if code in usual and not special[g] else verdict(solution, g)
        for g, code in enumerate(codes(solution).tolist())
    ]


def _several_peaks(solution: Solution) -> Mask:
    """The fits that have more than one peak."""
    return np.broadcast_to(solution.notes.get("several_peaks", False), np.shape(solution.status))


def _at_corner(solution: Solution) -> Mask:
    """The free coordinates in which the maximum is at a corner of the curve, [G, q]."""
    return np.broadcast_to(solution.notes.get("at_corner", False), (len(solution.status), solution.problem.size))


# ---- the parameter that a reason is about --------------------------------------------------------------------------


def _where(solution: Fitted, code: str, group: int) -> str:
    """The parameter or coefficient that a reason is about."""
    if code == "boundary":
        return _at_end(solution, group)
    if code not in ("edge", "flat"):
        return ""
    if code == "edge" and solution.at_end is not None and solution.at_end[group].any():
        return " and ".join(_infinite(solution, group))
    direction = _direction(solution, code, group)
    if direction is None:
        return NOWHERE
    size = np.abs(direction)
    names = _coordinate_names(solution.problem.coefficients)
    found = [names[k] for k in np.argsort(-size)[:3] if size[k] > 0.3 * size.max()]
    # an intercept that diverges makes room for the columns that do
    return " and ".join([name for name in found if not name.endswith("Intercept")] or found) or NOWHERE


def _corner_names(solution: Fitted, group: int) -> str:
    """The parameters or coefficients in which the maximum is at a corner of the curve."""
    corner, restriction = _at_corner(solution)[group], solution.problem.restriction
    at = corner if restriction is None else (restriction.matrix != 0) @ corner
    names = _coordinate_names(solution.problem.coefficients)
    return " and ".join(names[k] for k in np.flatnonzero(at))


def _at_end(solution: Fitted, group: int) -> str:
    """The values at an end of their set."""
    if at_limits(solution)[group]:
        return _rows_at_end(solution, group)
    names = _diverged(solution, group)
    values = dict(zip(solution.problem.coefficients.names, solution.values[group].tolist(), strict=True))
    return ", ".join(f"{name} = {values[name]:g}" for name in names) or "a probability of zero"


def _diverged(solution: Fitted, group: int) -> list[str]:
    """The names of coordinates that are at infinity."""
    coordinate, z = solution.problem.coefficients.coordinate, solution.original[group]
    return [name for name, k in coordinate.items() if np.isinf(z[k])]


def _infinite(solution: Fitted, group: int) -> list[str]:
    """The names of values that are at infinity, not at a finite end of their set."""
    values = dict(zip(solution.problem.coefficients.names, solution.values[group].tolist(), strict=True))
    return [name for name in _diverged(solution, group) if np.isinf(values[name])]


def _rows_at_end(solution: Fitted, group: int) -> str:
    """The rows whose parameter is at an end of its set."""
    problem = solution.problem
    params = " or ".join(p for p in problem.family.given_links if np.isfinite(problem.family.domain(p)).any())
    if not problem.rows.kept:
        return f"the fitted {params} of some rows"
    assert solution.z is not None
    limits, z = problem.take(np.array([group])).limits(), solution.z[group]
    rows = np.unique(limits.rows[limits.slack(z) <= 1e-9 * limits.size(z)])
    shown = ", ".join(map(str, rows[:3])) + (f" and {len(rows) - 3} more" if len(rows) > 3 else "")
    return f"the fitted {params} of row{'s' * (len(rows) > 1)} {shown}"


def _direction(solution: Fitted, code: str, group: int) -> Floats | None:
    """The direction in which the likelihood is flat or still rises, in all coordinates; None if it is not known."""
    step = solution.notes.get("step")
    if code == "flat" and solution.hessian is not None:
        direction = np.linalg.eigh(-solution.hessian[group])[1][:, 0]
    elif step is not None:
        direction = step[group]
    else:
        return None
    restriction = solution.problem.restriction
    return direction if restriction is None else restriction.matrix @ direction


def _coordinate_names(coefficients: Coefficients) -> list[str]:
    """A name for each coordinate: its own, or that of its parameter."""
    back = {k: n for n, k in coefficients.coordinate.items()}
    return [back.get(k, run.param) for run in coefficients.runs for k in range(run.where.start, run.where.stop)]
