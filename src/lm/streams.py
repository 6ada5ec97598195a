"""How nets read words: what is drawn while they learn, and how they score any words.

    WordStream     words as they are, those of nearly one length together, so that next to nothing is padding
    WindowStream   the distinct windows of characters, with how often each character came next: soft targets

The loss of every net is here, once: minus the mean over characters of log p(character | all before it), less the log
prior over their number. Words that are longer than a net looks back are read in pieces that overlap by half of that:
what comes at place t >= C is told from the last C/2 to C characters, always the same ones.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from math import lgamma
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from lm.corpus import Codes, Vocabulary
from lm.words import Floats, Words
from mlekit.models import Beliefs, ModuleProblem, ModuleStream

BLOCK = 16384  # characters that are looked at together
MIXED = 16  # batches of words that are sorted by length together
DENSE = 1 << 26  # cells of a table of what came after each window
IGNORED = -100


class TextProblem(ModuleProblem):
    """The log posterior of a net of characters, given words."""

    def __init__(self, net: Any, module: nn.Module, beliefs: Beliefs, words: Words, watch: Words | None) -> None:
        super().__init__(module, beliefs)
        self.net, self.words, self.watch = net, words, watch
        self.reader: Reader = net.reader(module)

    def stream(self) -> TextStream:
        return self.reader.stream(self)

    def log_posterior(self, module: nn.Module) -> float:
        """With every constant."""
        belief, value = self.beliefs.shares, self.log_likelihood(module) + self.log_prior_of_weights(module)
        if belief is None:
            return value
        stream = self.stream()
        stream.begin(device(module))
        stream.module = module.eval()
        return value + stream.believed(constant(belief, len(self.words.vocabulary)))

    def log_likelihood(self, module: nn.Module) -> float:
        """Of the words, as often as they count."""
        scores, weights = self.reader.scores(module, self.words), self.words.weights_of_characters()
        return float(scores.sum() if weights is None else (weights * scores)[weights != 0].sum())


class TextStream(ModuleStream):
    """Characters to learn from; `begin` brings them to the device."""

    problem: TextProblem

    def __init__(self, problem: TextProblem) -> None:
        super().__init__(problem)
        self.advice = problem.net.learns
        self.characters = int(problem.words.lengths.sum())
        self.divisor, self.rows = float(self.characters), self.characters  # `begin` knows how many rows they make
        self.extra = smoothing(problem.beliefs.shares)

    @abstractmethod
    def lost(self, index: Tensor | None) -> Tensor:
        """Minus the sum of the log-probabilities of what is drawn, imaginary rows among them."""

    def loss(self, z: Tensor | None, index: Tensor | None) -> Tensor:
        drawn = self.characters if index is None else self.count(index.cpu().numpy())
        return self.lost(index) / drawn - self.log_prior_of_weights() / self.characters

    def watched(self) -> float | None:
        watch = self.problem.watch
        if watch is None:
            return None
        return -float(self.problem.reader.scores(self.module, watch).mean())

    @abstractmethod
    def believed(self, constant: float) -> float:
        """The log prior of a Dirichlet belief about what comes next, whose density has this constant."""


class WordStream(TextStream):
    """Pieces of words; `batch` is in characters."""

    def begin(self, device: str) -> dict[str, Tensor]:
        tensors, words = super().begin(device), self.problem.words
        self.text = Text(words, self.problem.reader.context, device)
        self.rows = len(self.text.sizes)
        weights = words.weights_of_characters()
        self.counts = None if weights is None else torch.tensor(weights, dtype=self.dtype, device=device)
        return tensors

    def epoch(self, rng: np.random.Generator, batch: int) -> list[Codes | None]:
        """Words of nearly one length together: sorted within a random part of all, and drawn in a random order."""
        sizes, parts = self.text.sizes, list[Codes]()
        order = rng.permutation(self.rows)
        mixed = max(1, round(MIXED * batch / sizes.mean()))
        for part in np.split(order, range(mixed, len(order), mixed)):
            part = part[np.argsort(sizes[part], kind="stable")]
            ends = np.cumsum(sizes[part])
            pieces = max(1, round(ends[-1] / batch))
            parts += np.split(part, np.searchsorted(ends, ends[-1] * np.arange(1, pieces) / pieces))
        return [parts[i] for i in rng.permutation(len(parts)) if len(parts[i])]

    def count(self, index: Codes) -> float:
        return float(self.text.told[index].sum())

    def lost(self, index: Tensor | None) -> Tensor:
        x, y, place = self.text.batch(np.arange(self.rows) if index is None else index.cpu().numpy())
        logits, y = self.module(x).flatten(0, 1), y.flatten()  # (B T, V)
        if self.counts is None and self.extra is None:
            return cross_entropy(logits, y, reduction="sum", ignore_index=IGNORED)
        each = cross_entropy(logits, y, reduction="none", ignore_index=IGNORED)
        if self.extra is not None:
            each = each - (y != IGNORED) * imaginary(torch.log_softmax(logits, 1), self.extra)
        return (each if self.counts is None else self.counts[place.flatten()] * each).sum()

    @torch.no_grad()
    def believed(self, constant: float) -> float:
        weights, total = self.problem.words.weights_of_characters(), 0.0
        for log_p, place in self.text.read(self.module):
            told = constant + imaginary(log_p, self.extra).double().cpu().numpy()
            total += float(told.sum() if weights is None else told @ weights[place])
        return total


class WindowStream(TextStream):
    """Distinct windows, with a table of what came after each; `batch` is in windows.

    Where that table were too large the rows are the distinct windows with what came next, and how often.
    """

    def begin(self, device: str) -> dict[str, Tensor]:
        tensors, words, context = super().begin(device), self.problem.words, self.problem.reader.context
        size, weights = len(words.vocabulary), words.weights_of_characters()
        x, y = windows(words.vocabulary, words.words, context)
        kept, which = distinct(x, size)
        self.y: Tensor | None = None
        if len(kept) * size > DENSE:
            rows, which = distinct(np.column_stack([x, y]), size)
            kept, self.y = rows[:, :-1], torch.tensor(rows[:, -1:], device=device)
            counts = np.bincount(which, weights, minlength=len(kept))[:, None].astype(np.float64)
        else:
            counts = tallied(which, y, weights, (len(kept), size))
        often = counts.sum(axis=1)
        if context == 1:  # a belief is about what follows each character, seen or not
            kept, counts = _every(kept, counts, size)
            often = np.ones(size)
        self.rows, self.often = len(kept), often
        self.x = torch.tensor(kept, device=device)
        self.counts, self.imagined = (torch.tensor(a, dtype=self.dtype, device=device) for a in (counts, often))
        return tensors

    def count(self, index: Codes) -> float:
        return self.characters * len(index) / self.rows

    def lost(self, index: Tensor | None) -> Tensor:
        x, counts, y = (a if index is None or a is None else a[index] for a in (self.x, self.counts, self.y))
        assert x is not None
        assert counts is not None
        log_p = torch.log_softmax(self.module(x), dim=1)  # (B, V)
        total = (counts * (log_p if y is None else log_p.gather(1, y))).sum()
        if self.extra is not None:
            total = total + (self.imagined if index is None else self.imagined[index]) @ imaginary(log_p, self.extra)
        return -total

    @torch.no_grad()
    def believed(self, constant: float) -> float:
        told = constant + imaginary(torch.log_softmax(self.module(self.x), dim=1), self.extra)
        return float(self.imagined.double() @ told.double())


def imaginary(log_p: Tensor, extra: Any) -> Tensor:
    """The log-probability of the imaginary rows beside each row: sum_v extra_v log p_v, [n]."""
    return (log_p * torch.as_tensor(extra, dtype=log_p.dtype, device=log_p.device)).sum(dim=1)


def _every(kept: Codes, counts: Floats, size: int) -> tuple[Codes, Floats]:
    """The same for all characters, those that nothing followed among them."""
    every = np.zeros((size, size))
    every[kept[:, 0]] = counts
    return np.arange(size)[:, None], every


# -- reading ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """How a net of a context reads: a word at once, or window by window."""

    context: int
    by_window: bool

    def stream(self, problem: TextProblem) -> TextStream:
        """What is drawn while it learns."""
        return WindowStream(problem) if self.by_window else WordStream(problem)

    def scores(self, module: nn.Module, words: Words) -> Floats:
        """log p of each character and end, in the order of `vocabulary.encode`, with dropout off."""
        learning = module.training
        module.eval()
        with torch.no_grad():
            told = (self._of_windows if self.by_window else self._of_words)(module, words)
        module.train(learning)
        return told

    def _of_words(self, module: nn.Module, words: Words) -> Floats:
        text = Text(words, self.context, device(module))
        scores = np.empty(int(words.lengths.sum()))
        for log_p, place in text.read(module):
            y = text.following[torch.from_numpy(place).to(log_p.device)]
            scores[place] = log_p.gather(1, y[:, None])[:, 0].double().cpu().numpy()
        return scores

    def _of_windows(self, module: nn.Module, words: Words) -> Floats:
        x, y = windows(words.vocabulary, words.words, self.context)
        kept, which = distinct(x, len(words.vocabulary))
        log_p = self.next(module, kept)
        return log_p[which, y]

    def next(self, module: nn.Module, contexts: Codes) -> Floats:
        """Log-probabilities of what comes after contexts [B, t], in double precision."""
        x, learning = self._seen(contexts), module.training
        module.eval()
        blocks, step = list[Floats](), max(1, BLOCK // x.shape[1])
        with torch.no_grad():
            for i in range(0, len(x), step):
                logits = module(torch.from_numpy(x[i : i + step]).to(device(module)))
                last = logits if self.by_window else logits[:, -1]
                blocks.append(torch.log_softmax(last.double(), dim=1).cpu().numpy())
        module.train(learning)
        return np.concatenate(blocks)

    def _seen(self, contexts: Codes) -> Codes:
        """What the net sees of contexts [B, t]."""
        missing = self.context - contexts.shape[1]
        if self.by_window:
            return np.pad(contexts, ((0, 0), (max(missing, 0), 0)))[:, -self.context :]
        half = max(self.context // 2, 1)
        skipped = half * -(missing // half) if missing < 0 else 0
        return np.ascontiguousarray(contexts[:, skipped:])


class Text:
    """Words as a stream, and the pieces [P] in which it is read.

    >>> text = Text(Words(["abcd"], Vocabulary("abcd")), context=4)
    >>> text.starts.tolist(), text.sizes.tolist(), text.told.tolist()
    ([0, 2], [4, 3], [4, 1])
    """

    def __init__(self, words: Words, context: int, device: str = "cpu") -> None:
        following = words.vocabulary.encode(words.words)
        self.previous = torch.from_numpy(np.roll(following, 1)).to(device)
        self.following = torch.from_numpy(following).to(device)
        lengths, half = words.lengths, max(context // 2, 1)
        pieces = 1 + np.maximum(-((context - lengths) // half), 0)  # of each word
        word = np.repeat(np.arange(len(lengths)), pieces)
        number = np.arange(len(word)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        self.starts = (np.cumsum(lengths) - lengths)[word] + half * number
        self.sizes = np.minimum(lengths[word] - half * number, context)  # characters that are read
        self.told = np.where(number == 0, self.sizes, self.sizes - (context - half))  # and that are told, the last ones

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
        cuts = np.searchsorted(ends, np.arange(BLOCK, ends[-1], BLOCK))
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


def tallied(which: Codes, y: Codes, weights: Floats | None, shape: tuple[int, int]) -> Floats:
    """How often each code y came after each of the windows."""
    counts = np.bincount(which * shape[1] + y, weights, minlength=shape[0] * shape[1])
    return counts.reshape(shape).astype(np.float64)


def smoothing(belief: Any) -> Any:
    """The imaginary rows of each next character, of a Dirichlet belief: a number, or one a character."""
    if belief is None:
        return None
    counts = np.asarray(belief.kernel()["log"], np.float64)
    return float(counts) if counts.ndim == 0 else counts


def constant(belief: Any, size: int) -> float:
    """log of Gamma(sum of alpha) / product of Gamma(alpha)."""
    alpha = np.broadcast_to(np.asarray(smoothing(belief)) + 1.0, (size,))
    return lgamma(alpha.sum()) - sum(map(lgamma, alpha))


def device(module: nn.Module) -> str:
    """Where a net is."""
    return str(next(module.parameters()).device)
