"""The Figure that panels are drawn into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from math import ceil, sqrt
from typing import Any, TypeAlias, overload

import numpy as np
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ...errors import OptionError

Panel: TypeAlias = Callable[[Axes], Any]


class Picture(Figure):
    """A matplotlib Figure that a notebook shows though pyplot does not know it.

    >>> figure([lambda ax: tell(ax, "A line that rises.")]).alt
    'A line that rises.'
    """

    panels: Sequence[Panel] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.told: dict[Axes, str] = {}

    @property
    def alt(self) -> str:
        """What is seen, in words: for those who cannot see it."""
        return " ".join(self.told.values())

    def _repr_png_(self) -> bytes:
        out = BytesIO()
        self.savefig(out, format="png")
        return out.getvalue()


def tell(ax: Axes, said: str) -> None:
    """What this Axes shows, in a sentence; of a figure of the user's own nothing is kept.

    >>> from mlekit.show import figure, tell
    >>> figure([lambda ax: tell(ax, "A line that rises.")]).alt
    'A line that rises.'
    """
    sheet: Any = ax.figure
    vars(sheet.figure).get("told", {})[ax] = said


@overload
def figure(panels: Sequence[Panel], ax: None = None) -> Picture: ...
@overload
def figure(panels: Sequence[Panel], ax: Any) -> Any: ...
def figure(panels: Sequence[Panel], ax: Any = None) -> Any:
    """The panels side by side in a new Figure; or drawn into the Axes that are given, one each, which come back.

    It needs no display and is never left open in pyplot; its size and ground are those of rcParams.

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
    made = Picture(figsize=(width * columns, height * rows), layout="constrained")
    FigureCanvasAgg(made)
    made.panels = tuple(panels)
    axes = [made.add_subplot(rows, columns, place) for place in range(1, len(panels) + 1)]
    for ax, panel in zip(axes, panels, strict=True):
        panel(ax)
    return made
