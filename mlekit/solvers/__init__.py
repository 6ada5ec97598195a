"""Solvers find the maximum of a log posterior. They take a `Problem` and nothing else.

`get` returns the solvers of a name or a value in the order in which they are tried: one that does not apply to a
problem returns None, and the next is tried.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import OptionError
from ..registry import Registry
from ._base import Callback, Problem, Seed, Solution, Solver
from .closed import Closed

if TYPE_CHECKING:
    from .newton import Newton


@dataclass(frozen=True)
class Deferred(Solver):
    """A solver with its defaults, whose file is imported when it is used."""

    name: str  # pyright: ignore[reportIncompatibleVariableOverride]
    seed: Seed = 0
    progress: Callback | None = None

    def solve(self, problem: Problem) -> Solution | None:
        solver = _registry.get(self.name)().seeded(self.seed)
        return (solver if self.progress is None else solver.telling(self.progress)).solve(problem)

    def seeded(self, seed: Seed) -> Solver:
        return Deferred(self.name, seed, self.progress)

    def telling(self, progress: Callback) -> Solver:
        return Deferred(self.name, self.seed, progress)


@dataclass(frozen=True)
class InTurn(Solver):
    """Several solvers, tried one after another until one applies."""

    several: tuple[Solver, ...]

    name = "auto"

    def solve(self, problem: Problem) -> Solution | None:
        solutions = (solver.solve(problem) for solver in self.several)
        return next((solution for solution in solutions if solution is not None), None)

    def seeded(self, seed: Seed) -> Solver:
        return InTurn(tuple(solver.seeded(seed) for solver in self.several))

    def refusal(self) -> str:
        return self.several[-1].refusal()


AUTO: tuple[Solver, ...] = (Closed(), Deferred("newton"), Deferred("torch"))  # torch: for what has to be trained
_registry = Registry[Callable[..., Solver]](__name__, "solver")


def get(solver: str | Solver) -> tuple[Solver, ...]:
    """Return the solvers that a name or a value stands for, in the order in which they are tried.

    Parameters
    ----------
    solver : str or Solver
        ``"auto"`` (the closed form, Newton's method, and torch for networks), the name of a solver with its defaults,
        or a solver such as ``mlekit.solvers.Scipy(tol=1e-8)``.

    Returns
    -------
    tuple of Solver

    Raises
    ------
    OptionError
        If there is no solver of that name, or the value is not a solver.

    Examples
    --------
    >>> import mlekit
    >>> [solver.name for solver in mlekit.solvers.get("auto")]
    ['closed', 'newton', 'torch']
    >>> mlekit.solvers.get("newton")
    (Newton(tol=1e-10, steps=100),)
    """
    match solver:
        case "auto":
            return AUTO
        case str():
            return (_registry.get(solver, ["auto"])(),)
        case Solver():
            return (solver,)
        case _:
            raise OptionError(
                f"solver= takes a name or a value such as mlekit.solvers.Scipy(tol=1e-10), not {solver!r}"
            )


def telling(solver: str | Solver, progress: Callback) -> Solver:
    """Return a solver that calls a function at each step of a search that may take long.

    Parameters
    ----------
    solver : str or Solver
        A name or a solver, as `get` takes it.
    progress : callable
        Called as ``progress(step, loss)`` with minus the log posterior per row.

    Returns
    -------
    Solver

    Examples
    --------
    >>> import mlekit
    >>> losses = []
    >>> solver = mlekit.solvers.telling("torch", lambda step, loss: losses.append(loss))
    >>> fit = mlekit.fit([1.0, 2.0, 3.0, 4.0], family="weibull", solver=solver)
    >>> losses[-1] < losses[0]
    True
    """
    return InTurn(tuple(one.telling(progress) for one in get(solver)))


def __getattr__(name: str) -> Any:
    return _registry.attribute(name)


def __dir__() -> list[str]:
    return sorted({*__all__, *_registry.public})


__all__ = ["AUTO", "Closed", "Newton", "Solver", "get", "telling"]
