"""The torch solver of a log posterior in coordinates z: gradients by autograd, convergence checked by the curvature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import torch

from ...errors import OptionError
from .._ascent import LONG_STEP
from .._base import Floats, Problem, Status
from .._budget import Budget
from .._quadratic import Preconditioner, QuadraticModel
from .._sequential import SearchResult, SequentialSolver
from ._devices import choose
from ._full_batch import FULL_BATCH
from ._losses import Loss, VarianceReducedLoss
from ._minibatch import MINIBATCH, minibatch_steps
from ._random import Batches

if TYPE_CHECKING:
    from ...models.stream import Stream
    from . import Torch

EPOCHS, MINIBATCH_STEPS, FULL_STEPS = 20, 400, 10_000  # budgets where none is given
FRESH = 50  # steps over all rows after which the log posterior is preconditioned anew
STAGES = (0.05, 0.1, 0.2, 0.4, 0.7, 1.0)  # fractions of the budget at which a minibatch search is preconditioned anew
RATE = {"adam": 0.1, "sgd": 0.05, "muon": 0.1}  # without matrices muon is adam
SHRINK = 0.3  # factor of the step size after a stage that led down
TENTH = 0.01  # the decrement at a tenth of a standard error
NO_ERROR = 100.0  # a standard error, in standardised coordinates, that says that the maximum is at infinity


@dataclass(kw_only=True)
class StreamBudget(Budget):
    """The budget of one fit, with the stream of its rows on a device, and the state of its minibatch stages."""

    stream: Stream[Problem]
    device: str
    factor: float = 1.0  # of the step size
    last: float = -np.inf  # the log posterior at the beginning of the stage before


class GradientSolver(SequentialSolver[StreamBudget]):
    """Gradient methods on torch for families and regressions, fit by fit; each has a fraction of the budget."""

    name = "torch"

    def __init__(self, options: Torch, rng: np.random.Generator, fraction: float) -> None:
        self.options, self.tol, self.rng, self.fraction = options, options.tol, rng, fraction
        self.method = options.method or "lbfgs"
        self.minibatch = self.method in MINIBATCH

    def batch(self, rows: int) -> int:
        """The number of rows per step."""
        return self.options.batch or max(32, -(-rows // 64))

    def new_budget(self, problem: Problem) -> StreamBudget:
        stream, o = problem.stream(), self.options
        assert stream is not None
        pieces = -(-stream.rows // self.batch(stream.rows))
        default = max(MINIBATCH_STEPS, EPOCHS * pieces) if self.minibatch else FULL_STEPS
        steps = o.steps or (np.inf if o.seconds else default)
        seconds = o.seconds * self.fraction if o.seconds else np.inf
        budget = StreamBudget(
            steps=steps, seconds=seconds, callback=o.callback, stream=stream, device=choose(o.device, double=True)
        )
        stream.begin(budget.device)
        z = torch.tensor(problem.start()[0], requires_grad=True, device=budget.device)
        refuse_what_torch_lacks(lambda: stream.loss(z, None).backward())
        return budget

    def search(self, problem: Problem, preconditioner: Preconditioner, budget: StreamBudget) -> Floats:
        origin, matrix = (torch.tensor(a, device=budget.device) for a in (preconditioner.origin, preconditioner.matrix))
        u = torch.zeros_like(origin, requires_grad=True)
        unit = preconditioner.scale / budget.stream.divisor  # of the loss, so that its gradient at u = 0 is one
        kind = VarianceReducedLoss if self.minibatch else Loss
        loss = kind(lambda index: budget.stream.loss(origin + matrix @ u, index) / unit, [u])
        if self.minibatch:
            # steps that led down were too long
            budget.factor = 1.0 if preconditioner.value > budget.last else SHRINK * budget.factor
            budget.last = preconditioner.value
            self._stage(loss, budget, unit)
        else:
            tol = 0.1 * preconditioner.gradient_tol(self.tol)
            steps = FULL_BATCH[self.method](loss, tol, self.options.lr or 1.0)
            budget.follow(islice(steps, FRESH), scale=unit)
        return preconditioner.to_z(u.detach().cpu().numpy())

    def _stage(self, loss: Loss, budget: StreamBudget, unit: float) -> None:
        """Minibatch steps to the end of a stage of the budget, at which their size is zero."""
        start = budget.done
        end = next((stage for stage in STAGES if stage > start + 0.01), 1.0)
        stream, lr = budget.stream, budget.factor * (self.options.lr or RATE[self.method])
        batches = Batches(self.rng, lambda rng: stream.epoch(rng, self.batch(stream.rows)), budget.device)
        steps = minibatch_steps(
            loss, self.method, lr, batches, lambda: max(1 - (budget.done - start) / (end - start), 0.0)
        )
        budget.follow(steps, end, unit)

    def retries(self) -> bool:
        return self.minibatch

    def result(self, model: QuadraticModel, budget: StreamBudget) -> SearchResult:
        """Minibatches lead to within a tenth of a standard error, which counts as a budget that was spent well."""
        result = super().result(model, budget)
        if not self.minibatch or result.status == Status.CONVERGED or not model.decrement <= TENTH:
            return result
        far = np.abs(model.step).max()
        edge = not model.concave or (far > LONG_STEP and far > NO_ERROR * np.sqrt(model.decrement))
        return replace(result, status=Status.EDGE if edge else Status.BUDGET)


def refuse_what_torch_lacks(attempt: Callable[[], object]) -> None:
    """Raise an OptionError that names the function of a family or a prior that torch does not have."""
    try:
        attempt()
    except (AttributeError, RuntimeError, TypeError, NotImplementedError) as error:
        what = f"there is no {error.name!r}" if isinstance(error, AttributeError) else str(error).partition("\n")[0]
        raise OptionError(
            f"the torch solver cannot differentiate this distribution or its prior ({what}): "
            "use solver='newton' or 'scipy'"
        ) from error
