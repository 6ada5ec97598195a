"""Folders of runs: a configuration that people can read in ``checkpoint.json``, and beside it the arrays.

The folder is one of `mlekit.io`: a process that is stopped while it saves leaves the complete old state or the new one.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from mlekit.io import Folder, Format

Arrays = dict[str, NDArray[Any]]

NAME = "checkpoint.json"
FOLDER = Folder(NAME, Format("lm checkpoint", 1, key="config", writer="lm", indent=1, strict=False))
save, load = FOLDER.save, FOLDER.load


def under(prefix: str, arrays: Arrays) -> Arrays:
    """Return the arrays whose names begin with a prefix, by their names without it."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
