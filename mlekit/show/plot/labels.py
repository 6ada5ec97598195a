"""Text in pictures: notes, names of axes and of ticks, without markup, without overlap, and small enough to fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from ..text import printable, shortened
from .colors import text_color
from .figures import describe, figure_of

EMPTY, LONGEST, SMALLEST = "•", 14, 4.0
LONGEST_AXIS = 42  # letters of the name of an axis
WIDTH = 0.52  # of a letter, in units of the font size
POINT = 72.0  # points per inch
DECADES = 300.0  # a log axis shorter than this factor has ticks between the powers of ten


def shown(label: str, longest: int = LONGEST) -> str:
    r"""Return a label that can be seen: a dot for an empty one, visible signs for white space at its ends.

    >>> shown(""), shown(" "), shown("a b "), shown("a\n"), shown("incomprehensibilities")
    ('•', '␣', 'a b␣', 'a\\n', 'incomp..lities')
    """
    bare = label.strip(" ")
    before = len(label) - len(label.lstrip(" ")) if bare else len(label)
    after = len(label) - len(bare) - before
    return shortened(printable("␣" * before + bare + "␣" * after), longest) or EMPTY


def plain(text: Text) -> Text:
    """Switch off markup in a text, so that dollars and backslashes are shown as they are."""
    text.set_parse_math(False)
    text.set_usetex(False)
    return text


def add_note(ax: Axes, text: str) -> None:
    """Write a note above the axes, in two lines where one has no room."""
    if text:
        size = FontProperties(size="small").get_size_in_points()
        room = ax.get_window_extent().width * POINT / figure_of(ax).dpi / (WIDTH * size)
        plain(ax.set_title(fill(text, max(20, int(room))), loc="left", fontsize="small", color=text_color(ax)))


def name_axes(ax: Axes, x: str, y: str) -> None:
    """Name both axes; long names lose their middle."""
    for axis, name in ((ax.xaxis, x), (ax.yaxis, y)):
        axis.set_label_text(shortened(printable(name), LONGEST_AXIS))
        plain(axis.label)


def log_axis(ax: Axes, low: float, high: float) -> None:
    """Give an Axes a logarithmic x axis with plain numbers."""
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < DECADES * low else (1,), numticks=7))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())


def name_ticks(
    axis: Axis, labels: Sequence[str] | Mapping[int, str], upright: bool = False, longest: int = LONGEST
) -> None:
    """Name all places 0, 1, ... of an axis, or some of them, in letters as large as the room allows."""
    placed = labels if isinstance(labels, Mapping) else dict(enumerate(labels))
    names = [shown(label, longest) for label in placed.values()]
    axis.set_ticks(list(placed), names)
    axis.set_tick_params(length=0, rotation=90.0 * upright)
    size = font_size(axis, names + [""] * (max(placed) + 1 - len(names)), upright)
    for text in axis.get_ticklabels():
        plain(text).set_fontsize(size)


def font_size(axis: Axis, names: Sequence[str], upright: bool) -> float:
    """Return the font size, in points, with which names have room side by side."""
    horizontal = axis is axis.axes.xaxis
    box = axis.axes.get_window_extent()
    room = (box.width if horizontal else box.height) * POINT / figure_of(axis.axes).dpi * 0.85 / len(names)
    needed = 1.2 if not horizontal or upright else 0.3 + 0.75 * max(map(len, names))  # in units of the size
    usual = FontProperties(size=rcParams["xtick.labelsize"]).get_size_in_points()
    return max(SMALLEST, min(usual, room / needed))


def nothing_to_show(ax: Axes, short: str, reason: str) -> None:
    """Fill the place of a picture that the data do not allow."""
    ax.set(xticks=[], yticks=[])
    ax.text(0.5, 0.5, short, transform=ax.transAxes, ha="center", color=text_color(ax))
    add_note(ax, reason)
    describe(ax, f"There is nothing to show: {reason}.")
