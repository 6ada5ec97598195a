"""Save arrays and a configuration to a folder, so that a crash leaves the old state or the new one.

    FOLDER/checkpoint.json                  format, version, checksums, configuration; readable by a person
    FOLDER/arrays-<SHA-256>.safetensors     the arrays

The JSON names the arrays by their checksum, and renaming it into place is the one moment at which the new state
replaces the old: a process that is killed before it leaves the complete old state, and after it the new one. Nothing is
pickled, and no path is stored, so that the folder can be moved.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlekit.errors import LoadError, OptionError, needs

try:
    from safetensors import SafetensorError
    from safetensors import numpy as tensors
except ImportError as error:
    raise needs("safetensors", "lm") from error

NAME = "checkpoint.json"
VERSION = 1

_ours = re.compile(r"arrays-[0-9a-f]{64}\.safetensors(\.tmp)?")

Arrays = dict[str, NDArray[Any]]


def save(folder: str | PathLike[str], config: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write a configuration and arrays to a folder.

    Parameters
    ----------
    folder : str or path
        A new folder in one that exists, or a folder to write again.
    config : mapping
        Values that JSON can hold.
    arrays : mapping of str to ndarray

    Raises
    ------
    OptionError
        If the folder cannot be made.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "first"
    >>> save(folder, {"model": "bigram"}, {"table": np.eye(3)})
    >>> load(folder)[0]
    {'model': 'bigram'}
    """
    folder = _make_folder(Path(folder))
    config = json.loads(json.dumps(config))  # as it will be read: tuples become lists, keys strings
    # safetensors writes memory in its order: a transposed or strided array would come back as another one.
    packed = tensors.save({name: np.asarray(array, order="C") for name, array in arrays.items()})
    checksums = {"config": _checksum(_canonical(config)), "arrays": _checksum(packed)}
    document = {"format": "lm checkpoint", "version": VERSION, "sha256": checksums, "config": config}
    current = _arrays_file(folder, checksums["arrays"])
    write(current, packed)
    write(folder / NAME, json.dumps(document, indent=1).encode())
    for stale in folder.glob("arrays-*"):
        if stale != current and _ours.fullmatch(stale.name):
            stale.unlink()


def load(folder: str | PathLike[str]) -> tuple[dict[str, Any], Arrays]:
    """Read what `save` wrote, bit for bit.

    Parameters
    ----------
    folder : str or path

    Returns
    -------
    config : dict
    arrays : dict of str to ndarray

    Raises
    ------
    LoadError
        If the folder is missing or damaged; the message says how.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "first"
    >>> save(folder, {"model": "bigram"}, {"table": np.eye(3)})
    >>> load(folder)[1]["table"].shape
    (3, 3)
    """
    folder = Path(folder)
    document = _document(folder / NAME)
    try:
        return document["config"], _arrays(folder, document)
    except LoadError:
        if _document(folder / NAME) == document:
            raise
        return load(folder)  # it was saved again in between


def _arrays(folder: Path, document: Mapping[str, Any]) -> Arrays:
    path = _arrays_file(folder, document["sha256"]["arrays"])
    packed = _content(path)
    if _checksum(packed) != document["sha256"]["arrays"]:
        raise LoadError(f"{path} is damaged: its checksum is not the one in {NAME}. Use an intact copy.")
    try:
        return tensors.load(packed)
    except SafetensorError as error:
        raise LoadError(f"{path} is not a safetensors file ({error}).") from error


def under(prefix: str, arrays: Arrays) -> Arrays:
    """Return the arrays whose names begin with a prefix, by their names without it."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def write(path: Path, content: bytes) -> None:
    """Write all of `content` or nothing: to a temporary file beside `path`, synchronised to disk and then renamed."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync_folder(path.parent)


def _document(path: Path) -> dict[str, Any]:
    content = _content(path)
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise LoadError(f"{path} is truncated, damaged or not JSON ({error}).") from error
    match document:
        case {"format": "lm checkpoint", "version": version} if version != VERSION:
            raise LoadError(f"{path} has version {version!r}; this lm reads version {VERSION}. Upgrade mlekit.")
        case {"format": "lm checkpoint", "sha256": {"config": str(checksum), "arrays": str()}, "config": dict(config)}:
            if _checksum(_canonical(config)) != checksum:
                raise LoadError(f"{path} is damaged or was edited: its configuration does not match its checksum.")
            return document
        case _:
            raise LoadError(f"{path} was not written by lm, or is damaged.")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LoadError(f"{path}: {error.strerror}. A folder saved by lm has {NAME} and its arrays.") from error


def _make_folder(folder: Path) -> Path:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OptionError(
            f"cannot save to {folder}: {error.strerror}. Name a new folder in one that exists."
        ) from error
    return folder


def _arrays_file(folder: Path, checksum: str) -> Path:
    return folder / f"arrays-{checksum}.safetensors"


def _canonical(config: Mapping[str, Any]) -> bytes:
    return json.dumps(config, sort_keys=True, separators=(",", ":")).encode()


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
