"""An editor knows the type of a fit and of what its methods return: pyright checks tests/typing_examples.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYRIGHT = Path(sys.executable).with_name("pyright")


@pytest.mark.slow
@pytest.mark.skipif(not PYRIGHT.exists(), reason="pyright is not installed beside this Python")
def test_the_types_are_those_of_the_examples() -> None:
    pytest.importorskip("torch")
    argv = [PYRIGHT, "--project", ROOT, "--pythonpath", sys.executable, ROOT / "tests" / "typing_examples.py"]
    run = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=ROOT)
    assert run.returncode == 0, run.stdout
