"""A net as a model: any torch module gives the first parameter of a law, row by row; the others stand beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...data.columns import column
from ...data.layout import ONE
from ...data.rows import Summary
from ...data.sums import summarise
from ...errors import DataError, OptionError, nearest, needs
from ..base import F, Model

try:
    from torch import nn
except ImportError as error:
    raise needs("PyTorch", "torch") from error

from .forward import resting, suited
from .inputs import Inputs, as_array
from .module import ModuleProblem, ModuleStream, NetworkPriors
from .problem import NetworkProblem, Rows
from .reading import read, response
from .reading import rows as checked

Array = Any

__all__ = ["ModuleProblem", "ModuleStream", "Network", "NetworkPriors", "NetworkProblem", "Rows", "resting"]


@dataclass(frozen=True, eq=False)
class Network(Model[F]):
    """A module and a law; `family` and `rows` are bound after `bind`."""

    module: nn.Module
    family: Any
    fit: Callable[..., F]  # what makes the fit
    cells: Array | None = None  # inputs at which a Dirichlet prior holds
    inputs: Inputs | None = None
    target: str | None = None  # the response, where a formula named it
    rows: Any = None  # of a fit that was loaded without them None

    def read(self, data: Any, target: Any = None, **how: Any) -> Network[F]:
        """Inputs and observations, which stay what they are until `bind`."""
        made, rows, response = read(next(iter(self.family.params)), data, target, how)
        return replace(self, inputs=made, rows=rows, target=response)

    def bind(self, rows: Any) -> Network[F]:
        """The model for the levels that the observations have."""
        given: Network[F] = rows
        family, bound = self._bound(given.rows)
        if any(s.many for s in list(family.params.values())[1:]):
            raise OptionError(
                f"a net gives the first parameter of {family.name}, and its others are not single numbers"
            )
        if family.params[next(iter(family.params))].many and bound.offset is not None:
            raise OptionError("offset= goes with one number a row, and the net gives logits")
        x = suited(self.module, family, bound.x)
        assert given.inputs is not None
        return replace(given, family=family, rows=replace(bound, x=x), inputs=given.inputs.given(x))

    def _bound(self, rows: Rows) -> tuple[Any, Rows]:
        """The law for these observations, and the observations as it takes them."""
        family, y = self.family.bind(rows.y, _no_columns)
        family.check(y)
        return family, replace(rows, y=y if family.codes else np.asarray(y, dtype=float))

    def new(self, data: Any, target: Any, weights: Any) -> Rows:
        """New rows with their observations."""
        assert self.inputs is not None
        y = response(self.target, data) if target is None else column(target, "y")
        return self._bound(checked(self.inputs.of(data), y, {"weights": weights}, data))[1]

    # -- the log posterior -------------------------------------------------------------------------------------------

    def problem(
        self, priors: Any, fixed: Mapping[str, Any], tied: Mapping[str, str], *, imagine: bool = True
    ) -> NetworkProblem:
        """The log posterior; without the imaginary rows of a prior where nothing is to be fitted any more."""
        if tied:
            raise OptionError("tied= is for the parameters of laws: share modules within the net instead")
        others = list(self.family.params)[1:]
        for name, value in fixed.items():
            if name not in others:
                raise OptionError(f"fixed: {name!r} is not a parameter beside the net: {nearest(name, others)}")
            if not self.family.params[name].has(value):
                raise OptionError(f"fixed: {name} is {value:g}, but it has to be {self.family.params[name].one}")
        free = [p for p in others if p not in fixed]
        terms = NetworkPriors.of(priors, self.module, next(iter(self.family.params)), free)
        imaginary = self._imaginary(terms.probabilities) if imagine and terms.probabilities is not None else None
        start = self._start() if free and self.rows is not None else dict.fromkeys(free, 0.0)
        return NetworkProblem(
            self,
            imaginary,
            terms,
            {p: start[p] for p in free},
            {p: float(v) for p, v in fixed.items()},
        )

    def _start(self) -> dict[str, float]:
        """The law's parameters as they are for these observations without the net, on their links."""
        y, weights = self.rows.y, self.rows.weights
        weights = weights if weights is None or (weights > 0).all() else None
        with np.errstate(all="ignore"):
            law = self.family
            known = summarise(law, y, weights).batch() if law.sufficient else Summary(y, weights, ONE)
            free = dict(zip([p for p, _ in law.coordinates()], law.to_free(law.start(known)), strict=True))
        return {p: float(np.nan_to_num(np.ravel(z)[0], posinf=5.0, neginf=-5.0)) for p, z in free.items()}

    def _imaginary(self, prior: Any) -> Rows:
        """alpha - 1 rows of every level at every cell."""
        levels = len(self.family.classes() or ())
        if self.cells is None or not prior.fits(levels):
            raise OptionError(
                f"prior: {prior} is about the probabilities at given inputs: "
                f"say at which, mlekit.network(module, law, cells=X), one value a level ({levels})"
            )
        counts = prior.counts(levels)
        cells = as_array(self.cells).astype(self.rows.x.dtype)
        x = np.repeat(cells, levels, axis=0)
        return Rows(x, np.tile(np.arange(levels), len(cells)), np.tile(counts, len(cells)).astype(float))

    def answer(self) -> Callable[..., F]:
        return self.fit


def _no_columns(name: str) -> Array:
    raise DataError(f"{name!r} is to be a column of the data, and a net is given X and y alone")
