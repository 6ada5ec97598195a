"""Rows that a file does not hold: what is known of them, and an error for whoever asks for more."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from ..errors import OptionError
from .design import Design
from .observations.exact import Exact
from .rows import Rows

Array = Any


def refuse() -> NoReturn:
    """The error of whatever needs rows."""
    raise OptionError(
        "this needs the rows, and the fit does not hold them: it was merged, or saved without them "
        "(fit.save(path, data=True) keeps them)"
    )


class Unsaved:
    """A column that is not there."""

    def __getattr__(self, name: str) -> NoReturn:
        refuse()

    def __len__(self) -> int:
        return refuse()

    def __getitem__(self, rows: Any) -> NoReturn:
        refuse()

    def __array__(self, *how: Any, **more: Any) -> NoReturn:
        refuse()


class UnsavedDesign:
    """The terms of a design without its rows: they can be put on new data."""

    def __init__(self, design: Design) -> None:
        self.names, self.has_intercept, self.levels = design.names, design.has_intercept, design.levels
        self.on, self.state = design.on, design.state

    def __getattr__(self, name: str) -> NoReturn:
        refuse()


class UnsavedRows(Rows):
    """How many there were, and whether they were weighted or moved by an offset."""

    __slots__ = ("count", "total")

    def __init__(self, count: int, total: float, weighted: bool, moved: bool = False, **known: Any) -> None:
        column = Unsaved()
        weights, offset = column if weighted else None, column if moved else None
        super().__init__(Exact(column), weights=weights, offset=offset, table=None, **known)
        self.count, self.total = count, total

    @property
    def kept(self) -> bool:
        return False

    def __len__(self) -> int:
        return self.count

    def column(self, name: str) -> NoReturn:
        refuse()

    def nobs(self) -> Array:
        return np.array([self.total])
