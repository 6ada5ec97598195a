"""One estimate with its error and interval: of a parameter, a derived parameter, or any function of them.

The error is that of the delta method, sqrt(g' cov g) with g the derivatives of the function. The interval of a function
that follows one value only, and rises or falls with it, is the interval of that value taken through. A derived
parameter that the law can be fitted in has a profile of its own. All others have Wald's.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..errors import NoStandardError, OptionError, UnknownName, nearest
from ..models.posterior import LogPosterior, by_param
from ..numerics.arrays import NUMPY, jets
from ..numerics.derivatives import differences
from ..numerics.jets import Jet, variables
from ..solvers._base import Array, Solution
from .batches import fitted_in
from .bootstrap import bootstrap, percentiles, refuse_ends
from .information import critical, link_of, spread, standard_errors
from .intervals import automatic, conf_int, suited
from .levels import check_level

PLACES = 65  # at which a function is asked whether it rises
FARTHEST = 700.0  # what stands for infinity there, in logs and logits


@dataclass(frozen=True)
class Estimate:
    """A number, how sure it is, and the method that found the interval.

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


class Function(NamedTuple):
    """What is estimated: a number for a namespace and values by name."""

    name: str
    call: Callable[[Any, Mapping[str, Any]], Any]
    derived: bool = False


class Local(NamedTuple):
    """A function where it is asked for."""

    value: float
    gradient: Array  # by the values, [U]
    follows: list[str]  # the values that it depends on and that are free


def estimate(solution: Solution, what: Any, level: float, method: str) -> Estimate:
    """The estimate of `what`: a name, or a function of the parameters by name (or of one mapping of them all)."""
    check_level(level)
    method = suited(solution, method)
    coefficients: Any = solution.problem.coefficients
    if isinstance(what, str) and what in coefficients.names:
        return _of_value(solution, what, level, method)
    return _of_function(solution, _function(solution.problem, what), level, method)


def _of_value(solution: Solution, name: str, level: float, method: str) -> Estimate:
    at = solution.problem.coefficients.names.index(name)
    value, error = solution.values[0, at], standard_errors(solution)[0, at]
    if method == "wald" and np.isnan(error):
        raise _no_error(solution, name, [name])
    low, high, used = conf_int(solution, [name], level, method)
    return Estimate(name, float(value), float(error), float(low[0, 0]), float(high[0, 0]), used, level)


def _of_function(solution: Solution, function: Function, level: float, method: str) -> Estimate:
    local = _local(solution, function)
    error = float(spread(solution, local.gradient[None])[0])
    if method == "wald" and np.isnan(error):
        raise _no_error(solution, function.name, local.follows)
    low, high, used = _interval(solution, function, local, error, level, method)
    return Estimate(function.name, local.value, error, low, high, used, level)


def _interval(
    solution: Solution, function: Function, local: Local, error: float, level: float, method: str
) -> tuple[float, float, str]:
    if method == "bootstrap":
        return (*_resampled(solution, function, local, level), method)
    if method != "wald":
        found = _through(solution, function, local, level, method)
        if found is None and function.derived and method != "exact":
            found = _own_profile(solution.problem, function.name, level)
        if found is not None:
            return found
        if method != "auto":
            raise OptionError(
                f"{function.name} has no {method} interval: it follows {' and '.join(local.follows) or 'nothing'}; "
                "use method='wald' or 'bootstrap'"
            )
    half = critical(solution, level) * error
    return local.value - half, local.value + half, "wald"


# ---- what is asked for ---------------------------------------------------------------------------------------------


def _function(problem: LogPosterior, what: Any) -> Function:
    coefficients: Any = problem.coefficients
    family = problem.family
    derived = family.derived if coefficients.constant else {}
    if isinstance(what, str):
        if what not in derived:
            raise UnknownName(f"this fit has no {what!r}; {nearest(what, [*coefficients.names, *derived])}")
        formula = derived[what]
        return Function(what, lambda xp, named: formula(xp, **{p: named[p] for p in family.params}), True)
    if not callable(what):
        raise OptionError(f"estimate takes a name or a function of the parameters, not {what!r}")
    name = getattr(what, "__name__", "function").strip("<>")
    params = family.params if coefficients.constant else ()
    return Function(name, _caller(what, list(dict.fromkeys([*coefficients.names, *params]))))


def _caller(function: Callable[..., Any], known: list[str]) -> Callable[[Any, Mapping[str, Any]], Any]:
    """By the names of its arguments where these are values of the fit, else with one mapping of all values."""
    wanted = _arguments(function)
    if not wanted:
        raise OptionError(f"the function takes no arguments by name: write lambda {known[0]}: ...")
    unknown = [name for name in wanted if name not in known]
    if not unknown:
        return lambda xp, named: function(**{name: named[name] for name in wanted})
    if len(wanted) == 1:
        return lambda xp, named: function(Named(named))
    raise OptionError(f"the function asks for {unknown[0]!r}, which this fit has not; {nearest(unknown[0], known)}")


class Named(dict[str, Any]):
    """Values by name, for a function that takes them all at once."""

    def __missing__(self, name: str) -> Any:
        raise UnknownName(f"the function asks for {name!r}, which this fit has not; {nearest(name, self)}")


