"""A fresh interpreter that imports mlekit and fits a coin, against one that imports NumPy; both from their bytecode."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

from .harness import Row, at_most, children_time, claim

WORK = "import mlekit and a coin"
GOAL = {"import_numpy": at_most(1.3)}
ROUNDS = 20
COIN = "import mlekit; mlekit.fit([1, 0, 1, 1], family='bernoulli')"
HEAVY = {"scipy", "torch", "pandas", "statsmodels", "matplotlib", "formulaic", "narwhals", "polars", "pyarrow"}

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
clock = children_time


def prepare(shrink: int) -> tuple[()]:
    return ()


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=ENVIRONMENT)
    return done.stdout


def ours() -> str:
    return python(COIN)


def import_numpy() -> str:
    return python("import numpy")


def claims() -> Iterator[Row]:
    loaded = python(f"{COIN}; import sys; print(*{{name.split('.')[0] for name in sys.modules}})")
    yield claim(WORK, "heavy libraries loaded", len(HEAVY & set(loaded.split())), most=0)
