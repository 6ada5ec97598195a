"""Where rising functions cross zero, for many at once: interpolation inside a bracket that only shrinks.

Each f starts below zero at 0. The next point is where a quadratic in f through the last three points (a line through
two) crosses zero; where that leaves the bracket, or the bracket does not shrink, it is halved. A function that has
stopped rising before it crosses zero never does: its crossing is at infinity.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any

CLOSE = 1e-8  # a step this small, of the way, is not looked at again: the next would be its square
NEAR = 1e-5  # and this small a value, of the value at 0
FLAT = 1e-9  # what two doublings of the way have to add, of the way up to zero
WALK = 40  # looks in which a function is followed in even strides; then they double
STEPS = 120


def crossings(f: Callable[[Array, Array], Array], start: Array, first: Array, far: Array, grain: Array) -> Array:
    """t [B] > 0 with f(t, members) = 0, from f(0) = start < 0; inf where f stays below zero, nan where it jumps over.

    `first` is where to look first, beyond `far` there is nothing to look at, steps below `grain` cannot be told apart.
    A value that is not finite means: too far.
    """
    search = _Search(start, first, far, grain)
    for _ in range(STEPS):
        live = np.flatnonzero(~search.done)
        if not len(live):
            break
        search.learn(live, f(search.next[live], live))
    return search.answer


class _Search:
    """What is known of each function."""

    def __init__(self, start: Array, first: Array, far: Array, grain: Array) -> None:
        count = len(start)
        self.low, self.f_low = np.zeros(count), start.copy()  # the farthest point known to be short of zero
        self.high, self.f_high = np.full(count, np.inf), np.full(count, np.inf)
        self.t, self.f = np.full((count, 3), np.nan), np.full((count, 3), np.nan)  # the latest points first
        self.t[:, 0], self.f[:, 0] = 0.0, start
        self.start, self.first, self.far, self.grain = start, first, far, grain
        self.looks, self.next = 0, np.minimum(first, far)
        self.width, self.older = np.full(count, np.inf), np.full(count, np.inf)  # of the bracket, one and two looks ago
        self.idle = np.zeros(count, dtype=int)  # looks in a row that added next to nothing
        self.done = ~(start < 0)
        self.answer = np.where(self.done, 0.0, np.nan)

    def learn(self, live: Array, f: Array) -> None:
        """A value for each of `live`, and where to look next."""
        self.looks += 1
        t = self.next[live]
        seen = np.isfinite(f)
        self._remember(live[seen], t[seen], f[seen])
        short = seen & (f < 0)
        gain = np.where(short, f - self.f_low[live], np.inf)
        self.idle[live] = np.where(gain < FLAT * np.abs(self.start[live]), self.idle[live] + 1, 0)
        self.low[live], self.f_low[live] = np.where(short, t, self.low[live]), np.where(short, f, self.f_low[live])
        self.high[live], self.f_high[live] = (
            np.where(short, self.high[live], t),
            np.where(short, self.f_high[live], np.where(seen, f, np.inf)),
        )
        self._finish(live, np.abs(f) <= 1e-13 * np.abs(self.start[live]), t)
        never = (self.idle[live] >= 3) & np.isinf(self.high[live]) | (self.low[live] >= self.far[live])
        self._finish(live, never, np.full(len(live), np.inf))
        self._propose(live[~self.done[live]])

    def _remember(self, live: Array, t: Array, f: Array) -> None:
        self.t[live, 1:], self.f[live, 1:] = self.t[live, :2], self.f[live, :2]
        self.t[live, 0], self.f[live, 0] = t, f

    def _finish(self, live: Array, now: Array, answer: Array) -> None:
        ended = now & ~self.done[live]
        self.answer[live[ended]], self.done[live[ended]] = answer[ended], True

    def _propose(self, live: Array) -> None:
        t, low, high = _interpolate(self.t[live], self.f[live]), self.low[live], self.high[live]
        open_ended = np.isinf(high)
        width = high - low
        slow = ~open_ended & (width > 0.5 * self.older[live])
        self.older[live], self.width[live] = self.width[live], width
        inside = np.isfinite(t) & (t > low) & (t < high) & ~slow
        step, small = np.abs(t - self.t[live, 0]), np.abs(self.f[live, 0]) <= NEAR * np.abs(self.start[live])
        self._finish(live, inside & (small & (step <= CLOSE * t) | (step <= self.grain[live])), t)
        gone = ~open_ended & (width <= np.maximum(1e-14 * high, self.grain[live]))
        whole = self.f_high[live] - self.f_low[live] < 1e-2 * np.abs(self.start[live])
        self._finish(live, gone, np.where(whole, high, np.nan))
        with np.errstate(invalid="ignore"):
            stride = np.maximum(2 * self.first[live], low if self.looks > WALK else 0.0)
            outward = np.clip(np.where(np.isfinite(t) & (t > low), t, np.inf), low + 0.1 * stride, low + stride)
            middle = np.where(inside, t, 0.5 * (low + high))
        self.next[live] = np.minimum(np.where(open_ended, outward, middle), self.far[live])


def _interpolate(t: Array, f: Array) -> Array:
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
