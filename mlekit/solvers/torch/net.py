"""Training of a net: named tensors, no curvature, a budget of steps or seconds.

Shares of the rows are drawn, and the tensors moved along their slopes, with steps that grow at first and then shrink
to nothing at the end of the budget. All that goes on from step to step is in `Training.state`: a training that was
put away and is taken up again ends, with a budget of steps, at the same numbers to the last bit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .._base import Array, Solution, Status
from . import ways
from .law import refuse_what_torch_lacks
from .team import Team
from .trip import Draws, Trip, choose, generators, set_generators

STEPS, BATCH = 2000, 256
RATE = {"adam": 3e-3, "sgd": 3e-2, "muon": 1e-2}
FEW = 4096  # rows that may all be looked at in each step
ROUNDING = 64  # units in the last place of a loss that is a mean over rows
WARM = 0.02  # of the budget: steps grow to their full size
BLOWN = 1e6  # times the first loss: none that will come back
LOOKS = 20  # how often in a budget the rows that are kept aside are looked at


def train(options: Any, stream: Any, rng: np.random.Generator) -> Solution:
    """The weights at the end of the budget, or where the slope is nought."""
    leaves = stream.begin(choose(options.device, stream.double))
    few = "lbfgs" if stream.double and stream.rows <= FEW else "adam"
    method = options.method or stream.advice.get("method", few)
    refuse_what_torch_lacks(stream.probe)
    steps = options.steps or (np.inf if options.seconds else STEPS)
    trip = Trip(steps, options.seconds or np.inf, options.callback)
    if method in ways.FULL:
        return walked(options, stream, leaves, method, trip)
    return Training(options, stream, leaves, method, trip, rng).run()


def walked(options: Any, stream: Any, named: dict[str, Tensor], method: str, trip: Trip) -> Solution:
    """All rows in each step."""
    leaves = list(named.values())
    objective = ways.Objective(lambda index: stream.loss(None, index), leaves)
    eps = max(torch.finfo(leaf.dtype).eps for leaf in leaves)
    tol, status = max(options.tol, 8 * eps), Status.BUDGET
    ended = trip.follow(ways.FULL[method](objective, tol, options.lr))
    loss, slope = objective.at(objective.x)
    steep = float(slope.abs().max())
    # where the walk ends by itself, a slope whose square is rounding of the loss has nothing left to gain
    if steep <= tol or (ended and steep**2 <= ROUNDING * eps * (1 + abs(float(loss)))):
        status = Status.CONVERGED
    elif ended:
        status = Status.FAILED
    elif trip.stopped and options.keep is not None:
        options.keep(_told("best", stream.tensors()))
    return answered(stream, status, method, trip, {"stopped": trip.stopped})


def answered(stream: Any, status: Status, method: str, trip: Trip, notes: dict[str, Any]) -> Solution:
    """What a stream has learned; a stream whose value is None tells it when it is asked for."""
    value = stream.value()
    failed = value is not None and not np.isfinite(value)
    return Solution(
        z=None,
        value=np.array([np.nan if value is None else value]),
        status=np.array([int(Status.FAILED if failed else status)]),
        solver=f"torch ({method})",
        iterations=trip.taken,
        natural=stream.kept(),
        history=np.array(trip.history),
        notes=notes,
    )


class Training:
    """Steps on shares of the rows, one after another."""

    def __init__(
        self, options: Any, stream: Any, leaves: dict[str, Tensor], method: str, trip: Trip, rng: np.random.Generator
    ) -> None:
        advice = {} if options.method not in (None, stream.advice.get("method")) else stream.advice
        batch = options.batch or stream.advice.get("batch", BATCH)
        lr = options.lr or advice.get("lr", RATE[method])
        device = str(next(iter(leaves.values())).device)
        self.options, self.stream, self.leaves, self.method, self.trip = options, stream, leaves, method, trip
        self.draws = Draws(rng, lambda rng: stream.epoch(rng, batch), device)
        self.decay = advice.get("decay", 0.0) if options.decay is None else options.decay
        self.steps = ways.Steps(method, leaves, stream.matrices(), lr, self.decay)
        self.team = Team()
        self.looks: list[tuple[float, float]] = []  # (step, loss on the rows that are kept aside)
        self.team.begin(leaves.values())
        self.good, self.good_at = self._copy(), 0  # the last tensors that are known to be numbers
        self.hope: tuple[dict[str, Tensor], int] | None = None  # tensors of which the next loss will tell
        self.best = self.good  # and those at which the rows that are kept aside were least surprising
        trip.begun = perf_counter()  # what torch needs to get ready is not taken from the budget
        if options.resume:
            self.restore(options.resume)

    def run(self) -> Solution:
        """To the end of the budget, or until somebody stops it."""
        trip, kept = self.trip, perf_counter()
        if self.options.keep is not None and not self.options.resume:
            self.options.keep(self.state())
        while True:
            spent, due, rate = self.team.told(trip.spent, trip.done * LOOKS >= len(self.looks) + 1, warmed(trip.middle))
            if spent:
                break
            if due:
                self.look()
            if not self.step(rate):
                return self.spoilt()
            if self.options.keep is not None and perf_counter() - kept >= self.options.keep_every and self.healthy():
                self.options.keep(self.state())
                kept = perf_counter()
        if trip.stopped and self.options.keep is not None and self.healthy():
            self.options.keep(self.state())
        return self.ended() if self.look() else self.spoilt()

    def step(self, rate: float) -> bool:
        """One step; whether the loss was a number."""
        index = next(self.draws)
        mine = self.team.share(index, self.stream.rows)
        share = 1.0 if mine is index else self._count(mine) / self._count(index)
        value, slopes = self._slopes(mine, share)
        value, *slopes = self.team.summed([value, *slopes])
        loss = float(value)
        if not self.sound(loss):
            return False
        self.good, self.good_at = self.hope or (self.good, self.good_at)
        self.hope = None
        self.steps.move(slopes, rate)
        self.trip.note(loss)
        return True

    def _slopes(self, index: Tensor | None, share: float) -> tuple[Tensor, list[Tensor]]:
        """The loss of these rows, times their share of the batch, and its slope for each leaf."""
        leaves = list(self.leaves.values())
        if not share:
            return torch.zeros((), device=leaves[0].device), [torch.zeros_like(leaf) for leaf in leaves]
        value = self.stream.loss(None, index) * share
        return value.detach(), list(torch.autograd.grad(value, leaves, materialize_grads=True))

    def _count(self, index: Tensor | None) -> float:
        return self.stream.count(np.arange(self.stream.rows) if index is None else index.cpu().numpy())

    def sound(self, loss: float) -> bool:
        """Whether a loss is a number, and none from which there is no way back."""
        first = self.trip.history[0] if self.trip.history else loss
        return isfinite(loss) and loss <= BLOWN * (1 + abs(first))

    def look(self) -> bool:
        """Whether the tensors look good, which the next step will prove; the best are those of the least loss."""
        if not self.healthy():
            return False
        loss = self.stream.watched()
        if loss is not None and not self.sound(loss):
            return False
        self.hope = self._copy(), self.trip.taken
        if loss is None or not self.looks or loss < min(loss for _, loss in self.looks):
            self.best = self.hope[0]
        self.looks.append((float(self.trip.taken), np.nan if loss is None else loss))
        if loss is not None and self.options.watched is not None:
            self.options.watched(self.trip.taken, loss)
        return True

    def ended(self) -> Solution:
        """The best tensors there were; without rows to tell, the last."""
        self._put(self.best)
        watched = np.array([look for look in self.looks if not np.isnan(look[1])]).reshape(-1, 2)
        kept = watched[np.argmin(watched[:, 1]), 0] if len(watched) else self.trip.taken
        notes = {"watched": watched, "kept": int(kept), "decay": self.decay, "stopped": self.trip.stopped}
        return answered(self.stream, Status.BUDGET, self.method, self.trip, notes)

    def spoilt(self) -> Solution:
        """The last tensors under which the loss was a number."""
        self._put(self.good)
        trouble = (
            f"the loss was no number, or beyond all bounds, after step {self.trip.taken:,}; "
            f"the weights of step {self.good_at:,} are kept: "
            "try a smaller lr, or look for rows with extreme values"
        )
        return answered(self.stream, Status.FAILED, self.method, self.trip, {"trouble": trouble})

    def healthy(self) -> bool:
        """Whether all tensors are numbers."""
        return all(bool(torch.isfinite(leaf).all()) for leaf in self.leaves.values())

    def _copy(self) -> dict[str, Tensor]:
        return {name: tensor.detach().clone() for name, tensor in self.stream.tensors().items()}

    def _put(self, tensors: Mapping[str, Tensor]) -> None:
        with torch.no_grad():
            for name, tensor in self.stream.tensors().items():
                tensor.copy_(tensors[name])

    # -- to put it away, and take it up again -------------------------------------------------------------------------

    def state(self) -> dict[str, Array]:
        """All that goes on, as arrays by name."""
        told = {
            "taken": self.trip.taken,
            "seconds": self.trip.used,
            "good_at": self.good_at,
            "draws": self.draws.state(),
        }
        groups = {"now": self._copy(), "good": self.good, "best": self.best, "moved": self.steps.state()}
        groups["generators"] = {str(i): state for i, state in enumerate(generators())}
        return {
            **{path: array for group, named in groups.items() for path, array in _told(group, named).items()},
            "told": np.frombuffer(json.dumps(told).encode(), np.uint8),
            "history": np.array(self.trip.history),
            "looks": np.array(self.looks).reshape(-1, 2),
        }

    def restore(self, state: Mapping[str, Array]) -> None:
        """What `state` told."""
        told = json.loads(bytes(state["told"]))
        self._put(_group(state, "now"))
        self.good, self.best = _group(state, "good"), _group(state, "best")
        self.steps.restore(_group(state, "moved"))
        self.draws.restore(told["draws"])
        set_generators(list(_group(state, "generators").values()))
        self.looks = [(float(step), float(loss)) for step, loss in state["looks"]]
        self.good_at, self.trip.taken = told["good_at"], told["taken"]
        self.trip.begun -= told["seconds"]
        self.trip.history = state["history"].tolist()


def _told(group: str, tensors: Mapping[str, Tensor]) -> dict[str, Array]:
    """Tensors as arrays; `_group` leads back."""
    return {f"{group}/{name}": tensor.detach().cpu().numpy().copy() for name, tensor in tensors.items()}


def _group(state: Mapping[str, Array], name: str) -> dict[str, Tensor]:
    found = {path.removeprefix(f"{name}/"): a for path, a in state.items() if path.startswith(f"{name}/")}
    return {path: torch.from_numpy(np.array(array)) for path, array in found.items()}


def warmed(done: float) -> float:
    """Up in a straight line to one, and down to nought at the end."""
    return max(min(done / WARM, (1 - done) / (1 - WARM)), 0.0)
