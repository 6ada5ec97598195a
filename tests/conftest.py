"""What every test may use, and what no test may leave behind."""

from __future__ import annotations

import os

# Small batched products are slower on two threads than on one, and two workers share two cores. It must be said before
# NumPy or PyTorch is imported; the subprocesses of tests inherit it.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("PYTHONSAFEPATH", "1")  # a subprocess imports what is installed, not what lies in its folder

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import hypothesis
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]

hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, database=None, max_examples=50)
hypothesis.settings.load_profile("steady")


@pytest.fixture
def rng() -> np.random.Generator:
    """A new generator with the same seed for every test."""
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data that may stand beside the checkout, and is no part of it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no reference data beside the checkout (shared/data)")
    return folder


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Hide optional libraries: `without("torch", "pandas")` makes importing them fail as if they were not installed.

    A module of ours that already holds something of theirs is forgotten until the end of the test, and imported anew.
    """

    def hide(*libraries: str) -> None:
        for name in [n for n in sys.modules if root(n) in ("mlekit", "lm") and holds(sys.modules[n], libraries)]:
            parent, _, child = name.rpartition(".")
            if parent in sys.modules:
                monkeypatch.delattr(sys.modules[parent], child, raising=False)
            monkeypatch.delitem(sys.modules, name)
        for name in {*libraries, *(n for n in sys.modules if root(n) in libraries)}:
            monkeypatch.setitem(sys.modules, name, None)

    return hide


def root(name: str) -> str:
    return name.partition(".")[0]


def holds(module: ModuleType, libraries: tuple[str, ...]) -> bool:
    """Whether a global of the module is one of these libraries, or came from one."""
    values = vars(module).values()
    origins = [v.__name__ if isinstance(v, ModuleType) else getattr(v, "__module__", None) for v in values]
    return any(isinstance(origin, str) and root(origin) in libraries for origin in origins)


@pytest.fixture(autouse=True)
def global_generators_untouched() -> Iterator[None]:
    """Seeds are arguments: no test, and nothing it calls, draws from a global generator or seeds one."""
    before = np.random.get_state(legacy=False)["state"]
    torch = sys.modules.get("torch")
    torch_before = None if torch is None else torch.get_rng_state()
    yield
    after = np.random.get_state(legacy=False)["state"]
    assert after["pos"] == before["pos"], "NumPy's global generator was drawn from"
    assert np.array_equal(after["key"], before["key"]), "NumPy's global generator was seeded or drawn from"
    if torch_before is not None:
        assert torch.equal(torch.get_rng_state(), torch_before), "torch's global generator was touched"
