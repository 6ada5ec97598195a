"""Colours for a ground: those of Okabe and Ito, which the colour-blind can tell apart, where they stand out enough.

    contrast = (L1 + 0.05) / (L2 + 0.05),    L = relative luminance, the lighter above                    (WCAG 2)

Colour is never alone: lines differ in style, points in shape, and a heat map in lightness.
"""

from __future__ import annotations

from itertools import cycle, islice
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb, to_rgba

Colour = Any

BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
SKY, ORANGE, YELLOW, BLACK = "#56B4E9", "#E69F00", "#F0E442", "#010101"
ON_LIGHT = (BLUE, VERMILLION, GREEN, PURPLE, BLACK)
ON_DARK = (SKY, ORANGE, GREEN, PURPLE, YELLOW)
ENOUGH = 3.0  # for what is no text


def luminance(colour: Colour) -> float:
    """From 0, black, to 1, white.

    >>> luminance("black"), round(luminance("white"), 9)
    (0.0, 1.0)
    """
    c = np.array(to_rgb(colour))
    return float(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722))


def contrast(one: Colour, other: Colour) -> float:
    """From 1, the same lightness, to 21.

    >>> round(contrast("white", "black"), 9)
    21.0
    """
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def far(colour: Colour) -> str:
    """Black or white, whichever stands out more."""
    return max(("black", "white"), key=lambda end: contrast(end, colour))


def ink(ax: Axes) -> Colour:
    """What the words of an Axes are written in."""
    return ax.xaxis.label.get_color()


def ground(ax: Axes) -> Colour:
    """What an Axes is drawn on: where all is transparent, what its words can be read on."""
    sheet: Any = ax.figure
    grounds = [to_rgba(it.get_facecolor()) for it in (ax, sheet, sheet.figure)]
    return next((rgba[:3] for rgba in grounds if rgba[3] >= 0.5), far(ink(ax)))


def inks(ax: Axes, n: int) -> list[Colour]:
    """n colours that stand out from the ground."""
    paper = ground(ax)
    suited = ON_LIGHT if far(paper) == "black" else ON_DARK
    return list(islice(cycle(c for c in suited if contrast(c, paper) >= ENOUGH), n))


def heat(ax: Axes) -> Colormap:
    """From the ground, nothing, to what stands out most: the lightness only rises, or only falls."""
    paper = ground(ax)
    return LinearSegmentedColormap.from_list("heat", [to_rgb(paper), inks(ax, 1)[0], far(paper)])
