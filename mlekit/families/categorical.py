"""The categorical distribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..data.layout import BLOCK
from ..data.stats import Stats
from ..errors import DataError
from ..numerics.arrays import Namespace
from ..numerics.sets import REAL, Levels, Simplex
from ._base import Array, Family, Params
from ._sufficient import SufficientFamily

if TYPE_CHECKING:
    from ..data.labels import Column, Foreign
    from ..data.layout import Layout
    from ..numerics.derivatives import Derivatives
    from ..priors import Prior


class Categorical(SufficientFamily):
    """Categorical distribution: one of L labels. The estimates are the relative frequencies.

        f(y) = p[y]

    for y one of the levels, and probabilities p that sum to one. In scipy ``multinomial(1, p)``, in R
    ``dmultinom(y, 1, p)``.

    Parameters
    ----------
    levels : sequence of labels, optional
        The labels in their order. By default they are taken from the data.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit(["mat", "hat", "mat", "dog"], family="categorical")["p[mat]"]
    0.5
    """

    name = "categorical"
    support = Levels()
    params = {"p": Simplex()}
    codes = True
    conjugate: ClassVar = {"p": ("log",)}

    def __init__(self, levels: Sequence[Foreign] | None = None, *, counted: tuple[Array, Array] | None = None) -> None:
        self.labels = None if levels is None else list(levels)
        if self.labels is not None:
            self.params = {"p": Simplex(len(self.labels))}
            self.support = Levels(len(self.labels), counted)

    def log_density(self, xp: Namespace, y: Array, *, p: list[Array]) -> Array:
        return sum((xp.xlogy(1.0 * (y == level), probability) for level, probability in enumerate(p)), 0.0)

    def frozen(self, *, p: list[Array]) -> Foreign:
        from .composite._levels import LevelsDistribution

        return LevelsDistribution(p)

    def mean(self, xp: Namespace, *, p: list[Array]) -> list[Array]:
        return p

    def log_density_free(self, xp: Namespace, y: Array, z: list[Array]) -> Array:
        return xp.log_share(y, z)

    def evaluate_free(self, y: Array, z: list[Array], order: int) -> Derivatives:
        """z_y - log(1 + sum exp z), its score 1[y = l] - p_l and Hessian p_l p_m - 1[l = m] p_l."""
        shape = np.broadcast_shapes(np.shape(y), *(np.shape(v) for v in z))
        logits = np.stack([np.zeros(shape), *(np.broadcast_to(v, shape) for v in z)])
        top = logits.max(axis=0)
        weights = np.exp(logits - top)
        total = weights.sum(axis=0)
        hit = [1.0 * (y == level + 1) for level in range(len(z))]
        value = sum((h * v for h, v in zip(hit, z, strict=True)), 0.0) - top - np.log(total)
        if order == 0:
            return value, [], []
        p = weights[1:] / total
        score = [h - q for h, q in zip(hit, p, strict=True)]
        k = range(len(z))
        return value, score, [[p[i] * p[j] - (p[i] if i == j else 0.0) for j in k] for i in k]

    def statistics(self, xp: Namespace, y: Array) -> dict[str, Array]:
        return {"counts": 1.0 * (np.asarray(y)[..., None] == np.arange(self.params["p"].size + 1))}

    def sums(self, y: Array, weights: Array | None, layout: Layout) -> dict[str, Array]:
        return {"counts": layout.collect_cells(y, self.params["p"].size + 1, weights)}

    def log_likelihood(self, xp: Namespace, stats: Stats, *, p: list[Array]) -> Array:
        counts = stats["counts"]
        return sum((xp.xlogy(counts[..., level], probability) for level, probability in enumerate(p)), 0.0)

    def evaluate_sums(self, stats: Stats, z: list[Array], order: int) -> Derivatives:
        """sum n_l log p_l, its score n_l - n p_l and Hessian n (p_l p_m - 1[l = m] p_l)."""
        counts = np.moveaxis(stats["counts"], -1, 0)
        logits = np.stack([np.zeros(counts.shape[1:]), *z])
        logs = logits - logits.max(axis=0)
        logs = logs - np.log(np.exp(logs).sum(axis=0))
        value = (counts * logs).sum(axis=0)
        if order == 0:
            return value, [], []
        p, n = np.exp(logs[1:]), counts.sum(axis=0)
        score = list(counts[1:] - n * p)
        hessian = n * p[:, None] * p
        k = np.arange(len(p))
        hessian[k, k] -= n * p
        return value, score, [list(row) for row in hessian]

    def estimate(self, stats: Stats, fixed: Params) -> dict[str, Array] | None:
        counts = np.maximum(stats["counts"], 0.0)
        return {"p": np.moveaxis(counts / counts.sum(axis=-1, keepdims=True), -1, 0)}

    def pseudo_stats(self, priors: Mapping[str, Prior], fixed: Params) -> Stats | None:
        kernel = priors["p"].kernel() if set(priors) == {"p"} else None
        if kernel is None or set(kernel) != {"log"}:
            return None
        extra = np.broadcast_to(np.asarray(kernel["log"], dtype=float), (self.params["p"].size + 1,))
        return Stats(np.array([extra.sum()]), {"counts": extra[None, :]})

    def posterior(self, param: str, stats: Stats, fixed: Params) -> Foreign:
        from scipy.stats import beta

        counts = np.moveaxis(stats["counts"], -1, 0) + 1
        return [beta(c, counts.sum(axis=0) - c) for c in counts]

    def exact_interval(self, param: str, stats: Stats, fixed: Params, level: float) -> tuple[Array, Array] | None:
        """Clopper and Pearson's, for each level against the rest."""
        from .bernoulli import clopper_pearson

        counts = np.moveaxis(stats["counts"], -1, 0)
        return clopper_pearson(counts, stats.n, level)

    def variances(self, stats: Stats) -> Array:
        """p (1 - p) / n; probabilities of 0 and 1 have none."""
        counts = np.maximum(stats["counts"], 0.0)
        n = counts.sum(axis=-1, keepdims=True)
        p = counts / n
        return np.where((p > 0) & (p < 1), p * (1 - p) / n, np.nan)

    def bind(self, y: Foreign, column: Callable[[str], Column]) -> tuple[Family, Array]:
        if not isinstance(y, np.ndarray):
            if self.labels is None:
                return Categorical(y.levels), y.codes
            position = {v: i for i, v in enumerate(self.labels)}
            unknown = [v for v in y.levels if v not in position]
            if unknown:
                raise DataError(f"{unknown[0]!r} is not one of the levels {self.labels}")
            return self, np.array([position[v] for v in y.levels], dtype=np.intp)[y.codes]
        super().bind(y, column)
        if y.dtype.kind not in "iub":
            numbers = Categorical()
            numbers.support = REAL
            numbers.check(y)
            values, codes = np.unique(y, return_inverse=True)
            values = [int(v) if v == np.floor(v) and abs(v) < 2**53 else v for v in values.tolist()]
        else:
            values, codes, counts = _codes(y)
            if self.labels is None and counts is not None:
                return Categorical(values, counted=(y, counts)), y
        if self.labels is not None and len(y) and values != self.labels:
            position = {v: i for i, v in enumerate(self.labels)}
            unknown = [v for v in values if v not in position]
            if unknown:
                raise DataError(f"{unknown[0]!r} is not one of the levels {self.labels}")
            codes = np.array([position[v] for v in values], dtype=np.intp)[codes]
            return self, codes
        return (self if self.labels is not None else Categorical(values)), codes

    def levels(self, param: str) -> list[Foreign]:
        return self.labels or []

    def classes(self) -> list[Foreign] | None:
        return self.labels

    def as_given(self, y: Array) -> Foreign:
        assert self.labels is not None
        return [self.labels[int(code)] for code in y]

    def options(self) -> dict[str, Foreign]:
        return {"levels": self.labels}


def _codes(y: Array) -> tuple[list[int], Array, Array | None]:
    """Return the levels in order, the codes, and counts if they are known; a column that holds codes is not copied."""
    if y.dtype == bool:
        y = y.astype(np.int8)
    counts = _counts(y)
    if counts is None:
        values, codes = np.unique(y, return_inverse=True)
        return [int(v) for v in values], codes, None
    levels = np.flatnonzero(counts)
    if len(levels) == len(counts):
        return levels.tolist(), y, counts
    return levels.tolist(), (np.cumsum(counts > 0) - 1)[y], None


def _counts(y: Array) -> Array | None:
    """Count each of 0, 1, 2 ..., block by block; None if a value is negative or far away."""
    total = np.zeros(0)
    for start in range(0, len(y), BLOCK):
        block = y[start : start + BLOCK]
        if block.min() < 0 or block.max() > 10 * len(y) + 1000:
            return None
        counts = np.bincount(block, minlength=len(total))
        total = counts + total if len(counts) == len(total) else counts + np.pad(total, (0, len(counts) - len(total)))
    return total
