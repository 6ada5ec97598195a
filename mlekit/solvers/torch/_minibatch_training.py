"""Training of a network on minibatches.

Step sizes rise at first, then fall to zero at the end of the budget. `state` holds everything that one step leaves to
the next: a training that is saved and resumed ends, with a budget of steps, at the same numbers, bit for bit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite, isnan
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from .._base import Array, Problem, Status
from .._budget import Budget
from ._minibatch import GroupedOptimizer
from ._processes import Processes
from ._random import Batches, generators, set_generators
from ._state import to_arrays, to_tensors

if TYPE_CHECKING:
    from ...models.stream import Stream
    from . import Torch

BATCH = 256
RATE = {"adam": 3e-3, "sgd": 3e-2, "muon": 1e-2}
WARM = 0.02  # fraction of the budget in which steps rise to their full size
DIVERGED = 1e6  # times the first loss: a loss above it does not come back
CHECKS = 20  # number of evaluations of the validation rows in a budget

NUMBERS = "told"  # key of the numbers in a state; files have it
Tensors = dict[str, Tensor]


class MinibatchTraining:
    """The training of one network on minibatches."""

    def __init__(
        self,
        options: Torch,
        stream: Stream[Problem],
        leaves: Tensors,
        method: str,
        budget: Budget,
        rng: np.random.Generator,
    ) -> None:
        advice = {} if options.method not in (None, stream.advice.get("method")) else stream.advice
        batch = options.batch or stream.advice.get("batch", BATCH)
        device = str(next(iter(leaves.values())).device)
        self.options, self.stream, self.leaves, self.budget = options, stream, leaves, budget
        self.batches = Batches(rng, lambda rng: stream.epoch(rng, batch), device)
        self.decay = advice.get("decay", 0.0) if options.decay is None else options.decay
        lr = options.lr or advice.get("lr", RATE[method])
        self.optimizer = GroupedOptimizer(method, leaves, stream.matrices(), lr, self.decay)
        self.processes = Processes()
        self.processes.broadcast(leaves.values())
        self.checks: list[tuple[float, float]] = []  # (step, loss of the validation rows)
        self.good, self.good_at = self._copy(), 0  # the last tensors whose loss is known to be finite, and their step
        self.candidate: tuple[Tensors, int] | None = None  # tensors that the next loss will show to be good
        self.best = self.good  # the tensors with the smallest loss of the validation rows
        budget.begun = perf_counter()  # the time that torch takes to start is not taken from the budget
        if options.resume:
            self.restore(options.resume)

    # -- the loop -----------------------------------------------------------------------------------------------------

    def run(self) -> tuple[Status, dict[str, object]]:
        """Train until the budget is spent, the callback stops it, or the loss is not finite."""
        if self.options.keep is not None and not self.options.resume:
            self.options.keep(self.state())
        kept = perf_counter()
        while True:
            spent, due, rate = self._agreed()
            if spent:
                break
            if due:
                self.check()
            if not self.step(rate):
                return self._failed()
            if perf_counter() - kept >= self.options.keep_every and self._keep():
                kept = perf_counter()
        if self.budget.stopped:
            self._keep()
        return self._finished() if self.check() else self._failed()

    def _agreed(self) -> list[float]:
        """The answers of the first process: is the budget spent, is a check due, and the step size."""
        due = self.budget.done * CHECKS >= len(self.checks) + 1
        return self.processes.from_first(self.budget.spent, due, schedule(self.budget.middle))

    def step(self, rate: float) -> bool:
        """Take a step of `rate` times the full size; False if the loss is not acceptable."""
        index = next(self.batches)
        own = self.processes.part(index, self.stream.rows)
        fraction = 1.0 if own is index else self._count(own) / self._count(index)
        value, gradients = self._gradients(own, fraction)
        value, *gradients = self.processes.summed([value, *gradients])
        loss = float(value)
        if not self._acceptable(loss):
            return False
        self.good, self.good_at = self.candidate or (self.good, self.good_at)
        self.candidate = None
        self.optimizer.step(gradients, rate)
        self.budget.note(loss)
        return True

    def _gradients(self, index: Tensor | None, fraction: float) -> tuple[Tensor, list[Tensor]]:
        """The loss of these rows times their fraction of the batch, and its gradient for each leaf."""
        leaves = list(self.leaves.values())
        if not fraction:
            return torch.zeros((), device=leaves[0].device), [torch.zeros_like(leaf) for leaf in leaves]
        value = self.stream.loss(None, index) * fraction
        return value.detach(), list(torch.autograd.grad(value, leaves, materialize_grads=True))

    def _count(self, index: Tensor | None) -> float:
        return self.stream.count(np.arange(self.stream.rows) if index is None else index.cpu().numpy())

    # -- checks -------------------------------------------------------------------------------------------------------

    def check(self) -> bool:
        """Evaluate the validation rows, and remember the tensors if they are the best; False if they have diverged."""
        if not self._finite():
            return False
        loss = self.stream.watched()
        if loss is not None and not self._acceptable(loss):
            return False
        self.candidate = self._copy(), self.budget.taken
        if loss is None or not self.checks or loss < min(loss for _, loss in self.checks):
            self.best = self.candidate[0]
        self.checks.append((float(self.budget.taken), np.nan if loss is None else loss))
        if loss is not None and self.options.watched is not None:
            self.options.watched(self.budget.taken, loss)
        return True

    def _acceptable(self, loss: float) -> bool:
        """True if the loss is finite and has not diverged."""
        first = self.budget.history[0] if self.budget.history else loss
        return isfinite(loss) and loss <= DIVERGED * (1 + abs(first))

    def _finite(self) -> bool:
        return all(bool(torch.isfinite(leaf).all()) for leaf in self.leaves.values())

    # -- the end ------------------------------------------------------------------------------------------------------

    def _finished(self) -> tuple[Status, dict[str, object]]:
        """Take the best tensors; without validation rows they are the last."""
        self._set(self.best)
        watched = np.array([check for check in self.checks if not isnan(check[1])]).reshape(-1, 2)
        kept = watched[np.argmin(watched[:, 1]), 0] if len(watched) else self.budget.taken
        stopped = self.budget.stopped
        return Status.BUDGET, {"watched": watched, "kept": int(kept), "decay": self.decay, "stopped": stopped}

    def _failed(self) -> tuple[Status, dict[str, object]]:
        """Take the last tensors whose loss was finite."""
        self._set(self.good)
        trouble = (
            f"the loss was not finite, or diverged, after step {self.budget.taken:,}; "
            f"the weights of step {self.good_at:,} are kept: "
            "try a smaller lr, or look for rows with extreme values"
        )
        return Status.FAILED, {"trouble": trouble}

    # -- saving and resuming ------------------------------------------------------------------------------------------

    def _keep(self) -> bool:
        """Give the state to `keep`, unless there is no such function or the tensors are not finite."""
        if self.options.keep is None or not self._finite():
            return False
        self.options.keep(self.state())
        return True

    def state(self) -> dict[str, Array]:
        """Everything that the next step depends on, as arrays by name."""
        numbers = {
            "taken": self.budget.taken,
            "seconds": self.budget.used,
            "good_at": self.good_at,
            "draws": self.batches.state(),
        }
        groups = {"now": self._copy(), "good": self.good, "best": self.best, "moved": self.optimizer.state()}
        groups["generators"] = {str(i): state for i, state in enumerate(generators())}
        return {
            **{path: array for group, named in groups.items() for path, array in to_arrays(group, named).items()},
            NUMBERS: np.frombuffer(json.dumps(numbers).encode(), np.uint8),
            "history": np.array(self.budget.history),
            "looks": np.array(self.checks).reshape(-1, 2),
        }

    def restore(self, state: Mapping[str, Array]) -> None:
        """Continue from what `state` returned."""
        numbers = json.loads(bytes(state[NUMBERS]))
        self._set(to_tensors("now", state))
        self.good, self.best = to_tensors("good", state), to_tensors("best", state)
        self.optimizer.restore(to_tensors("moved", state))
        self.batches.restore(numbers["draws"])
        set_generators(list(to_tensors("generators", state).values()))
        self.checks = [(float(step), float(loss)) for step, loss in state["looks"]]
        self.good_at, self.budget.taken = numbers["good_at"], numbers["taken"]
        self.budget.begun -= numbers["seconds"]
        self.budget.history = state["history"].tolist()

    def _copy(self) -> Tensors:
        return {name: tensor.detach().clone() for name, tensor in self.stream.tensors().items()}

    def _set(self, tensors: Mapping[str, Tensor]) -> None:
        with torch.no_grad():
            for name, tensor in self.stream.tensors().items():
                tensor.copy_(tensors[name])


def schedule(done: float) -> float:
    """The step size at this fraction of the budget: it rises linearly to one, and falls linearly to zero at the end."""
    return max(min(done / WARM, (1 - done) / (1 - WARM)), 0.0)
