"""What every fit can do, whether of a column, of groups, of a network or of words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from math import log
from os import PathLike
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from ..errors import OptionError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from ..inference.verdict import Verdict
    from ..show import Contents, Explanation, Picture

    AxesLike = TypeVar("AxesLike", bound=Axes | Sequence[Axes])

N = TypeVar("N", float, "pd.Series")  # a number; in a GroupedFit a Series with one number per group


class BaseFit(ABC, Generic[N]):
    """A fitted model: its likelihood, its verdict, and the ways to show and save it.

    `mlekit.Fit`, `mlekit.GroupedFit`, `mlekit.NetworkFit` and the fits of `lm` inherit from it. In a `GroupedFit` the
    numbers (`llf`, `log_posterior`, `nobs`, `df_resid`, `aic`, `bic`) are Series with one value per group.

    Examples
    --------
    >>> import mlekit
    >>> fit = mlekit.fit([1, 0, 1, 1], family="bernoulli")
    >>> fit.nobs, fit.n_params, fit.df_resid
    (4.0, 1, 3.0)
    >>> round(fit.llf, 4), round(fit.log_posterior, 4), round(fit.aic, 4), round(fit.bic, 4)
    (-2.2493, -2.2493, 6.4987, 5.885)
    >>> fit.solver, fit.verdict.codes, fit.converged, fit.verdict_ok, fit.quick_ok
    ('closed', ('closed_form',), True, True, True)
    >>> print(fit.summary().splitlines()[0])
    bernoulli: maximum likelihood
    >>> fit.plot("likelihood").axes[0].get_xlabel()
    'p'
    """

    # -- the likelihood -------------------------------------------------------------------------------------------

    @cached_property
    def llf(self) -> N:
        """Log-likelihood at the estimates, with every constant and without the prior."""
        return self._log_likelihood()

    @cached_property
    def log_posterior(self) -> N:
        """Log-likelihood plus the log density of the prior; without a prior equal to `llf`."""
        return self._log_posterior()

    @cached_property
    def nobs(self) -> N:
        """Number of observations: the sum of the weights, where rows have weights."""
        return self._count()

    @property
    @abstractmethod
    def n_params(self) -> int:
        """Number of free parameters; fixed ones do not count, and tied ones count once."""

    @property
    def df_resid(self) -> N:
        """Residual degrees of freedom: `nobs` minus `n_params`."""
        return self.nobs - self.n_params

    @property
    def aic(self) -> N:
        """Akaike's information criterion, -2 llf + 2 k with k parameters.

        Raises
        ------
        OptionError
            If the estimates do not maximise the likelihood: a fit with a prior, or one that was stopped early.
        """
        return self._deviance("AIC") + 2 * self.n_params

    @property
    def bic(self) -> N:
        """Bayesian information criterion, -2 llf + k log n with k parameters and n observations.

        Raises
        ------
        OptionError
            If the estimates do not maximise the likelihood: a fit with a prior, or one that was stopped early.
        """
        count: Any = self.nobs
        return self._deviance("BIC") + self.n_params * log(count)

    def _deviance(self, criterion: str) -> N:
        """-2 llf, where it is comparable between models."""
        why = self._incomparable()
        if why:
            raise OptionError(f"{criterion} compares maxima of likelihoods, and {why}")
        return -2 * self.llf

    @abstractmethod
    def _log_likelihood(self) -> N:
        """The value of `llf`."""

    @abstractmethod
    def _log_posterior(self) -> N:
        """The value of `log_posterior`."""

    @abstractmethod
    def _count(self) -> N:
        """The value of `nobs`."""

    @abstractmethod
    def _incomparable(self) -> str:
        """The reason why there is no AIC and BIC, and what to do instead; empty where there are."""

    # -- the verdict ----------------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def solver(self) -> str:
        """Name of the solver that found the estimates."""

    _verdict: Verdict | None = None

    @property
    def verdict(self) -> Verdict:
        """Result of the checks that the estimates are a maximum.

        `.ok` is true or false, `.codes` are stable words such as `"converged"`, `.reasons` are sentences.
        """
        if self._verdict is None:
            self._verdict = self._judged()
        return self._verdict

    @abstractmethod
    def _judged(self) -> Verdict:
        """The value of `verdict`."""

    @property
    def converged(self) -> bool:
        """True if the estimates are proved to be a maximum (in a `GroupedFit`, in every group)."""
        return self.verdict_ok

    @property
    def verdict_ok(self) -> bool:
        """The same as `verdict.ok`."""
        return self.verdict.ok

    @property
    @abstractmethod
    def quick_ok(self) -> bool:
        """True if a formula gave the estimates, so that nothing has to be checked."""

    def complaint(self) -> str:
        """Return the text of the warning about a fit that is not proved to be a maximum.

        Returns
        -------
        str
            The name of the model and the reasons of the verdict.

        Examples
        --------
        >>> import mlekit
        >>> separated = {"x": [0, 1, 2, 3], "y": [0, 0, 1, 1]}
        >>> fit = mlekit.fit(separated, "y ~ x", family="bernoulli", on_failure="ignore")
        >>> fit.complaint()
        'bernoulli: ...'
        """
        return f"{self._name}: " + "; ".join(self.verdict.reasons)

    def doubts(self) -> str:
        """Return the text of the warning about a model that cannot be right; empty for one that can.

        Returns
        -------
        str

        Examples
        --------
        >>> import mlekit
        >>> mlekit.fit([1, 0, 1, 1], family="bernoulli").doubts()
        ''
        """
        return ""

    @property
    @abstractmethod
    def _name(self) -> str:
        """The name of the model in messages."""

    # -- for people -----------------------------------------------------------------------------------------------

    def summary(self) -> str:
        """Return a table of at most 80 columns, with the verdict in its last lines.

        Returns
        -------
        str
            The text that `print(fit)` shows.
        """
        from ..show import as_text

        return as_text(self._contents())

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        from ..show import as_html

        return as_html(self._contents())

    @abstractmethod
    def _contents(self) -> Contents:
        """The content of the summary."""

    @overload
    def plot(self, kind: str | None = None, *, ax: None = None) -> Picture: ...
    @overload
    def plot(self, kind: str | None = None, *, ax: AxesLike) -> AxesLike: ...
    @abstractmethod
    def plot(self, kind: str | None = None, *, ax: Any = None) -> Any:
        """Draw a plot of the fit.

        Parameters
        ----------
        kind : str, optional
            Name of the plot. The error for an unknown name lists those that this fit has. Without a name, the plots
            that one looks at first are drawn.
        ax : matplotlib.axes.Axes or sequence of them, optional
            Axes to draw into: one per panel.

        Returns
        -------
        matplotlib.figure.Figure
            A figure that is not registered with pyplot; with `ax` the axes that were given.
        """

    @abstractmethod
    def explain(self) -> Explanation:
        """Explain the fit in words, with its own numbers.

        Returns
        -------
        Explanation
            A page that prints as text and is shown as HTML in a notebook: what was assumed, what was maximised and
            how, what the estimates mean and how certain they are.

        Examples
        --------
        >>> import mlekit
        >>> page = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").explain()
        >>> "p = 7/10 = 0.7" in page
        True
        """

    def report(self, path: str | PathLike[str]) -> None:
        """Write the summary, the plots and the explanation as one self-contained HTML file.

        Parameters
        ----------
        path : str or path
            File to write; its name ends in `.html`.

        Examples
        --------
        >>> import mlekit, pathlib, tempfile
        >>> page = pathlib.Path(tempfile.mkdtemp()) / "coin.html"
        >>> mlekit.fit([1, 0, 1, 1], family="bernoulli").report(page)
        >>> page.read_text(encoding="utf-8")[:15]
        '<!doctype html>'
        """
        from ..show import write_report

        write_report(self, path, self._picture())

    def _picture(self) -> Picture | None:
        """The plots of the report; None stands for those of `plot()`."""
        return None

    @abstractmethod
    def save(self, path: str | PathLike[str], data: bool = False) -> None:
        """Write the fit to a file or folder that `mlekit.load` reads.

        Parameters
        ----------
        path : str or path
            File to write; of a network or a language model a folder.
        data : bool, default False
            Whether to write the data, too.

        Examples
        --------
        >>> import mlekit, pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "rate.json"
        >>> mlekit.fit([2, 0, 1, 5], family="poisson").save(path)
        >>> mlekit.load(path)["rate"]
        2.0
        """
