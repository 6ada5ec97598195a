"""Small symmetric systems, one per group, solved together: a bad group is masked, and affects no other.

Every matrix is first scaled by Jacobi, S = D H D with D = |diag H|^(-1/2), so that units do not matter: the eigenvalues
of S say how far the coordinates can be distinguished. A group is positive definite if the pivots of S are: each is the
fraction of a coordinate that the ones before it do not explain, and a fraction that rounding alone could leave (k times
2e-15) counts as zero.

Up to six coordinates the elimination is written over columns: arrays over the groups or, where there is one group,
plain numbers. From seven on it is LAPACK's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any

COLUMNS = 6  # up to here columns are faster than LAPACK, for one group and for many
BLOCK = 4096  # groups that stay in the cache
ROUNDING = 2e-15
FLOOR = 0.01


def solve_positive(H: Array, g: Array) -> tuple[Array, Array]:
    """(x [G, k], ok [G]) with H x = g; where H [G, k, k] is not positive definite or not finite, nan and False.

    >>> x, ok = solve_positive(np.array([[[2.0, 1.0], [1.0, 2.0]], [[1.0, 1.0], [1.0, 1.0]]]), np.ones((2, 2)))
    >>> x[0].round(6).tolist(), ok.tolist()
    ([0.333333, 0.333333], [True, False])
    """
    matrices, g = np.asarray(H, dtype=float), np.asarray(g, dtype=float)
    if len(g) == 1 and g.shape[1] <= COLUMNS:
        x, ok = _one(matrices[0].tolist(), g.tolist())
        return x, np.array([ok])
    x, ok = _solve(matrices, g[:, :, None])
    return x[:, :, 0], ok


def inverse_positive(H: Array) -> tuple[Array, Array]:
    """(the inverses [G, k, k], exactly symmetric; ok [G]), masked as in `solve_positive`."""
    matrices = np.asarray(H, dtype=float)
    groups, k, _ = matrices.shape
    if groups == 1 and k <= COLUMNS:
        x, good = _one(matrices[0].tolist(), np.eye(k).tolist())
        return (0.5 * x + 0.5 * x.T)[None], np.array([good])
    x, ok = _solve(matrices, np.broadcast_to(np.eye(k), matrices.shape))
    return 0.5 * x + 0.5 * x.transpose(0, 2, 1), ok


def damped_solve(H: Array, g: Array) -> tuple[Array, Array]:
    """(x [G, k], shift [G]): a step that climbs along g, x'g > 0, whatever the curvature; only what overflows is nan.

    x = D y, where (S + shift) y = D g. There is no shift where H is positive definite, and else the smallest that lifts
    every eigenvalue of S to a hundredth of the greatest in size.

    >>> x, shift = damped_solve(np.array([[[-2.0]]]), np.array([[1.0]]))
    >>> round(float(shift[0]), 6), round(float(x[0, 0]), 6)
    (1.01, 50.0)
    """
    x, ok = solve_positive(H, g)
    shift = np.where(ok, 0.0, np.nan)
    if not ok.all():
        bad, pull = np.asarray(H, dtype=float)[~ok], np.asarray(g, dtype=float)[~ok]
        low, high = eigen_range(bad)
        size = np.maximum(np.abs(low), np.abs(high))
        shift[~ok] = lift = np.maximum(FLOOR * np.where(size == 0, 1.0, size) - low, 0.0)
        S, d = _scaled(bad)
        with np.errstate(all="ignore"):
            x[~ok] = d * solve_positive(S + lift[:, None, None] * np.eye(d.shape[1]), d * pull)[0]
    return x, shift


def eigen_range(H: Array) -> tuple[Array, Array]:
    """(low [G], high [G]): the extreme eigenvalues of the scaled matrix S; nan where it is not finite.

    A peak has low > 0, and its solution loses log10(high / low) digits. The eigenvalues themselves are known to 1e-15
    or so, so that a low below 1e-13 cannot be distinguished from a collinearity.

    >>> low, high = eigen_range(np.array([[[4.0, 1.0], [1.0, 1.0]]]))
    >>> low.round(6).tolist(), high.round(6).tolist()
    ([0.5], [1.5])
    """
    matrices = np.asarray(H, dtype=float)
    groups, k, _ = matrices.shape
    if groups == 1 and k <= 2:
        rows = matrices[0].tolist()
        a, b, c = rows[0][0], rows[-1][-1], rows[-1][0] * (k - 1)
        d, e = (1 / (math.sqrt(abs(h)) or 1.0) for h in (a, b))
        low, high = _range_of_two(a * d * d, b * e * e, c * d * e, math.hypot)
        return np.array([low]), np.array([high])
    if k <= 2:
        d = _scale(matrices)
        with np.errstate(all="ignore"):
            a, b, c = (matrices[:, i, j] * d[:, i] * d[:, j] for i, j in ((0, 0), (-1, -1), (-1, 0)))
            return _range_of_two(a, b, c * (k - 1), np.hypot)
    S, _ = _scaled(matrices)
    finite = np.isfinite(S).all(axis=(1, 2))
    S[~finite] = 0.0
    values = np.linalg.eigvalsh(S)
    values[~finite] = np.nan
    return values[:, 0], values[:, -1]


def _range_of_two(a: Array, b: Array, c: Array, hypot: Callable[[Array, Array], Array]) -> tuple[Array, Array]:
    """The eigenvalues of [[a, c], [c, b]]; 0 c turns an infinite c into nan."""
    middle, radius = 0.5 * (a + b), hypot(0.5 * (a - b), c) + 0 * c
    return middle - radius, middle + radius


def _scale(H: Array) -> Array:
    """The diagonal of D [G, k]; a coordinate without any curvature stays as it is."""
    with np.errstate(all="ignore"):
        size = np.sqrt(np.abs(np.diagonal(H, axis1=1, axis2=2)))
        return 1 / np.where(size == 0, 1.0, size)


def _scaled(H: Array) -> tuple[Array, Array]:
    """S = D H D, and the diagonal of D."""
    d = _scale(H)
    with np.errstate(all="ignore"):
        return H * (d[:, :, None] * d[:, None, :]), d


# ---- elimination ----------------------------------------------------------------------------------------------------


def _solve(H: Array, B: Array) -> tuple[Array, Array]:
    """(H^-1 B [G, k, m], ok [G])."""
    if B.shape[1] > COLUMNS:
        return _by_lapack(H, B)
    X, ok = np.empty(B.shape), np.empty(len(B), dtype=bool)
    for i in range(0, len(B), BLOCK):
        X[i : i + BLOCK], ok[i : i + BLOCK] = _by_columns(H[i : i + BLOCK], B[i : i + BLOCK])
    return X, ok


def _one(H: list[list[float]], columns: list[list[float]]) -> tuple[Array, bool]:
    """(H^-1 b for every column b [m, k], ok) of one group, without arrays."""
    try:
        x, pivots = _eliminate(H, columns, math.sqrt)
    except (ValueError, ZeroDivisionError):  # the root of a negative number, or a pivot of zero
        return np.full((len(columns), len(H)), np.nan), False
    ok = min(pivots) > ROUNDING * len(pivots) and all(math.isfinite(number) for column in x for number in column)
    return np.array(x) if ok else np.full((len(x), len(H)), np.nan), ok


def _by_columns(H: Array, B: Array) -> tuple[Array, Array]:
    with np.errstate(all="ignore"):
        x, pivots = _eliminate(H.transpose(1, 2, 0), B.transpose(2, 1, 0), np.sqrt)
        ok = np.logical_and.reduce([pivot > ROUNDING * len(pivots) for pivot in pivots])
        ok &= np.logical_and.reduce([np.isfinite(numbers) for column in x for numbers in column])
        X = np.array(x).transpose(2, 1, 0)
    X[~ok] = np.nan
    return X, ok


def _eliminate(H: Array, columns: Array, root: Callable[[Array], Array]) -> tuple[list[list[Array]], list[Array]]:
    """(H^-1 b for every column b, the pivots of S = L P L'), on rows of numbers or of arrays alike."""
    k = len(H)
    d = [1 / root(H[i][i]) for i in range(k)]
    S = [[H[i][j] * d[i] * d[j] for j in range(i + 1)] for i in range(k)]
    for j in range(k):
        for i in range(j + 1, k):
            factor = S[i][j] / S[j][j]
            for m in range(j + 1, i + 1):
                S[i][m] = S[i][m] - factor * S[m][j]
    pivots = [S[i][i] for i in range(k)]
    L = [[S[i][j] / pivots[j] for j in range(i)] for i in range(k)]
    return [_substitute(L, pivots, d, column) for column in columns], pivots


def _substitute(L: Array, pivots: list[Array], d: list[Array], b: Array) -> list[Array]:
    """D (L P L')^-1 D b."""
    k = len(d)
    x = [d[i] * b[i] for i in range(k)]
    for i in range(k):
        for j in range(i):
            x[i] = x[i] - L[i][j] * x[j]
    x = [number / pivot for number, pivot in zip(x, pivots, strict=True)]
    for i in reversed(range(k)):
        for j in range(i + 1, k):
            x[i] = x[i] - L[j][i] * x[j]
    return [scale * number for scale, number in zip(d, x, strict=True)]


def _by_lapack(H: Array, B: Array) -> tuple[Array, Array]:
    S, scale = _scaled(H)
    k, d = H.shape[1], scale[:, :, None]
    ok = np.isfinite(S).all(axis=(1, 2))
    S[~ok] = np.eye(k)
    try:
        pivots = np.diagonal(np.linalg.cholesky(S), axis1=1, axis2=2) ** 2
    except np.linalg.LinAlgError:  # one group is bad, and LAPACK answers for none
        pivots = _pivots(S)
    ok &= (pivots > ROUNDING * k).all(axis=1)
    S[~ok] = np.eye(k)
    with np.errstate(all="ignore"):
        X = d * np.linalg.solve(S, d * B)
    ok &= np.isfinite(X).all(axis=(1, 2))
    X[~ok] = np.nan
    return X, ok


def _pivots(S: Array) -> Array:
    """The pivots [G, k] of S = L P L', of every group."""
    rest = S.copy()
    with np.errstate(all="ignore"):
        for j in range(S.shape[1] - 1):
            below = rest[:, j + 1 :, j]
            rest[:, j + 1 :, j + 1 :] -= below[:, :, None] * (below / rest[:, j, j, None])[:, None, :]
    return np.diagonal(rest, axis1=1, axis2=2)
