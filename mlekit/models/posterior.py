"""The log posterior of a batch of fits: a family, its rows in some form, priors, and fixed or tied coordinates.

    value(v) = log-likelihood(z) + log prior(original(z))        z = T v + c,   original(z) = M z + s

Solvers move v. The form of the data (`forms`) works in the units of z, in which rows are rescaled and columns centred;
priors act on the original scale, that of the parameters as named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..data.observations import Observations
from ..data.rows import Rows
from ..data.stats import Stats
from ..numerics.arrays import NUMPY, Codes, Floats, Mask, Numbers, jets
from .coordinates import Coordinates
from .forms import Form
from .prior_terms import PriorTerms, prior_terms
from .problem import Evaluation, Kinks
from .solution import Solution

if TYPE_CHECKING:
    from .ends import Ends
    from .limits import Limits
    from .linear import Linear
    from .objective import Objective
    from .restriction import Restriction


ON_KINK = 1e-13  # a distance from a kink that is rounding, in units of its position and of the prior's scale


class LogPosterior(Coordinates):
    """The log posterior of G fits of one model, as solvers and inference see it.

    Attributes
    ----------
    model : Linear
        The model that was bound to the rows.
    form : Form
        The data, in the smallest form from which the log-likelihood can be worked out.
    priors : PriorTerms
        The priors on parameters and coefficients; false if there are none.
    fixed : mapping of str to float
        The values given with ``fixed=``, by name.
    restriction : Restriction or None
        The map from free coordinates to all; None if all are free.
    begin : ndarray of shape (G, q), or None
        Starting values that were given.
    count : int
        G, the number of fits.
    size : int
        q, the number of free coordinates of each fit.

    Examples
    --------
    >>> import mlekit
    >>> posterior = mlekit.fit([2, 0, 1, 5], family="poisson").solution.problem
    >>> posterior.size, posterior.values(posterior.start()).round(6).tolist()
    (1, [[2.0]])
    """

    def __init__(
        self,
        model: Linear,
        form: Form,
        priors: PriorTerms,
        fixed: Mapping[str, float],
        restriction: Restriction | None = None,
        begin: Floats | None = None,
    ) -> None:
        self.model, self.form, self.priors, self.fixed = model, form, priors, fixed
        self.restriction, self.begin = restriction, begin
        self.coefficients, self.units, self.count = form.coefficients, form.units, form.count
        self.size = form.coefficients.size if restriction is None else restriction.matrix.shape[1]
        self.several_peaks = form.coefficients.family.several_peaks

    @property
    def rows(self) -> Rows:
        """The rows of the whole batch."""
        assert self.model.rows is not None
        return self.model.rows

    @property
    def by_differences(self) -> bool:
        return self.family.by_differences

    # -- what solvers ask --------------------------------------------------------------------------------------------

    def at(self, z: Floats, order: int = 2) -> Evaluation:
        full = self.expand(z)
        e = self.form.at(full, order)
        if self.priors:
            e = self._with_priors(full, e, order)
        return e if self.restriction is None else self.restriction.project(e, order)

    def _with_priors(self, z: Floats, e: Evaluation, order: int) -> Evaluation:
        """Priors act on the original scale: their derivatives come back through the affine map."""
        gradient, hessian = np.zeros_like(e.gradient), np.zeros_like(e.hessian)
        value = self.priors.add(self._original(z), e.value, gradient, hessian, order)
        turned = np.swapaxes(self.units.matrix, 1, 2)
        return Evaluation(
            value,
            e.gradient + (turned @ gradient[..., None])[..., 0] if order else e.gradient,
            e.hessian + turned @ hessian @ self.units.matrix if order > 1 else e.hessian,
        )

    def start(self) -> Floats:
        if self.begin is not None:
            return self.begin
        z = self.form.start(self.fixed, bool(self.priors))
        if self.priors:
            z = self.units.from_original(self.priors.inside(self.units.to_original(z)))
        return self.reduce(z)

    def take(self, groups: Codes | Mask) -> LogPosterior:
        at = np.flatnonzero(groups) if groups.dtype == bool else np.asarray(groups, dtype=np.intp)
        restriction = self.restriction and self.restriction.take(at)
        return LogPosterior(self.model, self.form.take(at), self.priors, self.fixed, restriction)

    def covariance(self, z: Floats) -> Floats | None:
        """The covariance of all coordinates, if the form has more digits than the inverse of the Hessian."""
        return None if self.priors or self.fixed or self.restriction is not None else self.form.covariance(z)

    def unbounded(self) -> Mask | None:
        return None if self.priors else self.form.unbounded(self.fixed)

    def ends(self) -> Ends | None:
        from .ends import ends_of

        return ends_of(self.coefficients, None if self.restriction is None else self.restriction.matrix)

    def local_peaks(self) -> Mask | None:
        return None if self.priors else self.form.local_peaks(self.fixed)

    def closed(self) -> Solution[LogPosterior] | None:
        if self.restriction is not None and self.restriction.ties:
            return None
        found = self.form.closed(self.priors.by_name if self.priors else {}, self.fixed)
        if found is None:
            return None
        if found.z is None:
            return Solution(self, None, None, found.status, "closed", params=found.params)
        e = self.at(found.z, 2)
        return Solution(self, found.z, e.value, found.status, "closed", decrement=np.zeros(1), hessian=e.hessian)

    def total_weight(self) -> Floats:
        return np.broadcast_to(self.form.total_weight(), (self.count,))

    def kinks(self) -> Kinks | None:
        kinks = self._kinks()
        return kinks if kinks is None or self.restriction is None else self.restriction.kinks(kinks)

    def _kinks(self) -> Kinks | None:
        """The kinks of the priors in all coordinates of the form."""
        kinks = self.priors.kinks if self.priors else None
        if kinks is None:
            return None
        diagonal = np.einsum("gkk->gk", self.units.matrix)[0]
        return Kinks((kinks.position - self.units.shift[0]) / diagonal, kinks.weight * np.abs(diagonal))

    def _original(self, z: Floats) -> Floats:
        """All coordinates in original units; exactly on a kink where only rounding is between."""
        original, inner = self.units.to_original(z), self._kinks()
        if inner is None or self.priors.kinks is None:
            return original
        with np.errstate(divide="ignore"):
            close = np.abs(z - inner.position) <= ON_KINK * (np.abs(inner.position) + 1 / inner.weight)
        return np.where(close & (inner.weight > 0), self.priors.kinks.position, original)

    @property
    def limited(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.form.limited

    def limits(self) -> Limits:
        found = self.form.limits()
        return found if self.restriction is None else self.restriction.limits(found)

    def subsample(self) -> LogPosterior | None:
        form = self.form.subsample()
        return None if form is None else self.with_form(form)

    def other_starts(self, z: Floats) -> list[Floats]:
        """Those of the family; where they differ in fixed coordinates only, a unit to either side in the first."""
        with np.errstate(all="ignore"):
            others = [self.reduce(other) for other in self.family.other_starts(self.expand(z))]
        aside = np.eye(1, self.size)
        return [it for other in others for it in ([z - aside, z + aside] if np.array_equal(other, z) else [other])]

    def stream(self) -> Objective:
        from .objective import Objective

        return Objective(self)

    def doubts(self, solution: Solution) -> str:
        """Why the family cannot be right at the estimates, of a regression at the mean of the columns."""
        z = solution.z
        if z is None or not self.rows.kept or not np.isfinite(z[0]).all():
            return ""
        full = self.expand(z)[0]
        free = [np.float64(0.0 if run.intercept is None else full[run.intercept]) for run in self.coefficients.runs]
        with np.errstate(all="ignore"):
            params = self.family.to_params(NUMPY, free)
        return self.family.doubts(self.rows.observations, params)

    # -- likelihoods and scores --------------------------------------------------------------------------------------

    def log_likelihood(self, params: Mapping[str, Numbers]) -> Floats:
        """Return the log-likelihood of a family without formulas.

        Parameters
        ----------
        params : mapping of str to array
            The parameters as named: [G] each, of probabilities one [G] per level. They may be at ends of their sets.

        Returns
        -------
        ndarray of shape (G,)
            The log-likelihood of each fit, never NaN.
        """
        return self.form.log_likelihood(params)

    def log_prior(self, original: Floats) -> Floats:
        """Return the log density of the priors.

        Parameters
        ----------
        original : ndarray of shape (G, K)
            Coordinates on the scale of the link in original units.

        Returns
        -------
        ndarray of shape (G,)
            The log density of each fit, 0 without priors.
        """
        with np.errstate(all="ignore"):
            return self.priors.log_density(original) if self.priors else np.zeros(self.count)

    def at_params(self, params: Mapping[str, Numbers], order: int = 2) -> Evaluation:
        """Evaluate the log posterior of a family without formulas in its parameters as named.

        Parameters
        ----------
        params : mapping of str to array
            The parameters as named: [G] each, of probabilities one [G] per level. They may be at ends of their sets.
        order : {0, 1, 2}, default 2
            The highest derivatives that are needed.

        Returns
        -------
        Evaluation
            Value [G], gradient [G, U] and Hessian [G, U, U] by the values as named, probabilities one by one.
        """
        from ..numerics.jets import Jet, variables

        vector = self.coefficients.to_vector(params)
        count, size = vector.shape
        named = self.coefficients.by_param(variables(list(vector.T), order))
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

    def scores(self, z: Floats) -> Floats:
        """Return the scores of the rows in all coordinates.

        Parameters
        ----------
        z : ndarray of shape (G, q)
            Coordinates of the solver.

        Returns
        -------
        ndarray of shape (n, K)
            The derivatives of each row's log density by the coordinates of its own fit, without weights and priors.
        """
        return self.form.scores(self.expand(z), self.rows)

    def meat(self, z: Floats, weights: Floats | None = None) -> Floats:
        """Return the sum over rows of w s s', with s the score of a row, for each fit.

        Parameters
        ----------
        z : ndarray of shape (G, q)
            Coordinates of the solver.
        weights : ndarray of shape (n,), optional
            The weight w of each row; by default as often as it counts.

        Returns
        -------
        ndarray of shape (G, K, K)
            The middle of a sandwich estimator of the covariance of all coordinates.
        """
        s = self.scores(z)
        return self.rows.layout.cross(1.0, s, s, self.rows.weights if weights is None else weights, len(s))

    def statistics(self) -> Stats | None:
        """Return the sums of the data and of the imaginary rows of conjugate priors.

        Returns
        -------
        Stats or None
            None if the family has no sufficient statistics here, or a prior is not conjugate.
        """
        return self.form.statistics(self.priors.by_name if self.priors else {}, self.fixed)

    # -- the same with something else --------------------------------------------------------------------------------

    def with_form(self, form: Form) -> LogPosterior:
        """The same model of other data."""
        return LogPosterior(self.model, form, self.priors, self.fixed, self.restriction)

    def reweighted(self, weights: Floats, observations: Observations | None = None) -> LogPosterior:
        """Return a batch of fits to the same rows with other weights.

        Parameters
        ----------
        weights : ndarray of shape (B, n)
            The weight of each row in each of the B fits.
        observations : Observations, optional
            Other observations, such as the distinct ones if `weights` count them; by default those of the rows.

        Returns
        -------
        LogPosterior
            A batch of B fits. Some forms take one set of weights per call.
        """
        observations = self.rows.observations if observations is None else observations
        return self.with_form(self.form.reweighted(weights, observations))

    def ungrouped(self) -> LogPosterior:
        """One fit whose rows belong to it and not to a group, so that it can be asked at any number of points."""
        form = self.form.ungrouped()
        return self if form is self.form else self.with_form(form)

    def with_priors(self, priors: object) -> LogPosterior:
        """Return the log posterior of the same data under other priors.

        Parameters
        ----------
        priors : Prior, mapping of str to Prior, or None
            Priors as ``prior=`` of `mlekit.fit` takes them.

        Returns
        -------
        LogPosterior

        Raises
        ------
        OptionError
            If a prior does not suit its parameter.
        """
        terms = prior_terms(priors, self.coefficients)
        return LogPosterior(self.model, self.form, terms, self.fixed, self.restriction)

    def with_start(self, values: Mapping[str, float]) -> LogPosterior:
        index = {self.coefficients.index(n, "start"): self.coefficients.free(n, v, "start") for n, v in values.items()}
        original = self.to_original(self.start())
        for position, value in index.items():
            original[:, position] = value
        begin = self.from_original(original)
        return LogPosterior(self.model, self.form, self.priors, self.fixed, self.restriction, begin)

    def of_group(self, g: int, rows: Rows) -> LogPosterior:
        """The problem of one group, whose rows are given."""
        form = self.form.take(np.array([g])).ungrouped()
        model = replace(self.model, rows=rows, coefficients=form.coefficients)
        restriction = self.restriction and self.restriction.take(np.array([g]))
        return LogPosterior(model, form, self.priors, self.fixed, restriction)


Fitted = Solution[LogPosterior]  # the solution of a family's log posterior, as inference takes it
