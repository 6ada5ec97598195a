"""Draw words from a model of the next token, one token at a time, a whole batch at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from math import inf
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike

from lm.aliases import Codes, Floats
from lm.seeds import Seed, generator
from lm.vocabulary import Vocabulary
from mlekit.errors import DataError, OptionError

NextLogits = Callable[[Codes], ArrayLike]
TokenLogProb = Callable[[list[str]], ArrayLike]

LENGTH = 100  # default maximum length of a word
BATCH, CELLS = 10_000, 2**23  # words that are drawn together, and the largest number of logits of one step


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
    """Draw words from a model of the next token.

    The end of a word is a token like the others: it counts among `top_k` and `top_p`.

    Parameters
    ----------
    next_logits : callable
        Function from contexts, codes [B, t] whose first column is the boundary mark 0, to log-probabilities [B, V] of
        the next token, up to a constant per row.
    vocabulary : Vocabulary
    n : int, default 1
        Number of words.
    seed : int, numpy.random.Generator or None, default None
    temperature : float, default 1
        Divides the logits: below 1 likely tokens become more likely.
    top_k : int, optional
        Draw among the `top_k` most probable tokens only.
    top_p : float, optional
        Draw among the fewest most probable tokens that together have at least this probability.
    prompt : str, default ""
        Beginning of every word.
    max_length : int, default 100
        Number of tokens, those of the prompt included, after which a word is cut.
    only_new : collection of str, default ()
        Words that are drawn again until another one comes.

    Returns
    -------
    list of str

    Raises
    ------
    DataError
        If the prompt has unknown tokens, or the model gives no token a positive probability.
    OptionError
        If an option is out of range, or new words cannot be found.

    Examples
    --------
    >>> uniform = lambda contexts: np.zeros((len(contexts), 3))
    >>> draw(uniform, Vocabulary("ab"), 4, seed=1, prompt="a", max_length=3)
    ['abb', 'aaa', 'aa', 'a']
    """
    _require("n", n, _is_integer(n, 0), "a non-negative integer")
    _require("max_length", max_length, _is_integer(max_length, 1), "a positive integer")
    _check_filter(temperature, top_k, top_p)
    start, rng = np.roll(vocabulary.encode([prompt]), 1), generator(seed)
    token = vocabulary.kind.token
    _require("prompt", prompt, len(start) <= max_length + 1, f"at most as many {token}s as max_length={max_length}")

    def choose(contexts: Codes) -> Codes:
        logits = np.asarray(next_logits(contexts), np.float64)
        _require_possible(logits, contexts, vocabulary)
        return _draw_code(filtered(logits, temperature, top_k, top_p), rng)

    words, drawn, known = list[str](), 0, frozenset(only_new)
    most = min(BATCH, max(CELLS // len(vocabulary), 1))
    while len(words) < n:
        if drawn > 10 * BATCH + 100 * n:
            raise OptionError(
                f"only_new: {len(words):,} of {n:,} new words in {drawn:,} draws, all others are known words. "
                "Ask for fewer, or loosen temperature, top_k, top_p or the prompt."
            )
        size = min(max(n - len(words), drawn), most)
        words += [word for word in _draw_batch(choose, vocabulary, start, size, max_length) if word not in known]
        drawn += size
    return words[:n]


def fraction_known(words: Sequence[str], known: Collection[str]) -> float:
    """Return the fraction of words that are known: of samples, the fraction that may be memorised.

    Parameters
    ----------
    words : sequence of str
    known : collection of str

    Returns
    -------
    float
        Zero if there are no words.

    Examples
    --------
    >>> fraction_known(["ava", "avi"], {"ava", "emma"})
    0.5
    """
    seen = frozenset(known)
    return sum(word in seen for word in words) / max(len(words), 1)


def log_prob_drawn(
    words: Sequence[str], vocabulary: Vocabulary, token_log_prob: TokenLogProb, max_length: int = LENGTH
) -> Floats:
    """Return the log-probability of drawing each word.

    The end of a word counts, unless the word was cut at `max_length`. Drawn bytes that are not text have no
    log-probability under the vocabulary and get -inf.

    Parameters
    ----------
    words : sequence of str
    vocabulary : Vocabulary
    token_log_prob : callable
        Function from words to the log-probability of each token and end.
    max_length : int, default 100
        The value that the words were drawn with.

    Returns
    -------
    ndarray of float
        One value per word.

    Examples
    --------
    >>> uniform = lambda words: np.full(sum(len(word) + 1 for word in words), np.log(1 / 3))
    >>> np.exp(log_prob_drawn(["a", "ab"], Vocabulary("ab"), uniform, max_length=2)).round(3).tolist()
    [0.111, 0.111]
    """
    total = np.full(len(words), -inf)
    texts = [i for i, word in enumerate(words) if vocabulary.knows(word)]
    if texts:
        sizes = vocabulary.lengths([words[i] for i in texts])
        ends = np.cumsum(sizes) - 1
        each = np.array(token_log_prob([words[i] for i in texts]), np.float64)
        each[ends[sizes > max_length]] = 0
        total[texts] = np.add.reduceat(each, ends - sizes + 1)
    return total


def filtered(logits: Floats, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None) -> Floats:
    """Return the logits that are drawn from, divided by the temperature, with -inf for excluded tokens.

    Of equally probable tokens the one with the smallest code comes first, so that `top_k=1` has one answer.

    Parameters
    ----------
    logits : ndarray [B, V]
    temperature : float, default 1
    top_k : int, optional
    top_p : float, optional

    Returns
    -------
    ndarray [B, V]

    Examples
    --------
    >>> np.exp(filtered(np.log([[0.5, 0.3, 0.2]]), top_p=0.6)).round(2).tolist()
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
        p = np.exp(ranked) / np.exp(ranked).sum(axis=1, keepdims=True)
        ranked[np.cumsum(p, axis=1) - p >= top_p] = -inf
    np.put_along_axis(logits, order, ranked, axis=1)
    return logits


