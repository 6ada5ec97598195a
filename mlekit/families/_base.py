"""What a law is.

A family is written once, as the formula of its log density in its own parameters. Everything else has a default:
derivatives come from the formula by the chain rule, parameters are freed of their constraints by the link of the set
they live in, and statistics that a law has in closed form are overrides that may be faster but never differ.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from ..data.columns import numbers
from ..data.stats import Stats
from ..errors import DataError, OptionError
from ..numerics.arrays import NUMPY, Namespace, jets
from ..numerics.supports import Link, link

Array = Any
Params = Mapping[str, Any]


@dataclass(frozen=True)
class Alternative:
    """Other parameters of a law, one-to-one with its own; `inner` leads back."""

    params: Mapping[str, Any]
    inner: Callable[..., dict[str, Any]]  # (xp, **new) -> the law's own parameters
    pseudo: Callable[[Mapping[str, Any]], Stats | None] = lambda priors: None  # conjugate priors as imaginary rows
    posterior: Callable[[Stats], Any] = lambda stats: None


class Family(ABC):
    """The law of one observation.

    >>> import mlekit
    >>> law = mlekit.families.get("normal")
    >>> [*law.params], [*law.derived]
    (['mean', 'sd'], ['variance', 'median'])
    """

    name: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    support: Any
    params: Mapping[str, Any]  # name -> set; the first is the one a formula models
    derived: ClassVar[Mapping[str, Callable[..., Any]]] = {}  # name -> function(xp, **params)
    alternatives: ClassVar[tuple[Alternative, ...]] = ()  # derived parameters that the law can be fitted in
    nests: ClassVar[Mapping[str, Mapping[str, str]]] = {}  # special cases: family -> {its parameter: the one here}
    moves: Mapping[str, int] = {}  # name -> power of y's unit; laws without it are not rescaled
    location: str | None = None  # the parameter that shifts with y
    spreads: frozenset[str] = frozenset()  # parameters that run off where all rows have one value
    several_peaks: ClassVar[bool] = False  # a second start is worth its time
    sufficient: ClassVar[bool] = False
    has_residuals: ClassVar[bool] = False  # a regression is told by its residual sum of squares
    codes: ClassVar[bool] = False  # observations are codes of levels, not numbers
    origin: ClassVar[str] = "mlekit"  # who knows the law by its name, for a file: "mlekit", "scipy" or the "caller"
    given_links: Mapping[str, Link] = {}

    # -- the law ------------------------------------------------------------------------------------------------

    @abstractmethod
    def log_density(self, xp: Namespace, y: Array, *args: Any, **params: Any) -> Array:
        """The formula, and nothing else."""

    def frozen(self, *args: Any, **params: Any) -> Any:
        """The law at these parameters, as a frozen scipy.stats distribution."""
        raise OptionError(
            f"{self.name} is known by its log density alone: it has no mean, no distribution function and no sampler"
        )

    def mean(self, xp: Namespace, *args: Any, **params: Any) -> Any:
        """The law's own mean (of levels the probability of each), by formula; None where `frozen` alone knows it."""
        known = self.derived.get("mean")
        return params["mean"] if "mean" in self.params else known and known(xp, **params)

    def variance(self, xp: Namespace, *args: Any, **params: Any) -> Any:
        """The law's variance, by formula; None where `frozen` alone knows it."""
        known = self.derived.get("variance")
        return known and known(xp, **params)

    def deviance(self, y: Array, *args: Any, **params: Any) -> Array | None:
        """Twice the log density that each row lacks to a fit of its own; None for a law that has none."""
        return None

    def residual_log_likelihood(self, xp: Namespace, n: Array, rss: Array, *args: Any, **params: Any) -> Array:
        """The log-likelihood of n rows from their residual sum of squares, for a law that `has_residuals`."""
        raise NotImplementedError

    def residual_estimate(self, n: float, rss: float) -> dict[str, float]:
        """The maximum in the parameters other than the location, from the same sum."""
        raise NotImplementedError

    def start(self, summary: Any) -> dict[str, Array]:
        """Where the search begins: name -> [G]."""
        raise NotImplementedError

    def solve(self, y: Array, weights: Array | None) -> dict[str, Array] | None:
        """The maximum of one set of rows where the score equations come down to one in one unknown; None: search."""
        return None

    def other_starts(self, z: Array) -> list[Array]:
        """Other places to begin than near z, for a law whose likelihood can have several peaks."""
        return []

    @property
    def by_differences(self) -> bool:
        """Whether derivatives come from values: then a corner may look like a bend."""
        return False

    # -- data ---------------------------------------------------------------------------------------------------

    def bind(self, y: Any, column: Callable[[str], Any]) -> tuple[Family, Array]:
        """The law for these levels and columns, and the observations as numbers."""
        if not isinstance(y, np.ndarray):
            numbers(y, f"the observations of {self.name}")
        if y.ndim > 1:
            raise DataError(f"{self.name} takes one column as the response, but this has {y.shape[1]}")
        return self, y

    def check(self, y: Array) -> None:
        """Every observation is inside the support, or a DataError that places the first that is not."""
        for start in range(0, len(y), 1 << 16):
            block = y[start : start + (1 << 16)]
            if not self.support.covers(block):
                row = start + int(np.argmin(self.support.contains(block)))
                raise DataError(_outside(self, y, row))

    def trials(self, y: Array) -> Array | None:
        """How many tries each observation stands for, where the law has such a number."""
        return None

    def known(self, column: Callable[[str], Any], rows: int) -> dict[str, Array]:
        """What the law takes of each row beside its parameters, for `frozen`, `mean` and `variance`."""
        return {}

    def classes(self) -> list[Any] | None:
        """What the codes 0, 1, 2 ... of observations stand for, where they are levels."""
        return None

    # -- parameters and their free coordinates --------------------------------------------------------------------

    def link(self, param: str) -> Link:
        return self.given_links.get(param) or self.params[param].link

    def with_links(self, links: Mapping[str, str | Link]) -> Family:
        """The same law with other links for its parameters."""
        new = self.copied()
        new.given_links = {**self.given_links, **{p: link(name) for p, name in links.items()}}
        return new

    def copied(self) -> Self:
        """Another law like this one, to be changed."""
        new = copy.copy(self)
        vars(new).pop("_constant", None)
        return new

    def coordinates(self) -> list[tuple[str, int]]:
        """The free coordinates: (parameter, position within it)."""
        return [(name, i) for name, s in self.params.items() for i in range(s.size)]

    def levels(self, param: str) -> list[Any]:
        """The labels of a parameter that has several values."""
        return []

    def natural(self, xp: Namespace, z: list[Array]) -> dict[str, Array]:
        """The parameters as named, from their free coordinates."""
        params, at = {}, 0
        for name, s in self.params.items():
            if not s.many:
                params[name] = self.link(name).inverse(xp, z[at])
            else:
                params[name] = shares(xp, z[at : at + s.size]) if s.size else [1.0]
            at += s.size
        return params

    def free(self, params: Params) -> list[Array]:
        """The free coordinates of parameters as named; an end of a set is at infinity."""
        z: list[Array] = []
        with np.errstate(divide="ignore"):
            for name, s in self.params.items():
                value = params[name]
                if not s.many:
                    z.append(self.link(name).forward(NUMPY, np.asarray(value, dtype=float)))
                else:
                    logs = [np.log(np.asarray(v, dtype=float)) for v in value]
                    z += [v - logs[0] for v in logs[1:]]
        return z

    def evaluate(self, y: Array, z: list[Array], order: int) -> tuple[Array, list[Array], list[list[Array]]]:
        """Row by row in free coordinates: value, score [k], Hessian [k][k] (upper half used)."""
        if not self.given_links:
            hot = self.evaluate_free(y, z, order)
            if hot is not None:
                return hot
        return differentiate(lambda xp, free: self.log_density(xp, y, **self.natural(xp, free)), z, order)

    def features(self, y: Array, z: list[Array], order: int) -> list[Array] | None:
        """Row quantities in which value, score and Hessian are linear, so that rows may be summed first; or None."""
        return None

    def combine(self, features: list[Array], z: list[Array], order: int) -> Any:
        """Value, score and Hessian from [number of rows, *features], of a row or of sums over rows."""
        raise NotImplementedError

    def evaluate_free(self, y: Array, z: list[Array], order: int) -> Any:
        """The same, written by hand: for hot laws, and where the formula loses digits. None: use the formula."""
        return None

    def log_density_at(self, xp: Namespace, y: Array, z: list[Array]) -> Array:
        """Row by row in free coordinates, over any namespace."""
        hot = None if self.given_links else self.log_density_free(xp, y, z)
        return self.log_density(xp, y, **self.natural(xp, z)) if hot is None else hot

    def log_density_free(self, xp: Namespace, y: Array, z: list[Array]) -> Array | None:
        """The formula in free coordinates, where the one in the parameters loses digits. None: use the latter."""
        return None

    def advice(self, code: str, where: str) -> str:
        """What to do about a verdict that says no."""
        return ""

    # -- words --------------------------------------------------------------------------------------------------

    def as_given(self, y: Array) -> Any:
        """Bound observations as the caller wrote them."""
        return y

    def options(self) -> dict[str, Any]:
        """What the constructor needs to make this law again."""
        return {}

    def remarks(self) -> list[str]:
        """What the print of a fit has to say of these data."""
        return []

    def names(self, param: str) -> list[str]:
        """How a parameter's values are called: `p`, or `p[level]`."""
        labels = self.levels(param)
        return [f"{param}[{label}]" for label in labels] if labels else [param]

    @classmethod
    def describe(cls) -> dict[str, str]:
        return {
            "name": cls.name,
            "support": str(getattr(cls.support, "words", "")),
            "parameters": ", ".join(cls.params),
            "derived": ", ".join(cls.derived),
            "closed form": "",
            "conjugate priors": "",
        }

    def __repr__(self) -> str:
        return self.name


