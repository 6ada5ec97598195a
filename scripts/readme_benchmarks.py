"""Puts the figures of a benchmark run into the README, between its marks.

What to type:

    python -m benchmarks --json figures.json
    python scripts/readme_benchmarks.py figures.json
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"


def measured(row: dict[str, Any]) -> str:
    """The figure in the words of its goal.

    >>> measured({"goal": "≥ 100 × faster", "measured": 131.7})
    '132 × faster'
    """
    return re.sub(r"[≤≥] \S+", f"{row['measured']:.3g}", row["goal"])


def table(run: dict[str, Any]) -> str:
    """The rows as Markdown, and what they were measured on."""
    lines = ["| work | against | measured | goal | |", "|---|---|---|---|---|"]
    for row in run["rows"]:
        said = row["work"], row["against"], measured(row), row["goal"], "met" if row["met"] else "**missed**"
        lines.append("| " + " | ".join(said) + " |")
    versions = ", ".join(f"{name} {run[name]}" for name in ("numpy", "scipy", "pandas"))
    return "\n".join([*lines, "", f"Python {run['python']}, {versions}, {run['system']} on {run['machine']}."])


def main(path: str) -> None:
    """The README with the figures of this file."""
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    figures = table(json.loads(Path(path).read_text(encoding="utf-8")))
    README.write_text(f"{before}{BEGIN}\n{figures}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
