"""The third room: finding the maximum. Solvers see a `Problem` and nothing else.

`get` turns what a user typed into the solvers to ask, in order; one that cannot serve answers None, and the next is
asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import OptionError
from ..registry import Registry
from ._base import Problem, Solution, Solver
from .closed import Closed
from .newton import Newton


@dataclass(frozen=True)
class Trained(Solver):
    """Trains what has no coordinates, on torch, which nothing else imports; tells how far it is where asked to."""

    progress: Callable[[int, float], Any] | None = None

    name = "torch"

    def solve(self, problem: Problem) -> Solution | None:
        return _registry.get("torch")(callback=self.progress).solve(problem) if problem.trained else None

    def telling(self, progress: Callable[[int, float], Any]) -> Solver:
        return Trained(progress)


@dataclass(frozen=True)
class InTurn(Solver):
    """Several, asked one after another."""

    several: tuple[Solver, ...]

    name = "auto"

    def solve(self, problem: Problem) -> Solution | None:
        answers = (solver.solve(problem) for solver in self.several)
        return next((answer for answer in answers if answer is not None), None)

    def refusal(self) -> str:
        return self.several[-1].refusal()


AUTO: tuple[Solver, ...] = (Closed(), Newton(), Trained())
_registry = Registry[Callable[..., Solver]](__name__, "solver")


def get(solver: Any) -> tuple[Solver, ...]:
    """The solvers that a name or a value stands for, in the order of asking.

    >>> import mlekit
    >>> [solver.name for solver in mlekit.solvers.get("auto")]
    ['closed', 'newton', 'torch']
    """
    if solver == "auto":
        return AUTO
    if isinstance(solver, Solver):
        return (solver,)
    if isinstance(solver, str):
        return (_registry.get(solver, ["auto"])(),)
    raise OptionError(f"solver= takes a name or a value such as mlekit.solvers.Scipy(tol=1e-10), not {solver!r}")


def telling(solver: Any, progress: Callable[[int, float], Any]) -> Solver:
    """The same solvers, which call progress(step, loss) on their way.

    >>> import mlekit
    >>> heard = []
    >>> solver = mlekit.solvers.telling("torch", lambda step, loss: heard.append(loss))
    >>> fit = mlekit.fit([1.0, 2.0, 3.0, 4.0], family="weibull", solver=solver)
    >>> heard[-1] < heard[0]
    True
    """
    return InTurn(tuple(one.telling(progress) for one in get(solver)))


def __getattr__(name: str) -> Any:
    return _registry.attribute(name)


def __dir__() -> list[str]:
    return sorted({*__all__, *_registry.public})


__all__ = ["AUTO", "Closed", "Newton", "Solver", "get", "telling"]
