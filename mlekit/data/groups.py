"""Groups: rows with the same key, numbered in the order of the keys.

    group([column], ["store"]) -> codes [n], count G, keys

Integers of a small range, codes of labels and pairs of codes are numbered through a table of what is present, in three
passes; anything else is sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from mlekit.data.labels import Array, Column, Integers, Labels, Level, Mask
from mlekit.errors import DataError, UnknownName, nearest

if TYPE_CHECKING:
    import pandas as pd

Keys: TypeAlias = Array | list[Level]  # of one column


@dataclass(frozen=True, eq=False)
class Groups:
    """The group of each row.

    >>> groups = group([np.array([7, 3, 7])], ["store"])
    >>> groups.codes, groups.count, groups.keys
    (array([1, 0, 1]), 2, [array([3, 7])])
    """

    codes: Integers  # [n]; -1: dropped, for want of a key
    count: int  # G
    names: list[str]  # the columns of the key
    keys: list[Keys]  # by column, one entry per group, sorted
    dropped: int = 0  # rows without a key

    def bins(self, weights: Array | None = None, values: Array | None = None) -> Array:
        """Return the sum over each group of weights times values, either of them 1 if it is None: [G]."""
        given = [factor for factor in (weights, values) if factor is not None]
        both = np.multiply(*given, dtype=np.float64) if len(given) == 2 else given[0] if given else None
        if not self.dropped:
            return np.bincount(self.codes, both, minlength=self.count)
        return np.bincount(self.codes + 1, both, minlength=self.count + 1)[1:]

    def keep(self, rows: Array) -> Groups:
        """Return the groups of the rows of a mask or an index, without groups that have none of them."""
        codes = self.codes[rows]
        present = np.zeros(self.count + 1, dtype=bool)
        present[codes] = True
        present[-1] = False  # the place that a code of -1 takes
        rank, used = np.where(present, np.cumsum(present) - 1, -1), np.flatnonzero(present)
        dropped = int(np.count_nonzero(codes < 0))
        return Groups(rank[codes], len(used), self.names, [_pick(key, used) for key in self.keys], dropped)

    def sorted_order(self) -> tuple[Array | None, Array]:
        """Return the rows group by group (None: they are so already), and the start of each group, for `reduceat`."""
        sizes = self.bins()
        starts = np.cumsum(sizes) - sizes
        if self.dropped:
            return _stable_order(self.codes + 1, self.count + 1)[self.dropped :], starts
        done = bool((self.codes[1:] >= self.codes[:-1]).all())
        return None if done else _stable_order(self.codes, self.count), starts

    def index(self) -> pd.Index:
        """Return the keys as the index of a table: a MultiIndex of several columns."""
        import pandas as pd

        if len(self.keys) == 1:
            return pd.Index(self.keys[0], name=self.names[0])
        return pd.MultiIndex.from_arrays(self.keys, names=self.names)

    def locate(self, key: Level) -> int:
        """Return the number of a group by the value of its key: a tuple if the key has several columns."""
        try:
            return self._places[key]
        except (KeyError, TypeError):
            raise UnknownName(f"no group has the key {key!r}; {nearest(key, map(str, self._places))}") from None

    @cached_property
    def _places(self) -> dict[Level, int]:
        keys = [list(key.tolist() if type(key) is np.ndarray else key) for key in self.keys]
        return dict(zip(keys[0] if len(keys) == 1 else zip(*keys, strict=True), range(self.count), strict=True))


def group(columns: Sequence[Column], names: Sequence[str], missing: str = "error") -> Groups:
    """Number the rows by their keys; a row without one is a DataError, or with missing="drop" coded -1."""
    if len({len(column) for column in columns}) != 1:
        lengths = ", ".join(f"{name} has {len(column)}" for name, column in zip(names, columns, strict=True))
        raise DataError(f"the columns of by differ in length: {lengths}")
    known = _known(columns, names, missing)
    if known is None:
        codes, keys = _number(columns)
        return Groups(codes, len(keys[0]), list(names), keys)
    inner, keys = _number([column[known] for column in columns])
    codes = np.full(len(known), -1, dtype=np.intp)
    codes[known] = inner
    return Groups(codes, len(keys[0]), list(names), keys, int(len(known) - len(inner)))


def _number(columns: Sequence[Column]) -> tuple[Array, list[Keys]]:
    """The codes of rows and the sorted keys: column by column, code = code so far * levels + level."""
    codes, keys = _number_one(columns[0])
    parts = [keys]
    for column in columns[1:]:
        inner, keys = _number_one(column)
        codes, used = _compact(codes * len(keys) + inner, len(parts[0]) * len(keys))
        parts = [*(_pick(part, used // len(keys)) for part in parts), _pick(keys, used % len(keys))]
    return codes, parts


def _number_one(column: Column) -> tuple[Array, Keys]:
    if isinstance(column, Labels):
        codes, used = _compact(column.codes, len(column.levels))
        return codes, column.levels if len(used) == len(column.levels) else _pick(column.levels, used)
    if column.dtype.kind in "iub" and len(column):
        low, size = column.min(), int(column.max()) - int(column.min()) + 1
        if size <= _room(len(column)):
            ids = column.astype(np.int64, copy=False)
            codes, used = _compact(ids - low.astype(np.int64) if low else ids, size)
            return codes, (used + low.astype(np.int64)).astype(column.dtype)
    keys, codes = np.unique(column, return_inverse=True)
    return codes, keys


def _compact(ids: Array, size: int) -> tuple[Array, Array]:
    """Codes without gaps, and the ids they stand for, in order."""
    if size > _room(len(ids)):
        used, codes = np.unique(ids, return_inverse=True)
        return codes, used
    present = np.zeros(size, dtype=bool)
    present[ids] = True
    used = np.flatnonzero(present)
    return (ids if len(used) == size else (np.cumsum(present) - 1)[ids]), used


def _room(rows: int) -> int:
    """The largest table that is worth its memory, and quicker than sorting."""
    return 4 * rows + 1024


def _pick(keys: Keys, places: Array) -> Keys:
    return keys[places] if type(keys) is np.ndarray else [keys[i] for i in places]


def _known(columns: Sequence[Column], names: Sequence[str], missing: str) -> Mask | None:
    """A mask of the rows that have a whole key; None: all of them."""
    known = None
    for column, name in zip(columns, names, strict=True):
        gone = _gone(column)
        if not gone.any():
            continue
        if missing == "error":
            rows = np.flatnonzero(gone)
            some = ", ".join(map(str, rows[:3])) + (", ..." if len(rows) > 3 else "")
            raise DataError(
                f"by column {name!r} has no value in {len(rows)} rows ({some}): fill them, or missing='drop'"
            )
        known = ~gone if known is None else known & ~gone
    return known


def _gone(column: Column) -> Mask:
    """The rows without a value; integers have one everywhere."""
    if isinstance(column, Labels):
        return column.codes < 0
    return np.isnan(column) if column.dtype.kind == "f" else np.zeros(1, dtype=bool)


def _stable_order(codes: Array, size: int) -> Array:
    """`argsort(codes, kind="stable")` of integers below size, by 16 bits at a time: NumPy counts these."""
    order = np.argsort(codes.astype(np.uint16), kind="stable")
    for shift in range(16, size.bit_length(), 16):
        order = order[np.argsort((codes >> shift).astype(np.uint16)[order], kind="stable")]
    return order
