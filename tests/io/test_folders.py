"""A folder of JSON and arrays holds the old state or the new one, and never half of either."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mlekit
from mlekit.errors import LoadError, MissingDependency, OptionError
from mlekit.io import Folder, Format, checksum

RUN = Folder("run.json", Format("run", 1, key="config", writer="the trainer", indent=1, strict=False))
CONFIG: dict[str, Any] = {"model": "bigram", "letters": ["", "ë", "👧"], "lr": 0.1 + 0.2, "state": 2**100, "none": None}
ARRAYS: dict[str, Any] = {
    "float64": np.array([[np.nan, -np.inf], [-0.0, 5e-324]]),
    "transposed": np.arange(6.0).reshape(2, 3).T,
    "strided": np.arange(10)[::3],
    "big_endian": np.arange(3.0).astype(">f8"),
    "scalar": np.array(7, np.int16),
    "empty": np.zeros((0, 3)),
    "bool": np.array([True, False]),
}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    RUN.save(tmp_path / "first", CONFIG, ARRAYS)
    return tmp_path / "first"


def arrays_file(folder: Path) -> Path:
    (path,) = folder.glob("*.safetensors")
    return path


def test_every_bit_comes_back(saved: Path) -> None:
    config, arrays = RUN.load(saved)
    assert config == CONFIG
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        native = np.asarray(array, array.dtype.newbyteorder("="))
        assert (arrays[name].dtype, arrays[name].shape) == (native.dtype, native.shape)
        assert arrays[name].tobytes() == native.tobytes()


def test_content_comes_back_as_json_has_it(tmp_path: Path) -> None:
    RUN.save(tmp_path, {"shape": (2, 3), "by_size": {10: "b", 2: "a"}, "best": float("inf")}, {})
    assert RUN.load(tmp_path)[0] == {"shape": [2, 3], "by_size": {"10": "b", "2": "a"}, "best": float("inf")}


def test_the_folder_can_be_moved_and_people_can_read_it(saved: Path) -> None:
    moved = saved.rename(saved.with_name("elsewhere"))
    assert RUN.load(moved)[0] == CONFIG
    assert json.loads((moved / "run.json").read_bytes())["config"] == CONFIG


def test_a_second_save_replaces_the_first_and_leaves_other_files_alone(saved: Path) -> None:
    (saved / "arrays-mine.npy").write_bytes(b"mine")
    RUN.save(saved, {"step": 2}, {"w": np.ones(2)})
    assert RUN.load(saved)[0] == {"step": 2}
    assert (saved / "arrays-mine.npy").read_bytes() == b"mine"
    assert len(list(saved.iterdir())) == 3


@pytest.mark.parametrize("step", range(6))
def test_a_save_that_dies_at_any_step_leaves_the_old_state_or_the_new(
    saved: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
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
        patch.setattr(Path, "unlink", lambda *_, **__: None)  # a process that is killed tidies nothing up
        with pytest.raises(KeyboardInterrupt):
            RUN.save(saved, {"step": 2}, {"w": np.ones(2)})
    assert RUN.load(saved)[0] == ({"step": 2} if step == 5 else CONFIG)
    RUN.save(saved, {"step": 3}, {"w": np.zeros(2)})
    assert RUN.load(saved)[0] == {"step": 3}
    assert len(list(saved.iterdir())) == 2


def test_a_folder_that_is_saved_again_while_it_is_read_is_read_again(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.read_bytes

    def late(path: Path) -> bytes:
        if path.suffix == ".safetensors":
            monkeypatch.setattr(Path, "read_bytes", real)
            RUN.save(saved, {"step": 2}, {"w": np.ones(2)})
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", late)
    config, arrays = RUN.load(saved)
    assert config == {"step": 2}
    assert arrays["w"].tolist() == [1, 1]


@pytest.mark.parametrize("name", ["json", "safetensors"])
def test_a_file_cut_anywhere_or_with_another_bit_is_an_error_or_changes_nothing(saved: Path, name: str) -> None:
    (path,) = saved.glob(f"*.{name}")
    whole = path.read_bytes()
    for length in [0, 1, 10, len(whole) // 2, len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(LoadError, match=path.name):
            RUN.load(saved)
    refused = 0
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            assert RUN.load(saved)[0] == CONFIG
        except LoadError:
            refused += 1
    assert refused > 0.8 * len(range(0, len(whole), 7))


@pytest.mark.parametrize("content", ["[]", "3", "{}", '{"format": "other", "version": 1}', "[" * 100_000])
def test_a_foreign_file_is_an_error_that_says_who_did_not_write_it(saved: Path, content: str) -> None:
    (saved / "run.json").write_text(content)
    with pytest.raises(LoadError, match=r"not written by the trainer|not JSON"):
        RUN.load(saved)


def test_a_document_without_arrays_is_an_error(saved: Path) -> None:
    (saved / "run.json").write_bytes(RUN.form.document(CONFIG))
    with pytest.raises(LoadError, match="not written by the trainer"):
        RUN.load(saved)


def test_a_checksum_reaches_no_other_file(saved: Path) -> None:
    (saved / "run.json").write_bytes(RUN.form.document(CONFIG, arrays="/../../x"))
    with pytest.raises(LoadError, match="is not a checksum"):
        RUN.load(saved)


def test_arrays_that_are_no_safetensors_are_an_error_even_with_the_right_checksum(saved: Path) -> None:
    foreign = b"cos\nsystem\n(S'echo'\ntR."
    (saved / "run.json").write_bytes(RUN.form.document(CONFIG, arrays=checksum(foreign)))
    (saved / f"arrays-{checksum(foreign)}.safetensors").write_bytes(foreign)
    with pytest.raises(LoadError, match="not a safetensors file"):
        RUN.load(saved)


def test_a_missing_piece_is_an_error_that_names_it(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"No such file.*holds no fit: one saved by the trainer has run\.json"):
        RUN.load(tmp_path / "nosuch")
    arrays_file(saved).unlink()
    with pytest.raises(LoadError, match="safetensors: No such file"):
        RUN.load(saved)


def test_save_makes_the_folder_but_not_the_one_above(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="No such file"):
        RUN.save(tmp_path / "nosuch" / "run", {}, {})
    assert not (tmp_path / "nosuch").exists()
    (tmp_path / "file").touch()
    with pytest.raises(OptionError, match="File exists"):
        RUN.save(tmp_path / "file", {}, {})


def test_without_safetensors_the_error_gives_the_line_to_type(without: Callable[..., None]) -> None:
    without("safetensors")
    with pytest.raises(MissingDependency, match=r"pip install 'mlekit\[lm\]'"):
        _ = mlekit.io.Folder


def test_a_folder_that_another_program_wrote_is_read_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("run.json", "builtins:len", "mlekit.folders")
    monkeypatch.setattr("mlekit.io.folders.entry_points", lambda group: [entry])
    assert mlekit.io.load_registered(tmp_path) is None
    (tmp_path / "run.json").touch()
    with pytest.raises(TypeError, match="has no len"):
        mlekit.load(tmp_path)
