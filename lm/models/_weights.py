"""Maximum likelihood weights of a mixture of fixed distributions."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np
from scipy.optimize import nnls

from lm.aliases import Floats

NEAR, STEPS, ROUNDING = 1e-10, 100, 1e-13


def maximum(p: Floats, counts: Floats) -> tuple[Floats, float]:
    """Maximise f = sum_i n_i log sum_k w_k p_ik over the simplex.

    At the maximum (conditions of Karush, Kuhn and Tucker)

        g_k = sum_i n_i p_ik / (p w)_i / sum_i n_i

    is 1 where w_k > 0, and at most 1 elsewhere. EM, w_k <- w_k g_k, converges to it slowly. Each step here goes to the
    maximum over all w >= 0 of the quadratic that touches f (a least squares problem; half the square of sum w keeps the
    sum at 1), or part of the way if that is too far.

    Parameters
    ----------
    p : ndarray [n, K]
        Probabilities of the observations under each part.
    counts : ndarray [n]
        Weights n_i of the observations.

    Returns
    -------
    weights : ndarray [K]
    gap : float
        Largest violation of the conditions.

    Examples
    --------
    >>> maximum(np.array([[0.5, 0.1], [0.1, 0.5], [0.1, 0.5]]), np.ones(3))[0].round(6).tolist()
    [0.25, 0.75]
    """
    n, w, gap = counts / counts.sum(), np.full(p.shape[1], 1 / p.shape[1]), inf
    for _ in range(STEPS):
        ratio = p / (p @ w)[:, None]
        g = n @ ratio
        gap = float(max(np.abs(g - 1)[w > 0].max(), g.max() - 1))
        if gap <= NEAR:
            break
        rows, goal = np.sqrt(n)[:, None] * ratio, 2 * np.sqrt(n)
        target = nnls(np.vstack([rows, np.ones(len(w))]), np.append(goal, 0))[0]
        w = _line_search(lambda w: n @ np.log(p @ w), w, target)
    return w, gap


def _line_search(f: Callable[[Floats], float], w: Floats, target: Floats) -> Floats:
    """Return the point farthest towards the target, by halving, where f is not below its value at w."""
    with np.errstate(divide="ignore"):
        tried = ((1 - t) * w + t * target for t in 0.5 ** np.arange(30))
        return next((new for v in tried if f(new := v / v.sum()) > f(w) - ROUNDING), w)
