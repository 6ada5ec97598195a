"""Walks of a law's coordinates on torch: the score by autograd of the formula, the proof at the end from curvature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
import torch

from ...errors import OptionError
from .._base import Array, Problem, Status
from .._sequential import Climb, Frame, SequentialSolver, View
from ..newton import LONG_STEP
from . import _optimizers as optimizers
from ._budget import Budget, Draws, choose

EPOCHS, STEPS = 20, 400
FRESH = 50  # steps over all rows after which the coordinates are made anew
STAGES = (
    0.05,
    0.1,
    0.2,
    0.4,
    0.7,
    1.0,
)  # shares of the budget at which a minibatch walk begins anew, in fresh coordinates
RATE = {"adam": 0.1, "sgd": 0.05}
TENTH = 0.01  # the decrement at a tenth of a standard error
NO_ERROR = 100.0  # a standard error, in standardised coordinates, that says that the maximum is at infinity


@dataclass
class Stage(Budget):
    """A budget with its rows on a device."""

    stream: Any = None
    device: str = "cpu"
    rng: Any = None
    brake: float = 1.0
    height: float = -np.inf


class CoordinateSolver(SequentialSolver):
    """The torch solver of a problem that has coordinates z."""

    name = "torch"

    def __init__(self, options: Any, rng: np.random.Generator, share: float) -> None:
        self.options, self.tol, self.rng, self.share = options, options.tol, rng, share
        self.method = options.method or "lbfgs"
        self.shuffled = self.method in optimizers.DRAWN

    def batch(self, rows: int) -> int:
        return self.options.batch or max(32, -(-rows // 64))

    def begin(self, problem: Problem) -> Stage:
        stream, o = problem.stream(), self.options
        assert stream is not None
        pieces = -(-stream.rows // self.batch(stream.rows))
        enough = max(STEPS, EPOCHS * pieces) if self.shuffled else 10_000
        steps = o.steps or (np.inf if o.seconds else enough)
        seconds = o.seconds * self.share if o.seconds else np.inf
        stage = Stage(steps, seconds, o.callback, stream=stream, device=choose(o.device, double=True), rng=self.rng)
        stream.begin(stage.device)
        z = torch.tensor(problem.start()[0], requires_grad=True, device=stage.device)
        refuse_what_torch_lacks(lambda: stream.loss(z, None).backward())
        return stage

    def walk(self, problem: Problem, frame: Frame, budget: Stage) -> Array:
        origin, matrix = (torch.tensor(a, device=budget.device) for a in (frame.origin, frame.matrix))
        u = torch.zeros_like(origin, requires_grad=True)
        unit = frame.size**2 / budget.stream.divisor  # of the loss, so that the slope at u = 0 is one
        kind = optimizers.Anchored if self.shuffled else optimizers.Objective
        objective = kind(lambda index: budget.stream.loss(origin + matrix @ u, index) / unit, [u])
        if self.shuffled:
            budget.brake = 1.0 if frame.value > budget.height else 0.3 * budget.brake  # steps that led down were too long
            budget.height = frame.value
            self.stage(objective, budget, unit)
        else:
            steps = optimizers.FULL[self.method](objective, 0.1 * frame.slope_at(self.tol), self.options.lr or 1.0)
            budget.follow(islice(steps, FRESH), scale=unit)
        return frame.z(u.detach().cpu().numpy())

    def stage(self, objective: optimizers.Objective, budget: Stage, unit: float) -> None:
        """A part of the budget, with steps that shrink to nothing at its end."""
        start = budget.done
        end = next((share for share in STAGES if share > start + 0.01), 1.0)
        rows, rate = budget.stream.rows, budget.brake * (self.options.lr or RATE[self.method])
        walk = optimizers.minibatches(
            objective,
            self.method,
            rate,
            Draws(budget.rng, lambda rng: budget.stream.epoch(rng, self.batch(rows)), budget.device),
            lambda: max(1 - (budget.done - start) / (end - start), 0.0),
        )
        budget.follow(walk, end, unit)

    def again(self, budget: Stage) -> bool:
        return self.shuffled

    def ended(self, seen: View, budget: Stage) -> Climb:
        """Shares of the rows lead to within a tenth of a standard error, which is what a budget is spent for."""
        climb = super().ended(seen, budget)
        if not self.shuffled or climb.status == Status.CONVERGED or not seen.decrement <= TENTH:
            return climb
        far = np.abs(seen.step).max()
        edge = not seen.proper or (far > LONG_STEP and far > NO_ERROR * np.sqrt(seen.decrement))
        return replace(climb, status=Status.EDGE if edge else Status.BUDGET)


def refuse_what_torch_lacks(attempt: Callable[[], Any]) -> None:
    """An OptionError that says what of a law or a prior torch cannot compute."""
    try:
        attempt()
    except (AttributeError, RuntimeError, TypeError, NotImplementedError) as error:
        what = f"there is no {error.name!r}" if isinstance(error, AttributeError) else str(error).partition("\n")[0]
        raise OptionError(
            f"the torch solver cannot differentiate this law or its prior ({what}): use solver='newton' or 'scipy'"
        ) from error
