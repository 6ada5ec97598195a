"""What the words of a fit are made of, each worked out once; what cannot be had is None."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from ...data.columns import Labels
from ...data.rows import observed
from ...errors import MlekitError
from ...inference.information import resting
from ...models.solution import Status
from . import say

Array = Any
MOST = 10**6  # rows that are looked at again
CHEAP = 10**5  # rows for which a fit is made again
FEW = 10  # rows a number, below which a regression follows noise


class View:
    """A fit, as the words see it."""

    def __init__(self, fit: Any) -> None:
        self.fit, self.problem, self.solution = fit, fit.problem, fit.solution
        self.family, self.base, self.rows = fit.family, fit.problem, fit.problem.rows
        self.coefficients: Any = fit.problem.coefficients
        self.designs = self.coefficients.designs
        self.names = list(self.coefficients.names)
        self.n = float(fit.nobs)

    # -- the data -------------------------------------------------------------------------------------------------

    @property
    def target(self) -> str:
        """The column that was modelled."""
        return say.name(self.rows.target.strip("`"))

    @property
    def each_row(self) -> str:
        """The rows of the column, at the start of a sentence."""
        start = "The one row" if self.n == 1 else f"Each of the {say.many(self.n, 'row')}"
        return f"{start} of {self.target}{' (counted by weight)' if self.rows.weighted else ''}"

    @property
    def plain(self) -> bool:
        """Whether every row has the same law, but for what is known of it."""
        return self.coefficients.constant and self.rows.offset is None

    @cached_property
    def y(self) -> Array | None:
        """The observations as numbers, or codes; None where they are gone or too many."""
        if not self.rows.kept or len(self.rows) > MOST:
            return None
        return self._observed[0]

    @cached_property
    def weights(self) -> Array:
        """How often each row counts."""
        return self._observed[1]

    @cached_property
    def _observed(self) -> tuple[Array, Array]:
        return observed(self.rows)

    @cached_property
    def columns(self) -> set[str]:
        """The columns of the data by name."""
        table, designs = self.rows.table, self.designs.values()
        return set(table.names) if table is not None else {name for design in designs for name in design.names}

    @cached_property
    def switches(self) -> set[str]:
        """The columns of the formulas that are true or false."""
        table = self.rows.table
        used = {name.strip("`") for design in self.designs.values() for name in design.names}
        values = {} if table is None else {name: table.column(name) for name in used & set(table.names)}
        return {name for name, own in values.items() if not isinstance(own, Labels) and own.dtype == bool}

    def mean(self, values: Array) -> float:
        """The mean over the rows, each as often as it counts."""
        w = self.weights
        return float((w * values)[w != 0].sum() / w.sum())

    def residuals(self, kind: str) -> Array | None:
        """What is left of each row; None where that cannot be had."""
        return None if self.y is None else attempt(lambda: np.asarray(self.fit.residuals(kind), dtype=float))

    # -- the answer -----------------------------------------------------------------------------------------------

    @cached_property
    def value(self) -> dict[str, float]:
        """The estimates."""
        return dict(zip(self.names, map(float, self.fit.params), strict=True))

    @cached_property
    def error(self) -> dict[str, float]:
        """Their standard errors, NaN where there is none."""
        return dict(zip(self.names, map(float, self.fit.bse), strict=True))

    @cached_property
    def held(self) -> set[str]:
        """What was not free."""
        return self.problem.fixed_names

    @cached_property
    def free(self) -> list[str]:
        """What was."""
        return [name for name in self.names if name not in self.held]

    @cached_property
    def main(self) -> str:
        """The value that words about errors take as their example: of coefficients the strongest."""
        known = [n for n in self.free if self.error[n] > 0] or self.free
        slopes = [n for n in known if self.designs and n not in self.family.params and not n.endswith("Intercept")]
        return max(slopes, key=lambda n: abs(self.value[n] / self.error[n])) if slopes else known[0]

    @property
    def tied(self) -> bool:
        """Whether one number stands for two values."""
        return self.problem.tied

    @cached_property
    def rests(self) -> list[str]:
        """Coefficients that stand exactly on the kink of their prior."""
        rest = resting(self.solution)
        if rest is None:
            return []
        places = {k: name for name, k in self.coefficients.coordinate.items()}
        at = np.flatnonzero(rest[0]) if self.problem.restriction is None else []
        return [places[int(k)] for k in at if int(k) in places]

    @property
    def crowded(self) -> bool:
        """Whether a formula has few rows for each of its numbers."""
        return bool(self.designs) and self.n < FEW * self.problem.size

    @property
    def robust(self) -> bool:
        """Whether the errors hold where the variance is not the law's."""
        return self.fit.cov_type not in ("information", "unbiased")

    @cached_property
    def intervals(self) -> tuple[dict[str, tuple[float, float]], str]:
        """The 95% intervals of what was free, and their method."""
        found = attempt(lambda: self.fit.conf_int(self.free))
        table = self.fit.conf_int(self.free, method="wald") if found is None else found
        low, high = table["lower"].to_numpy(), table["upper"].to_numpy()
        return {n: (float(a), float(b)) for n, a, b in zip(self.free, low, high, strict=True)}, table.attrs["method"]

    @property
    def code(self) -> str:
        """What was found, in a word."""
        return self.fit.verdict.codes[0]

    @property
    def ok(self) -> bool:
        """Whether the answer is proved."""
        return self.fit.verdict.ok

    @property
    def by_formula(self) -> bool:
        """Whether a formula, or one equation in one unknown, gave the answer."""
        return self.solution.params is not None and not self.tied

    @property
    def at_end(self) -> bool:
        """Whether the maximum is at an end of a set."""
        return Status(int(self.solution.status[0])) == Status.BOUNDARY

    # -- priors ---------------------------------------------------------------------------------------------------

    @property
    def beliefs(self) -> list[Any]:
        """Priors with what they are about."""
        return self.problem.priors.terms

    @property
    def believed(self) -> bool:
        """Whether there is a prior."""
        return bool(self.problem.priors)

    def about(self, belief: Any) -> str:
        """The parameter or coefficient of a prior."""
        if belief.param is not None:
            return belief.param
        return next(name for name, k in self.coefficients.coordinate.items() if k == belief.positions[0])

    @cached_property
    def extra(self) -> Any:
        """The imaginary rows of conjugate priors, as sums; None where there are none."""
        base = self.base
        return base.family.pseudo_stats(base.priors.by_name, base.fixed) if base.form.summed and base.priors else None

    @property
    def flat(self) -> bool:
        """Whether every prior is constant."""
        kernels = [belief.prior.kernel() for belief in self.beliefs]
        return all(kernel is not None and not any(map(np.any, kernel.values())) for kernel in kernels)

    @property
    def conjugate(self) -> bool:
        """Whether all that was added to the data is rows, or nothing."""
        return not self.believed or self.extra is not None

    @property
    def again(self) -> bool:
        """Whether the rows are there to be fitted once more, and not too many."""
        return self.rows.kept and (self.problem.form.summed or len(self.rows) <= CHEAP)

    @cached_property
    def alone(self) -> dict[str, float] | None:
        """The estimates of the data without the priors; None where they cannot be had."""
        if not self.again:
            return attempt(self._from_sums) if self.problem.form.summed else None
        asked = replace(self.fit.estimator, prior=None, start=None, on_failure="ignore")
        found = attempt(lambda: asked.fit_rows(self.problem.model))
        return None if found is None or not found.verdict.ok else dict(zip(self.names, found.params, strict=True))

    def _from_sums(self) -> dict[str, float] | None:
        natural = self.family.estimate(self.problem.form.stats, self.problem.fixed)
        if natural is None:
            return None
        values = self.coefficients.to_vector({p: natural[p] for p in self.family.params})[0]
        return dict(zip(self.names, map(float, values), strict=True))

    # -- sums -----------------------------------------------------------------------------------------------------

    def data(self, name: str) -> float:
        """A sum of the data: n, or one of the law's statistics about zero."""
        return summed(self.problem.form.stats, name)

    def added(self, name: str) -> float:
        """The same of imaginary rows."""
        return 0.0 if self.extra is None else summed(self.extra, name)

    def total(self, name: str) -> float:
        """Both."""
        return self.data(name) + self.added(name)


def summed(stats: Any, name: str) -> float:
    """One sum of one fit."""
    if name == "n":
        return float(np.ravel(stats.n)[0])
    return float(np.ravel(stats.about(0.0)[name])[0])


def attempt(question: Callable[[], Any]) -> Any:
    """The answer, or None where the library has none."""
    try:
        with np.errstate(all="ignore"):
            return question()
    except (MlekitError, NotImplementedError, FloatingPointError, np.linalg.LinAlgError):
        return None
