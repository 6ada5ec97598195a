"""The tokens that words are made of, and the codes that models count.

A text is one stream of codes. Code 0 is the mark between words: the end of one and the start of the next. A model of
the next character needs nothing else, and no word is padded:

    emma ava  ->  e m m a . a v a .      what comes next
                  . e m m a . a v a      what came before it

What has a code is a token. The unit says what that is:

    char    a Unicode code point
    byte    a byte of the text in UTF-8
    word    what stands between white space; then each line is a text of words, told with one blank between them
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lm.corpus import checked, shortened
from mlekit.errors import DataError, UnknownName, nearest

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Vocabulary:
    """The tokens that words are made of, each with its code: the characters, if no other unit is asked for.

    The tokens are sorted, and the first has code 1: code 0 is the mark, the end of a word and the start of the next.

    >>> import lm
    >>> letters = lm.Vocabulary.of(["emma", "ava"])
    >>> letters.symbols
    ('', 'a', 'e', 'm', 'v')
    >>> letters.encode(["ava"]).tolist()
    [1, 4, 1, 0]
    >>> lm.Vocabulary.of(["to be or not to be"], unit="word").symbols
    ('', 'be', 'not', 'or', 'to')
    """

    tokens: Sequence[str]  # of bytes, the characters U+0000 to U+00FF
    unit: str = "char"

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", tuple(self.tokens))

    @classmethod
    def of(cls, words: Iterable[str], unit: str = "char") -> Vocabulary:
        """Every token that the words have.

        >>> import lm
        >>> lm.Vocabulary.of(["emma", "ava"]).tokens
        ('a', 'e', 'm', 'v')
        """
        cut = _unit(unit).cut
        return cls(sorted(set[str]().union(*map(cut, checked(words)))), unit)

    def __len__(self) -> int:
        return 1 + len(self.tokens)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The token of each code, as people see it; `""` is the mark.

        >>> import lm
        >>> lm.Vocabulary("aemv").symbols
        ('', 'a', 'e', 'm', 'v')
        """
        return ("", *map(self.kind.symbol, self.tokens))

    @cached_property
    def kind(self) -> Unit:
        """What its unit is called, and how a text is cut into it.

        >>> import lm
        >>> lm.Vocabulary("aemv").kind.token
        'character'
        """
        return _unit(self.unit)

    def state(self) -> dict[str, Any]:
        """What JSON can hold of it; `from_state` leads back.

        >>> import lm
        >>> lm.Vocabulary("aemv").state()
        {'unit': 'char', 'tokens': ['a', 'e', 'm', 'v']}
        """
        return {"unit": self.unit, "tokens": list(self.tokens)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Vocabulary:
        """What `state` gave, as a vocabulary again.

        >>> import lm
        >>> lm.Vocabulary.from_state({"unit": "char", "tokens": ["a", "b"]}).symbols
        ('', 'a', 'b')
        """
        return cls(state["tokens"], state["unit"])

    def lengths(self, words: Iterable[str]) -> Codes:
        """The number of tokens of each word, its end counted.

        >>> import lm
        >>> lm.Vocabulary("aemv").lengths(["emma", "ava"]).tolist()
        [5, 4]
        """
        return _sizes(map(self.kind.cut, checked(words)))

    def knows(self, word: str) -> bool:
        """Whether it has every token of a word.

        >>> import lm
        >>> lm.Vocabulary("aemv").knows("eva"), lm.Vocabulary("aemv").knows("mia")
        (True, False)
        """
        return self._known.issuperset(self.kind.cut(word))

    def plain(self, word: str) -> str:
        """A word as `decode` gives it: of unit word, with one blank wherever there is white space.

        >>> import lm
        >>> lm.Vocabulary(["be", "to"], unit="word").plain("to   be")
        'to be'
        """
        return self.kind.join(self.kind.cut(word))

    def encode(self, words: Iterable[str]) -> Codes:
        """The words as one stream of codes, a 0 after each.

        >>> import lm
        >>> lm.Vocabulary("aemv").encode(["ava", "eva"]).tolist()
        [1, 4, 1, 0, 2, 4, 1, 0]
        """
        words = checked(words)
        cut = [self.kind.cut(word) for word in words]
        codes = self._index.codes(cut)
        if not codes.all():
            raise self._never_seen(words)
        stream = np.zeros(len(codes) + len(words), np.int64)
        stream[_all_but(np.cumsum(_sizes(cut)) - 1, len(stream))] = codes
        return stream

    def decode(self, stream: ArrayLike) -> list[str]:
        """The words of a stream; `decode(encode(words))` are the words, as `plain` has them.

        >>> import lm
        >>> lm.Vocabulary("aemv").decode([1, 4, 1, 0, 2, 4, 1, 0])
        ['ava', 'eva']
        """
        codes = np.asarray(stream, np.int64)
        tokens = self._index.tokens(codes[codes > 0])
        ends = np.flatnonzero(codes == 0)
        before = ends - np.arange(len(ends))
        return [self.kind.join(tokens[start:stop]) for start, stop in pairwise([0, *before.tolist()])]

    @cached_property
    def _index(self) -> Index:
        return self.kind.index(self.tokens)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.tokens)

    def _never_seen(self, words: list[str]) -> DataError:
        word = next(word for word in words if not self.knows(word))
        token = next(token for token in self.kind.cut(word) if token not in self._known)
        return DataError(
            f"the {self.kind.token} {self.kind.spelt(token)} of the {self.kind.text} {shortened(word)} was never seen "
            f"in training; {len(self.tokens):,} are known: {shortened(' '.join(self.symbols[1:31]))}."
        )