def _arguments(function: Callable[..., Any]) -> list[str]:
    """The names of the arguments that have no default."""
    try:
        arguments = inspect.signature(function).parameters.items()
    except ValueError:  # a function of C that does not tell
        return []
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [name for name, a in arguments if a.default is a.empty and a.kind in by_name]


def _named(problem: LogPosterior, each: list[Any]) -> dict[str, Any]:
    """Values by name; of a law without formulas also shares by their parameter."""
    coefficients: Any = problem.coefficients
    named = dict(zip(coefficients.names, each, strict=True))
    return {**named, **by_param(problem.family, each)} if coefficients.constant else named


def _number(problem: LogPosterior, function: Function, at: Array) -> float:
    """The function at values [U]."""
    with np.errstate(all="ignore"):
        out = function.call(NUMPY, _named(problem, list(at)))
    given = np.asarray(out)
    try:
        if given.dtype.kind not in "biufO":
            raise TypeError
        return float(given.item())
    except (TypeError, ValueError):
        raise OptionError(f"{function.name} has to give one number, not {out!r}") from None


# ---- its derivatives -----------------------------------------------------------------------------------------------


def _local(solution: Solution, function: Function) -> Local:
    at = np.array(solution.values[0], dtype=float)
    value = _number(solution.problem, function, at)
    try:
        gradient = _by_rule(solution.problem, function, at)
    except TypeError:
        error = standard_errors(solution)[0]
        gradient = _by_difference(solution.problem, function, at, np.where(np.isnan(error), 0.0, error))
    names, still = solution.problem.coefficients.names, solution.problem.held
    slopes = np.array([gradient.get(u, 0.0) for u in range(len(at))], dtype=float)
    return Local(value, slopes, [names[u] for u in sorted(gradient) if names[u] not in still])


def _by_rule(problem: LogPosterior, function: Function, at: Array) -> dict[int, Any]:
    """Exactly; a function that knows no rule is a TypeError."""
    with np.errstate(all="ignore"):
        out = function.call(jets(), _named(problem, list(variables(list(at), 1))))
    out = out.item() if isinstance(out, np.ndarray) and out.dtype == object else out
    return out.gradient if isinstance(out, Jet) else {}


def _by_difference(problem: LogPosterior, function: Function, at: Array, unit: Array) -> dict[int, Any]:
    """By differences in standard errors; what has none stays where it is."""
    _, gradient, _ = differences(
        lambda w: np.float64(_number(problem, function, at + unit * np.array(w))), [np.float64(0)] * len(at), 1
    )
    return {u: g / unit[u] for u, g in enumerate(gradient) if g}


# ---- its interval --------------------------------------------------------------------------------------------------


def _through(
    solution: Solution, function: Function, local: Local, level: float, method: str
) -> tuple[float, float, str] | None:
    """The interval of the one value that the function follows, where it only rises or only falls."""
    if len(local.follows) != 1:
        return None
    (name,) = local.follows
    low, high, used = conf_int(solution, [name], level, method)
    ends = np.array([low[0, 0], high[0, 0]])
    if used == "wald" or np.isnan(ends).any():
        return None
    at, place = np.array(solution.values[0]), solution.problem.coefficients.names.index(name)

    def there(value: float) -> float:
        return _number(solution.problem, function, np.where(np.arange(len(at)) == place, value, at))

    link = link_of(solution.problem, name)
    with np.errstate(all="ignore"):
        low_end, high_end = np.clip(link.forward(NUMPY, ends), -FARTHEST, FARTHEST)
        steps = np.array([there(v) for v in link.inverse(NUMPY, np.linspace(low_end, high_end, PLACES))])
    if not ((steps[1:] >= steps[:-1]).all() or (steps[1:] <= steps[:-1]).all()):
        return None
    found = [there(end) for end in ends]
    found = [near if np.isnan(end) else end for end, near in zip(found, steps[[0, -1]], strict=True)]
    return float(min(found)), float(max(found)), used


def _own_profile(problem: LogPosterior, name: str, level: float) -> tuple[float, float, str] | None:
    """The profile of a derived parameter in the family that is fitted in it."""
    other = fitted_in(problem, name)
    if other is None:
        return None
    low, high, method = conf_int(other, [name], level, "profile")
    return float(low[0, 0]), float(high[0, 0]), method


def _resampled(solution: Solution, function: Function, local: Local, level: float) -> tuple[float, float]:
    refuse_ends(solution, local.follows)
    draws = bootstrap(solution).values
    low, high = percentiles(np.array([_number(solution.problem, function, at) for at in draws])[:, None], level)
    return float(low[0]), float(high[0])


def _no_error(solution: Solution, name: str, follows: list[str]) -> NoStandardError:
    """Why there is no Wald error, and which interval there is."""
    names: list[str] = solution.problem.coefficients.names
    if name in solution.problem.held:
        return NoStandardError(f"{name} is held at a value with fixed=, so it has no standard error and no interval")
    if not follows:
        return NoStandardError(f"{name} follows nothing that was free, so it has no standard error and no interval")
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
        f"or the likelihood has no peak there: method={method!r} gives an interval that is valid"
    )
