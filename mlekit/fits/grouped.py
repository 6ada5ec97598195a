"""Fits of many groups, which were solved together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import UnknownName
from ..models.solution import Status
from .estimates import Estimates, Floats
from .fit import Fit

if TYPE_CHECKING:
    import pandas as pd

    from ..data.groups import Groups
    from ..inference.verdict import Verdict
    from ..models.solution import Solution
    from ..show import Contents, Explanation

NAMED = 3  # of the failed groups in a warning


class GroupedFit(Estimates["pd.Series", "pd.DataFrame"]):
    """One fit per group, as `mlekit.fit(..., by=...)` returns them: a mapping from keys to fits.

    `fits[key]` is the `Fit` of one group. Tables have one row per group, named by the columns of `by`: `params`, `bse`,
    `conf_int()`, and the Series `llf`, `nobs`, `status`.

    Examples
    --------
    >>> import mlekit
    >>> sales = {"shop": ["a", "a", "b", "b", "c"], "price": [1.0, 3.0, 4.0, 6.0, 5.0]}
    >>> fits = mlekit.fit(sales, "price", family="normal", by="shop", on_failure="ignore")
    >>> fits
    <GroupedFit normal: 3 groups, 1 failed>
    >>> len(fits), fits.keys(), fits.index.tolist(), fits.groups.count, "b" in fits
    (3, ['a', 'b', 'c'], ['a', 'b', 'c'], 3, True)
    >>> fits["b"]["mean"], [fit["mean"] for key, fit in fits.items()]
    (5.0, [2.0, 5.0, 5.0])
    >>> fits.params.loc["b"].to_dict(), fits.nobs["b"].item()
    ({'mean': 5.0, 'sd': 1.0}, 2.0)
    >>> fits.conf_int("mean").round(3).loc["b"].to_dict()
    {'lower': 3.614, 'upper': 6.386}
    >>> fits.status.to_dict()
    {'a': 'closed_form', 'b': 'closed_form', 'c': 'edge'}
    >>> fits.failed.tolist(), fits.verdict.codes, fits.reasons["c"]
    (['c'], ('closed_form', 'edge'), 'one row...')
    """

    grouped: ClassVar[Literal[True]] = True
    trained: ClassVar[Literal[False]] = False

    # -- the groups -----------------------------------------------------------------------------------------------

    @property
    def groups(self) -> Groups:
        """The group of each row, and the keys."""
        return self._solution.problem.rows.groups

    def __len__(self) -> int:
        return int(self.groups.count)

    @cached_property
    def index(self) -> pd.Index:
        """Keys of the groups as the index of the tables; a MultiIndex where `by` names several columns."""
        return self.groups.index()

    def __getitem__(self, key: Hashable) -> Fit:
        """Return the fit of one group.

        Parameters
        ----------
        key : object
            Key of the group; a tuple where `by` names several columns.

        Returns
        -------
        Fit
            The fit, as if the group had been fitted alone.

        Raises
        ------
        UnknownName
            If there is no such group.
        """
        return self._single(self.groups.locate(key))

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self.keys())

    def __contains__(self, key: Hashable) -> bool:
        try:
            self.groups.locate(key)
        except UnknownName:
            return False
        return True

    def keys(self) -> list[Hashable]:
        """Return the keys of the groups.

        Returns
        -------
        list
            One key per group; tuples where `by` names several columns.
        """
        return self.index.tolist()

    def items(self) -> Iterator[tuple[Hashable, Fit]]:
        """Return the groups as pairs.

        Returns
        -------
        iterator of (key, Fit)
            One pair per group.
        """
        return ((key, self._single(g)) for g, key in enumerate(self.keys()))

    @cached_property
    def _settled(self) -> Solution:
        """The solution with its curvature, so that a group has the errors of its row of `bse`, to the last bit."""
        from ..inference.information import settled

        return settled(self._solution)

    def _single(self, g: int) -> Fit:
        from ..inference.groups import single

        return Fit(self.estimator, single(self._settled, g))

    # -- tables ---------------------------------------------------------------------------------------------------

    def _table(self, values: Floats) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(np.array(values, dtype=float), index=self.index, columns=pd.Index(self._names))

    def _each(self, values: Floats, name: str) -> pd.Series:
        import pandas as pd

        return pd.Series(np.asarray(values, dtype=float), index=self.index, name=name)

    @property
    def bic(self) -> pd.Series:
        return self._deviance("BIC") + self.n_params * np.log(self.nobs)

    def conf_int(
        self, params: str | Iterable[str] | None = None, *, level: float = 0.95, method: str = "auto"
    ) -> pd.DataFrame:
        """Return confidence intervals of each group.

        Parameters
        ----------
        params : str or iterable of str, optional
            Names of the parameters; all of them by default.
        level : float, default 0.95
            Confidence level, from 0.5 to below 1.
        method : str, default "auto"
            Method of the interval, as in `Fit.conf_int`; `"auto"` is Wald, and profile at a boundary or an edge.

        Returns
        -------
        pandas.DataFrame
            One row per group. Columns `lower` and `upper` of a single parameter; of several the columns are pairs
            (parameter, `lower` or `upper`).

        Raises
        ------
        OptionError
            If there is no such parameter or method, or the level is below 0.5.
        """
        import pandas as pd

        from ..inference.intervals import conf_int

        names = self._asked(params)
        low, high, _ = conf_int(self._solution, names, level, method)
        if len(names) == 1:
            return pd.DataFrame({"lower": low[:, 0], "upper": high[:, 0]}, index=self.index)
        columns = pd.MultiIndex.from_product([names, ["lower", "upper"]])
        return pd.DataFrame(np.stack([low, high], axis=2).reshape(len(low), -1), index=self.index, columns=columns)

    def tidy(self, *, level: float = 0.95) -> Any:
        """Return a table with one row per group and parameter.

        Parameters
        ----------
        level : float, default 0.95
            Confidence level of the intervals.

        Returns
        -------
        DataFrame
            In the library of the data: the columns of `by`, those of `Fit.tidy`, `nobs` and `status`.

        Examples
        --------
        >>> import mlekit
        >>> sales = {"shop": ["a", "a", "b", "b"], "sold": [1, 3, 4, 6]}
        >>> fits = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> fits.tidy()[["shop", "term", "estimate"]].values.tolist()
        [['a', 'rate', 2.0], ['b', 'rate', 5.0]]
        """
        from ..show.tables import tidy_groups

        return tidy_groups(self, level)

    # -- the verdict ----------------------------------------------------------------------------------------------

    @cached_property
    def _codes(self) -> NDArray[np.int_]:
        from ..inference.verdict import codes

        return codes(self._solution)

    @cached_property
    def _failed(self) -> NDArray[np.bool_]:
        from ..inference.verdict import NOT_OK

        bad = [int(s) for s in Status if s.code in NOT_OK]
        return np.isin(self._codes, bad)

    @property
    def status(self) -> pd.Series:
        """Verdict code of each group, as a Categorical."""
        import pandas as pd

        words = [s.code for s in Status]
        return pd.Series(pd.Categorical.from_codes(self._codes, categories=words), index=self.index, name="status")

    @property
    def failed(self) -> pd.Index:
        """Keys of the groups whose estimates are not proved to be a maximum."""
        return self.index[self._failed]

    @property
    def reasons(self) -> pd.Series:
        """Reason of each failed group, in a sentence."""
        import pandas as pd

        rows = np.flatnonzero(self._failed)
        words = [self._reason(int(g)) for g in rows]
        return pd.Series(words, index=self.index[rows], name="reason", dtype=object)

    def _reason(self, g: int) -> str:
        from ..inference.verdict import verdict

        return verdict(self._solution, g).reasons[0]

    def _judged(self) -> Verdict:
        """The verdict on all groups together: ok if none failed, with a reason for each failure."""
        from ..inference.verdict import REASONS, Verdict

        found = tuple(Status(int(code)).code for code in np.unique(self._codes))
        usual = (REASONS[code].format(where="a parameter of some groups") for code in found)
        reasons = (f"{key}: {reason}" for key, reason in self.reasons.items())
        return Verdict(self.verdict_ok, found, tuple(usual if self.verdict_ok else reasons))

    @property
    def verdict_ok(self) -> bool:
        return not self._failed.any()

    def complaint(self) -> str:
        if self.verdict_ok:
            return super().complaint()
        failed = self.failed
        names = [*map(str, failed[:NAMED]), *["..."] * (len(failed) > NAMED)]
        reason = self._reason(int(np.argmax(self._failed)))
        return (
            f"{len(failed)} of {len(self)} groups have no proved maximum: {', '.join(names)} "
            f"(the first is {names[0]}: {reason}); see .failed and .reasons"
        )

    # -- for people -----------------------------------------------------------------------------------------------

    def explain(self) -> Explanation:
        from ..show.explain.groups import page

        return page(self)

    def _contents(self) -> Contents:
        from ..show.contents_of_groups import contents_of_groups

        return contents_of_groups(self)

    def __repr__(self) -> str:
        return f"<GroupedFit {self.family!r}: {len(self)} groups, {int(self._failed.sum())} failed>"

    def save(self, path: str | PathLike[str], data: bool = False) -> None:
        """Write the fit as JSON, or its tidy table as CSV or Parquet, by the ending of the path.

        Parameters
        ----------
        path : str or path
            Ends in `.json` for the fit, and in `.csv`, `.tsv`, `.parquet` or `.pq` for its table.
        data : bool, default False
            Write the rows as well, into a `.json`.

        Raises
        ------
        OptionError
            If the file cannot be written, or has another ending.

        Examples
        --------
        >>> import mlekit, pandas, pathlib, tempfile
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> fit = mlekit.fit({"shop": list("ab"), "sold": [2, 5]}, "sold", family="poisson", by="shop")
        >>> fit.save(folder / "shops.json")
        >>> mlekit.load(folder / "shops.json")["b"]["rate"]
        5.0
        >>> fit.save(folder / "shops.csv")
        >>> pandas.read_csv(folder / "shops.csv")["estimate"].tolist()
        [2.0, 5.0]
        """
        from ..io.fits import save_groups

        save_groups(self, path, data)
