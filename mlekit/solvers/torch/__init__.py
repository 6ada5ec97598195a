"""Solvers on PyTorch: all rows at once (lbfgs, descent) or a share of them at a time (adam, sgd), on any device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...errors import OptionError, nearest, needs
from .._base import Problem, Solution, Solver

try:
    import torch as _torch  # noqa: F401  # pyright: ignore[reportUnusedImport]
except ImportError as error:
    raise needs("PyTorch", "torch") from error

from ._budget import own_generators, threads_for
from ._coordinates import CoordinateSolver
from ._optimizers import DRAWN, FULL
from ._training import train

__all__ = ["Torch"]


@dataclass(frozen=True)
class Torch(Solver):
    """Solvers on PyTorch, for every law that it has the functions of, and the one for nets.

    `method`: "lbfgs" and "descent" look at all rows, "adam" and "sgd" at `batch` of them a step; nothing said is lbfgs
    for a law and adam for a net. `steps` or `seconds` of wall time are the budget, which the step sizes are fitted to.
    `callback` is called as callback(step, loss) with minus the log posterior a row, and stops by returning True.
    `watched` is called as watched(step, loss) with the loss of rows that the net was told to watch and not to learn.
    `keep` is called with all that the training of a net is, arrays by name, every `keep_every` seconds; given back as
    `resume`, it goes on from there. "muon" is adam with another step for the matrices of a net. `decay` pulls all
    tables and matrices towards zero, by that share of them in each full step: it holds a net back as a prior does, but
    is none, and its end is the maximum of nothing.
    `device` is "auto", "cpu", "cuda" or "mps". Random numbers come from generators of its own.

    >>> import mlekit
    >>> fit = mlekit.fit([2, 0, 1, 5], family="poisson", solver=mlekit.solvers.Torch(method="descent"))
    >>> round(fit["rate"], 9)
    2.0
    """

    method: str | None = None
    steps: int | None = None
    seconds: float | None = None
    batch: int | None = None
    lr: float | None = None
    decay: float | None = None
    device: str = "auto"
    callback: Callable[[int, float], Any] | None = None
    watched: Callable[[int, float], Any] | None = None
    keep: Callable[[dict[str, Any]], Any] | None = None
    keep_every: float = 5.0
    resume: Mapping[str, Any] | None = None
    seed: int | np.random.Generator = 0
    tol: float = 1e-10

    name = "torch"

    def __post_init__(self) -> None:
        known = [*FULL, *DRAWN]
        if self.method is not None and self.method not in known:
            raise OptionError(f"Torch: there is no method {self.method!r}: {nearest(self.method, known)}")
        for option in ("steps", "seconds", "batch", "lr", "tol"):
            value = getattr(self, option)
            if value is not None and not value > 0:
                raise OptionError(f"Torch: {option} is {value}, but it has to be above 0")
        if self.decay is not None and not 0 <= self.decay < 1:
            raise OptionError(f"Torch: decay is {self.decay}, but it is a share, from 0 to below 1")

    def solve(self, problem: Problem) -> Solution | None:
        stream = problem.stream()
        if stream is None:
            return None
        rng = np.random.default_rng(self.seed)
        drawn = self.batch or stream.advice.get("batch", stream.rows)
        with own_generators(int(rng.integers(2**62))), threads_for(drawn * max(1, problem.size)):
            if problem.trained:
                return train(self, stream, rng)
            climbs = problem.count * (3 if problem.several_peaks else 1)
            return CoordinateSolver(self, rng, 1 / climbs).solve(problem)

    def shared(self, parts: int) -> Torch:
        """The same with a share of the budget."""
        seconds = None if self.seconds is None else self.seconds / parts
        return replace(self, seconds=seconds, steps=None if self.steps is None else max(1, self.steps // parts))

    def telling(self, progress: Callable[[int, float], Any]) -> Torch:
        own = self.callback

        def both(step: int, loss: float) -> Any:
            progress(step, loss)
            return own is not None and own(step, loss)

        return replace(self, callback=both)
