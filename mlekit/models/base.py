"""What a model is: it reads data, joins a law to them, states the problem, and answers with a fit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .problem import Array, Problem, Solution

F = TypeVar("F")  # the class of its fits


class Model(ABC, Generic[F]):
    """Joins a law to rows. `mlekit.fit(data, family=model)` takes a whole model as it takes a law.

    >>> import mlekit
    >>> isinstance(mlekit.Estimator("poisson").model(), mlekit.models.Model)
    True
    """

    trains: bool = False  # by a solver that has a budget

    @abstractmethod
    def read(self, data: Any, target: Any, **how: Any) -> Any:
        """Checked rows, from what a user gave (`how`: by, weights, offset, missing, intercept)."""

    @abstractmethod
    def bind(self, rows: Any) -> Model[F]:
        """The model for these rows, or a DataError."""

    @abstractmethod
    def problem(self, priors: Any, fixed: Mapping[str, Any], tied: Mapping[str, str]) -> Any:
        """The log posterior, as a Bound."""

    def fitted(self, estimator: Any) -> Any:
        """The fit of a bound model that finds it in a way of its own, as one made of models does; else None."""
        return None

    def answer(self) -> Callable[[Any, Any, Solution], F] | None:
        """What makes the fit of (estimator, bound, solution); None: the usual Fit or GroupedFit."""
        return None


@dataclass(eq=False)
class Bound:
    """A problem, the fixed and tied coordinates taken out of it, and where it came from.

    >>> import mlekit
    >>> bound = mlekit.fit([2, 0, 1, 5], family="poisson").bound
    >>> bound.problem.size, bound.user(bound.problem.start()).round(6).tolist()
    (1, [[0.693147]])
    """

    model: Any
    base: Any  # in all coordinates
    problem: Problem  # in the free ones
    matrix: Array | None = None
    shift: Array | None = None

    def expand(self, z: Array) -> Array:
        """All coordinates from the free ones.

        >>> import mlekit
        >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal", fixed={"mean": 72})
        >>> bound = fit.bound
        >>> bound.problem.size, bound.expand(bound.problem.start()).shape
        (1, (1, 2))
        """
        return z if self.matrix is None else z @ self.matrix.T + self.shift

    def user(self, z: Array) -> Array:
        """Coordinates on the link's scale in the user's units, from the solver's.

        >>> import mlekit
        >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal", solver="newton")
        >>> fit.bound.user(fit.solution.z).round(3).tolist()
        [[73.0, 0.347]]
        """
        return self.base.to_user(self.expand(z))
