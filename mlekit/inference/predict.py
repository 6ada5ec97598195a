"""What a fit says of rows: means, linear predictors, classes, quantiles and parameters, with their uncertainty.

confidence   for the mean or another function of the law, by the delta method on the scale of its link
prediction   for a new observation: quantiles of the law at the estimate; of a normal law the variance of the
             estimated mean is added to that of an observation
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import OptionError, nearest
from ..families.composite._levels import Labels
from ..links import Link
from ..links.identity import Identity
from ..links.log import Log
from ..numerics.arrays import NUMPY
from ..numerics.sets import UNIT, interval
from ..solvers._base import Array, Solution
from .information import critical
from .levels import check_level, check_proportion
from .predictors import Predictors, at
from .quantities import Quantity

WHICH = ("mean", "linear", "class", "quantile")


def predict(solution: Solution, new: Any, which: str, kind: str | None, level: float, q: float | None = None) -> Any:
    """One row an input row, and of levels a column each; columns by name where an interval is asked for."""
    check_level(level)
    if kind not in (None, "confidence", "prediction"):
        raise OptionError(
            f"interval is {kind!r}: use 'confidence' (for the mean) or 'prediction' (for a new observation)"
        )
    if (q is None) != (which != "quantile"):
        raise OptionError(
            "a quantile needs its share: which='quantile', q=0.9" if q is None else "q= goes with which='quantile'"
        )
    rows = at(solution, new)
    if kind == "prediction":
        if which != "mean":
            raise OptionError(
                f"interval='prediction' is about a new observation, not about the {which}: leave which= out"
            )
        return new_observation(rows, level)
    if which == "class":
        if kind is not None:
            raise OptionError("a class has no interval: the probability of each class has, with which='mean'")
        return classes(rows)
    columns = quantities(rows, which, q)
    if kind is None:
        values = [np.broadcast_to(c.value, (rows.count,)) for c in columns.values()]
        return values[0].copy() if len(values) == 1 else np.stack(values, axis=1)
    tables = {name: c.table(level, rows.count) for name, c in columns.items()}
    return (
        tables[""] if "" in tables else {(v, name): part for v, parts in tables.items() for name, part in parts.items()}
    )


def quantities(rows: Predictors, which: str, q: float | None) -> dict[Any, Quantity]:
    """What was asked for, by level; one number a row has the name ""."""
    family = rows.family
    first = next(iter(family.params))
    levels = family.levels(which if which in family.params else first)
    if which == "linear":
        return linear(rows, first)
    if which == "quantile":
        assert q is not None
        check_proportion(q)
        shown = value_of(family)
        return {
            "": Quantity(rows, lambda xp, etas, p: shown(family.frozen(**p, **rows.known).ppf(q)), hull(family), False)
        }
    if which == "mean":
        formula: Callable[..., Any] = family.mean
        if formula(NUMPY, **rows.params, **rows.known) is None:
            return {
                "": Quantity(rows, lambda xp, etas, p: family.frozen(**p, **rows.known).mean(), hull(family), False)
            }
        known, link = rows.known, UNIT.link if levels else hull(family)
    elif which in family.params or which in family.derived:
        formula, known = of_name(family, which), {}
        link = family.link(which) if which in family.params else Log() if which in ("sd", "variance") else Identity()
        link = UNIT.link if levels else link
    else:
        raise OptionError(
            f"which is {which!r}: {nearest(which, dict.fromkeys([*WHICH, *family.params, *family.derived]))}"
        )
    if not levels:
        return {"": Quantity(rows, lambda xp, etas, p: formula(xp, **p, **known), link)}
    return {
        v: Quantity(rows, lambda xp, etas, p, k=k: formula(xp, **p, **known)[k], link) for k, v in enumerate(levels)
    }


def value_of(family: Any) -> Callable[[Array], Array]:
    """What quantiles are shown as: of codes the labels they stand for, which need an order."""
    classes = family.classes()
    if classes is None:
        return np.asarray
    labels = Labels(classes)
    labels.check_order()
    return labels.values


def of_name(family: Any, name: str) -> Callable[..., Any]:
    """A parameter or a derived one, as a function of the parameters."""
    return family.derived[name] if name in family.derived else lambda xp, **params: params[name]


def linear(rows: Predictors, first: str) -> dict[Any, Quantity]:
    """The linear predictors of the first parameter; of levels a column each, zero for the reference."""
    levels = rows.family.levels(first)
    if not levels:
        return {"": Quantity(rows, lambda xp, etas, p: etas[0])}
    reference = Quantity(rows, lambda xp, etas, p: np.zeros(np.shape(rows.etas[0])))
    return {
        levels[0]: reference,
        **{v: Quantity(rows, lambda xp, etas, p, k=k: etas[k]) for k, v in enumerate(levels[1:])},
    }


def hull(family: Any) -> Link:
    """The link of the interval that the observations, and so their means and quantiles, live in."""
    return interval(family.support.low, family.support.high).link


def classes(rows: Predictors) -> Array:
    """The most probable label of each row."""
    labels = rows.family.classes()
    if labels is None:
        raise OptionError(
            f"which='class' is for labels, and the observations of {rows.family.name} are numbers: use which='mean'"
        )
    shares = [np.broadcast_to(s.value, (rows.count,)) for s in quantities(rows, "mean", None).values()]
    best = np.argmax(shares, axis=0) if len(shares) > 1 else (shares[0] > 0.5).astype(int)
    return np.array(labels)[best]


def new_observation(rows: Predictors, level: float) -> dict[str, Array]:
    """Where a new observation of each row falls with that probability."""
    family, tail = rows.family, (1 - level) / 2
    columns = quantities(rows, "mean", None)
    if "" not in columns:
        raise OptionError(
            "labels have no order, and so no interval of a new observation: their probabilities are in predict()"
        )
    mean = columns[""]
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
