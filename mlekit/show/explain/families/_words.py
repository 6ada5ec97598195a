"""Sentences about any family, from its name and its parameters."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ....inference.distribution import varies
from ....numerics.frozen import Frozen
from ..facts import Facts, attempt
from ..formatting import listed, many, num
from ..page import Line

Parts = list[str]
ENOUGH = 20  # rows from which the shape of a distribution can be checked
SOURCES = {"scipy": "scipy.stats", "caller": "the function that you gave"}


class Words:
    """Sentences about one fit of one family; each method returns paragraphs and lines, or an empty list."""

    title: ClassVar[str] = ""  # name of the family in a sentence; empty: as users type it
    params: ClassVar[tuple[str, ...]] = ()  # the parameters that the sentences are about
    canonical: ClassVar[str] = ""  # the link under which the score equations sum residuals
    residual: ClassVar[str] = ""  # these residuals
    row: ClassVar[str] = ""  # the log density of a row
    exact: ClassVar[str] = ""  # description of the exact interval
    terms: ClassVar[str] = "log densities"  # what the rows add to the log-likelihood
    unit: ClassVar[tuple[str, str]] = ("row", "rows")  # what `size` counts

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.y = facts.target

    # -- assumptions -----------------------------------------------------------------------------------------

    @property
    def distribution(self) -> str:
        """The distribution in the middle of a sentence."""
        return f"{self.title or self.facts.family.name} distribution"

    def noun(self, param: str) -> str:
        """Return a parameter in terms of the data."""
        return f"{param} of {self.y}"

    def assumed(self) -> Parts:
        """Return the assumptions about identically distributed rows."""
        draw = f"{self.facts.each_row} is assumed to be an independent draw from the same {self.distribution}."
        return [draw, *self._source(), *self._sets()]

    def each(self) -> str:
        """Return the assumption of a regression about one row."""
        return (
            f"Each row of {self.y} follows the {self.distribution} with its own {next(iter(self.facts.family.params))}."
        )

    def _source(self) -> Parts:
        """The origin of the density of a family that is not one of mlekit's own."""
        source = SOURCES.get(self.facts.family.origin)
        return [f"Its log density is computed by {source}; this page does not know its formula."] if source else []

    def _sets(self) -> Parts:
        sets = self.facts.family.params.items()
        described = listed(f"{name} ({'probabilities' if s.many else s.words})" for name, s in sets)
        return [f"Its parameter{'s are' if len(sets) > 1 else ' is'} {described}."]

    # -- objective -------------------------------------------------------------------------------------------

    @property
    def curve(self) -> str:
        """Name of the function that was maximised."""
        return "log posterior" if self.facts.has_prior else "log-likelihood"

    def objective(self) -> Parts:
        """Return the log-likelihood of identically distributed rows."""
        names, llf = ", ".join(self.facts.free), num(self.facts.fit.llf)
        if not self.facts.exact:
            seen = f" ({self.facts.rows.observations.describe()})" if self.facts.rows.kept else ""
            return [
                (
                    f"The rows are independent, so the log-likelihood is a sum over the rows{seen}. A censored row "
                    "contributes the log probability that it lies within its bounds, and a row that is seen only "
                    "inside a window the log density given that window:"
                ),
                Line(f"log L({names}) = sum of the log-likelihoods of {many(self.facts.n, 'row')} = {llf}"),
            ]
        return [
            "The rows are independent, so the log-likelihood is the sum of their log densities:",
            Line(f"log L({names}) = sum of log f(y; {names}) over {many(self.facts.n, 'row')} = {llf}"),
        ]

    def prior_terms(self) -> Parts:
        """Return the terms that conjugate priors add to the log-likelihood."""
        return [f"This prior is conjugate: it acts like {many(self.added('n'), 'imaginary row')}."]

    # -- search ----------------------------------------------------------------------------------------------

    def solution(self) -> Parts:
        """Return the equation that was solved, with the numbers of this fit."""
        return []

    def at_boundary(self) -> Parts:
        """Return an account of a maximum on the boundary of the parameter space."""
        return [
            (
                "The likelihood increases all the way to the boundary of the parameter space, so its maximum is there. "
                "The score need not be zero at that point, and no value inside attains the same likelihood."
            )
        ]

    # -- meaning ---------------------------------------------------------------------------------------------

    def meaning(self) -> Parts:
        """Return each estimate in terms of the data."""
        values = [Line(f"{name} = {num(value)}") for name, value in self.facts.value.items()]
        unknown = "Their meaning depends on the distribution that you chose, which this page does not know."
        known = self.facts.family.origin == "mlekit"
        remarks = self.facts.family.remarks()
        return ["The estimates are:", *values, *([] if known else [unknown]), *remarks, *self.moments()]

    def moments(self) -> Parts:
        """Return mean and sd of the fitted distribution beside those of the data, where both are known."""
        fitted, y = self.fitted(), self.facts.y
        if fitted is None or y is None or self.facts.family.codes:
            return []
        mean, sd = float(fitted.mean()), float(fitted.std())
        observed = self.facts.mean(y)
        spread = self.facts.mean((y - observed) ** 2) ** 0.5
        return [
            (
                f"The fitted distribution has mean {num(mean)} and sd {num(sd)}; the rows have mean {num(observed)} "
                f"and sd {num(spread)}."
            )
        ]

    def fitted(self) -> Frozen | None:
        """Return the fitted distribution; None where it differs from row to row."""
        return None if varies(self.facts.problem) else attempt(lambda: self.facts.fit.dist)

    def dispersion(self) -> tuple[float, float, float] | None:
        """Return Pearson's chi-squared over its degrees of freedom with its usual range; None where it is unknown."""
        r, df = self.facts.residuals("pearson"), self.facts.fit.df_resid
        if r is None or df < 2 or not np.isfinite(r).all():
            return None
        from scipy.special import chdtri

        low, high = float(chdtri(df, 0.975)) / df, float(chdtri(df, 0.025)) / df
        return float((self.facts.weights * r * r).sum() / df), low, high

    # -- uncertainty -----------------------------------------------------------------------------------------

    def information(self) -> Parts:
        """Return the observed information and standard error by formula, where there is one."""
        return []

    @property
    def information_name(self) -> str:
        """Name of minus the second derivative at the maximum."""
        return "information" if self.facts.has_prior else "observed information"

    @property
    def information_is(self) -> str:
        """Definition of the observed information and its relation to the standard error."""
        return (
            f"The {self.information_name} is minus the second derivative of the {self.curve} at its maximum, and the "
            "standard error is one over its square root:"
        )

    def remarks(self) -> Parts:
        """Return remarks about the standard errors."""
        return []

    def size(self) -> float:
        """Return the amount of data, in the unit of the family."""
        return self.facts.n

    def imaginary(self) -> float:
        """Return the amount of imaginary data that conjugate priors add, in the same unit."""
        return self.facts.added("n")

    # -- checks ----------------------------------------------------------------------------------------------

    def checks(self) -> Parts:
        """Return what these rows say about the assumed distribution."""
        return []

    # -- numbers ---------------------------------------------------------------------------------------------

    def __getitem__(self, name: str) -> float:
        return self.facts.value[name]

    def data(self, statistic: str) -> float:
        """Return a sufficient statistic of the data."""
        return self.facts.data(statistic)

    def total(self, statistic: str) -> float:
        """Return a sufficient statistic of data and imaginary rows."""
        return self.facts.total(statistic)

    def added(self, statistic: str) -> float:
        """Return a sufficient statistic of the imaginary rows."""
        return self.facts.added(statistic)
