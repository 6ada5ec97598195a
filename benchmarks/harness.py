"""Ours against a yardstick, turn by turn, in CPU time.

    ratio = min over rounds of our time / min over rounds of the yardstick's time

Turns are interleaved (A B A B ...), so a slow minute of the machine falls on both; the minimum is the time with the
least of other people's work in it.
"""

from __future__ import annotations

import resource
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import log
from time import process_time
from types import ModuleType
from typing import Any

Call = Callable[[], Any]
Clock = Callable[[], float]

A_TURN = 0.01  # seconds that one turn lasts at least: short calls are repeated within it


@dataclass(frozen=True)
class Row:
    """One line of the table: a measured number and the bound it should keep.

    Parameters
    ----------
    work : str
        What was done.
    against : str
        The yardstick, or what a claim is about.
    goal : str
        The bound in words.
    measured : float
        The figure that the bound is about.
    met : bool
        True if the figure keeps the bound.
    ours, yardstick : float or None
        CPU seconds per call; None of claims.
    """

    work: str
    against: str
    goal: str
    measured: float
    met: bool
    ours: float | None = None
    yardstick: float | None = None


@dataclass(frozen=True)
class Bound:
    """A goal for two times.

    Parameters
    ----------
    text : str
        The goal in words.
    measure : callable
        ``measure(ours, yardstick)`` gives the figure that is reported.
    met : callable
        ``met(figure)`` is True if the goal is met.
    part : float, default 1.0
        Fraction of the work that the yardstick does: its time is scaled up.
    """

    text: str
    measure: Callable[[float, float], float]
    met: Callable[[float], bool]
    part: float = 1.0


def at_most(ratio: float) -> Bound:
    """Return the goal that ours takes at most `ratio` times as long as the yardstick.

    Parameters
    ----------
    ratio : float
        Our time divided by the yardstick's.

    Returns
    -------
    Bound

    Examples
    --------
    >>> goal = at_most(1.5)
    >>> goal.text, goal.met(goal.measure(3.0, 2.5))
    ('≤ 1.5 ×', True)
    """
    return Bound(f"≤ {ratio:g} ×", lambda ours, yardstick: ours / yardstick, lambda r: r <= ratio)


def faster(ratio: float, part: float = 1.0) -> Bound:
    """Return the goal that ours is at least `ratio` times faster than a yardstick.

    Parameters
    ----------
    ratio : float
        The yardstick's time divided by ours.
    part : float, default 1.0
        Fraction of the work that the yardstick does.

    Returns
    -------
    Bound

    Examples
    --------
    >>> goal = faster(10)
    >>> goal.text, goal.met(goal.measure(1.0, 12.0))
    ('≥ 10 × faster', True)
    """
    return Bound(f"≥ {ratio:g} × faster", lambda ours, yardstick: yardstick / ours, lambda r: r >= ratio, part)


def exponent(power: float, grown: float) -> Bound:
    """Return the goal that cost grows like n to at most some power.

    Parameters
    ----------
    power : float
        The largest exponent that meets the goal.
    grown : float
        Our work divided by that of the yardstick.

    Returns
    -------
    Bound

    Examples
    --------
    >>> exponent(1.1, grown=16).measure(16.0, 1.0)
    1.0
    """
    return Bound(
        f"exponent ≤ {power:g}", lambda ours, yardstick: log(ours / yardstick) / log(grown), lambda e: e <= power
    )


def claim(work: str, against: str, value: float, *, most: float | None = None, least: float | None = None) -> Row:
    """Return a row that is not a time: a number with an upper or a lower limit.

    Parameters
    ----------
    work, against : str
        What was done, and what the number is.
    value : float
        The number.
    most, least : float, optional
        Its limits; one of them is given.

    Returns
    -------
    Row

    Examples
    --------
    >>> claim("import", "heavy libraries", 0, most=0).met
    True
    """
    text = f"≤ {most:g}" if most is not None else f"≥ {least:g}"
    met = (most is None or value <= most) and (least is None or value >= least)
    return Row(work, against, text, float(value), bool(met))


