"""Run the benchmarks and print their table (Markdown, so that it can be pasted)."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from dataclasses import asdict
from importlib import import_module, metadata
from pathlib import Path
from traceback import format_exception_only

from .harness import Row, run

REHEARSAL = 20
LINE = "| {:<44} | {:<22} | {:<15} | {:>9} | {:>8} | {:>9} | {:<6} |"
HEADS = ("work", "against", "goal", "measured", "ours", "yardstick", "")


def names() -> list[str]:
    """The benchmarks there are: one a file."""
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


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    versions = {package: metadata.version(package) for package in ("numpy", "scipy", "pandas")}
    return {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system(), **versions}


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="NAME", default=[""], help=f"of {', '.join(names())}")
    parser.add_argument("--quick", action="store_true", help=f"a rehearsal: n divided by {REHEARSAL}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there as well")
    options = parser.parse_args()
    chosen = [name for name in names() if any(part in name for part in options.only)]
    if not chosen:
        parser.error(f"no benchmark has such a name; there are {', '.join(names())}")
    print(LINE.format(*HEADS), LINE.format(*("---" for _ in HEADS)), sep="\n")
    done: list[Row] = []
    broken: list[str] = []
    for name in chosen:
        try:
            for row in run(import_module(f".bench_{name}", __package__), REHEARSAL if options.quick else 1):
                print(line(row), flush=True)
                done.append(row)
        except Exception as error:  # the others still run; the exit code tells
            broken.append(f"{name}: {format_exception_only(error)[-1].strip()}")
    if options.json:
        options.json.write_text(json.dumps({**machine(), "rows": [asdict(row) for row in done]}, indent=1) + "\n")
    sys.exit("\n".join(broken) or None)


if __name__ == "__main__":
    main()
