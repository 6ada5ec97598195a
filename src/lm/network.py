"""Joins a net of characters to mlekit's network model: the loss of every net is here, once.

    rows          every character of the words, and the end of each, with the few characters before it
    loss          minus the log of the probability that the next character was given, under softmax of the logits

A Dirichlet prior is alpha - 1 imaginary rows of every next character after every previous one; a Normal prior is on all
weights of the net, once against the summed log-likelihood.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

import mlekit
from lm import words as text
from lm.corpus import Codes, Vocabulary
from lm.fit import Fit, Predictor
from lm.words import Floats, Words
from mlekit.errors import OptionError, needs
from mlekit.models import Bound, Model

try:
    import torch
    from torch import nn
except ImportError as error:
    raise needs("PyTorch", "torch") from error

if TYPE_CHECKING:
    from lm.checkpoint import Arrays

MANY = 10  # rows that repeat so often are told by how often they come
BLOCK = 4096


class Net(Model):
    """A net as a model of words, given to `mlekit.fit(words, family=...)`; `options` are those of its module.

    `prior` may be given here or in `fit`. `seed` is of the weights that it begins with, from a generator of its own;
    `start` are weights to begin with instead, such as `fit.params` of an earlier fit.

    >>> import lm
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.NeuralBigram(), prior=mlekit.priors.Dirichlet(2))
    >>> round(fit.next_probs("av")["a"], 4)
    0.2857
    """

    module: ClassVar[type[nn.Module]]
    label: ClassVar[str]
    words: Words
    inner: Any
    rows = None

    def __init__(
        self,
        *,
        prior: Any = None,
        vocabulary: Vocabulary | None = None,
        seed: int = 0,
        start: Arrays | None = None,
        **options: Any,
    ) -> None:
        self.prior, self.vocabulary, self.seed, self.start, self.options = prior, vocabulary, seed, start, options

    @property
    def context(self) -> int:
        """How many characters back the net looks: its argument of that name."""
        asked = inspect.signature(self.module).parameters.get("context")
        return 1 if asked is None else int(self.options.get("context", asked.default))

    def read(self, data: Any, target: Any, **how: Any) -> Words:
        return text.read(data, target, self.vocabulary, **how)

    def bind(self, rows: Words) -> Net:
        new, size = copy.copy(self), len(rows.vocabulary)
        law = mlekit.families.Categorical(range(size))
        new.words = rows
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(self.seed)
            module = self.module(size, **self.options)
        if self.start is not None:
            load(module, self.start)
        model = mlekit.network(module, law, cells=np.arange(size)[:, None] if self.context == 1 else None)
        x, y, weights = counted(*windows(rows, self.context), rows.weights_of_characters(), size)
        new.inner = model.bind(model.read(x, y, weights=weights))
        return new

    def problem(self, priors: Any, fixed: Mapping[str, Any], tied: Mapping[str, str]) -> Bound:
        if priors is not None and self.prior is not None:
            name = self.module.__name__
            raise OptionError(f"prior: one is given to lm.{name} and another to fit: leave one of them out")
        prior = self.prior if priors is None else priors
        if self.context > 1 and isinstance(prior, mlekit.priors.Dirichlet):
            raise OptionError(
                f"prior: {prior} is about what follows one character, and this net looks back {self.context}: "
                "give a belief about its weights, such as mlekit.priors.Normal(0, 1)"
            )
        return self.inner.problem(prior, fixed, tied)

    def answer(self) -> Callable[..., Fit]:
        return self._fit

    def _fit(self, estimator: Any, bound: Any, solution: Any) -> Fit:
        prior = self.prior if estimator.prior is None else estimator.prior
        found = mlekit.NetworkFit(estimator, bound, solution)
        predictor = Trained(self.label, self.words.vocabulary, found.module, self.context, self.options)
        return Fit(predictor, found, self.words.words, None if prior is None else repr(prior))

    @classmethod
    def restore(cls, vocabulary: Vocabulary, settings: Mapping[str, Any], arrays: Arrays) -> Trained:
        """What `Trained.kept` gave, as a net again."""
        with torch.random.fork_rng(devices=[]):
            module = cls.module(len(vocabulary), **settings)
        load(module, arrays)
        return Trained(cls.label, vocabulary, module, cls(**settings).context, settings)


@cache
def model(module: type[nn.Module], label: str) -> type[Net]:
    """The model of a net: `lm.NeuralBigram` of the module in lm/nets/neural_bigram.py; the file's name is its label."""
    return type(module.__name__, (Net,), {"module": module, "label": label, "__doc__": module.__doc__})


class Trained(Predictor):
    """A net that has learned."""

    name = "net"

    def __init__(
        self, name: str, vocabulary: Vocabulary, module: nn.Module, context: int, settings: Mapping[str, Any]
    ) -> None:
        self.name, self.vocabulary, self.module = name, vocabulary, module.cpu().eval()  # type: ignore[misc]
        self.context, self._settings = context, dict(settings)

    def next_logits(self, contexts: Codes) -> Floats:
        missing = max(self.context - contexts.shape[1], 0)
        x = np.pad(contexts, ((0, 0), (missing, 0)))[:, -self.context :]
        with torch.no_grad():
            blocks = [self.module(torch.from_numpy(x[i : i + BLOCK].copy())) for i in range(0, len(x), BLOCK)]
            return torch.log_softmax(torch.cat(blocks).double(), dim=1).numpy()

    @property
    def params(self) -> Arrays:
        return {name: p.detach().numpy().copy() for name, p in self.module.named_parameters()}

    def kept(self) -> Arrays:
        return {name: t.numpy().copy() for name, t in self.module.state_dict().items()}

    def settings(self) -> Mapping[str, Any]:
        return self._settings


def load(module: nn.Module, arrays: Arrays) -> None:
    """Gives a net the weights that one of its kind has learned."""
    try:
        module.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in arrays.items()})
    except RuntimeError as error:
        raise OptionError(f"start: the weights are of another net: {' '.join(str(error).split())}") from error


def windows(words: Words, context: int) -> tuple[Codes, Codes]:
    """Every character [n] with those before it in its word [n, context], marks where the word had not begun.

    >>> x, y = windows(text.read(["ab"]), 2)
    >>> x.tolist(), y.tolist()
    ([[0, 0], [0, 1], [1, 2]], [1, 2, 0])
    """
    y = words.vocabulary.encode(words.words)
    place = np.arange(len(y)) - np.repeat(np.cumsum(words.lengths) - words.lengths, words.lengths)
    x = [np.where(place >= back, np.roll(y, back), 0) for back in range(context, 0, -1)]
    return np.stack(x, axis=1), y


def counted(x: Codes, y: Codes, weights: Floats | None, size: int) -> tuple[Codes, Codes, Floats | None]:
    """The same rows, those that are alike told once with how often they come, where most of them are alike."""
    if size ** (x.shape[1] + 1) > len(y) / MANY:
        return x, y, weights
    shape = (size,) * (x.shape[1] + 1)
    codes = np.ravel_multi_index((*x.T, y), shape)
    total = np.bincount(codes, weights, minlength=1).astype(np.float64)
    seen = np.flatnonzero(np.bincount(codes))
    *columns, following = np.unravel_index(seen, shape)
    return np.stack(columns, axis=1), following, total[seen]
