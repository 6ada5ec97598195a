"""The wrapper around a family from which composite distributions are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self

from ...data.sums import summarise
from ...links import Link
from ...numerics.arrays import Namespace
from ...numerics.derivatives import Derivatives
from .._base import Alternative, Array, Family, Formula
from ._distribution import FormulaDistribution, frozen_formulas

if TYPE_CHECKING:
    from ...data.labels import Column, Foreign


class Composite(Family):
    """A family made of another one, whose parameters, links, levels, starting values and words it has.

    A composite writes its own `log_density`, and `log_cdf` and `log_survival` if it can; its constructor takes the
    inner family and then what `settings` returns. Derived parameters have their inner meaning: `derived["mean"]` is the
    mean of the inner distribution, and `frozen(...).mean()` that of the composite.
    """

    def __init__(self, inner: Family) -> None:
        self.inner = inner
        self.name = inner.name
        self.origin = "caller" if inner.origin == "caller" else "mlekit"
        self.support, self.codes, self.columns = inner.support, inner.codes, inner.columns
        self.params, self.location = inner.params, inner.location
        self.unit_powers, self.spreads = inner.unit_powers, inner.spreads
        self.several_peaks = inner.several_peaks

    def settings(self) -> dict[str, Foreign]:
        """Return the arguments of the constructor after the inner family, as plain values."""
        return {}

    def around(self, inner: Family) -> Self:
        """Return the same composite of another family, such as the inner one bound to rows."""
        if inner is self.inner:
            return self
        new = type(self)(inner, **self.settings())
        new.given_links = self.given_links
        return new

    # -- parameters ---------------------------------------------------------------------------------------------------

    @property
    def derived(self) -> Mapping[str, Callable[..., Array]]:  # type: ignore[override]
        """The derived parameters of the inner family."""
        return self.inner.derived

    @property
    def alternatives(self) -> tuple[Alternative, ...]:  # type: ignore[override]
        """Other parameters of the inner family."""
        return self.inner.alternatives

    def link(self, param: str) -> Link:
        return self.given_links.get(param) or self.inner.link(param)

    def levels(self, param: str) -> list[Foreign]:
        return self.inner.levels(param)

    # -- the distribution ---------------------------------------------------------------------------------------------

    def frozen(self, **params: Array) -> FormulaDistribution:
        return frozen_formulas(self, params)

    def mean(self, xp: Namespace, **params: Array) -> Array:
        return None  # `derived` has that of the inner distribution

    def variance(self, xp: Namespace, **params: Array) -> Array:
        return None

    def differentiated(self, formula: Formula, z: list[Array], order: int) -> Derivatives:
        return self.inner.differentiated(formula, z, order)

    @property
    def by_differences(self) -> bool:
        return self.inner.by_differences

    def start(self, summary: Any) -> dict[str, Array]:
        """The inner family's: of sums, where it asks for them."""
        if self.inner.sufficient:
            summary = summarise(self.inner, summary.y, summary.weights, summary.layout).batch()
        return self.inner.start(summary)

    def other_starts(self, z: Array) -> list[Array]:
        return self.inner.other_starts(z)

    def rescaled(self, origin: float, unit: float) -> Family:
        return self.around(self.inner.rescaled(origin, unit))

    # -- observations -------------------------------------------------------------------------------------------------

    def bind(self, y: Foreign, column: Callable[[str], Column]) -> tuple[Family, Array]:
        inner, y = self.inner.bind(y, column)
        return self.around(inner), y

    def check(self, y: Array) -> None:
        self.inner.check(y)

    def as_given(self, y: Array) -> Foreign:
        return self.inner.as_given(y)

    def classes(self) -> list[Foreign] | None:
        return self.inner.classes()

    def trials(self, y: Array) -> Array | None:
        return self.inner.trials(y)

    @property
    def trials_in_response(self) -> bool:
        return self.inner.trials_in_response

    def known(self, column: Callable[[str], Column], rows: int) -> dict[str, Array]:
        return self.inner.known(column, rows)

    # -- files and words ----------------------------------------------------------------------------------------------

    def options(self) -> dict[str, Foreign]:
        return {"family": self.inner.state(), **self.settings()}

    @classmethod
    def from_options(cls, options: Mapping[str, Foreign], build: Callable[[Mapping[str, Foreign]], Family]) -> Family:
        settings = {name: value for name, value in options.items() if name != "family"}
        return cls(build(options["family"]), **settings)

    def state(self) -> dict[str, Foreign]:
        return {**super().state(), "name": self.state_name()}

    @classmethod
    def state_name(cls) -> str:
        """Return the name in `state`: that of the file."""
        return cls.__module__.rpartition(".")[2].lstrip("_")

    def signature(self) -> tuple[Foreign, ...]:
        return (type(self), self.settings(), self.inner.signature())

    def advice(self, code: str, where: str) -> str:
        return self.inner.advice(code, where)

    def remarks(self) -> list[str]:
        return self.inner.remarks()
