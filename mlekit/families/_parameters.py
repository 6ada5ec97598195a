"""Parameters of a family, their links, and the free coordinates in which the optimizer moves."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from .. import links as links_of_files
from ..errors import OptionError
from ..links import Link
from ..numerics.arrays import NUMPY, Namespace
from ..numerics.sets import ParameterSet

Array = Any
ROUNDING = 1e-12  # how far beyond the end of a set a linear predictor is still at the end
Params = Mapping[str, Any]


class Parametric:
    """Named parameters, each in a set, with links to the real line."""

    name: str
    params: Mapping[str, ParameterSet]  # name -> set; a formula models the first
    given_links: Mapping[str, Link] = {}

    def copied(self) -> Self:
        """Return another distribution like this one, to be changed."""
        return copy.copy(self)

    def link(self, param: str) -> Link:
        """Return the link of a parameter: the one that was given, or the default of its set."""
        return self.given_links.get(param) or self.params[param].link

    def with_links(self, links: Mapping[str, str | Link]) -> Self:
        """Return the same distribution with other links for its parameters.

        Parameters
        ----------
        links : mapping of str to str or Link
            The links by parameter; parameters that are left out keep theirs.

        Raises
        ------
        OptionError
            If there is no such link, or the parameter is a vector of probabilities, whose link is the softmax.
        """
        for param in links:
            if self.params[param].many:
                raise OptionError(f"link: {param} of {self.name} is {self.params[param].words}, whose link is softmax")
        new = self.copied()
        new.given_links = {**self.given_links, **{p: links_of_files.get(name) for p, name in links.items()}}
        return new

    def coordinates(self) -> list[tuple[str, int]]:
        """Return the free coordinates: (parameter, position within it)."""
        return [(name, i) for name, s in self.params.items() for i in range(s.size)]

    def domain(self, param: str) -> tuple[float, float]:
        """Return the ends of the free coordinate of a parameter, beyond which a link that was given leaves its set."""
        s = self.params[param]
        return self.given_links[param].domain(s.low, s.high) if param in self.given_links else (-np.inf, np.inf)

    def _kept_inside(self, xp: Namespace, param: str, z: Array) -> Array:
        """A free coordinate, NaN where the link leaves the set of the parameter by more than rounding."""
        low, high = self.domain(param)
        if low == -np.inf and high == np.inf:
            return z
        value = xp.value(z)
        back = xp.where(value < low, low - value, xp.where(value > high, high - value, 0.0 * value))
        return xp.where(xp.abs(back) > ROUNDING * (1.0 + xp.abs(value)), np.nan, z + back)

    def to_params(self, xp: Namespace, z: list[Array]) -> dict[str, Array]:
        """Return the parameters as named, from their free coordinates; NaN where a given link leaves the set."""
        params, at = {}, 0
        for name, s in self.params.items():
            free = z[at : at + s.size] if s.many else z[at]
            if name in self.given_links:
                free = self._kept_inside(xp, name, free)
            params[name] = self.link(name).inverse(xp, free)
            at += s.size
        return params

    def to_free(self, params: Params) -> list[Array]:
        """Return the free coordinates of parameters as named; an end of a set is at infinity."""
        z: list[Array] = []
        with np.errstate(divide="ignore", invalid="ignore"):
            for name, s in self.params.items():
                values = [np.asarray(v, dtype=float) for v in (params[name] if s.many else [params[name]])]
                z += self.link(name).forward(NUMPY, values) if s.many else [self.link(name).forward(NUMPY, values[0])]
        return z

    def levels(self, param: str) -> list[Any]:
        """Return the labels of a parameter that has several values."""
        return []

    def names(self, param: str) -> list[str]:
        """Return the names of a parameter's values: `p`, or `p[level]`."""
        labels = self.levels(param)
        return [f"{param}[{label}]" for label in labels] if labels else [param]

    def link_names(self) -> dict[str, str]:
        """Return the names of the links that were given, for a file."""
        for param, link in self.given_links.items():
            if link.name not in links_of_files.names() or links_of_files.get(link.name) != link:
                raise OptionError(f"the link of {param} is not one of mlekit.links.names() and cannot be saved: {link}")
        return {param: link.name for param, link in self.given_links.items()}
