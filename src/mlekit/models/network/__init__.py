"""A net as a model: any torch module gives the first parameter of a law, row by row; the others are learned beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...data.columns import column, is_frame, numbers
from ...data.intake import missing_of
from ...data.rows import Summary
from ...data.layout import ONE
from ...data.sums import summarise
from ...errors import DataError, OptionError, UnknownName, nearest, needs
from ..base import Bound, Model

try:
    from torch import nn
except ImportError as error:
    raise needs("PyTorch", "torch") from error

from .forward import suited
from .inputs import Inputs, Terms, as_array, inputs
from .problem import Beliefs, NetProblem, Rows

Array = Any

__all__ = ["Network", "NetProblem", "Rows"]


@dataclass(frozen=True, eq=False)
class Network(Model):
    """A module and a law; `family` and `rows` are bound after `bind`."""

    module: nn.Module
    family: Any
    fit: Callable[..., Any]  # what makes the fit
    cells: Array | None = None  # inputs at which a Dirichlet prior holds
    inputs: Inputs | None = None
    target: str | None = None  # the response, where a formula named it
    rows: Any = None

    coefficients = None

    # -- rows -----------------------------------------------------------------------------------------------------

    def read(self, data: Any, target: Any = None, **how: Any) -> Network:
        """Inputs and observations, which stay what they are until `bind`."""
        if how.get("by") is not None:
            raise OptionError("by= is for laws: give a net the group as an input, or fit a net for each group")
        if target is None:
            raise OptionError("a net is fitted to inputs and observations: mlekit.fit(X, y, family=mlekit.network(...))")
        if isinstance(target, (str, Mapping)):
            return self._from_formula(data, target, how)
        made = inputs(data)
        return self._checked(made, made.of(data), column(target, "y"), how, data)

    def _from_formula(self, data: Any, target: Any, how: Mapping[str, Any]) -> Network:
        from ...data.intake import intake

        first = next(iter(self.family.params))
        if not is_frame(type(data)) or "~" not in str(target):
            raise OptionError("a net takes mlekit.fit(X, y, ...), or a frame and a formula: mlekit.fit(df, 'y ~ x', ...)")
        plain = {"by": None, "weights": None, "offset": None, "missing": "error", "intercept": False}
        rows = intake(first, data, target, **plain)
        if list(rows.designs) != [first]:
            raise OptionError(f"the net gives the {first}: the formula of any other parameter cannot be used")
        design = rows.designs[first].check()
        new = replace(self, target=rows.target)
        return new._checked(Terms(design), design.block(0, design.rows), rows.y, {**how, "offset": how.get("offset")}, data)

    def _checked(self, made: Inputs, x: Array, y: Any, how: Mapping[str, Any], data: Any) -> Network:
        n = len(x)
        if len(y) != n:
            raise DataError(f"X has {n} rows, but y has {len(y)} values")
        if n == 0:
            raise DataError("there are no rows: give at least one observation")
        weights = None if how.get("weights") is None else _weights(_column(how["weights"], data, "weights"), n)
        offset = None if how.get("offset") is None else np.asarray(_column(how["offset"], data, "offset"), dtype=float)
        if offset is not None and len(offset) != n:
            raise DataError(f"offset has {len(offset)} values, but there are {n} rows")
        gone = missing_of(y)
        if gone is not None and how.get("missing") != "drop":
            raise DataError(f"y is missing in row {int(np.argmax(gone))}: say missing='drop' to leave such rows out")
        rows = Rows(x, y, weights, offset)
        if gone is not None:
            keep = ~gone
            rows = Rows(x[keep], y[keep], _kept(weights, keep), _kept(offset, keep), int(gone.sum()))
        return replace(self, inputs=made, rows=rows)

    def bind(self, rows: Any) -> Network:
        """The model for the levels that the observations have."""
        read: Network = rows
        given = read.rows
        family, y = self.family.bind(given.y, _no_columns)
        family.check(y)
        if family.params[next(iter(family.params))].many and given.offset is not None:
            raise OptionError("offset= goes with one number a row, and the net gives logits")
        if any(s.many for s in list(family.params.values())[1:]):
            raise OptionError(f"a net gives the first parameter of {family.name}, and its others are not single numbers")
        x = suited(self.module, family, given.x)
        y = y if family.codes else np.asarray(y, dtype=float)
        return replace(read, family=family, rows=replace(given, x=x, y=y))

    # -- the log posterior -------------------------------------------------------------------------------------------

    def problem(self, priors: Any, fixed: Mapping[str, Any], tied: Mapping[str, str]) -> Bound:
        if tied:
            raise OptionError("tied= is for the parameters of laws: share modules within the net instead")
        others = list(self.family.params)[1:]
        for name, value in fixed.items():
            if name not in others:
                raise OptionError(f"fixed: {name!r} is not a parameter beside the net: {nearest(name, others)}")
            if not self.family.params[name].has(value):
                raise OptionError(f"fixed: {name} is {value:g}, but it has to be {self.family.params[name].words}")
        beliefs = self._beliefs(priors, [p for p in others if p not in fixed])
        start = {} if set(others) <= fixed.keys() else self._start(others)
        problem = NetProblem(
            self.module,
            self.family,
            self.rows,
            None if beliefs.shares is None else self._imaginary(beliefs.shares),
            beliefs,
            {p: z for p, z in start.items() if p not in fixed},
            {p: float(v) for p, v in fixed.items()},
        )
        return Bound(self, problem, problem)

    def _start(self, others: list[str]) -> dict[str, float]:
        """The law's other parameters as they are for these observations without the net, on their links."""
        y, weights = self.rows.y, self.rows.weights
        weights = weights if weights is None or (weights > 0).all() else None
        with np.errstate(all="ignore"):
            law = self.family
            known = summarise(law, y, weights).batch() if law.sufficient else Summary(y, weights, ONE)
            free = dict(zip([p for p, _ in law.coordinates()], law.free(law.start(known)), strict=True))
        return {p: float(np.nan_to_num(np.ravel(free[p])[0], posinf=5.0, neginf=-5.0)) for p in others}

    def _beliefs(self, priors: Any, others: list[str]) -> Beliefs:
        from ... import priors as shelf

        tensors = [name for name, p in self.module.named_parameters() if p.requires_grad]
        first = next(iter(self.family.params))
        if priors is None:
            return Beliefs({}, {})
        if not isinstance(priors, Mapping):
            prior = shelf.get(priors)
            priors = {first: prior} if prior.many else dict.fromkeys(tensors, prior)
        given = {str(name): shelf.get(prior) for name, prior in priors.items()}
        for name, prior in given.items():
            if name not in (*tensors, *others, first):
                raise UnknownName(f"prior: there is no {name!r}; {nearest(name, [*tensors, *others])}")
            if prior.many != (name == first):
                raise OptionError(f"prior: {prior} does not suit {name!r}: weights take one such as Normal(0, 1)")
        return Beliefs(
            {n: p for n, p in given.items() if n in tensors},
            {n: p for n, p in given.items() if n in others},
            given.get(first),
        )

    def _imaginary(self, prior: Any) -> Rows:
        """alpha - 1 rows of every level at every cell."""
        levels = len(self.family.classes() or ())
        if self.cells is None or not prior.fits(levels):
            raise OptionError(
                f"prior: {prior} is about the probabilities at given inputs: "
                f"say at which, mlekit.network(module, law, cells=X), one value a level ({levels})"
            )
        counts = np.broadcast_to(prior.kernel()["log"], (levels,))
        cells = self.rows.x.dtype.type(0) + as_array(self.cells)
        x = np.repeat(cells.astype(self.rows.x.dtype), levels, axis=0)
        return Rows(x, np.tile(np.arange(levels), len(cells)), np.tile(counts, len(cells)).astype(float))

    def answer(self) -> Callable[..., Any]:
        return self.fit


def _weights(weights: Array, rows: int) -> Array:
    """Finite numbers of any sign: a reward may be negative."""
    w = np.asarray(weights)
    if w.shape != (rows,) or w.dtype.kind not in "iufb":
        raise DataError(f"weights: {rows} rows need as many numbers, not {w.dtype} of shape {w.shape}")
    if not np.isfinite(w).all():
        row = int(np.argmin(np.isfinite(w)))
        raise DataError(f"the weight of row {row} is {w[row]}: it has to be a finite number")
    if not w.any():
        raise DataError("all weights are zero: there is nothing to fit")
    return w.astype(float)


def _column(given: Any, data: Any, what: str) -> Array:
    """A column by its name in the frame, or an array."""
    if not isinstance(given, str):
        return numbers(given, what)
    from ...data.frames import table

    return numbers(table(data).column(given), what)


def _kept(values: Array | None, keep: Array) -> Array | None:
    return None if values is None else values[keep]


def _no_columns(name: str) -> Array:
    raise DataError(f"{name!r} is to be a column of the data, and a net is given X and y alone")


