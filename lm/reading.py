"""How nets read words, and score them: a word at once, or window by window.

Words that are longer than a net looks back are read in pieces that overlap by half of that: what comes at place t >= C
is told from the last C/2 to C characters, always the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lm.vocabulary import Codes, Vocabulary
from lm.words import Floats, Words
from mlekit.models import resting

BLOCK, CELLS = 16384, 1 << 23  # characters, and logits, that are looked at together at most
IGNORED = -100


@dataclass(frozen=True)
class Reader:
    """How a net of a context reads: a word at once, or window by window."""

    context: int
    by_window: bool

    def scores(self, module: nn.Module, words: Words) -> Floats:
        """log p of each character and end, in the order of `vocabulary.encode`, with dropout off."""
        with resting(module):
            return (self._of_windows if self.by_window else self._of_words)(module, words)

    def _of_words(self, module: nn.Module, words: Words) -> Floats:
        text = Text(words, self.context, device(module))
        scores = np.empty(int(words.lengths.sum()))
        for log_p, place in text.read(module):
            y = text.following[torch.from_numpy(place).to(log_p.device)]
            scores[place] = log_p.gather(1, y[:, None])[:, 0].cpu().double().numpy()
        return scores

    def _of_windows(self, module: nn.Module, words: Words) -> Floats:
        x, y = windows(words.vocabulary, words.words, self.context)
        kept, which = distinct(x, len(words.vocabulary))
        log_p = self.next(module, kept, len(words.vocabulary))
        return log_p[which, y]

    def next(self, module: nn.Module, contexts: Codes, size: int) -> Floats:
        """Log-probabilities [B, size] of what comes after contexts [B, t], in double precision."""
        x, blocks = self._seen(contexts), list[Floats]()
        step = max(1, at_once(size) // x.shape[1])
        with resting(module):
            for i in range(0, len(x), step):
                logits = module(torch.from_numpy(x[i : i + step]).to(device(module)))
                last = logits if self.by_window else logits[:, -1]
                blocks.append(torch.log_softmax(last.cpu().double(), dim=1).numpy())
        return np.concatenate(blocks)

    def _seen(self, contexts: Codes) -> Codes:
        """What the net sees of contexts [B, t]."""
        length = contexts.shape[1]
        if self.by_window:
            return np.pad(contexts, ((0, 0), (max(self.context - length, 0), 0)))[:, -self.context :]
        return np.ascontiguousarray(contexts[:, half(self.context) * int(behind(length, self.context)) :])


class Text:
    """Words as a stream, and the pieces [P] in which it is read.

    >>> text = Text(Words(["abcd"], Vocabulary("abcd")), context=4)
    >>> text.starts.tolist(), text.sizes.tolist(), text.told.tolist()
    ([0, 2], [4, 3], [4, 1])
    """

    def __init__(self, words: Words, context: int, device: str = "cpu") -> None:
        following = words.vocabulary.encode(words.words)
        self.block = at_once(len(words.vocabulary))
        self.previous = torch.from_numpy(np.roll(following, 1)).to(device)
        self.following = torch.from_numpy(following).to(device)
        lengths, step = words.lengths, half(context)
        pieces = 1 + behind(lengths, context)  # of each word
        word = np.repeat(np.arange(len(lengths)), pieces)
        number = np.arange(len(word)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        self.starts = (np.cumsum(lengths) - lengths)[word] + step * number
        self.sizes = np.minimum(lengths[word] - step * number, context)  # characters that are read
        self.told = np.where(number == 0, self.sizes, self.sizes - (context - step))  # and that are told, the last ones

    @cached_property
    def _device(self) -> torch.device:
        return self.previous.device

    def batch(self, index: Codes) -> tuple[Tensor, Tensor, Tensor]:
        """Pieces as (x, y, place), each (B, T): codes, what follows (IGNORED: not told), and where in the stream."""
        arrays = (self.starts, self.sizes, self.told)
        starts, sizes, told = (torch.from_numpy(a[index]).to(self._device) for a in arrays)
        column = torch.arange(int(self.sizes[index].max()), device=self._device)
        place = starts[:, None] + column
        place.clamp_(max=len(self.previous) - 1)
        beyond = column >= sizes[:, None]
        x = self.previous[place].masked_fill_(beyond, 0)
        y = self.following[place].masked_fill_(beyond | (column < (sizes - told)[:, None]), IGNORED)
        return x, y, place

    def read(self, module: nn.Module) -> Any:
        """Blocks of (log-probabilities [n, V] of what comes next, where in the stream [n]), every place once."""
        order = np.argsort(self.sizes, kind="stable")
        ends = np.cumsum(self.sizes[order])
        cuts = np.searchsorted(ends, np.arange(self.block, ends[-1], self.block))
        for index in np.split(order, np.unique(cuts)):
            if len(index):
                x, y, place = self.batch(index)
                told = y.flatten() != IGNORED
                yield torch.log_softmax(module(x).flatten(0, 1)[told], 1), place.flatten()[told].cpu().numpy()


def windows(vocabulary: Vocabulary, words: list[str], context: int) -> tuple[Codes, Codes]:
    """Every character [n] with those before it in its word [n, context], marks where the word had not begun.

    >>> x, y = windows(Vocabulary("ab"), ["ab"], 2)
    >>> x.tolist(), y.tolist()
    ([[0, 0], [0, 1], [1, 2]], [1, 2, 0])
    """
    y, lengths = vocabulary.encode(words), vocabulary.lengths(words)
    place = np.arange(len(y)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    x = [np.where(place >= back, np.roll(y, back), 0) for back in range(context, 0, -1)]
    return np.stack(x, axis=1), y


def distinct(x: Codes, size: int) -> tuple[Codes, Codes]:
    """The rows of x [n, k], codes below size, each once; and which of them every row is.

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
    """Where a net is."""
    return str(next(module.parameters()).device)


def half(context: int) -> int:
    """How far the next piece of a word begins behind the one before."""
    return max(context // 2, 1)


def behind(length: Any, context: int) -> Any:
    """How many pieces there are before the one that tells what comes after `length` characters, the mark among them."""
    return np.maximum(-((context - length) // half(context)), 0)


def at_once(size: int) -> int:
    """How many characters of a vocabulary of that size are looked at together."""
    return max(1, min(BLOCK, CELLS // size))
