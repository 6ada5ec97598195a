"""How far a training is: one live line on a terminal, plain lines now and then in a pipe."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from math import isnan
from time import perf_counter
from typing import Any

from lm.command import tell

LIVE, PLAIN = 0.1, 5.0  # seconds between two lines
SMOOTH = 0.1  # the weight of a new loss in the running mean


class Progress:
    """Called at every step with the loss of a few words, and now and then with that of words it does not learn from."""

    def __init__(
        self, plan: Mapping[str, Any], batch: int, stopped: Callable[[], bool], *, quiet: bool = False
    ) -> None:
        self.most, self.limit, self.before = plan["steps"], plan["seconds"], plan.get("taken", {})
        self.batch, self.stopped, self.quiet = batch, stopped, quiet
        self.live, self.stopped_it = sys.stderr.isatty(), False
        self.step = self.first = int(self.before.get("steps", 0))
        self.loss, self.held_out = float("nan"), float("nan")
        self.begun = self.told = perf_counter()

    def __call__(self, step: int, loss: float) -> bool:
        if isnan(self.loss):
            self.first, self.loss = step - 1, loss
        self.step, self.loss = step, self.loss + SMOOTH * (loss - self.loss)
        if perf_counter() - self.told > (LIVE if self.live else PLAIN):
            self.tell()
        self.stopped_it = self.stopped()
        return self.stopped_it

    def watched(self, step: int, loss: float) -> None:
        """The loss on words that are held out."""
        self.held_out = loss

    @property
    def seconds(self) -> float:
        """Of this process and those before it."""
        return self.before.get("seconds", 0.0) + perf_counter() - self.begun

    def taken(self) -> dict[str, float]:
        """What is used of the budget."""
        return {"steps": self.step, "seconds": round(self.seconds, 3)}

    def tell(self) -> None:
        """The line of the moment."""
        self.told = perf_counter()
        if self.quiet:
            return
        if self.live:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write(f"\r{self.line()[:width]}\x1b[K")
            sys.stderr.flush()
        else:
            tell(self.line())

    def end(self) -> None:
        """The last line stays."""
        if not isnan(self.loss):
            self.tell()
            if self.live and not self.quiet:
                tell("")

    def line(self) -> str:
        """Step, losses, speed, time left.

        >>> p = Progress({"steps": 100, "seconds": None}, 512, lambda: False)
        >>> _ = p(1, 3.2)
        >>> p.line().startswith("step 1 of 100  train 3.200")
        True
        """
        speed = (self.step - self.first) / max(perf_counter() - self.begun, 1e-9)
        left = (self.limit or 0) - self.seconds if self.most is None else (self.most - self.step) / max(speed, 1e-9)
        parts = [
            f"step {self.step:,}" + (f" of {self.most:,}" if self.most else ""),
            f"train {self.loss:.3f}",
            *([] if isnan(self.held_out) else [f"held out {self.held_out:.3f}"]),
            f"{speed * self.batch:,.0f} tokens/s",
            f"{max(left, 0):.0f} s left",
        ]
        return "  ".join(parts)
