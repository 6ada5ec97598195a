"""The likelihood of one fit as a function of its parameters, and what compares likelihoods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..errors import OptionError
from .estimates import Estimates, Floats

if TYPE_CHECKING:
    import pandas as pd

    from ..inference.decompose import Decomposition
    from ..inference.likelihood_ratio import Test


class LikelihoodFunction(Estimates[float, "pd.Series"]):
    """Methods of `mlekit.Fit` about the likelihood at any parameters.

    Examples
    --------
    >>> import mlekit
    >>> fit = mlekit.fit([1, 0, 1, 1], family="bernoulli")
    >>> round(fit.loglike({"p": 0.5}), 6), round(fit.loglike() - fit.llf, 6)
    (-2.772589, 0.0)
    """

    def loglike(self, params: Mapping[str, float] | ArrayLike | None = None) -> float:
        """Return the log-likelihood at any parameters.

        Parameters
        ----------
        params : mapping or array-like, optional
            Values by name (the others stay at their estimates), or a vector in the order of `params`. The estimates
            by default.

        Returns
        -------
        float
            The log-likelihood without the prior. Never NaN: -inf where the rows are impossible, the limit at a
            boundary.

        Examples
        --------
        >>> import mlekit
        >>> round(mlekit.fit([1, 0, 1, 1], family="bernoulli").loglike({"p": 0.5}), 6)
        -2.772589
        """
        from ..inference.likelihood_at import log_likelihood_at

        return self.llf if params is None else log_likelihood_at(self._solution.problem, self._vector(params))

    def score_obs(self, params: Mapping[str, float] | ArrayLike | None = None) -> pd.DataFrame:
        """Return the score of each row: the derivatives of its log density.

        Parameters
        ----------
        params : mapping or array-like, optional
            Where to differentiate, as in `loglike`; the estimates by default.

        Returns
        -------
        pandas.DataFrame
            One row per row of the data, one column per parameter; weights are not applied.

        Examples
        --------
        >>> import mlekit
        >>> mlekit.fit([1, 0, 1, 0], family="bernoulli").score_obs()["p"].tolist()
        [2.0, -2.0, 2.0, -2.0]
        """
        import pandas as pd

        from ..inference.scores import scores

        index = self._solution.problem.rows.row_index
        each = scores(self._solution.problem, self._vector(params))
        return pd.DataFrame(each, index=index, columns=pd.Index(self._names))

    def decompose(self, params: Mapping[str, float] | ArrayLike | None = None) -> Decomposition:
        """Decompose the mean loss into the entropy of the data and the divergence of the model from them.

        Parameters
        ----------
        params : mapping or array-like, optional
            Parameters of the model, as in `loglike`; the estimates by default.

        Returns
        -------
        Decomposition
            `.loss`, `.entropy` and `.kl` in nats per row; loss = entropy + kl.

        Raises
        ------
        OptionError
            If the distribution is continuous, or differs from row to row.

        Examples
        --------
        >>> import mlekit
        >>> coin = mlekit.fit([1, 1, 1, 0], family="bernoulli")
        >>> parts = coin.decompose({"p": 0.5})
        >>> round(parts.loss, 3), round(parts.entropy, 3), round(parts.kl, 3)
        (0.693, 0.562, 0.131)
        """
        from ..inference.decompose import decompose

        return decompose(self._solution.problem, self._vector(params))

    def lr_test(self, other: LikelihoodFunction) -> Test:
        """Test two nested fits against each other by their likelihood ratio.

        Parameters
        ----------
        other : Fit
            A fit of the same rows, of which this one is a special case, or that is a special case of this one.

        Returns
        -------
        Test
            `.statistic`, `.p_value` (by chi-square), `.df`; `print` shows them in words.

        Raises
        ------
        OptionError
            If the fits are of different rows, are not nested, or have a prior.

        Examples
        --------
        >>> import mlekit
        >>> free = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> fixed = mlekit.fit([72, 75, 71, 73, 74], family="normal", fixed={"mean": 72})
        >>> test = free.lr_test(fixed)
        >>> round(test.statistic, 3), test.df, round(test.p_value, 3)
        (2.027, 1, 0.154)
        """
        from ..inference.likelihood_ratio import lr_test

        _check_fit(other)
        return lr_test(self._solution, other._solution)

    def _vector(self, params: Mapping[str, float] | ArrayLike | None) -> Floats:
        """Parameters in the order of `params`, from a mapping or a vector."""
        vector = np.array(self._values[0], dtype=float)
        if params is None:
            return vector
        if isinstance(params, Mapping):
            for name in self._asked(map(str, params)):
                vector[self._names.index(name)] = params[name]
            return vector
        given = np.asarray(params, dtype=float).ravel()
        if len(given) != len(vector):
            raise OptionError(
                f"params has {len(given)} values, but this fit has {len(vector)}: {', '.join(self._names)}"
            )
        return given


def _check_fit(other: object) -> None:
    if not isinstance(other, LikelihoodFunction):
        raise OptionError(
            f"lr_test takes another fit of the same rows, not {other!r:.60}: for a coefficient fit the model without"
            " it, fit.lr_test(mlekit.fit(...)), or see its p-value in fit.pvalues"
        )
