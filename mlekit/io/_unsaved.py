"""Rows of groups that a file does not hold: how many there were in each group, and an error for whoever asks for more.

Every group has one entry, which can be taken with its group, and not be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..data.design import Design
from ..data.groups import Groups
from ..data.rows import Rows
from ..data.unsaved import Unsaved, UnsavedDesign, UnsavedObservations, refuse


class UnsavedColumn(Unsaved):
    """A column of which the number of rows in each group is known, and the sum of their weights."""

    def __init__(self, counts: NDArray[np.int64], totals: NDArray[np.float64]) -> None:
        self.counts, self.totals = counts, totals

    def __len__(self) -> int:
        return int(self.counts.sum())

    def __getitem__(self, rows: Any) -> Any:
        """The entries of these groups; consecutive rows are asked for by those who read them."""
        return refuse() if isinstance(rows, slice) else UnsavedColumn(self.counts[rows], self.totals[rows])


class UnsavedGroupDesign(UnsavedDesign):
    """The terms of a design without its rows, the same for each group."""

    def take(self, rows: Any) -> UnsavedGroupDesign:
        """The design of these groups."""
        return self


class UnsavedGroupRows(Rows):
    """Rows of groups, of which only their numbers are known."""

    __slots__ = ()

    @property
    def kept(self) -> bool:
        return False

    def column(self, name: str) -> NoReturn:
        refuse()

    def nobs(self) -> NDArray[np.float64]:
        return self.y.totals


def unsaved_groups(
    names: list[str], keys: list[Any], column: UnsavedColumn, designs: Mapping[str, Design], known: Mapping[str, Any]
) -> UnsavedGroupRows:
    """The rows of a grouped fit that was saved without them."""
    known = dict(known)
    weighted, moved, seen = known.pop("weighted"), known.pop("moved"), known.pop("seen", "")
    count = len(column.counts)
    stand_ins: dict[str, Any] = {
        "weights": column if weighted else None,
        "offset": column if moved else None,
        "designs": {param: UnsavedGroupDesign(design) for param, design in designs.items()},
    }
    groups = Groups(np.arange(count), count, names, keys)
    return UnsavedGroupRows(UnsavedObservations(column, seen), groups=groups, **stand_ins, **known)
