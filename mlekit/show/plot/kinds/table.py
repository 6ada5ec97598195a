"""The probability of each level in each group, with a row per group and a column per level."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from ...explain.formatting import many
from ..figures import Panel, describe
from ..heat_maps import NUMBERED, heat_map
from ..labels import font_size, name_axes, name_ticks, shown
from ._kind import OfGroups
from .forest import label

if TYPE_CHECKING:
    from ....fits import GroupedFit

MOST = 40  # groups, and levels
NO_LEVELS = "it shows the probabilities of levels, and the observations are not levels"


class Table(OfGroups):
    """Differences between groups in the probabilities of levels."""

    def obstacle(self, fit: GroupedFit) -> str:
        levels = fit.family.classes() is not None and any(own.many for own in fit.family.params.values())
        return "" if levels else NO_LEVELS

    def place(self, fit: GroupedFit) -> int | None:
        return 1

    def panels(self, fit: GroupedFit, names: list[str] | None) -> list[Panel]:
        return [partial(_draw, fit, names or list(map(str, fit.params.columns)))]


def _draw(fit: GroupedFit, names: list[str], ax: Axes) -> None:
    table, classes = fit.params[names], map(str, fit.family.classes() or [])
    levels = dict(zip(map(str, fit.params.columns), classes, strict=True))
    groups = np.sort(np.argsort(-fit.nobs.to_numpy(), kind="stable")[:MOST])
    columns = np.sort(np.argsort(-table.mean().to_numpy(), kind="stable")[:MOST])
    values, shown_levels = table.to_numpy()[np.ix_(groups, columns)], [levels[names[int(k)]] for k in columns]
    note = [f"the {MOST} largest of {len(table):,} groups"] * (len(groups) < len(table))
    note += [f"the {MOST} most probable of {len(names):,} levels"] * (len(columns) < len(names))
    keys = [label(fit.index[int(g)]) for g in groups]
    by, target = ", ".join(map(str, fit.groups.names)), fit.problem.rows.target
    heat_map(ax, values, keys, row=by, column=target, value="probability", note="; ".join(note))
    name_ticks(ax.xaxis, shown_levels, upright=len(columns) * max(len(shown(it)) for it in shown_levels) > MOST)
    ax.set_xlim(-0.5, len(columns) - 0.5)
    name_axes(ax, target, by)
    _resize_numbers(ax, len(columns))
    shape = f"{many(len(columns), 'level')} in {many(len(groups), 'group')}"
    describe(ax, f"The probability of {shape}; the highest is {np.nanmax(values):.4g}.")


def _resize_numbers(ax: Axes, columns: int) -> None:
    """Fit the numbers in the cells to the width of the columns."""
    size = font_size(ax.xaxis, ["0.00"] * columns, upright=False)
    for text in list(ax.texts):
        text.set_fontsize(size)
        text.set_visible(columns <= NUMBERED)
