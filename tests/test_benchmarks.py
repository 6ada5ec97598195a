"""Two versions are measured on the same work, each by its own code, and nothing is left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
BENCHES = {
    "work": "def ours(n): return mlekit.work(n)",
    "new": "def ours(n): return mlekit.only_new(n)",
    "prints": "def ours(n): print('loud'); return mlekit.work(n)",
    "broken": "def ours(n): raise ValueError('no longer works')",
    "dies": "import os\ndef ours(n): os._exit(7)",
    "sleeps": "import sys, time\ndef ours(n): print('asleep', file=sys.stderr, flush=True); time.sleep(600)",
}
HEAD = "import mlekit\nWORK, GOAL = '', {}\nclock = mlekit.clock\ndef prepare(shrink): return (1000 // shrink,)\n"
# its time is an amount that it says itself, so that the ratio is known
VERSION = """
spent = 0.0
def work(n):
    global spent
    spent += n * {cost}
def clock():
    return spent
"""


def git(folder: Path, *words: str) -> str:
    settings = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", "-C", folder, *settings, *words], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose old version lies under src/ and takes half the time of the new one."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed: there are no revisions to compare")
    root = tmp_path_factory.mktemp("project")
    git(root, "init", "-q")
    (root / "src" / "mlekit").mkdir(parents=True)
    (root / "src" / "mlekit" / "__init__.py").write_text(VERSION.format(cost=1))
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "old")
    shutil.rmtree(root / "src")
    (root / "mlekit").mkdir()
    (root / "mlekit" / "__init__.py").write_text(VERSION.format(cost=2) + "only_new = work\n")
    (root / "benchmarks").mkdir()
    for name in ("__init__", "__main__", "against", "worker", "harness"):
        shutil.copy(ROOT / "benchmarks" / f"{name}.py", root / "benchmarks")
    for name, code in BENCHES.items():
        (root / "benchmarks" / f"bench_{name}.py").write_text(HEAD + code + "\n")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "new")
    return root


def command(root: Path, *words: str) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(root), "TMPDIR": str(root.parent)}
    return {"args": [sys.executable, "-P", "-m", "benchmarks", *words], "env": environment, "text": True}


def measured(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(**command(root, *words), capture_output=True, check=False)


def left_behind(root: Path) -> list[Any]:
    worktrees = git(root, "worktree", "list").splitlines()
    return [*worktrees[1:], *root.parent.glob("mlekit-*")]


@pytest.mark.slow
def test_both_versions_do_the_same_work_and_the_ratio_is_that_of_their_times(repository: Path) -> None:
    out = repository.parent / "rows.json"
    done = measured(repository, "--against", "HEAD~1", "--only", "work", "prints", "new", "--json", str(out))
    assert done.returncode == 0, done.stderr
    new, prints, work = done.stdout.splitlines()[2:]
    assert "cannot run it: AttributeError: module 'mlekit' has no attribute 'only_new'" in new
    assert work.split() == "| work | 2e+03 s | 1e+03 s | 2.000 | 2.000 | SLOWER |".split()
    assert "loud" not in prints
    document = json.loads(out.read_text())
    assert document["against"] == git(repository, "rev-parse", "HEAD~1").strip()
    assert [row["ratio"] for row in document["comparisons"]] == [None, 2.0, 2.0]
    assert left_behind(repository) == []


def test_a_version_is_as_fast_as_itself(repository: Path) -> None:
    done = measured(repository, "--against", "HEAD", "--only", "work", "--quick")
    assert done.stdout.splitlines()[2].split() == "| work | 100 s | 100 s | 1.000 | 1.000 | yes |".split()


def test_what_the_current_version_cannot_run_is_an_error_and_the_others_still_run(repository: Path) -> None:
    done = measured(repository, "--against", "HEAD", "--only", "broken", "dies", "work", "--quick")
    assert done.returncode == 1
    assert "broken: benchmarks.against.CannotRun: ValueError: no longer works" in done.stderr
    assert "dies: benchmarks.against.CannotRun: the process ended with exit code 7" in done.stderr
    assert "| work " in done.stdout
    assert left_behind(repository) == []


def test_an_unknown_revision_is_one_sentence(repository: Path) -> None:
    done = measured(repository, "--against", "nosuch")
    assert done.returncode == 2
    assert "has no revision 'nosuch'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("when", ["checking out", "measuring"])
def test_an_interrupted_run_leaves_no_worktree(repository: Path, how: signal.Signals, when: str) -> None:
    words = command(repository, "--against", "HEAD~1", "--only", "sleeps")
    with subprocess.Popen(**words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
        assert run.stderr is not None
        deadline = monotonic() + 60
        while not list(repository.parent.glob("mlekit-*/then")) and monotonic() < deadline:
            sleep(0.001)
        if when == "measuring":
            assert "asleep" in run.stderr.readline()
        run.send_signal(how)
        run.communicate(timeout=60)
    assert run.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}[how]
    assert left_behind(repository) == []
