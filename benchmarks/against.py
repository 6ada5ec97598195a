"""Two versions of mlekit on the same work: the current checkout, and that of a revision.

Each version runs in a process of its own, and they take turns (A B A B ...), so a slow minute of the machine falls on
both, and several pairs of processes are started, as the layout of memory favours one or the other. The work is that of
the current benchmarks, also for the old version.

    ratio  = min over turns of the time now / min over turns of the time then
    median = the median over rounds of the ratio within a round
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[1]
PAIRS, ROUNDS = 3, 7  # of processes, as two of the same code differ by a percent or two; turns of each
TOLERANCE = 1.05  # a ratio up to here is within the noise of such a measurement


@dataclass(frozen=True)
class Comparison:
    """One line of the table.

    Parameters
    ----------
    name : str
        Name of the benchmark.
    now, then : float or None
        CPU seconds per call in either version.
    ratio, median : float or None
        Now over then, of the shortest turns and in the middle of all rounds.
    problem : str
        Why there is no ratio; empty if there is one.
    """

    name: str
    now: float | None = None
    then: float | None = None
    ratio: float | None = None
    median: float | None = None
    problem: str = ""

    @property
    def within(self) -> bool:
        """True if the current version is not slower, to 5%."""
        return self.ratio is not None and self.ratio <= TOLERANCE


class CannotRun(Exception):
    """A version of mlekit cannot run a benchmark; the message says why."""


class Worker:
    """A process that runs one benchmark with one version of mlekit, turn by turn.

    Parameters
    ----------
    checkout : Path
        Folder of the version, with its packages at the root or under src/.
    name : str
        Name of the benchmark.
    shrink : int
        n is divided by this.
    folder : Path
        Package of benchmarks whose work is done.
    """

    def __init__(self, checkout: Path, name: str, shrink: int, folder: Path = ROOT / "benchmarks") -> None:
        packages = checkout / "src" if (checkout / "src").is_dir() else checkout
        script = [folder / "worker.py", checkout, folder, name, shrink]
        self._process = subprocess.Popen(
            [sys.executable, "-P", *map(str, script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(packages), "PYTHONSAFEPATH": "1", "PYTHONHASHSEED": "0"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def answer(self) -> Any:
        """Wait for the next answer."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"error": f"the process ended with exit code {self._process.wait()}"}
        if "error" in answer:
            raise CannotRun(answer["error"])
        return answer

    def turn(self) -> float:
        """CPU seconds per call of one more turn."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # the answer says that the process has ended
            self._process.stdin.write("turn\n")
            self._process.stdin.flush()
        return self.answer()["seconds"]


def compared(name: str, then: Path, shrink: int = 1, pairs: int = PAIRS, now: Path = ROOT) -> Comparison:
    """Measure one benchmark in both versions.

    Parameters
    ----------
    name : str
        Name of the benchmark.
    then : Path
        Checkout of the old version.
    shrink : int, default 1
        n is divided by this.
    pairs : int, default 3
        Number of processes of each version, started one pair after the other.
    now : Path, optional
        Checkout of the new version, whose benchmarks are run.

    Returns
    -------
    Comparison

    Raises
    ------
    CannotRun
        If the new version cannot run it; of the old one the comparison says so.
    """
    times: list[tuple[float, float]] = []
    for _ in range(pairs):
        with Worker(now, name, shrink, now / "benchmarks") as new:
            new.answer()
            with Worker(then, name, shrink, now / "benchmarks") as old:
                try:
                    old.answer()
                except CannotRun as why:
                    return Comparison(name, problem=f"the old version cannot run it: {why}")
                times += [(new.turn(), old.turn()) for _ in range(ROUNDS)]
    ours, theirs = (min(column) for column in zip(*times, strict=True))
    return Comparison(name, ours, theirs, ours / theirs, median(a / b for a, b in times))


@contextlib.contextmanager
def checkout_of(revision: str, root: Path = ROOT) -> Iterator[Path]:
    """A git worktree of a revision in a temporary folder, removed at the end whatever happens."""
    with TemporaryDirectory(prefix="mlekit-") as folder:
        path = Path(folder) / "then"
        try:
            _git(root, "-c", "core.hooksPath=/dev/null", "worktree", "add", "--detach", str(path), revision)
            yield path
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):  # it was not added
                _git(root, "worktree", "remove", "--force", "--force", str(path))  # twice: also one that is half made


def commit_of(revision: str, root: Path = ROOT) -> str:
    """The full name of the commit that a revision names.

    Raises
    ------
    ValueError
        If there is no such commit.
    """
    try:
        return _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()
    except subprocess.CalledProcessError:
        raise ValueError(f"{root} has no revision {revision!r}") from None


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, text=True).stdout
