"""The Figure that holds panels, and the description of what it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from math import ceil, sqrt
from typing import Any, TypeAlias, TypeVar, cast, overload

import numpy as np
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ...errors import OptionError

Panel: TypeAlias = Callable[[Axes], Any]
A = TypeVar("A")


class Picture(Figure):
    """A matplotlib Figure that notebooks show, although pyplot does not know it.

    Parameters
    ----------
    *args, **options
        As for `matplotlib.figure.Figure`.

    Attributes
    ----------
    panels : sequence of Panel
        Functions that drew the Axes, each of which takes an Axes.
    descriptions : dict of Axes to str
        Sentence about each Axes.

    Examples
    --------
    >>> from mlekit.show import describe, figure
    >>> figure([lambda ax: describe(ax, "A line that rises.")]).alt
    'A line that rises.'
    """

    panels: Sequence[Panel] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.descriptions: dict[Axes, str] = {}

    @property
    def alt(self) -> str:
        """Description of the picture in words, for those who cannot see it."""
        return " ".join(self.descriptions.values())

    def _repr_png_(self) -> bytes:
        out = BytesIO()
        self.savefig(out, format="png")
        return out.getvalue()


def describe(ax: Axes, text: str) -> None:
    """Describe in a sentence what an Axes shows, for those who cannot see it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes of a `Picture`; for an Axes of another Figure nothing is kept.
    text : str
        Description, which replaces an earlier one.

    Examples
    --------
    >>> from mlekit.show import describe, figure
    >>> figure([lambda ax: describe(ax, "A line that rises.")]).alt
    'A line that rises.'
    """
    vars(figure_of(ax)).get("descriptions", {})[ax] = text


def figure_of(ax: Axes) -> Figure:
    """Return the Figure of an Axes, also where the Axes is in a SubFigure."""
    return cast("Figure", ax.figure).figure


@overload
def figure(panels: Sequence[Panel], ax: None = None) -> Picture: ...
@overload
def figure(panels: Sequence[Panel], ax: A) -> A: ...
def figure(panels: Sequence[Panel], ax: Any = None) -> Any:
    """Draw panels side by side in a new Figure, or into Axes that are given.

    The Figure needs no display and is not kept open by pyplot; its size and colours are those of rcParams.

    Parameters
    ----------
    panels : sequence of Panel
        Functions that take an Axes and draw into it.
    ax : matplotlib.axes.Axes or sequence of Axes, optional
        Axes to draw into, one for each panel.

    Returns
    -------
    Picture or the given Axes

    Raises
    ------
    OptionError
        If `ax` is not one plain Axes for each panel.

    Examples
    --------
    >>> from mlekit.show import figure
    >>> figure([lambda ax: ax.plot([1, 2])]).axes[0].lines[0].get_ydata().tolist()
    [1, 2]
    """
    if ax is None:
        return _new(panels)
    axes = np.ravel(np.array(ax, dtype=object)).tolist()
    if len(axes) != len(panels) or not all(isinstance(it, Axes) for it in axes):
        count = "one matplotlib Axes" if len(panels) == 1 else f"{len(panels)} matplotlib Axes, one for each panel"
        raise OptionError(f"ax={ax!r}: this picture needs {count}")
    for it in axes:
        if it.name != "rectilinear" or it.figure is None:
            raise OptionError(f"ax={it!r}: this picture needs plain Axes with x and y, in a figure")
    for panel, it in zip(panels, axes, strict=True):
        panel(it)
    return ax


def _new(panels: Sequence[Panel]) -> Picture:
    columns = ceil(sqrt(len(panels)))
    rows = ceil(len(panels) / columns)
    width, height = rcParams["figure.figsize"]
    picture = Picture(figsize=(width * columns, height * rows), layout="constrained")
    FigureCanvasAgg(picture)
    picture.panels = tuple(panels)
    axes = [picture.add_subplot(rows, columns, place) for place in range(1, len(panels) + 1)]
    for ax, panel in zip(axes, panels, strict=True):
        panel(ax)
    return picture
