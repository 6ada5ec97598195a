"""Words to data: the shipped list, a file of words, a split without leaks, and the codes that models count.

A text is one stream of codes. Code 0 is the mark between words: the end of one and the start of the next. A model of
the next character needs nothing else, and no word is padded:

    emma ava  ->  e m m a . a v a .      what comes next
                  . e m m a . a v a      what came before it
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lm.seeds import Seed, generator
from mlekit.errors import DataError, OptionError

Codes = NDArray[np.int64]

_line_end = re.compile(r"\r\n?|\n")


def names() -> list[str]:
    """The shipped list: 29,910 names given in the United States in 2017, the most given first.

    >>> names()[:3]
    ['emma', 'liam', 'olivia']
    """
    return Path(__file__).with_name("data").joinpath("names.txt").read_text("ascii").splitlines()


def read(path: str | PathLike[str], encoding: str = "utf-8") -> list[str]:
    r"""The words of a text file, one a line, in the order of the file, duplicates kept.

    Lines end with \n, \r\n or \r and with nothing else (U+2028 inside a word is a character of it). A byte-order mark,
    white space around a word and blank lines are left out.

    >>> read("names.txt")  # doctest: +SKIP
    ['emma', 'ava']
    """
    text = _decoded(path, encoding)
    if "\0" in text:
        line = len(_line_end.split(text.partition("\0")[0]))
        raise DataError(
            f"{path}, line {line}: a NUL character; no text has one. If it is UTF-16, pass encoding='utf-16'."
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
    except LookupError as error:
        raise OptionError(
            f"encoding={encoding!r} is not known; try 'utf-8', 'utf-16', 'latin-1' or 'cp1252'."
        ) from error
    except UnicodeDecodeError as error:
        lines = re.split(rb"\r\n?|\n", raw[: error.start])
        other = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
        raise DataError(
            f"{path}, line {len(lines)}, byte {len(lines[-1]) + 1} of the line (0x{raw[error.start]:02x}): "
            f"this is not {encoding}. If it is {other}, pass encoding={other!r}."
        ) from error


def split(words: Iterable[str], test: float = 0.1, seed: Seed = 0) -> tuple[list[str], list[str]]:
    """Train and test, never a word on both sides: a share `test` of the distinct words, each with all its duplicates.

    Which words are held out depends on the set of words and the seed, not on their order or on how often each comes.

    >>> split(["ava", "emma", "ava", "mia"], test=0.4)
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
class Vocabulary:
    """The characters that words are made of, each with its code.

    A character is a Unicode code point. `characters` are sorted, and the first has code 1: code 0 is the mark, the end
    of a word and the start of the next.

    >>> letters = Vocabulary.of(["emma", "ava"])
    >>> letters.symbols
    ('', 'a', 'e', 'm', 'v')
    >>> letters.encode(["ava"]).tolist()
    [1, 4, 1, 0]
    """

    characters: str

    @classmethod
    def of(cls, words: Iterable[str]) -> Vocabulary:
        """Every character that the words have."""
        return cls("".join(sorted(set("".join(checked(words))))))

    def __len__(self) -> int:
        return 1 + len(self.characters)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The character of each code; `""` is the mark."""
        return ("", *self.characters)

    def encode(self, words: Iterable[str]) -> Codes:
        """The words as one stream of codes, a 0 after each."""
        words = checked(words)
        points = _code_points("".join(words))
        codes = self._codes[np.minimum(points, len(self._codes) - 1)]
        if not codes.all():
            raise self._never_seen(words)
        ends = np.cumsum([len(word) + 1 for word in words], dtype=np.int64) - 1
        stream = np.zeros(len(codes) + len(words), np.int64)
        stream[_all_but(ends, len(stream))] = codes
        return stream

    def decode(self, stream: ArrayLike) -> list[str]:
        """The words of a stream; `decode(encode(words))` are the words."""
        codes = np.asarray(stream, np.int64)
        text = self._points[codes[codes > 0] - 1].tobytes().decode("utf-32-le", "surrogatepass")
        ends = np.flatnonzero(codes == 0)
        letters_before = ends - np.arange(len(ends))
        return [text[start:stop] for start, stop in pairwise([0, *letters_before.tolist()])]

    @cached_property
    def _points(self) -> NDArray[np.uint32]:
        return _code_points(self.characters)

    @cached_property
    def _codes(self) -> Codes:
        """Code point to code; 0, and so the last place, for every character that is not here."""
        codes = np.zeros(int(self._points.max(initial=0)) + 2, np.int64)
        codes[self._points] = np.arange(1, len(self))
        return codes

    def _never_seen(self, words: list[str]) -> DataError:
        known = set(self.characters)
        word, letter = next((word, letter) for word in words for letter in word if letter not in known)
        return DataError(
            f"the letter {letter!r} (U+{ord(letter):04X}) of the word {_short(word)} was never seen in training; "
            f"{len(known)} are known: {_short(self.characters)}."
        )


def pairs(words: Iterable[str], vocabulary: Vocabulary) -> tuple[Codes, Codes]:
    """Every character with the one before it, as codes: (previous, next), the end of each word counted.

    >>> previous, following = pairs(["ab"], Vocabulary("ab"))
    >>> previous.tolist(), following.tolist()
    ([0, 1, 2], [1, 2, 0])
    """
    following = vocabulary.encode(words)
    return np.roll(following, 1), following


def checked(words: Iterable[object]) -> list[str]:
    """The words as a list, or a DataError that names what is no word."""
    if isinstance(words, str | bytes):
        raise DataError(f"{_short(words)} is one text; give a list of words, such as text.split().")
    try:
        given = list(words)
    except TypeError:
        raise DataError(f"a list of words is expected, not {_short(words)}.") from None
    wrong = next((place for place, word in enumerate(given) if not isinstance(word, str)), None)
    if wrong is not None:
        raise DataError(f"words[{wrong}] is {_short(given[wrong])}, not a text; give a list of words.")
    return cast("list[str]", given)


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _all_but(places: Codes, length: int) -> NDArray[np.bool_]:
    mask = np.ones(length, bool)
    mask[places] = False
    return mask


def _short(value: object) -> str:
    text = repr(value[:60] if isinstance(value, str | bytes) else value)
    return text if len(text) <= 62 else text[:60] + "..."
