"""From the coordinates of a solver to the values that people see, and back.

Three maps follow one another:

z = T v + c            restriction: fixed and tied coordinates           v [G, q]  ->  z [G, K]
original = M z + s     units: rescaled rows and standardised columns     z [G, K]  ->  original [G, K]
values = g(original)   links: parameters as named, coefficients          original [G, K]  ->  values [G, U]
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..families import Family
from ..numerics.arrays import Floats, Mask, Numbers
from .coefficients import Coefficients
from .problem import Problem
from .units import Units

if TYPE_CHECKING:
    from .restriction import Restriction


class Coordinates(Problem):
    """A problem whose coordinates are those of the coefficients of a family.

    Attributes
    ----------
    coefficients : Coefficients
        The layout of all coordinates, and the names of the values that people see.
    units : Units
        The units of the coordinates.
    fixed : mapping of str to float
        The values given with ``fixed=``, by name.
    restriction : Restriction or None
        The map from free coordinates to all; None if all are free.
    """

    coefficients: Coefficients
    units: Units
    fixed: Mapping[str, float]
    restriction: Restriction | None

    @property
    def family(self) -> Family:
        """The family, with its levels."""
        return self.coefficients.family

    @property
    def tied(self) -> bool:
        """True if two values are tied."""
        return self.restriction is not None and self.restriction.ties

    @cached_property
    def fixed_names(self) -> frozenset[str]:
        """The names of values that are not free."""
        if self.restriction is None:
            return frozenset()
        fixed = self.restriction.fixed
        return frozenset(name for name, k in self.coefficients.coordinate.items() if fixed[k])

    @property
    def fixed_values(self) -> Mask:
        """The values that are not free, as a mask [U]."""
        return np.array([name in self.fixed_names for name in self.coefficients.names], dtype=bool)

    @cached_property
    def free_directions(self) -> Floats:
        """The derivatives of the original coordinates by the solver's: M T, [G, K, q]."""
        return self.units.matrix if self.restriction is None else self.units.matrix @ self.restriction.matrix

    def expand(self, z: Floats) -> Floats:
        """All coordinates from the free ones."""
        return z if self.restriction is None else self.restriction.expand(z)

    def reduce(self, z: Floats) -> Floats:
        """The free coordinates of all."""
        return z if self.restriction is None else self.restriction.reduce(z)

    def to_original(self, z: Floats, at_end: Mask | None = None) -> Floats:
        """Return coordinates in original units.

        Parameters
        ----------
        z : ndarray of shape (G, q)
            Coordinates of the solver.
        at_end : ndarray of bool of shape (G, q), optional
            Coordinates that stand for an end of their set.

        Returns
        -------
        ndarray of shape (G, K)
            All coordinates, fixed and tied ones too, on the scale of the link in original units; infinity for those
            at an end.

        Examples
        --------
        >>> import mlekit
        >>> problem = mlekit.fit([2, 0, 1, 5], family="poisson").solution.problem
        >>> problem.to_original(problem.start()).round(6).tolist()
        [[0.693147]]
        """
        original = self._original(self.expand(z))
        if at_end is None:
            return original
        ends = at_end if self.restriction is None else at_end @ (self.restriction.matrix.T != 0)
        return np.where(ends, np.copysign(np.inf, original), original)

    def _original(self, z: Floats) -> Floats:
        """All coordinates in original units."""
        return self.units.to_original(z)

    def from_original(self, original: Floats) -> Floats:
        """Return the coordinates of the solver.

        Parameters
        ----------
        original : ndarray of shape (G, K)
            All coordinates on the scale of the link in original units.

        Returns
        -------
        ndarray of shape (G, q)
            The free coordinates; of a point that breaks a restriction those of the nearest one that keeps it.
        """
        return self.reduce(self.units.from_original(original))

    def from_params(self, params: Mapping[str, Numbers]) -> Floats:
        """Return the coordinates in original units of the parameters of a family without formulas.

        Parameters
        ----------
        params : mapping of str to array
            The parameters as named: [G] each, of probabilities one [G] per level.

        Returns
        -------
        ndarray of shape (G, K)
            Coordinates on the scale of the link; an end of a set is at infinity.
        """
        with np.errstate(all="ignore"):
            free = self.family.to_free(params)
        if not free:
            return np.zeros((1, 0))
        return np.stack([np.broadcast_to(v, (self.count,)) for v in free], axis=1)

    def values(
        self, z: Floats | None, params: Mapping[str, Numbers] | None = None, at_end: Mask | None = None
    ) -> Floats:
        """Return the parameters and coefficients as named.

        Parameters
        ----------
        z : ndarray of shape (G, q), or None
            Coordinates of the solver; not looked at if `params` are given.
        params : mapping of str to array, optional
            The parameters of a family without formulas, if a formula gave them.
        at_end : ndarray of bool of shape (G, q), optional
            Coordinates that stand for an end of their set.

        Returns
        -------
        ndarray of shape (G, U)
            The values in the order of ``coefficients.names``.
        """
        if params is not None:
            full = {p: v if np.ndim(v) else np.full(self.count, v) for p, v in params.items()}
            flat = self.coefficients.to_vector(full)
            return np.broadcast_to(flat, (self.count, flat.shape[1]))
        assert z is not None
        with np.errstate(all="ignore"):
            out = self.coefficients.values(self.to_original(z, at_end))
        for name, value in self.fixed.items():  # as they were given, not as they come back through a link
            out[:, self.coefficients.names.index(name)] = value
        return out

    def jacobian(self, z: Floats) -> Floats:
        """Return the derivatives of the values as named by the coordinates of the solver.

        Parameters
        ----------
        z : ndarray of shape (G, q)
            Coordinates of the solver.

        Returns
        -------
        ndarray of shape (G, U, q)
            d value / d z.
        """
        return self.coefficients.jacobian(self.to_original(z)) @ self.free_directions
