"""The log prior of a batch of fits, with its derivatives in free coordinates.

The density is that of the parameters as named, with no Jacobian: the mode is in the parameters people see.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..errors import OptionError
from ..numerics.arrays import NUMPY, jets
from ..priors import Prior
from .coefficients import Coefficients
from .problem import Array, Kinks


class PriorTerm(NamedTuple):
    """A prior, and the free coordinates of the parameter or coefficient that it is on."""

    name: str
    prior: Prior
    places: list[int]  # in z
    param: str | None  # None: a coefficient, which is its own coordinate


class PriorTerms:
    """The sum of log priors, on the scale of the link in original units."""

    def __init__(self, coefficients: Coefficients, terms: list[PriorTerm]) -> None:
        self.family, self.size, self.terms = coefficients.family, coefficients.size, terms

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def by_name(self) -> dict[str, Prior]:
        """The priors by the name of their parameter or coefficient."""
        return {term.name: term.prior for term in self.terms}

    def value(self, xp: Any, term: PriorTerm, z: list[Any]) -> Any:
        """The parameter or coefficient of a term, from the coordinates of its places."""
        if term.param is None:
            return z[0]
        if not self.family.params[term.param].many:
            return self.family.link(term.param).inverse(xp, z[0])
        return self.family.link(term.param).inverse(xp, z)

    def add(self, z: Array, value: Array, gradient: Array, hessian: Array, order: int) -> Array:
        """Add the log prior at z (original units, [G, K]) and its derivatives; on a kink the value only."""
        from ..numerics.jets import Jet, variables

        for term in self.terms:
            xp = jets()
            smooth = 1.0 if term.prior.kink is None else 1.0 * ~self._on_kink(term, z)
            v = variables([z[:, k] for k in term.places], order)
            density = term.prior.log_density(xp, self.value(xp, term, v))
            if not isinstance(density, Jet):
                value = value + density
                continue
            value = value + density.value
            if order:
                for i, d in density.gradient.items():
                    gradient[:, term.places[i]] += smooth * d
            if order > 1:
                for (i, j), d in density.hessian.items():
                    a, b = term.places[i], term.places[j]
                    hessian[:, a, b] += smooth * d
                    if a != b:
                        hessian[:, b, a] += smooth * d
        return value

    def inside(self, z: Array) -> Array:
        """Starting values in original units, moved to where every prior has a density."""
        z = np.array(z, dtype=float)
        for term in self.terms:
            begin = term.prior.start()
            if begin is None or len(term.places) != 1:
                continue
            value = self.value(NUMPY, term, [z[:, term.places[0]]])
            gone = (
                ~np.isfinite(term.prior.log_density(NUMPY, value))
                | (value <= term.prior.low)
                | (value >= term.prior.high)
            )
            if gone.any():
                link = None if term.param is None else self.family.link(term.param)
                z[gone, term.places[0]] = begin if link is None else link.forward(NUMPY, np.float64(begin))
        return z

    def log_density(self, z: Array) -> Array:
        """The log prior itself, [G]."""
        empty = np.zeros((len(z), z.shape[1]))
        return self.add(z, np.zeros(len(z)), empty, empty, 0)

    def kinks(self) -> Kinks | None:
        """Position and weight by coordinate where a prior has a kink."""
        position, weight = np.zeros(self.size), np.zeros(self.size)
        for term in self.terms:
            kink = self._kink(term)
            if kink is not None:
                position[term.places[0]] = kink[0]
                weight[term.places[0]] += kink[1]
        return Kinks(position, weight) if weight.any() else None

    def _kink(self, term: PriorTerm) -> tuple[float, float] | None:
        """(position, weight) of a prior's kink in its free coordinate; None where it has none inside the set."""
        from ..numerics.jets import variables

        at = term.prior.kink
        if at is None:
            return None
        if term.param is None:
            return at, term.prior.slope
        if not self.family.params[term.param].inside(at):
            return None
        place = np.array([float(self.family.link(term.param).forward(NUMPY, np.float64(at)))])
        rate = self.value(jets(), term, list(variables([place], 1))).gradient[0]
        return float(place[0]), term.prior.slope * abs(float(rate[0]))

    def _on_kink(self, term: PriorTerm, z: Array) -> Array:
        """The fits that are on a prior's kink, to rounding: [G]."""
        kink = self._kink(term)
        if kink is None:
            return np.zeros(len(z), dtype=bool)
        return np.abs(z[:, term.places[0]] - kink[0]) <= 1e-13 * (1 + abs(kink[0]))


def prior_terms(priors: Any, coefficients: Coefficients) -> PriorTerms:
    """The terms of what `prior=` was given: one prior, or a dict of them by name."""
    if priors is None:
        return PriorTerms(coefficients, [])
    return PriorTerms(
        coefficients, [_term(name, prior, coefficients) for name, prior in _by_name(priors, coefficients).items()]
    )


def _by_name(priors: Any, coefficients: Coefficients) -> dict[str, Prior]:
    """Priors by the name of the parameter or coefficient they are on."""
    from .. import priors as shelf

    if isinstance(priors, Mapping):
        named = {str(name): shelf.get(prior) for name, prior in priors.items()}
    else:
        prior, first = shelf.get(priors), next(iter(coefficients.family.params))
        if first not in coefficients.designs:
            named = {first: prior}
        else:
            names = coefficients.names[: sum(len(r.design.names) for r in coefficients.runs if r.param == first)]
            named = {n: prior for n in names if not n.endswith("Intercept")}
    for name, prior in named.items():
        _check(name, prior, coefficients)
    return named


def _term(name: str, prior: Prior, coefficients: Coefficients) -> PriorTerm:
    if name in coefficients.family.params and name not in coefficients.designs:
        return PriorTerm(name, prior, [run.where.start for run in coefficients.runs if run.param == name], name)
    return PriorTerm(name, prior, [coefficients.index(name, "prior")], None)


def _check(name: str, prior: Prior, coefficients: Coefficients) -> None:
    family = coefficients.family
    if name in family.params and name not in coefficients.designs:
        s = family.params[name]
        if s.many != prior.many:
            raise OptionError(
                f"prior: {name} is {s.words}, which take a Dirichlet prior, not {prior}"
                if s.many
                else f"prior: {prior} is about probabilities that add up to one, but {name} is {s.words}"
            )
        if s.many and not prior.fits(s.levels):
            raise OptionError(f"prior: {prior} does not have one value per level: {name} has {s.levels} levels")
        outside = prior.high <= s.low or prior.low >= s.high
        bounded = np.isfinite([prior.low, prior.high]).all() and (prior.low < s.low or prior.high > s.high)
        if not s.many and (outside or bounded):
            raise OptionError(f"prior: {prior} lies outside the set of {name}, which is {s.words}")
        if np.isinf([s.low, s.high]).all():
            _check_reach(name, prior)
    else:
        coefficients.index(name, "prior")
        if prior.many:
            raise OptionError(f"prior: {prior} is about probabilities that add up to one, but {name} is a coefficient")
        _check_reach(name, prior)


def _check_reach(name: str, prior: Prior) -> None:
    """A prior on a real number has a density everywhere."""
    low, high = prior.low, prior.high
    if np.isinf(low) and np.isinf(high):
        return
    about = f"up to {high:g}" if np.isinf(low) else f"from {low:g} " + ("up" if np.isinf(high) else f"to {high:g}")
    may = "negative" if low == 0 else "any real number"
    raise OptionError(
        f"prior: {prior} is about numbers {about}, but {name} may be {may}: use Normal(mean, sd) or Laplace(loc, scale)"
    )
