"""One fit: parameters with their uncertainty, likelihood and distribution."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from ..errors import UnknownName, nearest
from ..models.solution import Status
from .distribution import FittedDistribution
from .estimates import Floats
from .likelihood import LikelihoodFunction
from .rows import FittedRows
from .uncertainty import Uncertainty

if TYPE_CHECKING:
    import pandas as pd

    from ..inference.verdict import Verdict
    from ..show import Contents, Explanation

BOUNDARY = int(Status.BOUNDARY)


class Fit(Uncertainty, LikelihoodFunction, FittedDistribution, FittedRows):
    """A distribution or regression fitted by maximum likelihood, or with a prior by maximum a posteriori.

    `fit["p"]` is an estimate, `fit.params` all of them. Everything else is computed when it is first asked for:
    standard errors and intervals (`bse`, `conf_int`, `estimate`), tests (`lr_test`), profiles, the bootstrap and the
    posterior, predictions and residuals, tables (`tidy`, `glance`, `augment`), plots and explanations.

    Examples
    --------
    >>> import mlekit
    >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
    >>> fit
    <Fit normal: mean=73, sd=1.41421; ok>
    >>> fit["mean"], round(fit["sd"], 3)
    (73.0, 1.414)
    """

    grouped: ClassVar[Literal[False]] = False
    trained: ClassVar[Literal[False]] = False

    def __getitem__(self, name: str) -> float:
        """Return an estimate: of a parameter, a coefficient or a derived parameter.

        Parameters
        ----------
        name : str
            Name of the parameter.

        Returns
        -------
        float
            The estimate.

        Raises
        ------
        UnknownName
            If there is no such parameter; the message suggests the nearest name.

        Examples
        --------
        >>> import mlekit
        >>> mlekit.fit([1, 0, 1, 1], family="bernoulli")["odds"]
        3.0
        """
        natural = self._solution.params
        if natural is not None and name in natural and np.size(natural[name]) == 1:
            return float(np.ravel(natural[name])[0])
        if name in self._names:
            return float(self._values[0, self._names.index(name)])
        return self._derived(name)

    def _derived(self, name: str) -> float:
        from ..inference.information import delta

        coefficients = self._solution.problem.coefficients
        derived = self.family.derived if coefficients and coefficients.constant else {}
        if name not in derived:
            raise UnknownName(f"this fit has no {name!r}; {nearest(name, [*self._names, *derived])}")
        return float(delta(self._solution, derived[name])[0][0])

    def _table(self, values: Floats) -> pd.Series:
        import pandas as pd

        return pd.Series(np.array(values[0], dtype=float), index=pd.Index(self._names), dtype=float)

    def _each(self, values: Floats, name: str) -> float:
        return float(values[0])

    @property
    def aicc(self) -> float:
        """Akaike's information criterion with the correction for small samples, AIC + 2 k (k + 1) / (n - k - 1).

        Examples
        --------
        >>> import mlekit
        >>> round(mlekit.fit([1, 0, 1, 0], family="bernoulli").aicc, 6)
        9.545177
        """
        k, room = self.n_params, self.nobs - self.n_params - 1
        return self.aic + 2 * k * (k + 1) / room if room > 0 else float("inf")

    @property
    def df_resid(self) -> float:
        errors = self._solution.errors
        return self.nobs - self.n_params if errors is None or np.isinf(errors.df) else errors.df

    @property
    def quick_ok(self) -> bool:
        return self._solution.params is not None and int(self._solution.status[0]) <= BOUNDARY

    def _judged(self) -> Verdict:
        from ..inference.verdict import verdict

        return verdict(self._solution)

    # -- tables and files -----------------------------------------------------------------------------------------

    def tidy(self, *, derived: bool = False, level: float = 0.95, method: str = "auto") -> pd.DataFrame:
        """Return a table with one row per parameter.

        Parameters
        ----------
        derived : bool, default False
            Whether to add the derived parameters.
        level : float, default 0.95
            Confidence level of the intervals.
        method : str, default "auto"
            Method of the intervals, as in `conf_int`.

        Returns
        -------
        pandas.DataFrame
            Columns `term`, `parameter`, `estimate`, `std_error`, `statistic`, `p_value`, `conf_low` and `conf_high`.

        Examples
        --------
        >>> import mlekit
        >>> table = mlekit.fit([72, 75, 71, 73, 74], family="normal").tidy()
        >>> table[["term", "estimate", "std_error"]].round(3).values.tolist()
        [['mean', 73.0, 0.632], ['sd', 1.414, 0.447]]
        """
        from ..show.tables import tidy

        return tidy(self, derived, level, method)

    def glance(self) -> pd.DataFrame:
        """Return a table with one row of figures about the whole fit.

        Returns
        -------
        pandas.DataFrame
            Columns `family`, `nobs`, `n_params`, `df_resid`, `llf`, `log_posterior`, `aic`, `bic`, `solver`,
            `verdict` and `ok`.

        Examples
        --------
        >>> import mlekit
        >>> fit = mlekit.fit([1, 0], family="bernoulli")
        >>> fit.glance()[["nobs", "llf", "aic"]].round(3).values.tolist()
        [[2.0, -1.386, 4.773]]
        """
        from ..show.tables import glance

        return glance(self)

    def explain(self) -> Explanation:
        from ..show.explain.single import page

        return page(self)

    def _contents(self) -> Contents:
        from ..show.contents import contents

        return contents(self)

    def __repr__(self) -> str:
        shown = ", ".join(f"{n}={v:.6g}" for n, v in zip(self._names[:6], self._values[0], strict=False))
        more = ", ..." if len(self._names) > 6 else ""
        return f"<Fit {self.family!r}: {shown}{more}; {'ok' if self.verdict.ok else 'NOT PROVED'}>"

    def save(self, path: str | PathLike[str], data: bool = False) -> None:
        """Write the fit to a JSON file, which `mlekit.load` reads without loss.

        Parameters
        ----------
        path : str or path
            File to write.
        data : bool, default False
            Whether to write the rows, too. Without them the loaded fit answers what needs no rows.

        Raises
        ------
        OptionError
            If the file cannot be written.

        Examples
        --------
        >>> import mlekit, pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "rate.json"
        >>> mlekit.fit([2, 0, 1, 5], family="poisson").save(path)
        >>> mlekit.load(path)["rate"]
        2.0
        """
        from ..io.fits import save_fit

        save_fit(self, path, data)
