"""The fitted distribution: its quantiles, probabilities and draws."""

from __future__ import annotations

from collections.abc import Sized
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .estimates import Floats
from .rows import frame
from .solved import SolvedFit

if TYPE_CHECKING:
    import pandas as pd

    from ..arguments import Data, Seed


class FittedDistribution(SolvedFit[float]):
    """Methods of `mlekit.Fit` about the fitted distribution.

    Examples
    --------
    >>> import mlekit
    >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
    >>> fit.cdf(73), round(fit.sf(75), 3), round(fit.quantile(0.975), 3)
    (0.5, 0.079, 75.772)
    >>> fit.cdf([72, 73]).round(3).tolist()
    [0.24, 0.5]
    >>> fit.quantile([0.5], interval=True).round(2).loc[0.5].to_dict()
    {'fit': 73.0, 'std_error': 0.63, 'lower': 71.76, 'upper': 74.24}
    """

    @property
    def dist(self) -> Any:
        """The fitted distribution, with the methods of a frozen scipy distribution.

        In a regression it differs from row to row: there `dist` is a function of new rows, `fit.dist(new)`.

        Examples
        --------
        >>> import mlekit
        >>> float(mlekit.fit([72, 75, 71, 73, 74], family="normal").dist.mean())
        73.0
        """
        from ..inference.distribution import dist

        return dist(self._solution)

    @overload
    def quantile(self, q: float, *, interval: Literal[False] = False, level: float = 0.95) -> float: ...
    @overload
    def quantile(self, q: Sized, *, interval: Literal[False] = False, level: float = 0.95) -> Floats: ...
    @overload
    def quantile(self, q: ArrayLike, *, interval: Literal[True], level: float = 0.95) -> pd.DataFrame: ...
    def quantile(self, q: Any, *, interval: bool = False, level: float = 0.95) -> Any:
        """Return quantiles of the fitted distribution.

        Parameters
        ----------
        q : float or array-like
            Probabilities from 0 to 1.
        interval : bool, default False
            Whether to add standard errors and confidence bounds, by the delta method.
        level : float, default 0.95
            Confidence level of the bounds.

        Returns
        -------
        float, numpy.ndarray or pandas.DataFrame
            A float for a float, an array for many; with `interval` a table with the columns `fit`, `std_error`,
            `lower` and `upper`.

        Raises
        ------
        OptionError
            If the distribution differs from row to row: see `predict(new, which="quantile", q=q)`.
        """
        from ..inference.distribution import quantile

        found = quantile(self._solution, q, interval, level)
        return frame(found, np.atleast_1d(q)) if interval else found

    @overload
    def cdf(self, x: float, *, interval: Literal[False] = False, level: float = 0.95) -> float: ...
    @overload
    def cdf(self, x: Sized, *, interval: Literal[False] = False, level: float = 0.95) -> Floats: ...
    @overload
    def cdf(self, x: ArrayLike, *, interval: Literal[True], level: float = 0.95) -> pd.DataFrame: ...
    def cdf(self, x: Any, *, interval: bool = False, level: float = 0.95) -> Any:
        """Return the distribution function: the probability of at most `x`.

        Parameters
        ----------
        x : float or array-like
            Values, or labels whose levels have an order.
        interval : bool, default False
            Whether to add standard errors and confidence bounds, by the delta method.
        level : float, default 0.95
            Confidence level of the bounds.

        Returns
        -------
        float, numpy.ndarray or pandas.DataFrame
            As `quantile` returns them.

        Raises
        ------
        OptionError
            If the distribution differs from row to row: see `fit.dist(new).cdf(x)`.
        """
        from ..inference.distribution import cdf

        found = cdf(self._solution, x, interval, level)
        return frame(found, np.atleast_1d(x)) if interval else found

    @overload
    def sf(self, x: float, *, interval: Literal[False] = False, level: float = 0.95) -> float: ...
    @overload
    def sf(self, x: Sized, *, interval: Literal[False] = False, level: float = 0.95) -> Floats: ...
    @overload
    def sf(self, x: ArrayLike, *, interval: Literal[True], level: float = 0.95) -> pd.DataFrame: ...
    def sf(self, x: Any, *, interval: bool = False, level: float = 0.95) -> Any:
        """Return the survival function: the probability of more than `x`.

        Parameters
        ----------
        x : float or array-like
            Values, or labels whose levels have an order.
        interval : bool, default False
            Whether to add standard errors and confidence bounds, by the delta method.
        level : float, default 0.95
            Confidence level of the bounds.

        Returns
        -------
        float, numpy.ndarray or pandas.DataFrame
            As `quantile` returns them.

        Raises
        ------
        OptionError
            If the distribution differs from row to row: see `fit.dist(new).sf(x)`.
        """
        from ..inference.distribution import sf

        found = sf(self._solution, x, interval, level)
        return frame(found, np.atleast_1d(x)) if interval else found

    def sample(self, n: int, new: Data = None, seed: Seed | None = None) -> NDArray[Any]:
        """Draw from the fitted distribution.

        Parameters
        ----------
        n : int
            Number of draws; in a regression, per row.
        new : table, optional
            Rows of a regression; the fitted rows by default.
        seed : int or numpy.random.Generator, optional
            Seed of the draws.

        Returns
        -------
        numpy.ndarray
            n draws; in a regression an array [rows, n].

        Examples
        --------
        >>> import mlekit
        >>> draws = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").sample(10_000, seed=1)
        >>> round(float(draws.mean()), 1)
        0.7
        """
        from ..inference.distribution import sample

        return sample(self._solution, n, new, seed)
