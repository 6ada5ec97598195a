"""Colours for a background: those of Okabe and Ito, which the colour-blind can tell apart, where they stand out enough.

    contrast = (L1 + 0.05) / (L2 + 0.05),    L = relative luminance, the lighter above                    (WCAG 2)

Colour is never the only difference: lines differ in style, points in shape, and cells of a heat map in lightness.
"""

from __future__ import annotations

from itertools import cycle, islice

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb, to_rgba
from matplotlib.typing import ColorType

from .figures import figure_of

BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
SKY, ORANGE, YELLOW, BLACK = "#56B4E9", "#E69F00", "#F0E442", "#010101"
ON_LIGHT = (BLUE, VERMILLION, GREEN, PURPLE, BLACK)
ON_DARK = (SKY, ORANGE, GREEN, PURPLE, YELLOW)
ENOUGH = 3.0  # contrast of anything but text


def luminance(color: ColorType) -> float:
    """Return the relative luminance of a colour: 0 for black, 1 for white.

    >>> luminance("black"), round(luminance("white"), 9)
    (0.0, 1.0)
    """
    c = np.array(to_rgb(color))
    return float(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722))


def contrast(one: ColorType, other: ColorType) -> float:
    """Return the contrast of two colours, from 1 for the same lightness to 21.

    >>> round(contrast("white", "black"), 9)
    21.0
    """
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def black_or_white(color: ColorType) -> str:
    """Return black or white, whichever has the higher contrast with a colour."""
    return max(("black", "white"), key=lambda end: contrast(end, color))


def text_color(ax: Axes) -> ColorType:
    """Return the colour of the text of an Axes."""
    return ax.xaxis.label.get_color()


def background(ax: Axes) -> ColorType:
    """Return the background of an Axes; where all is transparent, the one on which its text can be read."""
    root = figure_of(ax)
    found = [to_rgba(it.get_facecolor()) for it in (ax, ax.figure or root, root)]
    return next((rgba[:3] for rgba in found if rgba[3] >= 0.5), black_or_white(text_color(ax)))


def line_colors(ax: Axes, n: int) -> list[ColorType]:
    """Return n colours that stand out from the background."""
    behind = background(ax)
    suited = ON_LIGHT if black_or_white(behind) == "black" else ON_DARK
    return list(islice(cycle(c for c in suited if contrast(c, behind) >= ENOUGH), n))


def heat_colors(ax: Axes) -> Colormap:
    """Return a colormap from the background to black or white, whose lightness is monotone."""
    behind = background(ax)
    ends = to_rgb(behind), line_colors(ax, 1)[0], black_or_white(behind)
    return LinearSegmentedColormap.from_list("heat", list(ends))
