"""The answer of a solver, and what follows from it alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

Array = Any

SETTLED, MANY = (1e-11, 1e-4), 1 << 14  # the drift that is let pass: of some rows, and of more than MANY


class Status(IntEnum):
    """The reason why the search of one fit ended; verdicts and tables use its words.

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

    @property
    def code(self) -> str:
        """The word for it.

        >>> Status.CLOSED_FORM.code
        'closed_form'
        """
        return self.name.lower()


class Errors(NamedTuple):
    """Standard errors other than those of the curvature."""

    kind: str
    covariance: Array  # [G, K, K] of all coordinates, in the units of the problem
    df: float = np.inf  # of the Student t distribution that ratios are compared with
    inflation: float = 1.0  # of the variance of an observation


@dataclass(frozen=True, eq=False, init=False)
class Solution:
    """The point where a solver stopped, one row per fit: immutable, with the problem that it solves.

    >>> import mlekit
    >>> coin = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", solver="newton")
    >>> coin.solution.z.round(6).tolist(), coin.solution.status.tolist()
    ([[0.847298]], [1])
    """

    problem: Any  # a LogPosterior, or the problem of a network
    z: Array | None  # [G, K] in the problem's coordinates
    value: Array | None  # [G]: the log posterior
    status: Array  # [G]: Status
    solver: str
    iterations: int = 0
    decrement: Array | None = None  # [G]: the distance of the score from zero, in standard errors
    hessian: Array | None = None  # [G, K, K] at z or one converged step before it
    params: Mapping[str, Array] | None = None  # parameters as named, where a formula gives them
    notes: Mapping[str, Any] = field(default_factory=dict)
    history: Any = None
    errors: Errors | None = None  # None: those of the curvature

    def __init__(
        self,
        problem: Any,
        z: Array | None,
        value: Array | None,
        status: Array,
        solver: str,
        iterations: int = 0,
        decrement: Array | None = None,
        hessian: Array | None = None,
        params: Mapping[str, Array] | None = None,
        notes: Mapping[str, Any] | None = None,
        history: Any = None,
        errors: Errors | None = None,
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
        )

    @cached_property
    def original(self) -> Array:
        """The coordinates on the scale of the link and in original units, [G, K]; an end of a set is at infinity.

        >>> import mlekit
        >>> mlekit.fit([72, 75, 71, 73, 74], family="normal").solution.original.round(3).tolist()
        [[73.0, 0.347]]
        """
        return self.problem.to_original(self.z) if self.z is not None else self.problem.from_params(self.params)

    @cached_property
    def values(self) -> Array:
        """The parameters and coefficients as named, [G, U].

        >>> import mlekit
        >>> mlekit.fit([72, 75, 71, 73, 74], family="normal").solution.values.round(3).tolist()
        [[73.0, 1.414]]
        """
        return self.problem.values(self.z, self.params)

    @cached_property
    def curvature(self) -> Array:
        """The Hessian at the answer, [G, q, q]: the solver's last one where the last step did not change it.

        >>> import mlekit
        >>> mlekit.fit([1, 0, 1, 1], family="bernoulli").solution.curvature.round(6).tolist()
        [[[-0.75]]]
        """
        settled = SETTLED[len(self.problem.rows) > MANY]
        if self.hessian is not None and np.all(self.notes.get("drift", 0.0) < settled):
            return self.hessian
        if self.z is None:
            finite = np.isfinite(self.original).all(axis=1)
            z = self.problem.from_original(np.where(finite[:, None], self.original, 0.0))
        else:
            finite = np.isfinite(self.z).all(axis=1)
            z = np.where(finite[:, None], self.z, 0.0)
        with np.errstate(all="ignore"):
            hessian = self.problem.at(z, 2).hessian
        return np.where(finite[:, None, None], hessian, np.nan)
