"""Families with sufficient statistics."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeGuard

from ..data.stats import Stats
from ..numerics.arrays import NUMPY, Namespace
from ._base import ONE_EQUATION, Array, Family, Params

if TYPE_CHECKING:
    from ..data.labels import Foreign
    from ..data.layout import Layout
    from ..numerics.derivatives import Derivatives
    from ..priors import Prior


class SufficientFamily(Family):
    """A family with sufficient statistics: its likelihood depends on the data through a few sums.

    Examples
    --------
    >>> import mlekit
    >>> isinstance(mlekit.families.get("poisson"), mlekit.families.SufficientFamily)
    True
    """

    sufficient = True
    conjugate: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # parameter -> kernel terms of a conjugate prior

    def statistics(self, xp: Namespace, y: Array) -> dict[str, Array]:
        """Return T(y) of each row; "y" and "yy" are powers about the origin that y was given about."""
        raise NotImplementedError

    def sums(self, y: Array, weights: Array | None, layout: Layout) -> dict[str, Array]:
        """Return the sums of T(y) over a block of rows."""
        return {name: layout.collect(t, weights) for name, t in self.statistics(NUMPY, y).items()}

    def refined(self, stats: Stats, y: Array, weights: Array | None, layout: Layout) -> Stats:
        """Return the sums in a form that keeps the digits of these rows; they are good as they are by default."""
        return stats

    @abstractmethod
    def log_likelihood(self, xp: Namespace, stats: Stats, *args: Array, **params: Array) -> Array:
        """Return the log-likelihood of the sums, [G]; right at boundaries."""

    def evaluate_sums(self, stats: Stats, z: list[Array], order: int) -> Derivatives | None:
        """Return `log_likelihood` with its derivatives in free coordinates, by hand. None: use the formula."""
        return None

    def estimate(self, stats: Stats, fixed: Params) -> dict[str, Array] | None:
        """Return the maximum, elementwise over groups; None if there is no formula."""
        return None

    def start(self, summary: Any) -> dict[str, Array]:
        estimate = self.estimate(summary, {})
        assert estimate is not None
        return estimate

    def degenerate(self, stats: Stats, fixed: Params) -> Array:
        """Return a mask of the groups with one distinct value where a spread is fitted: they have no maximum."""
        return False

    def pseudo_stats(self, priors: Mapping[str, Prior], fixed: Params) -> Stats | None:
        """Return the imaginary rows that conjugate priors stand for; None if the priors are not conjugate."""
        return None

    def posterior(self, param: str, stats: Stats, fixed: Params) -> Foreign:
        """Return the conjugate posterior as a frozen scipy distribution; the statistics hold the imaginary rows."""
        return None

    def exact_interval(self, param: str, stats: Stats, fixed: Params, level: float) -> tuple[Array, Array] | None:
        """Return an interval with the coverage it claims at every n; None if the family has none."""
        return None

    def variances(self, stats: Stats) -> Array | None:
        """Return the variances of the values at the maximum, [G, U], if all are free; None: by the information."""
        return None

    @classmethod
    def describe(cls) -> dict[str, str]:
        closed = cls.estimate is not SufficientFamily.estimate
        return {
            **super().describe(),
            "closed form": ("yes" if cls.formula else ONE_EQUATION) if closed else "",
            "conjugate priors": ", ".join(cls.conjugate),
        }


def sufficient(family: Family) -> TypeGuard[SufficientFamily]:
    """Return True for a family whose likelihood depends on the data through a few sums."""
    return family.sufficient
