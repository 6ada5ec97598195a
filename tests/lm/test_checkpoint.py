"""lm.checkpoint: a model in a folder that cannot be half written."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lm import checkpoint
from mlekit.errors import LoadError, MissingDependency, OptionError

CONFIG: dict[str, Any] = {
    "model": "bigram",
    "letters": ["", "a", "ë", "👧"],
    "lr": 0.1 + 0.2,
    "state": 2**100,
    "none": None,
}
ARRAYS: dict[str, Any] = {
    "float64": np.array([[np.nan, -np.inf], [-0.0, 5e-324]]),
    "float32": np.arange(6, dtype=np.float32).reshape(1, 2, 3),
    "transposed": np.arange(6.0).reshape(2, 3).T,
    "strided": np.arange(10)[::3],
    "big_endian": np.arange(3.0).astype(">f8"),
    "scalar": np.array(7, np.int16),
    "empty": np.zeros((0, 3)),
    "bool": np.array([True, False]),
    "bytes": np.arange(256, dtype=np.uint8),
}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    checkpoint.save(tmp_path / "run", CONFIG, ARRAYS)
    return tmp_path / "run"


def arrays_file(folder: Path) -> Path:
    (path,) = folder.glob("*.safetensors")
    return path


def test_load_gives_back_every_bit(saved: Path):
    config, arrays = checkpoint.load(saved)
    assert config == CONFIG
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        native = np.asarray(array, array.dtype.newbyteorder("="))
        assert arrays[name].dtype == native.dtype
        assert arrays[name].shape == native.shape
        assert arrays[name].tobytes() == native.tobytes()


def test_the_folder_holds_json_and_safetensors_and_no_temporary_file(saved: Path):
    assert sorted(path.suffix for path in saved.iterdir()) == [".json", ".safetensors"]
    assert json.loads((saved / checkpoint.NAME).read_bytes())["config"] == CONFIG


def test_the_folder_can_be_moved(saved: Path):
    moved = saved.rename(saved.with_name("elsewhere"))
    assert checkpoint.load(moved)[0] == CONFIG


def test_a_second_save_replaces_the_first_and_leaves_other_files_alone(saved: Path):
    (saved / "notes.txt").write_text("mine")
    checkpoint.save(saved, {"step": 2}, {"w": np.ones(2)})
    config, arrays = checkpoint.load(saved)
    assert config == {"step": 2}
    assert list(arrays) == ["w"]
    assert len(list(saved.iterdir())) == 3


def test_a_configuration_comes_back_as_json_has_it(tmp_path: Path):
    checkpoint.save(tmp_path, {"shape": (2, 3), "by_size": {10: "b", 2: "a"}, "best": float("inf")}, {})
    expected = {"shape": [2, 3], "by_size": {"10": "b", "2": "a"}, "best": float("inf")}
    assert checkpoint.load(tmp_path)[0] == expected


def test_a_save_without_arrays_works(tmp_path: Path):
    checkpoint.save(tmp_path, {}, {})
    assert checkpoint.load(tmp_path) == ({}, {})


@pytest.mark.parametrize("step", range(6))
def test_a_save_that_dies_at_any_step_leaves_the_old_state_or_the_new(
    saved: Path, monkeypatch: pytest.MonkeyPatch, step: int
):
    calls = iter(range(100))

    def dying(real: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            if next(calls) == step:
                raise KeyboardInterrupt
            return real(*args, **kwargs)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", dying(os.fsync))
        patch.setattr(Path, "replace", dying(Path.replace))
        with pytest.raises(KeyboardInterrupt):
            checkpoint.save(saved, {"step": 2}, {"w": np.ones(2)})
    config, _ = checkpoint.load(saved)
    assert config == ({"step": 2} if step == 5 else CONFIG)
    checkpoint.save(saved, {"step": 3}, {"w": np.zeros(2)})
    assert checkpoint.load(saved)[0] == {"step": 3}
    assert len(list(saved.iterdir())) == 2


@pytest.mark.parametrize("name", ["json", "safetensors"])
def test_a_file_cut_anywhere_is_an_error(saved: Path, name: str):
    (path,) = saved.glob(f"*.{name}")
    whole = path.read_bytes()
    for length in [0, 1, 10, len(whole) // 2, len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(LoadError, match=path.name):
            checkpoint.load(saved)


@pytest.mark.parametrize("name", ["json", "safetensors"])
def test_a_flipped_bit_anywhere_is_an_error_or_changes_nothing(saved: Path, name: str):
    (path,) = saved.glob(f"*.{name}")
    whole = path.read_bytes()
    refused = 0
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            assert checkpoint.load(saved)[0] == CONFIG
        except LoadError:
            refused += 1
    assert refused > 0.8 * len(range(0, len(whole), 7))


def test_an_edited_configuration_is_an_error_that_says_so(saved: Path):
    path = saved / checkpoint.NAME
    path.write_text(path.read_text().replace('"bigram"', '"gru"'))
    with pytest.raises(LoadError, match="edited"):
        checkpoint.load(saved)


@pytest.mark.parametrize("content", ["[]", "3", "{}", '{"format": "other", "version": 1}', "[" * 100_000])
def test_a_foreign_json_file_is_an_error_that_says_so(saved: Path, content: str):
    (saved / checkpoint.NAME).write_text(content)
    with pytest.raises(LoadError, match=r"not written by lm|not JSON"):
        checkpoint.load(saved)


def test_a_newer_version_is_an_error_that_says_upgrade(saved: Path):
    path = saved / checkpoint.NAME
    path.write_text(path.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(LoadError, match=r"version 2.*Upgrade"):
        checkpoint.load(saved)


def test_arrays_of_another_save_are_an_error(saved: Path, tmp_path: Path):
    checkpoint.save(tmp_path / "other", {}, {"w": np.ones(2)})
    shutil.copy(arrays_file(tmp_path / "other"), arrays_file(saved))
    with pytest.raises(LoadError, match="damaged"):
        checkpoint.load(saved)


def test_arrays_that_are_not_safetensors_are_an_error_even_with_the_right_checksum(saved: Path):
    old, foreign = arrays_file(saved), b"something else"
    checksum = hashlib.sha256(foreign).hexdigest()
    path = saved / checkpoint.NAME
    path.write_text(path.read_text().replace(old.stem.removeprefix("arrays-"), checksum))
    (saved / f"arrays-{checksum}.safetensors").write_bytes(foreign)
    with pytest.raises(LoadError, match="not a safetensors file"):
        checkpoint.load(saved)


def test_a_missing_piece_is_an_error_that_names_it(saved: Path, tmp_path: Path):
    with pytest.raises(LoadError, match="No such file"):
        checkpoint.load(tmp_path / "nosuch")
    with pytest.raises(LoadError, match=r"checkpoint\.json"):
        checkpoint.load(tmp_path)
    arrays_file(saved).unlink()
    with pytest.raises(LoadError, match="safetensors: No such file"):
        checkpoint.load(saved)


def test_pickles_are_never_read(saved: Path):
    arrays_file(saved).write_bytes(b"cos\nsystem\n(S'echo'\ntR.")
    with pytest.raises(LoadError):
        checkpoint.load(saved)


def test_without_safetensors_the_error_gives_the_line_to_type(
    without: Callable[..., None], monkeypatch: pytest.MonkeyPatch
):
    without("safetensors")
    monkeypatch.delitem(sys.modules, "lm.checkpoint")
    with pytest.raises(MissingDependency, match=r"pip install 'mlekit\[lm\]'"):
        importlib.import_module("lm.checkpoint")


def test_save_makes_the_folder_but_not_the_one_above(tmp_path: Path):
    with pytest.raises(OptionError, match="No such file"):
        checkpoint.save(tmp_path / "nosuch" / "run", {}, {})
    assert not (tmp_path / "nosuch").exists()
    (tmp_path / "file").touch()
    with pytest.raises(OptionError, match="File exists"):
        checkpoint.save(tmp_path / "file", {}, {})


def test_a_file_of_the_users_stays(saved: Path):
    mine = saved / "arrays-mine.npy"
    mine.write_bytes(b"mine")
    checkpoint.save(saved, {}, {})
    assert mine.read_bytes() == b"mine"
    assert len(list(saved.glob("arrays-*.safetensors"))) == 1
