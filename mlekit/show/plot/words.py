"""The words of a picture: no markup, no two in one place, and small enough for their room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from ..text import printable, shortened
from .inks import ink
from .sheet import tell

MARK, LONGEST, LEAST = "•", 14, 4.0
LONG = 42  # letters of the name of an axis
WIDE = 0.52  # of a letter, in units of its size
POINT = 72.0  # points an inch
DECADES = 300.0  # an axis of logs that is no longer has numbers between powers of ten


def shown(label: str, longest: int = LONGEST) -> str:
    r"""A label that can be seen: of nothing a dot, of white space at its ends a sign.

    >>> shown(""), shown(" "), shown("a b "), shown("a\n"), shown("incomprehensibilities")
    ('•', '␣', 'a b␣', 'a\\n', 'incomp..lities')
    """
    bare = label.strip(" ")
    before = len(label) - len(label.lstrip(" ")) if bare else len(label)
    after = len(label) - len(bare) - before
    return shortened(printable("␣" * before + bare + "␣" * after), longest) or MARK


def plain(text: Text) -> Text:
    """A text whose dollars and backslashes are only that."""
    text.set_parse_math(False)
    text.set_usetex(False)
    return text


def note(ax: Axes, said: str) -> None:
    """What the reader has to know beside the data, above the axes; in two lines where one has no room."""
    if said:
        size = FontProperties(size="small").get_size_in_points()
        sheet: Any = ax.figure
        room = ax.get_window_extent().width * POINT / sheet.dpi / (WIDE * size)
        plain(ax.set_title(fill(said, max(20, int(room))), loc="left", fontsize="small", color=ink(ax)))


def titles(ax: Axes, x: str, y: str) -> None:
    """The names of both axes: of very long ones the ends."""
    for axis, said in ((ax.xaxis, x), (ax.yaxis, y)):
        axis.set_label_text(shortened(printable(said), LONG))
        plain(axis.label)


def logs(ax: Axes, low: float, high: float) -> None:
    """An axis of logs whose numbers are written out."""
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < DECADES * low else (1,), numticks=7))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())


def names(axis: Axis, labels: Sequence[str] | Mapping[int, str], upright: bool = False, longest: int = LONGEST) -> None:
    """A name for each place 0, 1, ... of an axis, or for some, in letters as large as the room between two allows."""
    placed = labels if isinstance(labels, Mapping) else dict(enumerate(labels))
    said = [shown(label, longest) for label in placed.values()]
    axis.set_ticks(list(placed), said)
    axis.set_tick_params(length=0, rotation=90.0 * upright)
    size = fitting(axis, said + [""] * (max(placed) + 1 - len(said)), upright)
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


def nothing(ax: Axes, short: str, said: str) -> None:
    """What stands in the place of a picture that these data do not give."""
    ax.set(xticks=[], yticks=[])
    ax.text(0.5, 0.5, short, transform=ax.transAxes, ha="center", color=ink(ax))
    note(ax, said)
    tell(ax, f"Nothing to see: {said}.")
