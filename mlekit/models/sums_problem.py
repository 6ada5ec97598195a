"""The log posterior of independent rows of a law with sufficient statistics: only sums are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.stats import Stats
from ..numerics.arrays import NUMPY
from ..numerics.derivatives import differentiate
from .beliefs import Beliefs
from .coefficients import Coefficients
from .identify import one_value
from .problem import Array, Evaluation, Kinks, Problem, Solution, Status, stacked

if TYPE_CHECKING:
    from .stream import Stream


_FORMULA, _SOLVED = np.array([int(Status.CLOSED_FORM)]), np.array([int(Status.CONVERGED)])


class SumsProblem(Problem):
    """A batch of G sets of sums; z are the law's free coordinates."""

    summed = True

    def __init__(
        self,
        coefficients: Coefficients,
        stats: Stats,
        priors: Mapping[str, Any],
        beliefs: Beliefs,
        fixed: Mapping[str, Any],
    ) -> None:
        family: Any = coefficients.family
        self.family, self.coefficients, self.sums = family, coefficients, stats
        self.priors, self.beliefs, self.fixed = priors, beliefs, fixed
        self.count, self.size = 1 if np.ndim(stats.n) == 0 else len(stats.n), coefficients.size
        self.several_peaks = family.several_peaks

    @cached_property
    def stats(self) -> Stats:
        """The sums with an axis of groups."""
        return self.sums.batch()

    def posterior_stats(self) -> Stats | None:
        """The data's sums with the imaginary rows of conjugate priors; None where a prior is not conjugate."""
        if not self.priors:
            return self.sums
        extra = self.family.pseudo_stats(self.priors, self.fixed)
        return None if extra is None else self.stats + extra

    def closed(self) -> Solution | None:
        stats = self.posterior_stats()
        if stats is None:
            return None
        natural = self.family.estimate(stats, self.fixed)
        if natural is None:
            return None
        same = not self.priors and self._degenerate(stats)
        inside: Any = True
        for param, s in self.family.params.items():
            if param not in self.fixed:
                inside = inside & s.inside(natural[param])
        status = _FORMULA if self.family.formula else _SOLVED
        if self.count > 1 or not inside or same:
            self.refuse(same)
            if self.count > 1:
                sets = self.family.params
                natural = {p: v if sets[p].many else np.broadcast_to(v, (self.count,)) for p, v in natural.items()}
            known = np.isfinite(sum(np.sum(v, axis=0) if s.many else v for v, s in self._sets(natural)))
            status = np.where(inside, status, int(Status.BOUNDARY))
            status = np.where(~known, int(Status.FAILED), status)
            status = np.where(same, int(Status.EDGE), status)
            status = np.broadcast_to(status, (self.count,))
        return Solution(z=None, value=None, status=status, solver="closed", natural=natural)  # type: ignore[arg-type]

    def _sets(self, natural: Mapping[str, Any]) -> list[tuple[Any, Any]]:
        return [(natural[param], s) for param, s in self.family.params.items()]

    def _degenerate(self, stats: Stats) -> Any:
        """Which fits have one distinct value where a spread is free."""
        spreads, fixed = self.family.spreads, self.fixed
        return spreads and not (fixed and spreads <= fixed.keys()) and self.family.degenerate(stats, fixed)

    def refuse(self, same: Any) -> None:
        """One fit whose rows cannot tell the parameters is an error; of many it is a failed group."""
        if self.count > 1 or not np.any(same):
            return
        raise one_value(self.family, self.stats.n[0], self.fixed)

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
                lambda xp, free: self.family.log_likelihood(xp, self.stats, **self.family.to_params(xp, free)),
                columns,
                order,
            )
        value, score, curvature = hot
        value = np.zeros(len(z)) + value
        gradient, hessian = stacked(score, curvature, *z.shape)
        if self.beliefs:
            value = self.beliefs.add(z, value, gradient, hessian, order)
        return Evaluation(value, gradient, hessian)

    def start(self) -> Array:
        self.refuse(not self.priors and self._degenerate(self.stats))
        begin = self.family.start(self.stats)
        begin = {p: self.inside(p, v) for p, v in begin.items()}
        z = np.stack([np.broadcast_to(v, (self.count,)) for v in self.family.to_free(begin)], axis=1)
        return self.beliefs.inside(np.nan_to_num(z, nan=0.0, posinf=10.0, neginf=-10.0))

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
        stats = self.stats.take(groups)
        return SumsProblem(self.coefficients, stats, self.priors, self.beliefs, self.fixed)

    def kinks(self) -> Kinks | None:
        kinks = self.beliefs.kinks()
        return None if kinks is None else Kinks(*kinks)

    def stream(self) -> Stream:
        from .formulas import SumsFormula

        return SumsFormula(self)

    # -- between the solver's coordinates and those that people see: here they are the same ------------------------

    def to_user(self, z: Array) -> Array:
        return z

    def from_user(self, z: Array) -> Array:
        return z

    def user_matrix(self) -> Array:
        return np.eye(self.size)[None]
