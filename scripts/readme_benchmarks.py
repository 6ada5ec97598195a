"""Put the figures of a benchmark run into the README, between its marks.

Type:

    python -m benchmarks --json figures.json
    python scripts/readme_benchmarks.py figures.json
    python -m benchmarks.makemore --words names.txt --makemore makemore --json lm.json
    python scripts/readme_benchmarks.py lm.json
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

README = Path(__file__).parents[1] / "README.md"
PAGE = README.parent / "docs" / "howto" / "makemore.md"  # where the split without duplicates is shown


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


def language_models(run: dict[str, Any]) -> str:
    """The lines of `benchmarks.makemore` as Markdown, and how makemore was timed."""
    heads = ["model", "test loss, nats per character", "CPU time", "goal", "makemore", "", ""]
    rows = [heads, ["---"] * len(heads), *(line["cells"] for line in run["lines"])]
    beside = "its steps timed in the same run" if run["timed"] else "as recorded"
    source = f"Python {run['python']}, PyTorch {run['torch']}; makemore's time: {beside}."
    return "\n".join([*("| " + " | ".join(cells) + " |" for cells in rows), "", source])


def filled(text: str, run: dict[str, Any]) -> str:
    """The text with the figures of a run between the marks that are theirs."""
    name, figures = ("makemore", language_models(run)) if "lines" in run else ("benchmarks", table(run))
    name += "-distinct" if run.get("distinct") else ""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, rest = text.split(begin)
    return f"{before}{begin}\n{figures}\n{end}{rest.split(end)[1]}"


def main(path: str) -> None:
    """The pages that have the marks, with the figures of this file."""
    run = json.loads(Path(path).read_text(encoding="utf-8"))
    page = PAGE if run.get("distinct") else README
    page.write_text(filled(page.read_text(encoding="utf-8"), run), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
