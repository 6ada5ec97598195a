"""New words, drawn a character at a time, a whole batch at once.

A character is drawn from what the model says comes next, after the start mark and all characters so far.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from math import inf
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lm.seeds import Seed, generator
from lm.vocabulary import Codes, Vocabulary
from mlekit.errors import DataError, OptionError

Floats = NDArray[np.float64]
NextLogits = Callable[[Codes], ArrayLike]
Scores = Callable[[list[str]], ArrayLike]

LENGTH = 100  # where a word is cut
BATCH, CELLS = 10_000, 2**23  # words that grow together, and the most logits of one step


def draw(
    next_logits: NextLogits,
    vocabulary: Vocabulary,
    n: int = 1,
    *,
    seed: Seed = None,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    prompt: str = "",
    max_length: int = LENGTH,
    only_new: Collection[str] = (),
) -> list[str]:
    """Draw `n` words from a model of the next character.

    `next_logits` takes contexts, codes [B, t] whose first column is the start mark 0, and gives log-probabilities
    [B, V], up to a constant a row. Each next character is drawn from

        p_i  proportional to  exp(logit_i / temperature)   among the `top_k` likeliest, and of these the fewest that
                                                           together have probability `top_p` or more

    The end of a word is a character like the others: it counts among `top_k` and `top_p`. Every word begins with
    `prompt`, whose characters count in the length; a word that is still going on at `max_length` characters is cut
    there. A word in `only_new` is drawn again until it is another. Where the vocabulary is of bytes or of words,
    these are what is drawn and what the length counts.

    >>> even = lambda contexts: np.zeros((len(contexts), 3))
    >>> draw(even, Vocabulary("ab"), 4, seed=1, prompt="a", max_length=3)
    ['abb', 'aaa', 'aa', 'a']
    """
    _demand("n", n, _whole(n, 0), "a whole number from 0")
    _demand("max_length", max_length, _whole(max_length, 1), "a whole number from 1")
    _check_shape(temperature, top_k, top_p)
    start, rng = np.roll(vocabulary.encode([prompt]), 1), generator(seed)
    token = vocabulary.kind.token
    _demand("prompt", prompt, len(start) <= max_length + 1, f"at most as many {token}s as max_length={max_length}")

    def choose(contexts: Codes) -> Codes:
        logits = np.asarray(next_logits(contexts), np.float64)
        _demand_possible(logits, contexts, vocabulary)
        return _pick(shaped(logits, temperature, top_k, top_p), rng)

    words, drawn, known = list[str](), 0, frozenset(only_new)
    most = min(BATCH, max(CELLS // len(vocabulary), 1))
    while len(words) < n:
        if drawn > 10 * BATCH + 100 * n:
            raise OptionError(
                f"only_new: {len(words):,} of {n:,} new words in {drawn:,} draws, every other word is known. "
                "Ask for fewer, or loosen temperature, top_k, top_p or the prompt."
            )
        size = min(max(n - len(words), drawn), most)
        words += [word for word in _grow(choose, vocabulary, start, size, max_length) if word not in known]
        drawn += size
    return words[:n]


def memorised(words: Sequence[str], known: Collection[str]) -> float:
    """The share of the words that are known: of samples, those that the model may have by heart.

    >>> memorised(["ava", "avi"], {"ava", "emma"})
    0.5
    """
    seen = frozenset(known)
    return sum(word in seen for word in words) / max(len(words), 1)


def scored(words: Sequence[str], vocabulary: Vocabulary, scores: Scores, max_length: int = LENGTH) -> Floats:
    """How probable each word was to be drawn, in logs: its end counts, unless the word was cut at `max_length`.

    `scores` gives the log-probability of each character and end. Drawn bytes that are no text have no score: -inf.
    """
    total = np.full(len(words), -inf)
    texts = [i for i, word in enumerate(words) if vocabulary.knows(word)]
    if texts:
        sizes = vocabulary.lengths([words[i] for i in texts])
        ends = np.cumsum(sizes) - 1
        each = np.array(scores([words[i] for i in texts]), np.float64)
        each[ends[sizes > max_length]] = 0
        total[texts] = np.add.reduceat(each, ends - sizes + 1)
    return total


def shaped(logits: Floats, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None) -> Floats:
    """The logits [B, V] that are drawn from: divided by the temperature, -inf for what `top_k` and `top_p` leave out.

    Among equals the first code goes before the others, so that `top_k=1` has one answer.

    >>> np.exp(shaped(np.log([[0.5, 0.3, 0.2]]), top_p=0.6)).round(2).tolist()
    [[1.0, 0.6, 0.0]]
    """
    with np.errstate(over="ignore"):
        logits = (logits - logits.max(axis=1, keepdims=True)) / temperature
    if top_k is None and top_p is None:
        return logits
    order = np.argsort(-logits, axis=1, kind="stable")
    ranked = np.take_along_axis(logits, order, axis=1)
    if top_k is not None:
        ranked[:, top_k:] = -inf
    if top_p is not None:
        share = np.exp(ranked) / np.exp(ranked).sum(axis=1, keepdims=True)
        ranked[np.cumsum(share, axis=1) - share >= top_p] = -inf
    np.put_along_axis(logits, order, ranked, axis=1)
    return logits


def _pick(logits: Floats, rng: np.random.Generator) -> Codes:
    """One code a row, with probabilities softmax(logits): the largest of logit + Gumbel noise."""
    return np.argmax(logits + rng.gumbel(size=logits.shape), axis=1)


def _grow(
    choose: Callable[[Codes], Codes], vocabulary: Vocabulary, start: Codes, size: int, max_length: int
) -> list[str]:
    """`size` words that begin with `start`, all a character longer at each step; those that end leave the batch."""
    words = np.empty(size, object)
    rows, contexts = np.arange(size), np.tile(start, (size, 1))
    while len(rows):
        full = contexts.shape[1] > max_length
        codes = np.zeros(len(rows), np.int64) if full else choose(contexts)
        ended, longer = codes == 0, np.column_stack([contexts, codes])
        words[rows[ended]] = vocabulary.decode(longer[ended, 1:].ravel())
        rows, contexts = rows[~ended], longer[~ended]
    return words.tolist()


def _check_shape(temperature: float, top_k: int | None, top_p: float | None) -> None:
    warm = _positive(temperature, sys.float_info.max)
    _demand("temperature", temperature, warm, "a number above 0; for the likeliest character each time use top_k=1")
    _demand("top_k", top_k, top_k is None or _whole(top_k, 1), "a whole number from 1, or None for all characters")
    _demand("top_p", top_p, top_p is None or _positive(top_p, 1), "a probability above 0, or None for all characters")


def _whole(value: object, least: int) -> bool:
    return isinstance(value, Integral) and int(value) >= least


def _positive(value: object, most: float) -> bool:
    return isinstance(value, Real) and 0 < float(value) <= most


def _demand(name: str, value: object, holds: bool, rule: str) -> None:
    if not holds:
        raise OptionError(f"{name}={value!r}: give {rule}.")


def _demand_possible(logits: Floats, contexts: Codes, vocabulary: Vocabulary) -> None:
    lost = ~np.isfinite(logits.max(axis=1))
    if lost.any():
        (prefix,) = vocabulary.decode(np.append(contexts[lost][0, 1:], 0))
        raise DataError(
            f"the model has no next character after {prefix!r}: no logit there is a finite number. "
            "Use another prompt, or a prior that makes every character possible."
        )
