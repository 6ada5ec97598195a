"""The words of a picture: no markup, no two in one place, and small enough for their room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from ..text import printable, shortened
from .inks import ink

MARK, LONGEST, LEAST = "•", 14, 4.0
POINT = 72.0  # points an inch


def shown(label: str) -> str:
    r"""A label that can be seen: of nothing a dot, of white space a sign.

    >>> shown(""), shown(" "), shown("a\n"), shown("incomprehensibilities")
    ('•', '␣', 'a\\n', 'incomp..lities')
    """
    return shortened(printable(label.replace(" ", "␣")), LONGEST) or MARK


def plain(text: Text) -> Text:
    """A text whose dollars and backslashes are only that."""
    text.set_parse_math(False)
    text.set_usetex(False)
    return text


def note(ax: Axes, said: str) -> None:
    """What the reader has to know beside the data, above the axes."""
    if said:
        plain(ax.set_title(said, loc="left", fontsize="small", color=ink(ax)))


def names(axis: Axis, labels: Sequence[str], upright: bool = False) -> None:
    """A name for each place 0, 1, ... of an axis, in letters as large as the room between two allows."""
    said = [shown(label) for label in labels]
    axis.set_ticks(range(len(said)), said)
    axis.set_tick_params(length=0, rotation=90.0 * upright)
    size = fitting(axis, said, upright)
    for text in axis.get_ticklabels():
        plain(text).set_fontsize(size)


def fitting(axis: Axis, said: Sequence[str], upright: bool) -> float:
    """The size of letters, in points, with which the names have room side by side."""
    wide = axis is axis.axes.xaxis
    sheet: Any = axis.axes.figure
    box = axis.axes.get_window_extent()
    room = (box.width if wide else box.height) * POINT / sheet.dpi * 0.85 / len(said)
    needed = 1.2 if not wide or upright else 0.3 + 0.75 * max(map(len, said))  # in units of the size
    usual = FontProperties(size=rcParams["xtick.labelsize"]).get_size_in_points()
    return max(LEAST, min(usual, room / needed))
