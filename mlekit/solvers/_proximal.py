"""The step of Newton's method under priors with kinks: a proximal Newton step.

With x the distances from the kinks, g and A the score and the negative Hessian of the smooth part, and w the weights of
the kinks, the step d maximises

    g'd - d'A d / 2 - sum_j w_j |x_j + d_j|

At the maximum the score of the smooth part is within the weight of its kink where a coordinate is on it, and elsewhere
w_j sign(x_j + d_j). If the signs are known, that is a system of linear equations. Those of the signs at the start are
tried first, which is all that the last steps need. Otherwise sweeps of coordinate descent find the signs, and after
each the equations of the present signs are solved exactly. Every member of a batch is solved by itself.
"""

from __future__ import annotations

import numpy as np

from ..numerics.linalg import eigen_range, solve_positive
from ._base import Evaluation, Floats, Kinks, Mask

ROUNDS = 1000  # of sweeps and equations
SLACK = 1e-12  # relative excess of a score over its weight that rounding may leave
SINGULAR, RIDGE, INDEFINITE = 1e-9, 1e-8, 0.01  # eigenvalues in units of the greatest: zero; the lifts of those below


def proximal_step(e: Evaluation, z: Floats, kinks: Kinks) -> tuple[Floats, Floats, Mask]:
    """The step, the increase along it to first order, and a mask of the fits whose model is concave."""
    w, x = kinks.weight, np.where(kinks.weight > 0, z - kinks.position, 0.0)
    score, negative = e.gradient + w * np.sign(x), -e.hessian
    finite = np.isfinite(score).all(axis=1) & np.isfinite(negative).all(axis=(1, 2))
    step, concave = np.full(z.shape, np.nan), np.zeros(len(z), dtype=bool)
    step[finite], concave[finite] = _maximum(negative[finite], score[finite], x[finite], w)
    end = x + step
    sign = np.where(x == 0, np.sign(end), np.sign(x))
    beyond = np.where(x * end < 0, 2 * w * np.abs(end), 0.0)
    return step, ((score - w * sign) * step - beyond).sum(axis=1), concave


def _maximum(negative: Floats, score: Floats, x: Floats, w: Floats) -> tuple[Floats, Mask]:
    """The steps d, and a mask of the fits in which the model is concave in the coordinates that move."""
    at_kink = (w > 0) & (x == 0)
    free = ~at_kink | (np.abs(score) > w)
    sign = np.where(at_kink, np.sign(score), np.sign(x))
    step, solved = _equations(negative, score - w * sign, free)
    kept = ~free | (w == 0) | ((x + step) * sign > 0)
    left = score - _product(negative, step)
    solved &= (kept & (free | (np.abs(left) <= w + _rounding(negative, score, step)))).all(axis=1)
    concave = solved.copy()
    if not solved.all():
        search = Search(negative[~solved], score[~solved], x[~solved], w)
        step[~solved], concave[~solved] = search.steps(), search.concave
    return step, concave


def _equations(negative: Floats, score: Floats, free: Mask) -> tuple[Floats, Mask]:
    """The solution of A d = score in the free coordinates, the others at rest; False and 0 where A is not positive."""
    some = np.flatnonzero(free.any(axis=0))
    step, on = np.zeros(score.shape), free[:, some]
    both = on[:, :, None] & on[:, None, :]
    matrix = np.where(both, negative[:, some[:, None], some], np.eye(len(some)))
    found, ok = solve_positive(matrix, np.where(on, score[:, some], 0.0)) if len(some) else (step[:, some], None)
    step[:, some] = found if ok is None else np.where(ok[:, None], found, 0.0)
    return step, np.ones(len(score), dtype=bool) if ok is None else ok


def _product(matrix: Floats, vector: Floats) -> Floats:
    return (matrix @ vector[..., None])[..., 0]


def _rounding(negative: Floats, score: Floats, step: Floats) -> Floats:
    """The part of the score that rounding may leave after a step."""
    return SLACK * (np.abs(score) + _product(np.abs(negative), np.abs(step)))


