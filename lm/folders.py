"""The folders of runs."""

from __future__ import annotations

from pathlib import Path

from lm import checkpoint, lock
from mlekit.errors import OptionError

RUNS = Path("runs")  # folder of the runs without --out


def has_run(folder: Path | None) -> bool:
    """Return True if a fit or a run was saved in the folder."""
    return folder is not None and (folder / checkpoint.NAME).exists()


def remove_if_empty(folder: Path) -> None:
    """Remove a folder in which nothing was saved."""
    if [path.name for path in folder.iterdir()] == [lock.NAME]:
        (folder / lock.NAME).unlink()
        folder.rmdir()
        if folder.parent == RUNS and not any(RUNS.iterdir()):
            RUNS.rmdir()


def new_folder(model: str) -> Path:
    """Make the first of runs/MODEL-1, runs/MODEL-2, ... that does not exist."""
    number, runs = 1, make_folder(RUNS)
    while True:
        try:
            (runs / f"{model}-{number}").mkdir()
        except FileExistsError:
            number += 1
        else:
            return runs / f"{model}-{number}"


def make_folder(folder: Path) -> Path:
    """Make a folder if it does not exist."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OptionError(f"--out {folder}: {error.strerror}; name a new folder in one that exists") from error
    return folder
