"""Every example in a docstring gives what it says."""

from __future__ import annotations

import doctest
import sys
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
NAMES = [".".join(p.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__") for p in SOURCE.rglob("*.py")]
MODULES = sorted(n for n in NAMES if not n.endswith("__main__"))


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch = sys.modules.get("torch")
    with nullcontext() if torch is None else torch.random.fork_rng():  # a bare module draws its weights from it
        examples = doctest.testmod(import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert examples.failed == 0, "see the captured output"