def _draw_code(logits: Floats, rng: np.random.Generator) -> Codes:
    """Draw one code per row with probabilities softmax(logits): the largest of logit + Gumbel noise."""
    return np.argmax(logits + rng.gumbel(size=logits.shape), axis=1)


def _draw_batch(
    choose: Callable[[Codes], Codes], vocabulary: Vocabulary, start: Codes, size: int, max_length: int
) -> list[str]:
    """Draw `size` words that begin with `start`, one token per step; words that have ended leave the batch."""
    words = np.empty(size, object)
    rows, contexts = np.arange(size), np.tile(start, (size, 1))
    while len(rows):
        full = contexts.shape[1] > max_length
        codes = np.zeros(len(rows), np.int64) if full else choose(contexts)
        ended, longer = codes == 0, np.column_stack([contexts, codes])
        words[rows[ended]] = vocabulary.decode(longer[ended, 1:].ravel())
        rows, contexts = rows[~ended], longer[~ended]
    return words.tolist()


def _check_filter(temperature: float, top_k: int | None, top_p: float | None) -> None:
    warm = _is_positive(temperature, sys.float_info.max)
    _require("temperature", temperature, warm, "a number above 0; for the most probable token each time use top_k=1")
    _require("top_k", top_k, top_k is None or _is_integer(top_k, 1), "a positive integer, or None for all tokens")
    _require("top_p", top_p, top_p is None or _is_positive(top_p, 1), "a probability above 0, or None for all tokens")


def _is_integer(value: object, least: int) -> bool:
    return isinstance(value, Integral) and int(value) >= least


def _is_positive(value: object, most: float) -> bool:
    return isinstance(value, Real) and 0 < float(value) <= most


def _require(name: str, value: object, holds: bool, rule: str) -> None:
    if not holds:
        raise OptionError(f"{name}={value!r}: give {rule}.")


def _require_possible(logits: Floats, contexts: Codes, vocabulary: Vocabulary) -> None:
    lost = ~np.isfinite(logits.max(axis=1))
    if lost.any():
        (prefix,) = vocabulary.decode(np.append(contexts[lost][0, 1:], 0))
        raise DataError(
            f"no {vocabulary.kind.token} can come after {prefix!r}: no logit there is finite. "
            f"Use another prompt, or a prior under which every {vocabulary.kind.token} is possible."
        )
