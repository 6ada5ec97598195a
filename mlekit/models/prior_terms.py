"""The log prior of a batch of fits, with its derivatives in free coordinates.

The density is that of the parameters as named, with no Jacobian: the mode is in the parameters people see.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np

from .. import priors as priors_of_files
from ..errors import OptionError, UnknownName, nearest
from ..numerics.arrays import NUMPY, Floats, Namespace, Numbers, jets
from ..numerics.sets import ParameterSet
from ..priors import Prior
from .coefficients import Coefficients
from .problem import Kinks


class PriorTerm(NamedTuple):
    """A prior, and the free coordinates of the parameter, coefficient or term of a formula that it is on."""

    name: str
    prior: Prior
    positions: list[int]  # in z
    param: str | None  # None: a coefficient, or all of a term, each of which is its own coordinate


class PriorTerms:
    """The sum of log priors, on the scale of the link in original units."""

    def __init__(self, coefficients: Coefficients, terms: list[PriorTerm]) -> None:
        self.coefficients, self.terms = coefficients, terms

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def by_name(self) -> dict[str, Prior]:
        """The priors by the name of their parameter or coefficient."""
        return {term.name: term.prior for term in self.terms}

    def names(self, term: PriorTerm) -> list[str]:
        """The names of the values that a prior is on."""
        if term.param is not None:
            return self.coefficients.family.names(term.param)
        return self.coefficients.terms[term.name] if term.prior.many else [term.name]

    def value(self, xp: Namespace, term: PriorTerm, z: list[Numbers]) -> Numbers:
        """The parameter, coefficient or list of coefficients that a prior is on, from the coordinates there."""
        if term.param is None:
            return z if term.prior.many else z[0]
        if not self.coefficients.family.params[term.param].many:
            return self.coefficients.family.link(term.param).inverse(xp, z[0])
        return self.coefficients.family.link(term.param).inverse(xp, z)

    def add(self, z: Floats, value: Floats, gradient: Floats, hessian: Floats, order: int) -> Floats:
        """Add the log prior at z (original units, [G, K]) and its derivatives; on a kink the value only."""
        for term in self.terms:
            value = self._add_term(term, z, value, gradient, hessian, order)
        return value

    def _add_term(
        self, term: PriorTerm, z: Floats, value: Floats, gradient: Floats, hessian: Floats, order: int
    ) -> Floats:
        from ..numerics.jets import Jet, variables

        kink = self._kink(term)
        smooth = 1.0 if kink is None else 1.0 * (z[:, term.positions[0]] != kink[0])
        v = variables([z[:, k] for k in term.positions], order)
        density = term.prior.log_density(jets(), self.value(jets(), term, v))
        if not isinstance(density, Jet):
            return value + density
        if order:
            for i, d in density.gradient.items():
                gradient[:, term.positions[i]] += smooth * d
        if order > 1:
            for (i, j), d in density.hessian.items():
                a, b = term.positions[i], term.positions[j]
                hessian[:, a, b] += smooth * d
                if a != b:
                    hessian[:, b, a] += smooth * d
        return value + density.value

    def inside(self, z: Floats) -> Floats:
        """Starting values in original units, moved to where every prior has a density."""
        z = np.array(z, dtype=float)
        for term in self.terms:
            begin = term.prior.start()
            if begin is None or len(term.positions) != 1:
                continue
            at, prior = term.positions[0], term.prior
            value = self.value(NUMPY, term, [z[:, at]])
            gone = ~np.isfinite(prior.log_density(NUMPY, value)) | (value <= prior.low) | (value >= prior.high)
            if gone.any():
                link = None if term.param is None else self.coefficients.family.link(term.param)
                z[gone, at] = begin if link is None else link.forward(NUMPY, np.float64(begin))
        return z

    def log_density(self, z: Floats) -> Floats:
        """The log prior itself, [G]."""
        empty = np.zeros((len(z), z.shape[1]))
        return self.add(z, np.zeros(len(z)), empty, empty, 0)

    @cached_property
    def kinks(self) -> Kinks | None:
        """Position and weight by coordinate in original units, if a prior has a kink."""
        position, weight = np.zeros(self.coefficients.size), np.zeros(self.coefficients.size)
        for term in self.terms:
            kink = self._kink(term)
            if kink is not None:
                position[term.positions[0]] = kink[0]
                weight[term.positions[0]] += kink[1]
        return Kinks(position, weight) if weight.any() else None

    def _kink(self, term: PriorTerm) -> tuple[float, float] | None:
        """(position, weight) of a prior's kink in its free coordinate; None if it has none inside the set."""
        from ..numerics.jets import variables

        at = term.prior.kink
        if at is None:
            return None
        if term.param is None:
            return at, term.prior.slope
        if not self.coefficients.family.params[term.param].inside(at):
            return None
        point = np.array([float(self.coefficients.family.link(term.param).forward(NUMPY, np.float64(at)))])
        rate = self.value(jets(), term, list(variables([point], 1))).gradient[0]
        return float(point[0]), term.prior.slope * abs(float(rate[0]))


