"""Standard errors of other kinds than those of the curvature, one per file: `fit.with_cov("hc1")`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...errors import NoStandardError
from ...models.posterior import Fitted
from ...registry import Registry
from ..information import covariance_base
from ._base import Covariance

_registry = Registry[type[Covariance]](__name__, "kind of errors")


def names() -> list[str]:
    """Return the names of all kinds: the files of this folder."""
    return _registry.names


def get(kind: str) -> Covariance:
    """Return the kind of a name; what follows a colon is its argument."""
    return _registry.get(str(kind).partition(":")[0])()


def with_errors(solution: Fitted, kind: str) -> Fitted:
    """The same solution with other standard errors; NaN for the groups of a batch that have none."""
    chosen, plain = get(kind), replace(solution, errors=None)
    inverse, none = covariance_base(plain)[0], solution.at_end is not None and solution.at_end.all()
    if (none or not np.isfinite(inverse).all()) and solution.problem.count == 1:
        raise NoStandardError(
            "the maximum is at an end of a set, where no kind of standard error exists: use fit.conf_int()"
        )
    return replace(solution, errors=chosen.errors(plain, inverse, kind.partition(":")[2]))
