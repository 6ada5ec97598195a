"""The tokens that words are made of, and the integer codes that models work with.

A list of words is one stream of codes. Code 0 is the boundary mark between words: the end of one and the start of the
next. A model of the next token needs nothing else, and no word is padded:

    emma ava  ->  e m m a . a v a .      the next token
                  . e m m a . a v a      the token before it
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from lm import units
from lm.aliases import Booleans, Codes, Settings
from lm.corpus import checked
from lm.text import abbreviated
from lm.units import Index, Unit
from mlekit.errors import DataError


@dataclass(frozen=True)
class Vocabulary:
    """The tokens that words are made of, each with its code.

    The tokens are sorted and have the codes 1, 2, ... Code 0 is the boundary mark: the end of a word and the start of
    the next.

    Parameters
    ----------
    tokens : sequence of str
        The tokens in order; a string is a sequence of characters. Bytes are written as the characters U+0000 to U+00FF.
    unit : {"char", "byte", "word"}, default "char"
        Unit that texts are cut into: Unicode code points, bytes of UTF-8, or what stands between white space.

    Examples
    --------
    >>> import lm
    >>> letters = lm.Vocabulary.of(["emma", "ava"])
    >>> letters.symbols
    ('', 'a', 'e', 'm', 'v')
    >>> letters.encode(["ava"]).tolist()
    [1, 4, 1, 0]
    """

    tokens: Sequence[str]
    unit: str = "char"

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", tuple(self.tokens))

    @classmethod
    def of(cls, words: Iterable[str], unit: str = "char") -> Vocabulary:
        """Return the vocabulary of all tokens that occur in words.

        Parameters
        ----------
        words : iterable of str
        unit : {"char", "byte", "word"}, default "char"

        Returns
        -------
        Vocabulary

        Raises
        ------
        DataError
            If `words` is not a list of words.
        UnknownName
            If there is no such unit.

        Examples
        --------
        >>> import lm
        >>> lm.Vocabulary.of(["emma", "ava"]).tokens
        ('a', 'e', 'm', 'v')
        >>> lm.Vocabulary.of(["to be or not to be"], unit="word").tokens
        ('be', 'not', 'or', 'to')
        """
        cut = units.get(unit).cut
        return cls(sorted(set[str]().union(*map(cut, checked(words)))), unit)

    def __len__(self) -> int:
        return 1 + len(self.tokens)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Printable form of the token of each code; `""` is the boundary mark.

        Examples
        --------
        >>> import lm
        >>> lm.Vocabulary("aemv").symbols
        ('', 'a', 'e', 'm', 'v')
        """
        return ("", *map(self.kind.symbol, self.tokens))

    @cached_property
    def kind(self) -> Unit:
        """The unit, with its nouns and the functions that cut and join texts.

        Examples
        --------
        >>> import lm
        >>> lm.Vocabulary("aemv").kind.token
        'character'
        """
        return units.get(self.unit)

    def state(self) -> dict[str, str | list[str]]:
        """Return the vocabulary as a dict of strings, for JSON.

        Returns
        -------
        dict
            Unit and tokens; `from_state` is the inverse.

        Examples
        --------
        >>> import lm
        >>> lm.Vocabulary("aemv").state()
        {'unit': 'char', 'tokens': ['a', 'e', 'm', 'v']}
        """
        return {"unit": self.unit, "tokens": list(self.tokens)}

    @classmethod
    def from_state(cls, state: Settings) -> Vocabulary:
        """Return the vocabulary that `state` described.

        Parameters
        ----------
        state : mapping
            The value of `state()`.

        Returns
        -------
        Vocabulary

        Examples
        --------
        >>> import lm
        >>> lm.Vocabulary.from_state({"unit": "char", "tokens": ["a", "b"]}).symbols
        ('', 'a', 'b')
        """
        return cls(state["tokens"], state["unit"])

    def lengths(self, words: Iterable[str]) -> Codes:
        """Count the tokens of each word, its end included.

        Parameters
        ----------
        words : iterable of str

        Returns
        -------
        ndarray of int
            One number per word.

        Examples
        --------
        >>> import lm
        >>> lm.Vocabulary("aemv").lengths(["emma", "ava"]).tolist()
        [5, 4]
        """
        return _lengths(map(self.kind.cut, checked(words)))

    def knows(self, word: str) -> bool:
        """Return True if every token of a word is in the vocabulary.

        Parameters
        ----------
        word : str

        Returns
        -------
        bool

        Examples
        --------
        >>> import lm
        >>> lm.Vocabulary("aemv").knows("eva"), lm.Vocabulary("aemv").knows("mia")
        (True, False)
        """
        return self._known.issuperset(self.kind.cut(word))

    def plain(self, word: str) -> str:
        """Return a word as `decode` gives it: with unit "word", white space becomes single blanks.

        Parameters
        ----------
        word : str

        Returns
        -------
        str

        Examples
        --------
        >>> import lm
        >>> lm.Vocabulary(["be", "to"], unit="word").plain("to   be")
        'to be'
        """
        return self.kind.join(self.kind.cut(word))

    def encode(self, words: Iterable[str]) -> Codes:
        """Encode words as one stream of codes, with a 0 after each word.

        Parameters
        ----------
        words : iterable of str

        Returns
        -------
        ndarray of int

        Raises
        ------
        DataError
            If a token is not in the vocabulary; the message names it.

        Examples
        --------
        >>> import lm
        >>> lm.Vocabulary("aemv").encode(["ava", "eva"]).tolist()
        [1, 4, 1, 0, 2, 4, 1, 0]
        """
        words = checked(words)
        cut = [self.kind.cut(word) for word in words]
        codes = self._index.codes(cut)
        if not codes.all():
            raise self._unseen(words)
        stream = np.zeros(len(codes) + len(words), np.int64)
        stream[_all_but(np.cumsum(_lengths(cut)) - 1, len(stream))] = codes
        return stream

    def decode(self, stream: ArrayLike) -> list[str]:
        """Decode a stream of codes into words: the inverse of `encode`.

        Parameters
        ----------
        stream : array_like of int
            Codes, with a 0 after each word.

        Returns
        -------
        list of str
            The words as `plain` gives them.

        Examples
        --------
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

    def _unseen(self, words: list[str]) -> DataError:
        """Return the error that names the first token that is not in the vocabulary."""
        word = next(word for word in words if not self.knows(word))
        token = next(token for token in self.kind.cut(word) if token not in self._known)
        return DataError(
            f"the {self.kind.token} {self.kind.spelled(token)} of the {self.kind.text} {abbreviated(word)} was never "
            f"seen in training; the vocabulary has {len(self.tokens):,}: {abbreviated(' '.join(self.symbols[1:31]))}."
        )


def pairs(words: Iterable[str], vocabulary: Vocabulary) -> tuple[Codes, Codes]:
    """Return each token with the one before it, as codes; the end of each word is a token.

    Parameters
    ----------
    words : iterable of str
    vocabulary : Vocabulary

    Returns
    -------
    previous, following : ndarray of int

    Examples
    --------
    >>> previous, following = pairs(["ab"], Vocabulary("ab"))
    >>> previous.tolist(), following.tolist()
    ([0, 1, 2], [1, 2, 0])
    """
    following = vocabulary.encode(words)
    return np.roll(following, 1), following


def _lengths(cut: Iterable[Sequence[str]]) -> Codes:
    return np.fromiter((len(tokens) + 1 for tokens in cut), np.int64)


def _all_but(places: Codes, length: int) -> Booleans:
    mask = np.ones(length, bool)
    mask[places] = False
    return mask
