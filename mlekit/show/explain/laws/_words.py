"""What there is to say of any law: by its formula and the names of its parameters, and no more than is known."""

from __future__ import annotations

import inspect
import sys
from typing import Any, ClassVar

import numpy as np

from .... import families
from ....inference.distribution import varies
from ..page import Line
from ..say import listed, many, num
from ..view import View, attempt

Parts = list[str]
ENOUGH = 20  # rows from which a shape can be seen


class Words:
    """The words of one law about one fit; each method gives paragraphs and lines, or nothing."""

    params: ClassVar[tuple[str, ...]] = ()  # those that the words are about
    canonical: ClassVar[str] = ""  # the link with which residuals add up to zero at the top
    left: ClassVar[str] = ""  # what these residuals are
    row: ClassVar[str] = ""  # the log density of a row
    exact: ClassVar[str] = ""  # where the exact interval is from
    unit: ClassVar[tuple[str, str]] = ("row", "rows")  # what size counts

    def __init__(self, view: View) -> None:
        self.v = view
        self.y = view.target

    # -- the law ---------------------------------------------------------------------------------------------

    def called(self) -> str:
        """The law in the middle of a sentence."""
        return f"the {self.v.family.name} law"

    def noun(self, param: str) -> str:
        """A parameter in words of the data."""
        return f"{param} of {self.y}"

    def assumed(self) -> Parts:
        """Of independent rows."""
        law = f"a draw from one and the same law, {self.v.family.name}"
        said = f"{self.v.each_row} was taken as {law}, and no row as knowing of another."
        return [said, *self._density(), *self._sets()]

    def each(self) -> str:
        """Of a regression: the law of one row."""
        return f"Each row of {self.y} follows {self.called()} with a {next(iter(self.v.family.params))} of its own."

    def _density(self) -> Parts:
        """The formula, as far as anybody told it."""
        source = {"scipy": "scipy.stats", "caller": "the function that you gave"}.get(self.v.family.origin)
        if source is not None:
            return [f"Its log density is computed by {source}; this page does not know its formula."]
        module = sys.modules[type(families.get(self.v.family.name)).__module__]
        return [Line(inspect.cleandoc(module.__doc__ or "").split("\n\n")[0].replace("\n", " "))]

    def _sets(self) -> Parts:
        sets = self.v.family.params.items()
        said = listed(f"{name} ({'shares' if s.many else s.words})" for name, s in sets)
        return [f"Its parameter{'s are' if len(sets) > 1 else ' is'} {said}."]

    # -- what was maximised ----------------------------------------------------------------------------------

    def objective(self) -> Parts:
        """The log-likelihood of independent rows."""
        names = ", ".join(self.v.free)
        return [
            "The rows being independent, the log-likelihood is the sum of the log densities of all rows:",
            Line(f"log L({names}) = sum of log f(y; {names}) over {many(self.v.n, 'row')} = {num(self.v.fit.llf)}"),
        ]

    def belief(self) -> Parts:
        """What conjugate priors add, as a formula."""
        return [f"This prior has the form of rows: it adds what {many(self.added('n'), 'imaginary row')} would add."]

    # -- how -------------------------------------------------------------------------------------------------

    def solution(self) -> Parts:
        """The equation that was solved, with the numbers of this fit."""
        return []

    def end(self) -> Parts:
        """A maximum at the end of a set."""
        return [
            (
                "The likelihood rises all the way to the end of the set, so the end is the answer: "
                "there the slope is not zero, and no value inside the set attains the same likelihood."
            )
        ]

    # -- what it means ---------------------------------------------------------------------------------------

    def meaning(self) -> Parts:
        """Each number in words of the data."""
        values = [Line(f"{name} = {num(value)}") for name, value in self.v.value.items()]
        unknown = "What they stand for in the data is known to whoever chose the law; this page does not know it."
        known = self.v.family.origin == "mlekit"
        return ["These values fit best:", *values, *([] if known else [unknown]), *self.moments()]

    def moments(self) -> Parts:
        """Mean and sd of the fitted law beside those of the data, where both are known."""
        law, y = self.frozen(), self.v.y
        if law is None or y is None or self.v.family.codes:
            return []
        mean, sd = (float(part()) for part in (law.mean, law.std))
        seen = self.v.mean(y)
        spread = self.v.mean((y - seen) ** 2) ** 0.5
        return [
            (
                f"The fitted law has mean {num(mean)} and sd {num(sd)}; the rows have mean {num(seen)} and sd "
                f"{num(spread)}."
            )
        ]

    def frozen(self) -> Any:
        """The fitted law, or None."""
        return None if varies(self.v.problem) else attempt(lambda: self.v.fit.dist)

    def dispersion(self) -> tuple[float, float, float] | None:
        """Pearson's sum of squares over its degrees of freedom, and where 95 in 100 are; None where it is unknown."""
        r, df = self.v.residuals("pearson"), self.v.fit.df_resid
        if r is None or df < 2 or not np.isfinite(r).all():
            return None
        from scipy.special import chdtri

        low, high = float(chdtri(df, 0.975)) / df, float(chdtri(df, 0.025)) / df
        return float((self.v.weights * r * r).sum() / df), low, high

    # -- how sure --------------------------------------------------------------------------------------------

    def information(self) -> Parts:
        """Curvature and standard error by formula; nothing where there is none."""
        return []

    def remarks(self) -> Parts:
        """What else there is to know of the errors."""
        return []

    def size(self) -> float:
        """How much was seen, in its unit."""
        return self.v.n

    def imagined(self) -> float:
        """How much conjugate priors add."""
        return self.v.added("n")

    # -- doubts ----------------------------------------------------------------------------------------------

    def doubts(self) -> Parts:
        """What of the law these rows can check, checked."""
        return []

    # -- numbers ---------------------------------------------------------------------------------------------

    def __getitem__(self, name: str) -> float:
        return self.v.value[name]

    def data(self, name: str) -> float:
        """A sum of the data."""
        return self.v.data(name)

    def total(self, name: str) -> float:
        """With the imaginary rows of conjugate priors."""
        return self.v.total(name)

    def added(self, name: str) -> float:
        """Of these alone."""
        return self.v.added(name)
