"""The estimates of groups, sorted, with their intervals: of many groups the extremes by name, the others as a strip."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ...explain.say import key as joined
from ...explain.say import many
from ..inks import ink, inks
from ..sheet import Panel, tell
from ..words import logs, note, nothing, titles
from ..words import names as axis_names
from ._asks import NO_GROUPS
from ._kind import Kind
from .likelihood import limits, number

Array = Any
PANELS = 2  # parameters, where none is asked for
LONGEST, ROOM = 24, 0.8  # letters of a key; lines beyond the first and the last
ALL, ENDS = 30, 8  # groups that are all named; of more, those at either end
STRIP = (0.05, 0.25, 0.5, 0.75, 0.95)  # quantiles of the others
FAR = 50.0  # times the median, of something positive: then the axis is one of logs
REACH = 1.0  # how far beyond the estimates an interval is followed, in units of their range


class Forest(Kind):
    """How groups differ."""

    def absent(self, fit: Any) -> str:
        return "" if fit.kin == "groups" else NO_GROUPS

    def place(self, fit: Any) -> int | None:
        return None if fit.family.classes() is not None and len(fit.params.columns) > 1 else 1

    def panels(self, fit: Any, names: list[str] | None) -> list[Panel]:
        return [partial(_drawn, fit, name) for name in names or list(fit.params.columns)[:PANELS]]


def finite(fit: Any, name: str) -> tuple[Array, Array]:
    """(estimates, which groups), in order: those that are numbers, and proved."""
    values = fit.params[name].to_numpy()
    sound = np.isfinite(values) & ~np.isin(np.arange(len(values)), fit.index.get_indexer(fit.failed))
    where = np.flatnonzero(sound)
    order = where[np.argsort(values[where], kind="stable")]
    return values[order], order


def named(count: int) -> tuple[Array, Array]:
    """(which of the sorted groups are named, on which lines); between the ends is room for the strip.

    >>> named(3)[0].tolist(), named(100)[1][7:9].tolist()
    ([0, 1, 2], [7, 11])
    """
    if count <= ALL:
        return np.arange(count), np.arange(count)
    which = np.r_[np.arange(ENDS), np.arange(count - ENDS, count)]
    return which, np.r_[np.arange(ENDS), np.arange(ENDS) + ENDS + 3]


def intervals(fit: Any, name: str, groups: Array) -> Array:
    """(lower, upper) of some groups, [n, 2]: those of `fit.conf_int`."""
    if len(fit) <= ALL:
        return fit.conf_int(name).to_numpy()[groups]
    each = [fit[fit.index[int(g)]].conf_int(name, method="wald").to_numpy() for g in groups]
    return np.concatenate(each)


def label(key: Any) -> str:
    """A key beside the axis.

    >>> label((1, "a")), label("b")
    ('1 · a', 'b')
    """
    return joined(key, " · ")


def _drawn(fit: Any, name: str, ax: Axes) -> None:
    first, second = inks(ax, 2)
    values, order = finite(fit, name)
    which, lines = named(len(values))
    titles(ax, name, ", ".join(map(str, fit.groups.names)))
    ax.spines[["top", "right"]].set_visible(False)
    if not len(values):
        nothing(ax, "no group has an estimate", f"none of {many(len(fit), 'group')} has a finite, proved estimate")
        return
    ends = intervals(fit, name, order[which])
    ax.hlines(lines, *np.clip(ends, *limits(fit, name)).T, colors=[first], linewidth=2)
    ax.plot(values[which], lines, "o", color=first, markersize=5)
    middle = float(np.median(values))
    ax.axvline(middle, color=second, linestyle="--", zorder=1)
    keys = dict(zip(lines.tolist(), (label(fit.index[int(g)]) for g in order[which]), strict=True))
    if len(values) > ALL:
        keys[ENDS + 1] = f"{len(values) - 2 * ENDS:,} more"
        _strip(ax, values[ENDS:-ENDS], ENDS + 1.0, first)
    _limits(fit, name, values, ends, ax)
    ax.set_ylim(-ROOM, lines[-1] + ROOM)
    axis_names(ax.yaxis, keys, longest=LONGEST)
    groups, rest = many(len(values), "group"), _said(middle, len(fit) - len(values), ends)
    note(ax, f"{groups}; {rest}")
    tell(ax, f"The {name} of {groups}, from {values[0]:.4g} to {values[-1]:.4g}; {rest}.")


def _said(middle: float, gone: int, ends: Array) -> str:
    """What the picture does not say by itself."""
    bare = int(np.isnan(ends).any(axis=1).sum())
    said = [f"dashed: the median, {number(middle)}"]
    said += [f"{gone:,} more without a finite, proved estimate"] * bool(gone)
    said += [f"{bare} of those named without a standard error, and so without an interval"] * bool(bare)
    return "; ".join(said)


def _strip(ax: Axes, values: Array, line: float, colour: Any) -> None:
    """Median and quantiles of what has no name."""
    q = np.quantile(values, STRIP)
    ax.hlines(line, q[0], q[4], colors=[colour], linewidth=2)
    ax.hlines(line, q[1], q[3], colors=[colour], linewidth=10)
    ax.plot(q[2], line, "|", color=ink(ax), markersize=16, markeredgewidth=2, zorder=4)


def _limits(fit: Any, name: str, values: Array, ends: Array, ax: Axes) -> None:
    """All estimates, and intervals as far as they are near; never beyond the set of the parameter."""
    low, high = limits(fit, name)
    if low == 0 and 0 < FAR * np.median(values) < values[-1]:
        logs(ax, values[0] / 2, 2 * values[-1])
        return
    wide = REACH * (values[-1] - values[0]) or np.inf
    left = max(np.nanmin([*ends[:, 0], values[0]]), values[0] - wide, low)
    right = min(np.nanmax([*ends[:, 1], values[-1]]), values[-1] + wide, high)
    room = 0.04 * ((right - left) or abs(right) or 1.0)
    ax.set_xlim(left - room, right + room)
