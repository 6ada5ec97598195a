"""Exact observations of several values per row, such as successes and failures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Self

import numpy as np

from ._base import Observations
from ._plain import Plain
from ._types import Array, Column, F, Numbers, Rows, Scale, State


class Columns(Plain):
    """Several numbers per row, [n, k].

    A family may bind other columns than were given: a binomial makes successes and trials of successes and failures.
    `given` keeps those that were given, for tables; `names` are their names.
    """

    def __init__(self, array: Array, discrete: bool = False, given: Array = None, names: Iterable[str] = ()) -> None:
        self.array, self.discrete = array, discrete
        self.given, self.names = array if given is None else given, tuple(names)

    def take(self, rows: Rows) -> Self:
        return type(self)(self.array[rows], self.discrete, self.given[rows], self.names)

    def mapped(self, function: Callable[[Array], Array]) -> Self:
        return type(self)(function(self.array), self.discrete, None, self.names)

    def bind(self, family: F, column: Callable[[str], Array]) -> tuple[F, Observations]:
        bound, y = family.bind(self.array, column)
        return bound, Columns(y, bound.support.discrete, self.given, self.names)

    def rescaled(self, origin: Scale, unit: Scale) -> Self:
        origin, unit = (np.reshape(v, (-1, 1)) if np.ndim(v) else v for v in (origin, unit))
        return type(self)((self.array - origin) / unit, self.discrete, self.given, self.names)

    @property
    def values(self) -> Numbers:
        """The first column."""
        return self.array[:, 0]

    def as_columns(self, name: str) -> dict[str, Column]:
        if self.given.ndim == 1:
            return {name: self.given}
        names = self.names or [f"{name}[{place}]" for place in range(self.given.shape[1])]
        return dict(zip(names, self.given.T, strict=True))

    def parts(self) -> State:
        return {"array": self.array, "discrete": self.discrete, "given": self.given, "names": list(self.names)}