def _outside(family: Family, y: Array, row: int) -> str:
    value = y[row]
    where = f"row {row} is {value}"
    if np.ndim(value) == 0 and np.isnan(value):
        many = int(np.isnan(y).sum())
        rows = ", ".join(str(r) for r in np.flatnonzero(np.isnan(y))[:5])
        return (
            f"{many} missing value{'s' * (many > 1)} (NaN) in the data, at row {rows}: "
            "say missing='drop' to leave them out"
        )
    return (
        f"{where}, but {family.name} needs {family.support.words}: "
        "leave such rows out if they are no observations, or take a law that allows them (mlekit.families.list())"
    )


def shares(xp: Namespace, z: list[Array]) -> list[Array]:
    """Softmax with the first level as the reference: [1, exp z_1, ...] / sum."""
    top = xp.value(z[0]) * 0.0
    for v in z:
        top = xp.maximum(top, xp.value(v))
    weights = [xp.exp(v - top) for v in z]
    first = xp.exp(-top)
    total = sum(weights, first)
    return [w / total for w in (first, *weights)]


def differentiate(
    formula: Callable[[Namespace, list[Array]], Array], z: list[Array], order: int
) -> tuple[Array, list[Array], list[list[Array]]]:
    """Value, gradient and Hessian of a formula in its coordinates, exactly."""
    if order == 0:
        return formula(NUMPY, z), [], []
    from ..numerics.jets import Jet, variables

    k = len(z)
    result = formula(jets(), variables(z, order))
    if not isinstance(result, Jet):
        result = Jet(result)
    gradient = [result.gradient.get(i, 0.0) for i in range(k)]
    hessian = [[result.hessian.get((min(i, j), max(i, j)), 0.0) for j in range(k)] for i in range(k)]
    return result.value, gradient, hessian if order > 1 else []


