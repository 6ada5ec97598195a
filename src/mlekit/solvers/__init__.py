"""The third room: finding the maximum. Solvers see a `Problem` and nothing else.

`get` turns what a user typed into the solvers to ask, in order; one that cannot serve answers None, and the next is
asked.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..errors import OptionError, nearest
from .base import Problem, Solution, Solver
from .closed import Closed
from .newton import Newton


class Trained(Solver):
    """Trains what has no coordinates, on torch; nothing else imports it."""

    name = "torch"

    def solve(self, problem: Problem) -> Solution | None:
        return _class("Torch")().solve(problem) if problem.trained else None


AUTO: tuple[Solver, ...] = (Closed(), Newton(), Trained())
_NAMES = ("closed", "newton", "scipy", "torch")


def get(solver: Any) -> tuple[Solver, ...]:
    """The solvers that a name or a value stands for, in the order of asking."""
    if solver == "auto":
        return AUTO
    if isinstance(solver, Solver):
        return (solver,)
    if solver in _NAMES:
        return (_class(solver.capitalize())(),)
    if isinstance(solver, str):
        raise OptionError(f"there is no solver {solver!r}: {nearest(solver, ['auto', *_NAMES])}")
    raise OptionError(f"solver= takes a name or a value such as mlekit.solvers.Scipy(tol=1e-10), not {solver!r}")


def _class(name: str) -> Any:
    return getattr(import_module(f"{__name__}.{name.lower()}"), name)


def __getattr__(name: str) -> Any:
    if name.lower() in _NAMES and name[:1].isupper():
        return _class(name)
    raise AttributeError(f"mlekit.solvers has no {name!r}: {nearest(name, [n.capitalize() for n in _NAMES])}")


__all__ = ["AUTO", "Closed", "Newton", "Solver", "get"]
