"""The ways in which networks read words and score them: a whole word at once, or window by window.

Words that are longer than the context C of a network are read in pieces that overlap by half of it: the token at place
t >= C is predicted from the last C/2 to C tokens, always the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from lm.aliases import Codes, Floats
from lm.vocabulary import Vocabulary
from lm.words import Words
from mlekit.models import resting

BLOCK, CELLS = 16384, 1 << 23  # the largest numbers of tokens and of logits that are computed together
IGNORED = -100  # target of a place that is not scored


@dataclass(frozen=True)
class Reader:
    """The way in which a network reads words.

    Attributes
    ----------
    context : int
        Number of tokens that the network looks back.
    by_window : bool
        True if it returns the logits of one token per window of `context` tokens, False if it returns those of every
        token of a word.
    """

    context: int
    by_window: bool

    def token_log_prob(self, module: nn.Module, words: Words) -> Floats:
        """Return log p of each token and end, in the order of `vocabulary.encode`, without dropout.

        Parameters
        ----------
        module : nn.Module
        words : Words

        Returns
        -------
        ndarray of float
        """
        with resting(module):
            return (self._score_windows if self.by_window else self._score_words)(module, words)

    def _score_words(self, module: nn.Module, words: Words) -> Floats:
        text = Text(words, self.context, device(module))
        found = np.empty(int(words.lengths.sum()))
        for log_p, place in text.blocks(module):
            y = text.following[torch.from_numpy(place).to(log_p.device)]
            found[place] = log_p.gather(1, y[:, None])[:, 0].cpu().double().numpy()
        return found

    def _score_windows(self, module: nn.Module, words: Words) -> Floats:
        x, y = windows(words.vocabulary, words.words, self.context)
        rows, which = distinct(x, len(words.vocabulary))
        log_p = self.next(module, rows, len(words.vocabulary))
        return log_p[which, y]

    def next(self, module: nn.Module, contexts: Codes, size: int) -> Floats:
        """Return log-probabilities of the next token in double precision.

        Parameters
        ----------
        module : nn.Module
        contexts : ndarray of int [B, t]
        size : int
            Size of the vocabulary.

        Returns
        -------
        ndarray [B, size]
        """
        x, blocks = self._visible(contexts), list[Floats]()
        step = max(1, block_size(size) // x.shape[1])
        with resting(module):
            for i in range(0, len(x), step):
                logits = module(torch.from_numpy(x[i : i + step]).to(device(module)))
                last = logits if self.by_window else logits[:, -1]
                blocks.append(torch.log_softmax(last.cpu().double(), dim=1).numpy())
        return np.concatenate(blocks)

    def _visible(self, contexts: Codes) -> Codes:
        """Return the part of contexts [B, t] that the network sees."""
        length = contexts.shape[1]
        if self.by_window:
            return np.pad(contexts, ((0, 0), (max(self.context - length, 0), 0)))[:, -self.context :]
        return np.ascontiguousarray(contexts[:, stride(self.context) * int(pieces_before(length, self.context)) :])


class Text:
    """Words as a stream of tokens, and the pieces [P] in which it is read.

    Parameters
    ----------
    words : Words
    context : int
        Number of tokens of the longest piece.
    device : str, default "cpu"

    Examples
    --------
    >>> text = Text(Words(["abcd"], Vocabulary("abcd")), context=4)
    >>> text.starts.tolist(), text.sizes.tolist(), text.scored.tolist()
    ([0, 2], [4, 3], [4, 1])
    """

    def __init__(self, words: Words, context: int, device: str = "cpu") -> None:
        following = words.vocabulary.encode(words.words)
        self.block = block_size(len(words.vocabulary))
        self.previous = torch.from_numpy(np.roll(following, 1)).to(device)
        self.following = torch.from_numpy(following).to(device)
        lengths, step = words.lengths, stride(context)
        pieces = 1 + pieces_before(lengths, context)  # of each word
        word = np.repeat(np.arange(len(lengths)), pieces)
        number = np.arange(len(word)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        self.starts = (np.cumsum(lengths) - lengths)[word] + step * number
        self.sizes = np.minimum(lengths[word] - step * number, context)  # tokens that are read
        self.scored = np.where(number == 0, self.sizes, self.sizes - (context - step))  # and scored, the last ones

    def batch(self, index: Codes) -> tuple[Tensor, Tensor, Tensor]:
        """Return pieces as tensors (B, T).

        Parameters
        ----------
        index : ndarray of int
            Numbers of the pieces.

        Returns
        -------
        x, y, place : Tensor
            Codes, the codes that follow (IGNORED where they are not scored), and places in the stream.
        """
        device, arrays = self.previous.device, (self.starts, self.sizes, self.scored)
        starts, sizes, scored = (torch.from_numpy(a[index]).to(device) for a in arrays)
        column = torch.arange(int(self.sizes[index].max()), device=device)
        place = starts[:, None] + column
        place.clamp_(max=len(self.previous) - 1)
        beyond = column >= sizes[:, None]
        x = self.previous[place].masked_fill_(beyond, 0)
        y = self.following[place].masked_fill_(beyond | (column < (sizes - scored)[:, None]), IGNORED)
        return x, y, place

    def blocks(self, module: nn.Module) -> Iterator[tuple[Tensor, Codes]]:
        """Yield log-probabilities [n, V] of the next token with their places [n] in the stream, each place once.

        Parameters
        ----------
        module : nn.Module
        """
        order = np.argsort(self.sizes, kind="stable")
        ends = np.cumsum(self.sizes[order])
        cuts = np.searchsorted(ends, np.arange(self.block, ends[-1], self.block))
        for index in np.split(order, np.unique(cuts)):
            if len(index):
                x, y, place = self.batch(index)
                scored = y.flatten() != IGNORED
                yield torch.log_softmax(module(x).flatten(0, 1)[scored], 1), place.flatten()[scored].cpu().numpy()


def windows(vocabulary: Vocabulary, words: list[str], context: int) -> tuple[Codes, Codes]:
    """Return each token with the window of tokens before it in its word.

    Parameters
    ----------
    vocabulary : Vocabulary
    words : list of str
    context : int
        Number of tokens of a window.

    Returns
    -------
    x : ndarray of int [n, context]
        Windows, filled with boundary marks before the start of the word.
    y : ndarray of int [n]
        The next tokens.

    Examples
    --------
    >>> x, y = windows(Vocabulary("ab"), ["ab"], 2)
    >>> x.tolist(), y.tolist()
    ([[0, 0], [0, 1], [1, 2]], [1, 2, 0])
    """
    y, lengths = vocabulary.encode(words), vocabulary.lengths(words)
    place = np.arange(len(y)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    x = [np.where(place >= back, np.roll(y, back), 0) for back in range(context, 0, -1)]
    return np.stack(x, axis=1), y


def distinct(x: Codes, size: int) -> tuple[Codes, Codes]:
    """Return the distinct rows of an array of codes.

    Parameters
    ----------
    x : ndarray of int [n, k]
    size : int
        Upper limit of the codes, itself excluded.

    Returns
    -------
    rows : ndarray of int [m, k]
    which : ndarray of int [n]
        Number of the distinct row that each row equals.

    Examples
    --------
    >>> distinct(np.array([[1, 2], [0, 1], [1, 2]]), 3)[1].tolist()
    [1, 0, 1]
    """
    which, many = np.zeros(len(x), np.int64), 1
    for column in x.T:
        if many > np.iinfo(np.int64).max // size:
            _, which = np.unique(which, return_inverse=True)
            many = int(which.max()) + 1
        which, many = which * size + column, many * size
    _, first, which = np.unique(which, return_index=True, return_inverse=True)
    return x[first], which


def device(module: nn.Module) -> str:
    """Return the device of a network."""
    return str(next(module.parameters()).device)


def stride(context: int) -> int:
    """Return the distance between the starts of two successive pieces of a word."""
    return max(context // 2, 1)


def pieces_before(length: int | Codes, context: int) -> Codes:
    """Return the number of pieces before the one that predicts the token after `length` tokens, the mark included."""
    return np.maximum(-((context - np.asarray(length)) // stride(context)), 0)


def block_size(size: int) -> int:
    """Return the number of tokens that are scored together, for a vocabulary of that size."""
    return max(1, min(BLOCK, CELLS // size))
