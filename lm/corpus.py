"""Lists of words: the shipped names, a text file, and a split into training and test words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import cast

from lm.seeds import Seed, generator
from lm.text import abbreviated, plural
from mlekit.errors import DataError, OptionError

_line_end = re.compile(r"\r\n?|\n")


def names() -> list[str]:
    """Return the shipped list of 29,910 first names given in the United States in 2017.

    Returns
    -------
    list of str
        Each name once, in lower case, the most frequent first.

    Examples
    --------
    >>> import lm
    >>> lm.names()[:3]
    ['emma', 'liam', 'olivia']
    """
    return Path(__file__).with_name("data").joinpath("names.txt").read_text("ascii").splitlines()


def read(path: str | PathLike[str], encoding: str = "utf-8", lowercase: bool = False) -> list[str]:
    r"""Read the words of a text file, one word per line.

    Lines end with \n, \r\n or \r and nothing else (U+2028 inside a word is a character of it). A byte-order mark,
    white space around a word and blank lines are left out.

    Parameters
    ----------
    path : str or path
        A text file.
    encoding : str, default "utf-8"
        Encoding of the file, such as "latin-1".
    lowercase : bool, default False
        Convert all words to lower case.

    Returns
    -------
    list of str
        The words in the order of the file, with duplicates.

    Raises
    ------
    DataError
        If the file cannot be read, is not in this encoding, or has no words.
    OptionError
        If the encoding is unknown.

    Examples
    --------
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
            f"{path}, line {line}: a NUL character, which no text file has. If it is UTF-16, use {_option('utf-16')}."
        )
    words = [word for line in _line_end.split(text.removeprefix("\ufeff")) if (word := line.strip())]
    if not words:
        raise DataError(f"{path} has no words; give a file with one word per line.")
    return words


def _decoded(path: str | PathLike[str], encoding: str) -> str:
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}. Name a text file with one word per line.") from error
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        lines = re.split(rb"\r\n?|\n", raw[: error.start])
        other = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
        raise DataError(
            f"{path}, line {len(lines)}, byte {len(lines[-1]) + 1} of the line (0x{raw[error.start]:02x}): "
            f"this is not {encoding}. If it is {other}, use {_option(other)}."
        ) from error
    except (LookupError, ValueError) as error:
        raise OptionError(
            f"encoding={encoding!r} is not known; try 'utf-8', 'utf-16', 'latin-1' or 'cp1252'."
        ) from error


def _option(encoding: str) -> str:
    return f"encoding={encoding!r}, or --encoding {encoding} on the command line"


def split(words: Iterable[str], test: float = 0.1, seed: Seed = 0) -> tuple[list[str], list[str]]:
    """Split words at random into training and test words, with no word in both.

    The split is of the distinct words; all duplicates of a word are on the same side. It depends on the set of words
    and the seed, and not on the order of the words or their frequencies.

    Parameters
    ----------
    words : iterable of str
    test : float, default 0.1
        Fraction of the distinct words that become test words, between 0 and 1.
    seed : int, numpy.random.Generator or None, default 0

    Returns
    -------
    train, test : list of str

    Raises
    ------
    DataError
        If there are fewer than two distinct words.
    OptionError
        If the fraction is not between 0 and 1.

    Examples
    --------
    >>> import lm
    >>> lm.split(["ava", "emma", "ava", "mia"], test=0.4)
    (['ava', 'emma', 'ava'], ['mia'])
    """
    if not 0 < test < 1:
        raise OptionError(f"test={test!r}: give the fraction of test words, between 0 and 1.")
    words = checked(words)
    distinct = sorted(set(words))
    if len(distinct) < 2:
        raise DataError(f"a split needs two distinct words, here are {len(distinct)}.")
    count = min(max(round(test * len(distinct)), 1), len(distinct) - 1)
    held_out = {distinct[i] for i in generator(seed).permutation(len(distinct))[:count]}
    return [word for word in words if word not in held_out], [word for word in words if word in held_out]


@dataclass(frozen=True)
class Tally:
    """Numbers of words and of distinct words."""

    words: int
    distinct: int

    @property
    def duplicates(self) -> int:
        """Number of words beyond the first of each kind."""
        return self.words - self.distinct

    def __str__(self) -> str:
        again = plural(self.duplicates, "duplicate") if self.duplicates else "no duplicates"
        return f"{plural(self.words, 'word')}, {self.distinct:,} distinct, {again}"


def tally(words: Iterable[str]) -> Tally:
    """Count words and distinct words.

    Parameters
    ----------
    words : iterable of str

    Returns
    -------
    Tally

    Examples
    --------
    >>> print(tally(["ava", "emma", "ava"]))
    3 words, 2 distinct, 1 duplicate
    """
    words = checked(words)
    return Tally(len(words), len(set(words)))


def checked(words: Iterable[object]) -> list[str]:
    """Return words as a list, or raise a DataError that names what is not a word.

    Parameters
    ----------
    words : iterable
        Anything a user gave as words.

    Returns
    -------
    list of str

    Raises
    ------
    DataError
        If it is a single string, a table, not iterable, or holds anything but strings.

    Examples
    --------
    >>> checked(("ava", "emma"))
    ['ava', 'emma']
    """
    match words:
        case str() | bytes():
            raise DataError(
                f"{abbreviated(words)} is a single string: give a list of words, "
                "such as text.split(), or lm.read(path) of a file."
            )
        case Mapping() | object(columns=_):
            raise DataError("a table is not a list of words: give one column of it, such as df['name'].")
        case _:
            pass
    try:
        given = list(words)
    except TypeError:
        raise DataError(f"a list of words is expected, not {abbreviated(words)}.") from None
    wrong = next((place for place, word in enumerate(given) if not isinstance(word, str)), None)
    if wrong is not None:
        raise DataError(f"words[{wrong}] is {abbreviated(given[wrong])}, which is not a string: give a list of words.")
    return cast("list[str]", given)