class Letters:
    """Codes of tokens that are one character each: a table by code point."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.points = _code_points("".join(tokens))
        self.table = np.zeros(int(self.points.max(initial=0)) + 2, np.int64)  # the last: what is not here
        self.table[self.points] = np.arange(1, len(tokens) + 1)

    def codes(self, cut: Sequence[Sequence[str]]) -> Codes:
        """The codes of all tokens of all words, 0 for one that is not here."""
        points = _code_points("".join(cast("Sequence[str]", cut)))
        return self.table[np.minimum(points, len(self.table) - 1)]

    def tokens(self, codes: Codes) -> Sequence[str]:
        """The tokens of codes."""
        return self.points[codes - 1].tobytes().decode("utf-32-le", "surrogatepass")


class Longer:
    """Codes of tokens of any length."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.named = np.array([*tokens, None], object)[:-1]
        self.code = {token: code for code, token in enumerate(tokens, 1)}

    def codes(self, cut: Sequence[Sequence[str]]) -> Codes:
        """The codes of all tokens of all words, 0 for one that is not here."""
        return np.fromiter((self.code.get(token, 0) for token in chain.from_iterable(cut)), np.int64)

    def tokens(self, codes: Codes) -> Sequence[str]:
        """The tokens of codes."""
        return self.named[codes - 1].tolist()


Index = Letters | Longer


@dataclass(frozen=True)
class Unit:
    """What a text is cut into: `cut` and `join` are each other's inverse.

    >>> import lm
    >>> lm.Vocabulary("ab", unit="byte").kind.token
    'byte'
    """

    token: str  # what people call it
    text: str  # and what is made of it
    cut: Callable[[str], Sequence[str]]
    join: Callable[[Any], str]
    index: type[Index]
    symbol: Callable[[str], str] = str  # a token in a table
    spelt: Callable[[str], str] = repr  # and in a sentence


def _to_bytes(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _from_bytes(text: str) -> str:
    """Bytes that are no UTF-8, as a model may draw them, become U+FFFD."""
    raw = text.encode("latin-1")
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")


def _spelt(letter: str) -> str:
    return f"{letter!r} (U+{ord(letter):04X})"


def _byte(token: str) -> str:
    return token if "!" <= token <= "~" else f"0x{ord(token):02x}"


UNITS = {
    "char": Unit("character", "word", str, str, Letters, spelt=_spelt),
    "byte": Unit("byte", "word", _to_bytes, _from_bytes, Letters, symbol=_byte, spelt=_byte),
    "word": Unit("word", "text", str.split, " ".join, Longer),
}


def _unit(name: str) -> Unit:
    if name not in tuple(UNITS):
        raise UnknownName(f"unit={name!r}: {nearest(name, UNITS)}")
    return UNITS[name]


def pairs(words: Iterable[str], vocabulary: Vocabulary) -> tuple[Codes, Codes]:
    """Every token with the one before it, as codes: (previous, next), the end of each word counted.

    >>> previous, following = pairs(["ab"], Vocabulary("ab"))
    >>> previous.tolist(), following.tolist()
    ([0, 1, 2], [1, 2, 0])
    """
    following = vocabulary.encode(words)
    return np.roll(following, 1), following


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _sizes(cut: Iterable[Sequence[str]]) -> Codes:
    return np.fromiter((len(tokens) + 1 for tokens in cut), np.int64)


def _all_but(places: Codes, length: int) -> NDArray[np.bool_]:
    mask = np.ones(length, bool)
    mask[places] = False
    return mask
