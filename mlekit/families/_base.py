"""The interface of a family of distributions.

A family is written once, as the formula of its log density in its own parameters. Everything else has a default:
derivatives come from the formula by the chain rule, and parameters lose their constraints by the link of the set they
live in. Overrides may be faster or keep more digits, and never differ.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..data.columns import numbers
from ..errors import DataError, Explained, OptionError
from ..numerics.arrays import Namespace, Numbers
from ..numerics.derivatives import Derivatives, differentiate
from ..numerics.sets import ParameterSet
from ..registry import Registry
from ._parameters import Parametric, Params
from ._support import outside

if TYPE_CHECKING:
    from ..data.labels import Column, Foreign
    from ..data.observations import Observations
    from ..data.stats import Stats
    from ..priors import Prior

Array = Numbers
Formula = Callable[[Namespace, list[Array]], Array]

_families = Registry[type["Family"]](__package__ or "", "family")


@dataclass(frozen=True)
class Alternative:
    """Other parameters of a family, one-to-one with its own; `inner` leads back."""

    params: Mapping[str, ParameterSet]
    inner: Callable[..., dict[str, Any]]  # (xp, **new) -> the family's own parameters
    pseudo: Callable[[Mapping[str, Prior]], Stats | None] = lambda priors: None  # conjugate priors as imaginary rows
    posterior: Callable[[Stats], Any] = lambda stats: None


ONE_EQUATION = "no: one equation in one unknown"  # solved by a search
NARROW = 0.05  # the part of a tail probability up to which an interval is narrow


class Family(Parametric, metaclass=Explained):
    """A family of distributions of one observation.

    A subclass says in which sets observations and parameters live, writes the log density, and says where a search may
    begin. The formulas work over a namespace ``xp`` of arrays, jets or tensors.

    Examples
    --------
    >>> import mlekit
    >>> family = mlekit.families.get("normal")
    >>> [*family.params], [*family.derived]
    (['mean', 'sd'], ['variance', 'median'])
    """

    # -- identity ---------------------------------------------------------------------------------------------------

    aliases: ClassVar[tuple[str, ...]] = ()
    nests: Mapping[str, Mapping[str, str]] = {}  # special cases: family -> {its parameter: the one here}
    origin: str = "mlekit"  # who has the code, for a file: "mlekit", "scipy" or the "caller"

    support: Any  # the set of an observation
    columns: tuple[str, ...] = ()  # the columns that it takes beside the response
    codes: bool = False  # observations are codes of levels, not numbers

    derived: Mapping[str, Callable[..., Array]] = {}  # name -> function(xp, **params)
    alternatives: tuple[Alternative, ...] = ()  # derived parameters in which the family can be fitted
    location: str | None = None  # the parameter that shifts with y
    unit_powers: Mapping[str, int] = {}  # name -> power of the unit of y; rows of a family without it are not rescaled
    spreads: frozenset[str] = frozenset()  # parameters that diverge where all rows have one value

    has_cdf: bool = False  # derived: the class has formulas of its distribution function
    ties_matter: bool = False  # derived: the class has a formula of `unbounded_by_ties`
    has_residuals: ClassVar[bool] = False  # a regression depends on the data by its residual sum of squares
    sufficient: bool = False
    formula: bool = True  # False: the estimate solves one equation in one unknown, to the last digit
    finite_sums_prove: bool = False  # a finite sum of the statistics shows that every row was inside the support
    several_peaks: bool = False  # a second start is worth its time
    limits: Mapping[str, float] = {}  # parameter -> the end of its set at which the family is a simpler one

    def __init_subclass__(cls) -> None:
        cls.has_cdf = cls.log_cdf is not Family.log_cdf
        cls.ties_matter = cls.unbounded_by_ties is not Family.unbounded_by_ties

    def __getstate__(self) -> dict[str, Foreign]:
        """Everything but what was worked out on the way and follows from the rest."""
        return {name: value for name, value in vars(self).items() if name != "_constant"}

    # -- density and distribution function ----------------------------------------------------------------------------

    @abstractmethod
    def log_density(self, xp: Namespace, y: Array, *args: Array, **params: Array) -> Array:
        """Return log f(y) of each row, with every constant."""

    def log_cdf(self, xp: Namespace, y: Array, *args: Array, **params: Array) -> Array:
        """Return log P(Y <= y) of each row, exact in both tails.

        Raises
        ------
        OptionError
            If the family has no formula for it.
        """
        raise OptionError(without_cdf(self))

    def log_survival(self, xp: Namespace, y: Array, *args: Array, **params: Array) -> Array:
        """Return log P(Y > y) of each row, exact in both tails.

        Raises
        ------
        OptionError
            If the family has no formula for it.
        """
        raise OptionError(without_cdf(self))

    def log_between(self, xp: Namespace, below: Array, upper: Array, **params: Array) -> Array:
        """Return log P(below < Y <= upper) of each row; either bound may be infinite.

        It is a difference in the tail where the interval lies, or a sum of densities if the interval is narrow, so that
        no digits are lost.
        """
        if np.ndim(below) == 0 and self.support.starts_above(below):
            return self.log_cdf(xp, upper, **params)
        if np.ndim(upper) == 0 and upper >= self.support.high:
            return self.log_survival(xp, below, **params)
        cdf, survival = self.log_cdf(xp, upper, **params), self.log_survival(xp, below, **params)
        in_upper_tail = xp.value(survival) < xp.value(cdf)
        whole = xp.where(in_upper_tail, survival, cdf)
        rest = xp.where(in_upper_tail, self.log_survival(xp, upper, **params), self.log_cdf(xp, below, **params))
        narrow = (xp.value(whole - rest) < NARROW) & self.support.summable(below, upper)
        if not narrow.any():
            return whole + xp.log1mexp(whole - rest)
        difference = whole + xp.log1mexp(xp.where(narrow, 1.0, whole - rest))
        return xp.where(narrow, self._log_narrow(xp, narrow, below, upper, params), difference)

    def _log_narrow(self, xp: Namespace, narrow: Array, below: Array, upper: Array, params: Params) -> Array:
        """log P(below < Y <= upper) of an interval in which the density changes little, from the density itself."""
        low = xp.where(narrow, below, self.support.middle)
        high = xp.where(narrow, upper, self.support.middle + 1.0)
        terms = [(weight, self.log_density(xp, y, **params)) for y, weight in self.support.rule(xp, low, high)]
        peak = xp.value(terms[0][1])
        return peak + xp.log(sum((weight * xp.exp(log - peak) for weight, log in terms), 0.0))

    def frozen(self, *args: Array, **params: Array) -> Foreign:
        """Return the distribution at these parameters, with the methods of a frozen scipy.stats distribution."""
        raise OptionError(
            f"{self.name} is known by its log density alone: it has no mean, no distribution function and no sampler"
        )

    def mean(self, xp: Namespace, *args: Array, **params: Array) -> Array:
        """Return the mean by formula (of levels the probability of each); None if only `frozen` knows it."""
        known = self.derived.get("mean")
        return params["mean"] if "mean" in self.params else known and known(xp, **params)

    def variance(self, xp: Namespace, *args: Array, **params: Array) -> Array:
        """Return the variance by formula; None if only `frozen` knows it."""
        known = self.derived.get("variance")
        return known and known(xp, **params)

    def deviance(self, y: Array, *args: Array, **params: Array) -> Array | None:
        """Return twice the log density that each row lacks to a fit of its own; None for a family that has none."""
        return None

    # -- derivatives ------------------------------------------------------------------------------------------------

    def evaluate(self, y: Array, z: list[Array], order: int) -> Derivatives:
        """Return the log density of each row, with score [k] and Hessian [k][k] (upper half) in free coordinates."""
        if not self.given_links:
            by_hand = self.evaluate_free(y, z, order)
            if by_hand is not None:
                return by_hand
        return self.differentiated(lambda xp, free: self.log_density(xp, y, **self.to_params(xp, free)), z, order)

    def differentiated(self, formula: Formula, z: list[Array], order: int) -> Derivatives:
        """Return value, score [k] and Hessian [k][k] of a formula(xp, z) in the free coordinates, row by row.

        Derivatives follow the chain rule. A family to whose code the chain rule cannot be applied takes differences.
        """
        return differentiate(formula, z, order)

    @property
    def by_differences(self) -> bool:
        """True if derivatives are differences of values: then a corner may look like curvature."""
        return False

    def evaluate_free(self, y: Array, z: list[Array], order: int) -> Derivatives | None:
        """Return what `evaluate` does, written by hand: faster, or with more digits. None: use the formula."""
        return None

    def features(self, y: Array, z: list[Array], order: int) -> list[Array] | None:
        """Return row quantities in which value, score and Hessian are linear, so that rows may be summed first."""
        return None

    def combine(self, features: list[Array], z: list[Array], order: int) -> Derivatives:
        """Return value, score and Hessian from [number of rows, *features], of a row or of sums over rows."""
        raise NotImplementedError

    def log_density_at(self, xp: Namespace, y: Array, z: list[Array]) -> Array:
        """Return the log density of each row at free coordinates, over any namespace."""
        by_hand = None if self.given_links else self.log_density_free(xp, y, z)
        return self.log_density(xp, y, **self.to_params(xp, z)) if by_hand is None else by_hand

    def log_density_free(self, xp: Namespace, y: Array, z: list[Array]) -> Array | None:
        """Return the log density in free coordinates, if the formula in the parameters loses digits; else None."""
        return None

    def residual_log_likelihood(self, xp: Namespace, n: Array, rss: Array, *args: Array, **params: Array) -> Array:
        """Return the log-likelihood of n rows from their residual sum of squares, if the family `has_residuals`."""
        raise NotImplementedError

    def residual_estimate(self, n: float, rss: float) -> dict[str, float]:
        """Return the maximum in the parameters other than the location, from the same sum."""
        raise NotImplementedError

    # -- search -----------------------------------------------------------------------------------------------------

    def start(self, summary: Any) -> dict[str, Array]:
        """Return parameters at which the search may begin: name -> [G]."""
        raise NotImplementedError

    def solve(self, y: Array, weights: Array | None) -> dict[str, Array] | None:
        """Return the maximum of one set of rows, if the score equations reduce to one in one unknown; else None."""
        return None

    def unbounded_by_ties(self, tied: Array, n: Array, fixed: Mapping[str, float]) -> Array:
        """Return True where the likelihood of n rows is unbounded as the spread shrinks onto `tied` equal ones."""
        return False

    def other_starts(self, z: Array) -> list[Array]:
        """Return other starting points than z, for a family whose likelihood can have several peaks."""
        return []

    def rescaled(self, origin: float, unit: float) -> Family:
        """Return the family of (y - origin) / unit, in the parameters that `unit_powers` and `location` say.

        A family whose definition holds numbers in the unit of y, such as the bounds of a truncation, changes them.
        """
        return self

    # -- observations -----------------------------------------------------------------------------------------------

    def bind(self, y: Foreign, column: Callable[[str], Column]) -> tuple[Family, Array]:
        """Return the family for these levels and columns, and the observations as numbers."""
        if not isinstance(y, np.ndarray):
            numbers(y, f"the observations of {self.name}")
        if y.ndim > 1:
            raise DataError(f"{self.name} takes one column as the response, but this has {y.shape[1]}")
        return self, y

    def check(self, y: Array) -> None:
        """Raise a DataError that names the first observation outside the support, if there is one."""
        for start in range(0, len(y), 1 << 16):
            block = y[start : start + (1 << 16)]
            if not self.support.covers(block):
                row = start + int(np.argmin(self.support.contains(block)))
                raise outside(self.name, self.support, y, row)

    def as_given(self, y: Array) -> Foreign:
        """Return bound observations as the caller wrote them."""
        return y

    def classes(self) -> list[Foreign] | None:
        """Return what the codes 0, 1, 2 ... of observations stand for, if they are levels."""
        return None

    def trials(self, y: Array) -> Array | None:
        """Return the number of trials of each observation, if the family has such a number."""
        return None

    @property
    def trials_in_response(self) -> bool:
        """True if the observations themselves have the numbers of trials, as successes and failures side by side."""
        return False

    def known(self, column: Callable[[str], Column], rows: int) -> dict[str, Array]:
        """Return what `frozen`, `mean` and `variance` take of each row beside the parameters."""
        return {}

    def check_formula(self, formula: str) -> None:
        """Raise an OptionError if a formula that names no parameter may be meant of another one than the first."""

    # -- files and words ----------------------------------------------------------------------------------------------

    def options(self) -> dict[str, Foreign]:
        """Return what the constructor takes to make this family again, as plain values."""
        return {}

    @classmethod
    def from_options(cls, options: Mapping[str, Foreign], build: Callable[[Mapping[str, Foreign]], Family]) -> Family:
        """Return the family of these options; `build` makes a family of the state of one."""
        return cls(**options)

    def state(self) -> dict[str, Foreign]:
        """Return plain values from which :func:`mlekit.families.from_state` makes the family again.

        Returns
        -------
        dict
            "origin" ("mlekit", "scipy", or "caller" for code that no file can hold), "name", "options" and "links".
        """
        foreign = not type(self).__module__.startswith(f"{__package__}.")
        return {
            "origin": "caller" if foreign else self.origin,
            "name": self.name,
            "options": self.options(),
            "links": self.link_names(),
        }

    def signature(self) -> tuple[Foreign, ...]:
        """Return what makes two families the same set of distributions, whatever their parameters and links."""
        return (self.name, self.options())

    def advice(self, code: str, where: str) -> str:
        """Return what to do about a verdict that says no."""
        return ""

    def doubts(self, observations: Observations, params: Params) -> str:
        """Return why the formulas cannot be right at these parameters; empty for no reason."""
        return ""

    def remarks(self) -> list[str]:
        """Return what the summary of a fit has to say of these data."""
        return []

    @classmethod
    def describe(cls) -> dict[str, str]:
        """Return the line of this family in :func:`mlekit.families.list`."""
        return {
            "name": cls.name,
            "support": str(getattr(cls.support, "words", "")),
            "parameters": ", ".join(cls.params),
            "derived": ", ".join(cls.derived),
            "closed form": "" if cls.solve is Family.solve else ONE_EQUATION,
            "conjugate priors": "",
        }

    def __repr__(self) -> str:
        return self.name


def without_cdf(family: Family) -> str:
    able = ", ".join(name for name in _families.names if _families.get(name).has_cdf)
    return (
        f"{family.name} has no distribution function in formulas yet, so rows cannot be censored or truncated: "
        f"choose a family that has one ({able}) or a distribution of scipy.stats"
    )
