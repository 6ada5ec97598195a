"""The interface of a model: it reads data, joins a family to them, states the problem, and answers with a fit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from .problem import Problem
from .solution import Solution

F = TypeVar("F")  # the class of its fits

class Model(ABC, Generic[F]):
    """A family joined to rows. `mlekit.fit(data, family=model)` takes a whole model as it takes a family.

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
    def problem(self, priors: Any, fixed: Mapping[str, Any], tied: Mapping[str, str]) -> Problem:
        """The log posterior."""

    def fitted(self, estimator: Any) -> Any:
        """The fit of a bound model that finds it in a way of its own, as one made of models does; else None."""
        return None

    def answer(self) -> Callable[[Any, Solution], F] | None:
        """The function that makes the fit of (estimator, solution); None: the usual Fit or GroupedFit."""
        return None
