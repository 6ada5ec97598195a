"""The log posterior of independent rows of a law with sufficient statistics: only sums are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..data.stats import Stats
from ..errors import IdentifiabilityError
from ..families.base import SufficientFamily, differentiate
from ..numerics.arrays import NUMPY
from ..solvers.base import Array, Evaluation, Kinks, Problem, Solution, Status
from .beliefs import Beliefs
from .coefficients import Coefficients


class SumsProblem(Problem):
    """A batch of G sets of sums; z are the law's free coordinates."""

    def __init__(
        self, coefficients: Coefficients, stats: Stats, priors: Mapping[str, Any], beliefs: Beliefs, fixed: Mapping[str, Any]
    ) -> None:
        family = coefficients.family
        assert isinstance(family, SufficientFamily)
        self.family, self.coefficients, self.stats = family, coefficients, stats
        self.priors, self.beliefs, self.fixed = priors, beliefs, fixed
        self.count, self.size = len(stats.n), coefficients.size
        self.several_peaks = family.several_peaks

    def posterior_stats(self) -> Stats | None:
        """The data's sums with the imaginary rows of conjugate priors; None where a prior is not conjugate."""
        if not self.priors:
            return self.stats
        extra = self.family.pseudo_stats(self.priors, self.fixed)
        return None if extra is None else self.stats + extra

    def closed(self) -> Solution | None:
        stats = self.posterior_stats()
        if stats is None:
            return None
        with np.errstate(all="ignore"):
            natural = self.family.estimate(stats, self.fixed)
        if natural is None:
            return None
        status = np.full(self.count, int(Status.CLOSED_FORM))
        for param, s in self.family.params.items():
            value = np.asarray(natural[param])
            if param not in self.fixed:
                at_end = (value <= s.low) | (value >= s.high)
                if at_end.any():
                    status[at_end.any(axis=0) if at_end.ndim > 1 else at_end] = int(Status.BOUNDARY)
        return Solution(z=None, value=None, status=status, solver="closed", natural=natural)  # type: ignore[arg-type]

    def log_likelihood(self, natural: Mapping[str, Any]) -> Array:
        """At parameters as named: at a boundary the limit, or minus infinity; never nan."""
        with np.errstate(divide="ignore", invalid="ignore"):
            value = self.family.log_likelihood(NUMPY, self.stats, **natural)
        return np.where(np.isnan(value), -np.inf, value)

    def at(self, z: Array, order: int = 2) -> Evaluation:
        columns = [z[:, k] for k in range(self.size)]
        hot = None if self.family.given_links else self.family.evaluate_sums(self.stats, columns, order)
        if hot is None:
            hot = differentiate(
                lambda xp, free: self.family.log_likelihood(xp, self.stats, **self.family.natural(xp, free)), columns, order
            )
        value, score, curvature = hot
        value = np.zeros(len(z)) + value
        gradient, hessian = np.zeros((len(z), self.size)), np.zeros((len(z), self.size, self.size))
        for i, s in enumerate(score):
            gradient[:, i] = s
        for i, row in enumerate(curvature):
            for j, h in enumerate(row):
                hessian[:, i, j] = h
        if self.beliefs:
            value = self.beliefs.add(z, value, gradient, hessian, order)
        return Evaluation(value, gradient, hessian)

    def start(self) -> Array:
        with np.errstate(all="ignore"):
            begin = self.family.estimate(self.stats, self.fixed) or self.family.start(self.stats)
        begin = {p: self.inside(p, v) for p, v in begin.items()}
        z = np.stack([np.broadcast_to(v, (self.count,)) for v in self.family.free(begin)], axis=1)
        return np.nan_to_num(z, nan=0.0, posinf=10.0, neginf=-10.0)

    def inside(self, param: str, value: Any) -> Any:
        """A start that is inside its set even where the estimate is at an end."""
        s = self.family.params[param]
        value = np.asarray(value, dtype=float)
        if np.isfinite(s.high):
            width = s.high - s.low
            return np.clip(value, s.low + 1e-6 * width, s.high - 1e-6 * width)
        if np.isfinite(s.low):
            return np.maximum(value, s.low + 1e-12)
        return value

    def take(self, groups: Array) -> SumsProblem:
        stats = self.stats
        if self.count == 1 and len(groups) != 1:
            stats = Stats(np.repeat(stats.n, len(groups)), stats.sums, stats.origin)
        elif self.count > 1:
            stats = stats.take(groups)
        return SumsProblem(self.coefficients, stats, self.priors, self.beliefs, self.fixed)

    def kinks(self) -> Kinks | None:
        kinks = self.beliefs.kinks()
        return None if kinks is None else Kinks(*kinks)

    # -- between the solver's coordinates and those that people see: here they are the same ------------------------

    def to_user(self, z: Array) -> Array:
        return z

    def from_user(self, z: Array) -> Array:
        return z

    def user_matrix(self) -> Array:
        return np.eye(self.size)[None]

    def refuse_degenerate(self) -> Array:
        """Groups whose rows cannot tell the parameters: an error for one fit, a mask for many."""
        family, stats = self.family, self.stats
        free = [p for p in family.params if p not in self.fixed]
        with np.errstate(all="ignore"):
            same = family.degenerate(stats, self.fixed) if not self.priors else np.zeros(self.count, dtype=bool)
        if same.any() and self.count == 1:
            what = " and ".join(free)
            if stats.n[0] <= 1:
                raise IdentifiabilityError(
                    f"one row cannot tell {what} of {family.name}: give more rows, or hold a parameter with fixed="
                )
            raise IdentifiabilityError(
                f"all rows have the same value, so {family.name} has no maximum in {what}: "
                f"the likelihood grows without end; hold a parameter with fixed="
            )
        return same
