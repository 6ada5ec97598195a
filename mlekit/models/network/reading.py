"""Rows for a network, from X and y, or from a frame and a formula."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...data.columns import column, numbers
from ...data.engines import is_frame
from ...data.intake import intake
from ...data.labels import Column, missing_of
from ...errors import DataError, OptionError
from .forward import Floats
from .inputs import Inputs, Numbers, Terms, inputs
from .problem import Rows


def read(first: str, data: Any, target: Any, how: Mapping[str, Any]) -> tuple[Inputs, Rows, str | None]:
    """The form of the inputs, the rows, and the response of a formula; `first` is the family's first parameter."""
    if how.get("by") is not None:
        raise OptionError(
            "by= is for distributions and regressions: give the group to the network as an input, "
            "or fit a network for each group"
        )
    if target is None:
        raise OptionError(
            "a network is fitted to inputs and observations: mlekit.fit(X, y, family=mlekit.network(...))"
        )
    if not isinstance(target, (str, Mapping)):
        form = inputs(data)
        return form, rows(form.of(data), column(target, "y"), how, data), None
    if not is_frame(type(data)) or "~" not in str(target):
        raise OptionError(
            "a network takes mlekit.fit(X, y, ...), or a frame and a formula: mlekit.fit(df, 'y ~ x', ...)"
        )
    given = intake(first, data, target, None, None, None, "error", intercept=False)
    if list(given.designs) != [first]:
        raise OptionError(f"the network gives the {first}: a formula of another parameter cannot be used")
    design = given.designs[first].check()
    offset = how.get("offset") if given.offset is None else given.offset
    return Terms(design), rows(design.block(0, design.rows), given.y, {**how, "offset": offset}, data), given.target


def rows(x: Numbers, y: Column, how: Mapping[str, Any], data: Any) -> Rows:
    """Check that there are as many inputs as observations, and find or leave out missing observations."""
    n = len(x)
    if len(y) != n:
        raise DataError(f"X has {n} rows, but y has {len(y)} values")
    if n == 0:
        raise DataError("there are no rows: give at least one observation")
    weights, offset = (_beside(how.get(name), data, name, n) for name in ("weights", "offset"))
    if weights is not None and not weights.any():
        raise DataError("all weights are zero: there is nothing to fit")
    gone = missing_of(y)
    if gone is None:
        return Rows(x, y, weights, offset)
    if how.get("missing") != "drop":
        raise DataError(f"y is missing in row {int(np.argmax(gone))}: use missing='drop' to leave such rows out")
    kept = (None if a is None else a[~gone] for a in (weights, offset))
    return Rows(x[~gone], y[~gone], *kept, dropped=int(gone.sum()))


def response(target: str | None, data: Any) -> Column:
    """The left side of the formula that was fitted, in new rows."""
    if target is None:
        raise OptionError("give the observations as well: fit.evaluate(X, y)")
    from ...data.formula import parse
    from ...data.frames import table

    left = parse(f"{target} ~ 1").response
    assert left is not None
    return left.values(table(data))[0]


def _beside(given: Any, data: Any, what: str, rows: int) -> Floats | None:
    """Weights or an offset, by the name of a column or as an array: finite numbers, one per row."""
    if given is None:
        return None
    if isinstance(given, str):
        from ...data.frames import table

        given = table(data).column(given)
    values = np.asarray(numbers(given, what), dtype=float)
    if len(values) != rows:
        raise DataError(f"{what} has {len(values)} values, but there are {rows} rows")
    if not np.isfinite(values).all():
        row = int(np.argmin(np.isfinite(values)))
        raise DataError(f"{what}: row {row} is {values[row]}, but it has to be a finite number")
    return values
