"""One estimate with its error and interval: of a parameter, a derived parameter, or any function of them.

    std_error    the delta method, sqrt(g' cov g) with g the derivatives of the function
    interval     of a function that depends on one value only and rises or falls in it: the interval of that value,
                 taken through; of a derived parameter that the law can be fitted in: its own profile; else Wald's
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import NoStandardError, OptionError, UnknownName, nearest
from ..models.base import Bound
from ..numerics.arrays import NUMPY, jets
from ..numerics.derivatives import differences
from ..numerics.jets import Jet, variables
from ..numerics.special import ndtri
from ..solvers.base import Array, Solution
from .information import by_param, held, held_values, spread, standard_errors, values
from .intervals import automatic, check_level, check_method, conf_int

GRID = 65  # places at which a function is asked whether it rises
STEP = 0.05  # of a standard error: the unit of differences where a function knows no rule


@dataclass(frozen=True)
class Estimate:
    """A number, how sure it is, and by which method the interval was found.

    >>> import mlekit
    >>> print(mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").estimate("odds"))
    odds = 2.33333, standard error 1.61015, 95% interval 0.53389 to 13.9894 (exact)
    """

    name: str
    value: float
    std_error: float
    lower: float
    upper: float
    method: str
    level: float = 0.95

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        error = "no standard error" if np.isnan(self.std_error) else f"standard error {self.std_error:.6g}"
        return (
            f"{self.name} = {self.value:.6g}, {error}, "
            f"{self.level:.10g}".removesuffix("%") + ""
        )


def estimate(bound: Bound, solution: Solution, what: Any, level: float, method: str) -> Estimate:
    """The estimate of `what`: a name, or a function of the parameters by name (or of one mapping of them all)."""
    check_level(level)
    check_method(method)
    coefficients: Any = bound.model.coefficients
    if isinstance(what, str) and what in coefficients.names:
        return _of_parameter(bound, solution, what, level, method)
    return _of_function(bound, solution, _function(bound, what), level, method)


def _of_parameter(bound: Bound, solution: Solution, name: str, level: float, method: str) -> Estimate:
    at = bound.model.coefficients.names.index(name)  # type: ignore[union-attr]
    value, error = values(bound, solution)[0, at], standard_errors(bound, solution)[0, at]
    if method == "wald" and np.isnan(error):
        raise _no_error(bound, name, name)
    low, high, used = conf_int(bound, solution, [name], level, method)
    return Estimate(name, float(value), float(error), float(low[0, 0]), float(high[0, 0]), used, level)
