"""How a training went."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from .inks import ink, inks
from .sheet import tell

Floats = NDArray[np.float64]

PIECES = 50  # a mean is over one of so many pieces of the training


def curves(ax: Axes, history: ArrayLike, watched: ArrayLike = (), *, loss: str = "loss") -> None:
    """The loss of each step, as a running mean; that of held-out rows, (step, loss), where it was looked at.

    The least of these is marked: its weights are those that are kept.

    >>> from functools import partial
    >>> from mlekit.show import curves, figure
    >>> picture = figure([partial(curves, history=[3.0, 2.0, 1.5], watched=[(3, 1.7)], loss="nats a row")])
    >>> picture.axes[0].get_ylabel()
    'nats a row'
    """
    first, second = inks(ax, 2)
    looks = np.asarray(watched, np.float64).reshape(-1, 2)
    step, mean, width = running(np.asarray(history, np.float64))
    seen = f"The {loss} of {len(mean) + width - 1:,} steps of training, from {mean[0]:.4g} to {mean[-1]:.4g}"
    told = "each step" if width == 1 else f"mean of {width} steps"
    ax.plot(step, mean, color=first, linewidth=1, label=f"training, {told}")
    if len(looks):
        ax.plot(*looks.T, color=second, linestyle="--", marker="o", markersize=4, label="held out")
        step, least = looks[np.argmin(looks[:, 1])]
        mark: dict[str, Any] = {"marker": "*", "markersize": 13, "linestyle": "", "color": second}
        ax.plot(step, least, markeredgecolor=ink(ax), label=f"kept: step {step:,.0f}, {least:.4g}", **mark)
        seen += f"; on held-out rows the least is {least:.4g}, at step {step:,.0f}"
    tell(ax, f"{seen}.")
    ax.set(xlabel="step", ylabel=loss)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    ax.legend(frameon=False, loc="upper right")
    ax.spines[["top", "right"]].set_visible(False)


def running(history: Floats) -> tuple[Floats, Floats, int]:
    """(the middle step, the mean) of each stretch of so many steps.

    >>> running(np.arange(1.0, 101))[0][:2].tolist(), running(np.arange(1.0, 101))[1][:2].tolist()
    ([1.5, 2.5], [1.5, 2.5])
    """
    width = max(1, len(history) // PIECES)
    mean = np.convolve(history, np.full(width, 1 / width), "valid").astype(np.float64)
    return np.arange(1.0, len(mean) + 1) + (width - 1) / 2, mean, width
