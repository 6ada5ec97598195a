"""The same distribution in other parameters that are one-to-one with its own: a gamma by shape and rate.

    log f(y; new) = log f(y; inner(new))

A family lists such sets in `alternatives`. They serve priors, fixed values, ties and starts on derived parameters: the
distribution is then fitted in those, and its own parameters become derived ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data.stats import Stats
from ...errors import OptionError
from ...links import Link
from ...numerics.arrays import NUMPY, Namespace
from .._base import Alternative, Array, Family, Params
from ._composite import Composite

if TYPE_CHECKING:
    from ...data.labels import Foreign
    from ...data.layout import Layout
    from ...numerics.derivatives import Derivatives
    from ...priors import Prior


class Reparametrised(Composite):
    """A distribution in another set of its parameters."""

    def __init__(self, inner: Family, params: Sequence[str]) -> None:
        super().__init__(inner)
        self.has_cdf, self.sufficient = inner.has_cdf, inner.sufficient
        self.location, self.unit_powers, self.spreads = None, {}, frozenset()
        self.nests = inner.nests
        self.formula, self.finite_sums_prove = inner.formula, inner.finite_sums_prove
        self.params = next(a.params for a in inner.alternatives if list(a.params) == list(params))

    def settings(self) -> dict[str, Foreign]:
        return {"params": list(self.params)}

    # -- parameters ---------------------------------------------------------------------------------------------------

    @property
    def alternative(self) -> Alternative:
        """The parameters, out of those that the class of the distribution offers."""
        return next(a for a in self.inner.alternatives if list(a.params) == list(self.params))

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """None: these parameters were asked for."""
        return ()

    @property
    def derived(self) -> Mapping[str, Callable[..., Array]]:
        """The distribution's own parameters, and what is derived from them."""
        names = [n for n in (*self.inner.params, *self.inner.derived) if n not in self.params]
        return {name: partial(self._inner_value, name) for name in names}

    def _inner_value(self, name: str, xp: Namespace, **new: Array) -> Array:
        """A parameter of the distribution, or a quantity derived from its parameters."""
        own = self.alternative.inner(xp, **new)
        return own[name] if name in own else self.inner.derived[name](xp, **own)

    def _own(self, xp: Namespace, params: Params) -> dict[str, Any]:
        """The distribution's own parameters, and beside them what it knows of rows."""
        new = {p: v for p, v in params.items() if p in self.params}
        return {**self.alternative.inner(xp, **new), **{k: v for k, v in params.items() if k not in new}}

    def _outer(self, own: Mapping[str, Array]) -> dict[str, Array]:
        """The new parameters at the distribution's own."""
        with np.errstate(all="ignore"):
            return {n: own[n] if n in own else self.inner.derived[n](NUMPY, **own) for n in self.params}

    def link(self, param: str) -> Link:
        return Family.link(self, param)

    def check_formula(self, formula: str) -> None:
        """Refuse it: the caller may mean the first of the distribution's own parameters, or one of these."""
        new = [p for p in self.params if p not in self.inner.params]
        meant = " or ".join(f"{{{p!r}: {formula!r}}}" for p in self.params)
        raise OptionError(
            f"an option names {new[0]!r}, which {self.name} derives from its parameters {', '.join(self.inner.params)}:"
            f" with it the distribution is fitted in {', '.join(self.params)}, so say which of these the formula"
            f" models, as in {meant}; if {new[0]!r} is a column, rename it"
        )

    # -- the distribution ---------------------------------------------------------------------------------------------

    def log_density(self, xp: Namespace, y: Array, **params: Array) -> Array:
        return self.inner.log_density(xp, y, **self._own(xp, params))

    def log_cdf(self, xp: Namespace, y: Array, **params: Array) -> Array:
        return self.inner.log_cdf(xp, y, **self._own(xp, params))

    def log_survival(self, xp: Namespace, y: Array, **params: Array) -> Array:
        return self.inner.log_survival(xp, y, **self._own(xp, params))

    def frozen(self, **params: Array) -> Foreign:
        return self.inner.frozen(**self._own(NUMPY, params))

    def mean(self, xp: Namespace, **params: Array) -> Array:
        return self.inner.mean(xp, **self._own(xp, params))

    def variance(self, xp: Namespace, **params: Array) -> Array:
        return self.inner.variance(xp, **self._own(xp, params))

    def deviance(self, y: Array, **params: Array) -> Array | None:
        return self.inner.deviance(y, **self._own(NUMPY, params))

    def start(self, summary: Any) -> dict[str, Array]:
        return self._outer(self.inner.start(summary))

    # -- sums, if the family has sufficient statistics ----------------------------------------------------------------

    @property
    def _sums(self) -> Any:
        """The inner family, whose statistics are the same."""
        return self.inner

    def sums(self, y: Array, weights: Array | None, layout: Layout) -> dict[str, Array]:
        return self._sums.sums(y, weights, layout)

    def refined(self, stats: Stats, y: Array, weights: Array | None, layout: Layout) -> Stats:
        return self._sums.refined(stats, y, weights, layout)

    def log_likelihood(self, xp: Namespace, stats: Stats, **params: Array) -> Array:
        return self._sums.log_likelihood(xp, stats, **self._own(xp, params))

    def evaluate_sums(self, stats: Stats, z: list[Array], order: int) -> Derivatives | None:
        return None

    def estimate(self, stats: Stats, fixed: Params) -> dict[str, Array] | None:
        own = None if fixed else self._sums.estimate(stats, {})
        return own and self._outer(own)

    def variances(self, stats: Stats) -> None:
        """None: the variances are those of the inner family's parameters."""

    def degenerate(self, stats: Stats, fixed: Params) -> Array:
        return self._sums.degenerate(stats, {})

    def pseudo_stats(self, priors: Mapping[str, Prior], fixed: Params) -> Stats | None:
        return self.alternative.pseudo(priors)

    def posterior(self, param: str, stats: Stats, fixed: Params) -> Foreign:
        return self.alternative.posterior(stats)

    def exact_interval(self, param: str, stats: Stats, fixed: Params, level: float) -> tuple[Array, Array] | None:
        """Of a monotone function of the one parameter: the ends go through it."""
        if len(self.params) > 1 or fixed:
            return None
        own = next(iter(self.inner.params))
        ends = self._sums.exact_interval(own, stats, {}, level)
        if ends is None:
            return None
        mapped = [self._outer({own: end})[param] for end in ends]
        return np.minimum(*mapped), np.maximum(*mapped)

    def signature(self) -> tuple[Foreign, ...]:
        return self.inner.signature()

    def __repr__(self) -> str:
        return repr(self.inner)


def suited(family: Family, names: Iterable[str]) -> Family:
    """Return the family in the parameters that are named, if some are derived ones of a set that is one-to-one."""
    asked = {n for n in names if n in family.derived and n not in family.params}
    if not asked:
        return family
    wanted = asked | {n for n in names if n in family.params}
    for alternative in family.alternatives:
        if wanted <= set(alternative.params):
            return Reparametrised(family, list(alternative.params))
    sets = [list(family.params), *(list(a.params) for a in family.alternatives)]
    if len(wanted) > 1 and wanted <= {p for params in sets for p in params}:
        spelled = ", or ".join(" and ".join(params) for params in sets)
        raise OptionError(f"{family.name} is fitted in {spelled}: not in {' and '.join(sorted(wanted))} together")
    return family
