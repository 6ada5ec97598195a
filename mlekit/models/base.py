"""The interface of a model: it reads data, joins a family to them, states the problem, and answers with a fit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from ..errors import DataError
from .problem import Problem
from .solution import Solution

F = TypeVar("F")  # the class of its fits


class Model(ABC, Generic[F]):
    """A family joined to rows. `mlekit.fit(data, family=model)` takes a whole model as it takes a family.

    Attributes
    ----------
    trains : bool
        True if it is fitted by a solver that has a budget.

    Examples
    --------
    >>> import mlekit
    >>> isinstance(mlekit.Estimator("poisson").model(), mlekit.models.Model)
    True
    """

    trains: bool = False

    @abstractmethod
    def read(self, data: Any, target: Any, **how: Any) -> Any:
        """Return checked rows.

        Parameters
        ----------
        data, target : object
            Data as the user gave them to `mlekit.fit`.
        **how
            ``by``, ``weights``, ``offset``, ``missing`` and ``intercept`` of `mlekit.fit`.

        Returns
        -------
        object
            The rows in the form that `bind` takes.
        """

    @abstractmethod
    def bind(self, rows: Any) -> Model[F]:
        """Return the model for these rows.

        Parameters
        ----------
        rows : object
            Rows as `read` returns them.

        Returns
        -------
        Model
            A model that can state its problem.

        Raises
        ------
        DataError
            If the model does not suit the rows.
        """

    def renumber(self, error: DataError, rows: Any) -> None:
        """Let an error name a row by its position in the caller's data, if rows were left out.

        Parameters
        ----------
        error : DataError
            Error of the rows that were kept.
        rows : object
            Rows as `read` returns them.
        """

    @abstractmethod
    def problem(self, priors: Any, fixed: Mapping[str, float], tied: Mapping[str, str]) -> Problem:
        """Return the log posterior.

        Parameters
        ----------
        priors : Prior, mapping of str to Prior, or None
            Priors as ``prior=`` of `mlekit.fit` takes them.
        fixed : mapping of str to float
            Values that are given, by name.
        tied : mapping of str to str
            Names of values that are the same.

        Returns
        -------
        Problem
            The function that a solver maximises.
        """

    def fitted(self, estimator: Any) -> Any:
        """Return the fit of a model that finds it without a solver, as one composed of models does; else None.

        Parameters
        ----------
        estimator : Estimator
            The options of the fit.

        Returns
        -------
        object or None
            The fit.
        """
        return None

    def answer(self) -> Callable[[Any, Solution], F] | None:
        """Return the function that makes the fit of (estimator, solution); None for the usual Fit or GroupedFit."""
        return None
