"""A fit of a problem that a solver solved: it keeps the problem and the solution, and asks others about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from .base import BaseFit, N

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..families._base import Family
    from ..models.solution import Solution
    from ..show import Picture
    from .base import AxesLike


class SolvedFit(BaseFit[N]):
    """Estimates that a solver found, with the problem that they solve.

    `mlekit.Fit`, `mlekit.GroupedFit` and `mlekit.NetworkFit` inherit from it. An `Estimator` makes them; nobody calls
    the constructor.

    Parameters
    ----------
    estimator : Estimator
        Estimator that made the fit.
    solution : Solution
        Answer of the solver, with the problem that was solved.

    Examples
    --------
    >>> import mlekit
    >>> fit = mlekit.fit([1, 0, 1, 1], family="bernoulli")
    >>> fit.family, fit.problem.size, fit.solution.solver
    (bernoulli, 1, 'closed')
    """

    def __init__(self, estimator: Any, solution: Solution) -> None:
        self.estimator, self._solution = estimator, solution

    @property
    def problem(self) -> Any:
        """The problem that was solved, with its model and rows."""
        return self._solution.problem

    @property
    def solution(self) -> Solution:
        """The answer of the solver."""
        return self._solution

    @property
    def family(self) -> Family:
        """The family of distributions; of labels it knows the levels."""
        return self._solution.problem.family

    @property
    def n_params(self) -> int:
        return self._solution.problem.size

    @property
    def solver(self) -> str:
        return self._solution.solver

    @property
    def _name(self) -> str:
        return self.family.name

    @overload
    def plot(
        self, kind: str | None = None, *, params: str | Iterable[str] | None = None, ax: None = None
    ) -> Picture: ...
    @overload
    def plot(self, kind: str | None = None, *, params: str | Iterable[str] | None = None, ax: AxesLike) -> AxesLike: ...
    def plot(self, kind: str | None = None, *, params: str | Iterable[str] | None = None, ax: Any = None) -> Any:
        """Draw a plot of the fit.

        Parameters
        ----------
        kind : str, optional
            Name of the plot; without one, the plots that one looks at first are drawn. The error for a plot that this
            fit does not have lists those that it has.

            - `"fit"`: the data and the fitted distribution
            - `"likelihood"`: the log-likelihood along each parameter, the others fixed
            - `"profile"`: the log-likelihood along each parameter, the others fitted anew
            - `"posterior"`: prior, likelihood and posterior on the same axes
            - `"effects"`: the mean against each column of a regression or input of a network, with a band
            - `"residuals"`: the residuals of each row
            - `"qq"`: the residuals against their expected quantiles
            - `"forest"`: the estimates of all groups with their intervals
            - `"table"`: the probability of each level in each group
            - `"loss"`: the loss of a network at every step
            - `"embedding"`: the embedding of a network on a plane
        params : str or iterable of str, optional
            Names of the parameters or columns to draw, one panel each.
        ax : matplotlib.axes.Axes or sequence of them, optional
            Axes to draw into: one per panel.

        Returns
        -------
        matplotlib.figure.Figure
            A figure that is not registered with pyplot; with `ax` the axes that were given.

        Raises
        ------
        OptionError
            If the fit has no such plot.

        Examples
        --------
        >>> import mlekit
        >>> fit = mlekit.fit([1, 0, 1, 1], family="bernoulli")
        >>> fit.plot("likelihood").axes[0].get_xlabel()
        'p'
        """
        from ..show.plot.kinds import plot

        return plot(self, kind, params, ax)
