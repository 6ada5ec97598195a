"""Sums: independent rows of a family with sufficient statistics; only the sums are looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import cast

import numpy as np

from ...data.layout import Shared
from ...data.observations import Observations
from ...data.rows import Rows
from ...data.stats import Stats
from ...data.sums import summarise
from ...families import SufficientFamily
from ...numerics.arrays import Codes, Floats, Namespace, Numbers
from ...numerics.derivatives import differentiate
from ...priors import Prior
from ..coefficients import Coefficients
from ..identify import one_value
from ..problem import Evaluation, stacked
from ..solution import Status
from ..units import State, own_units
from ._form import Closed, Form, OverTensors
from ._start import inside

LARGEST = 10.0  # a starting value on the scale of the link
_FORMULA, _SOLVED = np.array([int(Status.CLOSED_FORM)]), np.array([int(Status.CONVERGED)])


class Sums(Form):
    """A batch of G sets of sums; z are the free coordinates of the family, in original units."""

    summed = True

    def __init__(self, coefficients: Coefficients, sums: Stats) -> None:
        self.coefficients, self.sums = coefficients, sums
        self.count = 1 if np.ndim(sums.n) == 0 else len(sums.n)
        self.units = own_units(coefficients.size)
        self.family = self._family = cast("SufficientFamily", coefficients.family)

    @cached_property
    def stats(self) -> Stats:
        """The sums with an axis of groups."""
        return self.sums.batch()

    def total_weight(self) -> Floats | float:
        return self.stats.n

    def statistics(self, priors: Mapping[str, Prior], fixed: Mapping[str, float]) -> Stats | None:
        if not priors:
            return self.sums
        extra = self._family.pseudo_stats(priors, fixed)
        return None if extra is None else self.stats + extra

    # -- the maximum by formula --------------------------------------------------------------------------------------

    def closed(self, priors: Mapping[str, Prior], fixed: Mapping[str, float]) -> Closed | None:
        stats, family = self.statistics(priors, fixed) if priors else self.sums, self._family
        params = None if stats is None else family.estimate(stats, fixed)
        if stats is None or params is None:
            return None
        same = not priors and self._degenerate(stats, fixed)
        interior = self._interior(params, fixed)
        if self.count == 1 and interior and not same:
            return Closed(_FORMULA if family.formula else _SOLVED, params=params)
        self._refuse(same, fixed)
        return self._batch(params, interior, same)

    def _interior(self, params: Mapping[str, Numbers], fixed: Mapping[str, float]) -> Numbers:
        """The fits in which no parameter is at an end of its set."""
        found: Numbers = True
        for param, s in self._family.params.items():
            if param not in fixed:
                found = found & s.inside(params[param])
        return found

    def _batch(self, params: Mapping[str, Numbers], interior: Numbers, same: Numbers) -> Closed:
        """The answer of many fits, or of one at an end of a set."""
        sets = self._family.params
        if self.count > 1:
            params = {p: v if sets[p].many else np.broadcast_to(v, (self.count,)) for p, v in params.items()}
        known = np.isfinite(sum(np.sum(params[p], axis=0) if s.many else params[p] for p, s in sets.items()))
        status = np.where(interior, _FORMULA if self._family.formula else _SOLVED, int(Status.BOUNDARY))
        status = np.where(~known, int(Status.FAILED), status)
        status = np.where(same, int(Status.EDGE), status)
        return Closed(np.broadcast_to(status, (self.count,)), params=params)

    def _degenerate(self, stats: Stats, fixed: Mapping[str, float]) -> Numbers:
        """The fits with one distinct value, if a spread is free."""
        spreads = self._family.spreads
        return spreads and not (fixed and spreads <= fixed.keys()) and self._family.degenerate(stats, fixed)

    def _refuse(self, same: Numbers, fixed: Mapping[str, float]) -> None:
        """Raise an error for one fit whose rows do not identify the parameters; of many it is a failed group."""
        if self.count == 1 and np.any(same):
            raise one_value(self._family, self.stats.n[0], fixed)

    # -- the log-likelihood ------------------------------------------------------------------------------------------

    def log_likelihood_over(self, xp: Namespace, params: Mapping[str, Numbers]) -> Numbers:
        return self._family.log_likelihood(xp, self.stats, **params)

    def _at_free(self, xp: Namespace, z: list[Numbers]) -> Numbers:
        return self._family.log_likelihood(xp, self.stats, **self._family.to_params(xp, z))

    def at(self, z: Floats, order: int) -> Evaluation:
        columns = [z[:, k] for k in range(self.coefficients.size)]
        by_hand = None if self._family.given_links else self._family.evaluate_sums(self.stats, columns, order)
        value, score, curvature = differentiate(self._at_free, columns, order) if by_hand is None else by_hand
        return Evaluation(np.zeros(len(z)) + value, *stacked(score, curvature, *z.shape))

    def over_tensors(self, xp: Namespace, tensor: Callable[[Floats], Numbers]) -> OverTensors:
        sums = {name: tensor(s) for name, s in self.stats.sums.items()}
        stats = Stats(tensor(self.stats.n), sums, tensor(self.stats.origin))

        def log_likelihood(z: Numbers, index: Numbers) -> Numbers:
            return self._family.log_likelihood(xp, stats, **self._family.to_params(xp, [v[None] for v in z])).sum()

        return log_likelihood

    @property
    def divisor(self) -> float:
        return float(self.stats.n[0])

    # -- the search, and other data ----------------------------------------------------------------------------------

    def start(self, fixed: Mapping[str, float], has_priors: bool) -> Floats:
        self._refuse(not has_priors and self._degenerate(self.stats, fixed), fixed)
        sets = self._family.params
        begin = {p: inside(sets[p], v, 1e-6, 1e-12) for p, v in self._family.start(self.stats).items()}
        z = np.stack([np.broadcast_to(v, (self.count,)) for v in self._family.to_free(begin)], axis=1)
        return np.nan_to_num(z, nan=0.0, posinf=LARGEST, neginf=-LARGEST)

    def take(self, groups: Codes) -> Sums:
        return Sums(self.coefficients, self.stats.take(groups))

    def reweighted(self, weights: Floats, observations: Observations) -> Sums:
        return Sums(self.coefficients, summarise(self._family, observations.plain, weights, Shared(len(weights))))

    def state(self) -> State:
        return {"n": self.sums.n, "sums": dict(self.sums.sums), "origin": self.sums.origin}

    @classmethod
    def from_state(cls, state: State, coefficients: Coefficients, rows: Rows) -> Sums:
        return cls(coefficients, Stats(state["n"], state["sums"], state["origin"]))
