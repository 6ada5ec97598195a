"""Standard errors of other kinds than those of the curvature, one per file: `fit.with_cov("hc1")`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...errors import NoStandardError
from ...models.solution import Solution
from ...registry import Registry
from ..information import covariance_base
from ._base import Covariance

_registry = Registry[type[Covariance]](__name__, "kind of errors")


def names() -> list[str]:
    """The kinds that there are."""
    return _registry.names


def get(kind: str) -> Covariance:
    """The kind of a name; what follows a colon is its argument."""
    return _registry.get(str(kind).partition(":")[0])()


def with_errors(solution: Solution, kind: str) -> Solution:
    """The same solution with other standard errors."""
    chosen, plain = get(kind), replace(solution, errors=None)
    inverse = covariance_base(plain)[0]
    if not np.isfinite(inverse).all() and solution.problem.count == 1:
        raise NoStandardError(
            "the maximum is at an end of a set, where no kind of standard error exists: use fit.conf_int()"
        )
    return replace(solution, errors=chosen.errors(plain, inverse, kind.partition(":")[2]))
