"""The interface of a solver: it takes a `Problem` and nothing else, and returns a `Solution`, or None."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..errors import Explained
from ..models.problem import Evaluation, Kinks, Problem
from ..models.solution import Errors, Solution, Status
from ..numerics.arrays import Floats, Seed
from ..numerics.arrays import Numbers as Array

__all__ = [
    "Array",
    "Callback",
    "Errors",
    "Evaluation",
    "Floats",
    "Kinks",
    "Mask",
    "Places",
    "Problem",
    "Seed",
    "Solution",
    "Solver",
    "Status",
    "unit_of",
]

Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
Callback = Callable[[int, float], object]  # (step, loss); a search stops where it returns True


def unit_of(problem: Problem) -> Floats:
    """The unit of tolerances of the log posterior of each fit, [G]: one, or the total weight of the rows if it is less.

    Weights of 1e-9 divide the log-likelihood, and the square of a distance in standard errors, by 1e9.
    """
    weight = problem.total_weight()
    return np.where(weight > 0, np.minimum(weight, 1.0), 1.0)


class Solver(metaclass=Explained):
    """A method that finds the maximum of a log posterior.

    A solver is a frozen dataclass whose fields are its options. It implements `solve` and has a `name`.

    Examples
    --------
    >>> import mlekit
    >>> problem = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").solution.problem
    >>> mlekit.solvers.Newton().solve(problem).z.round(6).tolist()
    [[0.847298]]
    """

    name: str

    @abstractmethod
    def solve(self, problem: Problem) -> Solution | None:
        """Maximise the log posterior.

        Parameters
        ----------
        problem : Problem
            The log posterior of one fit or of a batch of fits.

        Returns
        -------
        Solution or None
            None where this solver does not apply to the problem.

        Examples
        --------
        >>> import mlekit
        >>> problem = mlekit.fit([1, 0, 1, 1], family="bernoulli").solution.problem
        >>> mlekit.solvers.Closed().solve(problem).params["p"].item()
        0.75
        """

    def refusal(self) -> str:
        """Return the error message for a problem that this solver cannot solve.

        Returns
        -------
        str

        Examples
        --------
        >>> import mlekit
        >>> mlekit.solvers.Newton().refusal()
        "the solver 'newton' cannot solve this problem: use solver='auto'"
        """
        return f"the solver {self.name!r} cannot solve this problem: use solver='auto'"

    def shared(self, parts: int) -> Solver:
        """Divide the budget equally among several problems.

        Parameters
        ----------
        parts : int
            Number of problems that are solved within one budget.

        Returns
        -------
        Solver
            The solver for each of them; the same one where it has no budget.

        Examples
        --------
        >>> import mlekit
        >>> mlekit.solvers.Torch(seconds=10).shared(4).seconds
        2.5
        """
        return self

    def seeded(self, seed: Seed) -> Solver:
        """Return this solver with a seed for what it draws, unless it has one of its own.

        Parameters
        ----------
        seed : int or numpy.random.Generator
            Seed of the estimator.

        Returns
        -------
        Solver
            The same one where it draws nothing.

        Examples
        --------
        >>> import mlekit
        >>> mlekit.solvers.Torch().seeded(3).seed, mlekit.solvers.Torch(seed=1).seeded(3).seed
        (3, 1)
        """
        return self

    def telling(self, progress: Callback) -> Solver:
        """Return this solver with a function that is called at each step, where a search may take long.

        Parameters
        ----------
        progress : callable
            Called as ``progress(step, loss)``.

        Returns
        -------
        Solver

        Examples
        --------
        >>> import mlekit
        >>> mlekit.solvers.Torch().telling(print).callback is None
        False
        """
        return self
