"""Types of the arguments of `mlekit.fit` and `mlekit.Estimator`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias, TypedDict

from numpy.typing import ArrayLike

from .families._base import Family
from .links import Link
from .numerics.arrays import Seed
from .priors._base import Prior
from .solvers._base import Solver


class ScipyDistribution(Protocol):
    """A distribution of scipy.stats, such as `scipy.stats.burr12`."""

    name: str

    def cdf(self, x: Any, /) -> Any: ...


class FrozenDistribution(Protocol):
    """A distribution of scipy.stats with its parameters, such as `scipy.stats.norm(0, 1)`."""

    def logpdf(self, x: Any, /) -> Any: ...


Data: TypeAlias = Any  # a column, a table or a relation of any library, or what an own model reads
FamilyLike: TypeAlias = str | Family | ScipyDistribution
PriorLike: TypeAlias = Prior | FrozenDistribution | Mapping[str, Prior | FrozenDistribution]
Target: TypeAlias = str | Mapping[str, str] | ArrayLike
Column: TypeAlias = str | ArrayLike
LinkLike: TypeAlias = str | Link | Mapping[str, str | Link]


class RowOptions(TypedDict, total=False):
    """Optional arguments of `Estimator.fit`."""

    weights: Column | None
    offset: Column | None
    missing: str
    intercept: bool


class Options(RowOptions, total=False):
    """Optional arguments of `mlekit.fit`."""

    prior: PriorLike | None
    link: LinkLike | None
    fixed: Mapping[str, float] | None
    tied: Mapping[str, str] | None
    start: Mapping[str, float] | None
    solver: str | Solver
    on_failure: str
    seed: Seed | None
    progress: bool | Callable[[int, float], object] | None
