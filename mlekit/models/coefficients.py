"""The parameters that are fitted, as the solver sees them and as people do.

The solver moves a vector z of K free coordinates: coefficients on the scale of their link, one run of them for each
free coordinate of the family. People see U values: a parameter without a formula on its own scale, a parameter with
one as its coefficients. `values` goes from one to the other and `jacobian` is its derivative, for delta-method errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import OptionError, UnknownName, nearest
from ..families._base import Family
from ..numerics.arrays import NUMPY, Codes, Floats, Mask, Namespace, Numbers, jets

if TYPE_CHECKING:
    from ..data.design import Design


class Run(NamedTuple):
    """The coefficients of one free coordinate of the family."""

    param: str
    position: int  # within the parameter, for the probabilities of a simplex
    design: Design | None  # None: a constant
    where: slice  # in z

    @property
    def width(self) -> int:
        """The number of coefficients."""
        return self.where.stop - self.where.start

    @property
    def intercept(self) -> int | None:
        """The position of the constant in z; None if the design has no intercept."""
        return self.where.start if self.design is None or self.design.has_intercept else None


def coefficients_of(family: Family, designs: Mapping[str, Design]) -> Coefficients:
    """The layout of a family's coefficients; without designs it is the family's own, computed once."""
    if designs:
        return Coefficients(family, designs)
    known = vars(family).get("_constant")
    if known is None:
        known = vars(family)["_constant"] = Coefficients(family, {})
    return known


class Coefficients:
    """The layout of z, and the names and values that people see."""

    def __init__(self, family: Family, designs: Mapping[str, Design]) -> None:
        self.family, self.designs = family, designs
        self.runs: list[Run] = []
        at = 0
        for param, position in family.coordinates():
            design = designs.get(param)
            width = 1 if design is None else len(design.names)
            self.runs.append(Run(param, position, design, slice(at, at + width)))
            at += width
        self.size = at
        self.constant = not designs

    def of_rows(self, rows: Codes | Mask) -> Coefficients:
        """The same coefficients, with the designs of some of the rows."""
        return self if self.constant else Coefficients(self.family, {p: d.take(rows) for p, d in self.designs.items()})

    # -- names -------------------------------------------------------------------------------------------------------

    @cached_property
    def names(self) -> list[str]:
        """The names of the values, in the order of `fit.params`."""
        if self.constant:
            return [name for param in self.family.params for name in self.family.names(param)]
        names: list[str] = []
        for run in self.runs:
            if run.design is not None:
                names += [self._named(run, term) for term in run.design.names]
            elif run.position == 0:
                names += self.family.names(run.param)
        return names

    def _named(self, run: Run, term: str) -> str:
        """The first parameter's terms have no prefix, unless a term is named like another parameter."""
        first, *others = self.family.params
        levels = self.family.levels(run.param)
        if levels:
            return f"{levels[run.position + 1]}: {term}"
        return f"{run.param}: {term}" if run.param != first or term in others else term

    @cached_property
    def terms(self) -> dict[str, list[str]]:
        """The names of the coefficients of each term of a formula, by its name."""
        return {
            self._named(run, term): [self._named(run, column) for column in columns]
            for run in self.runs
            if run.design is not None
            for term, columns in run.design.terms.items()
        }

    @cached_property
    def parameters(self) -> list[str]:
        """The parameter to which each name belongs."""
        if self.constant:
            return [param for param in self.family.params for _ in self.family.names(param)]
        out: list[str] = []
        for run in self.runs:
            if run.design is not None:
                out += [run.param] * len(run.design.names)
            elif run.position == 0:
                out += [run.param] * len(self.family.names(run.param))
        return out

    @cached_property
    def coordinate(self) -> dict[str, int]:
        """Name -> position in z, for all that are one coordinate of their own."""
        out: dict[str, int] = {}
        names = iter(self.names)
        for run in self.runs:
            if run.design is not None:
                for k in range(run.where.start, run.where.stop):
                    out[next(names)] = k
            elif not self.family.params[run.param].many:
                out[next(names)] = run.where.start
            elif run.position == 0:
                for _ in self.family.names(run.param):
                    next(names)
        return out

    def index(self, name: str, argument: str) -> int:
        """The position in z of a parameter or coefficient, by its name."""
        at = self.coordinate.get(name)
        if at is None:
            if name in self.names or (name in self.family.params and self.family.params[name].many):
                raise OptionError(
                    f"{argument}: {name!r} stands for probabilities that add up to one: "
                    "none of them can be fixed, tied or started without the others"
                )
            raise UnknownName(f"{argument}: there is no {name!r}; {nearest(name, self.coordinate)}")
        return at

    def check_tie(self, name: str, other: str) -> None:
        """Raise an OptionError unless two names can be tied: coefficients of one parameter, or one set and unit."""
        family, powers = self.family, self.family.unit_powers
        a, b = (self.parameters[self.names.index(n)] for n in (name, other))
        alike = family.params[a] == family.params[b] and powers.get(a, 0) == powers.get(b, 0)
        if not alike or (a != b and (a in self.designs or b in self.designs)):
            raise OptionError(f"tied: {name!r} and {other!r} are of different kinds: tie what has one set and one unit")

    # -- values ------------------------------------------------------------------------------------------------------

    def values(self, z: Floats) -> Floats:
        """The values that people see: [G, U] from [G, K]."""
        if not self.size:  # a single level has probability one
            return np.ones((len(z), len(self.names)))
        return np.stack(self._values(NUMPY, [z[:, k] for k in range(self.size)]), axis=1)

    def jacobian(self, z: Floats) -> Floats:
        """Their derivatives: [G, U, K]."""
        from ..numerics.jets import Jet, variables

        values = self._values(jets(), variables([z[:, k] for k in range(self.size)], 1))
        out = np.zeros((len(z), len(values), self.size))
        for u, value in enumerate(values):
            if isinstance(value, Jet):
                for k, d in value.gradient.items():
                    out[:, u, k] = d
        return out

    def _values(self, xp: Namespace, z: list[Numbers]) -> list[Numbers]:
        params = self.family.to_params(xp, [z[run.where.start] for run in self.runs])
        values: list[Numbers] = []
        for param, s in self.family.params.items():
            runs = [run for run in self.runs if run.param == param]
            if param in self.designs:
                values += [v for run in runs for v in z[run.where]]
            else:
                values += params[param] if s.many else [params[param]]
        return values

    def to_vector(self, params: Mapping[str, Numbers]) -> Floats:
        """The parameters of a family without formulas as the vector that people see: [G, U]."""
        values: list[Numbers] = []
        for param, s in self.family.params.items():
            values += list(params[param]) if s.many else [params[param]]
        return np.stack([np.atleast_1d(np.asarray(v, dtype=float)) for v in values], axis=1)

    def from_vector(self, vector: Floats) -> dict[str, Numbers]:
        """The parameters of such a vector: name -> [G], or one [G] per level."""
        return self.by_param(list(np.moveaxis(vector, -1, 0)))

    def by_param(self, values: list[Numbers]) -> dict[str, Numbers]:
        """Values in the order of their names, as the parameters of a family without formulas: one each, or a list."""
        rest, sets = iter(values), self.family.params
        return {p: [next(rest) for _ in self.family.names(p)] if s.many else next(rest) for p, s in sets.items()}

    def free(self, name: str, value: float, argument: str) -> float:
        """A value as named, on the scale of z; it has to be inside its set."""
        k = self.index(name, argument)
        run = next(r for r in self.runs if r.where.start <= k < r.where.stop)
        if run.design is not None:
            return float(value)
        s = self.family.params[run.param]
        if not s.inside(value):
            raise OptionError(f"{argument}: {name} is {value:g}, but it has to be {s.one}")
        with np.errstate(divide="ignore"):
            return float(self.family.link(run.param).forward(NUMPY, np.float64(value)))


def numbers_by_name(given: object, argument: str) -> dict[str, float]:
    """A dict from names to numbers, or an OptionError that names an entry that is not a number."""
    if not isinstance(given, Mapping):
        raise OptionError(f"{argument} is a dict of names and numbers, such as {argument}={{'sd': 2.0}}, not {given!r}")
    for name, value in given.items():
        if np.ndim(value) or np.asarray(value).dtype.kind not in "iufb":
            raise OptionError(f"{argument}: {name!r} is {value!r}, but it has to be a number")
    return {name: float(value) for name, value in given.items()}
