"""The checks before an answer is called a maximum, and their result in words.

Codes are stable: closed_form and converged are proofs, boundary is an answer at an end of a set, budget the spent time
of a network. edge, flat, not_unique, steps and failed mean no.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..models.coefficients import Coefficients
from ..models.posterior import Fitted
from ..models.solution import Solution, Status
from ..numerics.arrays import Codes, Floats, Mask
from ..numerics.linalg import eigen_range
from .information import resting

NOT_OK = frozenset({"edge", "flat", "not_unique", "steps", "failed"})
NOWHERE = "a parameter"  # no direction is known
FLAT = 1e-12  # the least eigenvalue of the scaled curvature
REASONS = {
    "closed_form": "the maximum is given by a formula",
    "converged": "the score is zero and the curvature is that of a peak",
    "boundary": "the maximum is at an end of the set: {where}",
    "edge": "the likelihood still rises towards infinity in {where}: there is no finite maximum",
    "flat": "the likelihood does not change along {where}: the data do not identify it",
    "not_unique": "several parameter values fit equally well",
    "several_peaks": "the likelihood has more than one peak; this is the highest that was found",
    "steps": "the solver ran out of steps before the score was zero",
    "budget": "training stopped when its budget was spent",
    "failed": "the solver found no way up although the score is not zero",
}
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


def codes(solution: Solution, groups: slice = slice(None)) -> Codes:
    """The status of each fit, after its curvature was looked at: [G] of Status.

    A coordinate that rests on the kink of a prior stays there, and has no curvature.
    """
    status = np.array(solution.status[groups])
    if solution.hessian is not None and (status == Status.CONVERGED).any():
        negative, rest = -solution.hessian[groups], resting(solution, groups)
        if rest is not None:
            negative = np.where(rest[:, :, None] | rest[:, None, :], np.eye(negative.shape[1]), negative)
        with np.errstate(all="ignore"):
            low, _ = eigen_range(negative)
        status[(status == Status.CONVERGED) & ~(low > FLAT)] = int(Status.FLAT)
    return status


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
    if code == "edge" and where == NOWHERE:
        free = [p for p in solution.problem.family.params if p not in solution.problem.fixed]
        reasons[0] = ONE_VALUE.format(what=" and ".join(free))
    if code == "converged" and _at_corner(solution)[group].any():
        reasons[0] = CORNER.format(where=_corner_names(solution, group))
    advice = solution.problem.family.advice(code, where) if code in NOT_OK else ""
    if advice:
        reasons[0] += f"; {advice}"
    return Verdict(code not in NOT_OK, tuple(found), tuple(reasons))


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
    coordinate, z = solution.problem.coefficients.coordinate, solution.original[group]
    names = [n for n, k in coordinate.items() if not np.isfinite(z[k])]
    if names and solution.params is not None:
        return ", ".join(f"{n} = {float(np.ravel(solution.params[n])[group]):g}" for n in names)
    return "a probability of zero"


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
