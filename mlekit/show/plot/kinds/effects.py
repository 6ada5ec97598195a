"""The fitted mean along each column, with typical values of the others: `fit.predict(rows, interval="confidence")`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.typing import ColorType

from ....numerics.arrays import Floats
from ..colors import line_colors, text_color
from ..figures import Panel, describe
from ..labels import add_note, name_axes, name_ticks, plain, shown
from ..line_plots import DASHES, MARKERS
from . import _requirements as require
from ._columns import Given, given
from ._kind import OfRows
from ._rows import markers, representative, weighted_quantile, weights_of
from ._rows import trials as trials_of

if TYPE_CHECKING:
    from ....fits import Fit, NetworkFit

MOST = 4  # columns, where none is asked for
GRID = 101
POINTS, LEVELS = 400, 20  # points of the data; levels of a column
LINES, BANDS = 5, 3  # of a response with levels: the most lines; the most lines with a band each
PALE = 0.25
NO_COLUMNS = "it needs columns, and the fit has no formula"
NOT_A_TABLE = "the inputs of this network are not columns"
ARRAY = "the offset came as an array, so new rows have none: name a column, offset='column'"
OTHERS, UPRIGHT = 3, 40  # columns in the note; letters of names that stand side by side
VISIBLE = 0.005, 0.995  # quantiles of the data between which the axis is sure to reach


class Effects(OfRows):
    """Effect of each column."""

    def obstacle(self, fit: Fit | NetworkFit) -> str:
        return require.rows(fit) or (_obstacle_of_network(fit) if fit.trained is True else _obstacle_of_formulas(fit))

    def place(self, fit: Fit | NetworkFit) -> int | None:
        return 1

    def known(self, fit: Fit | NetworkFit) -> list[str]:
        return list(given(fit).used)

    def panels(self, fit: Fit | NetworkFit, names: list[str] | None) -> list[Panel]:
        columns = given(fit)
        return [partial(_draw, fit, columns, name) for name in names or list(columns.used)[:MOST]]


def _obstacle_of_network(fit: NetworkFit) -> str:
    return "" if fit.problem.rows.x.ndim == 2 else NOT_A_TABLE


def _obstacle_of_formulas(fit: Fit) -> str:
    rows = fit.problem.rows
    constant = not any(len(design.names) > int(design.has_intercept) for design in rows.designs.values())
    return NO_COLUMNS if constant else ARRAY if rows.offset_from == "" and rows.offset is not None else ""


@dataclass(frozen=True)
class Lines:
    """Fitted values at some places, one row per line, with their bands."""

    labels: list[str]
    fit: Floats  # [lines, places]
    low: Floats
    high: Floats
    name: str


def lines(fit: Fit | NetworkFit, columns: Given, name: str, places: Sequence[Any] | Floats) -> Lines:
    """Return the fitted values along a column: of the parameter that it affects, or the probability of success."""
    new, family = columns.rows(name, places), fit.family
    first, trials = next(iter(family.params)), trials_of(fit)
    which = first if trials is not None else "mean" if columns.used[name] == first else columns.used[name]
    what = _name_of_mean(fit) if which == "mean" else which
    if fit.trained is True:
        found = np.atleast_2d(np.asarray(fit.predict(new, which)).T)
        none = np.full_like(found, np.nan)
        return Lines(_labels(fit, len(found)), found, none, none, "probability" if len(found) > 1 else what)
    table = fit.predict(new, which, interval="confidence").to_numpy().T
    count = len(table) // 4
    parts = np.reshape(table, (count, 4, -1)).astype(float)
    return Lines(_labels(fit, count), parts[:, 0], parts[:, 2], parts[:, 3], "probability" if count > 1 else what)


def _name_of_mean(fit: Fit | NetworkFit) -> str:
    target = fit.problem.model.target if fit.trained else fit.problem.rows.target
    levels = fit.family.classes()
    return f"mean of {target or 'y'}" if levels is None else f"probability that {target or 'y'} is {levels[-1]}"


def _labels(fit: Fit | NetworkFit, count: int) -> list[str]:
    return [str(level) for level in fit.family.classes() or []] if count > 1 else [""]


def _draw(fit: Fit | NetworkFit, columns: Given, name: str, ax: Axes) -> None:
    found = (_along_levels if name in columns.levels else _along_numbers)(fit, columns, name, ax)
    name_axes(ax, name, found.name)
    ax.spines[["top", "right"]].set_visible(False)
    if len(found.labels) > 1:
        legend = ax.legend(frameon=False, loc="upper left", ncols=2, fontsize="small")
        for text in legend.get_texts():
            plain(text)
    note = _note(columns, name, found)
    add_note(ax, note)
    low, high = np.nanmin(found.fit), np.nanmax(found.fit)
    what = f"{found.name} of each of {len(found.labels)} levels" if len(found.labels) > 1 else found.name
    describe(ax, f"The fitted {what} along {name}, between {low:.4g} and {high:.4g}{f'; {note}' * bool(note)}.")


def _note(columns: Given, name: str, found: Lines) -> str:
    """The values of the other columns, and how many levels are drawn."""
    others = [it for it in columns.columns if it != name]
    parts = [f"{it} at {_value(columns.typical(it))}" for it in others[:OTHERS]]
    parts += [f"{len(others) - OTHERS} more at typical values"] * (len(others) > OTHERS)
    if len(found.labels) > LINES:
        parts.insert(0, f"the {LINES} most probable of {len(found.labels)} levels")
    if len(columns.levels.get(name, [])) > LEVELS:
        parts.insert(0, f"the {LEVELS} most frequent of {len(columns.levels[name])} levels")
    return "; ".join(parts)


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else shown(str(value))


def _styles(ax: Axes, found: Lines) -> list[tuple[int, ColorType, Any, str]]:
    """The lines that are drawn: (index, colour, dash, marker)."""
    most = np.sort(np.argsort(-np.nanmean(found.fit, axis=1), kind="stable")[:LINES])
    return list(zip(most.tolist(), line_colors(ax, len(most)), cycle(DASHES), cycle(MARKERS)))


def _along_numbers(fit: Fit | NetworkFit, columns: Given, name: str, ax: Axes) -> Lines:
    """Draw a line with a band."""
    values = np.asarray(columns.columns[name])
    seen = values[columns.weights > 0]
    places = np.linspace(float(seen.min()), float(seen.max()), GRID)
    found = lines(fit, columns, name, places)
    _draw_data(fit, columns, name, found, values.astype(float), ax)
    for k, color, dash, _ in _styles(ax, found):
        if np.isfinite(found.low[k]).any() and len(found.labels) <= BANDS:
            ax.fill_between(places, found.low[k], found.high[k], facecolor=color, alpha=PALE, linewidth=0)
        ax.plot(places, found.fit[k], color=color, linestyle=dash, linewidth=2, label=shown(found.labels[k]))
    _set_limits(ax, found)
    return found


def _along_levels(fit: Fit | NetworkFit, columns: Given, name: str, ax: Axes) -> Lines:
    """Draw a point with an interval for each level."""
    levels, codes = columns.levels[name], columns.codes(name)
    frequency = np.bincount(codes + 1, columns.weights, minlength=len(levels) + 1)[1:]
    kept = np.sort(np.argsort(-frequency, kind="stable")[:LEVELS])
    places = np.arange(len(kept), dtype=float)
    found = lines(fit, columns, name, [levels[int(k)] for k in kept])
    where = np.full(len(levels) + 1, np.nan)
    where[kept] = places
    _draw_data(fit, columns, name, found, where[codes], ax)
    styles = _styles(ax, found)
    for step, (k, color, _, marker) in zip(_apart(len(styles)), styles, strict=True):
        ends = np.array([found.fit[k] - found.low[k], found.high[k] - found.fit[k]])
        style: dict[str, Any] = {"color": color, "capsize": 4, "linewidth": 2, "markersize": 7}
        bars = None if np.isnan(ends).all() else np.nan_to_num(np.maximum(ends, 0))
        ax.errorbar(places + step, found.fit[k], bars, fmt=marker, label=shown(found.labels[k]), **style)
    ax.set_xlim(-0.5, len(places) - 0.5)
    names = [shown(str(levels[int(k)])) for k in kept]
    name_ticks(ax.xaxis, names, upright=sum(map(len, names)) > UPRIGHT)
    _set_limits(ax, found)
    return found


def _apart(count: int) -> Floats:
    """Shifts that put so many points side by side."""
    return np.asarray((np.arange(count) - (count - 1) / 2) * min(0.15, 0.6 / count), dtype=float)


def _draw_data(fit: Fit | NetworkFit, columns: Given, name: str, found: Lines, x: Floats, ax: Axes) -> None:
    """Draw the rows, where the lines are their mean."""
    first = next(iter(fit.family.params))
    if len(found.labels) > 1 or columns.used[name] != first:
        return
    y, weights = representative(fit), weights_of(fit)
    trials = trials_of(fit)
    y = y if trials is None else y / np.maximum(trials, 1)
    finite = np.flatnonzero((weights > 0) & np.isfinite(x) & np.isfinite(y))
    each = finite[np.unique(np.linspace(0, len(finite) - 1, POINTS).astype(int))]
    each_marker = markers(fit)[each]
    if len(np.unique(y[each])) <= 2 and name not in columns.levels:
        each_marker = np.full(len(each), "|")
    shift = (np.arange(len(each)) * 0.618 % 1 - 0.5) * 0.3 * (name in columns.levels)
    style: dict[str, Any] = {"color": text_color(ax), "markersize": 6, "alpha": 0.3, "zorder": 1, "label": "_data"}
    for marker in np.unique(each_marker):
        own = each_marker == marker
        ax.plot((x[each] + shift)[own], y[each][own], str(marker), **style)
    low, high = weighted_quantile(y, weights, VISIBLE)
    ax.update_datalim([(x[each[0]], low), (x[each[0]], high)])
    if high > low:
        ax.set_ylim(low, high)


def _set_limits(ax: Axes, found: Lines) -> None:
    """Give the axis room for every line and nearly all of the data."""
    low, high = ax.get_ylim() if any(line.get_label() == "_data" for line in ax.lines) else (np.inf, -np.inf)
    parts = np.concatenate([part[np.isfinite(part)] for part in (found.fit, found.low, found.high)])
    low, high = min(low, parts.min()), max(high, parts.max())
    height = (high - low) or abs(high) or 1.0
    ax.set_ylim(low - 0.06 * height, high + (0.06 + 0.3 * (len(found.labels) > 1)) * height)
