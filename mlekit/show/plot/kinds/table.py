"""The probability of each level in each group: a row a group, a column a level."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ...explain.say import many
from ..sheet import Panel, tell
from ..tables import TOLD, heat_map
from ..words import fitting, shown, titles
from ..words import names as axis_names
from ._asks import NO_GROUPS
from ._kind import Kind
from .forest import label

MOST = 40  # groups, and levels
NO_LEVELS = "it shows the probabilities of levels, and this law has none"


class Table(Kind):
    """How the shares of levels differ between groups."""

    def absent(self, fit: Any) -> str:
        many = fit.family.classes() is not None and any(own.many for own in fit.family.params.values())
        return NO_GROUPS if fit.kin != "groups" else "" if many else NO_LEVELS

    def place(self, fit: Any) -> int | None:
        return 1

    def panels(self, fit: Any, names: list[str] | None) -> list[Panel]:
        return [partial(_drawn, fit, names or list(fit.params.columns))]


def _drawn(fit: Any, names: list[str], ax: Axes) -> None:
    table, levels = fit.params[names], dict(zip(fit.params.columns, map(str, fit.family.classes()), strict=True))
    groups = np.sort(np.argsort(-fit.nobs.to_numpy(), kind="stable")[:MOST])
    columns = np.sort(np.argsort(-table.mean().to_numpy(), kind="stable")[:MOST])
    values, shown_names = table.to_numpy()[np.ix_(groups, columns)], [levels[names[int(k)]] for k in columns]
    said = [f"the {MOST} largest of {len(table):,} groups"] * (len(groups) < len(table))
    said += [f"the {MOST} most probable of {len(names):,} levels"] * (len(columns) < len(names))
    keys = [label(fit.index[int(g)]) for g in groups]
    by, target = ", ".join(map(str, fit.groups.names)), fit.problem.rows.target
    heat_map(ax, values, keys, row=by, column=target, value="probability", said="; ".join(said))
    axis_names(ax.xaxis, shown_names, upright=len(columns) * max(len(shown(it)) for it in shown_names) > MOST)
    ax.set_xlim(-0.5, len(columns) - 0.5)
    titles(ax, target, by)
    _refit(ax, len(columns))
    shape = f"{many(len(columns), 'level')} in {many(len(groups), 'group')}"
    tell(ax, f"The probability of {shape}, the highest {np.nanmax(values):.4g}.")


def _refit(ax: Axes, columns: int) -> None:
    """The numbers in the cells, in the room that so many columns leave."""
    size = fitting(ax.xaxis, ["0.00"] * columns, upright=False)
    for text in list(ax.texts):
        text.set_fontsize(size)
        text.set_visible(columns <= TOLD)
