"""Predictions of rows: means, linear predictors, classes, quantiles and parameters, with their uncertainty.

confidence   for the mean or another function of the distribution, by the delta method on the scale of its link
prediction   for a new observation: quantiles of the distribution at the estimate; of a normal distribution the variance
             of the estimated mean is added to that of an observation
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np

from ..errors import OptionError, nearest
from ..families import Family
from ..families.composite._levels import Labels
from ..links import Link
from ..links.identity import Identity
from ..links.log import Log
from ..models.posterior import Fitted
from ..numerics.arrays import NUMPY, Floats, Namespace, Numbers
from ..numerics.sets import UNIT, interval
from .checks import check_level, check_proportion
from .information import critical
from .new_rows import at
from .predictors import Predictors
from .quantities import Quantity

WHICH = ("mean", "linear", "class", "quantile")
SINGLE = ""  # the name of a quantity that has no levels
Quantities = dict[Hashable, Quantity]


def predict(
    solution: Fitted, new: object, which: str, kind: str | None, level: float, q: float | None = None
) -> Numbers | dict[Hashable, Floats]:
    """One value per row, of levels one column each; columns by name if an interval is asked for."""
    _check(which, kind, level, q)
    rows = at(solution, new)
    if kind == "prediction":
        return new_observation(rows, level)
    if which == "class":
        return classes(rows)
    columns = quantities(rows, which, q)
    if kind is None:
        values = [np.broadcast_to(c.value, (rows.count,)) for c in columns.values()]
        return values[0].copy() if len(values) == 1 else np.stack(values, axis=1)
    tables = {name: c.table(level, rows.count) for name, c in columns.items()}
    if SINGLE in tables:
        return tables[SINGLE]
    return {(v, name): part for v, parts in tables.items() for name, part in parts.items()}


def _check(which: str, kind: str | None, level: float, q: float | None) -> None:
    """Raise an OptionError if options do not go together."""
    check_level(level)
    if kind not in (None, "confidence", "prediction"):
        raise OptionError(
            f"interval is {kind!r}: use 'confidence' (for the mean) or 'prediction' (for a new observation)"
        )
    if which == "quantile" and q is None:
        raise OptionError("a quantile needs its probability: which='quantile', q=0.9")
    if which != "quantile" and q is not None:
        raise OptionError("q= goes with which='quantile'")
    if kind == "prediction" and which != "mean":
        raise OptionError(f"interval='prediction' is about a new observation, not about the {which}: leave which= out")
    if kind is not None and which == "class":
        raise OptionError("a class has no interval: the probability of each class has, with which='mean'")


# ---- the quantities that can be asked for --------------------------------------------------------------------------


def quantities(rows: Predictors, which: str, q: float | None) -> Quantities:
    """The quantities that were asked for, by level; a single one has the name ""."""
    family = rows.family
    first = next(iter(family.params))
    if which == "linear":
        return _linear(rows, first)
    if which == "quantile":
        assert q is not None
        return _quantile(rows, q)
    if which == "mean":
        return _mean(rows, family.levels(first))
    if which in family.params or which in family.derived:
        link = family.link(which) if which in family.params else Log() if which in ("sd", "variance") else Identity()
        return _by_level(rows, _of_name(family, which), link, family.levels(which if which in family.params else first))
    known = dict.fromkeys([*WHICH, *family.params, *family.derived])
    raise OptionError(f"which is {which!r}: {nearest(which, known)}")


def _linear(rows: Predictors, first: str) -> Quantities:
    """The linear predictors of the first parameter; of levels a column each, zero for the reference."""
    levels = rows.family.levels(first)
    if not levels:
        return {SINGLE: Quantity(rows, lambda xp, etas, p: etas[0])}
    reference = Quantity(rows, lambda xp, etas, p: np.zeros(np.shape(rows.etas[0])))
    others = {v: Quantity(rows, lambda xp, etas, p, k=k: etas[k]) for k, v in enumerate(levels[1:])}
    return {levels[0]: reference, **others}


def _quantile(rows: Predictors, q: float) -> Quantities:
    check_proportion(q)
    family, shown = rows.family, _as_shown(rows.family)

    def of(xp: Namespace, etas: list[Numbers], params: dict[str, Numbers]) -> Numbers:
        return shown(family.frozen(**params, **rows.known).ppf(q))

    return {SINGLE: Quantity(rows, of, hull(family), False)}


def _mean(rows: Predictors, levels: Sequence[Hashable]) -> Quantities:
    family, known = rows.family, rows.known
    if family.mean(NUMPY, **rows.params, **known) is None:
        return {SINGLE: Quantity(rows, lambda xp, etas, p: family.frozen(**p, **known).mean(), hull(family), False)}
    link = UNIT.link if levels else hull(family)
    return _by_level(rows, lambda xp, **params: family.mean(xp, **params, **known), link, levels)


def _by_level(rows: Predictors, formula: Callable[..., Numbers], link: Link, levels: Sequence[Hashable]) -> Quantities:
    """A formula as a quantity; if it has levels, the probability of each."""
    if not levels:
        return {SINGLE: Quantity(rows, lambda xp, etas, p: formula(xp, **p), link)}
    return {v: Quantity(rows, lambda xp, etas, p, k=k: formula(xp, **p)[k], UNIT.link) for k, v in enumerate(levels)}


def _as_shown(family: Family) -> Callable[[Numbers], Numbers]:
    """The function from a quantile to what people see: of codes the labels they stand for, which need an order."""
    classes = family.classes()
    if classes is None:
        return np.asarray
    labels = Labels(classes)
    labels.check_order()
    return labels.values


def _of_name(family: Family, name: str) -> Callable[..., Numbers]:
    """A parameter or a derived one, as a function of the parameters."""
    return family.derived[name] if name in family.derived else lambda xp, **params: params[name]


def hull(family: Family) -> Link:
    """The link of the interval that the observations, and so their means and quantiles, live in."""
    return interval(family.support.low, family.support.high).link


# ---- classes and new observations ----------------------------------------------------------------------------------


def classes(rows: Predictors) -> Numbers:
    """The most probable label of each row."""
    labels = rows.family.classes()
    if labels is None:
        raise OptionError(
            f"which='class' is for labels, and the observations of {rows.family.name} are numbers: use which='mean'"
        )
    p = [np.broadcast_to(s.value, (rows.count,)) for s in quantities(rows, "mean", None).values()]
    best = np.argmax(p, axis=0) if len(p) > 1 else (p[0] > 0.5).astype(int)
    return np.array(labels)[best]


def new_observation(rows: Predictors, level: float) -> dict[str, Floats]:
    """The interval in which a new observation of each row falls with that probability."""
    family, tail = rows.family, (1 - level) / 2
    columns = quantities(rows, "mean", None)
    if SINGLE not in columns:
        raise OptionError(
            "labels have no order, and so no interval of a new observation: their probabilities are in predict()"
        )
    mean = columns[SINGLE]
    with np.errstate(all="ignore"):
        if family.has_residuals:
            errors = rows.solution.errors
            variance = family.variance(NUMPY, **rows.params) * (1.0 if errors is None else errors.inflation)
            half = critical(rows.solution, level) * np.sqrt(variance + mean.std_error**2)
            low, high = mean.value - half, mean.value + half
        else:
            low, high = rows.dist.ppf(tail), rows.dist.ppf(1 - tail)
    parts = {"fit": mean.value, "lower": low, "upper": high}
    return {name: np.broadcast_to(part, (rows.count,)) for name, part in parts.items()}
