"""A folder that is never half written: JSON that people can read, and beside it the arrays.

    FOLDER/network.json                   format, version, checksums, and what it says
    FOLDER/arrays-<SHA-256>.safetensors   the arrays

The JSON names the arrays by their checksum, and putting it in its place is the moment at which the new state replaces
the old: a process that is stopped before leaves the old state, whole, and after it the new one. No path is kept, so the
folder can be moved.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import LoadError, OptionError, needs
from .atomic import write_bytes
from .documents import Content, Format, Json, checksum, read_bytes

try:
    from safetensors import SafetensorError
    from safetensors import numpy as safetensors
except ImportError as error:
    raise needs("safetensors", "lm") from error

Arrays = dict[str, NDArray[Any]]  # of any dtype


@dataclass(frozen=True)
class Folder:
    """A kind of folder: a document of one format, and arrays.

    Parameters
    ----------
    name : str
        File name of the document.
    form : Format
        The format of the document.

    Examples
    --------
    >>> import mlekit, numpy, pathlib, tempfile
    >>> run = mlekit.io.Folder("run.json", mlekit.io.Format("run", 1, key="config"))
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "first"
    >>> run.save(path, {"model": "bigram"}, {"table": numpy.eye(2)})
    >>> run.load(path)[0], run.load(path)[1]["table"].tolist()
    ({'model': 'bigram'}, [[1.0, 0.0], [0.0, 1.0]])
    """

    name: str
    form: Format

    def save(
        self, folder: str | PathLike[str], content: Mapping[str, Json], arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        """Write content and arrays into a folder, which is made if only itself is missing.

        Parameters
        ----------
        folder : str or path
            Where to write; what other files it holds is left alone.
        content : mapping
            What JSON can hold: tuples become lists, and keys text.
        arrays : mapping of str to array
            NumPy arrays of numbers.

        Raises
        ------
        OptionError
            If the folder cannot be made or written.

        Examples
        --------
        >>> import mlekit, pathlib, tempfile
        >>> run = mlekit.io.Folder("run.json", mlekit.io.Format("run", 1, key="config"))
        >>> path = pathlib.Path(tempfile.mkdtemp())
        >>> run.save(path, {"model": "bigram"}, {})
        >>> sorted(file.suffix for file in path.iterdir())
        ['.json', '.safetensors']
        """
        place = _made(Path(folder))
        # safetensors reads memory as it lies: a transposed or strided array would come back as another one
        packed = safetensors.save({name: np.asarray(array, order="C") for name, array in arrays.items()})
        current = _arrays_file(place, checksum(packed))
        document = self.form.document(json.loads(json.dumps(content)), arrays=checksum(packed))
        write_bytes(current, packed)
        write_bytes(place / self.name, document)
        self._clean(place, current)

    def load(self, folder: str | PathLike[str]) -> tuple[Content, Arrays]:
        """Return what `save` wrote, bit for bit.

        Parameters
        ----------
        folder : str or path
            A folder that `save` wrote.

        Returns
        -------
        tuple of dict and dict
            Content and arrays.

        Raises
        ------
        LoadError
            If a file is missing, damaged, edited, or of another format or version.

        Examples
        --------
        >>> import mlekit, pathlib, tempfile
        >>> run = mlekit.io.Folder("run.json", mlekit.io.Format("run", 1, key="config"))
        >>> path = pathlib.Path(tempfile.mkdtemp())
        >>> run.save(path, {"size": (2, 3)}, {})
        >>> run.load(path)
        ({'size': [2, 3]}, {})
        """
        place = Path(folder)
        document = self._document(place)
        content, sums = self.form.read(document, place / self.name)
        try:
            return content, self._arrays(place, sums)
        except LoadError:
            if self._document(place) == document:
                raise
            return self.load(place)  # it was saved again in between

    def _document(self, place: Path) -> bytes:
        hint = f". The folder holds no fit: one saved by {self.form.writer} has {self.name} and its arrays in it."
        return read_bytes(place / self.name, hint)

    def _arrays(self, place: Path, sums: Mapping[str, str]) -> Arrays:
        if "arrays" not in sums:
            raise LoadError(f"{place / self.name} was not written by {self.form.writer}, or is damaged")
        path = _arrays_file(place, sums["arrays"])
        packed = read_bytes(path)
        if checksum(packed) != sums["arrays"]:
            raise LoadError(f"{path} is damaged: its checksum is not the one that {self.name} gives")
        try:
            return safetensors.load(packed)
        except SafetensorError as wrong:
            raise LoadError(f"{path} is not a safetensors file ({wrong})") from wrong

    def _clean(self, place: Path, current: Path) -> None:
        """Remove arrays that no document names any more, and what a stopped process left half written."""
        old = re.compile(rf"\.?(arrays-[0-9a-f]{{64}}\.safetensors|{re.escape(self.name)}\.\d+\.tmp)(\.\d+)?(\.tmp)?")
        for path in place.iterdir():
            if path != current and old.fullmatch(path.name):
                path.unlink(missing_ok=True)


def load_registered(folder: str | PathLike[str]) -> Any:
    """Return the fit of a folder that another program wrote.

    A program names the file by which its folders are known, and the function that reads them, as an entry point of
    the group ``mlekit.folders``.

    Parameters
    ----------
    folder : str or path
        A folder.

    Returns
    -------
    object or None
        What the function of the program returns; None if no program knows the folder.

    Examples
    --------
    >>> import mlekit, tempfile
    >>> mlekit.io.load_registered(tempfile.mkdtemp()) is None
    True
    """
    place = Path(folder)
    for entry in entry_points(group="mlekit.folders"):
        if (place / entry.name).is_file():
            return entry.load()(place)
    return None


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as wrong:
        raise OptionError(f"cannot save to {folder}: {wrong.strerror}; name a new folder in one that exists") from None
    return folder


def _arrays_file(folder: Path, digits: str) -> Path:
    if not re.fullmatch("[0-9a-f]{64}", digits):
        raise LoadError(f"{folder} is damaged: {digits!r} is not a checksum")
    return folder / f"arrays-{digits}.safetensors"
