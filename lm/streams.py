"""The objective of networks on words, and batches of words for stochastic solvers.

    WordStream     whole words, those of similar length together, so that there is little padding
    WindowStream   the distinct windows of tokens, with the frequencies of the tokens that came next: soft targets

The loss of every network is defined here: minus the mean over tokens of log p(token | all before it), minus the log
prior divided by the number of tokens.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from lm.aliases import Codes, Floats
from lm.reading import IGNORED, Reader, Text, device, distinct, windows
from lm.words import Words
from mlekit.models import ModuleProblem, ModuleStream, NetworkPriors

if TYPE_CHECKING:
    from lm.network import NetworkModel

SORTED = 16  # batches of words that are sorted by length together
DENSE = 1 << 26  # largest number of cells of the table of next tokens by windows


class TextProblem(ModuleProblem):
    """Log posterior of a network, given words.

    Parameters
    ----------
    model : NetworkModel
    module : nn.Module
    priors : NetworkPriors
        Priors of the weights and of the next token.
    words : Words
    watch : Words or None
        Validation words.
    """

    def __init__(
        self, model: NetworkModel, module: nn.Module, priors: NetworkPriors, words: Words, watch: Words | None
    ) -> None:
        super().__init__(module, priors)
        self.model, self.words, self.watch = model, words, watch
        self.reader: Reader = model.reader(module)

    def stream(self) -> TextStream:
        return WindowStream(self) if self.reader.by_window else WordStream(self)

    def log_posterior(self, module: nn.Module) -> float:
        """Return the log posterior, with all constants.

        Parameters
        ----------
        module : nn.Module
            The network with its weights.

        Returns
        -------
        float
        """
        dirichlet, value = self.priors.probabilities, self.log_likelihood(module) + self.log_prior_of_weights(module)
        if dirichlet is None:
            return value
        stream = self.stream()
        stream.begin(device(module))
        stream.module = module.eval()
        return value + stream.log_dirichlet(dirichlet.constant(len(self.words.vocabulary)))

    def log_likelihood(self, module: nn.Module) -> float:
        """Return the weighted log-likelihood of the words.

        Parameters
        ----------
        module : nn.Module
            The network with its weights.

        Returns
        -------
        float
        """
        log_p, weights = self.reader.token_log_prob(module, self.words), self.words.token_weights()
        return float(log_p.sum() if weights is None else (weights * log_p)[weights != 0].sum())


class TextStream(ModuleStream["TextProblem"]):
    """Batches of tokens; `begin` copies them to the device."""

    def __init__(self, problem: TextProblem) -> None:
        super().__init__(problem)
        advice = problem.model.advice  # with a prior on the weights nothing else shrinks them
        self.advice = {k: v for k, v in advice.items() if k != "decay" or not problem.priors.weights}
        self.tokens = int(problem.words.lengths.sum())
        self.divisor, self.rows = float(self.tokens), self.tokens  # `begin` sets the number of rows
        dirichlet = problem.priors.probabilities
        self.extra = None if dirichlet is None else dirichlet.counts(len(problem.words.vocabulary))

    def matrices(self) -> frozenset[str]:
        """Leave out the tables that map to or from tokens."""
        size = len(self.problem.words.vocabulary)
        return frozenset(name for name in super().matrices() if size not in self.weights[name].shape)

    @abstractmethod
    def negative_log_lik(self, index: Tensor | None) -> Tensor:
        """Return minus the log-likelihood of the rows of `index`, imaginary observations included."""

    def loss(self, z: Tensor | None, index: Tensor | None) -> Tensor:
        tokens = self.tokens if index is None else self.count(index.cpu().numpy())
        return self.negative_log_lik(index) / tokens - self.log_prior_of_weights() / self.tokens

    def watched(self) -> float | None:
        watch = self.problem.watch
        if watch is None:
            return None
        return -float(self.problem.reader.token_log_prob(self.module, watch).mean())

    @abstractmethod
    def log_dirichlet(self, constant: float) -> float:
        """Return the log density of a Dirichlet prior of the next token, whose density has this constant."""


class WordStream(TextStream):
    """Pieces of words; the batch size is in tokens."""

    def begin(self, device: str) -> dict[str, Tensor]:
        tensors, words = super().begin(device), self.problem.words
        self.text = Text(words, self.problem.reader.context, device)
        self.rows = len(self.text.sizes)
        weights = words.token_weights()
        self.counts = None if weights is None else torch.tensor(weights, dtype=self.dtype, device=device)
        return tensors

    def epoch(self, rng: np.random.Generator, batch: int) -> list[Codes | None]:
        """Return batches of similar length: sorted within random parts of the words, and in random order."""
        sizes, parts = self.text.sizes, list[Codes]()
        order = rng.permutation(self.rows)
        together = max(1, round(SORTED * batch / sizes.mean()))
        for part in np.split(order, range(together, len(order), together)):
            part = part[np.argsort(sizes[part], kind="stable")]
            ends = np.cumsum(sizes[part])
            pieces = max(1, round(ends[-1] / batch))
            parts += np.split(part, np.searchsorted(ends, ends[-1] * np.arange(1, pieces) / pieces))
        return [parts[i] for i in rng.permutation(len(parts)) if len(parts[i])]

    def count(self, index: Codes) -> float:
        return float(self.text.scored[index].sum())

    def negative_log_lik(self, index: Tensor | None) -> Tensor:
        x, y, place = self.text.batch(np.arange(self.rows) if index is None else index.cpu().numpy())
        logits, y = self.module(x).flatten(0, 1), y.flatten()  # (B T, V)
        if self.counts is None and self.extra is None:
            return cross_entropy(logits, y, reduction="sum", ignore_index=IGNORED)
        log_p = torch.log_softmax(logits, 1)
        scored = (y != IGNORED).to(log_p.dtype)
        weights = scored if self.counts is None else scored * self.counts[place.flatten()]
        total = (weights * log_p.gather(1, y.clamp(min=0)[:, None])[:, 0]).sum()
        if self.extra is not None:
            total = total + (weights.abs() * imaginary(log_p, self.extra)).sum()
        return -total

    @torch.no_grad()
    def log_dirichlet(self, constant: float) -> float:
        assert self.extra is not None
        weights, total = self.problem.words.token_weights(), 0.0
        for log_p, place in self.text.blocks(self.module):
            density = constant + imaginary(log_p, self.extra).cpu().double().numpy()
            total += float(density.sum() if weights is None else density @ np.abs(weights[place]))
        return total


class WindowStream(TextStream):
    """Distinct windows, with a table of the tokens that came next; the batch size is in windows.

    If the table would be too large, the rows are the distinct windows with their next token, and their frequencies.
    """

    def begin(self, device: str) -> dict[str, Tensor]:
        tensors, words, context = super().begin(device), self.problem.words, self.problem.reader.context
        size, weights = len(words.vocabulary), words.token_weights()
        x, y = windows(words.vocabulary, words.words, context)
        rows, which = distinct(x, size)
        self.y: Tensor | None = None
        if len(rows) * size > DENSE:
            rows_and_next, which = distinct(np.column_stack([x, y]), size)
            rows, self.y = rows_and_next[:, :-1], torch.tensor(rows_and_next[:, -1:], device=device)
            counts = np.bincount(which, weights, minlength=len(rows))[:, None].astype(np.float64)
        else:
            counts = cross_table(which, y, weights, (len(rows), size))
        frequencies = np.abs(counts).sum(axis=1)
        if context == 1 and self.y is None:  # the prior is of the token after each token, observed or not
            rows, counts = _all_tokens(rows, counts, size)
            frequencies = np.ones(size)
        self.rows, self.frequencies = len(rows), frequencies
        self.drawn, self.row_weights = self.rows, torch.ones(self.rows, dtype=self.dtype, device=device)
        self.x = torch.tensor(rows, device=device)
        self.counts, self.imagined = (torch.tensor(a, dtype=self.dtype, device=device) for a in (counts, frequencies))
        return tensors

    def epoch(self, rng: np.random.Generator, batch: int) -> list[Codes | None]:
        """Draw windows that came c times about sqrt(c) times, evenly over the epoch, with smaller weights.

        The gradient of the loss of a window is about sqrt(c) near the maximum, so that all draws are then equally
        informative.
        """
        if batch >= self.rows:
            return [None]
        times = np.maximum(1, np.round(np.sqrt(self.frequencies)))
        steps = max(1, round(times.sum() / batch))
        times = np.minimum(times, steps).astype(np.int64)
        self.drawn = int(times.sum())
        self.row_weights = torch.tensor(1 / times, dtype=self.dtype, device=self.x.device)
        row = np.repeat(np.arange(self.rows), times)
        number = np.arange(self.drawn) - np.repeat(np.cumsum(times) - times, times)
        when = (number + rng.random(self.rows)[row]) / times[row]
        return [*np.array_split(row[np.argsort(when)], steps)]

    def count(self, index: Codes) -> float:
        return self.tokens * len(index) / self.drawn

    def negative_log_lik(self, index: Tensor | None) -> Tensor:
        at = slice(None) if index is None else index
        log_p = torch.log_softmax(self.module(self.x[at]), dim=1)  # (B, V)
        each = (self.counts[at] * (log_p if self.y is None else log_p.gather(1, self.y[at]))).sum(dim=1)
        if self.extra is not None:
            each = each + self.imagined[at] * imaginary(log_p, self.extra)
        return -(each.sum() if index is None else self.row_weights[index] @ each)

    @torch.no_grad()
    def log_dirichlet(self, constant: float) -> float:
        assert self.extra is not None
        density = constant + imaginary(torch.log_softmax(self.module(self.x), dim=1), self.extra)
        return float(self.imagined.cpu().double() @ density.cpu().double())


def imaginary(log_p: Tensor, extra: Floats) -> Tensor:
    """Return the log-likelihood of the imaginary observations beside each row: sum_v extra_v log p_v, [n]."""
    return (log_p * torch.as_tensor(extra, dtype=log_p.dtype, device=log_p.device)).sum(dim=1)


def _all_tokens(rows: Codes, counts: Floats, size: int) -> tuple[Codes, Floats]:
    """Return the table with one row per token, those that nothing followed included."""
    table = np.zeros((size, size))
    table[rows[:, 0]] = counts
    return np.arange(size)[:, None], table


def cross_table(which: Codes, y: Codes, weights: Floats | None, shape: tuple[int, int]) -> Floats:
    """Return the weighted frequency of each next token y by window."""
    counts = np.bincount(which * shape[1] + y, weights, minlength=shape[0] * shape[1])
    return counts.reshape(shape).astype(np.float64)
