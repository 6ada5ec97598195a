"""Points of many dimensions on a plane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import cos, hypot, pi, sin
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import ArrayLike, NDArray

from .inks import ink, inks
from .sheet import tell
from .words import POINT, note, plain, shown

Floats = NDArray[np.float64]

NAMED = 60  # the most points that have a name
NEAR, RINGS = 3.0, 16  # points from ring to ring, around the place where a name belongs


def point_map(
    ax: Axes, rows: ArrayLike, labels: Sequence[str], often: ArrayLike | None = None, *, said: str = ""
) -> None:
    """Each row as a point, in the two directions in which the rows differ most.

    Its name stands at its place, or beside it with a line to it. Of many points those that come first in `often` have
    a name, as far as there is room, and the others are dots.

    >>> from functools import partial
    >>> from mlekit.show import figure, point_map
    >>> picture = figure([partial(point_map, rows=[[0, 0, 1], [0, 1, 0], [1, 0, 0]], labels=["a", "b", "c"])])
    >>> picture.axes[0].get_aspect()
    1.0
    """
    places, shares = principal(np.asarray(rows, np.float64))
    named = (np.arange(len(places)) if often is None else np.asarray(often))[:NAMED]
    dots = ax.scatter(*places.T, s=5, color=inks(ax, 1)[0], zorder=1)
    ax.margins(0.08)
    ax.set_aspect("equal", adjustable="datalim")
    along = [f"direction {k}: {share:.0%} of the variance" for k, share in enumerate(shares, 1)]
    ax.set(xlabel=along[0], ylabel=along[1])
    note(ax, _told(len(places), len(places), said))  # the room for what will be said
    at_home, count = _names(ax, places[named], [labels[int(k)] for k in named], ink(ax))
    ax.set_title("", loc="left")
    note(ax, _told(count, len(places), said) if count < len(places) else said)
    dots.set_offsets(np.delete(places, named[at_home], axis=0))
    tell(ax, f"{len(places):,} points on a plane, {', '.join(along)}. {said}".strip())


def _told(named: int, all_of_them: int, said: str) -> str:
    count = f"{named:,} of {all_of_them:,} are named, the most frequent that have room"
    return "; ".join(filter(None, (count, said)))


def principal(rows: Floats) -> tuple[Floats, Floats]:
    """The rows in their two principal directions, [n, 2], and the share of the variance that each has.

    The sign of a direction says nothing: the row that is farthest along it is put on the positive side.

    >>> places, shares = principal(np.array([[3.0, 4], [-3, -4], [0, 0]]))
    >>> places.round(6).tolist(), shares.round(6).tolist()
    ([[5.0, 0.0], [-5.0, 0.0], [0.0, 0.0]], [1.0, 0.0])
    """
    centred = rows - rows.mean(axis=0)
    centred = np.pad(centred, ((0, max(0, 2 - len(rows))), (0, max(0, 2 - rows.shape[1]))))
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    places = (u * s)[: len(rows), :2]
    farthest = places[np.argmax(np.abs(places), axis=0), range(2)]
    return places * np.where(farthest < 0, -1, 1) + 0.0, s[:2] ** 2 / (np.sum(s**2) or 1)


def _names(ax: Axes, places: Floats, labels: list[str], colour: Any) -> tuple[list[int], int]:
    """Each name at its place, or as near to it as is free: those at their places, and how many had room.

    Free is what is free in the Axes as it is now: its limits, and its size after the layout of the figure.
    """
    sheet: Any = ax.figure
    sheet.figure.draw_without_rendering()
    steps = np.array([*_around()]) * sheet.dpi / POINT
    inside, taken, at_home = ax.get_window_extent().extents, np.empty((0, 4)), list[int]()
    for k, place in enumerate(places.tolist()):
        text = plain(ax.text(place[0], place[1], shown(labels[k]), color=colour, ha="center", va="center"))
        box = text.get_window_extent().padded(sheet.dpi / POINT)
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
    """Steps, in points, from a place to where its name may stand, the nearest first."""
    yield 0.0, 0.0
    for ring in range(1, RINGS + 1):
        for k in range(8 * ring):
            angle, radius = 2 * pi * k / (8 * ring), NEAR * ring
            yield radius * cos(angle), radius * sin(angle)


def _free(boxes: Floats, taken: Floats, inside: ArrayLike) -> Any:
    """Which of these boxes, (x0, y0, x1, y1) a row, are inside and touch none that is taken."""
    low, high = np.split(np.asarray(inside), 2)
    within = np.all((boxes[:, :2] >= low) & (boxes[:, 2:] <= high), axis=1)
    both = (boxes[:, None, :2] < taken[:, 2:]) & (boxes[:, None, 2:] > taken[:, :2])  # [boxes, taken, 2]
    return within & ~np.any(np.all(both, axis=2), axis=1)


def _moved(ax: Axes, text: Text, step: Floats, spare: float) -> None:
    """A name that stands beside its place, and a line that ends where the name begins."""
    data = ax.transData
    start = data.transform(text.get_position())
    text.set_position(tuple(data.inverted().transform(start + step)))
    part = 1 - 0.8 * spare / hypot(*step)
    if part > 0:
        line = data.inverted().transform([start, start + part * step])
        ax.add_line(Line2D(*line.T, color=ink(ax), linewidth=0.6))
