"""Estimator = model + priors + solver. Its method `fit` takes data and returns a fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Unpack, overload

import numpy as np

from . import families, fits, solvers
from .errors import (
    ConvergenceError,
    ConvergenceWarning,
    DataError,
    Explained,
    OptionError,
    nearest,
    outside_level,
)
from .fits import BaseFit, Fit
from .models.base import Model
from .models.coefficients import numbers_by_name
from .models.linear import Linear
from .models.problem import Problem
from .models.solution import Solution

if TYPE_CHECKING:
    from .arguments import Column, Data, FamilyLike, LinkLike, PriorLike, RowOptions, Seed, Target
    from .families._base import Family
    from .fits import GroupedFit
    from .links import Link
    from .solvers._base import Solver

F = TypeVar("F")
A_co = TypeVar("A_co", covariant=True)  # the type of `family`, which decides the type of the fit
B = TypeVar("B", bound=BaseFit[Any])


@dataclass(frozen=True)
class Estimator(Generic[A_co], metaclass=Explained):
    """A model with its priors and a solver, before it has data.

    `mlekit.fit(data, ...)` is short for `mlekit.Estimator(...).fit(data)`.

    Parameters
    ----------
    family : str, Family, scipy distribution or Model
        Distribution of the observations, as in `mlekit.fit`.
    prior : Prior or dict, optional
        Prior of the first parameter (in a regression, of its coefficients other than the intercept), or a dict of
        priors by parameter, coefficient or term.
    solver : str or Solver, default "auto"
        Solver, as in `mlekit.fit`.
    link : str, Link or dict, optional
        Link of the first parameter, or a dict of links by parameter.
    fixed : dict, optional
        Values at which parameters or coefficients are kept, by name.
    tied : dict, optional
        Parameters that are equal to others.
    start : dict, optional
        Values at which the search begins, by name.
    on_failure : {"warn", "raise", "ignore"}, default "warn"
        Reaction to estimates that are not proved to be a maximum.
    seed : int, numpy.random.Generator or None, default 0
        Seed of what a solver draws, such as minibatches; None draws afresh.

    Examples
    --------
    >>> import mlekit
    >>> coin = mlekit.Estimator("bernoulli", prior=mlekit.priors.Beta(2, 2))
    >>> coin.fit([1, 0, 1, 1])["p"]
    0.6666666666666666
    """

    family: A_co
    prior: PriorLike | None = None
    solver: str | Solver = "auto"
    link: LinkLike | None = None
    fixed: Mapping[str, float] = field(default_factory=dict)
    tied: Mapping[str, str] = field(default_factory=dict)
    start: Mapping[str, float] | None = None
    on_failure: str = "warn"
    seed: Seed | None = 0

    def __post_init__(self) -> None:
        if type(self.seed) is not int or self.seed < 0:
            from .numerics.seeds import generator

            generator(self.seed)  # or the error of what is not a seed

    @overload
    def fit(
        self: Estimator[Model[F]],
        data: Data,
        target: Target | None = None,
        *,
        by: None = None,
        **options: Unpack[RowOptions],
    ) -> F: ...
    @overload
    def fit(
        self: Estimator[FamilyLike],
        data: Data,
        target: Target | None = None,
        *,
        by: None = None,
        **options: Unpack[RowOptions],
    ) -> Fit: ...
    @overload
    def fit(
        self: Estimator[FamilyLike],
        data: Data,
        target: Target | None = None,
        *,
        by: object,
        **options: Unpack[RowOptions],
    ) -> GroupedFit: ...
    def fit(
        self,
        data: Data,
        target: Target | None = None,
        *,
        by: Any = None,
        weights: Column | None = None,
        offset: Column | None = None,
        missing: str = "error",
        intercept: bool = True,
    ) -> Any:
        """Fit the model to data.

        Parameters
        ----------
        data : column, table or model-specific data
            Rows, as in `mlekit.fit`.
        target : str, dict or array-like, optional
            Column, formula or response, as in `mlekit.fit`.
        by : str, list of str or array-like, optional
            Columns, or an array of keys, that divide the rows into groups.
        weights : str or array-like, optional
            Frequencies: a column or an array.
        offset : str or array-like, optional
            A column or an array, added to the linear predictor of the first parameter.
        missing : {"error", "drop"}, default "error"
            Whether missing values are an error, or their rows are left out.
        intercept : bool, default True
            Whether the regression of an array `target` has an intercept.

        Returns
        -------
        Fit, GroupedFit, NetworkFit or another
            A `Fit`; with `by` a `GroupedFit`; of `mlekit.network` a `NetworkFit`; of another model its own kind of fit.

        Examples
        --------
        >>> import mlekit
        >>> mlekit.Estimator("poisson").fit([2, 0, 1, 5])["rate"]
        2.0
        """
        model = self.model()
        rows = model.read(data, target, by=by, weights=weights, offset=offset, missing=missing, intercept=intercept)
        try:
            return self.fit_rows(model.bind(rows))
        except DataError as error:
            model.renumber(error, rows)
            raise

    def model(self) -> Model[Any]:
        """Return the model: that of the family with its links, or the model that was given.

        Returns
        -------
        Model
            A model without data.

        Raises
        ------
        OptionError
            If there is no such family or link, or an argument does not go with a model.

        Examples
        --------
        >>> import mlekit
        >>> mlekit.Estimator("poisson", link="identity").model().family
        poisson
        """
        if type(self.family) is not str and isinstance(self.family, Model):  # the first question is the fast one
            for name, given in {"link": self.link, "start": self.start, "tied": self.tied}.items():
                if given:
                    raise OptionError(
                        f"{name}= is about the parameters of a family, and family= is a model: leave {name}= out"
                    )
            return self.family
        if isinstance(self.family, type) and issubclass(self.family, Model):
            raise OptionError(f"family= is the class {self.family.__name__}: give one of it, {self.family.__name__}()")
        family = families.get(self.family)
        if self.prior or self.fixed or self.tied or self.start:
            from .families.composite._reparametrised import suited

            family = suited(
                family, [n for given in (self.prior, self.fixed, self.tied, self.start) for n in named(given)]
            )
        return Linear(family if self.link is None else family.with_links(name_links(family, self.link)))

    def fit_rows(self, model: Any) -> Any:
        """Fit a model that has its rows.

        Parameters
        ----------
        model : Model
            Model that `Model.bind` returned.

        Returns
        -------
        Fit, GroupedFit, NetworkFit or another
            The fit, as `fit` returns it.

        Examples
        --------
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
        with np.errstate(all="ignore"):  # overflow on the way is looked at, not warned about
            problem = model.problem(self.prior, self.fixed or {}, self.tied or {})
            solution = self.solve(problem)
        answer = model.answer() or (Fit if model.rows.groups is None else fits.GroupedFit)
        return conclude(answer(self, solution), self.on_failure)

    def solve(self, problem: Problem) -> Solution:
        """Solve a problem with the first solver that can.

        Parameters
        ----------
        problem : Problem
            Problem to solve.

        Returns
        -------
        Solution
            Answer of the solver.

        Raises
        ------
        OptionError
            If the solver cannot solve such a problem.

        Examples
        --------
        >>> import mlekit
        >>> coin = mlekit.fit([1, 0, 1, 1], family="bernoulli")
        >>> mlekit.Estimator("bernoulli").solve(coin.problem).params["p"].item()
        0.75
        """
        if self.start:
            problem = problem.with_start(numbers_by_name(self.start, "start"))
        seed = np.random.default_rng() if self.seed is None else self.seed
        for solver in solvers.get(self.solver):
            solution = (solver.seeded(seed) if seed != 0 else solver).solve(problem)
            if solution is not None:
                return solution
        raise OptionError(solver.refusal())  # pyright: ignore[reportPossiblyUnboundVariable]


def named(given: object) -> list[str]:
    """Return the parameters that an argument names; of a tie those of both sides."""
    if not isinstance(given, Mapping):
        return []
    return [*given, *(other for other in given.values() if isinstance(other, str))]


def name_links(family: Family, link: LinkLike) -> dict[str, str | Link]:
    """Return links by parameter; a single link is that of the first parameter."""
    named = dict(link) if isinstance(link, Mapping) else {next(iter(family.params)): link}
    for param in named:
        if param not in family.params:
            raise OptionError(f"link: {family.name} has no parameter {param!r}; {nearest(param, family.params)}")
    return named


def conclude(fit: B, on_failure: str) -> B:
    """Return the fit; if it is not proved to be a maximum, warn, raise an error or do nothing, as asked."""
    if on_failure not in ("warn", "raise", "ignore"):
        raise OptionError(f"on_failure is {on_failure!r}: use 'warn', 'raise' or 'ignore'")
    if fit.quick_ok or on_failure == "ignore":
        return fit
    message = fit.doubts() if fit.verdict_ok else fit.complaint()
    if not message:
        return fit
    if on_failure == "raise":
        raise ConvergenceError(message)
    import warnings

    warnings.warn(message, ConvergenceWarning, stacklevel=outside_level())
    return fit
