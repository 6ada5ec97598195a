"""Data that cannot tell the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import IdentifiabilityError


def one_value(family: Any, rows: float, fixed: Mapping[str, Any]) -> IdentifiabilityError:
    """The error of rows that all have one value, where a spread is to be fitted."""
    what = " and ".join(p for p in family.params if p not in fixed)
    hold = next(iter(sorted(family.spreads)))
    if rows <= 1:
        return IdentifiabilityError(
            f"one row cannot tell {what} of {family.name}: give more rows, or hold {hold!r} with fixed="
        )
    return IdentifiabilityError(
        f"all rows have the same value, or differ too little for float64 to tell, "
        f"so {family.name} has no maximum in {what}: the likelihood grows without end "
        f"as {hold!r} runs off; give other rows, or hold {hold!r} with fixed="
    )
