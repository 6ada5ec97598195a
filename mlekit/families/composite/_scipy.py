"""Any scipy.stats distribution as a law: its log density row by row, derivatives by differences.

Shapes keep scipy's names, loc and scale beside them; loc stays 0 where the support is a half-line, as scale stays 1
for counts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import OptionError
from ...numerics.derivatives import differences
from ...numerics.sets import POSITIVE, REAL, Integers, Interval, interval
from .._base import Array, Family
from ._search import search


class ScipyLaw(Family):
    """A continuous or discrete scipy distribution, with the parameters that the data can tell."""

    several_peaks = True
    origin = "scipy"

    def __init__(self, law: Any) -> None:
        self.law, self.name = law, str(law.name)  # type: ignore[misc]
        self.discrete = isinstance(law, sys.modules["scipy.stats"].rv_discrete)
        shapes = [s.strip() for s in (law.shapes or "").split(",") if s.strip()]
        self.params = {s: _shape_set(law, s) for s in shapes}
        low, high = law.a, law.b
        if self.discrete:
            self.support: Any = Integers(low, high)
        else:
            free = np.isinf(low) and np.isinf(high)
            if free:
                self.params["loc"] = REAL
                self.location = "loc"
            self.params["scale"] = POSITIVE
            self.support = REAL if free else POSITIVE if low == 0 else Interval(low, np.inf, (True, False))
            self.unit_powers = {**dict.fromkeys(shapes, 0), "scale": 1, **({"loc": 1} if free else {})}
        if not self.params:
            raise OptionError(f"scipy's {self.name} has no parameter to fit")

    def __getstate__(self) -> dict[str, Any]:
        """A distribution of scipy's own goes by its name, so that a copy has the same one."""
        state = super().__getstate__()
        stats = sys.modules["scipy.stats"]
        return {**state, "law": self.name} if getattr(stats, self.name, None) is self.law else state

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        if isinstance(self.law, str):
            from scipy import stats

            self.law = getattr(stats, self.law)

    @property
    def by_differences(self) -> bool:
        return True

    def log_density(self, xp: Any, y: Array, **params: Array) -> Array:
        return self.law.logpmf(y, **params) if self.discrete else self.law.logpdf(y, **params)

    def frozen(self, **params: Array) -> Any:
        return self.law(**params)

    def evaluate(self, y: Array, z: list[Array], order: int) -> tuple[Array, list[Array], list[list[Array]]]:
        from ...numerics.arrays import NUMPY

        return differences(lambda free: self.log_density(NUMPY, y, **self.to_params(NUMPY, free)), z, order)

    def differentiated(
        self, formula: Callable[[Any, list[Array]], Array], z: list[Array], order: int
    ) -> tuple[Array, list[Array], list[list[Array]]]:
        from ...numerics.arrays import NUMPY

        return differences(lambda free: formula(NUMPY, free), z, order)

    def start(self, summary: Any) -> dict[str, Array]:
        return search(lambda y, **p: self.log_density(None, y, **p), self.params, summary)

    def other_starts(self, z: Array) -> list[Array]:
        rng = np.random.default_rng(0)
        return [z + 0.7 * rng.normal(size=z.shape) for _ in range(2)]


def _shape_set(law: Any, name: str) -> Any:
    """The set of a shape, as scipy checks it; positive where a user's own subclass does not say more."""
    shapes = getattr(law, "_shape_info", list)()  # scipy has it nowhere else
    info = next((s for s in shapes if s.name == name), None)
    if info is None:
        return POSITIVE
    low, high = info.domain
    if info.integrality:
        raise OptionError(
            f"scipy's {law.name} has a whole-number parameter {name!r}, which has no score: "
            "see mlekit.families.list() for a law of that kind, or write its log density for mlekit.custom"
        )
    return interval(low, high)


def scipy_law(law: Any) -> ScipyLaw:
    """A scipy.stats distribution as a law.

    >>> import mlekit, scipy.stats
    >>> mlekit.fit([1.0, 2.0, 4.0], family=scipy.stats.rayleigh)["scale"] > 0
    True
    """
    stats = sys.modules.get("scipy.stats")
    if stats is None or not isinstance(law, (stats.rv_continuous, stats.rv_discrete, stats.distributions.rv_frozen)):
        raise OptionError(
            f"family= takes a name such as 'normal', a law such as mlekit.families.Binomial(n=10), "
            f"or a scipy.stats distribution, not {law!r}"
        )
    if isinstance(law, stats.distributions.rv_frozen):
        raise OptionError(
            f"family= takes the distribution itself, scipy.stats.{law.dist.name}, not one frozen at parameters"
        )
    return ScipyLaw(law)
