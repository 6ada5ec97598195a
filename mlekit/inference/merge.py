"""Fits of parts as the fit of the whole: sums add, and the rows are not asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import add

import numpy as np

from ..data.unsaved import UnsavedRows
from ..errors import OptionError
from ..families import Family
from ..models.forms.sums import Sums
from ..models.posterior import LogPosterior
from ..models.restriction import Restriction


def merge(parts: Sequence[LogPosterior]) -> LogPosterior:
    """The problem of all rows of several fits of one family."""
    first = parts[0]
    for part in parts:
        _refuse(first, part)
    sums = [found for part in parts if (found := part.form.statistics({}, {})) is not None]
    rows = [part.rows for part in parts]
    count, total = sum(len(r) for r in rows), float(sum(r.nobs()[0] for r in rows))
    merged = UnsavedRows(count, total, any(r.weighted for r in rows), target=rows[0].target)
    model, form = replace(first.model, rows=merged), Sums(first.coefficients, reduce(add, sums))
    return LogPosterior(model, form, first.priors, first.fixed, first.restriction)


def _refuse(a: LogPosterior, b: LogPosterior) -> None:
    """Raise the reason why two fits cannot be merged."""
    if not b.form.summed:
        what = "a regression" if b.coefficients.designs else b.family.name
        if b.rows.kept and not b.rows.observations.exact:
            what = "a fit of censored or truncated rows"
        raise OptionError(f"{what} has no sums that add: fit the rows of all parts together")
    if b.rows.groups is not None:
        raise OptionError("merge takes fits, not groups of fits: merge fit[key] of each")
    differ = next((what for what, same in _agreements(a, b) if not same), None)
    if differ is not None:
        raise OptionError(
            f"the fits have different {differ}: only fits of one family, with the same options, can be merged"
        )


def _agreements(a: LogPosterior, b: LogPosterior) -> list[tuple[str, bool]]:
    return [
        ("levels", type(a.family) is not type(b.family) or a.family.classes() == b.family.classes()),
        ("families", _same(a.family, b.family)),
        ("fixed values", a.fixed == b.fixed),
        ("priors", a.priors.by_name == b.priors.by_name),
        ("ties", _same_restriction(a.restriction, b.restriction)),
    ]


def _same_restriction(a: Restriction | None, b: Restriction | None) -> bool:
    return a is b or (a is not None and b is not None and np.array_equal(a.matrix, b.matrix))


def _same(a: Family, b: object) -> bool:
    """True if two families are one, with the same options; a number for each row is not part of the family."""
    if type(a) is not type(b):
        return False
    one, two = vars(a), vars(b)
    names = [name for name in {**one, **two} if not name.startswith("_") and name != "derived"]
    return all(_alike(one.get(name), two.get(name)) for name in names)


def _alike(a: object, b: object) -> bool:
    if isinstance(a, Family):
        return _same(a, b)
    return a is b or isinstance(a, np.ndarray) or bool(a == b)
