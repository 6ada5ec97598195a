"""Functions of the fitted values: derived parameters, and those that a user gives; their values and derivatives."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from ..errors import OptionError, UnknownName, nearest
from ..models.posterior import Fitted, LogPosterior
from ..numerics.arrays import NUMPY, Floats, Namespace, Numbers, jets
from ..numerics.derivatives import differences
from ..numerics.jets import Jet, variables
from .information import standard_errors

Call = Callable[[Namespace, Mapping[str, Numbers]], Numbers]


class Function(NamedTuple):
    """A function to estimate: a number for a namespace and values by name."""

    name: str
    call: Call
    derived: bool = False


class Local(NamedTuple):
    """A function at the fitted values."""

    value: float
    gradient: Floats  # by the values, [U]
    follows: list[str]  # the values that it depends on and that are free


def function_of(problem: LogPosterior, what: object) -> Function:
    """The function that a user asks for: the name of a derived parameter, or a function of the values."""
    coefficients, family = problem.coefficients, problem.family
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


def _caller(function: Callable[..., Numbers], known: list[str]) -> Call:
    """By the names of its arguments if these are values of the fit, else with one mapping of all values."""
    wanted = _arguments(function)
    if not wanted:
        raise OptionError(f"the function takes no arguments by name: write lambda {known[0]}: ...")
    unknown = [name for name in wanted if name not in known]
    if not unknown:
        return lambda xp, named: function(**{name: named[name] for name in wanted})
    if len(wanted) == 1:
        return lambda xp, named: function(Named(named))
    raise OptionError(
        f"the function asks for {unknown[0]!r}, which this fit does not have; {nearest(unknown[0], known)}"
    )


class Named(dict[str, Numbers]):
    """Values by name, for a function that takes them all at once."""

    def __missing__(self, name: str) -> Numbers:
        raise UnknownName(f"the function asks for {name!r}, which this fit does not have; {nearest(name, self)}")


def _arguments(function: Callable[..., Numbers]) -> list[str]:
    """The names of the arguments that have no default."""
    try:
        arguments = inspect.signature(function).parameters.items()
    except ValueError:  # a function of C without a signature
        return []
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [name for name, a in arguments if a.default is a.empty and a.kind in by_name]


def number(problem: LogPosterior, function: Function, at: Floats) -> float:
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


def _named(problem: LogPosterior, values: list[Numbers]) -> dict[str, Numbers]:
    """Values by name; of a family without formulas also the probabilities of a parameter together."""
    coefficients = problem.coefficients
    named = dict(zip(coefficients.names, values, strict=True))
    return {**named, **coefficients.by_param(values)} if coefficients.constant else named


# ---- derivatives ---------------------------------------------------------------------------------------------------


def local(solution: Fitted, function: Function) -> Local:
    """The function at the fitted values, with its derivatives."""
    problem, at = solution.problem, np.array(solution.values[0], dtype=float)
    value = number(problem, function, at)
    try:
        gradient = _by_rule(problem, function, at)
    except TypeError:
        error = standard_errors(solution)[0]
        gradient = _by_difference(problem, function, at, np.where(np.isnan(error), 0.0, error))
    names, fixed = problem.coefficients.names, problem.fixed_names
    slopes = np.array([gradient.get(u, 0.0) for u in range(len(at))], dtype=float)
    return Local(value, slopes, [names[u] for u in sorted(gradient) if names[u] not in fixed])


def _by_rule(problem: LogPosterior, function: Function, at: Floats) -> Mapping[int, Numbers]:
    """Exactly; a function to which the chain rule cannot be applied is a TypeError."""
    with np.errstate(all="ignore"):
        out = function.call(jets(), _named(problem, list(variables(list(at), 1))))
    out = out.item() if isinstance(out, np.ndarray) and out.dtype == object else out
    return out.gradient if isinstance(out, Jet) else {}


def _by_difference(problem: LogPosterior, function: Function, at: Floats, unit: Floats) -> Mapping[int, Numbers]:
    """By differences in standard errors; a value without one is not moved."""
    _, gradient, _ = differences(
        lambda w: np.float64(number(problem, function, at + unit * np.array(w))), [np.float64(0)] * len(at), 1
    )
    return {u: g / unit[u] for u, g in enumerate(gradient) if g}
