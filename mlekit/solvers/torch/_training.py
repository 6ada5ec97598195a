"""Training of a network: tensors by name, a budget of steps or seconds, and no curvature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from .._base import Problem, Solution, Status
from .._budget import Budget
from ._devices import choose
from ._full_batch import FULL_BATCH
from ._gradient_solver import refuse_what_torch_lacks
from ._losses import Loss
from ._minibatch_training import MinibatchTraining
from ._state import to_arrays

if TYPE_CHECKING:
    from ...models.stream import Stream
    from . import Torch

STEPS = 2000
FEW = 4096  # rows that may all be used in each step
ROUNDING = 64  # units in the last place of a loss that is a mean over rows


def train(options: Torch, stream: Stream[Problem], rng: np.random.Generator) -> Solution:
    """The weights at the end of the budget, or at a stationary point."""
    leaves = stream.begin(choose(options.device, stream.double))
    default = "lbfgs" if stream.double and stream.rows <= FEW else "adam"
    method = options.method or stream.advice.get("method", default)
    refuse_what_torch_lacks(stream.probe)
    steps = options.steps or (np.inf if options.seconds else STEPS)
    budget = Budget(steps, options.seconds or np.inf, options.callback)
    if method in FULL_BATCH:
        status, notes = train_full_batch(options, stream, leaves, method, budget)
    else:
        status, notes = MinibatchTraining(options, stream, leaves, method, budget, rng).run()
    return trained_solution(stream, status, method, budget, notes)


def train_full_batch(
    options: Torch, stream: Stream[Problem], named: dict[str, Tensor], method: str, budget: Budget
) -> tuple[Status, dict[str, object]]:
    """Use all rows in each step, until the gradient vanishes or the budget is spent."""
    leaves = list(named.values())
    objective = Loss(lambda index: stream.loss(None, index), leaves)
    eps = max(torch.finfo(leaf.dtype).eps for leaf in leaves)
    tol, status = max(options.tol, 8 * eps), Status.BUDGET
    ended = budget.follow(FULL_BATCH[method](objective, tol, options.lr))
    loss, gradient = objective.at(objective.x)
    steepest = float(gradient.abs().max())
    # where the method ends by itself, a gradient whose square is rounding of the loss has nothing left to gain
    if steepest <= tol or (ended and steepest**2 <= ROUNDING * eps * (1 + abs(float(loss)))):
        status = Status.CONVERGED
    elif ended:
        status = Status.FAILED
    elif budget.stopped and options.keep is not None:
        options.keep(to_arrays("best", stream.tensors()))
    return status, {"stopped": budget.stopped}


def trained_solution(
    stream: Stream[Problem], status: Status, method: str, budget: Budget, notes: dict[str, object]
) -> Solution:
    """The solution of a training; its value is NaN where the stream leaves it to be computed when it is needed."""
    value = stream.value()
    failed = value is not None and not np.isfinite(value)
    return Solution(
        problem=stream.problem,
        z=None,
        value=np.array([np.nan if value is None else value]),
        status=np.array([int(Status.FAILED if failed else status)]),
        solver=f"torch ({method})",
        iterations=budget.taken,
        params=stream.kept(),
        history=np.array(budget.history),
        notes=notes,
    )
