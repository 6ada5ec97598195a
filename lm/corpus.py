"""Words to data: the shipped list, a file of words, and a split without leaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import cast

from lm.seeds import Seed, generator
from mlekit.errors import DataError, OptionError

_line_end = re.compile(r"\r\n?|\n")


def names() -> list[str]:
    """The shipped list: 29,910 names given in the United States in 2017, the most given first.

    >>> import lm
    >>> lm.names()[:3]
    ['emma', 'liam', 'olivia']
    """
    return Path(__file__).with_name("data").joinpath("names.txt").read_text("ascii").splitlines()


def read(path: str | PathLike[str], encoding: str = "utf-8", lowercase: bool = False) -> list[str]:
    r"""The words of a text file, one a line, in the order of the file, duplicates kept.

    Lines end with \n, \r\n or \r and with nothing else (U+2028 inside a word is a character of it). A byte-order mark,
    white space around a word and blank lines are left out. `lowercase` makes small letters of all.

    >>> import lm, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "names.txt"
    >>> _ = path.write_text("Emma\nAva\n")
    >>> lm.read(path, lowercase=True)
    ['emma', 'ava']
    """
    text = _decoded(path, encoding)
    text = text.lower() if lowercase else text
    if "\0" in text:
        line = len(_line_end.split(text.partition("\0")[0]))
        raise DataError(
            f"{path}, line {line}: a NUL character; no text has one. If it is UTF-16, say {_how('utf-16')}."
        )
    words = [word for line in _line_end.split(text.removeprefix("\ufeff")) if (word := line.strip())]
    if not words:
        raise DataError(f"{path} has no words; one word a line is expected.")
    return words


def _decoded(path: str | PathLike[str], encoding: str) -> str:
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}. Name a text file with one word a line.") from error
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        lines = re.split(rb"\r\n?|\n", raw[: error.start])
        other = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
        raise DataError(
            f"{path}, line {len(lines)}, byte {len(lines[-1]) + 1} of the line (0x{raw[error.start]:02x}): "
            f"this is not {encoding}. If it is {other}, say {_how(other)}."
        ) from error
    except (LookupError, ValueError) as error:
        raise OptionError(
            f"encoding={encoding!r} is not known; try 'utf-8', 'utf-16', 'latin-1' or 'cp1252'."
        ) from error


def _how(encoding: str) -> str:
    return f"encoding={encoding!r}, or --encoding {encoding} on the command line"


def split(words: Iterable[str], test: float = 0.1, seed: Seed = 0) -> tuple[list[str], list[str]]:
    """Train and test, never a word on both sides: a share `test` of the distinct words, each with all its duplicates.

    Which words are held out depends on the set of words and the seed, not on their order or on how often each comes.

    >>> import lm
    >>> lm.split(["ava", "emma", "ava", "mia"], test=0.4)
    (['ava', 'emma', 'ava'], ['mia'])
    """
    if not 0 < test < 1:
        raise OptionError(f"test={test!r}: give the share to hold out, between 0 and 1.")
    words = checked(words)
    distinct = sorted(set(words))
    if len(distinct) < 2:
        raise DataError(f"a split needs two distinct words, here are {len(distinct)}.")
    count = min(max(round(test * len(distinct)), 1), len(distinct) - 1)
    held_out = {distinct[i] for i in generator(seed).permutation(len(distinct))[:count]}
    return [word for word in words if word not in held_out], [word for word in words if word in held_out]


@dataclass(frozen=True)
class Tally:
    """How many words there are, and how many of them are different."""

    words: int
    distinct: int

    @property
    def duplicates(self) -> int:
        """How many come again."""
        return self.words - self.distinct

    def __str__(self) -> str:
        again = f"{self.duplicates:,} of them come again" if self.duplicates else "none comes twice"
        return f"{self.words:,} words, {self.distinct:,} different: {again}"


def tally(words: Iterable[str]) -> Tally:
    """How many words come more than once.

    >>> print(tally(["ava", "emma", "ava"]))
    3 words, 2 different: 1 of them come again
    """
    words = checked(words)
    return Tally(len(words), len(set(words)))


def checked(words: Iterable[object]) -> list[str]:
    """The words as a list, or a DataError that names what is no word."""
    match words:
        case str() | bytes():
            said = shortened(words)
            raise DataError(f"{said} is one text; give a list of words: text.split(), or lm.read(path) of a file.")
        case Mapping() | object(columns=_):
            raise DataError("a table is no list of words: give one column of it, such as df['name'].")
        case _:
            pass
    try:
        given = list(words)
    except TypeError:
        raise DataError(f"a list of words is expected, not {shortened(words)}.") from None
    wrong = next((place for place, word in enumerate(given) if not isinstance(word, str)), None)
    if wrong is not None:
        raise DataError(f"words[{wrong}] is {shortened(given[wrong])}, not a text; give a list of words.")
    return cast("list[str]", given)


def shortened(value: object) -> str:
    """A value as a sentence can hold it."""
    text = repr(value[:60] if isinstance(value, str | bytes) else value)
    return text if len(text) <= 62 else text[:60] + "..."
