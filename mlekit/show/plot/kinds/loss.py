"""The loss of a network at every step of its training."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from ..figures import Panel, describe
from ..training import curves
from ._kind import OfNetworks

if TYPE_CHECKING:
    from ....fits import NetworkFit

NO_HISTORY = "the solver kept no record of its steps"


class Loss(OfNetworks):
    """Course of a training."""

    def obstacle(self, fit: NetworkFit) -> str:
        return "" if fit.history is not None and len(fit.history) else NO_HISTORY

    def place(self, fit: NetworkFit) -> int | None:
        return 1

    def panels(self, fit: NetworkFit, names: list[str] | None) -> list[Panel]:
        return [partial(_draw, fit)]


def _draw(fit: NetworkFit, ax: Axes) -> None:
    loss = f"minus {'log posterior' if fit.problem.priors else 'log-likelihood'} per row"
    history = fit.history
    assert history is not None
    curves(ax, history, loss=loss)
    first, last = history[0], history[-1]
    describe(ax, f"The loss, {loss}, over {len(history):,} steps: from {first:.4g} to {last:.4g}.")