class SufficientFamily(Family):
    """A family with sufficient statistics: its likelihood depends on the data through a few sums.

    >>> import mlekit
    >>> isinstance(mlekit.families.get("poisson"), mlekit.families.SufficientFamily)
    True
    """

    sufficient = True
    finite_sums_prove = False  # a finite sum shows that every row was inside the support
    conjugate: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # parameter -> kernel terms of a conjugate prior

    def statistics(self, xp: Namespace, y: Array) -> dict[str, Array]:
        """T(y), row by row; "y" and "yy" are powers about the origin that y was given about."""
        raise NotImplementedError

    def sums(self, y: Array, weights: Array | None, layout: Any) -> dict[str, Array]:
        """The sums of T(y) over a block of rows."""
        return {name: layout.collect(t, weights) for name, t in self.statistics(NUMPY, y).items()}

    @abstractmethod
    def log_likelihood(self, xp: Namespace, stats: Stats, *args: Any, **params: Any) -> Array:
        """The log-likelihood of the sums, [G]; right at boundaries."""

    def estimate(self, stats: Stats, fixed: Params) -> dict[str, Array] | None:
        """The maximum by formula, elementwise over groups; None where there is none.

        A law whose `formula` is False solves one equation in one unknown here, to the last digit.
        """
        return None

    formula = True

    def start(self, summary: Any) -> dict[str, Array]:
        estimate = self.estimate(summary, {})
        assert estimate is not None
        return estimate

    def degenerate(self, stats: Stats, fixed: Params) -> Array:
        """Groups with one distinct value where a spread is to be fitted: no maximum."""
        return False

    def evaluate_sums(self, stats: Stats, z: list[Array], order: int) -> Any:
        """`log_likelihood` with its derivatives in free coordinates, by hand. None: use the formula."""
        return None

    def pseudo_stats(self, priors: Mapping[str, Any], fixed: Params) -> Stats | None:
        """What the priors are worth in imaginary rows; None where they are not conjugate."""
        return None

    def exact_interval(self, param: str, stats: Stats, fixed: Params, level: float) -> tuple[Array, Array] | None:
        """An interval with the coverage it claims at every n; None where the law has none."""
        return None

    def posterior(self, param: str, stats: Stats, fixed: Params) -> Any:
        """The conjugate posterior, from statistics that hold the imaginary rows, as a frozen scipy law."""
        return None

    @classmethod
    def describe(cls) -> dict[str, str]:
        closed = cls.estimate is not SufficientFamily.estimate
        return {
            **super().describe(),
            "closed form": "yes" if closed else "",
            "conjugate priors": ", ".join(cls.conjugate),
        }
