"""The likelihood of exact observations: the family's own, with nothing in between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import numpy as np

from ...errors import DataError
from ..labels import Labels, missing_of
from ._base import Observations
from ._types import Array, Derivatives, FamilyLike, Floats, Frozen, Mask, Namespace, Numbers, Params


class Plain(Observations):
    """Rows of exact values in one array."""

    array: Array  # [n], or [n, k]; before `bind` also Labels
    discrete: bool  # of integers or codes; known after `bind`

    def __len__(self) -> int:
        return len(self.array)

    @property
    def exact(self) -> bool:
        return True

    @property
    def plain(self) -> Array:
        return self.array

    @property
    def numbers(self) -> Array:
        """The array as formulas take it."""
        return self.array

    def stand_in(self) -> Numbers:
        return self.numbers

    @property
    def bounds(self) -> tuple[Numbers, Numbers]:
        return self.values, self.values

    def one_value(self) -> bool:
        values = self.values
        return bool(values[0] == values[-1] and values.min() == values.max())

    def missing(self) -> Mask | None:
        return missing_of(self.array)

    def refuse_missing(self, name: str) -> None:
        """Look at labels only: a number that is missing is outside every support, and `check` finds it there."""
        if isinstance(self.array, Labels):
            super().refuse_missing(name)

    def check(self, family: FamilyLike) -> None:
        family.check(self.array)

    def within(self, lower: Floats, upper: Floats) -> Observations:
        values = self.values
        beyond = (values < lower) | (values > upper)
        if beyond.any():
            row = int(np.argmax(beyond))
            raise DataError(
                f"row {row} is {values[row]:g}, outside its window from {lower[row]:g} to {upper[row]:g}: such a row"
                " would not have been seen, so drop it or correct the window"
            )
        return self

    def evaluate(self, family: FamilyLike, z: list[Array], order: int) -> Derivatives:
        return family.evaluate(self.numbers, z, order)

    def log_density(self, xp: Namespace, family: FamilyLike, params: Params) -> Array:
        return family.log_density(xp, self.numbers, **params)

    def log_density_at(self, xp: Namespace, family: FamilyLike, z: list[Array]) -> Array:
        return family.log_density_at(xp, self.numbers, z)

    def cdf_range(self, dist: Frozen) -> tuple[Floats, Floats]:
        at = np.asarray(dist.cdf(self.values))
        return (at - dist.pmf(self.values), at) if self.discrete else (at, at)

    def tail_range(self, dist: Frozen) -> tuple[Floats, Floats]:
        at = np.asarray(dist.sf(self.values))
        return (at + dist.pmf(self.values), at) if self.discrete else (at, at)

    def known(self, family: FamilyLike) -> dict[str, Array]:
        trials = family.trials(self.array)
        return {} if trials is None else {"n": trials}

    @classmethod
    def from_state(cls, state: Mapping[str, Array]) -> Self:
        return cls(**state)

    def equals(self, other: Observations) -> bool:
        return other.exact and np.array_equal(self.array, other.plain)
