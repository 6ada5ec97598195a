"""Grams counted, smoothed, and looked up: what an n-gram model is made of.

    p(c | ab) = kept(abc) / total(ab) + gamma(ab) p(c | b),    gamma(ab) = given(ab) / total(ab),    ... down to 1 / V

A smoothing says what each count keeps and what its context gives to the shorter one; the total is what is kept and
given. A gram is a context and what came after it, and is itself the context, one longer, of what comes next: two
numbers tell it, the place of its context among the grams one shorter and its last character, and no table is larger
than the text. A context never goes back over the start of its word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lm.vocabulary import Codes
from lm.words import Floats, Words

# -- counted ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grams:
    """All grams of one length, sorted by context, then by character."""

    keys: Codes  # context * V + character
    context: Codes
    contexts: int  # how many there could be: the grams one shorter
    counts: Floats  # how often each came, as its words are weighted
    shorter: Codes  # its place among the grams one shorter: its first character left out
    whole: NDArray[np.bool_]  # nothing to its left is looked at: it begins its word, or none is longer

    def sums(self, values: Floats) -> Floats:
        """Over the grams of each context."""
        return _sums(self.context, values, self.contexts)


def grams_of(words: Words, order: int) -> list[Grams]:
    """Those of 1, 2, ... characters, each length by sorting what the one before found.

    >>> from lm import words
    >>> [(g.keys.tolist(), g.counts.tolist()) for g in grams_of(words.read(["aa"]), 2)]
    [([0, 1], [1.0, 2.0]), ([1, 2, 3], [1.0, 1.0, 1.0])]
    """
    size, y, w = len(words.vocabulary), words.vocabulary.encode(words.words), words.weights_of_characters()
    w = np.ones(len(y)) if w is None else w
    keys, none = np.arange(size), np.zeros(size, np.int64)
    found = [Grams(keys, none, 1, _sums(y, w, size), none, np.zeros(size, bool))]
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
    """Counted as Kneser and Ney count: not how often a gram came, but after how many different characters.

    A gram at the start of a word comes after nothing else, and keeps its count. A gram of weight below 1 counts as so
    much of a character.
    """
    kinds = [_sums(b.shorter, np.minimum(b.counts, 1), len(a.keys)) for a, b in pairwise(grams)]
    new = [replace(g, counts=np.where(g.whole, g.counts, n)) for g, n in zip(grams, kinds, strict=False)]
    return [*new, grams[-1]]


def _sums(places: Codes, values: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(places, values, size), np.float64)


# -- smoothed ---------------------------------------------------------------------------------------------------------

Share = tuple[Floats, Floats, Floats]  # what each gram keeps, what each context gives; the discounts, if there are any
NONE = np.zeros(0)


def kneser_ney(grams: list[Grams], add: float) -> Iterator[Share]:
    """Modified Kneser-Ney: a count gives its discount, and keeps the rest."""
    for g in continued(grams):
        d = discounts(g.counts)
        taken: Floats = np.interp(g.counts, range(4), [0, *d])
        yield g.counts - taken, g.sums(taken), d


def witten_bell(grams: list[Grams], add: float) -> Iterator[Share]:
    """Counts are kept, and a context gives 1 for each different character that came after it."""
    for g in grams:
        yield g.counts, g.sums(np.minimum(g.counts, 1)), NONE


def lidstone(grams: list[Grams], add: float) -> Iterator[Share]:
    """Only the longest contexts count, and give `add` to each of the V characters."""
    for g in grams:
        kept = g.counts * g.whole
        yield kept, np.where(g.sums(kept) > 0, add * len(grams[0].keys), 0.0), NONE


SMOOTHINGS = {"kneser_ney": kneser_ney, "witten_bell": witten_bell, "add": lidstone}


def discounts(counts: Floats) -> Floats:
    """D1, D2, D3 (of 3 and more) by Chen and Goodman, from how many grams came once, twice, 3 and 4 times:

        Y = n1 / (n1 + 2 n2),    D_r = r - (r + 1) Y n_(r+1) / n_r

    A count of 1.2 is four fifths of a 1 and a fifth of a 2. Where one of the four is 0 (below a half),
    or the formula leaves (0, r], D_r is r / 2.

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


# -- looked up --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Level:
    """Probabilities after contexts of one length: of the grams that came, and what goes to the shorter context."""

    keys: Codes  # context * V + character, sorted
    p: Floats
    gamma: Floats  # of each context; the last, also found at -1, is 1: of a context that never came
    discounts: Floats  # D1, D2, D3 of Kneser and Ney

    def find(self, context: Codes, y: Codes, size: int) -> Codes:
        """The place of each gram, -1 for one that never came."""
        key = context * size + y
        place = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        return np.where(self.keys[place] == key, place, -1)

    def over(self, p: Floats, context: Codes) -> None:
        """Into the rows [B, V] of the context one shorter, the rows after these contexts [B]."""
        p *= self.gamma[context][:, None]
        known = np.flatnonzero(context >= 0)
        first, last = np.searchsorted(self.keys, (context[known] + [[0], [1]]) * p.shape[1])
        length = last - first
        at = np.arange(length.sum()) + np.repeat(last - np.cumsum(length), length)
        p[np.repeat(known, length), self.keys[at] % p.shape[1]] = self.p[at]


def smoothed(grams: list[Grams], smoothing: str, add: float) -> list[Level]:
    """The tables of all lengths, each from the one before."""
    levels, lower = list[Level](), np.full(1, 1 / len(grams[0].keys))
    for g, (kept, given, d) in zip(grams, SMOOTHINGS[smoothing](grams, add), strict=True):
        total = g.sums(kept) + given
        used = np.where(total > 0, total, 1)
        gamma = np.where(total > 0, given / used, 1)
        p = kept / used[g.context] + gamma[g.context] * lower[g.shorter]
        levels.append(Level(g.keys, p, np.append(gamma, 1), d))
        lower = p
    return levels
