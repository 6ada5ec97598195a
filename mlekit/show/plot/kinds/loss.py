"""The loss of a net at every step of its training."""

from __future__ import annotations

from functools import partial
from typing import Any

from matplotlib.axes import Axes

from ..sheet import Panel, tell
from ..training import curves
from ._asks import NO_NET
from ._kind import Kind

UNTOLD = "the solver kept no record of its steps"


class Loss(Kind):
    """How a training went."""

    def absent(self, fit: Any) -> str:
        return NO_NET if fit.kin != "net" else "" if fit.history is not None and len(fit.history) else UNTOLD

    def place(self, fit: Any) -> int | None:
        return 1

    def panels(self, fit: Any, names: list[str] | None) -> list[Panel]:
        return [partial(_drawn, fit)]


def _drawn(fit: Any, ax: Axes) -> None:
    told = "minus log posterior" if fit.problem.priors else "minus log-likelihood"
    curves(ax, fit.history, loss=f"{told} a row")
    first, last = fit.history[0], fit.history[-1]
    tell(ax, f"The loss, {told} a row, over {len(fit.history):,} steps: from {first:.4g} to {last:.4g}.")
