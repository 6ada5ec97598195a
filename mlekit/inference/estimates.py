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
from ..models.base import Bound
from ..numerics.arrays import NUMPY, jets
from ..numerics.derivatives import differences
from ..numerics.jets import Jet, variables
from ..solvers._base import Array, Solution
from .batches import fitted_in
from .information import by_param, critical, held, link_of, spread, standard_errors, values
from .intervals import automatic, check_level, conf_int, suited

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


def estimate(bound: Bound, solution: Solution, what: Any, level: float, method: str) -> Estimate:
    """The estimate of `what`: a name, or a function of the parameters by name (or of one mapping of them all)."""
    check_level(level)
    method = suited(solution, method)
    coefficients: Any = bound.model.coefficients
    if isinstance(what, str) and what in coefficients.names:
        return _of_value(bound, solution, what, level, method)
    return _of_function(bound, solution, _function(bound, what), level, method)


def _of_value(bound: Bound, solution: Solution, name: str, level: float, method: str) -> Estimate:
    at = bound.model.coefficients.names.index(name)  # type: ignore[union-attr]
    value, error = values(bound, solution)[0, at], standard_errors(bound, solution)[0, at]
    if method == "wald" and np.isnan(error):
        raise _no_error(bound, solution, name, [name])
    low, high, used = conf_int(bound, solution, [name], level, method)
    return Estimate(name, float(value), float(error), float(low[0, 0]), float(high[0, 0]), used, level)


def _of_function(bound: Bound, solution: Solution, function: Function, level: float, method: str) -> Estimate:
    local = _local(bound, solution, function)
    error = float(spread(bound, solution, local.gradient[None])[0])
    if method == "wald" and np.isnan(error):
        raise _no_error(bound, solution, function.name, local.follows)
    low, high, used = _interval(bound, solution, function, local, error, level, method)
    return Estimate(function.name, local.value, error, low, high, used, level)


def _interval(
    bound: Bound, solution: Solution, function: Function, local: Local, error: float, level: float, method: str
) -> tuple[float, float, str]:
    if method == "bootstrap":
        return (*_resampled(bound, solution, function, local, level), method)
    if method != "wald":
        found = _through(bound, solution, function, local, level, method)
        if found is None and function.derived and method != "exact":
            found = _own_profile(bound, function.name, level)
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


def _function(bound: Bound, what: Any) -> Function:
    coefficients: Any = bound.model.coefficients
    family = bound.model.family
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


def _named(bound: Bound, each: list[Any]) -> dict[str, Any]:
    """Values by name; of a law without formulas also shares by their parameter."""
    coefficients: Any = bound.model.coefficients
    named = dict(zip(coefficients.names, each, strict=True))
    return {**named, **by_param(bound.model.family, each)} if coefficients.constant else named


def _number(bound: Bound, function: Function, at: Array) -> float:
    """The function at values [U]."""
    with np.errstate(all="ignore"):
        out = function.call(NUMPY, _named(bound, list(at)))
    given = np.asarray(out)
    try:
        if given.dtype.kind not in "biufO":
            raise TypeError
        return float(given.item())
    except (TypeError, ValueError):
        raise OptionError(f"{function.name} has to give one number, not {out!r}") from None


# ---- its derivatives -----------------------------------------------------------------------------------------------


def _local(bound: Bound, solution: Solution, function: Function) -> Local:
    at = np.array(values(bound, solution)[0], dtype=float)
    value = _number(bound, function, at)
    try:
        gradient = _by_rule(bound, function, at)
    except TypeError:
        error = standard_errors(bound, solution)[0]
        gradient = _by_difference(bound, function, at, np.where(np.isnan(error), 0.0, error))
    names, still = bound.model.coefficients.names, held(bound)  # type: ignore[union-attr]
    slopes = np.array([gradient.get(u, 0.0) for u in range(len(at))], dtype=float)
    return Local(value, slopes, [names[u] for u in sorted(gradient) if names[u] not in still])


