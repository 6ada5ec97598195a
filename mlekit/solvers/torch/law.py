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
from .._sequential import Climb, Climber, Frame, View
from ..newton import LONG_STEP
from . import ways
from .trip import Draws, Trip, choose

EPOCHS, STEPS = 20, 400
FRESH = 50  # steps over all rows after which the coordinates are made anew
LEGS = (
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
class Leg(Trip):
    """A trip with its rows on a device."""

    stream: Any = None
    device: str = "cpu"
    rng: Any = None
    brake: float = 1.0
    height: float = -np.inf


class LawClimber(Climber):
    """The torch solver of a problem that has coordinates z."""

    name = "torch"

    def __init__(self, options: Any, rng: np.random.Generator, share: float) -> None:
        self.options, self.tol, self.rng, self.share = options, options.tol, rng, share
        self.method = options.method or "lbfgs"
        self.shuffled = self.method in ways.DRAWN

    def batch(self, rows: int) -> int:
        return self.options.batch or max(32, -(-rows // 64))

    def begin(self, problem: Problem) -> Leg:
        stream, o = problem.stream(), self.options
        pieces = -(-stream.rows // self.batch(stream.rows))
        enough = max(STEPS, EPOCHS * pieces) if self.shuffled else 10_000
        steps = o.steps or (np.inf if o.seconds else enough)
        seconds = o.seconds * self.share if o.seconds else np.inf
        leg = Leg(steps, seconds, o.callback, stream=stream, device=choose(o.device, double=True), rng=self.rng)
        stream.begin(leg.device)
        z = torch.tensor(problem.start()[0], requires_grad=True, device=leg.device)
        refuse_what_torch_lacks(lambda: stream.loss(z, None).backward())
        return leg

    def walk(self, problem: Problem, frame: Frame, trip: Leg) -> Array:
        origin, matrix = (torch.tensor(a, device=trip.device) for a in (frame.origin, frame.matrix))
        u = torch.zeros_like(origin, requires_grad=True)
        unit = frame.size**2 / trip.stream.divisor  # of the loss, so that the slope at u = 0 is one
        kind = ways.Anchored if self.shuffled else ways.Objective
        objective = kind(lambda index: trip.stream.loss(origin + matrix @ u, index) / unit, [u])
        if self.shuffled:
            trip.brake = 1.0 if frame.value > trip.height else 0.3 * trip.brake  # steps that led down were too long
            trip.height = frame.value
            self.leg(objective, trip, unit)
        else:
            steps = ways.FULL[self.method](objective, 0.1 * frame.slope_at(self.tol), self.options.lr or 1.0)
            trip.follow(islice(steps, FRESH), scale=unit)
        return frame.z(u.detach().cpu().numpy())

    def leg(self, objective: ways.Objective, trip: Leg, unit: float) -> None:
        """A part of the budget, with steps that shrink to nothing at its end."""
        start = trip.done
        end = next((share for share in LEGS if share > start + 0.01), 1.0)
        rows, rate = trip.stream.rows, trip.brake * (self.options.lr or RATE[self.method])
        walk = ways.minibatches(
            objective,
            self.method,
            rate,
            Draws(trip.rng, lambda rng: trip.stream.epoch(rng, self.batch(rows)), trip.device),
            lambda: max(1 - (trip.done - start) / (end - start), 0.0),
        )
        trip.follow(walk, end, unit)

    def again(self, trip: Leg) -> bool:
        return self.shuffled

    def ended(self, seen: View, trip: Leg) -> Climb:
        """Shares of the rows lead to within a tenth of a standard error, which is what a budget is spent for."""
        climb = super().ended(seen, trip)
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
