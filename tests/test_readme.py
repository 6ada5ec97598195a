"""The README keeps its word: its code runs, its commands are one line each, and it is short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[tuple[int, str]]:
    """Every fenced block of this language: the line it begins in, and its code."""
    found = re.finditer(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return [(README.count("\n", 0, m.start(1)), m[1]) for m in found]


@pytest.mark.slow
def test_every_python_block_runs_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code = blocks("python")
    assert code
    namespace: dict[str, object] = {"__name__": "readme"}
    for line, block in code:
        exec(compile("\n" * line + block, "README.md", "exec"), namespace)


@pytest.mark.parametrize("name", ["train", "test"])
def test_a_set_up_command_is_one_line_below_its_mark(name: str) -> None:
    below = README.partition(f"<!-- command: {name} -->\n")[2]
    assert re.match(r"```bash\n[^\n]+\n```\n", below)


def test_readme_is_under_two_hundred_lines() -> None:
    assert README.count("\n") < 200
