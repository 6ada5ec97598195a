"""One file is written, whole or not at all, and its name is on the disk before the call returns."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mlekit
from mlekit.errors import OptionError
from mlekit.io import atomic_file, check_path, write_bytes


def amounts() -> Any:
    return mlekit.fit(np.random.default_rng(1).gamma(2.0, 3.0, 50), family="gamma")


def temperatures() -> Any:
    return mlekit.fit([72, 75, 71, 73, 74], family="normal")


def test_exactly_one_file_is_written(tmp_path: Path) -> None:
    amounts().save(tmp_path / "fit.json", data=True)
    temperatures().save(str(tmp_path / "fit.json"))
    assert [p.name for p in tmp_path.iterdir()] == ["fit.json"]
    assert mlekit.load(tmp_path / "fit.json").family.name == "normal"


def test_a_missing_folder_is_an_error_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="there is no folder"):
        amounts().save(tmp_path / "new" / "fit.json")
    with pytest.raises(OptionError, match="is a folder"):
        amounts().save(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "fit.json"
    amounts().save(path)
    before = path.read_bytes()

    def fails(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OptionError, match="No space left"):
        temperatures().save(path)
    assert [p.name for p in tmp_path.iterdir()] == ["fit.json"]
    assert path.read_bytes() == before


def test_the_file_and_then_the_folder_are_flushed_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[tuple[str, bool]] = []

    def watched(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        flushed.append((kind, (tmp_path / "three").exists()))

    monkeypatch.setattr(os, "fsync", watched)
    write_bytes(tmp_path / "three", bytes(3))
    assert flushed == [("file", False), ("folder", True)]


def test_a_folder_that_cannot_be_flushed_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def refuses(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(22, "Invalid argument")
        real(handle)

    monkeypatch.setattr(os, "fsync", refuses)
    write_bytes(tmp_path / "three", bytes(3))
    assert (tmp_path / "three").read_bytes() == bytes(3)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_exception_in_the_middle_leaves_the_old_file(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "words.txt"
    path.write_text("old")

    def half() -> None:
        with atomic_file(path) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("path", [3, None, "", "a\0b", b"bytes"])
def test_what_is_no_path_is_an_option_error(path: Any) -> None:
    with pytest.raises(OptionError, match=r"path is|cannot be written"):
        check_path(path)


def test_a_name_that_is_too_long_is_an_option_error(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="cannot be written"):
        write_bytes(tmp_path / ("a" * 300), b"")
