"""The budget of a search: the steps and seconds that are left, and the losses so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from time import perf_counter

from ._base import Callback


@dataclass
class Budget:
    """Steps and seconds of wall time of one search, and its losses so far."""

    steps: float
    seconds: float = inf
    callback: Callback | None = None
    taken: int = 0
    stopped: bool = False  # by the callback
    history: list[float] = field(default_factory=list)
    begun: float = field(default_factory=perf_counter)

    @property
    def used(self) -> float:
        """Seconds of wall time since the search began."""
        return perf_counter() - self.begun

    @property
    def done(self) -> float:
        """The fraction of the budget that is spent."""
        return max(self.taken / self.steps, self.used / self.seconds)

    @property
    def middle(self) -> float:
        """The fraction of the budget that is spent in the middle of the next step."""
        return max((self.taken + 0.5) / self.steps, self.used / self.seconds)

    @property
    def spent(self) -> bool:
        """True if no step is left, or the callback has stopped the search."""
        return self.stopped or self.done >= 1

    def note(self, loss: float) -> None:
        """Count a step and record its loss; the callback may stop the search."""
        self.taken += 1
        self.history.append(loss)
        if self.callback is not None and self.callback(self.taken, loss):
            self.stopped = True

    def follow(self, iterations: Iterator[float], until: float = 1.0, scale: float = 1.0) -> bool:
        """Take the steps of a method while the budget lasts; True if the method ended by itself."""
        for loss in iterations:
            self.note(loss * scale)
            if self.stopped or self.done >= until:
                return False
        return True
