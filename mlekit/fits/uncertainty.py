"""Uncertainty about the parameters of one fit: covariances, intervals, profiles, the bootstrap and the posterior."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .estimates import Estimates, Floats

if TYPE_CHECKING:
    import pandas as pd

    from ..arguments import Seed
    from ..inference.bootstrap import Bootstrap
    from ..inference.estimates import Estimate
    from ..inference.posterior import Posterior
    from ..inference.profile import Profile


class Uncertainty(Estimates[float, "pd.Series"]):
    """Methods of `mlekit.Fit` about the uncertainty of its estimates.

    Examples
    --------
    >>> import mlekit
    >>> fit = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
    >>> fit.conf_int().round(3).loc["p"].to_dict()
    {'lower': 0.348, 'upper': 0.933}
    >>> fit.cov_params().round(3).loc["p", "p"].item()
    0.021
    """

    @cached_property
    def _cov(self) -> Floats:
        from ..inference.information import covariance

        return covariance(self._solution)[0]

    @cached_property
    def _errors(self) -> Floats:
        from ..inference.conjugate import variances

        known = variances(self._solution)
        with np.errstate(invalid="ignore"):
            return np.sqrt(np.diag(self._cov)[None] if known is None else known)

    def cov_params(self) -> pd.DataFrame:
        """Return the covariance matrix of the estimates.

        Returns
        -------
        pandas.DataFrame
            Rows and columns are named by parameter; NaN where there is no standard error.
        """
        import pandas as pd

        return pd.DataFrame(self._cov, index=pd.Index(self._names), columns=pd.Index(self._names))

    def conf_int(
        self, params: str | Iterable[str] | None = None, *, level: float = 0.95, method: str = "auto", **options: Seed
    ) -> pd.DataFrame:
        """Return confidence intervals.

        Parameters
        ----------
        params : str or iterable of str, optional
            Names of the parameters; all of them by default.
        level : float, default 0.95
            Confidence level, from 0.5 to below 1.
        method : str, default "auto"
            Method of the interval.

            - `"wald"`: estimate ± z · standard error
            - `"exact"`: exact intervals of Bernoulli, binomial, Poisson, exponential and normal samples
            - `"profile"`: the values whose profile likelihood is within a chi-square quantile of the maximum
            - `"bootstrap"`: percentiles of refits of resampled rows
            - `"posterior"`: quantiles of the conjugate posterior
            - `"auto"`: Wald in a regression, else exact where there is such an interval, else profile; with a prior
              the posterior where it is conjugate, else the profile of the posterior; at a boundary or an edge always
              profile in place of Wald
        **options
            `n` and `seed` of the bootstrap.

        Returns
        -------
        pandas.DataFrame
            Columns `lower` and `upper`, indexed by parameter; `.attrs["method"]` is the method that was used.

        Raises
        ------
        OptionError
            If the method does not exist for this fit, or the level is below 0.5.

        Examples
        --------
        >>> import mlekit
        >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> fit.conf_int("mean", level=0.9, method="wald").round(2).loc["mean"].to_dict()
        {'lower': 71.96, 'upper': 74.04}
        """
        import pandas as pd

        from ..inference.intervals import conf_int

        names = self._asked(params)
        low, high, used = conf_int(self._solution, names, level, method, **options)
        table = pd.DataFrame({"lower": low[0], "upper": high[0]}, index=pd.Index(names))
        table.attrs["method"] = used
        return table

    def estimate(self, what: str | Callable[..., object], *, level: float = 0.95, method: str = "auto") -> Estimate:
        """Estimate a parameter, a derived parameter or a function of the parameters.

        Parameters
        ----------
        what : str or callable
            Name of a parameter, name of a derived one (such as `"odds"`), or a function whose arguments are names of
            parameters.
        level : float, default 0.95
            Confidence level, from 0.5 to below 1.
        method : str, default "auto"
            Method of the interval, as in `conf_int`.

        Returns
        -------
        Estimate
            `.value`, `.std_error` (by the delta method), `.lower`, `.upper` and `.method`.

        Raises
        ------
        NoStandardError
            If a Wald interval is asked for where there is no standard error.
        UnknownName
            If there is no such parameter.

        Examples
        --------
        >>> import mlekit
        >>> fit = mlekit.fit([1, 0, 1, 1], family="bernoulli")
        >>> odds = fit.estimate("odds", method="wald")
        >>> odds.value, round(odds.std_error, 3), round(odds.upper, 3)
        (3.0, 3.464, 9.79)
        >>> fit.estimate(lambda p: p * (1 - p)).value
        0.1875
        """
        from ..inference.estimates import estimate

        return estimate(self._solution, what, level, method)

    def profile(self, param: str, *, points: int = 41, level: float = 0.999) -> Profile:
        """Compute the profile likelihood of a parameter: its maximum over all other parameters.

        Parameters
        ----------
        param : str
            Name of the parameter.
        points : int, default 41
            Number of points of the curve.
        level : float, default 0.999
            The curve covers the profile interval of this level.

        Returns
        -------
        Profile
            `.values` and `.heights`; `.to_frame()` is a DataFrame of both.

        Examples
        --------
        >>> import mlekit
        >>> fit = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
        >>> fit.profile("p", points=3).values.round(3).tolist()
        [0.214, 0.7, 0.977]
        """
        from ..inference.profile import profile

        return profile(self._solution, self._asked(param)[0], points, level)

    def bootstrap(self, n: int = 999, seed: Seed = 0) -> Bootstrap:
        """Fit the model again to rows drawn with replacement from the rows.

        Parameters
        ----------
        n : int, default 999
            Number of refits.
        seed : int or numpy.random.Generator, default 0
            Seed of the draws.

        Returns
        -------
        Bootstrap
            `.draws` is a DataFrame of the estimates, `.conf_int(level)` their percentiles.

        Examples
        --------
        >>> import mlekit
        >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> fit.bootstrap(99, seed=1).draws.shape
        (99, 2)
        """
        from ..inference.bootstrap import bootstrap

        return bootstrap(self._solution, n, seed)

    def posterior(self) -> Posterior:
        """Return the posterior distribution of the parameters, where the prior is conjugate.

        Returns
        -------
        Posterior
            `post["p"]` is a frozen scipy distribution, `post.sample(n, seed)` a DataFrame of draws.

        Raises
        ------
        OptionError
            If there is no prior, or it is not conjugate.

        Examples
        --------
        >>> import mlekit
        >>> coin = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=mlekit.priors.Beta(1, 1))
        >>> coin.posterior()["p"].args
        (8.0, 4.0)
        """
        from ..inference.posterior import posterior

        return posterior(self._solution)
