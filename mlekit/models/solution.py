"""The answer of a solver, and the numbers that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, NamedTuple

import numpy as np

from ..numerics.arrays import Codes, Floats, Mask, Numbers

if TYPE_CHECKING:
    from typing_extensions import TypeVar  # for type checkers alone: that of typing has a default from Python 3.13 on

    from .posterior import Fitted
    from .problem import Problem

    P_co = TypeVar("P_co", bound=Problem, covariant=True, default=Any)
else:
    from typing import TypeVar

    P_co = TypeVar("P_co", covariant=True)

SETTLED, MANY = (1e-11, 1e-4), 1 << 14  # the drift that is let pass: of some rows, and of more than MANY


class Status(IntEnum):
    """The reason why the search of one fit ended; verdicts and tables use its words.

    Attributes
    ----------
    CLOSED_FORM
        The maximum is given by a formula.
    CONVERGED
        The score is zero and the curvature is that of a peak.
    BOUNDARY
        The maximum is at an end of a parameter's set.
    EDGE
        The likelihood rises towards infinity, or has no maximum.
    FLAT
        The likelihood does not change in some direction.
    STEPS
        The solver ran out of steps.
    BUDGET
        The steps or seconds of training were spent.
    FAILED
        The solver found no way up although the score is not zero.
    UNBOUNDED
        The likelihood has no maximum; this is a local peak.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.models.Status(1).code
    'converged'
    """

    CLOSED_FORM = 0
    CONVERGED = 1
    BOUNDARY = 2
    EDGE = 3
    FLAT = 4
    STEPS = 5
    BUDGET = 6
    FAILED = 7
    UNBOUNDED = 8

    @property
    def code(self) -> str:
        """The published word of the status.

        Examples
        --------
        >>> Status.CLOSED_FORM.code
        'closed_form'
        """
        return self.name.lower()


class Errors(NamedTuple):
    """Standard errors other than those of the curvature."""

    kind: str
    covariance: Floats  # [G, K, K] of all coordinates, in the units of the problem
    df: float = np.inf  # of the Student t distribution that ratios are compared with
    inflation: float = 1.0  # of the variance of an observation


@dataclass(frozen=True, eq=False, init=False)
class Solution(Generic[P_co]):
    """The point where a solver stopped for each of G fits: immutable, with the problem that it solves.

    Attributes
    ----------
    problem : Problem
        The log posterior that was maximised: a `LogPosterior`, or the problem of a network.
    z : ndarray of shape (G, K), or None
        The maximum in the problem's coordinates; None if a formula gave `params` or a network was trained.
    value : ndarray of shape (G,), or None
        The log posterior there.
    status : ndarray of shape (G,)
        The `Status` of each fit.
    solver : str
        The name of the solver.
    iterations : int
        The number of its steps.
    decrement : ndarray of shape (G,), or None
        The distance of the score from zero, in standard errors.
    hessian : ndarray of shape (G, K, K), or None
        The second derivatives at `z`, or one converged step before it.
    params : mapping of str to ndarray, or None
        The parameters as named, if a formula gave them: [G] each, of probabilities one [G] per level.
    notes : mapping of str to object
        Remarks of the solver, such as "several_peaks" or the last "step".
    history : object
        The values on the way, if the solver keeps them.
    errors : Errors or None
        Standard errors of another kind than those of the curvature.
    at_end : ndarray of bool of shape (G, K), or None
        The coordinates of `z` at an end of their set: a number in `z` that is far enough for the limit,
        infinity in `original`. None if there are none.

    Examples
    --------
    >>> import mlekit
    >>> coin = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", solver="newton")
    >>> coin.solution.z.round(6).tolist(), coin.solution.status.tolist()
    ([[0.847298]], [1])
    """

    problem: P_co
    z: Floats | None
    value: Floats | None
    status: Codes
    solver: str
    iterations: int = 0
    decrement: Floats | None = None
    hessian: Floats | None = None
    params: Mapping[str, Numbers] | None = None
    notes: Mapping[str, Numbers] = field(default_factory=dict)
    history: Any = None
    errors: Errors | None = None
    at_end: Mask | None = None

    def __init__(
        self,
        problem: P_co,
        z: Floats | None,
        value: Floats | None,
        status: Codes,
        solver: str,
        iterations: int = 0,
        decrement: Floats | None = None,
        hessian: Floats | None = None,
        params: Mapping[str, Numbers] | None = None,
        notes: Mapping[str, Any] | None = None,
        history: Any = None,
        errors: Errors | None = None,
        at_end: Mask | None = None,
    ) -> None:
        # all at once: of a frozen dataclass every single field costs a call, and a fit of few rows takes microseconds
        self.__dict__.update(
            problem=problem,
            z=z,
            value=value,
            status=status,
            solver=solver,
            iterations=iterations,
            decrement=decrement,
            hessian=hessian,
            params=params,
            notes={} if notes is None else notes,
            history=history,
            errors=errors,
            at_end=at_end,
        )

    @cached_property
    def original(self: Fitted) -> Floats:
        """The coordinates on the scale of the link and in original units, [G, K]; an end of a set is at infinity.

        Examples
        --------
        >>> import mlekit
        >>> mlekit.fit([72, 75, 71, 73, 74], family="normal").solution.original.round(3).tolist()
        [[73.0, 0.347]]
        """
        if self.z is not None:
            return self.problem.to_original(self.z, self.at_end)
        assert self.params is not None
        return self.problem.from_params(self.params)

    @cached_property
    def values(self: Fitted) -> Floats:
        """The parameters and coefficients as named, [G, U].

        Examples
        --------
        >>> import mlekit
        >>> mlekit.fit([72, 75, 71, 73, 74], family="normal").solution.values.round(3).tolist()
        [[73.0, 1.414]]
        """
        return self.problem.values(self.z, self.params, self.at_end)

    @cached_property
    def curvature(self: Fitted) -> Floats:
        """The Hessian at the maximum, [G, K, K]: the solver's last one if the last step did not change it.

        Examples
        --------
        >>> import mlekit
        >>> mlekit.fit([1, 0, 1, 1], family="bernoulli").solution.curvature.round(6).tolist()
        [[[-0.75]]]
        """
        settled = SETTLED[len(self.problem.rows) > MANY]
        if self.hessian is not None and np.all(self.notes.get("drift", 0.0) < settled):
            return self.hessian
        at = self.original if self.z is None else self.z
        finite = np.all(np.isfinite(at), axis=1)
        z = np.where(finite[:, None], at, 0.0)
        with np.errstate(all="ignore"):
            hessian = self.problem.at(self.problem.from_original(z) if self.z is None else z, 2).hessian
        return np.where(finite[:, None, None], hessian, np.nan)
