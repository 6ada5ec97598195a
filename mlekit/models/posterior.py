"""The log posterior of a batch of fits: a family, its rows in some form, priors, and fixed or tied coordinates.

    value(v) = log-likelihood(z) + log prior(original(z))        z = T v + c,   original(z) = M z + s

Solvers move v. The form of the data (`forms`) works in the units of z, in which rows are rescaled and columns centred;
priors act on the original scale, that of the parameters as named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.observations import Observations
from ..data.stats import Stats
from ..families import Family
from .coefficients import Coefficients
from .forms import Form
from .objective import Objective
from .prior_terms import PriorTerms
from .problem import Array, Evaluation, Kinks, Problem
from .restriction import Restriction
from .solution import Solution
from .units import Units

if TYPE_CHECKING:
    from .linear import Linear


class LogPosterior(Problem):
    """The log posterior of G fits of one model.

    >>> import mlekit
    >>> posterior = mlekit.fit([2, 0, 1, 5], family="poisson").solution.problem
    >>> posterior.size, posterior.to_original(posterior.start()).round(6).tolist()
    (1, [[0.693147]])
    """

    def __init__(
        self,
        model: Linear,
        form: Form,
        priors: PriorTerms,
        fixed: Mapping[str, float],
        restriction: Restriction | None = None,
        begin: Array | None = None,
    ) -> None:
        self.model, self.form, self.priors, self.fixed = model, form, priors, fixed
        self.restriction, self.begin = restriction, begin
        self.count = form.count
        self.size = form.coefficients.size if restriction is None else restriction.matrix.shape[1]
        self.several_peaks = form.coefficients.family.several_peaks

    @property
    def family(self) -> Family:
        """The family, with its levels."""
        return self.form.coefficients.family

    @property
    def rows(self) -> Any:
        """The rows of the whole batch."""
        return self.model.rows

    @property
    def coefficients(self) -> Coefficients:
        """The layout of all coordinates, and the names of what people see."""
        return self.form.coefficients

    @property
    def units(self) -> Units:
        """The units of the coordinates."""
        return self.form.units

    @property
    def tied(self) -> bool:
        """Whether two values are made the same."""
        return self.restriction is not None and self.restriction.ties

    @cached_property
    def held(self) -> frozenset[str]:
        """The names of values that are not free."""
        if self.restriction is None:
            return frozenset()
        fixed = self.restriction.fixed
        return frozenset(name for name, k in self.coefficients.coordinate.items() if fixed[k])

    @property
    def held_values(self) -> Array:
        """The values that are not free, as a mask [U]."""
        return np.array([name in self.held for name in self.coefficients.names], dtype=bool)

    # -- what solvers ask -------------------------------------------------------------------------------------------

    def at(self, z: Array, order: int = 2) -> Evaluation:
        full = self.expand(z)
        e = self.form.at(full, order)
        if self.priors:
            e = self._with_priors(full, e, order)
        return e if self.restriction is None else self.restriction.project(e, order)

    def _with_priors(self, z: Array, e: Evaluation, order: int) -> Evaluation:
        """Priors act on the original scale: their derivatives come back through the affine map."""
        gradient, hessian = np.zeros_like(e.gradient), np.zeros_like(e.hessian)
        value = self.priors.add(self.units.to_original(z), e.value, gradient, hessian, order)
        turned = np.swapaxes(self.units.matrix, 1, 2)
        return Evaluation(
            value,
            e.gradient + (turned @ gradient[..., None])[..., 0] if order else e.gradient,
            e.hessian + turned @ hessian @ self.units.matrix if order > 1 else e.hessian,
        )

    def start(self) -> Array:
        if self.begin is not None:
            return self.begin
        z = self.form.start(self.fixed, bool(self.priors))
        if self.priors:
            z = self.units.from_original(self.priors.inside(self.units.to_original(z)))
        return self._reduced(z)

    def take(self, groups: Array) -> LogPosterior:
        groups = np.flatnonzero(groups) if groups.dtype == bool else groups
        restriction = self.restriction and self.restriction.take(groups)
        return LogPosterior(self.model, self.form.take(groups), self.priors, self.fixed, restriction)

    def covariance(self, z: Array) -> Array | None:
        """The covariance of all coordinates, where the form has more digits than the inverse of the Hessian."""
        return None if self.priors or self.fixed or self.restriction is not None else self.form.covariance(z)

    def unbounded(self) -> Array | None:
        return None if self.priors else self.form.unbounded(self.fixed)

    def closed(self) -> Solution | None:
        if self.restriction is not None and self.restriction.ties:
            return None
        found = self.form.closed(self.priors.by_name if self.priors else {}, self.fixed)
        if found is None:
            return None
        if found.z is None:
            return Solution(self, None, None, found.status, "closed", params=found.params)
        e = self.at(found.z, 2)
        return Solution(self, found.z, e.value, found.status, "closed", decrement=np.zeros(1), hessian=e.hessian)

    def kinks(self) -> Kinks | None:
        kinks = self.priors.kinks() if self.priors else None
        if kinks is None:
            return None
        diagonal = np.einsum("gkk->gk", self.units.matrix)[0]
        kinks = Kinks((kinks.position - self.units.shift[0]) / diagonal, kinks.weight * np.abs(diagonal))
        return kinks if self.restriction is None else self.restriction.kinks(kinks)

    def subsample(self) -> LogPosterior | None:
        form = self.form.subsample()
        return None if form is None else self.with_form(form)

    def other_starts(self, z: Array) -> list[Array]:
        """Those of the family; where they differ in fixed coordinates alone, a unit to either side in the first."""
        with np.errstate(all="ignore"):
            others = [self._reduced(other) for other in self.family.other_starts(self.expand(z))]
        aside = np.eye(1, self.size)
        return [it for other in others for it in ([z - aside, z + aside] if np.array_equal(other, z) else [other])]

    def stream(self) -> Objective:
        return Objective(self)

    # -- coordinates --------------------------------------------------------------------------------------------------

    def expand(self, z: Array) -> Array:
        """All coordinates from the free ones."""
        return z if self.restriction is None else self.restriction.expand(z)

    def _reduced(self, z: Array) -> Array:
        """The free coordinates of all."""
        return z if self.restriction is None else self.restriction.reduce(z)

    def to_original(self, z: Array) -> Array:
        """Coordinates on the scale of the link in original units, from the solver's: [G, K]."""
        return self.units.to_original(self.expand(z))

    def from_original(self, original: Array) -> Array:
        """The solver's coordinates of those in original units."""
        return self._reduced(self.units.from_original(original))

    def from_params(self, params: Mapping[str, Array]) -> Array:
        """The coordinates in original units of a family without formulas; an end of a set is at infinity."""
        with np.errstate(all="ignore"):
            free = self.family.to_free(params)
        if not free:
            return np.zeros((1, 0))
        return np.stack([np.broadcast_to(v, (self.count,)) for v in free], axis=1)

    def values(self, z: Array | None, params: Mapping[str, Array] | None = None) -> Array:
        """The parameters and coefficients as named, [G, U]."""
        if params is not None:
            flat = self.coefficients.to_vector(
                {p: v if np.ndim(v) else np.full(self.count, v) for p, v in params.items()}
            )
            return np.broadcast_to(flat, (self.count, flat.shape[1]))
        with np.errstate(all="ignore"):
            out = self.coefficients.values(self.to_original(z))
        for name, value in self.fixed.items():  # as they were given, not as they come back through a link
            out[:, self.coefficients.names.index(name)] = value
        return out

    def jacobian(self, z: Array) -> Array:
        """The derivatives of the values as named by the solver's coordinates, [G, U, q]."""
        return self.coefficients.jacobian(self.to_original(z)) @ self.free_directions

    @cached_property
    def free_directions(self) -> Array:
        """The derivatives of the original coordinates by the solver's: M T, [G, K, q]."""
        return self.units.matrix if self.restriction is None else self.units.matrix @ self.restriction.matrix

    # -- other likelihoods ----------------------------------------------------------------------------------------------

    def log_likelihood(self, params: Mapping[str, Array]) -> Array:
        """The log-likelihood of a family without formulas at its parameters, [G]: never nan, right at boundaries."""
        return self.form.log_likelihood(params)

    def log_prior(self, original: Array) -> Array:
        """The log density of the priors at coordinates in original units, [G]; 0 without priors."""
        with np.errstate(all="ignore"):
            return self.priors.log_density(original) if self.priors else np.zeros(self.count)

    def at_params(self, params: Mapping[str, Any], order: int = 2) -> Evaluation:
        """The log posterior of a family without formulas and its derivatives by the values as named, [G, U]."""
        from ..numerics.arrays import jets
        from ..numerics.jets import Jet, variables

        vector = self.coefficients.to_vector(params)
        count, size = vector.shape
        named = by_param(self.family, variables(list(vector.T), order))
        with np.errstate(all="ignore"):
            height = self.form.log_likelihood_over(jets(), named)
            for term in self.priors.terms:
                height = height + term.prior.log_density(jets(), named[term.name])
        height = height if isinstance(height, Jet) else Jet(height)
        gradient, hessian = np.zeros((count, size)), np.zeros((count, size, size))
        for i, d in height.gradient.items():
            gradient[:, i] = d
        for (i, j), d in height.hessian.items():
            hessian[:, i, j] = hessian[:, j, i] = d
        return Evaluation(height.value, gradient, hessian)

    def scores(self, z: Array) -> Array:
        """The derivatives of each row's log density by all coordinates, [n, K], unweighted."""
        return self.form.scores(self.expand(z), self.rows)

    def meat(self, z: Array, weights: Array | None = None) -> Array:
        """The sum over rows of w s s', with s the score of a row, for each fit: [G, K, K]."""
        s = self.scores(z)
        return self.rows.layout.cross(1.0, s, s, self.rows.weights if weights is None else weights, len(s))

    def statistics(self) -> Stats | None:
        """The sums of the data and of the imaginary rows of conjugate priors; None where there are none."""
        return self.form.statistics(self.priors.by_name if self.priors else {}, self.fixed)

    # -- the same with something else -----------------------------------------------------------------------------------

    def with_form(self, form: Form) -> LogPosterior:
        """The same model of other data."""
        return LogPosterior(self.model, form, self.priors, self.fixed, self.restriction)

    def reweighted(self, weights: Array, observations: Observations | None = None) -> LogPosterior:
        """The same rows with other weights, [B, n], or other observations with theirs: a batch of B fits."""
        return self.with_form(self.form.reweighted(weights, self.rows.observations if observations is None else observations))

    def ungrouped(self) -> LogPosterior:
        """One fit whose rows belong to it and not to a group, so that it can be asked at any number of points."""
        form = self.form.ungrouped()
        return self if form is self.form else self.with_form(form)

    def with_priors(self, priors: Any) -> LogPosterior:
        """The same data with other priors."""
        from .prior_terms import prior_terms

        terms = prior_terms(priors, self.coefficients)
        return LogPosterior(self.model, self.form, terms, self.fixed, self.restriction)

    def with_start(self, values: Mapping[str, float]) -> LogPosterior:
        """The same problem with these starting values of parameters or coefficients, by name."""
        index = {self.coefficients.index(n, "start"): self.coefficients.free(n, v, "start") for n, v in values.items()}
        original = self.to_original(self.start())
        for place, value in index.items():
            original[:, place] = value
        begin = self.from_original(original)
        return LogPosterior(self.model, self.form, self.priors, self.fixed, self.restriction, begin)

    def of_group(self, g: int, rows: Any) -> LogPosterior:
        """The problem of one group, whose rows are given."""
        form = self.form.take(np.array([g])).ungrouped()
        model = replace(self.model, rows=rows, coefficients=form.coefficients)
        restriction = self.restriction and self.restriction.take(np.array([g]))
        return LogPosterior(model, form, self.priors, self.fixed, restriction)


def by_param(family: Family, each: Any) -> dict[str, Any]:
    """Values in the order of their names, as the parameters of a family: one each, or a list where it has levels."""
    rest = iter(each)
    return {p: [next(rest) for _ in family.names(p)] if s.many else next(rest) for p, s in family.params.items()}
