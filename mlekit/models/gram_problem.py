"""The log posterior of a regression whose data are told by their cross-products.

With R the triangular factor of [X y], so that R'R = [X y]'[X y], the residual sum of squares at coefficients b is

    rss(b) = |R_xy - R_xx b|^2 + R_yy^2

and nothing cancels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.layout import ONE
from ..errors import IdentifiabilityError
from ..numerics.arrays import NUMPY, jets
from ..numerics.jets import Jet, variables
from .beliefs import Beliefs
from .coefficients import Coefficients
from .cross_products import ROWS, factor
from .problem import Array, Evaluation, Kinks, Problem, Solution, Status
from .standard import Standard

if TYPE_CHECKING:
    from .stream import Stream


def residual_factor(design: Any, y: Array, weights: Array | None, standard: Standard, check: Any) -> Array:
    """The triangular R of the standardised [X y], each row times the root of its weight."""
    read = standard.parts(design, ROWS)

    def block(start: int, stop: int) -> list[Array]:
        parts = [*read(start, stop), standard.observations(y[start:stop], ONE)[:, None]]
        if weights is None:
            return parts
        root = np.sqrt(weights[start:stop])[:, None]
        return [part * root for part in parts]

    return factor(block, len(y), design.names, check) / np.append(standard.spread_of(design), 1.0)


class GramProblem(Problem):
    """Coefficients b and the free coordinates of what else the law has, from R and n alone."""

    def __init__(
        self,
        coefficients: Coefficients,
        r: Array,
        n: float,
        beliefs: Beliefs,
        standard: Standard,
        fixed: Mapping[str, float],
        count: int = 1,
    ) -> None:
        self.coefficients, self.family = coefficients, coefficients.family
        self.r, self.n, self.beliefs, self.standard, self.fixed = r, n, beliefs, standard, fixed
        self.count, self.size = count, coefficients.size
        self.width = len(r) - 1
        self.others = [run for run in coefficients.runs if run.design is None]

    def closed(self) -> Solution | None:
        if self.beliefs or self.fixed:
            return None
        k = self.width
        b = np.linalg.solve(self.r[:k, :k], self.r[:k, k])
        rss = self.r[k, k] ** 2
        if rss <= (4e-16 * np.linalg.norm(self.r[:, k])) ** 2:
            raise IdentifiabilityError(
                "the columns fit every row exactly, so the likelihood grows without end as the spread falls to zero: "
                "give more rows or fewer columns"
            )
        z = np.concatenate([b, self._spread(rss)])[None]
        e = self.at(z, 2)
        return Solution(
            z=z,
            value=e.value,
            status=np.array([int(Status.CLOSED_FORM)]),
            solver="closed",
            hessian=e.hessian,
            decrement=np.zeros(1),
        )

    def at(self, z: Array, order: int = 2) -> Evaluation:
        k, count = self.width, len(z)
        rxx, rxy = self.r[:k, :k], self.r[:k, k]
        residual = rxy - z[:, :k] @ rxx.T
        rss = (residual**2).sum(axis=1) + self.r[k, k] ** 2
        slope = -2 * residual @ rxx  # of rss in b
        variable = variables([rss, *(z[:, j] for j in range(k, self.size))])
        names = [run.param for run in self.others]
        natural = {p: self.family.link(p).inverse(jets(), v) for p, v in zip(names, variable[1:], strict=True)}
        f = self.family.residual_log_likelihood(jets(), self.n, variable[0], **natural)
        assert isinstance(f, Jet)
        value = f.value + self.n * self.standard.log_jacobian
        gradient, hessian = np.zeros((count, self.size)), np.zeros((count, self.size, self.size))
        f1, f11 = f.gradient[0], f.hessian.get((0, 0), np.zeros(count))
        gradient[:, :k] = f1[:, None] * slope
        hessian[:, :k, :k] = f1[:, None, None] * (2 * rxx.T @ rxx) + f11[:, None, None] * (
            slope[:, :, None] * slope[:, None, :]
        )
        for i in range(1, len(variable)):
            at = k + i - 1
            gradient[:, at] = f.gradient.get(i, 0.0)
            cross = f.hessian.get((0, i), np.zeros(count))[:, None] * slope
            hessian[:, at, :k] = hessian[:, :k, at] = cross
            for j in range(1, len(variable)):
                hessian[:, at, k + j - 1] = f.hessian.get((min(i, j), max(i, j)), 0.0)
        if self.beliefs:
            g, h = np.zeros_like(gradient), np.zeros_like(hessian)
            value = self.beliefs.add(self.to_user(z), value, g, h, order)
            matrix = self.standard.matrix
            gradient += (np.swapaxes(matrix, 1, 2) @ g[..., None])[..., 0]
            hessian += np.swapaxes(matrix, 1, 2) @ h @ matrix
        return Evaluation(value, gradient, hessian)

    def covariance(self, z: Array) -> Array | None:
        """R^-1 R^-T of the triangle: the cross-products themselves would lose twice the digits."""
        if self.beliefs or self.fixed:
            return None
        k, hessian = self.width, self.at(z, 2).hessian
        inverse = np.linalg.inv(self.r[:k, :k])
        out = np.zeros_like(hessian)
        # at the maximum -H = R'R times what the law says of one unit of the residual sum of squares
        pull = -hessian[:, 0, 0] / self.r[0, 0] ** 2
        out[:, :k, :k] = inverse @ inverse.T / pull[:, None, None]
        out[:, k:, k:] = np.linalg.inv(-hessian[:, k:, k:])
        return out

    def start(self) -> Array:
        k = self.width
        b = np.linalg.lstsq(self.r[:k, :k], self.r[:k, k], rcond=None)[0]
        total = np.maximum(self.r[k, k] ** 2, 1e-8 * (self.r[:, k] ** 2).sum())
        z = np.concatenate([b, self._spread(total)])
        return np.repeat(z[None], self.count, axis=0)

    def _spread(self, rss: float) -> Array:
        """The free coordinates of the parameters other than the location."""
        natural = self.family.residual_estimate(self.n, rss)
        return np.array([self.family.link(run.param).forward(NUMPY, natural[run.param]) for run in self.others])

    def take(self, groups: Array) -> GramProblem:
        count = int(groups.sum()) if groups.dtype == bool else len(groups)
        return GramProblem(self.coefficients, self.r, self.n, self.beliefs, self.standard, self.fixed, count)

    def kinks(self) -> Kinks | None:
        kinks = self.beliefs.kinks()
        if kinks is None:
            return None
        position, weight = kinks
        diagonal = np.einsum("gkk->gk", self.standard.matrix)[0]
        return Kinks((position - self.standard.shift[0]) / diagonal, weight * np.abs(diagonal))

    def stream(self) -> Stream:
        from .formulas import GramFormula

        return GramFormula(self)

    def to_user(self, z: Array) -> Array:
        return self.standard.to_user(z)

    def from_user(self, z: Array) -> Array:
        return self.standard.from_user(z)

    def user_matrix(self) -> Array:
        return self.standard.matrix
