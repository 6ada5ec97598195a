"""One estimate with its error and interval: of a parameter, a derived parameter, or any function of them.

The error is that of the delta method, sqrt(g' cov g) with g the derivatives of the function. The interval of a function
that follows one value only, and rises or falls with it, is the interval of that value taken through. A derived
parameter that the family can be fitted in has a profile of its own. All others have Wald's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import NoStandardError, OptionError
from ..models.posterior import Fitted, LogPosterior
from ..numerics.arrays import NUMPY
from .bootstrap import bootstrap, percentiles, refuse_ends
from .checks import check_level
from .functions import Function, Local, function_of, local, number
from .information import critical, link_of, spread, standard_errors
from .intervals import automatic, conf_int, suited
from .reparametrised import fitted_in

POINTS = 65  # of a function, to see whether it only rises or only falls
FARTHEST = 700.0  # what stands for infinity there, in logs and logits


@dataclass(frozen=True)
class Estimate:
    """An estimate with its standard error and an interval.

    Attributes
    ----------
    name : str
        The name of a parameter, or of the function.
    value : float
        The estimate.
    std_error : float
        Its standard error; NaN if it does not exist.
    lower, upper : float
        The ends of the interval.
    method : str
        The method that found the interval.
    level : float
        The confidence level of the interval.

    Examples
    --------
    >>> import mlekit
    >>> print(mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").estimate("odds"))
    odds = 2.33333, standard error 1.61015, exact 95% interval 0.532678 to 13.9836
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
        interval = f"{self.method} {100 * self.level:g}% interval {self.lower:.6g} to {self.upper:.6g}"
        return f"{self.name} = {self.value:.6g}, {error}, {interval}"


def estimate(solution: Fitted, what: object, level: float, method: str) -> Estimate:
    """The estimate of `what`: a name, or a function of the parameters by name (or of one mapping of them all)."""
    check_level(level)
    method = suited(solution, method)
    if isinstance(what, str) and what in solution.problem.coefficients.names:
        return _of_value(solution, what, level, method)
    return _of_function(solution, function_of(solution.problem, what), level, method)


def _of_value(solution: Fitted, name: str, level: float, method: str) -> Estimate:
    at = solution.problem.coefficients.names.index(name)
    value, error = solution.values[0, at], standard_errors(solution)[0, at]
    if method == "wald" and np.isnan(error):
        raise _no_error(solution, name, [name])
    low, high, used = conf_int(solution, [name], level, method)
    return Estimate(name, float(value), float(error), float(low[0, 0]), float(high[0, 0]), used, level)


def _of_function(solution: Fitted, function: Function, level: float, method: str) -> Estimate:
    at = local(solution, function)
    error = float(spread(solution, at.gradient[None])[0])
    if method == "wald" and np.isnan(error):
        raise _no_error(solution, function.name, at.follows)
    low, high, used = _interval(solution, function, at, error, level, method)
    return Estimate(function.name, at.value, error, low, high, used, level)


# ---- the interval of a function ------------------------------------------------------------------------------------


def _interval(
    solution: Fitted, function: Function, at: Local, error: float, level: float, method: str
) -> tuple[float, float, str]:
    if method == "bootstrap":
        return (*_resampled(solution, function, at, level), method)
    if method != "wald":
        found = _through(solution, function, at, level, method)
        if found is None and function.derived and method != "exact":
            found = _own_profile(solution.problem, function.name, level)
        if found is not None:
            return found
        if method != "auto":
            raise OptionError(
                f"{function.name} has no {method} interval, because it depends on "
                f"{' and '.join(at.follows) or 'no free value'}: use method='wald' or 'bootstrap'"
            )
    half = critical(solution, level) * error
    return at.value - half, at.value + half, "wald"


def _through(
    solution: Fitted, function: Function, at: Local, level: float, method: str
) -> tuple[float, float, str] | None:
    """The interval of the one value that the function follows, if it only rises or only falls with it."""
    if len(at.follows) != 1:
        return None
    (name,) = at.follows
    low, high, used = conf_int(solution, [name], level, method)
    if used == "wald" or np.isnan([low[0, 0], high[0, 0]]).any():
        return None
    found = _monotone(solution, function, name, float(low[0, 0]), float(high[0, 0]))
    return None if found is None else (min(found), max(found), used)


def _monotone(solution: Fitted, function: Function, name: str, low: float, high: float) -> tuple[float, float] | None:
    """The function at two values of a parameter; None if it both rises and falls between them."""
    problem, values = solution.problem, np.array(solution.values[0])
    position, link = problem.coefficients.names.index(name), link_of(problem, name)

    def there(value: float) -> float:
        return number(problem, function, np.where(np.arange(len(values)) == position, value, values))

    with np.errstate(all="ignore"):
        first, last = np.clip(link.forward(NUMPY, np.array([low, high])), -FARTHEST, FARTHEST)
        steps = np.array([there(v) for v in link.inverse(NUMPY, np.linspace(first, last, POINTS))])
    if not ((steps[1:] >= steps[:-1]).all() or (steps[1:] <= steps[:-1]).all()):
        return None
    ends = there(low), there(high)
    start, end = (near if np.isnan(end) else end for end, near in zip(ends, steps[[0, -1]], strict=True))
    return float(start), float(end)


def _own_profile(problem: LogPosterior, name: str, level: float) -> tuple[float, float, str] | None:
    """The profile of a derived parameter in the family that is fitted in it."""
    other = fitted_in(problem, name)
    if other is None:
        return None
    low, high, method = conf_int(other, [name], level, "profile")
    return float(low[0, 0]), float(high[0, 0]), method


def _resampled(solution: Fitted, function: Function, at: Local, level: float) -> tuple[float, float]:
    refuse_ends(solution, at.follows)
    draws = bootstrap(solution).values
    low, high = percentiles(np.array([number(solution.problem, function, values) for values in draws])[:, None], level)
    return float(low[0]), float(high[0])


def _no_error(solution: Fitted, name: str, follows: list[str]) -> NoStandardError:
    """The reason why there is no Wald error, and the interval that there is."""
    names = solution.problem.coefficients.names
    if name in solution.problem.fixed_names:
        return NoStandardError(f"{name} is given with fixed=, so it has no standard error and no interval")
    if not follows:
        return NoStandardError(f"{name} depends on no free value, so it has no standard error and no interval")
    none = np.isnan(standard_errors(solution)[0])
    lost = [n for n in follows if none[names.index(n)]]
    if not lost:
        return NoStandardError(
            f"{name} has a derivative of zero at the estimate, where the delta method gives no standard error: "
            "method='bootstrap' gives an interval"
        )
    value = solution.values[0, names.index(lost[0])]
    method = automatic(solution.problem, lost[:1])
    method = "profile" if method == "wald" else method
    return NoStandardError(
        f"{name} has no Wald standard error, because {lost[0]} = {value:.6g} is at an end of its set "
        f"or the likelihood has no peak there: method={method!r} gives an interval that needs none"
    )
