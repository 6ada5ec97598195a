"""One example of every distribution there is, found by name: a new family is in every contract without an edit here.

Every family with a distribution function is there a second time, truncated to a part of its values.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import numpy as np

import mlekit
from mlekit.families._base import Family
from mlekit.families.composite._composite import Composite

# parameters that are not at their set's usual example, because there would be no mean, or an integral is hard there
SPECIAL = {"student_t": {"df": 5.0}}
LEVELS = ["ant", "bee", "cow"]
ROWS = 400
TRUNCATED = "truncated "


def families() -> list[str]:
    """The names of the families."""
    return mlekit.families.names()


@cache
def names() -> list[str]:
    """The names of all examples."""
    able = [name for name in families() if simple(name).has_cdf]
    several = [name for name in able if simple(name).support.high - simple(name).support.low > 2]
    return [*families(), *(TRUNCATED + name for name in several)]


def simple(name: str) -> Family:
    """The family, with what its constructor needs."""
    cls = type(mlekit.families.get(name))
    wants = inspect.signature(cls).parameters
    if "n" in wants:
        return cls(n=10)
    return cls(LEVELS) if "levels" in wants else cls()


def distribution(name: str) -> Family:
    """The example of that name."""
    inner = simple(name.removeprefix(TRUNCATED))
    if not name.startswith(TRUNCATED):
        return inner
    lower, upper = inner.frozen(**example(inner)).ppf([0.05, 0.99])
    return mlekit.truncated(inner, lower=float(lower), upper=float(upper))


def whole(family: Family) -> Family:
    """The family that parameters and derived parameters describe: of a composite the inner one."""
    return family.inner if isinstance(family, Composite) else family


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
    """Draws as a user would have them: numbers, or labels where the distribution is one of labels."""
    y = family.frozen(**example(family)).rvs(size=rows, random_state=np.random.default_rng(seed))
    return [LEVELS[int(code)] for code in y] if family.levels(next(iter(family.params))) else y


def bound(family: Family, data: Any) -> tuple[Family, np.ndarray]:
    """The family and its observations as models see them."""
    from mlekit.data.columns import column

    family, y = family.bind(column(data), lambda name: None)
    return family, y if family.codes else np.asarray(y, dtype=float)


def free(family: Family, rows: int = 1) -> list[np.ndarray]:
    """The example in free coordinates."""
    return [np.full(rows, float(v)) for v in family.to_free(example(family))]
