"""Crossings of zero by many rising functions at once: even strides until zero is crossed, then a shrinking bracket.

Each f starts below zero at 0. The next point is where a quadratic in f through the last three points (a line through
two) crosses zero; if that leaves the bracket, or the bracket does not shrink, it is halved. A value of nan is a step
that was too long: the stride is halved. A function that has stopped rising before it crosses zero never does: its
crossing is at infinity.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..numerics.arrays import Codes, Floats, Mask

CLOSE = 1e-8  # a step this small, as a fraction of t, is the last: the next would be its square
NEAR = 1e-5  # and a value this small, as a fraction of the value at 0
FLAT = 1e-6  # the fraction of the rise up to zero that each of the last three strides has to add
WALK = 40  # evaluations in even strides; then strides double
STEPS = 120


def crossings(f: Callable[[Floats, Codes], Floats], start: Floats, first: Floats, far: Floats, grain: Floats) -> Floats:
    """t [B] > 0 with f(t, members) = 0, from f(0) = start < 0; inf if f stays below zero, nan if it jumps over it.

    `first` is the first point, beyond `far` there is no crossing, steps below `grain` cannot be distinguished.
    """
    search = _Search(start, first, far, grain)
    for _ in range(STEPS):
        live = np.flatnonzero(~search.done)
        if not len(live):
            break
        search.update(live, f(search.next[live], live))
    return search.answer


class _Search:
    """The state of the search for each function."""

    def __init__(self, start: Floats, first: Floats, far: Floats, grain: Floats) -> None:
        count = len(start)
        self.start, self.first, self.far, self.grain = start, first, far, grain
        self.low, self.f_low = np.zeros(count), start.copy()  # the farthest point known to be short of zero
        self.high, self.f_high = np.full(count, np.inf), np.full(count, np.inf)
        self.t, self.f = np.full((count, 3), np.nan), np.full((count, 3), np.nan)  # the latest points first
        self.t[:, 0], self.f[:, 0] = 0.0, start
        self.stride = np.array(first, dtype=float)  # how far beyond low the next point may be
        self.width, self.older = (
            np.full(count, np.inf),
            np.full(count, np.inf),
        )  # of the bracket, one and two points ago
        self.idle = np.zeros(count, dtype=int)  # strides in a row that added next to nothing
        self.evaluations, self.next = 0, np.minimum(first, far)
        self.done = ~(start < 0)
        self.answer = np.where(self.done, 0.0, np.nan)

    def update(self, live: Codes, f: Floats) -> None:
        """Take in a value for each of `live`, and propose the next point."""
        t, scale = self.next[live], np.abs(self.start[live])
        self.evaluations += 1
        seen = np.isfinite(f)
        self._remember(live[seen], t[seen], f[seen])
        self._stride(live, f, t)
        gain, idle = np.where(f < 0, f - self.f_low[live], np.inf), self.idle[live]
        rises, strode = gain >= FLAT * scale, t - self.low[live] > 0.5 * self.first[live]
        self.idle[live] = np.where(~seen, idle, np.where(rises, 0, idle + strode))
        below, above = live[f < 0], live[f >= 0]
        self.low[below], self.f_low[below] = t[f < 0], f[f < 0]
        self.high[above], self.f_high[above] = t[f >= 0], f[f >= 0]
        self._finish(live, np.abs(f) <= 1e-13 * scale, t)
        never = (self.idle[live] >= 3) & np.isinf(self.high[live]) | (self.low[live] >= self.far[live])
        self._finish(live, never, np.full(len(live), np.inf))
        self._propose(live[~self.done[live]])

    def _remember(self, live: Codes, t: Floats, f: Floats) -> None:
        self.t[live, 1:], self.f[live, 1:] = self.t[live, :2], self.f[live, :2]
        self.t[live, 0], self.f[live, 0] = t, f

    def _stride(self, live: Codes, f: Floats, t: Floats) -> None:
        """Shorter where the step was too long, longer where it was good."""
        longest = np.maximum(2 * self.first[live], t if self.evaluations > WALK else 0.0)
        longer = np.minimum(2 * self.stride[live], longest)
        kept = np.where(f < 0, longer, self.stride[live])
        self.stride[live] = np.where(np.isnan(f), 0.5 * (t - self.low[live]), kept)

    def _finish(self, live: Codes, now: Mask, answer: Floats) -> None:
        ended = now & ~self.done[live]
        self.answer[live[ended]], self.done[live[ended]] = answer[ended], True

    def _propose(self, live: Codes) -> None:
        low, high, scale = self.low[live], self.high[live], np.abs(self.start[live])
        reach = np.minimum(low + self.stride[live], self.far[live])
        width, crossed = high - low, np.isfinite(high)
        slow = crossed & (width > 0.5 * self.older[live])
        self.older[live], self.width[live] = self.width[live], width
        t = _interpolate(self.t[live], self.f[live])
        inside = (t > low) & (t < high) & ~slow
        step, small = np.abs(t - self.t[live, 0]), np.abs(self.f[live, 0]) <= NEAR * scale
        self._finish(live, inside & (small & (step <= CLOSE * t) | (step <= self.grain[live])), t)
        finest = np.maximum(1e-14 * np.where(crossed, high, reach), self.grain[live])
        shut = np.minimum(width, self.stride[live]) <= finest
        with np.errstate(invalid="ignore"):
            whole = self.f_high[live] - self.f_low[live] < 1e-2 * scale
        self._finish(live, shut, np.where(whole, high, np.nan))
        outward = np.clip(np.where(t > low, t, reach), low + 0.1 * (reach - low), reach)
        inward = np.where(inside & (t < reach), t, 0.5 * (low + np.minimum(high, reach)))
        self.next[live] = np.where(crossed, inward, outward)


def _interpolate(t: Floats, f: Floats) -> Floats:
    """The zero of t as a quadratic in f through three points, or as a line through the latest two."""
    (a, b, c), (fa, fb, fc) = t.T, f.T
    with np.errstate(all="ignore"):
        line = a - fa * (a - b) / (fa - fb)
        quadratic = (
            a * fb * fc / ((fa - fb) * (fa - fc))
            + b * fa * fc / ((fb - fa) * (fb - fc))
            + c * fa * fb / ((fc - fa) * (fc - fb))
        )
        # far from a line the quadratic in f may turn round: then the line is the safer guess
        good = np.isfinite(quadratic) & (np.abs(quadratic - line) <= np.abs(line - a))
    return np.where(good, quadratic, line)
