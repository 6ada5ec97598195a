"""Solvers on PyTorch, with all rows (lbfgs, descent) or a minibatch (adam, sgd, muon) per step, on any device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ...errors import OptionError, nearest, needs
from ...numerics.seeds import check_seed, generator
from .._base import Array, Callback, Problem, Seed, Solution, Solver

try:
    import torch as _torch  # noqa: F401  # pyright: ignore[reportUnusedImport]
except ImportError as error:
    raise needs("PyTorch", "torch") from error

from ._devices import threads_for
from ._full_batch import FULL_BATCH
from ._gradient_solver import GradientSolver
from ._minibatch import MINIBATCH
from ._random import own_generators
from ._training import train

__all__ = ["Torch"]


@dataclass(frozen=True)
class Torch(Solver):
    """Gradient methods on PyTorch, for families whose density torch can compute and for networks.

    The fit of a family is checked as Newton's is. A network is trained until its budget of steps or seconds is spent.
    Random numbers come from generators of its own: the global ones of NumPy and torch are left alone.

    Parameters
    ----------
    method : {"lbfgs", "descent", "adam", "sgd", "muon"}, optional
        ``"lbfgs"`` and ``"descent"`` (steepest descent with a line search) use all rows in each step, the others a
        minibatch. ``"muon"`` is Adam with orthogonalised momentum for the matrices of a network. The default is lbfgs
        for a family; for a network, the method that its model advises, else lbfgs for up to 4,096 rows in double
        precision and adam otherwise.
    steps : int, optional
        Maximum number of steps, to which the decay of the step sizes is fitted. Without `steps` and `seconds` it is
        2,000 for a network; for a family 10,000, or with minibatches the larger of 400 and 20 epochs.
    seconds : float, optional
        Maximum wall time, to which the decay of the step sizes is fitted.
    batch : int, optional
        Rows per step of a minibatch method. The default is 256 for a network, or what its model advises; for a family a
        64th of the rows, at least 32.
    lr : float, optional
        Learning rate of a minibatch method at its full size. The default for a network is 0.003 (adam), 0.03 (sgd) or
        0.01 (muon), or what its model advises; for a family 0.1 (adam) or 0.05 (sgd), in standardised coordinates. Of
        lbfgs and descent it is the first step length that the line search tries.
    decay : float, optional
        Weight decay: the fraction by which a step of full size shrinks all matrices and tables of a network, from 0 to
        below 1. It regularises like a prior, but the result is not a posterior mode. The default is 0, or what the
        network's model advises.
    device : str, default "auto"
        ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"mps"``, or ``"auto"`` for the fastest that is available.
    callback : callable, optional
        Called as ``callback(step, loss)`` after each step with minus the log posterior per row, of a minibatch where
        there are such. The search stops where it returns True.
    watched : callable, optional
        Called as ``watched(step, loss)`` about twenty times in a training, with the loss of the validation rows of a
        network that has them. The weights with the smallest such loss are kept.
    keep : callable, optional
        Called with the state of a training, a dict of arrays: at the beginning, every `keep_every` seconds, and where
        the callback stops it.
    keep_every : float, default 5.0
        Seconds between two calls of `keep`.
    resume : mapping, optional
        A state that `keep` was given: the training continues from there. With a budget of steps it ends at the same
        numbers, bit for bit, as one that was not interrupted.
    seed : int or numpy.random.Generator, optional
        Seed of the minibatches and of dropout; by default that of the estimator, which is 0.
    tol : float, default 1e-10
        Tolerance of convergence: for a family the Newton decrement, the square of the distance to the maximum in
        standard errors; for a network with lbfgs or descent the largest absolute derivative of the loss per row.

    Raises
    ------
    OptionError
        If an option has a value that it cannot have. `solve` raises it where the device is not available, or torch
        cannot differentiate the density or the prior.

    Examples
    --------
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
    callback: Callback | None = None
    watched: Callback | None = None
    keep: Callable[[dict[str, Array]], object] | None = None
    keep_every: float = 5.0
    resume: Mapping[str, Array] | None = None
    seed: Seed | None = None
    tol: float = 1e-10

    name = "torch"

    def __post_init__(self) -> None:
        known = [*FULL_BATCH, *MINIBATCH]
        if self.method is not None and self.method not in known:
            raise OptionError(f"Torch: there is no method {self.method!r}: {nearest(self.method, known)}")
        for option in ("steps", "seconds", "batch", "lr", "tol"):
            value = getattr(self, option)
            if value is not None and not value > 0:
                raise OptionError(f"Torch: {option} is {value}, but it has to be above 0")
        check_seed(self.seed)
        if self.decay is not None and not 0 <= self.decay < 1:
            raise OptionError(f"Torch: decay is {self.decay}, but it has to be a fraction: at least 0 and below 1")

    def solve(self, problem: Problem) -> Solution | None:
        stream = problem.stream()
        if stream is None:
            return None
        rng = generator(0 if self.seed is None else self.seed)
        drawn = self.batch or stream.advice.get("batch", stream.rows)
        with own_generators(int(rng.integers(2**62))), threads_for(drawn * max(1, problem.size)):
            if problem.trained:
                return train(self, stream, rng)
            searches = problem.count * (3 if problem.several_peaks else 1)
            return GradientSolver(self, rng, 1 / searches).solve(problem)

    def shared(self, parts: int) -> Torch:
        seconds = None if self.seconds is None else self.seconds / parts
        return replace(self, seconds=seconds, steps=None if self.steps is None else max(1, self.steps // parts))

    def seeded(self, seed: Seed) -> Torch:
        return self if self.seed is not None else replace(self, seed=seed)

    def telling(self, progress: Callback) -> Torch:
        own = self.callback

        def both(step: int, loss: float) -> object:
            progress(step, loss)
            return own is not None and own(step, loss)

        return replace(self, callback=both)