# ---- what prior= takes ---------------------------------------------------------------------------------------------


def prior_terms(priors: object, coefficients: Coefficients) -> PriorTerms:
    """The terms of what `prior=` was given: one prior, or a dict of them by name."""
    if priors is None:
        return PriorTerms(coefficients, [])
    named = _by_coefficient(_by_name(priors, coefficients), coefficients)
    for name, prior in named.items():
        _check(name, prior, coefficients)
    return PriorTerms(coefficients, [_term(name, prior, coefficients) for name, prior in named.items()])


def _by_name(priors: object, coefficients: Coefficients) -> dict[str, Prior]:
    """Priors by the name of the parameter or coefficient they are on."""
    if isinstance(priors, Mapping):
        return {str(name): priors_of_files.get(prior) for name, prior in priors.items()}
    prior, first = priors_of_files.get(priors), next(iter(coefficients.family.params))
    if first not in coefficients.designs:
        return {first: prior}
    names = coefficients.names[: sum(run.width for run in coefficients.runs if run.param == first)]
    return {name: prior for name in names if not name.endswith("Intercept")}


def _by_coefficient(named: Mapping[str, Prior], coefficients: Coefficients) -> dict[str, Prior]:
    """The same, where a prior of one number that is on a term is on each of its coefficients."""
    found: dict[str, Prior] = {}
    for name, prior in named.items():
        whole = _of_term(name, coefficients) and not prior.many
        for each in coefficients.terms[name] if whole else [name]:
            if each in found or (each in named and whole):
                raise OptionError(f"prior: {each!r} has a prior of its own and that of {name!r}: leave one of them out")
            found[each] = prior
    return found


def _term(name: str, prior: Prior, coefficients: Coefficients) -> PriorTerm:
    if _of_parameter(name, coefficients):
        return PriorTerm(name, prior, [run.where.start for run in coefficients.runs if run.param == name], name)
    names = coefficients.terms[name] if _of_term(name, coefficients) else [name]
    return PriorTerm(name, prior, [coefficients.index(each, "prior") for each in names], None)


def _of_term(name: str, coefficients: Coefficients) -> bool:
    """True if a prior of this name is on all coefficients of a term of a formula."""
    return bool(coefficients.designs) and name not in coefficients.coordinate and name in coefficients.terms


def _of_parameter(name: str, coefficients: Coefficients) -> bool:
    """True if a prior of this name is on a parameter itself, not on a coefficient."""
    return name in coefficients.family.params and name not in coefficients.designs


def _check(name: str, prior: Prior, coefficients: Coefficients) -> None:
    """Raise an OptionError if a prior does not suit what it is on."""
    if _of_parameter(name, coefficients):
        _check_set(name, prior, coefficients.family.params[name])
        return
    if _of_term(name, coefficients):
        width = len(coefficients.terms[name])
        if not prior.fits(width):
            raise OptionError(f"prior: {prior} does not suit the {width} coefficients of {name}")
    else:
        if name not in {*coefficients.names, *coefficients.terms}:
            known = [*coefficients.terms, *coefficients.names]
            raise UnknownName(f"prior: there is no {name!r}; {nearest(name, known)}")
        coefficients.index(name, "prior")
        if prior.many:
            several = [term for term, names in coefficients.terms.items() if len(names) > 1]
            give = f": name a term, such as prior={{{several[0]!r}: ...}}" if several else ""
            raise OptionError(f"prior: {prior} is about several numbers, but {name} is one coefficient{give}")
    _check_reach(name, prior)


def _check_set(name: str, prior: Prior, s: ParameterSet) -> None:
    """A prior on a parameter has a density in the parameter's set."""
    if s.many != prior.many or (s.many and np.isinf(prior.high)):
        raise OptionError(
            f"prior: {name} is {s.words}, which take a Dirichlet prior, not {prior}"
            if s.many
            else f"prior: {prior} is about several numbers, but {name} is {s.words}"
        )
    if s.many and not prior.fits(s.size + 1):
        raise OptionError(f"prior: {prior} does not have one value per level: {name} has {s.size + 1} levels")
    outside = prior.high <= s.low or prior.low >= s.high
    bounded = np.isfinite([prior.low, prior.high]).all() and (prior.low < s.low or prior.high > s.high)
    if not s.many and (outside or bounded):
        raise OptionError(f"prior: {prior} lies outside the set of {name}, which is {s.words}")
    if np.isinf([s.low, s.high]).all():
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
