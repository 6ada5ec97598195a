"""Measures of a picture: its texts and where they stand, its lines and how they stand out."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text

TOUCH = 0.5  # pixels


def words(figure: Figure) -> list[Text]:
    """All texts that are drawn."""
    figure.draw_without_rendering()
    found = [text for ax in figure.axes for part in (ax, *ax.child_axes) for text in of_axes(part)]
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def of_axes(ax: Axes) -> list[Text]:
    """The texts of an Axes; ticks outside its limits are not drawn."""
    found = [*ax.texts, *(ax.title, ax._left_title, ax._right_title), ax.xaxis.label, ax.yaxis.label]
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
        found += [label for tick in ticks for label in (tick.label1, tick.label2)]
    legend = ax.get_legend()
    return found + (legend.get_texts() if legend else [])


def said(figure: Figure) -> list[str]:
    return [text.get_text() for text in words(figure)]


def overlaps(figure: Figure, drawn: list[Text] | None = None) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes have more than an edge in common."""
    boxes = [(text.get_text(), Text.get_window_extent(text)) for text in drawn or words(figure)]
    return [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if common(one, other) > TOUCH]


def common(one: Any, other: Any) -> float:
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    return min(wide, high)


def outside(figure: Figure, drawn: list[Text] | None = None) -> list[str]:
    """Texts that are cut off at an edge of the figure."""
    box = figure.bbox.padded(TOUCH)
    boxes = [(text.get_text(), Text.get_window_extent(text)) for text in drawn or words(figure)]
    return [text for text, b in boxes if b.x0 < box.x0 or b.y0 < box.y0 or b.x1 > box.x1 or b.y1 > box.y1]


def pixels(figure: Figure) -> Any:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.array(canvas.buffer_rgba())


def inked(ax: Axes, image: Any = None) -> float:
    """The proportion of the pixels inside an Axes that differ from the most frequent one there."""
    image = pixels(ax.figure) if image is None else image
    box = ax.get_window_extent()
    part = image[len(image) - int(box.y1) : len(image) - int(box.y0), int(box.x0) : int(box.x1)]
    _, counts = np.unique(np.ascontiguousarray(part).view(np.uint32), return_counts=True)
    return 1 - counts.max() / counts.sum()


def brightness(colour: Any) -> float:
    """The relative luminance of WCAG 2.2, term by term."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgba(colour)[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def stands_out(color: Any, background: Any) -> float:
    a, b = brightness(color), brightness(background)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def faint(ax: Axes, least: float = 3.0) -> list[str]:
    """Lines, points and bars that do not stand out from the background of their Axes."""
    background = ax.get_facecolor()
    drawn = [(line.get_label(), line.get_color()) for line in ax.lines]
    drawn += [("dots", colour) for points in ax.collections for colour in points.get_facecolor()]
    drawn += [("bar", bar.get_facecolor()) for bar in ax.patches]
    return [f"{name}: {colour}" for name, colour in drawn if stands_out(colour, background) < least]


def demand_readable(figure: Figure) -> None:
    """Nothing overlaps, nothing is cut off, and something is drawn."""
    image, drawn = pixels(figure), words(figure)
    assert overlaps(figure, drawn) == []
    assert outside(figure, drawn) == []
    assert all(inked(ax, image) > 0.002 for ax in figure.axes)
    assert [name for ax in figure.axes for name in faint(ax) if ax.get_label() != "<colorbar>"] == []


def labelled(ax: Axes, label: str) -> Any:
    """The line of that name."""
    (found,) = (line for line in ax.lines if line.get_label() == label)
    return found


def alike_but_for_colour(ax: Axes) -> list[tuple[str, str]]:
    """Pairs of named lines that nobody could tell apart in black and white."""
    named = [(str(line.get_label()), style(line)) for line in ax.lines if not str(line.get_label()).startswith("_")]
    return [(a, b) for (a, one), (b, other) in combinations(named, 2) if one == other]


def style(line: Any) -> tuple[Any, ...]:
    """The style of a line apart from its colour."""
    return line.get_linestyle(), line.get_marker(), line.get_linewidth()


def bars(ax: Axes) -> Any:
    """The ends of the horizontal bars, [n, 2], from below; of interval bars and error bars alike."""
    pieces = [piece for lines in ax.collections if hasattr(lines, "get_segments") for piece in lines.get_segments()]
    flat = [piece for piece in pieces if len(piece) == 2 and piece[0, 1] == piece[1, 1]]
    return np.array(sorted(flat, key=lambda piece: piece[0, 1]))[:, :, 0]
