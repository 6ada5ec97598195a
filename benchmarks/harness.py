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
    """One line of the table: a measured number and the bound it should keep."""

    work: str
    against: str
    goal: str
    measured: float
    met: bool
    ours: float | None = None
    yardstick: float | None = None


@dataclass(frozen=True)
class Bound:
    """What a goal says of two times, and when it is met."""

    text: str
    measure: Callable[[float, float], float]
    met: Callable[[float], bool]
    part: float = 1.0  # of the work, that the yardstick did: its time is scaled up


def at_most(ratio: float) -> Bound:
    """Ours takes at most `ratio` times the yardstick."""
    return Bound(f"≤ {ratio:g} ×", lambda ours, yardstick: ours / yardstick, lambda r: r <= ratio)


def faster(ratio: float, part: float = 1.0) -> Bound:
    """Ours is at least `ratio` times faster than a yardstick that does `part` of the work."""
    return Bound(f"≥ {ratio:g} × faster", lambda ours, yardstick: yardstick / ours, lambda r: r >= ratio, part)


def exponent(power: float, grown: float) -> Bound:
    """Cost grows like n to at most this power; ours works on `grown` times as much as the yardstick."""
    return Bound(
        f"exponent ≤ {power:g}", lambda ours, yardstick: log(ours / yardstick) / log(grown), lambda e: e <= power
    )


def claim(work: str, against: str, value: float, *, most: float | None = None, least: float | None = None) -> Row:
    """A row that is no time: a number with an upper or a lower limit."""
    text = f"≤ {most:g}" if most is not None else f"≥ {least:g}"
    met = (most is None or value <= most) and (least is None or value >= least)
    return Row(work, against, text, float(value), bool(met))


def children_time() -> float:
    """CPU seconds of the finished child processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def extra_memory(call: Call) -> int:
    """The most bytes that `call` held at any moment beyond what was there before (NumPy tells tracemalloc its own)."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def timed(call: Call, repeats: int, clock: Clock) -> float:
    """Seconds a call, over `repeats` calls in a row."""
    start = clock()
    for _ in range(repeats):
        call()
    return (clock() - start) / repeats


def repeats_of(call: Call, clock: Clock) -> int:
    """How many calls fill a turn; the first, unmeasured call warms up."""
    call()
    return max(1, round(A_TURN / max(timed(call, 1, clock), 1e-7)))


def interleaved(calls: Mapping[str, Call], rounds: int, clock: Clock) -> dict[str, float]:
    """The shortest time of each call over rounds in which all take their turn."""
    repeats = {name: repeats_of(call, clock) for name, call in calls.items()}
    times = [[timed(call, repeats[name], clock) for name, call in calls.items()] for _ in range(rounds)]
    return dict(zip(calls, map(min, zip(*times, strict=True)), strict=True))


def nothing(*data: Any) -> Iterable[Row]:
    """The claims of a benchmark that makes none."""
    return ()


def run(bench: ModuleType, shrink: int = 1) -> Iterator[Row]:
    """The rows of one benchmark: a row a yardstick, then its claims."""
    data = bench.prepare(shrink)
    calls = {name: partial(getattr(bench, name), *data) for name in ("ours", *bench.GOAL)}
    seconds = interleaved(calls, getattr(bench, "ROUNDS", 7), getattr(bench, "clock", process_time))
    ours = seconds["ours"]
    for name, goal in bench.GOAL.items():
        yardstick = seconds[name] / goal.part
        ratio = goal.measure(ours, yardstick)
        yield Row(bench.WORK, name.replace("_", " "), goal.text, ratio, goal.met(ratio), ours, yardstick)
    yield from getattr(bench, "claims", nothing)(*data)
