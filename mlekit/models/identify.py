"""The error of data that do not identify the parameters."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import IdentifiabilityError
from ..families import Family


def one_value(family: Family, rows: float, fixed: Mapping[str, float], exact: bool = True) -> IdentifiabilityError:
    """The error of rows that all have one value, or can have it, if a spread is to be fitted."""
    free = " and ".join(p for p in family.params if p not in fixed)
    spread = min(family.spreads)
    if rows <= 1:
        return IdentifiabilityError(
            f"one row does not identify {free} of {family.name}: give more rows, or fix {spread!r} with fixed="
        )
    same = "have the same value, or differ by less than float64 resolves" if exact else "can have the same value"
    return IdentifiabilityError(
        f"all rows {same}, so {family.name} has no maximum in "
        f"{free}: the likelihood grows without bound as {spread!r} approaches an end of its set; give other rows, "
        f"or fix {spread!r} with fixed="
    )
