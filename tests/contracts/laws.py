"""One example of every law there is, found by name: a new family is in every contract without an edit here."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

import mlekit
from mlekit.families._base import Family

# parameters that are not at their set's usual example, because the law would have no mean or be hard to integrate there
SPECIAL = {"student_t": {"df": 5.0}}
LEVELS = ["ant", "bee", "cow"]
ROWS = 400


def names() -> list[str]:
    return mlekit.families.names()


def law(name: str) -> Family:
    """The law, with what its constructor needs."""
    cls = type(mlekit.families.get(name))
    wants = inspect.signature(cls).parameters
    if "n" in wants:
        return cls(n=10)
    return cls(LEVELS) if "levels" in wants else cls()


def example(family: Family) -> dict[str, Any]:
    """Parameters well inside their sets."""
    out: dict[str, Any] = {}
    for i, (name, s) in enumerate(family.params.items()):
        if s.many:
            out[name] = [0.2, 0.3, 0.5]
        elif np.isfinite(s.high):
            out[name] = s.low + 0.3 * (s.high - s.low)
        else:
            out[name] = (s.low + 2.0 + 0.5 * i) if np.isfinite(s.low) else 0.7
    return {**out, **SPECIAL.get(family.name, {})}


def draw(family: Family, rows: int = ROWS, seed: int = 0) -> Any:
    """What a user would have: numbers, or labels where the law is about them."""
    y = family.frozen(**example(family)).rvs(size=rows, random_state=np.random.default_rng(seed))
    return [LEVELS[int(code)] for code in y] if family.levels(next(iter(family.params))) else y


def bound(family: Family, data: Any) -> tuple[Family, np.ndarray]:
    """The law and its observations as models see them."""
    from mlekit.data.columns import column

    family, y = family.bind(column(data), lambda name: None)
    return family, y if family.codes else np.asarray(y, dtype=float)


def free(family: Family, rows: int = 1) -> list[np.ndarray]:
    """The example in free coordinates."""
    return [np.full(rows, float(v)) for v in family.to_free(example(family))]
