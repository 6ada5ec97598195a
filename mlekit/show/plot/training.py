"""The loss during training."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from ...numerics.arrays import Floats
from .colors import line_colors, text_color
from .figures import describe

PIECES = 50  # a mean is over one of so many pieces of the training


def curves(ax: Axes, history: ArrayLike, held_out: ArrayLike = (), *, loss: str = "loss") -> None:
    """Draw the running mean of the training loss, and the loss on held-out rows.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw into.
    history : array-like
        Training loss of each step.
    held_out : array-like, default ()
        Pairs (step, loss on held-out rows); the least is marked, because the weights of that step are kept.
    loss : str, default "loss"
        Name of the loss.

    Examples
    --------
    >>> from functools import partial
    >>> from mlekit.show import curves, figure
    >>> panel = partial(curves, history=[3.0, 2.0, 1.5], held_out=[(3, 1.7)], loss="nats per row")
    >>> figure([panel]).axes[0].get_ylabel()
    'nats per row'
    """
    first, second = line_colors(ax, 2)
    looks = np.asarray(held_out, np.float64).reshape(-1, 2)
    step, mean, width = running(np.asarray(history, np.float64))
    text = f"The {loss} over {len(mean) + width - 1:,} steps of training, from {mean[0]:.4g} to {mean[-1]:.4g}"
    averaged = "each step" if width == 1 else f"mean of {width} steps"
    ax.plot(step, mean, color=first, linewidth=1, label=f"training, {averaged}")
    if len(looks):
        ax.plot(*looks.T, color=second, linestyle="--", marker="o", markersize=4, label="held out")
        step, least = looks[np.argmin(looks[:, 1])]
        mark: dict[str, Any] = {"marker": "*", "markersize": 13, "linestyle": "", "color": second}
        ax.plot(step, least, markeredgecolor=text_color(ax), label=f"kept: step {step:,.0f}, {least:.4g}", **mark)
        text += f"; on held-out rows the least is {least:.4g}, at step {step:,.0f}"
    describe(ax, f"{text}.")
    ax.set(xlabel="step", ylabel=loss)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    ax.legend(frameon=False, loc="upper right")
    ax.spines[["top", "right"]].set_visible(False)


def running(history: Floats) -> tuple[Floats, Floats, int]:
    """Return the running mean of a history: (middle step, mean) of each window, and the width of the windows.

    >>> running(np.arange(1.0, 101))[0][:2].tolist(), running(np.arange(1.0, 101))[1][:2].tolist()
    ([1.5, 2.5], [1.5, 2.5])
    """
    width = max(1, len(history) // PIECES)
    mean = np.convolve(history, np.full(width, 1 / width), "valid").astype(np.float64)
    return np.arange(1.0, len(mean) + 1) + (width - 1) / 2, mean, width