class Search:
    """The maxima of the models of several fits, by sweeps of coordinate descent and equations in turn."""

    def __init__(self, negative: Floats, score: Floats, x: Floats, w: Floats) -> None:
        self.matrix, self.concave = _positive(negative, score)
        self.score, self.x, self.w = score, x, w
        self.end, self.left = x.copy(), score.copy()  # x + d, and the score that is left there
        self.settled = np.ones(len(x), dtype=bool)  # True where the equations of the present signs are solved

    def steps(self) -> Floats:
        """The step of each fit."""
        found, live = np.empty(self.x.shape), np.arange(len(self.x))
        for _ in range(ROUNDS):
            self._sweep()
            solved = self._solve()
            found[live] = self.end - self.x
            live = live[~solved]
            if not len(live):
                break
            self._keep(~solved)
        return found

    def _keep(self, kept: Mask) -> None:
        """Leave out all but these fits."""
        self.matrix, self.score, self.x = self.matrix[kept], self.score[kept], self.x[kept]
        self.end, self.left, self.settled = self.end[kept], self.left[kept], self.settled[kept]

    def _sweep(self) -> None:
        """Maximise the settled models in one coordinate after another; those at rest are left out."""
        moving = self.settled[:, None] & ((self.end != 0) | (np.abs(self.left) > self.w))
        for j in np.flatnonzero(moving.any(axis=0)):
            before, curvature = self.end[:, j], self.matrix[:, j, j]
            top = self.left[:, j] + curvature * before
            after = np.sign(top) * np.maximum(np.abs(top) - self.w[j], 0.0) / curvature
            change = np.where(self.settled, after - before, 0.0)
            self.end[:, j] = np.where(self.settled, after, before)
            self.left -= self.matrix[:, :, j] * change[:, None]

    def _solve(self) -> Mask:
        """Solve the equations of the present signs, as far as the model increases; True where that is the maximum."""
        w, end, free = self.w, self.end, (self.end != 0) | (self.w == 0)
        toward, ok = _equations(self.matrix, self.left - w * np.sign(end), free)
        length, met = _furthest(self.left, self.matrix, end, toward, w)
        self.end = np.where(met, 0.0, end + length[:, None] * toward)
        step = self.end - self.x
        self.left = self.score - _product(self.matrix, step)
        self.settled = ((end * self.end > 0) | (w == 0) | ~free).all(axis=1)
        rest = free | (np.abs(self.left) <= w + _rounding(self.matrix, self.score, step))
        return ok & self.settled & rest.all(axis=1)


def _furthest(left: Floats, matrix: Floats, end: Floats, toward: Floats, w: Floats) -> tuple[Floats, Mask]:
    """The length of the step along `toward` that maximises the model, and the coordinates that it brings to a kink.

    The slope of the model along the step falls steadily, and by 2 w |toward| where a coordinate passes its kink.
    """
    passing = (w > 0) & (end * toward < 0)
    at = np.where(passing, -end / np.where(passing, toward, 1.0), np.inf)
    order, zero = np.argsort(at, axis=1), np.zeros((len(at), 1))
    falls = np.take_along_axis(np.where(passing, 2 * w * np.abs(toward), 0.0), order, axis=1).cumsum(axis=1)
    begins = np.concatenate([zero, np.take_along_axis(at, order, axis=1)], axis=1)
    slope = ((left - w * np.sign(end)) * toward).sum(axis=1, keepdims=True)
    curvature = (toward * _product(matrix, toward)).sum(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        tops = (slope - np.concatenate([zero, falls], axis=1)) / curvature  # where the slope is zero, by piece
    piece = (tops <= np.concatenate([begins[:, 1:], zero + np.inf], axis=1)).argmax(axis=1)[:, None]
    length = np.maximum(*(np.take_along_axis(a, piece, axis=1) for a in (begins, tops)))
    length = np.where((piece == 0) | ~(curvature > 0), 1.0, length)
    return length[:, 0], passing & (at == length)


def _positive(negative: Floats, score: Floats) -> tuple[Floats, Mask]:
    """Matrices A that are positive definite: those that are not have their eigenvalues lifted."""
    ok = solve_positive(negative, score)[1]
    if ok.all():
        return negative, ok
    lifted, bad = np.array(negative), np.flatnonzero(~ok)
    low, high = eigen_range(negative[bad])
    size = np.maximum(np.abs(low), np.abs(high))
    size = np.where(size > 0, size, 1.0)
    lift = np.where(low > -SINGULAR * size, RIDGE, INDEFINITE) * size - low
    diagonal = np.abs(np.einsum("gkk->gk", negative[bad]))
    lifted[bad] += (lift[:, None] * np.where(diagonal > 0, diagonal, 1.0))[:, :, None] * np.eye(negative.shape[1])
    return lifted, ok
