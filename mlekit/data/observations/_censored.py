"""The likelihood of censored rows, each sort of them evaluated apart and put together again."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from ...numerics.arrays import NUMPY
from ._base import Observations
from ._probability import Bounds, Formula, Sort, chosen, joined, leading, pieces
from ._types import Array, Derivatives, FamilyLike, Mask, Namespace, Params


class Censored(Observations):
    """Rows of several sorts between bounds, P(below < Y <= upper); `upper` of exact ones is the value."""

    below: Array
    upper: Array
    sort: Array

    @property
    def exact(self) -> bool:
        return self._all_equal

    @cached_property
    def _all_equal(self) -> bool:
        """True if the bounds of every row are equal."""
        return bool((self.sort == Sort.EXACT).all())

    def density_rows(self) -> Mask | None:
        return None if self.exact else self.sort == Sort.EXACT

    @property
    def _bounds(self) -> Bounds:
        return Bounds(self.below, self.upper)

    def evaluate(self, family: FamilyLike, z: list[Array], order: int) -> Derivatives:
        if self.exact:
            return family.evaluate(self.upper, z, order)
        shape = (*leading(z), len(self))
        parts: list[tuple[Array, Derivatives]] = []
        seen = self.sort == Sort.EXACT
        if seen.any():
            exact = self._bounds.take(seen).upper
            parts.append((seen, family.evaluate(exact, [NUMPY.select(v, seen) for v in z], order)))
        for mask, formula in pieces(NUMPY, family, self.sort, self._bounds, family.to_params(NUMPY, z), shape):
            bounds = self._bounds.take(mask)

            def rows(xp: Namespace, free: list[Array], bounds: Bounds = bounds, formula: Formula = formula) -> Array:
                return formula(xp, family, bounds, family.to_params(xp, free))

            parts.append((mask, family.differentiated(rows, [NUMPY.select(v, mask) for v in z], order)))
        return joined(shape, parts, len(z), order)

    def log_density(self, xp: Namespace, family: FamilyLike, params: Params) -> Array:
        if self.exact:
            return family.log_density(xp, self.upper, **params)

        def seen(mask: Array) -> Array:
            return family.log_density(xp, self.upper[mask], **_few(mask))

        def censored(mask: Array, formula: Formula) -> Array:
            return formula(xp, family, self._bounds.take(mask), _few(mask))

        def _few(mask: Array) -> dict[str, Array]:
            return {name: chosen(xp, value, mask) for name, value in params.items()}

        return self._rows(xp, family, params, seen, censored)

    def log_density_at(self, xp: Namespace, family: FamilyLike, z: list[Array]) -> Array:
        if self.exact:
            return family.log_density_at(xp, self.upper, z)

        def seen(mask: Array) -> Array:
            return family.log_density_at(xp, self.upper[mask], [xp.select(v, mask) for v in z])

        def censored(mask: Array, formula: Formula) -> Array:
            params = family.to_params(xp, [xp.select(v, mask) for v in z])
            return formula(xp, family, self._bounds.take(mask), params)

        return self._rows(xp, family, family.to_params(xp, z), seen, censored)

    def _rows(
        self,
        xp: Namespace,
        family: FamilyLike,
        params: Params,
        seen: Callable[[Array], Array],
        censored: Callable[[Array, Formula], Array],
    ) -> Array:
        """The log-likelihood of all rows, from the functions that give it for exact and for censored ones."""
        plain = {
            name: [xp.value(v) for v in value] if isinstance(value, list) else xp.value(value)
            for name, value in params.items()
        }
        values = [v for value in plain.values() for v in (value if isinstance(value, list) else [value])]
        shape = (*leading(values), len(self))
        exact = self.sort == Sort.EXACT
        parts = [(exact, seen(exact))] if exact.any() else []
        found = pieces(xp, family, self.sort, self._bounds, plain, shape)
        parts += [(mask, censored(mask, formula)) for mask, formula in found]
        return xp.combine(shape, parts) if parts else 0.0 * self.sort
