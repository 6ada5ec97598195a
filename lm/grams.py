"""Counts of n-grams, their smoothing, and tables to look them up: the parts of an n-gram model.

    p(c | ab) = kept(abc) / total(ab) + gamma(ab) p(c | b),    gamma(ab) = given(ab) / total(ab),    ... down to 1 / V

A smoothing method says how much of each count is kept, and how much a context gives to the next shorter one; the total
is the sum of both. A gram is a context and the token after it, and is itself the context, one token longer, of the next
token. Two numbers identify it: the place of its context among the grams that are one token shorter, and its last token;
so no table is larger than the text. A context never extends beyond the start of its word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from lm.aliases import Booleans, Codes, Floats
from lm.words import Words

# -- counts -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grams:
    """All grams of one length, sorted by context and then by the last token.

    Attributes
    ----------
    keys : ndarray of int
        context * V + token.
    context : ndarray of int
        Place of the context among the grams that are one token shorter.
    contexts : int
        Number of possible contexts: the grams that are one token shorter.
    counts : ndarray of float
        Weighted frequencies.
    shorter : ndarray of int
        Place of the gram without its first token among the grams that are one token shorter.
    whole : ndarray of bool
        True if nothing to the left is used: the gram begins its word, or has the maximum length.
    """

    keys: Codes
    context: Codes
    contexts: int
    counts: Floats
    shorter: Codes
    whole: Booleans

    def sums(self, values: Floats) -> Floats:
        """Return the sums of values over the grams of each context."""
        return _sums(self.context, values, self.contexts)


def grams_of(words: Words, order: int) -> list[Grams]:
    """Count the grams of 1, 2, ..., `order` tokens, each length from the next shorter one.

    Parameters
    ----------
    words : Words
    order : int

    Returns
    -------
    list of Grams
        Fewer than `order` if no word is that long.

    Examples
    --------
    >>> from lm import words
    >>> [(g.keys.tolist(), g.counts.tolist()) for g in grams_of(words.read(["aa"]), 2)]
    [([0, 1], [1.0, 2.0]), ([1, 2, 3], [1.0, 1.0, 1.0])]
    """
    size, y, w = len(words.vocabulary), words.vocabulary.encode(words.words), words.token_weights()
    w = np.ones(len(y)) if w is None else w
    keys, zeros = np.arange(size), np.zeros(size, np.int64)
    found = [Grams(keys, zeros, 1, _sums(y, w, size), zeros, np.zeros(size, bool))]
    gram, context, begins = y, np.roll(y, 1), keys == 0
    starts = context == 0
    for _ in range(1, order):
        at = np.flatnonzero(context >= 0)
        if not len(at):
            break
        keys, place = np.unique(context[at] * size + y[at], return_inverse=True)
        shorter = np.empty(len(keys), np.int64)
        shorter[place] = gram[at]
        begins = begins[keys // size]
        counts = _sums(place, w[at], len(keys))
        found.append(Grams(keys, keys // size, len(found[-1].keys), counts, shorter, begins))
        gram = np.full(len(y), -1)
        gram[at] = place
        context = np.roll(gram, 1)
        context[starts] = -1
    return [*found[:-1], replace(found[-1], whole=np.ones(len(found[-1].keys), bool))]


def continued(grams: list[Grams]) -> list[Grams]:
    """Replace counts by continuation counts, as Kneser and Ney do: the number of distinct tokens before each gram.

    A gram at the start of a word has no token before it and keeps its count. A gram of weight below 1 counts as that
    fraction of a token.

    Parameters
    ----------
    grams : list of Grams

    Returns
    -------
    list of Grams
    """
    preceding = [_sums(b.shorter, np.minimum(b.counts, 1), len(a.keys)) for a, b in pairwise(grams)]
    new = [replace(g, counts=np.where(g.whole, g.counts, n)) for g, n in zip(grams, preceding, strict=False)]
    return [*new, grams[-1]]


def _sums(places: Codes, values: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(places, values, size), np.float64)


# -- smoothing --------------------------------------------------------------------------------------------------------

Smoothed = tuple[Floats, Floats, Floats]  # kept of each count, given by each context, discounts
EMPTY = np.zeros(0)


def kneser_ney(grams: list[Grams], add: float) -> Iterator[Smoothed]:
    """Smooth by modified Kneser-Ney: each count gives its discount and keeps the rest."""
    for g in continued(grams):
        d = discounts(g.counts)
        given: Floats = np.interp(g.counts, range(4), [0, *d])
        yield g.counts - given, g.sums(given), d


def witten_bell(grams: list[Grams], add: float) -> Iterator[Smoothed]:
    """Smooth by Witten-Bell: counts are kept, and a context gives 1 for each distinct token that came after it."""
    for g in grams:
        yield g.counts, g.sums(np.minimum(g.counts, 1)), EMPTY


def lidstone(grams: list[Grams], add: float) -> Iterator[Smoothed]:
    """Smooth by adding `add` to the counts of all V tokens after the longest contexts; the others do not count."""
    for g in grams:
        kept = g.counts * g.whole
        yield kept, np.where(g.sums(kept) > 0, add * len(grams[0].keys), 0.0), EMPTY


SMOOTHINGS = {"kneser_ney": kneser_ney, "witten_bell": witten_bell, "add": lidstone}


def discounts(counts: Floats) -> Floats:
    """Return the discounts D1, D2, D3 (for counts of 3 and more) of Chen and Goodman.

        Y = n1 / (n1 + 2 n2),    D_r = r - (r + 1) Y n_(r+1) / n_r

    where n_r is the number of grams that came r times; a count of 1.2 is four fifths of a 1 and a fifth of a 2. Where
    one of n1 to n4 is 0 (below a half), or the formula is outside (0, r], D_r is r / 2.

    Parameters
    ----------
    counts : ndarray of float

    Returns
    -------
    ndarray [3]

    Examples
    --------
    >>> discounts(np.repeat([1.0, 2, 3, 4], [40, 20, 10, 5]))
    array([0.5 , 1.25, 2.  ])
    """
    r = np.arange(1.0, 4)
    n = np.array([np.maximum(0, 1 - np.abs(counts - k)).sum() for k in range(1, 5)])
    if n.min() < 0.5:
        return r / 2
    with np.errstate(all="ignore"):
        d = r - (r + 1) * n[0] / (n[0] + 2 * n[1]) * n[1:] / n[:-1]
    return np.where((d > 0) & (d <= r), d, r / 2)


# -- tables -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Level:
    """Probabilities after contexts of one length, and the weights of the next shorter contexts.

    Attributes
    ----------
    keys : ndarray of int
        context * V + token of the grams that came, sorted.
    p : ndarray of float
        Their probabilities.
    gamma : ndarray of float
        Weight of the next shorter context, for each context. The last element, which index -1 also finds, is 1 and
        stands for contexts that never came.
    discounts : ndarray of float
        D1, D2, D3 of Kneser and Ney; empty for other smoothings.
    """

    keys: Codes
    p: Floats
    gamma: Floats
    discounts: Floats

    def find(self, context: Codes, y: Codes, size: int) -> Codes:
        """Return the place of each gram, -1 for a gram that never came.

        Parameters
        ----------
        context, y : ndarray of int
            Places of the contexts, and the tokens after them.
        size : int
            Size of the vocabulary.

        Returns
        -------
        ndarray of int
        """
        key = context * size + y
        place = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        return np.where(self.keys[place] == key, place, -1)

    def interpolate(self, p: Floats, context: Codes) -> None:
        """Turn probabilities after the next shorter contexts into those after these contexts, in place.

        Parameters
        ----------
        p : ndarray [B, V]
        context : ndarray of int [B]
        """
        p *= self.gamma[context][:, None]
        known = np.flatnonzero(context >= 0)
        first, last = np.searchsorted(self.keys, (context[known] + [[0], [1]]) * p.shape[1])
        length = last - first
        at = np.arange(length.sum()) + np.repeat(last - np.cumsum(length), length)
        p[np.repeat(known, length), self.keys[at] % p.shape[1]] = self.p[at]


def smoothed(grams: list[Grams], smoothing: str, add: float) -> list[Level]:
    """Return the tables of all lengths, each from the next shorter one.

    Parameters
    ----------
    grams : list of Grams
    smoothing : {"kneser_ney", "witten_bell", "add"}
    add : float
        Number added to every count with smoothing "add".

    Returns
    -------
    list of Level

    Examples
    --------
    >>> from lm import words
    >>> smoothed(grams_of(words.read(["aa"]), 1), "add", 0)[0].p.round(3).tolist()
    [0.333, 0.667]
    """
    levels, lower = list[Level](), np.full(1, 1 / len(grams[0].keys))
    for g, (kept, given, d) in zip(grams, SMOOTHINGS[smoothing](grams, add), strict=True):
        total = g.sums(kept) + given
        positive = np.where(total > 0, total, 1)
        gamma = np.where(total > 0, given / positive, 1)
        p = kept / positive[g.context] + gamma[g.context] * lower[g.shorter]
        levels.append(Level(g.keys, p, np.append(gamma, 1), d))
        lower = p
    return levels
