"""Estimates of the parameters and their standard errors, of one fit or of each group."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Generic, Self, TypeVar

import numpy as np

from ..errors import OptionError, UnknownName, nearest
from ..models.solution import Status
from ..numerics.arrays import Floats
from .base import N
from .solved import SolvedFit

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T", "pd.Series", "pd.DataFrame")  # a value per parameter; in a GroupedFit one row per group


class Estimates(SolvedFit[N], Generic[N, T]):
    """Estimates of named parameters: what `mlekit.Fit` and `mlekit.GroupedFit` have in common.

    In a `Fit` each attribute is a Series indexed by parameter, in a `GroupedFit` a DataFrame with one row per group and
    one column per parameter. In a regression the parameters are the coefficients.

    Examples
    --------
    >>> import mlekit
    >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
    >>> fit.params.round(3).to_dict()
    {'mean': 73.0, 'sd': 1.414}
    >>> fit.bse.round(3).to_dict(), fit.cov_type
    ({'mean': 0.632, 'sd': 0.447}, 'information')
    >>> fit.tvalues.round(3).to_dict()
    {'mean': 115.423, 'sd': 3.162}
    >>> fit.pvalues.round(3).to_dict()
    {'mean': 0.0, 'sd': 0.002}

    >>> sales = {"shop": ["a", "a", "b", "b"], "sold": [1, 3, 4, 6]}
    >>> mlekit.fit(sales, "sold", family="poisson", by="shop").params["rate"].to_dict()
    {'a': 2.0, 'b': 5.0}
    """

    def doubts(self) -> str:
        return self._solution.problem.doubts(self._solution)

    @cached_property
    def params(self) -> T:
        """Estimates by name."""
        return self._table(self._values)

    @property
    def bse(self) -> T:
        """Standard errors; NaN if there are none, as for a fixed parameter or at a boundary."""
        return self._table(self._errors)

    @property
    def tvalues(self) -> T:
        """Estimates divided by their standard errors."""
        return self._table(self._ratios)

    @property
    def pvalues(self) -> T:
        """Two-sided p-values of the hypothesis that a parameter is zero."""
        from ..inference.information import p_values

        return self._table(p_values(self._solution, self._ratios))

    @property
    def cov_type(self) -> str:
        """Kind of the standard errors: `"information"`, or the argument of `with_cov`."""
        return "information" if self._solution.errors is None else self._solution.errors.kind

    @property
    def quick_ok(self) -> bool:
        return self._solution.params is not None and bool(np.max(self._solution.status) <= Status.BOUNDARY)

    @abstractmethod
    def _table(self, values: Floats) -> T:
        """Values [groups, parameters] with their names."""

    @abstractmethod
    def _each(self, values: Floats, name: str) -> N:
        """Values [groups]: a number, or a Series of that name."""

    @cached_property
    def _names(self) -> list[str]:
        return self._solution.problem.coefficients.names

    @cached_property
    def _values(self) -> Floats:
        return self._solution.values

    @cached_property
    def _errors(self) -> Floats:
        from ..inference.information import standard_errors

        return standard_errors(self._solution)

    @property
    def _ratios(self) -> Floats:
        with np.errstate(all="ignore"):
            return self._values / self._errors

    def _asked(self, params: str | Iterable[str] | None) -> list[str]:
        """The names that an argument gives; None stands for all."""
        if params is None:
            return self._names
        if isinstance(params, (int, float)):
            raise OptionError(f"params is {params!r}: give names of parameters, and a level by its name, level=0.95")
        names = [params] if isinstance(params, str) else list(params)
        for name in names:
            if name not in self._names:
                raise UnknownName(f"this fit has no parameter {name!r}; {nearest(name, self._names)}")
        return names

    def with_cov(self, kind: str) -> Self:
        """Return the same fit with standard errors of another kind.

        Parameters
        ----------
        kind : {"hc0", "hc1", "hc2", "hc3", "robust", "unbiased"}
            `"hc0"` to `"hc3"` are sandwich errors, `"robust"` is `"hc1"`; `"unbiased"` divides by n - p and uses t
            instead of z, as least squares does.

        Returns
        -------
        Fit or GroupedFit
            A fit whose errors, tests and Wald intervals are of this kind.

        Raises
        ------
        NoStandardError
            If an estimate is at a boundary.
        OptionError
            If the kind does not exist for this fit; groups have `"hc0"` and `"hc1"`.

        Examples
        --------
        >>> import mlekit
        >>> temperatures = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> temperatures.with_cov("unbiased").bse.round(3).to_dict()
        {'mean': 0.707, 'sd': 0.5}
        """
        from ..inference.covariances import with_errors

        return type(self)(self.estimator, with_errors(self._solution, kind))

    def _log_likelihood(self) -> N:
        from ..inference.information import log_likelihood

        return self._each(log_likelihood(self._solution), "llf")

    def _log_posterior(self) -> N:
        from ..inference.information import log_likelihood, log_prior

        return self._each(log_likelihood(self._solution) + log_prior(self._solution), "log_posterior")

    def _count(self) -> N:
        return self._each(self._solution.problem.rows.nobs(), "nobs")

    def _incomparable(self) -> str:
        priors = self._solution.problem.priors
        return "this fit has a prior: compare held-out rows with fit.evaluate(new)" if priors else ""
