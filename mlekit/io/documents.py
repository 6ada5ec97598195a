"""A format of JSON documents: its name and version, checksums of what it holds, and how older versions are read.

    {"format": "mlekit fit", "version": 2, "sha256": {"fit": "..."}, "fit": {...}}

The checksum is of the content as JSON without blanks and with sorted keys, so a document may be laid out anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import LoadError

Json = Any  # dicts with str keys, lists, str, int, float, bool and None
Content = dict[str, Json]


@dataclass(frozen=True)
class Format:
    """A kind of JSON document that says what it is, and is refused where it is not whole.

    Parameters
    ----------
    name : str
        Stands in each document; others are refused.
    version : int
        The version that is written.
    key : str, default "fit"
        Under which the content stands, and its checksum.
    writer : str, default "fit.save"
        What error messages call the function or program that writes such documents.
    upgrades : mapping of int to callable, optional
        For each older version that can be read, a function from its content to that of the next version.
    indent : int or None, default None
        Blanks at the beginning of lines; None writes one line.
    strict : bool, default True
        Refuse NaN and infinity, which JSON has no words for.

    Examples
    --------
    >>> import mlekit
    >>> notes = mlekit.io.Format("notes", 1, key="notes")
    >>> notes.content(notes.document({"n": 3}), "notes.json")
    {'n': 3}
    """

    name: str
    version: int
    key: str = "fit"
    writer: str = "fit.save"
    upgrades: Mapping[int, Callable[[Content], Content]] = field(default_factory=dict)
    indent: int | None = None
    strict: bool = True

    def document(self, content: Mapping[str, Json], **checksums: str) -> bytes:
        """Return the document of this content.

        Parameters
        ----------
        content : mapping
            What JSON can hold, with keys of text.
        **checksums : str
            Of files beside the document, by name.

        Returns
        -------
        bytes

        Examples
        --------
        >>> import mlekit
        >>> mlekit.io.Format("notes", 1, key="notes").document({"n": 3})[:46]
        b'{"format": "notes", "version": 1, "sha256": {"'
        """
        sums = {self.key: checksum(_canonical(content)), **checksums}
        document = {"format": self.name, "version": self.version, "sha256": sums, self.key: content}
        return json.dumps(document, indent=self.indent, allow_nan=not self.strict).encode()

    def content(self, document: bytes, path: str | Path) -> Content:
        """Return what a document holds, in the terms of the current version.

        Parameters
        ----------
        document : bytes
            The file.
        path : str or Path
            Its name, for error messages.

        Returns
        -------
        dict

        Raises
        ------
        LoadError
            If it is cut off, damaged, edited, of another format, or of a version that cannot be read.

        Examples
        --------
        >>> import mlekit
        >>> notes = mlekit.io.Format("notes", 1, key="notes")
        >>> notes.content(notes.document({"n": 3}).replace(b"3", b"4"), "notes.json")
        Traceback (most recent call last):
            ...
        mlekit.errors.LoadError: notes.json is damaged or was edited: its checksum is not the one it was saved with
        """
        return self.read(document, path)[0]

    def read(self, document: bytes, path: str | Path) -> tuple[Content, dict[str, str]]:
        """Return what a document holds, and the checksums that stand in it.

        Parameters
        ----------
        document : bytes
            The file.
        path : str or Path
            Its name, for error messages.

        Returns
        -------
        tuple of dict and dict

        Raises
        ------
        LoadError
            As of `content`.

        Examples
        --------
        >>> import mlekit
        >>> notes = mlekit.io.Format("notes", 1, key="notes")
        >>> sorted(notes.read(notes.document({"n": 3}, arrays="ab"), "notes.json")[1])
        ['arrays', 'notes']
        """
        match self._parsed(document, path):
            case {"format": str(name), "version": version} if name == self.name and not self._readable(version):
                raise LoadError(
                    f"{path} has version {version!r}, and this version of mlekit reads version {self.version}. "
                    "Upgrade mlekit."
                )
            case {"format": str(name), "version": int(version), "sha256": sums, self.key: dict(content)} if (
                name == self.name
            ):
                return self._checked(content, _by_name(sums, self.key), version, path)
            case _:
                raise LoadError(f"{path} is JSON, but was not written by {self.writer}, or is damaged")

    def _parsed(self, document: bytes, path: str | Path) -> Json:
        try:
            return json.loads(document)
        except (ValueError, RecursionError) as wrong:
            raise LoadError(f"{path} is cut off, or not JSON: {wrong}") from None

    def _readable(self, version: Json) -> bool:
        return type(version) is int and (version == self.version or version in self.upgrades)

    def _checked(
        self, content: Content, sums: dict[str, str], version: int, path: str | Path
    ) -> tuple[Content, dict[str, str]]:
        if sums.get(self.key) != checksum(_canonical(content)):
            raise LoadError(f"{path} is damaged or was edited: its checksum is not the one it was saved with")
        try:
            for older in range(version, self.version):
                content = self.upgrades[older](content)
        except (AttributeError, LookupError, TypeError, ValueError) as wrong:
            raise LoadError(
                f"{path} holds nothing that version {version} wrote ({type(wrong).__name__}: {wrong})"
            ) from wrong
        return content, sums


def checksum(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal digits.

    Parameters
    ----------
    content : bytes
        All of a file.

    Returns
    -------
    str

    Examples
    --------
    >>> import mlekit
    >>> mlekit.io.checksum(b"")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(content).hexdigest()


def read_bytes(path: Path, hint: str = "") -> bytes:
    """All of a file, or a LoadError that says why it cannot be read."""
    try:
        return path.read_bytes()
    except (OSError, ValueError) as wrong:
        reason = wrong.strerror or wrong if isinstance(wrong, OSError) else wrong
        raise LoadError(f"{path}: {reason}{hint}") from None


def _canonical(content: Json) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _by_name(sums: Json, key: str) -> dict[str, str]:
    """Checksums by name; the first versions wrote one text for a file, and called that of a folder's JSON "content"."""
    match sums:
        case str(one):
            return {key: one}
        case dict(several):
            return {key if name == "content" else str(name): str(value) for name, value in several.items()}
        case _:
            return {}
