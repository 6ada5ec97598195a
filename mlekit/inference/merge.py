"""Fits of parts as the fit of the whole: sums add, and the rows are not asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from ..data.unsaved import UnsavedRows
from ..errors import OptionError
from ..families._base import Family
from ..models.base import Bound
from ..models.sums_problem import SumsProblem
from .batches import with_base


def merge(parts: Sequence[Bound]) -> Bound:
    """The problem of all rows of several fits of one law."""
    first = parts[0]
    for part in parts:
        _refuse(first, part)
    base: SumsProblem = first.base
    stats = reduce(add, (part.base.sums for part in parts))
    whole = SumsProblem(base.coefficients, stats, base.priors, base.beliefs, base.fixed)
    rows: list[Any] = [part.model.rows for part in parts]
    count, total = sum(len(r) for r in rows), float(sum(r.nobs()[0] for r in rows))
    merged = UnsavedRows(count, total, any(r.weighted for r in rows), target=rows[0].target)
    return with_base(replace(first, model=replace(first.model, rows=merged)), whole)


def _refuse(a: Bound, b: Bound) -> None:
    """What cannot be merged, and why."""
    family = b.model.family
    if not b.base.summed:
        what = "a regression" if b.model.coefficients.designs else f"{family.name}"  # type: ignore[union-attr]
        raise OptionError(f"{what} has no sums that add: fit the rows of all parts together")
    if b.model.rows.groups is not None:  # type: ignore[union-attr]
        raise OptionError("merge takes fits, not groups of fits: merge fit[key] of each")
    differ = next((what for what, same in _agreements(a, b) if not same), None)
    if differ is not None:
        raise OptionError(f"the fits have different {differ}: only fits of one law, made alike, can be merged")


def _agreements(a: Bound, b: Bound) -> list[tuple[str, bool]]:
    return [
        ("laws", _same(a.model.family, b.model.family)),
        ("levels", a.model.coefficients.names == b.model.coefficients.names),  # type: ignore[union-attr]
        ("fixed values", a.base.fixed == b.base.fixed),
        ("priors", a.base.priors == b.base.priors),
        ("ties", a.matrix is b.matrix or np.array_equal(a.matrix, b.matrix)),  # type: ignore[arg-type]
    ]


def _same(a: Any, b: Any) -> bool:
    """Whether two laws are one: of the same kind, made alike. A number for each row is no part of the law."""
    if type(a) is not type(b):
        return False
    one, two = vars(a), vars(b)
    names = [name for name in {**one, **two} if not name.startswith("_") and name != "derived"]
    return all(_alike(one.get(name), two.get(name)) for name in names)


def _alike(a: Any, b: Any) -> bool:
    if isinstance(a, Family):
        return _same(a, b)
    return a is b or isinstance(a, np.ndarray) or bool(a == b)
