"""Solvers on PyTorch: all rows at once (lbfgs, descent) or a share of them at a time (adam, sgd), on any device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np

from ...errors import OptionError, nearest, needs
from ..base import Array, Problem, Solution, Status
from ..climber import CLOSE, Climb, Climber, Frame, View

try:
    import torch
except ImportError as error:
    raise needs("PyTorch", "torch") from error

from . import ways

__all__ = ["Torch"]

FULL = {"lbfgs": ways.lbfgs, "descent": ways.descent}
DRAWN = {"adam": ways.adam, "sgd": ways.sgd}
LEGS = (0.1, 0.3, 0.6, 1.0)  # a minibatch walk is begun anew, in fresh coordinates, when so much of it is done
TENTH = 0.01  # the decrement at a tenth of a standard error
EPOCHS = 60


@dataclass
class Trip:
    """What one climb may still cost, and the losses on the way."""

    steps: float
    seconds: float
    callback: Callable[[int, float], Any] | None
    rng: np.random.Generator
    stream: Any = None
    device: str = "cpu"
    taken: int = 0
    stopped: bool = False
    legs: int = 0
    history: list[float] = field(default_factory=list)
    begun: float = field(default_factory=perf_counter)

    @property
    def done(self) -> float:
        """The share of the budget that is used."""
        return max(self.taken / self.steps, (perf_counter() - self.begun) / self.seconds)

    @property
    def spent(self) -> bool:
        return self.stopped or self.done >= 1

    def follow(self, walk: Iterator[float], until: float = 1.0, scale: float = 1.0) -> bool:
        """Takes the steps of a walk while the budget lasts; whether the walk came to its own end."""
        for loss in walk:
            self.taken += 1
            self.history.append(loss * scale)
            if self.callback is not None and self.callback(self.taken, self.history[-1]):
                self.stopped = True
            if self.stopped or self.done >= until:
                return False
        return True


@dataclass(frozen=True)
class Torch(Climber):
    """Solvers on PyTorch, for every law that it has the functions of, and the one for nets.

    `method`: "lbfgs" and "descent" look at all rows, "adam" and "sgd" at `batch` of them a step; nothing said is lbfgs
    for a law and adam for a net. `steps` or `seconds` of wall time are the budget, which the step sizes are fitted to.
    `callback` is called as callback(step, loss) with minus the log posterior a row, and stops by returning True.
    `device` is "auto", "cpu", "cuda" or "mps". Seeds are of generators of its own.

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
    device: str = "auto"
    callback: Callable[[int, float], Any] | None = None
    seed: int | np.random.Generator = 0
    tol: float = 1e-10

    name = "torch"

    def __post_init__(self) -> None:
        if self.method is not None and self.method not in {**FULL, **DRAWN}:
            raise OptionError(f"Torch: there is no method {self.method!r}: {nearest(self.method, {**FULL, **DRAWN})}")
        for option in ("steps", "seconds", "batch", "lr"):
            value = getattr(self, option)
            if value is not None and not value > 0:
                raise OptionError(f"Torch: {option} is {value}, but it has to be positive")

    def solve(self, problem: Problem) -> Solution | None:
        stream = problem.stream()
        if stream is None:
            return None
        rng = np.random.default_rng(self.seed)
        with own_generators(int(rng.integers(2**62))):
            return super().solve(problem) if problem.size else self._net(stream, self._trip(stream, 2000, rng))

    # -- a law: coordinates z, with curvature ---------------------------------------------------------------------

    def begin(self, problem: Problem) -> Trip:
        stream: Any = problem.stream()
        pieces = -(-stream.rows // self._batch(stream, 32, 64))
        trip = self._trip(stream, EPOCHS * pieces if self.method in DRAWN else 100_000, np.random.default_rng(self.seed))
        z = torch.tensor(problem.start()[0], requires_grad=True, device=trip.device)
        refuse_what_torch_lacks(lambda: stream.loss(z, None).backward())
        return trip

    def walk(self, problem: Problem, frame: Frame, trip: Trip) -> Array:
        u, origin, matrix = (
            torch.tensor(a, device=trip.device) for a in (np.zeros(problem.size), frame.origin, frame.matrix)
        )
        u.requires_grad_()
        unit = frame.size**2 / trip.stream.divisor  # of the loss, so that the slope at u = 0 is one
        objective = ways.Objective(lambda index: trip.stream.loss(origin + matrix @ u, index) / unit, [u])
        if self.method in DRAWN:
            return frame.z(self._drawn(objective, trip, unit))
        method = FULL[self.method or "lbfgs"]
        trip.follow(method(objective, 0.1 * frame.slope_at(self.tol), self.lr or 1.0), scale=unit)
        return frame.z(u.detach().cpu().numpy())

    def _drawn(self, objective: ways.Objective, trip: Trip, unit: float) -> Array:
        """The mean of the second half of a walk whose steps shrink to nothing."""
        (u,), start, end = objective.leaves, trip.done, LEGS[min(trip.legs, len(LEGS) - 1)]
        trip.legs += 1
        total, count = torch.zeros_like(u), 0

        def left() -> float:
            return max(1 - (trip.done - start) / (end - start), 0.0)

        optimiser = DRAWN[self.method or "adam"]([u], 1.0)
        draws = drawn(trip, self._batch(trip.stream, 32, 64))
        for loss in ways.minibatches(objective, optimiser, self.lr or RATE[self.method or "adam"], draws, left):
            over = trip.follow(iter([loss]), end, unit)
            if left() < 0.5:
                total, count = total + u.detach(), count + 1
            if not over:
                break
        return (total / max(count, 1)).cpu().numpy()

    def ended(self, seen: View, trip: Trip) -> Climb:
        """Shares of the rows lead to within a tenth of a standard error, which is what a budget is spent for."""
        climb = super().ended(seen, trip)
        if self.method in DRAWN and climb.status != Status.CONVERGED and climb.seen.proper and seen.decrement <= TENTH:
            return Climb(climb.seen, Status.BUDGET, climb.steps, climb.history)
        return climb

    # -- a net: named tensors, without ----------------------------------------------------------------------------

    def _net(self, stream: Any, trip: Trip) -> Solution:
        leaves = list(trip.leaves.values())
        objective = ways.Objective(lambda index: stream.loss(None, index), leaves)
        method = self.method or "adam"
        tol = max(self.tol, 8 * max(torch.finfo(leaf.dtype).eps for leaf in leaves))
        if method in FULL:
            ended = trip.follow(FULL[method](objective, tol, self.lr))
        else:
            rate = self.lr or NET_RATE[method]
            draws = drawn(trip, self._batch(stream, 256, 1))
            ended = trip.follow(
                ways.minibatches(objective, DRAWN[method](leaves, rate), rate, draws, lambda: warmed(trip.done))
            )
        natural = stream.kept()
        value, steep = stream.look()
        return Solution(
            z=None,
            value=np.array([value]),
            status=np.array([int(net_status(value, steep, tol, ended))]),
            solver=f"{self.name} ({method})",
            iterations=trip.taken,
            natural=natural,
            history=np.array(trip.history),
        )
