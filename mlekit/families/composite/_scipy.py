"""Distributions of scipy.stats as families: log densities row by row, derivatives by differences.

Shapes keep scipy's names, with loc and scale beside them; loc stays 0 where the support is a half-line, as scale stays
1 for counts.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import OptionError
from ...numerics.arrays import NUMPY, Namespace
from ...numerics.derivatives import Derivatives, differences
from ...numerics.sets import POSITIVE, REAL, Integers, Interval, interval
from .._base import Array, Family, Formula
from ._search import search

if TYPE_CHECKING:
    from ...data.labels import Foreign


class ScipyFamily(Family):
    """A continuous or discrete scipy distribution, with the parameters that data can identify."""

    origin = "scipy"
    several_peaks = True

    def __init__(self, dist: Any) -> None:
        self.dist, self.name = dist, str(dist.name)
        self.discrete = isinstance(dist, sys.modules["scipy.stats"].rv_discrete)
        shapes = [s.strip() for s in (dist.shapes or "").split(",") if s.strip()]
        self.params = {s: _shape_set(dist, s) for s in shapes}
        low, high = dist.a, dist.b
        if self.discrete:
            self.support: Any = Integers(low, high)
        else:
            whole_line = np.isinf(low) and np.isinf(high)
            if whole_line:
                self.params["loc"] = REAL
                self.location = "loc"
            self.params["scale"] = POSITIVE
            half_line = POSITIVE if low == 0 else Interval(low, np.inf, (True, False))
            self.support = REAL if whole_line else half_line
            self.unit_powers = {**dict.fromkeys(shapes, 0), "scale": 1, **({"loc": 1} if whole_line else {})}
        if not self.params:
            raise OptionError(f"scipy's {self.name} has no parameter to fit")

    def __getstate__(self) -> dict[str, Foreign]:
        """A distribution of scipy's own goes by its name, so that a copy has the same one."""
        state = super().__getstate__()
        stats = sys.modules["scipy.stats"]
        return {**state, "dist": self.name} if getattr(stats, self.name, None) is self.dist else state

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        if isinstance(self.dist, str):
            self.dist = scipy_distribution(self.dist)

    def log_density(self, xp: Namespace, y: Array, **params: Array) -> Array:
        return self.dist.logpmf(y, **params) if self.discrete else self.dist.logpdf(y, **params)

    def log_cdf(self, xp: Namespace, y: Array, **params: Array) -> Array:
        return self.dist.logcdf(y, **params)

    def log_survival(self, xp: Namespace, y: Array, **params: Array) -> Array:
        return self.dist.logsf(y, **params)

    def frozen(self, **params: Array) -> Foreign:
        return self.dist(**params)

    def signature(self) -> tuple[Foreign, ...]:
        return (self.origin, self.name)

    def differentiated(self, formula: Formula, z: list[Array], order: int) -> Derivatives:
        return differences(lambda free: formula(NUMPY, free), z, order, at_once=True)

    @property
    def by_differences(self) -> bool:
        return True

    def start(self, summary: Any) -> dict[str, Array]:
        return search(lambda y, **p: self.log_density(NUMPY, y, **p), self.params, summary)

    def other_starts(self, z: Array) -> list[Array]:
        rng = np.random.default_rng(0)
        return [z + 0.7 * rng.normal(size=z.shape) for _ in range(2)]


def _shape_set(dist: Any, name: str) -> Any:
    """The set of a shape, as scipy checks it; positive where a user's own subclass does not say more."""
    shapes = getattr(dist, "_shape_info", list)()  # scipy has it nowhere else
    info = next((s for s in shapes if s.name == name), None)
    if info is None:
        return POSITIVE
    low, high = info.domain
    if info.integrality:
        raise OptionError(
            f"scipy's {dist.name} has an integer parameter {name!r}, which has no score: "
            "see mlekit.families.list() for a similar family, or write its log density for mlekit.custom"
        )
    return interval(low, high)


def scipy_distribution(name: str) -> Any:
    """Return the distribution of scipy.stats that has this name, and nothing else of scipy."""
    from scipy import stats

    dist = getattr(stats, name, None)
    if not isinstance(dist, stats.rv_continuous | stats.rv_discrete):
        raise OptionError(f"scipy.stats has no distribution {name!r}")
    return dist


def scipy_family(dist: Any) -> ScipyFamily:
    """Return a scipy.stats distribution as a family.

    >>> import mlekit, scipy.stats
    >>> mlekit.fit([1.0, 2.0, 4.0], family=scipy.stats.rayleigh)["scale"] > 0
    True
    """
    stats = sys.modules.get("scipy.stats")
    if stats is None or not isinstance(dist, (stats.rv_continuous, stats.rv_discrete, stats.distributions.rv_frozen)):
        raise OptionError(
            f"family= takes a name such as 'normal', a family such as mlekit.families.Binomial(n=10), "
            f"or a scipy.stats distribution, not {dist!r}"
        )
    if isinstance(dist, stats.distributions.rv_frozen):
        raise OptionError(
            f"family= takes the distribution itself, scipy.stats.{dist.dist.name}, not one frozen at parameters"
        )
    return ScipyFamily(dist)
