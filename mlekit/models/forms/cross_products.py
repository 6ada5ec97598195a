"""Cross-products: a regression of least squares, whose data are the cross-products of its columns.

With R the triangular factor of [X y], so that R'R = [X y]'[X y], the residual sum of squares at coefficients b is

    rss(b) = |R_xy - R_xx b|^2 + R_yy^2

and nothing cancels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from ...data.design import Design
from ...data.layout import ONE
from ...data.observations import Observations
from ...data.rows import Rows
from ...errors import IdentifiabilityError
from ...numerics.arrays import NUMPY, Codes, Floats, Namespace, Numbers, jets
from ...numerics.jets import Jet, variables
from ...priors import Prior
from ..coefficients import Coefficients
from ..problem import Evaluation
from ..solution import Status
from ..units import State, Units
from ._form import Closed, Form, OverTensors
from ._triangle import ROWS, factor


def residual_factor(
    units: Units,
    param: str,
    design: Design,
    y: Observations,
    weights: Floats | None,
    check: Callable[[], None],
    independent: bool = True,
) -> Floats:
    """The triangular R of the standardised [X y], each row times the root of its weight.

    An IdentifiabilityError if columns have to be independent and are not.
    """
    columns = units.columns[param]
    read = columns.parts(design, ROWS)

    def block(start: int, stop: int) -> list[Floats]:
        parts = [*read(start, stop), units.observations(y.take(slice(start, stop)), ONE).plain[:, None]]
        if weights is None:
            return parts
        root = np.sqrt(weights[start:stop])[:, None]
        return [part * root for part in parts]

    return factor(block, len(y), design.names if independent else [], check) / np.append(columns.divisor, 1.0)


class CrossProducts(Form):
    """Coefficients b and the free coordinates of the other parameters, from R and n."""

    one_at_a_time = True

    def __init__(
        self, coefficients: Coefficients, r: Floats, n: float, units: Units, count: int = 1, independent: bool = True
    ) -> None:
        self.coefficients, self.r, self.n, self.units, self.count = coefficients, r, n, units, count
        self.independent = independent  # of collinear columns a prior decides
        self.family, self.size, self.width = coefficients.family, coefficients.size, len(r) - 1
        self.others = [run for run in coefficients.runs if run.design is None]

    @property
    def divisor(self) -> float:
        return self.n

    def closed(self, priors: Mapping[str, Prior], fixed: Mapping[str, float]) -> Closed | None:
        if priors or fixed:
            return None
        k = self.width
        b = np.linalg.solve(self.r[:k, :k], self.r[:k, k])
        rss = self.r[k, k] ** 2
        if rss <= (4e-16 * np.linalg.norm(self.r[:, k])) ** 2:
            raise IdentifiabilityError(
                "the columns fit every row exactly, so the likelihood grows without bound as the spread falls to zero: "
                "give more rows or fewer columns"
            )
        z = np.concatenate([b, self._spread(rss)])[None]
        return Closed(np.array([int(Status.CLOSED_FORM)]), z=np.asarray(z, dtype=float))

    # -- the log-likelihood and its derivatives ----------------------------------------------------------------------

    def at(self, z: Floats, order: int) -> Evaluation:
        k = self.width
        rxx, rxy = self.r[:k, :k], self.r[:k, k]
        residual = rxy - z[:, :k] @ rxx.T
        rss = (residual**2).sum(axis=1) + self.r[k, k] ** 2
        f = self._over_rss(rss, z)
        value = f.value + self.n * self.units.log_jacobian
        return Evaluation(value, *self._by_chain_rule(f, -2 * residual @ rxx, 2 * rxx.T @ rxx))

    def _over_rss(self, rss: Floats, z: Floats) -> Jet:
        """The log-likelihood with its derivatives by the residual sum of squares and by the other coordinates."""
        variable = variables([rss, *(z[:, j] for j in range(self.width, self.size))])
        names = [run.param for run in self.others]
        params = {p: self.family.link(p).inverse(jets(), v) for p, v in zip(names, variable[1:], strict=True)}
        f = self.family.residual_log_likelihood(jets(), self.n, variable[0], **params)
        assert isinstance(f, Jet)
        return f

    def _by_chain_rule(self, f: Jet, slope: Floats, curvature: Floats) -> tuple[Floats, Floats]:
        """(gradient [G, K], Hessian [G, K, K]), from the derivatives of rss in b: slope [G, k], curvature [k, k]."""
        k, count = self.width, len(slope)
        gradient, hessian = np.zeros((count, self.size)), np.zeros((count, self.size, self.size))
        f1, f11 = f.gradient[0], f.hessian.get((0, 0), np.zeros(count))
        gradient[:, :k] = f1[:, None] * slope
        outer = slope[:, :, None] * slope[:, None, :]
        hessian[:, :k, :k] = f1[:, None, None] * curvature + f11[:, None, None] * outer
        for i in range(1, self.size - k + 1):
            at = k + i - 1
            gradient[:, at] = f.gradient.get(i, 0.0)
            cross = f.hessian.get((0, i), np.zeros(count))[:, None] * slope
            hessian[:, at, :k] = hessian[:, :k, at] = cross
            for j in range(1, self.size - k + 1):
                hessian[:, at, k + j - 1] = f.hessian.get((min(i, j), max(i, j)), 0.0)
        return gradient, hessian

    def total_weight(self) -> Floats | float:
        return self.n

    def covariance(self, z: Floats) -> Floats | None:
        """R^-1 R^-T of the triangle: the cross-products themselves would lose twice the digits."""
        k, hessian = self.width, self.at(z, 2).hessian
        inverse = np.linalg.inv(self.r[:k, :k])
        out = np.zeros_like(hessian)
        # at the maximum -H = R'R times the slope of the log-likelihood in the residual sum of squares
        pull = -hessian[:, 0, 0] / self.r[0, 0] ** 2
        out[:, :k, :k] = inverse @ inverse.T / pull[:, None, None]
        out[:, k:, k:] = np.linalg.inv(-hessian[:, k:, k:])
        return out

    def log_likelihood_over(self, xp: Namespace, params: Mapping[str, Numbers]) -> Numbers:
        raise NotImplementedError("a regression has coefficients, not parameters that are the same for all rows")

    def over_tensors(self, xp: Namespace, tensor: Callable[[Floats], Numbers]) -> OverTensors:
        r, k, family = tensor(self.r), self.width, self.family
        constant = self.n * float(self.units.log_jacobian[0])

        def log_likelihood(z: Numbers, index: Numbers) -> Numbers:
            rss = (r[:k, k] - r[:k, :k] @ z[:k]).square().sum() + r[k, k] ** 2
            params = {run.param: family.link(run.param).inverse(xp, z[run.where.start]) for run in self.others}
            return family.residual_log_likelihood(xp, self.n, rss, **params) + constant

        return log_likelihood

    # -- the search, and other data ----------------------------------------------------------------------------------

    def start(self, fixed: Mapping[str, float], has_priors: bool) -> Floats:
        k = self.width
        b = np.linalg.lstsq(self.r[:k, :k], self.r[:k, k], rcond=None)[0]
        total = np.maximum(self.r[k, k] ** 2, 1e-8 * (self.r[:, k] ** 2).sum())
        z = np.concatenate([b, self._spread(total)])
        return np.repeat(np.asarray(z, dtype=float)[None], self.count, axis=0)

    def _spread(self, rss: float) -> Floats:
        """The free coordinates of the parameters other than the location."""
        params = self.family.residual_estimate(self.n, rss)
        return np.array([self.family.link(run.param).forward(NUMPY, params[run.param]) for run in self.others])

    def take(self, groups: Codes) -> CrossProducts:
        return CrossProducts(self.coefficients, self.r, self.n, self.units, len(groups), self.independent)

    def reweighted(self, weights: Floats, observations: Observations) -> CrossProducts:
        ((param, design),) = self.coefficients.designs.items()
        w = weights[0]
        r = residual_factor(self.units, param, design, observations.floats(), w, lambda: None, self.independent)
        return CrossProducts(self.coefficients, r, float(w.sum()), self.units, independent=self.independent)

    def state(self) -> State:
        return {"r": self.r, "n": self.n, "units": self.units.state()}

    @classmethod
    def from_state(cls, state: State, coefficients: Coefficients, rows: Rows) -> CrossProducts:
        return cls(coefficients, state["r"], state["n"], Units.from_state(state["units"]))
