"""Points of many dimensions in a plane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import cos, hypot, pi, sin

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.typing import ColorType
from numpy.typing import ArrayLike, NDArray

from ...numerics.arrays import Floats
from .colors import line_colors, text_color
from .figures import describe, figure_of
from .labels import POINT, add_note, plain, shown

NAMED = 60  # the most points that have a name
NEAR, RINGS = 3.0, 16  # points from ring to ring around a point, on which its name may stand


def point_map(
    ax: Axes, rows: ArrayLike, labels: Sequence[str], priority: ArrayLike | None = None, *, note: str = ""
) -> None:
    """Draw each row of a matrix as a point, in the directions of its first two principal components.

    The name of a point stands at its place, or beside it with a line to it. Of many points, some have a name and the
    others are dots.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw into.
    rows : array-like
        Matrix with a row for each point.
    labels : sequence of str
        Name of each point.
    priority : array-like of int, optional
        Points in the order in which they get a name, as far as there is room; by default the order of the rows.
    note : str, default ""
        Note above the axes.

    Examples
    --------
    >>> from functools import partial
    >>> from mlekit.show import figure, point_map
    >>> picture = figure([partial(point_map, rows=[[0, 0, 1], [0, 1, 0], [1, 0, 0]], labels=["a", "b", "c"])])
    >>> picture.axes[0].get_aspect()
    1.0
    """
    places, variance = principal(np.asarray(rows, np.float64))
    named = (np.arange(len(places)) if priority is None else np.asarray(priority))[:NAMED]
    dots = ax.scatter(*places.T, s=5, color=line_colors(ax, 1)[0], zorder=1)
    ax.margins(0.08)
    ax.set_aspect("equal", adjustable="datalim")
    along = [f"component {k}: {part:.0%} of the variance" for k, part in enumerate(variance, 1)]
    ax.set(xlabel=along[0], ylabel=along[1])
    add_note(ax, _note(len(places), len(places), note))  # the room that the note will take
    at_home, count = _names(ax, places[named], [labels[int(k)] for k in named], text_color(ax))
    ax.set_title("", loc="left")
    add_note(ax, _note(count, len(places), note) if count < len(places) else note)
    dots.set_offsets(np.delete(places, named[at_home], axis=0))
    describe(ax, f"{len(places):,} points in a plane, {', '.join(along)}. {note}".strip())


def _note(named: int, points: int, note: str) -> str:
    count = f"{named:,} of {points:,} are named, the most frequent that have room"
    return "; ".join(filter(None, (count, note)))


def principal(rows: Floats) -> tuple[Floats, Floats]:
    """Return the first two principal components of the rows, [n, 2], and the proportion of variance of each.

    The sign of a component is arbitrary: it is chosen so that the farthest row is on the positive side.

    >>> places, variance = principal(np.array([[3.0, 4], [-3, -4], [0, 0]]))
    >>> places.round(6).tolist(), variance.round(6).tolist()
    ([[5.0, 0.0], [-5.0, 0.0], [0.0, 0.0]], [1.0, 0.0])
    """
    centred = rows - rows.mean(axis=0)
    centred = np.pad(centred, ((0, max(0, 2 - len(rows))), (0, max(0, 2 - rows.shape[1]))))
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    places = (u * s)[: len(rows), :2]
    farthest = places[np.argmax(np.abs(places), axis=0), range(2)]
    return places * np.where(farthest < 0, -1, 1) + 0.0, s[:2] ** 2 / (np.sum(s**2) or 1)


def _names(ax: Axes, places: Floats, labels: list[str], color: ColorType) -> tuple[list[int], int]:
    """Write each name at its place, or as near as there is room: (the names at their place, how many have room).

    The room is that of the Axes as it is now, after the layout of the figure.
    """
    figure = figure_of(ax)
    figure.draw_without_rendering()
    steps = np.array([*_around()]) * figure.dpi / POINT
    inside, taken, at_home = ax.get_window_extent().extents, np.empty((0, 4)), list[int]()
    for k, place in enumerate(places.tolist()):
        text = plain(ax.text(place[0], place[1], shown(labels[k]), color=color, ha="center", va="center"))
        box = text.get_window_extent().padded(figure.dpi / POINT)
        free = _free(box.extents + np.tile(steps, 2), taken, inside)
        if not free.any():
            text.remove()
            continue
        step = steps[np.argmax(free)]
        taken = np.vstack([taken, box.extents + np.tile(step, 2)])
        if free[0]:
            at_home.append(k)
        else:
            _moved(ax, text, step, hypot(box.width, box.height) / 2)
    return at_home, len(taken)


def _around() -> Iterator[tuple[float, float]]:
    """Yield steps, in points, from a place to where its name may stand, the nearest first."""
    yield 0.0, 0.0
    for ring in range(1, RINGS + 1):
        for k in range(8 * ring):
            angle, radius = 2 * pi * k / (8 * ring), NEAR * ring
            yield radius * cos(angle), radius * sin(angle)


def _free(boxes: Floats, taken: Floats, inside: ArrayLike) -> NDArray[np.bool_]:
    """Mask of the boxes, with rows (x0, y0, x1, y1), that are inside and touch none that is taken."""
    low, high = np.split(np.asarray(inside), 2)
    within = np.all((boxes[:, :2] >= low) & (boxes[:, 2:] <= high), axis=1)
    both = (boxes[:, None, :2] < taken[:, 2:]) & (boxes[:, None, 2:] > taken[:, :2])  # [boxes, taken, 2]
    return within & ~np.any(np.all(both, axis=2), axis=1)


def _moved(ax: Axes, text: Text, step: Floats, spare: float) -> None:
    """Move a name beside its place, and draw a line from the place to the name."""
    data = ax.transData
    start = data.transform(text.get_position())
    text.set_position(tuple(data.inverted().transform(start + step)))
    part = 1 - 0.8 * spare / hypot(*step)
    if part > 0:
        line = data.inverted().transform([start, start + part * step])
        ax.add_line(Line2D(*line.T, color=text_color(ax), linewidth=0.6))
