"""One process at a time in a folder. The lock is the system's, so it ends with the process, however that ends."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from mlekit.errors import OptionError

NAME = "lock"


@contextmanager
def held(folder: Path) -> Generator[None]:
    """The folder is ours; an OptionError where another process has it."""
    try:
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise OptionError(f"{folder / NAME}: {error.strerror}; name a folder that can be written to") from error
    try:
        try:
            _take(handle)
        except OSError as error:
            raise OptionError(
                f"{folder}: another process is at work there; wait for its end, or name another folder"
            ) from error
        yield
    finally:
        os.close(handle)


if os.name == "nt":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
