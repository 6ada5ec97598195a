"""The same law in other parameters that are one-to-one with its own: a gamma by shape and rate.

    log f(y; new) = log f(y; inner(new))

A law lists such sets in `alternatives`. They serve priors, fixed values, ties and starts on derived parameters: the law
is then fitted in those, and its own parameters become derived ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ...data.stats import Stats
from ...numerics.arrays import NUMPY
from .._base import Alternative, Array, Family, Params


class Reparametrised(Family):
    """A law seen through an Alternative of its parameters."""

    def __init__(self, inner: Family, alternative: Alternative) -> None:
        self.inner, self.alternative = inner, alternative
        self.name, self.support, self.nests = inner.name, inner.support, inner.nests  # type: ignore[misc]
        self.params = alternative.params
        own = {p: self._own(p) for p in inner.params if p not in self.params}
        self.derived = {**own, **{n: self._through(f) for n, f in inner.derived.items() if n not in self.params}}  # type: ignore[misc]
        self.sufficient, self.codes = inner.sufficient, inner.codes  # type: ignore[misc]
        self.several_peaks, self.finite_sums_prove = inner.several_peaks, inner.finite_sums_prove  # type: ignore[misc]

    def _own(self, param: str) -> Callable[..., Any]:
        return lambda xp, **new: self.alternative.inner(xp, **new)[param]

    def _through(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda xp, **new: function(xp, **self.alternative.inner(xp, **new))

    def _outer(self, natural: Mapping[str, Array]) -> dict[str, Array]:
        """The new parameters of the law at its own."""
        with np.errstate(all="ignore"):
            return {n: natural[n] if n in natural else self.inner.derived[n](NUMPY, **natural) for n in self.params}

    def log_density(self, xp: Any, y: Array, **params: Array) -> Array:
        return self.inner.log_density(xp, y, **self.alternative.inner(xp, **params))

    def frozen(self, **params: Array) -> Any:
        return self.inner.frozen(**self._inner(NUMPY, params))

    def mean(self, xp: Any, **params: Array) -> Any:
        return self.inner.mean(xp, **self._inner(xp, params))

    def variance(self, xp: Any, **params: Array) -> Any:
        return self.inner.variance(xp, **self._inner(xp, params))

    def deviance(self, y: Array, **params: Array) -> Array | None:
        return self.inner.deviance(y, **self._inner(NUMPY, params))

    def _inner(self, xp: Any, params: Params) -> dict[str, Any]:
        """The law's own parameters, and beside them what it knows of rows."""
        new = {p: v for p, v in params.items() if p in self.params}
        return {**self.alternative.inner(xp, **new), **{k: v for k, v in params.items() if k not in new}}

    def known(self, column: Callable[[str], Any], rows: int) -> dict[str, Array]:
        return self.inner.known(column, rows)

    def classes(self) -> list[Any] | None:
        return self.inner.classes()

    def trials(self, y: Array) -> Array | None:
        return self.inner.trials(y)

    def bind(self, y: Any, column: Callable[[str], Any]) -> tuple[Family, Array]:
        inner, y = self.inner.bind(y, column)
        return (self if inner is self.inner else Reparametrised(inner, self.alternative)), y

    def check(self, y: Array) -> None:
        self.inner.check(y)

    def sums(self, y: Array, weights: Array | None, layout: Any) -> dict[str, Array]:
        return self.inner.sums(y, weights, layout)  # type: ignore[attr-defined]

    def log_likelihood(self, xp: Any, stats: Stats, **params: Array) -> Array:
        inner = self.alternative.inner(xp, **params)
        return self.inner.log_likelihood(xp, stats, **inner)  # type: ignore[attr-defined]

    def evaluate_sums(self, stats: Stats, z: list[Array], order: int) -> Any:
        return None

    def estimate(self, stats: Stats, fixed: Params) -> dict[str, Array] | None:
        natural = None if fixed else self.inner.estimate(stats, {})  # type: ignore[attr-defined]
        return natural and self._outer(natural)

    @property
    def formula(self) -> bool:
        return self.inner.formula  # type: ignore[attr-defined]

    def degenerate(self, stats: Stats, fixed: Params) -> Array:
        return self.inner.degenerate(stats, {})  # type: ignore[attr-defined]

    def pseudo_stats(self, priors: Mapping[str, Any], fixed: Params) -> Stats | None:
        return self.alternative.pseudo(priors)

    def posterior(self, param: str, stats: Stats, fixed: Params) -> Any:
        return self.alternative.posterior(stats)

    def exact_interval(self, param: str, stats: Stats, fixed: Params, level: float) -> tuple[Array, Array] | None:
        """Of a rising or falling function of the one parameter: the ends go through it."""
        if len(self.params) > 1 or fixed:
            return None
        ends = self.inner.exact_interval(next(iter(self.inner.params)), stats, {}, level)  # type: ignore[attr-defined]
        if ends is None:
            return None
        mapped = [self._outer({next(iter(self.inner.params)): end})[param] for end in ends]
        return np.minimum(*mapped), np.maximum(*mapped)

    def start(self, summary: Any) -> dict[str, Array]:
        return self._outer(self.inner.start(summary))


def suited(family: Family, names: Iterable[str]) -> Family:
    """The law in the parameters that are named, where some are derived ones of a set that is one-to-one."""
    asked = {n for n in names if n in family.derived and n not in family.params}
    if not asked:
        return family
    wanted = asked | {n for n in names if n in family.params}
    for alternative in family.alternatives:
        if wanted <= set(alternative.params):
            return Reparametrised(family, alternative)
    return family
