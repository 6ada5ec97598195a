"""Progress of a training: one live line on a terminal, a plain line from time to time in a pipe."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from math import isnan, nan
from time import perf_counter

from lm.aliases import Settings
from lm.command import report

LIVE, PLAIN = 0.1, 5.0  # seconds between two lines
SMOOTH = 0.1  # weight of a new loss in the running mean


class Progress:
    """Callback that a solver calls at every step with the loss on a batch.

    Parameters
    ----------
    plan : mapping
        The budget as `steps` or `seconds`, and as `taken` what earlier processes have used of it.
    batch : int
        Number of tokens per step.
    stopped : callable
        Function without arguments that returns True if the training should stop.
    quiet : bool, default False
        Print nothing.

    Examples
    --------
    >>> progress = Progress({"steps": 100, "seconds": None}, 512, lambda: False)
    >>> progress(1, 3.2)
    False
    >>> progress.line().startswith("step 1 of 100  train 3.200")
    True
    """

    def __init__(self, plan: Settings, batch: int, stopped: Callable[[], bool], *, quiet: bool = False) -> None:
        self.most, self.limit, self.earlier = plan["steps"], plan["seconds"], plan.get("taken", {})
        self.batch, self.stopped, self.quiet = batch, stopped, quiet
        self.live, self.interrupted = sys.stderr.isatty(), False
        self.step = self.first = int(self.earlier.get("steps", 0))
        self.loss, self.held_out = nan, nan
        self.begun = self.reported = perf_counter()

    def __call__(self, step: int, loss: float) -> bool:
        if isnan(self.loss):
            self.first, self.loss = step - 1, loss
        self.step, self.loss = step, self.loss + SMOOTH * (loss - self.loss)
        if perf_counter() - self.reported > (LIVE if self.live else PLAIN):
            self.report()
        self.interrupted = self.stopped()
        return self.interrupted

    def watched(self, step: int, loss: float) -> None:
        """Take the loss on the validation words.

        Parameters
        ----------
        step : int
        loss : float
        """
        self.held_out = loss

    @property
    def seconds(self) -> float:
        """Seconds that this process and earlier ones have taken."""
        return self.earlier.get("seconds", 0.0) + perf_counter() - self.begun

    def taken(self) -> dict[str, float]:
        """Return the steps and seconds that were used of the budget."""
        return {"steps": self.step, "seconds": round(self.seconds, 3)}

    def report(self) -> None:
        """Print the line."""
        self.reported = perf_counter()
        if self.quiet:
            return
        if self.live:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write(f"\r{self.line()[:width]}\x1b[K")
            sys.stderr.flush()
        else:
            report(self.line())

    def end(self) -> None:
        """Print the last line, which stays."""
        if not isnan(self.loss):
            self.report()
            if self.live and not self.quiet:
                report("")

    def line(self) -> str:
        """Return the line: step, losses, speed and remaining time."""
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
