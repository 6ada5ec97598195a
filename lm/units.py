"""Units of text: characters, bytes or words, with functions that cut a text into them and join them again.

char    a Unicode code point
byte    a byte of the text in UTF-8
word    what stands between white space; a line is then a text of words, joined with one blank between them
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import cast

import numpy as np
from numpy.typing import NDArray

from lm.aliases import Codes
from mlekit.errors import UnknownName, nearest


class CharacterIndex:
    """Codes of tokens of one character each: a table by code point."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.points = _code_points("".join(tokens))
        self.table = np.zeros(int(self.points.max(initial=0)) + 2, np.int64)  # the last stands for every other point
        self.table[self.points] = np.arange(1, len(tokens) + 1)

    def codes(self, cut: Sequence[Sequence[str]]) -> Codes:
        """Return the codes of all tokens of all words; an unknown token has code 0."""
        points = _code_points("".join(cast("Sequence[str]", cut)))
        return self.table[np.minimum(points, len(self.table) - 1)]

    def tokens(self, codes: Codes) -> Sequence[str]:
        """Return the tokens of codes."""
        return self.points[codes - 1].tobytes().decode("utf-32-le", "surrogatepass")


class TokenIndex:
    """Codes of tokens of any length: a dictionary."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.by_code = np.array([*tokens, None], object)[:-1]
        self.by_token = {token: code for code, token in enumerate(tokens, 1)}

    def codes(self, cut: Sequence[Sequence[str]]) -> Codes:
        """Return the codes of all tokens of all words; an unknown token has code 0."""
        return np.fromiter((self.by_token.get(token, 0) for token in chain.from_iterable(cut)), np.int64)

    def tokens(self, codes: Codes) -> Sequence[str]:
        """Return the tokens of codes."""
        return self.by_code[codes - 1].tolist()


Index = CharacterIndex | TokenIndex


@dataclass(frozen=True)
class Unit:
    """Unit that a text is cut into; `cut` and `join` are inverse functions.

    Attributes
    ----------
    token : str
        Noun for one token, such as "character".
    text : str
        Noun for the text made of the tokens, such as "word".
    cut : callable
        Function from a text to its tokens.
    join : callable
        Function from tokens to the text.
    index : type
        Class that maps tokens to codes.
    symbol : callable
        Function from a token to its form in tables.
    spelled : callable
        Function from a token to its form in error messages.

    Examples
    --------
    >>> import lm
    >>> lm.Vocabulary("ab", unit="byte").kind.token
    'byte'
    """

    token: str
    text: str
    cut: Callable[[str], Sequence[str]]
    join: Callable[[Iterable[str]], str]
    index: type[Index]
    symbol: Callable[[str], str] = str
    spelled: Callable[[str], str] = repr


def _to_bytes(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _from_bytes(tokens: Iterable[str]) -> str:
    """Return the text of bytes; those that are not UTF-8, which a model may draw, become U+FFFD."""
    raw = "".join(tokens).encode("latin-1")
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")


def _spelled(character: str) -> str:
    return f"{character!r} (U+{ord(character):04X})"


def _byte(token: str) -> str:
    return token if "!" <= token <= "~" else f"0x{ord(token):02x}"


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


UNITS = {
    "char": Unit("character", "word", str, "".join, CharacterIndex, spelled=_spelled),
    "byte": Unit("byte", "word", _to_bytes, _from_bytes, CharacterIndex, symbol=_byte, spelled=_byte),
    "word": Unit("word", "text", str.split, " ".join, TokenIndex),
}


def get(name: str) -> Unit:
    """Return the unit of a name.

    Parameters
    ----------
    name : {"char", "byte", "word"}

    Returns
    -------
    Unit

    Raises
    ------
    UnknownName
        If there is no such unit.

    Examples
    --------
    >>> get("byte").token
    'byte'
    """
    if name not in tuple(UNITS):
        raise UnknownName(f"unit={name!r}: {nearest(name, UNITS)}")
    return UNITS[name]
