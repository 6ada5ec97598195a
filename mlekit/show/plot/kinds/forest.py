"""The estimates of groups in order, with intervals; of many groups the extremes by name, the others as a box."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.typing import ColorType
from numpy.typing import NDArray

from ....numerics.arrays import Floats
from ...explain.formatting import key as joined
from ...explain.formatting import many
from ..colors import line_colors, text_color
from ..figures import Panel, describe
from ..labels import add_note, log_axis, name_axes, name_ticks, nothing_to_show
from ._kind import OfGroups
from .likelihood import limits, number

if TYPE_CHECKING:
    from ....fits import GroupedFit

Indices = NDArray[np.intp]
PANELS = 2  # parameters, where none is asked for
LONGEST, ROOM = 24, 0.8  # letters of a key; lines beyond the first and the last
ALL, ENDS = 30, 8  # groups that are all named; of more, those at either end
BOX = (0.05, 0.25, 0.5, 0.75, 0.95)  # quantiles of the others
FAR = 50.0  # times the median, for a positive parameter: then the axis is logarithmic
REACH = 1.0  # the most of an interval that is shown beyond the estimates, in units of their range


class Forest(OfGroups):
    """Differences between groups."""

    def place(self, fit: GroupedFit) -> int | None:
        return None if fit.family.classes() is not None and len(fit.params.columns) > 1 else 1

    def panels(self, fit: GroupedFit, names: list[str] | None) -> list[Panel]:
        return [partial(_draw, fit, name) for name in names or list(map(str, fit.params.columns))[:PANELS]]


def finite(fit: GroupedFit, name: str) -> tuple[Floats, Indices]:
    """Return (estimates, groups) in order, for the groups with a finite and proved estimate."""
    values = fit.params[name].to_numpy()
    good = np.isfinite(values) & ~np.isin(np.arange(len(values)), fit.index.get_indexer(fit.failed))
    where = np.flatnonzero(good)
    order = where[np.argsort(values[where], kind="stable")]
    return values[order], order


def named(count: int) -> tuple[Indices, Indices]:
    """Return which of the sorted groups are named, and on which lines; the box stands between both ends.

    >>> named(3)[0].tolist(), named(100)[1][7:9].tolist()
    ([0, 1, 2], [7, 11])
    """
    if count <= ALL:
        return np.arange(count), np.arange(count)
    which = np.r_[np.arange(ENDS), np.arange(count - ENDS, count)]
    return which, np.r_[np.arange(ENDS), np.arange(ENDS) + ENDS + 3]


def intervals(fit: GroupedFit, name: str, groups: Indices) -> Floats:
    """Return (lower, upper) of `fit.conf_int` for some groups, [n, 2]."""
    if len(fit) <= ALL:
        return fit.conf_int(name).to_numpy()[groups]
    each = [fit[fit.index[int(g)]].conf_int(name, method="wald").to_numpy() for g in groups]
    return np.concatenate(each)


def label(key: object) -> str:
    """Return a key as it stands beside the axis.

    >>> label((1, "a")), label("b")
    ('1 · a', 'b')
    """
    return joined(key, " · ")


def _draw(fit: GroupedFit, name: str, ax: Axes) -> None:
    first, second = line_colors(ax, 2)
    values, order = finite(fit, name)
    which, lines = named(len(values))
    name_axes(ax, name, ", ".join(map(str, fit.groups.names)))
    ax.spines[["top", "right"]].set_visible(False)
    if not len(values):
        reason = f"none of {many(len(fit), 'group')} has a finite, proved estimate"
        nothing_to_show(ax, "no group has an estimate", reason)
        return
    ends = intervals(fit, name, order[which])
    ax.hlines(lines, *np.clip(ends, *limits(fit, name)).T, colors=[first], linewidth=2)
    ax.plot(values[which], lines, "o", color=first, markersize=5)
    median = float(np.median(values))
    ax.axvline(median, color=second, linestyle="--", zorder=1)
    keys = dict(zip(lines.tolist(), (label(fit.index[int(g)]) for g in order[which]), strict=True))
    if len(values) > ALL:
        keys[ENDS + 1] = f"{len(values) - 2 * ENDS:,} more"
        _box(ax, values[ENDS:-ENDS], ENDS + 1.0, first)
    _set_limits(fit, name, values, ends, ax)
    ax.set_ylim(-ROOM, lines[-1] + ROOM)
    name_ticks(ax.yaxis, keys, longest=LONGEST)
    groups, rest = many(len(values), "group"), _note(median, len(fit) - len(values), ends)
    add_note(ax, f"{groups}; {rest}")
    describe(ax, f"The {name} of {groups}, from {values[0]:.4g} to {values[-1]:.4g}; {rest}.")


def _note(median: float, missing: int, ends: Floats) -> str:
    """Note about the dashed line and about groups without estimate or interval."""
    bare = int(np.isnan(ends).any(axis=1).sum())
    parts = [f"dashed: the median, {number(median)}"]
    parts += [f"{missing:,} more without a finite, proved estimate"] * bool(missing)
    parts += [f"{bare} of those named without a standard error, and so without an interval"] * bool(bare)
    return "; ".join(parts)


def _box(ax: Axes, values: Floats, line: float, color: ColorType) -> None:
    """Draw the median and quantiles of the groups without a name."""
    q = np.quantile(values, BOX)
    ax.hlines(line, q[0], q[4], colors=[color], linewidth=2)
    ax.hlines(line, q[1], q[3], colors=[color], linewidth=10)
    ax.plot(q[2], line, "|", color=text_color(ax), markersize=16, markeredgewidth=2, zorder=4)


def _set_limits(fit: GroupedFit, name: str, values: Floats, ends: Floats, ax: Axes) -> None:
    """Show all estimates, and intervals as far as they are near, inside the set of the parameter."""
    low, high = limits(fit, name)
    if low == 0 and 0 < FAR * np.median(values) < values[-1]:
        log_axis(ax, values[0] / 2, 2 * values[-1])
        return
    reach = REACH * (values[-1] - values[0]) or np.inf
    left = max(np.nanmin([*ends[:, 0], values[0]]), values[0] - reach, low)
    right = min(np.nanmax([*ends[:, 1], values[-1]]), values[-1] + reach, high)
    room = 0.04 * ((right - left) or abs(right) or 1.0)
    ax.set_xlim(left - room, right + room)
