"""A fit in a folder that is never half written: JSON that people can read, and beside it the arrays.

    FOLDER/net.json                       format, version, checksums, and what it says
    FOLDER/arrays-<SHA-256>.safetensors   the arrays

The JSON names the arrays by their checksum, and putting it in its place is the moment at which the new state replaces
the old.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ..errors import LoadError, OptionError
from .files import whole_file

NAME, FORMAT, VERSION = "net.json", "mlekit net", 1


def write(path: Any, content: Any, arrays: bytes) -> None:
    """What JSON can hold, and the bytes of the arrays, into a folder that is made if only itself is missing."""
    folder = Path(path)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as wrong:
        raise OptionError(f"cannot save to {folder}: {wrong.strerror}; name a new folder in one that exists") from None
    checksums = {"content": _checksum(_canonical(content)), "arrays": _checksum(arrays)}
    document = {"format": FORMAT, "version": VERSION, "sha256": checksums, "fit": content}
    current = _arrays(folder, checksums["arrays"])
    with whole_file(current) as temporary:
        temporary.write_bytes(arrays)
    with whole_file(folder / NAME) as temporary:
        temporary.write_text(json.dumps(document, indent=1, allow_nan=False), encoding="utf-8")
    for stale in set(folder.glob("arrays-*.safetensors")) - {current}:
        stale.unlink()


def read(path: Any) -> tuple[Any, bytes]:
    """And back, if all of it is what was saved."""
    folder = Path(path)
    try:
        document = json.loads((folder / NAME).read_bytes())
    except OSError as wrong:
        raise LoadError(f"{folder} holds no fit: {NAME} in it cannot be read ({wrong.strerror or wrong})") from None
    except (ValueError, RecursionError) as wrong:
        raise LoadError(f"{folder / NAME} is cut off, or no JSON: {wrong}") from None
    match document:
        case {"format": str(form), "version": int(version)} if form == FORMAT and version != VERSION:
            raise LoadError(f"{folder} has version {version}, and this mlekit reads version {VERSION}: upgrade mlekit")
        case {"format": str(form), "sha256": {"content": str(said), "arrays": str(name)}, "fit": dict(content)} if (
            form == FORMAT
        ):
            arrays = _read(_arrays(folder, name))
            if _checksum(_canonical(content)) != said or _checksum(arrays) != name:
                raise LoadError(f"{folder} is damaged or was edited: its checksums are not those it was saved with")
            return content, arrays
        case _:
            raise LoadError(f"{folder / NAME} is JSON, but was not written by fit.save")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise LoadError(f"{path} cannot be read: {wrong.strerror or wrong}") from None


def _arrays(folder: Path, checksum: str) -> Path:
    return folder / f"arrays-{checksum}.safetensors"


def _canonical(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
