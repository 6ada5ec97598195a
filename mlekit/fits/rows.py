"""The rows of a fit, one by one: predictions, log densities and residuals."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, overload

from numpy.typing import ArrayLike, NDArray

from .estimates import Floats
from .solved import SolvedFit

if TYPE_CHECKING:
    import pandas as pd

    from ..arguments import Data, Seed, Target
    from ..inference import evaluation


class FittedRows(SolvedFit[float]):
    """Methods of `mlekit.Fit` about fitted and new rows.

    New rows are given as `mlekit.fit` takes data: a table with the columns of the formula, or one column.

    Examples
    --------
    >>> import mlekit
    >>> line = mlekit.fit({"x": [0, 1, 2, 3], "y": [1, 3, 4, 8]}, "y ~ x", family="normal")
    >>> line.predict({"x": [4, 5]}).round(6).tolist()
    [9.5, 11.7]
    >>> line.residuals("response").round(6).tolist()
    [0.3, 0.1, -1.1, 0.7]
    """

    @overload
    def predict(
        self,
        new: Data = None,
        which: str = "mean",
        interval: None = None,
        level: float = 0.95,
        *,
        q: float | None = None,
    ) -> NDArray[Any]: ...
    @overload
    def predict(
        self,
        new: Data = None,
        which: str = "mean",
        *,
        interval: str,
        level: float = 0.95,
        q: float | None = None,
    ) -> pd.DataFrame: ...
    @overload
    def predict(
        self, new: Data, which: str, interval: str, level: float = 0.95, *, q: float | None = None
    ) -> pd.DataFrame: ...
    def predict(
        self,
        new: Data = None,
        which: str = "mean",
        interval: str | None = None,
        level: float = 0.95,
        *,
        q: float | None = None,
    ) -> Any:
        """Predict the mean, a quantile, a class or a parameter of each row.

        Parameters
        ----------
        new : table, optional
            Rows to predict; the fitted ones by default.
        which : str, default "mean"
            `"mean"` (of labels the probability of each), `"linear"` (the linear predictor), `"class"` (the most
            probable label), `"quantile"`, or the name of a parameter.
        interval : {None, "confidence", "prediction"}, default None
            Bounds to add: `"confidence"` for the predicted value, `"prediction"` for a new observation.
        level : float, default 0.95
            Level of the bounds.
        q : float, optional
            Probability of the quantile, with `which="quantile"`.

        Returns
        -------
        numpy.ndarray or pandas.DataFrame
            One value per row, or one column per level; with `interval` a table with the columns `fit`, `std_error`
            (of the predicted value), `lower` and `upper`.

        Examples
        --------
        >>> import mlekit
        >>> line = mlekit.fit({"x": [0, 1, 2, 3], "y": [1, 3, 4, 8]}, "y ~ x", family="normal")
        >>> line.predict({"x": [4, 5]}).round(6).tolist()
        [9.5, 11.7]
        >>> line.predict({"x": [4]}, interval="prediction").round(2)
           fit  lower  upper
        0  9.5   7.42  11.58
        """
        from ..data.columns import index_of
        from ..inference.predict import predict

        found = predict(self._solution, new, which, interval, level, q)
        if interval is None:
            return found
        rows: Any = self._solution.problem.rows
        return frame(found, rows.row_index if new is None else index_of(new))

    def log_prob(self, new: Data = None, target: Target | None = None) -> Floats:
        """Return the log density of each row at the estimates.

        Parameters
        ----------
        new : data, optional
            Rows in any form that `mlekit.fit` takes; the fitted ones by default.
        target : str or array-like, optional
            Column of the response, or the response itself.

        Returns
        -------
        numpy.ndarray
            One value per row.

        Examples
        --------
        >>> import mlekit
        >>> fit = mlekit.fit([1, 0, 1, 1], family="bernoulli")
        >>> fit.log_prob([0, 1]).round(6).tolist()
        [-1.386294, -0.287682]
        """
        from ..inference.evaluation import log_prob

        return log_prob(self._solution, new, target)

    def evaluate(self, new: Data, target: Target | None = None) -> evaluation.Evaluation:
        """Compute the mean loss on new rows.

        Parameters
        ----------
        new : data
            Rows in any form that `mlekit.fit` takes.
        target : str or array-like, optional
            Column of the response, or the response itself.

        Returns
        -------
        Evaluation
            `.nll` is the mean of minus the log density in nats per row, `.std_error` its standard error, `.n` the
            number of rows.

        Examples
        --------
        >>> import mlekit
        >>> round(mlekit.fit([1, 0, 1, 1], family="bernoulli").evaluate([0, 1]).nll, 6)
        0.836988
        """
        from ..inference.evaluation import evaluate

        return evaluate(self._solution, new, target)

    def residuals(self, kind: str = "quantile", seed: Seed = 0) -> Floats:
        """Compute the residual of each fitted row.

        Parameters
        ----------
        kind : {"quantile", "response", "pearson", "deviance"}, default "quantile"
            Quantile residuals are standard normal if the model is true; of discrete observations they are randomised.
        seed : int or numpy.random.Generator, default 0
            Seed of the randomised residuals.

        Returns
        -------
        numpy.ndarray
            One value per row.

        Examples
        --------
        >>> import mlekit
        >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> fit.residuals("response").tolist()
        [-1.0, 2.0, -2.0, 0.0, 1.0]
        """
        from ..inference.residuals import residuals

        return residuals(self._solution, kind, seed)

    def augment(self) -> Any:
        """Return the fitted rows with their fitted value, residual and log density.

        Returns
        -------
        DataFrame
            The rows, in the library of the data, with the columns `fitted`, `residual` and `log_density`.

        Examples
        --------
        >>> import mlekit
        >>> rows = mlekit.fit([72, 75, 71, 73, 74], family="normal").augment()
        >>> rows.iloc[0].round(3).to_dict()
        {'y': 72.0, 'fitted': 73.0, 'residual': -1.0, 'log_density': -1.516}
        """
        from ..show.tables import augment

        return augment(self)


def frame(columns: Mapping[Hashable, Floats], index: ArrayLike | None) -> pd.DataFrame:
    """Return columns as a table; pairs of names make a column index of two levels."""
    import pandas as pd

    return pd.DataFrame(columns, index=None if index is None else pd.Index(index))
