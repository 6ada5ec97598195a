"""The Figure that panels are drawn into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from math import ceil, sqrt
from typing import Any, TypeAlias, overload

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ...errors import OptionError

Panel: TypeAlias = Callable[[Axes], Any]


class Picture(Figure):
    """A matplotlib Figure that a notebook shows though pyplot does not know it."""

    def _repr_png_(self) -> bytes:
        out = BytesIO()
        self.savefig(out, format="png")
        return out.getvalue()


@overload
def figure(panels: Sequence[Panel], ax: None = None) -> Picture: ...
@overload
def figure(panels: Sequence[Panel], ax: Axes) -> Axes: ...
def figure(panels: Sequence[Panel], ax: Axes | None = None) -> Picture | Axes:
    """The panels side by side in a new Figure; or one of them in the Axes that is given, which comes back.

    It needs no display and is never left open in pyplot; its size and ground are those of rcParams.

    >>> figure([lambda ax: ax.plot([1, 2])]).axes[0].lines[0].get_ydata().tolist()
    [1, 2]
    """
    if ax is None:
        return _new(panels)
    if not isinstance(ax, Axes) or len(panels) != 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"ax={ax!r}: give one matplotlib Axes, and one panel to draw into it")
    panels[0](ax)
    return ax


def _new(panels: Sequence[Panel]) -> Picture:
    columns = ceil(sqrt(len(panels)))
    rows = ceil(len(panels) / columns)
    width, height = rcParams["figure.figsize"]
    made = Picture(figsize=(width * columns, height * rows), layout="constrained")
    FigureCanvasAgg(made)
    axes = [made.add_subplot(rows, columns, place) for place in range(1, len(panels) + 1)]
    for ax, panel in zip(axes, panels, strict=True):
        panel(ax)
    return made
