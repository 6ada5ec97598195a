"""A lock on a folder, so that one process at a time writes to it.

The lock belongs to the operating system and ends with the process, however the process ends.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from mlekit.errors import OptionError

NAME = "lock"


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Hold the lock of a folder for the duration of a `with` block.

    Parameters
    ----------
    folder : Path
        An existing folder; the file `lock` is created in it and stays there.

    Raises
    ------
    OptionError
        If another process holds the lock, or the folder cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> with locked(Path(tempfile.mkdtemp())):
    ...     print("no other process writes here")
    no other process writes here
    """
    try:
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise OptionError(f"{folder / NAME}: {error.strerror}; name a folder that can be written to") from error
    try:
        try:
            _lock(handle)
        except OSError as error:
            raise OptionError(
                f"{folder}: another process is using this folder; wait until it ends, or name another folder"
            ) from error
        yield
    finally:
        os.close(handle)


if os.name == "nt":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
