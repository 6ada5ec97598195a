"""Rows that a file does not hold: their number is known, and asking for their values is an error."""

from __future__ import annotations

from typing import Any, NoReturn, Self, cast

import numpy as np

from ..errors import OptionError
from .design import Design
from .labels import Floats
from .observations.exact import Exact
from .rows import Rows


def refuse() -> NoReturn:
    """Raise the error of a call that needs rows."""
    raise OptionError(
        "this needs the rows, and the fit does not hold them: it was merged, or saved without them "
        "(fit.save(path, data=True) keeps them)"
    )


class Unsaved:
    """A column that is not kept."""

    def __getattr__(self, name: str) -> NoReturn:
        refuse()

    def __len__(self) -> int:
        return refuse()

    def __getitem__(self, rows: object) -> NoReturn:
        refuse()

    def __array__(self, *how: object, **more: object) -> NoReturn:
        refuse()


class UnsavedObservations(Exact):
    """Observations that are not kept, and what is known of how they were observed."""

    def __init__(self, column: Unsaved, seen: str = "") -> None:
        super().__init__(cast("Floats", column))
        self._seen = seen

    def take(self, rows: Any) -> Self:
        return type(self)(self.array[rows], self._seen)

    @property
    def exact(self) -> bool:
        return not self._seen

    def describe(self) -> str:
        return self._seen


class UnsavedDesign:
    """The terms of a design without its rows: they can be put on new data."""

    def __init__(self, design: Design) -> None:
        self.names, self.has_intercept, self.levels = design.names, design.has_intercept, design.levels
        self.on, self.state, self.terms = design.on, design.state, design.terms

    def __getattr__(self, name: str) -> NoReturn:
        refuse()


class UnsavedRows(Rows):
    """The number of rows, and whether they had weights or an offset."""

    __slots__ = ("count", "total")

    def __init__(
        self, count: int, total: float, weighted: bool, moved: bool = False, seen: str = "", **known: Any
    ) -> None:
        column = cast("Floats", Unsaved())
        weights, offset = column if weighted else None, column if moved else None
        super().__init__(UnsavedObservations(Unsaved(), seen), weights=weights, offset=offset, table=None, **known)
        self.count, self.total = count, total

    @property
    def kept(self) -> bool:
        return False

    def __len__(self) -> int:
        return self.count

    def column(self, name: str) -> NoReturn:
        refuse()

    def nobs(self) -> Floats:
        return np.array([self.total])
