"""Quantities of one fit that its explanation needs, each computed once; what cannot be computed is None."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ...data.labels import Labels
from ...data.rows import observed, weights_of
from ...errors import MlekitError
from ...families._sufficient import sufficient
from ...inference.information import resting
from ...models.solution import Status
from ...numerics.arrays import Floats
from .formatting import many, name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...data.design import Design
    from ...data.stats import Stats
    from ...fits import Fit
    from ...models.coefficients import Coefficients
    from ...models.prior_terms import PriorTerm

T = TypeVar("T")
MOST_ROWS = 10**6  # rows that are read again
MOST_REFITTED = 10**5  # rows that are fitted again
FEW = 10  # rows per parameter below which a regression overfits


class Facts:
    """Quantities of one fit, from which sentences are made."""

    def __init__(self, fit: Fit) -> None:
        self.fit, self.problem, self.solution = fit, fit.problem, fit.solution
        self.family, self.rows = fit.family, fit.problem.rows
        self.coefficients: Coefficients = fit.problem.coefficients
        self.designs: Mapping[str, Design] = self.coefficients.designs
        self.names = list(self.coefficients.names)
        self.n = float(fit.nobs)

    # -- data -----------------------------------------------------------------------------------------------------

    @property
    def target(self) -> str:
        """Name of the response."""
        return name(self.rows.target.strip("`"))

    @property
    def each_row(self) -> str:
        """The rows of the response as the subject of a sentence."""
        start = "The single row" if self.n == 1 else f"Each of the {many(self.n, 'row')}"
        return f"{start} of {self.target}{' (counted by their weights)' if self.rows.weighted else ''}"

    @property
    def identical(self) -> bool:
        """True if the rows are identically distributed, but for known numbers of trials."""
        return self.coefficients.constant and self.rows.offset is None

    @cached_property
    def y(self) -> Floats | None:
        """Exact observations as numbers or codes; None where there are none or too many."""
        return observed(self.rows)[0] if self.readable and self.exact else None

    @property
    def readable(self) -> bool:
        """True if the rows are available, and not too many, to be read again."""
        return self.rows.kept and len(self.rows) <= MOST_ROWS

    @property
    def exact(self) -> bool:
        """True if no row is known to be censored or truncated."""
        return not self.rows.kept or self.rows.observations.exact

    @cached_property
    def weights(self) -> Floats:
        """Weight of each row."""
        return weights_of(self.rows)

    @property
    def classes(self) -> list[Any]:
        """Levels of the response, as in the data; none where the observations are numbers."""
        return self.family.classes() or []

    @cached_property
    def columns(self) -> set[str]:
        """Names of the columns of the data."""
        table, designs = self.rows.table, self.designs.values()
        return set(table.names) if table is not None else {name for design in designs for name in design.names}

    @cached_property
    def boolean_columns(self) -> set[str]:
        """Names of the columns in the formulas that are true or false."""
        table = self.rows.table
        used = {name.strip("`") for design in self.designs.values() for name in design.names}
        values = {} if table is None else {name: table.column(name) for name in used & set(table.names)}
        return {name for name, own in values.items() if not isinstance(own, Labels) and own.dtype == bool}

    def mean(self, values: Floats) -> float:
        """Return the weighted mean over the rows."""
        w = self.weights
        return float((w * values)[w != 0].sum() / w.sum())

    def residuals(self, kind: str) -> Floats | None:
        """Return the residuals of the rows; None where they cannot be computed."""
        return None if self.y is None else attempt(lambda: np.asarray(self.fit.residuals(kind), dtype=float))

    # -- estimates ------------------------------------------------------------------------------------------------

    @cached_property
    def value(self) -> dict[str, float]:
        """Estimates by name."""
        return dict(zip(self.names, map(float, self.fit.params), strict=True))

    @cached_property
    def error(self) -> dict[str, float]:
        """Standard errors by name, NaN if there are none."""
        return dict(zip(self.names, map(float, self.fit.bse), strict=True))

    @cached_property
    def fixed(self) -> set[str]:
        """Names of the fixed parameters."""
        return self.problem.fixed_names

    @cached_property
    def free(self) -> list[str]:
        """Names of the fitted parameters."""
        return [name for name in self.names if name not in self.fixed]

    @cached_property
    def example(self) -> str:
        """Parameter that serves as an example of uncertainty: in a regression the coefficient farthest from zero."""
        known = [n for n in self.free if self.error[n] > 0] or self.free
        slopes = [n for n in known if self.designs and n not in self.family.params and not n.endswith("Intercept")]
        return max(slopes, key=lambda n: abs(self.value[n] / self.error[n])) if slopes else known[0]

    @property
    def tied(self) -> bool:
        """True if two names stand for one parameter."""
        return self.problem.tied

    @cached_property
    def at_kink(self) -> list[str]:
        """Coefficients that are exactly at the kink of their prior."""
        rest = resting(self.solution)
        if rest is None:
            return []
        places = {k: name for name, k in self.coefficients.coordinate.items()}
        at = np.flatnonzero(rest[0]) if self.problem.restriction is None else []
        return [places[int(k)] for k in at if int(k) in places]

    @property
    def overfitted(self) -> bool:
        """True for a regression with few rows per parameter."""
        return bool(self.designs) and self.n < FEW * self.problem.size

    @property
    def robust(self) -> bool:
        """True if the standard errors allow for another variance than that of the family."""
        return self.fit.cov_type not in ("information", "unbiased")

    @cached_property
    def intervals(self) -> tuple[dict[str, tuple[float, float]], str]:
        """95% intervals of the fitted parameters, and their method."""
        found = attempt(lambda: self.fit.conf_int(self.free))
        table = self.fit.conf_int(self.free, method="wald") if found is None else found
        low, high = table["lower"].to_numpy(), table["upper"].to_numpy()
        return {n: (float(a), float(b)) for n, a, b in zip(self.free, low, high, strict=True)}, table.attrs["method"]

    @property
    def code(self) -> str:
        """First code of the verdict."""
        return self.fit.verdict.codes[0]

    @property
    def ok(self) -> bool:
        """True if a maximum is proved."""
        return self.fit.verdict.ok

    @property
    def by_formula(self) -> bool:
        """True if the maximum has a closed form, or is the root of one equation in one unknown."""
        return self.solution.params is not None and not self.tied

    @property
    def at_boundary(self) -> bool:
        """True if the maximum is on the boundary of the parameter space."""
        return Status(int(self.solution.status[0])) == Status.BOUNDARY

    # -- priors ---------------------------------------------------------------------------------------------------

    @property
    def priors(self) -> list[PriorTerm]:
        """Priors, each with its parameter or coefficient."""
        return self.problem.priors.terms

    @property
    def has_prior(self) -> bool:
        """True if there is a prior."""
        return bool(self.problem.priors)

    @cached_property
    def imaginary(self) -> Stats | None:
        """Sufficient statistics of the imaginary rows of conjugate priors; None where there are no such rows."""
        family, problem, priors = self.family, self.problem, self.problem.priors
        if not (problem.form.summed and priors and sufficient(family)):
            return None
        return family.pseudo_stats(priors.by_name, problem.fixed)

    @property
    def flat(self) -> bool:
        """True if every prior is constant."""
        kernels = [prior.prior.kernel() for prior in self.priors]
        return all(kernel is not None and not any(map(np.any, kernel.values())) for kernel in kernels)

    @property
    def conjugate(self) -> bool:
        """True if there is no prior, or if the priors are imaginary rows."""
        return not self.has_prior or self.imaginary is not None

    @property
    def can_refit(self) -> bool:
        """True if the rows are available, and not too many, to be fitted again."""
        return self.rows.kept and (self.problem.form.summed or len(self.rows) <= MOST_REFITTED)

    @cached_property
    def without_prior(self) -> dict[str, float] | None:
        """Maximum-likelihood estimates, without the priors; None where they cannot be found."""
        if not self.can_refit:
            return attempt(self._from_sums) if self.problem.form.summed else None
        asked = replace(self.fit.estimator, prior=None, start=None, on_failure="ignore")
        found = attempt(lambda: asked.fit_rows(self.problem.model))
        return None if found is None or not found.verdict.ok else dict(zip(self.names, found.params, strict=True))

    def _from_sums(self) -> dict[str, float] | None:
        estimates = self.problem.family.estimate(self.problem.form.stats, self.problem.fixed)
        if estimates is None:
            return None
        values = self.coefficients.to_vector({p: estimates[p] for p in self.family.params})[0]
        return dict(zip(self.names, map(float, values), strict=True))

    # -- sufficient statistics ------------------------------------------------------------------------------------

    def data(self, statistic: str) -> float:
        """Return a sum over the data: n, or a sufficient statistic about zero."""
        return summed(self.problem.form.stats, statistic)

    def added(self, statistic: str) -> float:
        """Return the same sum over the imaginary rows."""
        return 0.0 if self.imaginary is None else summed(self.imaginary, statistic)

    def total(self, statistic: str) -> float:
        """Return the sum over data and imaginary rows."""
        return self.data(statistic) + self.added(statistic)


def summed(stats: Stats, statistic: str) -> float:
    """Return one sufficient statistic of one fit."""
    if statistic == "n":
        return float(np.ravel(stats.n)[0])
    return float(np.ravel(stats.about(0.0)[statistic])[0])


def attempt(question: Callable[[], T]) -> T | None:
    """Return the answer to a question, or None where the library has none."""
    try:
        with np.errstate(all="ignore"):
            return question()
    except (MlekitError, NotImplementedError, FloatingPointError, np.linalg.LinAlgError):
        return None
