"""The fitted mean along each column, the others as they usually are: `fit.predict(rows, interval="confidence")`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..inks import ink, inks
from ..paths import DASHES, POINTS
from ..sheet import Panel, tell
from ..words import names as axis_names
from ..words import note, plain, shown, titles
from ._asks import MANY, rows_kept
from ._columns import Given, given
from ._kind import Kind
from ._rows import at, observed

Array = Any
MOST = 4  # columns, where none is asked for
GRID = 101
DOTS, LEVELS = 400, 20  # points of the data; levels of a column
LINES, BANDS = 5, 3  # of a response with levels: lines that are drawn; the most that have a band each
PALE = 0.25
PLAIN = "it needs columns: the fit has no formula"
WIDE = "the inputs of this net are no columns"
ARRAY = "the offset came as an array, so that new rows have none: name a column, offset='column'"
OTHERS, UPRIGHT = 3, 40  # columns that are told; letters of names that stand side by side
DRAWN = 0.005, 0.995  # shares of the data between which the axis is sure to reach


class Effects(Kind):
    """What each column does."""

    def absent(self, fit: Any) -> str:
        why = MANY if fit.kin == "groups" else rows_kept(fit)
        return why or (_of_net(fit) if fit.kin == "net" else _of_formulas(fit))

    def place(self, fit: Any) -> int | None:
        return 1

    def known(self, fit: Any) -> list[str]:
        return list(given(fit).used)

    def panels(self, fit: Any, names: list[str] | None) -> list[Panel]:
        columns = given(fit)
        return [partial(_drawn, fit, columns, name) for name in names or list(columns.used)[:MOST]]


def _of_net(fit: Any) -> str:
    return "" if fit.problem.rows.x.ndim == 2 else WIDE


def _of_formulas(fit: Any) -> str:
    rows = fit.problem.rows
    none = not any(len(design.names) > int(design.has_intercept) for design in rows.designs.values())
    return PLAIN if none else ARRAY if rows.offset_from == "" and rows.offset is not None else ""


@dataclass(frozen=True)
class Lines:
    """What is fitted at some places: a row a line, with its band where there is one."""

    labels: list[str]
    fit: Array  # [lines, places]
    low: Array
    high: Array
    what: str


def lines(fit: Any, columns: Given, name: str, places: Any) -> Lines:
    """Of a column that moves another parameter than the first that parameter; of tries their share."""
    new, family = columns.rows(name, places), fit.family
    first, tries = next(iter(family.params)), family.trials(fit.problem.rows.y)
    which = first if tries is not None else "mean" if columns.used[name] == first else columns.used[name]
    what = _what(fit) if which == "mean" else which
    if fit.kin == "net":
        found = np.atleast_2d(np.asarray(fit.predict(new, which)).T)
        none = np.full_like(found, np.nan)
        return Lines(_labels(fit, len(found)), found, none, none, "probability" if len(found) > 1 else what)
    table = fit.predict(new, which, interval="confidence").to_numpy().T
    count = len(table) // 4
    parts = np.reshape(table, (count, 4, -1)).astype(float)
    return Lines(_labels(fit, count), parts[:, 0], parts[:, 2], parts[:, 3], "probability" if count > 1 else what)


def _what(fit: Any) -> str:
    target = fit.problem.model.target if fit.kin == "net" else fit.problem.rows.target
    levels = fit.family.classes()
    return f"mean of {target or 'y'}" if levels is None else f"probability that {target or 'y'} is {levels[-1]}"


def _labels(fit: Any, count: int) -> list[str]:
    return [str(level) for level in fit.family.classes()] if count > 1 else [""]


def _drawn(fit: Any, columns: Given, name: str, ax: Axes) -> None:
    by_level = name in columns.levels
    found = (_along_levels if by_level else _along_numbers)(fit, columns, name, ax)
    titles(ax, name, found.what)
    ax.spines[["top", "right"]].set_visible(False)
    if len(found.labels) > 1:
        legend = ax.legend(frameon=False, loc="upper left", ncols=2, fontsize="small")
        for text in legend.get_texts():
            plain(text)
    said = _said(columns, name, found)
    note(ax, said)
    low, high = np.nanmin(found.fit), np.nanmax(found.fit)
    what = f"{found.what} of each of {len(found.labels)} levels" if len(found.labels) > 1 else found.what
    tell(ax, f"The fitted {what} along {name}, between {low:.4g} and {high:.4g}{f'; {said}' * bool(said)}.")


def _said(columns: Given, name: str, found: Lines) -> str:
    others = [it for it in columns.columns if it != name]
    at_usual = [f"{it} at {_told(columns.usual(it))}" for it in others[:OTHERS]]
    at_usual += [f"{len(others) - OTHERS} more as usual"] * (len(others) > OTHERS)
    if len(found.labels) > LINES:
        at_usual.insert(0, f"the {LINES} most probable of {len(found.labels)} levels")
    if len(columns.levels.get(name, [])) > LEVELS:
        at_usual.insert(0, f"the {LEVELS} most frequent of {len(columns.levels[name])} levels")
    return "; ".join(at_usual)


def _told(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else shown(str(value))


def _each(ax: Axes, found: Lines) -> list[tuple[int, Any, Any, str]]:
    """The lines that are drawn: (which, colour, dash, point)."""
    most = np.sort(np.argsort(-np.nanmean(found.fit, axis=1), kind="stable")[:LINES])
    return list(zip(most.tolist(), inks(ax, len(most)), cycle(DASHES), cycle(POINTS)))


def _along_numbers(fit: Any, columns: Given, name: str, ax: Axes) -> Lines:
    """A line with a band."""
    values = np.asarray(columns.columns[name])
    seen = values[columns.weights > 0]
    places = np.linspace(float(seen.min()), float(seen.max()), GRID)
    found = lines(fit, columns, name, places)
    _data(fit, columns, name, found, values.astype(float), ax)
    for k, colour, dash, _ in _each(ax, found):
        if np.isfinite(found.low[k]).any() and len(found.labels) <= BANDS:
            ax.fill_between(places, found.low[k], found.high[k], facecolor=colour, alpha=PALE, linewidth=0)
        ax.plot(places, found.fit[k], color=colour, linestyle=dash, linewidth=2, label=shown(found.labels[k]))
    _room(ax, found)
    return found


def _along_levels(fit: Any, columns: Given, name: str, ax: Axes) -> Lines:
    """A point a level, with an interval."""
    levels, codes = columns.levels[name], columns.codes(name)
    often = np.bincount(codes + 1, columns.weights, minlength=len(levels) + 1)[1:]
    kept = np.sort(np.argsort(-often, kind="stable")[:LEVELS])
    places = np.arange(len(kept), dtype=float)
    found = lines(fit, columns, name, [levels[int(k)] for k in kept])
    where = np.full(len(levels) + 1, np.nan)
    where[kept] = places
    _data(fit, columns, name, found, where[codes], ax)
    each = _each(ax, found)
    for step, (k, colour, _, point) in zip(_apart(len(each)), each, strict=True):
        ends = np.array([found.fit[k] - found.low[k], found.high[k] - found.fit[k]])
        style: dict[str, Any] = {"color": colour, "capsize": 4, "linewidth": 2, "markersize": 7}
        bars = None if np.isnan(ends).all() else np.nan_to_num(np.maximum(ends, 0))
        ax.errorbar(places + step, found.fit[k], bars, fmt=point, label=shown(found.labels[k]), **style)
    ax.set_xlim(-0.5, len(places) - 0.5)
    said = [shown(_name(levels[int(k)])) for k in kept]
    axis_names(ax.xaxis, said, upright=sum(map(len, said)) > UPRIGHT)
    _room(ax, found)
    return found


def _name(level: Any) -> str:
    return level if type(level) is str else f"{level}"


def _apart(count: int) -> Array:
    """Side by side."""
    return (np.arange(count) - (count - 1) / 2) * min(0.15, 0.6 / count)


def _data(fit: Any, columns: Given, name: str, found: Lines, x: Array, ax: Axes) -> None:
    """The rows, where what is fitted is their mean."""
    first = next(iter(fit.family.params))
    if len(found.labels) > 1 or columns.used[name] != first:
        return
    y, weights = observed(fit)
    tries = fit.family.trials(fit.problem.rows.y)
    y = y if tries is None else y / np.maximum(tries, 1)
    shown_rows = np.flatnonzero((weights > 0) & np.isfinite(x) & np.isfinite(y))
    each = shown_rows[np.unique(np.linspace(0, len(shown_rows) - 1, DOTS).astype(int))]
    marker = "|" if len(np.unique(y[each])) <= 2 and name not in columns.levels else "."
    shift = (np.arange(len(each)) * 0.618 % 1 - 0.5) * 0.3 * (name in columns.levels)
    ax.plot(x[each] + shift, y[each], marker, color=ink(ax), markersize=6, alpha=0.3, zorder=1, label="_data")
    low, high = at(y, weights, DRAWN)
    ax.update_datalim([(x[each[0]], low), (x[each[0]], high)])
    if high > low:
        ax.set_ylim(low, high)


def _room(ax: Axes, found: Lines) -> None:
    """The axis holds every line and nearly all of the data."""
    low, high = ax.get_ylim() if any(line.get_label() == "_data" for line in ax.lines) else (np.inf, -np.inf)
    parts = np.concatenate([part[np.isfinite(part)] for part in (found.fit, found.low, found.high)])
    low, high = min(low, parts.min()), max(high, parts.max())
    wide = (high - low) or abs(high) or 1.0
    ax.set_ylim(low - 0.06 * wide, high + (0.06 + 0.3 * (len(found.labels) > 1)) * wide)
