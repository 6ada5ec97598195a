"""Value, gradient and Hessian of a log-likelihood, summed over blocks of rows.

With w the weights of rows, s and h the derivatives of their log densities by the linear predictors,

d/db_j  = sum_i w_i s_ij x_ij           d2/db_j db_k = sum_i w_i h_ijk x_ij x_ik'
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...data.layout import Layout
from ...data.observations import Observations
from ...families import Family
from ...numerics.arrays import Floats, Numbers
from ..coefficients import Run


class Block(NamedTuple):
    """A block of rows: its observations, weights, linear predictors, and the matrix of each run (None: a constant)."""

    observations: Observations
    weights: Floats | None
    etas: list[Floats]
    matrices: list[Numbers]
    layout: Layout
    length: int


class Totals:
    """The sums so far, of G fits in K coefficients."""

    def __init__(self, family: Family, runs: list[Run], count: int, size: int) -> None:
        self.family, self.runs = family, runs
        self.value, self.gradient = np.zeros(count), np.zeros((count, size))
        self.hessian = np.zeros((count, size, size))

    def add(self, block: Block, order: int) -> None:
        """Add a block of rows."""
        value, score, curvature = block.observations.evaluate(self.family, block.etas, order)
        self.value += block.layout.total(value, block.weights, block.length)
        if order:
            self._add_gradient(block, score)
        if order > 1:
            self._add_hessian(block, curvature)

    def _add_gradient(self, block: Block, score: list[Numbers]) -> None:
        for run, s, x in zip(self.runs, score, block.matrices, strict=True):
            self.gradient[:, run.where] += block.layout.project(s, x, block.weights, block.length)

    def _add_hessian(self, block: Block, curvature: list[list[Numbers]]) -> None:
        last = len(self.runs) - 1
        for j, a in enumerate(self.runs):
            for k, b in enumerate(self.runs[j:], j):
                h = curvature[j][k]
                if isinstance(h, float) and h == 0.0:
                    continue
                x, z, spent = block.matrices[j], block.matrices[k], j == k == last
                cross = block.layout.cross(h, x, z, block.weights, block.length, spent)
                self.hessian[:, a.where, b.where] += cross
                if k > j:
                    self.hessian[:, b.where, a.where] += np.swapaxes(cross, 1, 2)
