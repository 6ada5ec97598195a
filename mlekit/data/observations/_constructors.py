"""Censored and truncated data, from columns of any library: the public functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from ...errors import DataError
from ..columns import index_of, numbers
from ..labels import Foreign
from ._base import Observations
from ._types import Floats
from .columns import Columns
from .exact import Exact
from .interval import Interval
from .survival import Survival
from .window import Window

Named: TypeAlias = Sequence[tuple[str, Foreign]]  # columns, each with the name that messages and tables give it


def censored(lower: Foreign, upper: Foreign) -> Observations:
    """Return observations that are known to lie between two bounds.

    Parameters
    ----------
    lower, upper : array_like
        The bounds of each row, both included; one of them may be a single number. ``-inf`` and ``inf`` are open sides,
        and so is an end of the family's support, such as 0 for positive numbers. Equal bounds are an exact value.

    Returns
    -------
    Observations
        Data for :func:`mlekit.fit`. The log-likelihood of a censored row is log P(lower <= Y <= upper).

    Raises
    ------
    DataError
        If the columns differ in length, a bound is not a number, or a lower bound is above the upper one.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.censored([1.0, 2.0, 4.0], [1.0, 3.0, float("inf")])
    <3 observations: 1 exact, 1 right-censored, 1 interval-censored>
    """
    return intervals([("lower", lower), ("upper", upper)])


def right_censored(time: Foreign, event: Foreign, entry: Foreign = None) -> Observations:
    """Return times at which an event was seen, or up to which none was.

    Parameters
    ----------
    time : array_like
        Time of the event, or of the end of observation.
    event : array_like
        True or 1 if the event was seen at that time, False or 0 if the row is censored there. Of integers, a censored
        row lies at its time or beyond.
    entry : array_like, optional
        Time at which each row came under observation; a row with an earlier event would not be in the data (left
        truncation). A single number is the same for all rows.

    Returns
    -------
    Observations
        Data for :func:`mlekit.fit`.

    Raises
    ------
    DataError
        If the columns differ in length, a time is not a number, an event is neither 0 nor 1, or an entry is not before
        its time.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.right_censored([2.0, 5.0, 7.0], [1, 0, 1])
    <3 observations: 2 exact, 1 right-censored>
    >>> mlekit.right_censored([2.0, 5.0, 7.0], [1, 0, 1], entry=1.0)
    <3 observations: 2 exact, 1 right-censored; entry after 1>
    """
    starts = [] if entry is None else [("entry", entry)]
    return survival([*starts, ("time", time), ("event", event)])


def windowed(values: Foreign, lower: Foreign = -np.inf, upper: Foreign = np.inf) -> Observations:
    """Return observations that are in the data only because they lie inside a window.

    Parameters
    ----------
    values : array_like or Observations
        The values, or censored observations.
    lower, upper : array_like or float, default -inf, inf
        The window of each row, its ends included.

    Returns
    -------
    Observations
        Data for :func:`mlekit.fit`. The log-likelihood of a row is that of its value less log P(lower <= Y <= upper).

    Raises
    ------
    DataError
        If the columns differ in length, or a value lies outside its window.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.windowed([0.5, 1.2, 0.7], 0, 2)
    <3 observations: 3 exact; seen only from 0 to 2>
    """
    return windows([("", values), ("lower", lower), ("upper", upper)])


def intervals(columns: Named) -> Observations:
    """The observations of two columns of bounds."""
    lower, upper = _floats(columns)
    return _indexed(Interval(lower, upper, [name for name, _ in columns]), columns)


def survival(columns: Named) -> Observations:
    """The observations of the columns ([entry,] time, event)."""
    *starts, time, event = _floats(columns)
    names = [name for name, _ in columns]
    other = np.flatnonzero((event != 0) & (event != 1) & ~np.isnan(event))
    if len(other):
        row = other[0]
        raise DataError(
            f"{names[-1]}: row {row} is {event[row]:g}, but an event is 1 (seen) or 0 (censored): recode the column"
        )
    upper = np.where(event == 0, np.inf, np.where(np.isnan(event), np.nan, time))
    found: Observations = Survival(time, upper, names[-2:])
    for entry in starts:
        found = _entered(found, entry, time, names[0])
    return _indexed(found, columns)


def windows(columns: Named) -> Observations:
    """The observations of the columns (values, lower, upper); the values may be observations themselves."""
    (name, values), *bounds = columns
    inner = values if isinstance(values, Observations) else Exact(numbers(values, name or "values"))
    lower, upper = _floats([("values", inner), *bounds])[1:]
    found = Window(inner, lower, upper, [name for name, _ in columns])
    found.index = inner.index
    return _indexed(found, columns)


def side_by_side(columns: Named) -> Observations:
    """The observations of several columns, such as successes and failures."""
    return _indexed(Columns(np.column_stack(_floats(columns)), names=[name for name, _ in columns]), columns)


def _entered(found: Observations, entry: Floats, time: Floats, name: str) -> Observations:
    """Left truncation."""
    late = np.flatnonzero(entry >= time)
    if len(late):
        row = late[0]
        raise DataError(
            f"row {row} enters ({name}) at {entry[row]:g} and leaves at {time[row]:g}: an entry is before the time, so"
            " drop the row or correct it"
        )
    return Window(found, entry, np.inf, ("", name, ""))


def _floats(columns: Named) -> list[Floats]:
    """The columns as float64 of one length; a single number is the same for all rows."""
    read = [(name, _column(values, name)) for name, values in columns]
    sizes = {name: len(values) for name, values in read if values.ndim}
    if len(set(sizes.values())) > 1:
        raise DataError(f"the columns differ in length: {', '.join(f'{n} has {size}' for n, size in sizes.items())}")
    rows = next(iter(sizes.values()), 1)
    return [values if values.ndim else np.full(rows, values) for _, values in read]


def _column(values: Foreign, name: str) -> Floats:
    """A column or a single number; observations stand for their representative values."""
    if isinstance(values, Observations):
        return np.asarray(values.values, dtype=np.float64)
    number = type(values) in (int, float) or isinstance(values, np.number)
    return np.asarray(values if number else numbers(values, name), dtype=np.float64)


def _indexed(found: Observations, columns: Named) -> Observations:
    """The observations with the row labels of pandas that the columns have."""
    labelled = [(name or "values", index) for name, values in columns if (index := index_of(values)) is not None]
    for name, index in labelled:
        if found.index is None:
            found.index = index
        elif not found.index.equals(index):
            raise DataError(
                f"{labelled[0][0]} and {name} have different pandas indexes: align them, or pass values without an"
                " index, as in x.to_numpy()"
            )
    return found
