"""How torch walks.

    descent    x <- x - t g                       t by the line search
    lbfgs      x <- x - t H g                     H from the last differences of x and g (Nocedal's two loops)
    sgd        x <- x - lr (0.9 m + g)            g of a share of the rows
    adam       x <- x - lr m / sqrt(v)            m, v: running means of g and g^2
    muon       matrices: momentum with all singular values one; the rest: adam

Each method is a generator that takes a step, yields the loss before it, and ends at the top.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import isfinite

import torch
from torch import Tensor
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from ._muon import Muon
from ._steps import Adam, Momentum, Optimizer

MEMORY = 20
PATIENCE = 30


class Objective:
    """A loss over named leaves, and its slope as one vector."""

    def __init__(self, loss: Callable[[Tensor | None], Tensor], leaves: list[Tensor]) -> None:
        self.loss, self.leaves = loss, leaves

    @property
    def x(self) -> Tensor:
        return parameters_to_vector(self.leaves).detach().clone()

    def slopes(self, index: Tensor | None) -> tuple[float, tuple[Tensor, ...]]:
        """The loss of a share of the rows where the leaves are, and its slope for each."""
        with torch.enable_grad():
            value = self.loss(index)
            slopes = torch.autograd.grad(value, self.leaves, materialize_grads=True)
        return float(value.detach()), slopes

    def at(self, x: Tensor) -> tuple[float, Tensor]:
        """Value and slope over all rows at x."""
        vector_to_parameters(x, self.leaves)
        value, slopes = self.slopes(None)
        return value, parameters_to_vector(slopes)


class Anchored(Objective):
    """The slope of a share of the rows, less what the same rows said at the anchor, plus what all rows say there.

    It is right on average, as that of the share alone, and near the anchor its noise is nought (Johnson, Zhang 2013).
    """

    def __init__(self, loss: Callable[[Tensor | None], Tensor], leaves: list[Tensor]) -> None:
        super().__init__(loss, leaves)
        self.anchor, (_, self.all) = self.x, super().slopes(None)

    def slopes(self, index: Tensor | None) -> tuple[float, tuple[Tensor, ...]]:
        value, here = super().slopes(index)
        if index is None:
            return value, here
        x = self.x
        vector_to_parameters(self.anchor, self.leaves)
        _, there = super().slopes(index)
        vector_to_parameters(x, self.leaves)
        return value, tuple(h - t + a for h, t, a in zip(here, there, self.all, strict=True))


def lbfgs(o: Objective, tol: float, lr: float | None, memory: int = MEMORY) -> Iterator[float]:
    """Quasi-Newton steps until the slope is below tol, or until rounding hides the way."""
    x = o.x
    value, slope = o.at(x)
    pairs: deque[tuple[Tensor, Tensor]] = deque(maxlen=memory)
    size = lr or min(1.0, 1.0 / float(slope.abs().sum().clamp(min=1e-300)))
    best, since = float("inf"), 0
    while float(slope.abs().max()) > tol and since < PATIENCE:
        direction = -_two_loops(slope, pairs)
        found = _search(o, x, value, slope, direction, size, share=1e-4 if memory else 0.3)
        yield value
        if found is None:
            if not pairs:
                break
            pairs.clear()
            continue
        t, new_value, new_slope = found
        move, change = t * direction, new_slope - slope
        if memory and float(move @ change) > 0:
            pairs.append((move, change))
        falls = new_value < value - _rounding(x, value)
        x, value, slope, size = x + move, new_value, new_slope, 1.0 if memory else 2 * t
        steep = float(slope.abs().max())
        best, since = (min(steep, best), 0) if falls or steep < 0.9 * best else (best, since + 1)
    o.at(x)


def descent(o: Objective, tol: float, lr: float | None) -> Iterator[float]:
    """Steps straight down the slope, halved until they go down."""
    return lbfgs(o, tol, lr, memory=0)


def _two_loops(slope: Tensor, pairs: deque[tuple[Tensor, Tensor]]) -> Tensor:
    """H times the slope."""
    q, kept = slope.clone(), []
    for s, y in reversed(pairs):
        a = (s @ q) / (s @ y)
        q = q - a * y
        kept.append(a)
    if pairs:
        s, y = pairs[-1]
        q = q * (s @ y) / (y @ y)
    for (s, y), a in zip(pairs, reversed(kept), strict=True):
        q = q + s * (a - (y @ q) / (s @ y))
    return q


def _search(
    o: Objective, x: Tensor, value: float, slope: Tensor, direction: Tensor, t: float, share: float
) -> tuple[float, float, Tensor] | None:
    """A step that falls by a share of what is promised (Armijo) and turns the slope (Wolfe), by doubling and halving.

    Where rounding hides the fall, a slope that has become flatter shows it (Hager and Zhang 2005).
    """
    promised = float(slope @ direction)
    slack = _rounding(x, value)
    low, high = 0.0, float("inf")
    for _ in range(50):
        new_value, new_slope = o.at(x + t * direction)
        turned = float(new_slope @ direction)
        falls = new_value <= value + share * t * promised or (new_value <= value + slack and turned <= -0.8 * promised)
        if not falls:
            high = t
        elif turned < 0.9 * promised:
            low = t
        else:
            return t, new_value, new_slope
        t = 2 * t if high == float("inf") else 0.5 * (low + high)
    return None


def _rounding(x: Tensor, value: float) -> float:
    """A change of the value that cannot be told from none."""
    return 4 * torch.finfo(x.dtype).eps * abs(value)


FULL: dict[str, Callable[[Objective, float, float | None], Iterator[float]]] = {"lbfgs": lbfgs, "descent": descent}
Named = Mapping[str, Tensor]
DRAWN: dict[str, Callable[[str], type[Optimizer]]] = {  # what moves a matrix, and what moves the rest
    "adam": lambda kind: Adam,
    "sgd": lambda kind: Momentum,
    "muon": lambda kind: Muon if kind == "matrix" else Adam,
}


class Steps:
    """What moves leaves along the slopes of shares of the rows, and remembers."""

    def __init__(self, method: str, leaves: Named, matrices: frozenset[str], lr: float, decay: float = 0.0) -> None:
        self.leaves, self.lr, self.decay = leaves, lr, decay
        named: dict[type[Optimizer], list[str]] = {}
        for name in leaves:
            named.setdefault(DRAWN[method]("matrix" if name in matrices else ""), []).append(name)
        self.optimizers = [(kind([leaves[name] for name in names]), names) for kind, names in named.items()]
        self.decaying = [leaf for leaf in leaves.values() if leaf.ndim > 1] if decay else []

    def move(self, slopes: Iterable[Tensor], rate: float) -> None:
        """A step of `rate` times the full size."""
        by_name = dict(zip(self.leaves, slopes, strict=True))
        for optimizer, names in self.optimizers:
            optimizer.move([by_name[name] for name in names], self.lr * rate)
        with torch.no_grad():
            for leaf in self.decaying:
                leaf.mul_(1 - self.decay * rate)

    def state(self) -> dict[str, Tensor]:
        """What is remembered, by name."""
        return {
            f"{k}.{name}": t for k, (optimizer, _) in enumerate(self.optimizers) for name, t in optimizer.kept.items()
        }

    def restore(self, state: Named) -> None:
        """What `state` told."""
        for k, (optimizer, _) in enumerate(self.optimizers):
            optimizer.restore({name: state[f"{k}.{name}"] for name in optimizer.kept})


def minibatches(
    o: Objective, method: str, lr: float, draws: Iterator[Tensor | None], rate: Callable[[], float]
) -> Iterator[float]:
    """Steps on one share of the rows after another, at lr times the rate of the moment, while the loss is a number."""
    steps = Steps(method, {str(i): leaf for i, leaf in enumerate(o.leaves)}, frozenset(), lr)
    for index in draws:
        value, slopes = o.slopes(index)
        if not isfinite(value):
            return
        steps.move(slopes, rate())
        yield value
