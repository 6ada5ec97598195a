"""Types that observations share, and the part of a family that they use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias, TypeVar

from ...numerics.arrays import Namespace
from ...numerics.frozen import Frozen
from ..labels import Array as Numbers
from ..labels import Column, Floats, Mask

__all__ = [
    "Array",
    "Column",
    "Derivatives",
    "F",
    "FamilyLike",
    "Floats",
    "Frozen",
    "Mask",
    "Namespace",
    "Numbers",
    "Params",
    "Rows",
    "Scale",
    "State",
]

Array: TypeAlias = Any  # an array, jet or tensor
Params: TypeAlias = Mapping[str, Array]  # parameters as named; of a simplex a list
Rows: TypeAlias = Numbers | slice  # places, a mask or a slice
Scale: TypeAlias = float | Floats  # the same for all rows, or a number per row
State: TypeAlias = dict[str, Array]  # plain values and arrays
Derivatives: TypeAlias = tuple[Array, list[Array], list[list[Array]]]  # value, score [k], Hessian [k][k]; row by row


class FamilyLike(Protocol):
    """The part of a family that observations use; `bind` returns the same kind of family."""

    name: str
    codes: bool

    @property
    def support(self) -> Array: ...
    @property
    def params(self) -> Params: ...
    def bind(self, y: Array, column: Callable[[str], Array]) -> tuple[Array, Array]: ...
    def check(self, y: Array) -> None: ...
    def trials(self, y: Array) -> Array | None: ...
    def to_params(self, xp: Namespace, z: list[Array]) -> dict[str, Array]: ...
    def log_density(self, xp: Namespace, y: Array, *args: Array, **params: Array) -> Array: ...
    def log_cdf(self, xp: Namespace, y: Array, *args: Array, **params: Array) -> Array: ...
    def log_survival(self, xp: Namespace, y: Array, *args: Array, **params: Array) -> Array: ...
    def log_density_at(self, xp: Namespace, y: Array, z: list[Array]) -> Array: ...
    def evaluate(self, y: Array, z: list[Array], order: int) -> Derivatives: ...
    def differentiated(
        self, formula: Callable[[Namespace, list[Array]], Array], z: list[Array], order: int
    ) -> Derivatives: ...


F = TypeVar("F", bound=FamilyLike)
