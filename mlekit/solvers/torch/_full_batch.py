"""Methods that use all rows in each step.

    descent    x <- x - t g         t by the line search
    lbfgs      x <- x - t H g       H from the last differences of x and g (two-loop recursion, Nocedal 1980)

Each method is a generator that takes a step, yields the loss before it, and ends at the minimum.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from ._losses import Loss

MEMORY = 20
PATIENCE = 30  # steps without progress after which rounding is taken to hide it


def lbfgs(loss: Loss, tol: float, lr: float | None, memory: int = MEMORY) -> Iterator[float]:
    """Quasi-Newton steps until the gradient is below tol, or until rounding hides any decrease."""
    x = loss.x
    value, gradient = loss.at(x)
    pairs: deque[tuple[Tensor, Tensor]] = deque(maxlen=memory)
    size = lr or min(1.0, 1.0 / float(gradient.abs().sum().clamp(min=1e-300)))
    best, since = float("inf"), 0
    while float(gradient.abs().max()) > tol and since < PATIENCE:
        direction = -_inverse_hessian_product(gradient, pairs)
        found = _line_search(loss, x, value, gradient, direction, size, fraction=1e-4 if memory else 0.3)
        yield value
        if found is None:
            if not pairs:
                break
            pairs.clear()
            continue
        t, new_value, new_gradient = found
        step, change = t * direction, new_gradient - gradient
        if memory and float(step @ change) > 0:
            pairs.append((step, change))
        falls = new_value < value - _rounding(x, value)
        x, value, gradient, size = x + step, new_value, new_gradient, 1.0 if memory else 2 * t
        steepest = float(gradient.abs().max())
        best, since = (min(steepest, best), 0) if falls or steepest < 0.9 * best else (best, since + 1)
    loss.at(x)


def descent(loss: Loss, tol: float, lr: float | None) -> Iterator[float]:
    """Steepest descent with a line search."""
    return lbfgs(loss, tol, lr, memory=0)


FULL_BATCH: dict[str, Callable[[Loss, float, float | None], Iterator[float]]] = {"lbfgs": lbfgs, "descent": descent}


def _inverse_hessian_product(gradient: Tensor, pairs: deque[tuple[Tensor, Tensor]]) -> Tensor:
    """H g by the two-loop recursion."""
    q, kept = gradient.clone(), []
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


def _line_search(
    loss: Loss, x: Tensor, value: float, gradient: Tensor, direction: Tensor, t: float, fraction: float
) -> tuple[float, float, Tensor] | None:
    """A step length with a sufficient decrease (Armijo) and a flatter slope (Wolfe), by doubling and halving.

    Where rounding hides the decrease, a flatter slope shows it (Hager and Zhang 2005).
    """
    promised = float(gradient @ direction)
    slack = _rounding(x, value)
    low, high = 0.0, float("inf")
    for _ in range(50):
        new_value, new_gradient = loss.at(x + t * direction)
        slope = float(new_gradient @ direction)
        falls = new_value <= value + fraction * t * promised or (
            new_value <= value + slack and slope <= -0.8 * promised
        )
        if not falls:
            high = t
        elif slope < 0.9 * promised:
            low = t
        else:
            return t, new_value, new_gradient
        t = 2 * t if high == float("inf") else 0.5 * (low + high)
    return None


def _rounding(x: Tensor, value: float) -> float:
    """A change of the value that rounding may hide."""
    return 4 * torch.finfo(x.dtype).eps * abs(value)
