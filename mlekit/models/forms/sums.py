"""Sums: independent rows of a family with sufficient statistics; only the sums are looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from ...data.layout import Shared
from ...data.observations import Observations
from ...data.stats import Stats
from ...data.sums import summarise
from ...numerics.derivatives import differentiate
from ..coefficients import Coefficients
from ..identify import one_value
from ..problem import Array, Evaluation, stacked
from ..solution import Status
from ..units import Units, own_units
from ._form import Closed, Form

_FORMULA, _SOLVED = np.array([int(Status.CLOSED_FORM)]), np.array([int(Status.CONVERGED)])


class Sums(Form):
    """A batch of G sets of sums; z are the free coordinates of the family, in original units."""

    summed = True

    def __init__(self, coefficients: Coefficients, sums: Stats) -> None:
        self.coefficients, self.sums = coefficients, sums
        self.family: Any = coefficients.family
        self.count = 1 if np.ndim(sums.n) == 0 else len(sums.n)

    @cached_property
    def units(self) -> Units:
        return own_units(self.coefficients.size)

    @cached_property
    def stats(self) -> Stats:
        """The sums with an axis of groups."""
        return self.sums.batch()

    def statistics(self, priors: Mapping[str, Any], fixed: Mapping[str, float]) -> Stats | None:
        if not priors:
            return self.sums
        extra = self.family.pseudo_stats(priors, fixed)
        return None if extra is None else self.stats + extra

    def closed(self, priors: Mapping[str, Any], fixed: Mapping[str, float]) -> Closed | None:
        stats = self.statistics(priors, fixed)
        if stats is None:
            return None
        family = self.family
        params = family.estimate(stats, fixed)
        if params is None:
            return None
        same = not priors and self._degenerate(stats, fixed)
        inside: Any = True
        for param, s in family.params.items():
            if param not in fixed:
                inside = inside & s.inside(params[param])
        status = _FORMULA if family.formula else _SOLVED
        if self.count > 1 or not inside or same:
            self._refuse(same, fixed)
            if self.count > 1:
                sets = family.params
                params = {p: v if sets[p].many else np.broadcast_to(v, (self.count,)) for p, v in params.items()}
            known = np.isfinite(
                sum(np.sum(params[p], axis=0) if s.many else params[p] for p, s in family.params.items())
            )
            status = np.where(inside, status, int(Status.BOUNDARY))
            status = np.where(~known, int(Status.FAILED), status)
            status = np.where(same, int(Status.EDGE), status)
            status = np.broadcast_to(status, (self.count,))
        return Closed(status, params=params)

    def _degenerate(self, stats: Stats, fixed: Mapping[str, float]) -> Any:
        """The fits with one distinct value where a spread is free."""
        spreads = self.family.spreads
        return spreads and not (fixed and spreads <= fixed.keys()) and self.family.degenerate(stats, fixed)

    def _refuse(self, same: Any, fixed: Mapping[str, float]) -> None:
        """An error for one fit whose rows do not identify the parameters; of many it is a failed group."""
        if self.count == 1 and np.any(same):
            raise one_value(self.family, self.stats.n[0], fixed)

    def log_likelihood_over(self, xp: Any, params: Mapping[str, Any]) -> Any:
        return self.family.log_likelihood(xp, self.stats, **params)

    def at(self, z: Array, order: int) -> Evaluation:
        columns = [z[:, k] for k in range(self.coefficients.size)]
        hot = None if self.family.given_links else self.family.evaluate_sums(self.stats, columns, order)
        if hot is None:
            hot = differentiate(
                lambda xp, free: self.family.log_likelihood(xp, self.stats, **self.family.to_params(xp, free)),
                columns,
                order,
            )
        value, score, curvature = hot
        return Evaluation(np.zeros(len(z)) + value, *stacked(score, curvature, *z.shape))

    def start(self, fixed: Mapping[str, float], believed: bool) -> Array:
        self._refuse(not believed and self._degenerate(self.stats, fixed), fixed)
        begin = {p: self._inside(p, v) for p, v in self.family.start(self.stats).items()}
        z = np.stack([np.broadcast_to(v, (self.count,)) for v in self.family.to_free(begin)], axis=1)
        return np.nan_to_num(z, nan=0.0, posinf=10.0, neginf=-10.0)

    def _inside(self, param: str, value: Any) -> Any:
        """A starting value inside its set, even where the estimate is at an end."""
        s = self.family.params[param]
        value = np.asarray(value, dtype=float)
        if np.isfinite(s.high):
            width = s.high - s.low
            return np.clip(value, s.low + 1e-6 * width, s.high - 1e-6 * width)
        return np.maximum(value, s.low + 1e-12) if np.isfinite(s.low) else value

    def take(self, groups: Array) -> Sums:
        return Sums(self.coefficients, self.stats.take(groups))

    def reweighted(self, weights: Array, observations: Observations) -> Sums:
        return Sums(self.coefficients, summarise(self.family, observations.plain, weights, Shared(len(weights))))

    @property
    def divisor(self) -> float:  # type: ignore[override]
        return float(self.stats.n[0])

    def over_tensors(self, xp: Any, tensor: Callable[[Array], Any]) -> Callable[[Any, Any], Any]:
        sums = {name: tensor(s) for name, s in self.stats.sums.items()}
        stats = Stats(tensor(self.stats.n), sums, tensor(self.stats.origin))

        def log_likelihood(z: Any, index: Any) -> Any:
            return self.family.log_likelihood(xp, stats, **self.family.to_params(xp, [v[None] for v in z])).sum()

        return log_likelihood

    def state(self) -> dict[str, Any]:
        return {"n": self.sums.n, "sums": dict(self.sums.sums), "origin": self.sums.origin}

    @classmethod
    def from_state(cls, state: Mapping[str, Any], coefficients: Coefficients, rows: Any) -> Sums:
        return cls(coefficients, Stats(state["n"], state["sums"], state["origin"]))
