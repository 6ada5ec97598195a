"""Training of a net: named tensors, no curvature, a budget of steps or seconds."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..base import Solution, Status
from . import ways
from .law import refuse_what_torch_lacks
from .trip import Trip, choose, draws

STEPS, BATCH = 2000, 256
RATE = {"adam": 3e-3, "sgd": 3e-2}
FEW = 4096  # rows that may all be looked at in each step
ROUNDING = 64  # units in the last place of a loss that is a mean over rows
WARM = 0.02  # of the budget: steps grow to their full size


def train(options: Any, stream: Any, rng: np.random.Generator) -> Solution:
    """The weights at the end of the budget, or where the slope is nought."""
    leaves = list(stream.begin(choose(options.device, stream.double)).values())
    refuse_what_torch_lacks(stream.probe)
    steps = options.steps or (np.inf if options.seconds else STEPS)
    trip = Trip(steps, options.seconds or np.inf, options.callback)
    method = options.method or ("lbfgs" if stream.double and stream.rows <= FEW else "adam")
    objective = ways.Objective(lambda index: stream.loss(None, index), leaves)
    eps = max(torch.finfo(leaf.dtype).eps for leaf in leaves)
    status = Status.BUDGET
    if method in ways.FULL:
        tol = max(options.tol, 8 * eps)
        ended = trip.follow(ways.FULL[method](objective, tol, options.lr))
        loss, slope = objective.at(objective.x)
        steep = float(slope.abs().max())
        # where the walk ends by itself, a slope whose square is rounding of the loss has nothing left to gain
        if steep <= tol or (ended and steep**2 <= ROUNDING * eps * (1 + abs(float(loss)))):
            status = Status.CONVERGED
        elif ended:
            status = Status.FAILED
    else:
        index = draws(rng, stream.rows, options.batch or BATCH, str(leaves[0].device))
        walk = ways.minibatches(objective, method, options.lr or RATE[method], index, lambda: warmed(trip.done))
        trip.follow(walk)
    value = stream.value()
    return Solution(
        z=None,
        value=np.array([value]),
        status=np.array([int(status if np.isfinite(value) else Status.FAILED)]),
        solver=f"torch ({method})",
        iterations=trip.taken,
        natural=stream.kept(),
        history=np.array(trip.history),
    )


def warmed(done: float) -> float:
    """Up in a straight line to one, and down to nought at the end."""
    return min(done / WARM, (1 - done) / (1 - WARM))
