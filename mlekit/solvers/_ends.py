"""Maxima at an end of a parameter's set: what the answer of a search passes through.

A coordinate that diverges towards an end at which the log posterior is bounded is put there, and the others are solved
again: one coordinate at a time, because the others may stay inside once it is there. A maximum inside is compared with
the simpler family that its own declares at an end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ..models.ends import NONE, Ends
from ..numerics.arrays import Codes
from ._ascent import LONG_STEP
from ._base import Evaluation, Floats, Kinks, Mask, Problem, Solution, Status

Ascend = Callable[[Problem, Floats], Solution]

FAR = (1000.0, 300.0, 1e200)  # what stands for infinity: the first at which the log posterior is its limit
LIMIT = 1e-9  # the relative change of the log posterior from half of it
FARTHER = 10.0  # from here on a coordinate may be on its way to infinity
HIGHER, ROUNDING = 1e-9, 1e-9  # relative differences of two maxima
FLAT = 1e-8  # a score that is zero
BEFORE = (1.0, 2.0, 4.0, 8.0, 16.0)  # points before an end, at which it is compared with what is inside
SLOWEST = 1e-9  # stands for the step of a search that was lost far out
LOST = (int(Status.EDGE), int(Status.STEPS), int(Status.FAILED))
SETTLED = (int(Status.CONVERGED), int(Status.BOUNDARY), int(Status.FLAT), int(Status.EDGE))


def at_ends(problem: Problem, found: Solution, ascend: Ascend, *, compare: bool = True) -> Solution:
    """The solution with coordinates that diverge put at the ends of their sets.

    Parameters
    ----------
    problem : Problem
        The log posterior.
    found : Solution
        The answer of a search, with the last "step" among its notes.
    ascend : callable
        The search for a maximum of (problem, starting values).
    compare : bool, default True
        Whether maxima inside are compared with simpler families.

    Returns
    -------
    Solution
    """
    ends, local = problem.ends(), problem.local_peaks()
    if ends is not None:
        search = _Search(problem, found, ends, ascend)
        search.follow()
        if compare and ends.simpler.any():
            search.compare()
        found = search.solution()
    if local is not None and local.any():
        found = replace(found, status=np.where(local, int(Status.UNBOUNDED), found.status))
    return found


class Given(Problem):
    """The log posterior where some coordinates are given: the others are free."""

    def __init__(self, inner: Problem, z: Floats, free: Mask) -> None:
        self.inner, self.z, self.free = inner, z, free
        self.count, self.size = len(z), int(free.sum())

    def expand(self, z: Floats) -> Floats:
        """All coordinates."""
        full = self.z.copy()
        full[:, self.free] = z
        return full

    def at(self, z: Floats, order: int = 2) -> Evaluation:
        e, free = self.inner.at(self.expand(z), order), self.free
        return Evaluation(e.value, e.gradient[:, free], e.hessian[:, free][:, :, free])

    def start(self) -> Floats:
        return self.z[:, self.free]

    def total_weight(self) -> Floats:
        return self.inner.total_weight()

    def take(self, groups: Codes | Mask) -> Given:
        return Given(self.inner.take(groups), self.z[groups], self.free)

    def kinks(self) -> Kinks | None:
        kinks = self.inner.kinks()
        return None if kinks is None else Kinks(kinks.position[self.free], kinks.weight[self.free])


class Peaks(NamedTuple):
    """The results of a search, fit by fit."""

    z: Floats
    value: Floats
    status: Codes
    decrement: Floats
    hessian: Floats
    step: Floats
    drift: Floats

    @classmethod
    def of(cls, found: Solution) -> Peaks:
        """Those of a solution that is given by its coordinates."""
        assert found.z is not None
        assert found.value is not None
        assert found.decrement is not None
        assert found.hessian is not None
        step, drift = found.notes["step"], found.notes["drift"]
        return cls(found.z, found.value, found.status, found.decrement, found.hessian, step, drift)

    def take(self, groups: Codes | Mask) -> Peaks:
        """Copies of the results of these fits."""
        taken: list[Any] = [part[groups] for part in self]
        return Peaks(*taken)


class _Search:
    """The results of all fits, some of them moved to an end."""

    def __init__(self, problem: Problem, found: Solution, ends: Ends, ascend: Ascend) -> None:
        self.problem, self.found, self.ends, self.ascend = problem, found, ends, ascend
        self.peaks = Peaks.of(found)
        self.at_end = np.zeros(self.peaks.z.shape, dtype=bool)
        self.edge = np.zeros(len(self.peaks.z), dtype=bool)

    def follow(self) -> None:
        """Put coordinates that diverge at their ends, the one with the longest step first."""
        z, _, status, _, _, step, _ = self.peaks
        towards, length = self._direction()
        left = np.isfinite(z).all(axis=1) & (length > 0).any(axis=1)
        left &= np.isin(status, LOST) | (np.abs(step) > LONG_STEP).any(axis=1)
        for _ in range(z.shape[1]):
            groups = np.flatnonzero(left)
            if not len(groups):
                return
            k = length[groups].argmax(axis=1)
            settled = self._put(groups, k, towards[groups, k], -ROUNDING)
            length[groups, k] = 0.0
            left[groups] = ~settled & (length[groups] > 0).any(axis=1)

    def _direction(self) -> tuple[Codes, Floats]:
        """(the end that each coordinate diverges to, 0 or 1; how fast, 0 if it does not), [G, q]."""
        z, step = self.peaks.z, self.peaks.step
        steps, far = np.abs(step) > LONG_STEP, np.abs(z) > FARTHER
        towards = (np.where(steps, step, z) > 0).astype(int)
        has_end = np.take_along_axis(self.ends.status, towards, axis=0) != NONE
        return towards, np.where(has_end, np.where(steps, np.abs(step), SLOWEST * far), 0.0)

    def compare(self) -> None:
        """Put fits at the end of their set at which the family is simpler, where that is higher."""
        for end, k in zip(*np.nonzero(self.ends.simpler), strict=True):
            groups = np.flatnonzero((self.peaks.status == Status.CONVERGED) & ~self.at_end[:, k])
            if len(groups):
                self._put(groups, np.full(len(groups), k), np.full(len(groups), end), HIGHER)

    def _put(self, groups: Codes, k: Codes, end: Codes, gain: float) -> Mask:
        """Put coordinate k of each group at an end if that is higher by a relative gain; True where all is settled."""
        settled = np.zeros(len(groups), dtype=bool)
        alike = np.column_stack([k, end, self.at_end[groups]])
        for kind in np.unique(alike, axis=0):
            same = (alike == kind).all(axis=1)
            settled[same] = self._put_alike(groups[same], int(kind[0]), int(kind[1]), kind[2:] == 0, gain)
        return settled

    def _put_alike(self, groups: Codes, k: int, end: int, free: Mask, gain: float) -> Mask:
        """The same for groups that have the same coordinates free."""
        settled = np.zeros(len(groups), dtype=bool)
        z, bounded = self._far(groups, k, 2 * end - 1)
        if not bounded.any():
            return settled
        at, before = groups[bounded], self.peaks.value[groups[bounded]]
        given = Given(self.problem.take(at), z[bounded], free & (np.arange(len(free)) != k))
        there = self._peaks(given)
        with np.errstate(invalid="ignore"):
            higher = there.value >= before + gain * (1 + np.abs(before))
        inside = np.zeros(len(at), dtype=bool)
        if higher.any():
            inside = self._climb(at, given, there, k, 2 * end - 1, higher)
            higher &= ~inside
        if higher.any():
            self.at_end[at[higher], k] = True
            self.edge[at[higher]] |= self.ends.status[end, k] == Status.EDGE
            self._accept(at[higher], given.take(higher), there.take(higher))
        settled[bounded] = (higher | inside) & np.isin(self.peaks.status[at], SETTLED)
        return settled

    def _climb(self, at: Codes, given: Given, there: Peaks, k: int, side: int, among: Mask) -> Mask:
        """Search inside from ends before which the log posterior is higher; they are a mask of [at]."""
        z, best = given.expand(there.z), there.value + ROUNDING * (1 + np.abs(there.value))
        rises = np.zeros(len(at), dtype=bool)
        with np.errstate(all="ignore"):
            for distance in BEFORE:
                trial = given.expand(there.z)
                trial[:, k] = side * distance
                value = given.inner.at(trial, 0).value
                up = among & (value > best)
                z[up, k], best, rises = side * distance, np.where(up, value, best), rises | up
        if rises.any():
            inner = Given(given.inner.take(rises), z[rises], given.free | (np.arange(len(given.free)) == k))
            peaks = self._peaks(inner)
            proved = (peaks.status == Status.CONVERGED) & (peaks.value > there.value[rises])
            if proved.any():
                self._accept(at[rises][proved], inner.take(proved), peaks.take(proved))
        return rises

    def _far(self, groups: Codes, k: int, side: int) -> tuple[Floats, Mask]:
        """(z with coordinate k so far out that the log posterior is its limit, the groups that have a limit)."""
        inner, z = self.problem.take(groups), self.peaks.z[groups].copy()
        bounded = np.zeros(len(groups), dtype=bool)
        with np.errstate(all="ignore"):
            for far in FAR:
                trial = z.copy()
                trial[:, k] = side * far
                e = inner.at(trial, 2)
                trial[:, k] = side * 0.5 * far
                change = np.abs(e.value - inner.at(trial, 0).value)
                good = ~bounded & (change <= LIMIT * (1 + np.abs(e.value)))
                good &= np.isfinite(e.gradient).all(axis=1) & np.isfinite(e.hessian).all(axis=(1, 2))
                z[good, k], bounded = side * far, bounded | good
                if bounded.all():
                    break
        return z, bounded

    def _peaks(self, given: Given) -> Peaks:
        """The maxima in the coordinates that are free; those that do not matter at all make them FLAT."""
        z, count = given.start(), given.count
        if not given.size:
            e, zero = given.at(z, 2), np.zeros(count)
            status = np.full(count, int(Status.CONVERGED))
            return Peaks(z, e.value, status, zero, e.hessian, z, zero)
        found = Peaks.of(self.ascend(given, z))
        lost = np.isin(found.status, (int(Status.STEPS), int(Status.FAILED)))
        if lost.any():
            with np.errstate(all="ignore"):
                lost &= np.abs(given.at(found.z, 1).gradient).max(axis=1) <= FLAT
        return found._replace(status=np.where(lost, int(Status.FLAT), found.status))

    def _accept(self, at: Codes, given: Given, there: Peaks) -> None:
        """Take the maxima with some coordinates given, of these groups."""
        if self.peaks.z is self.found.z:
            self.peaks = self.peaks.take(np.arange(len(self.at_end)))
        peaks, free = self.peaks, np.flatnonzero(given.free)
        peaks.z[at], peaks.value[at] = given.expand(there.z), there.value + 0.0
        peaks.decrement[at], peaks.drift[at] = there.decrement, there.drift
        peaks.step[at], peaks.hessian[at] = 0.0, 0.0
        peaks.step[np.ix_(at, free)], peaks.hessian[np.ix_(at, free, free)] = there.step, there.hessian
        edge, rest = self.edge[at], there.status
        end = np.where(self.at_end[at].any(axis=1), int(Status.BOUNDARY), int(Status.CONVERGED))
        end = np.where(edge, int(Status.EDGE), end)
        peaks.status[at] = np.where((rest == Status.CONVERGED) | (edge & (rest == Status.FLAT)), end, rest)

    def solution(self) -> Solution:
        """The answer, with what was moved."""
        if self.peaks.z is self.found.z:
            return self.found
        z, value, status, decrement, hessian, step, drift = self.peaks
        notes = {**self.found.notes, "step": step, "drift": drift}
        return replace(
            self.found,
            z=z,
            value=value,
            status=status,
            decrement=decrement,
            hessian=hessian,
            at_end=self.at_end if self.at_end.any() else None,
            notes=notes,
        )
