"""The same fit in other parameters of its family."""

from __future__ import annotations

from dataclasses import replace

from ..families.composite._reparametrised import suited
from ..models.coefficients import coefficients_of
from ..models.forms.sums import Sums
from ..models.posterior import Fitted, LogPosterior
from ..models.prior_terms import PriorTerms
from ..solvers import AUTO, InTurn


def fitted_in(problem: LogPosterior, name: str) -> Fitted | None:
    """The fit in parameters of which `name`, a derived one, is one; None if the family has no such parameters."""
    family = suited(problem.family, [name])
    if family is problem.family or not family.sufficient or problem.restriction is not None or problem.priors:
        return None
    sums = problem.form.statistics({}, {})
    if sums is None:
        return None
    coefficients = coefficients_of(family, {})
    model = replace(problem.model, family=family, coefficients=coefficients)
    return InTurn(AUTO).solve(LogPosterior(model, Sums(coefficients, sums), PriorTerms(coefficients, []), {}))