def children_time() -> float:
    """Return the CPU seconds of the child processes that have ended.

    Returns
    -------
    float

    Examples
    --------
    >>> children_time() >= 0
    True
    """
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def extra_memory(call: Call) -> int:
    """Return the most bytes that a call held at any moment beyond what was there before.

    Parameters
    ----------
    call : callable
        Called once, without arguments. Memory of NumPy counts.

    Returns
    -------
    int

    Examples
    --------
    >>> extra_memory(lambda: bytearray(10_000)) >= 10_000
    True
    """
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def timed(call: Call, repeats: int, clock: Clock) -> float:
    """Return the seconds per call, over several calls in a row.

    Parameters
    ----------
    call : callable
        Called without arguments.
    repeats : int
        Number of calls.
    clock : callable
        Returns the seconds used so far.

    Returns
    -------
    float

    Examples
    --------
    >>> timed(lambda: None, 10, iter([0.0, 20.0]).__next__)
    2.0
    """
    start = clock()
    for _ in range(repeats):
        call()
    return (clock() - start) / repeats


def repeats_of(call: Call, clock: Clock, turn: float = A_TURN) -> int:
    """Return how many calls fill a turn; a first, unmeasured call warms up.

    Parameters
    ----------
    call : callable
        Called twice, without arguments.
    clock : callable
        Returns the seconds used so far.
    turn : float, default 0.01
        Seconds that a turn lasts at least.

    Returns
    -------
    int

    Examples
    --------
    >>> repeats_of(lambda: None, iter([0.0, 0.002]).__next__)
    5
    """
    call()
    return max(1, round(turn / max(timed(call, 1, clock), 1e-7)))


def interleaved(calls: Mapping[str, Call], rounds: int, clock: Clock) -> dict[str, float]:
    """Return the shortest time of each call over rounds in which all take their turn.

    Parameters
    ----------
    calls : mapping of str to callable
        The calls by name.
    rounds : int
        Number of turns of each.
    clock : callable
        Returns the seconds used so far.

    Returns
    -------
    dict of str to float
        Seconds per call.

    Examples
    --------
    >>> list(interleaved({"a": list, "b": dict}, 2, process_time))
    ['a', 'b']
    """
    repeats = {name: repeats_of(call, clock) for name, call in calls.items()}
    times = [[timed(call, repeats[name], clock) for name, call in calls.items()] for _ in range(rounds)]
    return dict(zip(calls, map(min, zip(*times, strict=True)), strict=True))


def clock_of(bench: ModuleType) -> Clock:
    """Return the clock of a benchmark: its own, or the CPU time of this process.

    Parameters
    ----------
    bench : module
        A benchmark.

    Returns
    -------
    callable

    Examples
    --------
    >>> clock_of(ModuleType("bench_nothing")) is process_time
    True
    """
    return getattr(bench, "clock", process_time)


def nothing(*data: Any) -> Iterable[Row]:
    """The claims of a benchmark that makes none."""
    return ()


def run(bench: ModuleType, shrink: int = 1) -> Iterator[Row]:
    """Yield the rows of one benchmark: one row per yardstick, then its claims.

    Parameters
    ----------
    bench : module
        A benchmark, as the docstring of the package describes it.
    shrink : int, default 1
        n is divided by this.

    Yields
    ------
    Row
    """
    data = bench.prepare(shrink)
    calls = {name: partial(getattr(bench, name), *data) for name in ("ours", *bench.GOAL)}
    seconds = interleaved(calls, getattr(bench, "ROUNDS", 7), clock_of(bench))
    ours = seconds["ours"]
    for name, goal in bench.GOAL.items():
        yardstick = seconds[name] / goal.part
        ratio = goal.measure(ours, yardstick)
        yield Row(bench.WORK, name.replace("_", " "), goal.text, ratio, goal.met(ratio), ours, yardstick)
    yield from getattr(bench, "claims", nothing)(*data)
