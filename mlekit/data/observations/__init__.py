"""Observations: how each row was seen. One kind per file, named as files and messages call it.

    exact       the value itself
    columns     several values per row, such as successes and failures
    interval    somewhere between two bounds, either of which may be open
    survival    a time at which an event was seen, or up to which none was
    window      any of these, of rows that are in the data only because they lie inside a window

A family knows its log density, its distribution function and its survival function. Observations turn these three into
the log-likelihood of each row, so that every family is fitted to censored and truncated data in every model.
"""

from __future__ import annotations

from typing import Any

from ._base import KINDS
from ._base import FamilyLike as FamilyLike
from ._base import Observations as Observations
from ._base import from_state as from_state


def __getattr__(name: str) -> Any:
    return KINDS.attribute(name)


def __dir__() -> list[str]:
    own = {"FamilyLike", "Observations", "from_state"}
    return sorted({*own, *KINDS.public})