def _by_rule(bound: Bound, function: Function, at: Array) -> dict[int, Any]:
    """Exactly; a function that knows no rule is a TypeError."""
    with np.errstate(all="ignore"):
        out = function.call(jets(), _named(bound, list(variables(list(at), 1))))
    out = out.item() if isinstance(out, np.ndarray) and out.dtype == object else out
    return out.gradient if isinstance(out, Jet) else {}


def _by_difference(bound: Bound, function: Function, at: Array, unit: Array) -> dict[int, Any]:
    """By differences in standard errors; what has none stays where it is."""
    _, gradient, _ = differences(
        lambda w: np.float64(_number(bound, function, at + unit * np.array(w))), [np.float64(0)] * len(at), 1
    )
    return {u: g / unit[u] for u, g in enumerate(gradient) if g}


# ---- its interval --------------------------------------------------------------------------------------------------


def _through(
    bound: Bound, solution: Solution, function: Function, local: Local, level: float, method: str
) -> tuple[float, float, str] | None:
    """The interval of the one value that the function follows, where it only rises or only falls."""
    if len(local.follows) != 1:
        return None
    (name,) = local.follows
    low, high, used = conf_int(bound, solution, [name], level, method)
    ends = np.array([low[0, 0], high[0, 0]])
    if used == "wald" or np.isnan(ends).any():
        return None
    at, place = np.array(values(bound, solution)[0]), bound.model.coefficients.names.index(name)  # type: ignore[union-attr]

    def there(value: float) -> float:
        return _number(bound, function, np.where(np.arange(len(at)) == place, value, at))

    link = link_of(bound, name)
    with np.errstate(all="ignore"):
        low_end, high_end = np.clip(link.forward(NUMPY, ends), -FARTHEST, FARTHEST)
        steps = np.array([there(v) for v in link.inverse(NUMPY, np.linspace(low_end, high_end, PLACES))])
    if not ((steps[1:] >= steps[:-1]).all() or (steps[1:] <= steps[:-1]).all()):
        return None
    found = [there(end) for end in ends]
    found = [near if np.isnan(end) else end for end, near in zip(found, steps[[0, -1]], strict=True)]
    return float(min(found)), float(max(found)), used


def _own_profile(bound: Bound, name: str, level: float) -> tuple[float, float, str] | None:
    """The profile of a derived parameter in the law that is fitted in it."""
    from .profile import conf_int as profiled

    other = fitted_in(bound, name)
    if other is None:
        return None
    low, high = profiled(*other, [name], level)
    return float(low[0, 0]), float(high[0, 0]), "profile"


def _resampled(bound: Bound, solution: Solution, function: Function, local: Local, level: float) -> tuple[float, float]:
    from .bootstrap import bootstrap, percentiles, refuse_ends

    refuse_ends(bound, solution, local.follows)
    draws = bootstrap(bound, solution).values
    low, high = percentiles(np.array([_number(bound, function, at) for at in draws])[:, None], level)
    return float(low[0]), float(high[0])


def _no_error(bound: Bound, solution: Solution, name: str, follows: list[str]) -> NoStandardError:
    """Why there is no Wald error, and which interval there is."""
    names: list[str] = bound.model.coefficients.names  # type: ignore[union-attr]
    if name in held(bound):
        return NoStandardError(f"{name} is held at a value with fixed=, so it has no standard error and no interval")
    if not follows:
        return NoStandardError(f"{name} follows nothing that was free, so it has no standard error and no interval")
    none = np.isnan(standard_errors(bound, solution)[0])
    lost = [n for n in follows if none[names.index(n)]]
    if not lost:
        return NoStandardError(
            f"{name} has a derivative of zero at the estimate, where the delta method gives no standard error: "
            "method='bootstrap' gives an interval"
        )
    value = values(bound, solution)[0, names.index(lost[0])]
    method = automatic(bound, lost[:1])
    method = "profile" if method == "wald" else method
    return NoStandardError(
        f"{name} has no Wald standard error, because {lost[0]} = {value:.6g} is at an end of its set "
        f"or the likelihood has no peak there: method={method!r} gives an interval that is valid"
    )
