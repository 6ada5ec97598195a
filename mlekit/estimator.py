"""Estimator = model + priors + solver. Its `fit` takes data and answers a Fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import families, solvers
from .errors import ConvergenceError, ConvergenceWarning, OptionError, nearest
from .fits import Fit, GroupedFit
from .models.base import Bound, Model
from .models.coefficients import numbers_by_name
from .models.linear import Linear
from .solvers._base import Solution


@dataclass(frozen=True)
class Estimator:
    """How to fit, without data yet.

    >>> import mlekit
    >>> coin = mlekit.Estimator("bernoulli", prior=mlekit.priors.Beta(2, 2))
    >>> coin.fit([1, 0, 1, 1])["p"]
    0.6666666666666666
    """

    family: Any
    prior: Any = None
    solver: Any = "auto"
    link: Any = None
    fixed: Mapping[str, float] = field(default_factory=dict)
    tied: Mapping[str, str] = field(default_factory=dict)
    start: Mapping[str, float] | None = None
    on_failure: str = "warn"
    seed: Any = 0

    def fit(
        self,
        data: Any,
        target: Any = None,
        *,
        by: Any = None,
        weights: Any = None,
        offset: Any = None,
        missing: str = "error",
        intercept: bool = True,
    ) -> Any:
        """The parameters under which these data are least surprising, as a Fit (a GroupedFit with by=).

        >>> import mlekit
        >>> mlekit.Estimator("poisson").fit([2, 0, 1, 5])["rate"]
        2.0
        """
        model = self.model()
        rows = model.read(data, target, by=by, weights=weights, offset=offset, missing=missing, intercept=intercept)
        return self.fit_rows(model.bind(rows))

    def model(self) -> Model[Any]:
        """The law, with its links, as a model of rows; a whole model as it is.

        >>> import mlekit
        >>> mlekit.Estimator("poisson", link="identity").model().family
        poisson
        """
        if isinstance(self.family, Model):
            for name, given in {"link": self.link, "start": self.start, "tied": self.tied}.items():
                if given:
                    raise OptionError(
                        f"{name}= is about the parameters of a law, and family= is a whole model: leave it out"
                    )
            return self.family
        if isinstance(self.family, type) and issubclass(self.family, Model):
            raise OptionError(f"family= is the class {self.family.__name__}: give one of it, {self.family.__name__}()")
        family = families.get(self.family)
        given = (self.prior, self.fixed, self.tied, self.start)
        names = [name for values in given if values for name in named(values)]
        if names:
            from .families.composite.reparametrised import suited

            family = suited(family, names)
        return Linear(family if self.link is None else family.with_links(name_links(family, self.link)))

    def fit_rows(self, model: Any) -> Any:
        """The fit of a model that is bound to its rows.

        >>> import mlekit
        >>> estimator = mlekit.Estimator("poisson")
        >>> model = estimator.model()
        >>> how = {"by": None, "weights": None, "offset": None, "missing": "error", "intercept": True}
        >>> estimator.fit_rows(model.bind(model.read([2, 0, 1, 5], None, **how)))["rate"]
        2.0
        """
        own = model.fitted(self)
        if own is not None:
            return conclude(own, self.on_failure)
        with np.errstate(all="ignore"):  # what overflows on the way is looked at, not warned about
            bound = model.problem(self.prior, self.fixed or {}, self.tied or {})
            solution = self.solve(bound)
        answer = model.answer() or (Fit if model.rows.groups is None else GroupedFit)
        return conclude(answer(self, bound, solution), self.on_failure)

    def solve(self, bound: Bound) -> Solution:
        """The answer of the first solver that can give one.

        >>> import mlekit
        >>> coin = mlekit.fit([1, 0, 1, 1], family="bernoulli")
        >>> mlekit.Estimator("bernoulli").solve(coin.bound).natural["p"].item()
        0.75
        """
        bound = started(bound, self.start)
        for solver in solvers.get(self.solver):
            solution = solver.solve(bound.problem)
            if solution is not None:
                return solution
        raise OptionError(solver.refusal())  # pyright: ignore[reportPossiblyUnboundVariable]


def named(given: Any) -> list[str]:
    """The parameters that an argument names, of both sides of a tie."""
    if not isinstance(given, Mapping):
        return []
    return [*given, *(other for other in given.values() if isinstance(other, str))]


def name_links(family: Any, link: Any) -> dict[str, Any]:
    """Links by parameter; one link is for the first parameter."""
    named = dict(link) if isinstance(link, Mapping) else {next(iter(family.params)): link}
    for param in named:
        if param not in family.params:
            raise OptionError(f"link: {family.name} has no parameter {param!r}; {nearest(param, family.params)}")
    return named


def started(bound: Bound, start: Mapping[str, float] | None) -> Bound:
    """The problem, begun where the user says."""
    if not start:
        return bound
    coefficients, problem = bound.model.coefficients, bound.problem
    assert coefficients is not None
    values = numbers_by_name(start, "start")
    given = {coefficients.index(n, "start"): coefficients.free(n, value, "start") for n, value in values.items()}
    user = bound.user(problem.start())
    for place, value in given.items():
        user[:, place] = value
    full = bound.base.from_user(user)
    begin = full if bound.matrix is None else problem.reduce(full)  # type: ignore[attr-defined]
    problem.start = lambda: begin  # type: ignore[method-assign]
    return bound


def conclude(fit: Any, on_failure: str) -> Any:
    """A fit that is not proved says so: a warning, an error, or nothing if that was asked for."""
    if on_failure not in ("warn", "raise", "ignore"):
        raise OptionError(f"on_failure is {on_failure!r}: use 'warn', 'raise' or 'ignore'")
    if fit.quick_ok or on_failure == "ignore" or fit.verdict_ok:
        return fit
    message = fit.complaint()
    if on_failure == "raise":
        raise ConvergenceError(message)
    import warnings

    warnings.warn(message, ConvergenceWarning, stacklevel=_callers())
    return fit


def _callers() -> int:
    """How many calls up the line stands that asked for the fit: the first outside these two packages."""
    from inspect import currentframe

    level, frame = 0, currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in ("mlekit", "lm"):
        level, frame = level + 1, frame.f_back
    return level
