"""The interface of observations: what they are asked by models, solvers, residuals, tables and files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import NoReturn, Self

import numpy as np

from ...errors import DataError, OptionError, in_row
from ...registry import Registry
from ._types import (
    Array,
    Column,
    Derivatives,
    F,
    FamilyLike,
    Floats,
    Frozen,
    Mask,
    Namespace,
    Numbers,
    Params,
    Rows,
    Scale,
    State,
)


class Observations(ABC):
    """The response of each row, however it was observed.

    As a caller gives them, observations are columns of numbers or labels. `bind` joins them to a family: labels become
    codes, and the bounds of intervals are compared with the ends of the support. Everything about likelihoods needs
    observations that are bound.
    """

    index: Array = None  # the pandas index of the rows

    # -- rows -----------------------------------------------------------------------------------------------------

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def take(self, rows: Rows) -> Self:
        """Return the rows of a mask, an index or a slice; a slice is a view."""

    @abstractmethod
    def mapped(self, function: Callable[[Array], Array]) -> Self:
        """Return the same kind with a function applied to each of its arrays, whose first axis are rows.

        The function makes tensors of arrays, or selects rows by an index, also with repetition.
        """

    @abstractmethod
    def missing(self) -> Mask | None:
        """Return a mask of the rows without a value; None if there are none."""

    def refuse_missing(self, name: str) -> None:
        """Raise a DataError if rows of the response of this name lack a value."""
        refuse_missing_rows(self.missing(), repr(name))

    # -- a family -------------------------------------------------------------------------------------------------

    @abstractmethod
    def bind(self, family: F, column: Callable[[str], Array]) -> tuple[F, Observations]:
        """Return the family for these levels and columns, and the observations as it takes them."""

    @abstractmethod
    def check(self, family: FamilyLike) -> None:
        """Raise a DataError that names the first row outside the support of the family, if there is one."""

    @abstractmethod
    def rescaled(self, origin: Scale, unit: Scale) -> Self:
        """Return (value - origin) / unit for all values and finite bounds; numbers, or arrays with a value per row."""

    def floats(self) -> Observations:
        """Return the same with numbers as float64, so that they are converted once; codes stay codes."""
        return self

    @abstractmethod
    def within(self, lower: Floats, upper: Floats) -> Observations:
        """Return what is known of each row given that it lies in a window; a DataError if it cannot."""

    # -- the likelihood ---------------------------------------------------------------------------------------------

    @abstractmethod
    def evaluate(self, family: FamilyLike, z: list[Array], order: int) -> Derivatives:
        """Return log-likelihood, score [k] and Hessian [k][k] of each row in the free coordinates of the family."""

    @abstractmethod
    def log_density(self, xp: Namespace, family: FamilyLike, params: Params) -> Array:
        """Return the log-likelihood of each row at parameters as named, over a namespace."""

    @abstractmethod
    def log_density_at(self, xp: Namespace, family: FamilyLike, z: list[Array]) -> Array:
        """Return the log-likelihood of each row at free coordinates, over a namespace."""

    def density_rows(self) -> Mask | None:
        """Return a mask of the rows that contribute a density and not a probability; None if all do."""
        return None

    # -- values -----------------------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def values(self) -> Numbers:
        """One representative number per row, for starting values and plots."""

    @abstractmethod
    def stand_in(self) -> Numbers:
        """Return an exact observation for each row, as the family takes it: `values`, with trials where it has them."""

    @property
    @abstractmethod
    def bounds(self) -> tuple[Numbers, Numbers]:
        """The bounds between which each row is known to lie; two equal ones of an exact row."""

    @property
    def windows(self) -> tuple[Numbers, Numbers]:
        """The bounds outside of which each row would not be in the data: infinite ones where all rows would be."""
        return np.full(len(self), -np.inf), np.full(len(self), np.inf)

    def one_value(self) -> bool:
        """Return True if all rows could have the same value, so that a distribution at one point explains them."""
        lower, upper = self.bounds
        return bool(lower.max() <= upper.min())

    @property
    @abstractmethod
    def exact(self) -> bool:
        """True if every row is an exact value: sums, cross-products and other fast paths are for these alone."""

    @property
    def plain(self) -> Array:
        """The exact values as one array ([n], or [n, k] of several columns), or Labels before `bind`.

        Raises
        ------
        OptionError
            If a row is censored or truncated.
        """
        raise OptionError(f"this needs exact observations, and these are not: {self.describe()}")

    @abstractmethod
    def cdf_range(self, dist: Frozen) -> tuple[Floats, Floats]:
        """Return F just below and F at each observation, under a frozen distribution."""

    @abstractmethod
    def tail_range(self, dist: Frozen) -> tuple[Floats, Floats]:
        """Return 1 - F just below and 1 - F at each observation, with full precision in the upper tail."""

    @abstractmethod
    def known(self, family: FamilyLike) -> dict[str, Array]:
        """Return what the family knows of each row beside its parameters: {"n": trials}, or nothing."""

    # -- tables and files ---------------------------------------------------------------------------------------------

    @abstractmethod
    def as_columns(self, name: str) -> dict[str, Column]:
        """Return the columns that show these observations in a table; a single one is called `name`."""

    @abstractmethod
    def parts(self) -> State:
        """Return what `from_state` takes: plain values and arrays."""

    def state(self) -> State:
        """Return plain values and arrays for a file, with the kind of the observations."""
        return {"kind": type(self).__module__.rpartition(".")[2], **self.parts()}

    @classmethod
    @abstractmethod
    def from_state(cls, state: Mapping[str, Array]) -> Self:
        """Return the observations whose `parts` these are."""

    @abstractmethod
    def equals(self, other: Observations) -> bool:
        """Return True if the other observations say the same of the same rows."""

    def describe(self) -> str:
        """Return the numbers of exact and censored rows in words; an empty text if all are exact."""
        return ""

    def __repr__(self) -> str:
        return f"<{len(self)} observations: {self.describe() or 'exact'}>"


KINDS = Registry[type[Observations]](__name__.rpartition(".")[0], "kind of observations")


def from_state(state: Mapping[str, Array]) -> Observations:
    """Return the observations whose `state()` this is.

    Parameters
    ----------
    state : mapping
        Plain values and arrays; "kind" is the name of a file of this package.

    Returns
    -------
    Observations

    Examples
    --------
    >>> import mlekit
    >>> seen = mlekit.right_censored([2.0, 5.0], [1, 0])
    >>> from_state(seen.state()).equals(seen)
    True
    """
    rest = {name: value for name, value in state.items() if name != "kind"}
    return KINDS.get(state["kind"]).from_state(rest)


def first_column(y: Array) -> Array:
    """Return the numbers that are observed: the first column where there are several."""
    return y if y.ndim == 1 else y[:, 0]


def refuse_missing_rows(missing: Mask | None, name: str) -> None:
    """Raise a DataError that counts and places rows without a value."""
    if missing is None:
        return
    count = int(missing.sum())
    rows = ", ".join(str(row) for row in np.flatnonzero(missing)[:5])
    raise DataError(
        f"{count} missing value{'s' * (count > 1)} in {name}, at row {rows}: say missing='drop' to leave them out"
    )


def outside(row: int, value: str, family: FamilyLike) -> NoReturn:
    """Raise the DataError of an observation that the family cannot have."""
    raise in_row(
        row,
        f" is {value}, but {family.name} requires {family.support.words}: drop the row or choose another family"
        " (mlekit.families.list())",
    )
