"""One file, whole or not at all.

It is written beside its place, flushed to the disk, and renamed into place; then the folder is flushed as well, so that
the name survives a loss of power. Whoever reads meanwhile sees the old file or the new one, and a process that is
stopped leaves the old one.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from os import PathLike
from pathlib import Path

from ..errors import OptionError


@contextmanager
def atomic_file(path: str | PathLike[str]) -> Generator[Path]:
    """Yield the path of a temporary file that replaces the one at `path` when the block ends.

    An exception in the block leaves the old file as it was, and no temporary file.

    Parameters
    ----------
    path : str or path
        The file to write, in a folder that exists.

    Yields
    ------
    Path
        Where to write: a file beside `path`.

    Raises
    ------
    OptionError
        If there is no such folder, or the file cannot be written.

    Examples
    --------
    >>> import mlekit, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "words.txt"
    >>> with mlekit.io.atomic_file(path) as temporary:
    ...     _ = temporary.write_text("all of it")
    >>> path.read_text(), len(list(path.parent.iterdir()))
    ('all of it', 1)
    """
    place = check_path(path)
    temporary = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(place)
        _sync(place.parent)
    except OSError as wrong:
        raise OptionError(f"{place} cannot be written: {wrong.strerror or wrong}") from None
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: str | PathLike[str], content: bytes) -> None:
    """Write all of the bytes to a file, or nothing.

    Parameters
    ----------
    path : str or path
        The file to write, in a folder that exists.
    content : bytes
        What it will hold.

    Raises
    ------
    OptionError
        If there is no such folder, or the file cannot be written.

    Examples
    --------
    >>> import mlekit, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "three.bin"
    >>> mlekit.io.write_bytes(path, bytes(3))
    >>> path.stat().st_size
    3
    """
    with atomic_file(path) as temporary:
        temporary.write_bytes(content)


def check_path(path: str | PathLike[str]) -> Path:
    """Return the path if a file may be written there.

    Parameters
    ----------
    path : str or path
        The file to write.

    Returns
    -------
    Path

    Raises
    ------
    OptionError
        If it is not a path, is a folder, or is in a folder that does not exist.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.io.check_path("no/such/folder/fit.json")
    Traceback (most recent call last):
        ...
    mlekit.errors.OptionError: there is no folder no/such/folder: make it first, or name another
    """
    known = isinstance(path, (str, PathLike))  # pyright: ignore[reportUnnecessaryIsInstance]
    if not known or not str(path) or "\0" in str(path):
        raise OptionError(f"path is {path!r}: give the name of a file")
    place = Path(path)
    try:
        folder, parent = place.is_dir(), place.parent.is_dir()
    except (OSError, ValueError) as wrong:
        raise OptionError(f"{str(path)!r} cannot be written: {wrong}") from None
    if folder:
        raise OptionError(f"{path} is a folder: name a file in it")
    if not parent:
        raise OptionError(f"there is no folder {place.parent}: make it first, or name another")
    return place


def _sync(folder: Path) -> None:
    """Flush the names in a folder; some file systems refuse, and the file is in its place all the same."""
    if os.name == "posix":
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
