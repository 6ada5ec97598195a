"""What nets learn from: the words of a list, drawn a few at a time.

    WordStream     words as they are, those of nearly one length together, so that next to nothing is padding
    WindowStream   the distinct windows of characters, with how often each character came next: soft targets

The loss of every net is here, once: minus the mean over characters of log p(character | all before it), less the log
prior over their number.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from lm.reading import IGNORED, Reader, Text, device, distinct, windows
from lm.vocabulary import Codes
from lm.words import Floats, Words
from mlekit.models import NetworkPriors, ModuleProblem, ModuleStream

MIXED = 16  # batches of words that are sorted by length together
DENSE = 1 << 26  # cells of a table of what came after each window


class TextProblem(ModuleProblem):
    """The log posterior of a net of characters, given words."""

    def __init__(self, net: Any, module: nn.Module, beliefs: NetworkPriors, words: Words, watch: Words | None) -> None:
        super().__init__(module, beliefs)
        self.net, self.words, self.watch = net, words, watch
        self.reader: Reader = net.reader(module)

    def stream(self) -> TextStream:
        return WindowStream(self) if self.reader.by_window else WordStream(self)

    def log_posterior(self, module: nn.Module) -> float:
        """With every constant."""
        belief, value = self.priors.probabilities, self.log_likelihood(module) + self.log_prior_of_weights(module)
        if belief is None:
            return value
        stream = self.stream()
        stream.begin(device(module))
        stream.module = module.eval()
        return value + stream.believed(belief.constant(len(self.words.vocabulary)))

    def log_likelihood(self, module: nn.Module) -> float:
        """Of the words, as often as they count."""
        scores, weights = self.reader.scores(module, self.words), self.words.weights_of_characters()
        return float(scores.sum() if weights is None else (weights * scores)[weights != 0].sum())


class TextStream(ModuleStream):
    """Characters to learn from; `begin` brings them to the device."""

    problem: TextProblem

    def __init__(self, problem: TextProblem) -> None:
        super().__init__(problem)
        learns = problem.net.learns  # a belief about the weights holds them, and nothing else does
        self.advice = {k: v for k, v in learns.items() if k != "decay" or not problem.priors.weights}
        self.characters = int(problem.words.lengths.sum())
        self.divisor, self.rows = float(self.characters), self.characters  # `begin` knows how many rows they make
        belief = problem.priors.probabilities
        self.extra = None if belief is None else belief.counts(len(problem.words.vocabulary))

    def matrices(self) -> frozenset[str]:
        """Not those that map to or from characters, which are tables."""
        size = len(self.problem.words.vocabulary)
        return frozenset(name for name in super().matrices() if size not in self.weights[name].shape)

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
        log_p = torch.log_softmax(logits, 1)
        told = (y != IGNORED).to(log_p.dtype)
        weights = told if self.counts is None else told * self.counts[place.flatten()]
        total = (weights * log_p.gather(1, y.clamp(min=0)[:, None])[:, 0]).sum()
        if self.extra is not None:
            total = total + (weights.abs() * imaginary(log_p, self.extra)).sum()
        return -total

    @torch.no_grad()
    def believed(self, constant: float) -> float:
        weights, total = self.problem.words.weights_of_characters(), 0.0
        for log_p, place in self.text.read(self.module):
            told = constant + imaginary(log_p, self.extra).cpu().double().numpy()
            total += float(told.sum() if weights is None else told @ np.abs(weights[place]))
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
        often = np.abs(counts).sum(axis=1)
        if context == 1 and self.y is None:  # a belief is about what follows each character, seen or not
            kept, counts = _every(kept, counts, size)
            often = np.ones(size)
        self.rows, self.often = len(kept), often
        self.drawn, self.share = self.rows, torch.ones(self.rows, dtype=self.dtype, device=device)
        self.x = torch.tensor(kept, device=device)
        self.counts, self.imagined = (torch.tensor(a, dtype=self.dtype, device=device) for a in (counts, often))
        return tensors

    def epoch(self, rng: np.random.Generator, batch: int) -> list[Codes | None]:
        """Windows that came c times are drawn about sqrt(c) times, evenly over the epoch, and count for less each time.

        The slope of a window's loss is about sqrt(c) near the maximum: a draw of each then says as much as any other.
        """
        if batch >= self.rows:
            return [None]
        times = np.maximum(1, np.round(np.sqrt(self.often)))
        steps = max(1, round(times.sum() / batch))
        times = np.minimum(times, steps).astype(np.int64)
        self.drawn = int(times.sum())
        self.share = torch.tensor(1 / times, dtype=self.dtype, device=self.x.device)
        row = np.repeat(np.arange(self.rows), times)
        number = np.arange(self.drawn) - np.repeat(np.cumsum(times) - times, times)
        when = (number + rng.random(self.rows)[row]) / times[row]
        return [*np.array_split(row[np.argsort(when)], steps)]

    def count(self, index: Codes) -> float:
        return self.characters * len(index) / self.drawn

    def lost(self, index: Tensor | None) -> Tensor:
        at = slice(None) if index is None else index
        log_p = torch.log_softmax(self.module(self.x[at]), dim=1)  # (B, V)
        each = (self.counts[at] * (log_p if self.y is None else log_p.gather(1, self.y[at]))).sum(dim=1)
        if self.extra is not None:
            each = each + self.imagined[at] * imaginary(log_p, self.extra)
        return -(each.sum() if index is None else self.share[index] @ each)

    @torch.no_grad()
    def believed(self, constant: float) -> float:
        told = constant + imaginary(torch.log_softmax(self.module(self.x), dim=1), self.extra)
        return float(self.imagined.cpu().double() @ told.cpu().double())


def imaginary(log_p: Tensor, extra: Any) -> Tensor:
    """The log-probability of the imaginary rows beside each row: sum_v extra_v log p_v, [n]."""
    return (log_p * torch.as_tensor(extra, dtype=log_p.dtype, device=log_p.device)).sum(dim=1)


def _every(kept: Codes, counts: Floats, size: int) -> tuple[Codes, Floats]:
    """The same for all characters, those that nothing followed among them."""
    every = np.zeros((size, size))
    every[kept[:, 0]] = counts
    return np.arange(size)[:, None], every


def tallied(which: Codes, y: Codes, weights: Floats | None, shape: tuple[int, int]) -> Floats:
    """How often each code y came after each of the windows."""
    counts = np.bincount(which * shape[1] + y, weights, minlength=shape[0] * shape[1])
    return counts.reshape(shape).astype(np.float64)
