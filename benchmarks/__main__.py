"""Run the benchmarks and print their table (Markdown, so that it can be pasted)."""

from __future__ import annotations

import argparse
import json
import platform
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from importlib import import_module, metadata
from pathlib import Path
from traceback import format_exception_only
from typing import Any

from .against import Comparison, checkout_of, commit_of, compared
from .harness import Row, run

REHEARSAL = 20
LINE = "| {:<44} | {:<22} | {:<15} | {:>9} | {:>8} | {:>9} | {:<6} |"
HEADS = ("work", "against", "goal", "measured", "ours", "yardstick", "")
AGAINST = "| {:<18} | {:>8} | {:>8} | {:>7} | {:>7} | {:<9} |"
AGAINST_HEADS = ("benchmark", "now", "then", "ratio", "median", "within 5%")


def names() -> list[str]:
    """The names of the benchmarks: one per file."""
    return sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))


def duration(seconds: float | None) -> str:
    """A time in the unit that suits it.

    >>> duration(0.0123), duration(7e-6)
    ('12.3 ms', '7 µs')
    """
    if seconds is None:
        return ""
    scale, unit = next((s, u) for s, u in ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (0, "ns")) if seconds >= s)
    return f"{seconds / (scale or 1e-9):.3g} {unit}"


def line(row: Row) -> str:
    """A row of the table."""
    times = duration(row.ours), duration(row.yardstick)
    return LINE.format(row.work, row.against, row.goal, f"{row.measured:.3g}", *times, "met" if row.met else "MISSED")


def line_against(row: Comparison) -> str:
    """A row of the table of two versions.

    >>> line_against(Comparison("ols", 0.0105, 0.01, 1.05, 1.04)).split("|")[4:7]
    ['  1.050 ', '  1.040 ', ' yes       ']
    """
    if row.ratio is None or row.median is None:
        return f"| {row.name:<18} | {row.problem} |"
    said = "yes" if row.within else "SLOWER"
    return AGAINST.format(
        row.name, duration(row.now), duration(row.then), f"{row.ratio:.3f}", f"{row.median:.3f}", said
    )


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    versions = {package: metadata.version(package) for package in ("numpy", "scipy", "pandas")}
    return {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system(), **versions}


def measured(name: str, shrink: int) -> Iterator[Row]:
    """The rows of one benchmark against its yardsticks, printed as they come."""
    for row in run(import_module(f".bench_{name}", __package__), shrink):
        print(line(row), flush=True)
        yield row


def measured_against(name: str, shrink: int, then: Path) -> Iterator[Comparison]:
    """The row of one benchmark against the old version."""
    row = compared(name, then, shrink)
    print(line_against(row), flush=True)
    yield row


def each(names: Iterable[str], rows_of: Callable[[str], Iterable[Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of all benchmarks, and a sentence for each that failed; the others still run."""
    done: list[dict[str, Any]] = []
    broken: list[str] = []
    for name in names:
        try:
            done += [asdict(row) for row in rows_of(name)]
        except Exception as error:  # the exit code says so
            broken.append(f"{name}: {format_exception_only(error)[-1].strip()}")
    return done, broken


def figures(chosen: list[str], shrink: int) -> tuple[dict[str, Any], list[str]]:
    """Measure against the yardsticks."""
    print(LINE.format(*HEADS), LINE.format(*("---" for _ in HEADS)), sep="\n")
    done, broken = each(chosen, lambda name: measured(name, shrink))
    return {"rows": done}, broken


def figures_against(chosen: list[str], shrink: int, commit: str) -> tuple[dict[str, Any], list[str]]:
    """Measure against the version of a commit."""
    print(AGAINST.format(*AGAINST_HEADS), AGAINST.format(*("---" for _ in AGAINST_HEADS)), sep="\n", flush=True)
    with checkout_of(commit) as then:
        done, broken = each(chosen, lambda name: measured_against(name, shrink, then))
    return {"against": commit, "comparisons": done}, broken


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="NAME", default=[""], help=f"of {', '.join(names())}")
    parser.add_argument("--quick", action="store_true", help=f"a rehearsal: n divided by {REHEARSAL}")
    parser.add_argument("--against", metavar="REVISION", help="compare with the version of a git revision instead")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there as well")
    options = parser.parse_args()
    chosen = [name for name in names() if any(part in name for part in options.only)]
    if not chosen:
        parser.error(f"no benchmark has such a name; there are {', '.join(names())}")
    shrink = REHEARSAL if options.quick else 1
    if options.against is None:
        found, broken = figures(chosen, shrink)
    else:
        try:
            commit = commit_of(options.against)
        except ValueError as wrong:
            parser.error(str(wrong))
        found, broken = figures_against(chosen, shrink, commit)
    if options.json:
        options.json.write_text(json.dumps({**machine(), **found}, indent=1) + "\n")
    sys.exit("\n".join(broken) or None)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Ctrl-C: what was made for the run is removed
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
