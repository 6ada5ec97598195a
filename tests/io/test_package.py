"""The package hands out its public names, and imports nothing heavy before it is asked."""

from __future__ import annotations

import subprocess
import sys

import pytest

import mlekit


def test_dir_has_the_public_names_only() -> None:
    assert dir(mlekit.io) == sorted(mlekit.io.__all__)
    assert not [name for name in dir(mlekit.io) if name.startswith("_")]


@pytest.mark.parametrize("name", mlekit.io.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert callable(getattr(mlekit.io, name))


def test_a_misspelt_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nosuch"):
        _ = mlekit.io.nosuch


@pytest.mark.slow
@pytest.mark.parametrize("call", ["fit.save(path)", "fit.save(path); mlekit.load(path)"])
def test_a_fit_of_sums_is_saved_and_loaded_without_a_heavy_library(call: str) -> None:
    code = (
        "import mlekit, pathlib, sys, tempfile; fit = mlekit.fit([1, 0, 1], family='bernoulli'); "
        f"path = pathlib.Path(tempfile.mkdtemp()) / 'coin.json'; {call}; "
        "print(*{'torch', 'matplotlib', 'safetensors', 'pandas', 'scipy'} & {m.split('.')[0] for m in sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
