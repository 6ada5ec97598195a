"""Joins a net of characters to mlekit: a model of words whose parameters are the weights of a torch module.

How it reads words and what is minimised stands in lm/streams.py. A Normal prior is on all weights of the net, once
against the summed log-likelihood: weight decay. A Dirichlet prior is alpha - 1 imaginary rows of every next character:
of a table of pairs after every character once, of a net that looks further back beside every character that was read,
which is label smoothing.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property, partial
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

import mlekit
from lm import words as text
from lm.fit import Fit, Predictor
from lm.vocabulary import Codes, Vocabulary
from lm.words import Floats, Words
from mlekit.errors import OptionError, needs
from mlekit.models import NetworkPriors, Model, Solution, Status, resting

try:
    import torch
    from torch import Tensor, nn
except ImportError as error:
    raise needs("PyTorch", "torch") from error

from lm.reading import Reader
from lm.streams import TextProblem

if TYPE_CHECKING:
    from lm.checkpoint import Arrays
    from mlekit.show import Panel

NAMED = 60  # characters that have a name on the map of an embedding
CONTEXT = 128  # of a net that names none: longer words are read in pieces


class Net(Model):
    """A net as a model of words, given to `mlekit.fit(words, family=...)`; `options` are those of its module.

    `prior` may be given here or in `fit`. `seed` is of the weights that it begins with, from a generator of its own;
    `start` are weights to begin with instead, such as `fit.params` of an earlier fit. `watch` are words that it does
    not learn from: their loss is looked at on the way, and the weights where it was least are kept (early stopping).

    >>> import lm, mlekit
    >>> net = lm.NeuralBigram(prior=mlekit.priors.Dirichlet(2))
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=net)
    >>> round(fit.next_probs("av")["a"], 4)
    0.2857
    """

    module: ClassVar[type[nn.Module]]
    label: ClassVar[str]
    alpha: ClassVar[float | None]  # of the Dirichlet prior that lm.train gives it
    trains = True
    net: nn.Module  # these three after `bind`
    words: Words
    watched: Words | None = None
    rows = None

    def __init__(
        self,
        *,
        prior: Any = None,
        vocabulary: Vocabulary | None = None,
        unit: str = "char",
        seed: int = 0,
        start: Arrays | None = None,
        watch: Iterable[str] | None = None,
        **options: Any,
    ) -> None:
        known = [name for name in inspect.signature(self.module).parameters if name != "vocabulary"]
        for name in options:
            if name not in known:
                allowed = f"its options are {', '.join(known)}" if known else "it has no options"
                raise OptionError(f"lm.{self.module.__name__} has no option {name!r}: {allowed}")
        self.prior, self.vocabulary, self.unit, self.seed, self.start = prior, vocabulary, unit, seed, start
        self.watch, self.options = None if watch is None else list(watch), options

    @property
    def learns(self) -> Mapping[str, Any]:
        """The method, the step size and the batch that suit the net."""
        return getattr(self.module, "learns", {})

    @property
    def dropout(self) -> float:
        """The share of it that is left out at each step."""
        return float(self._option("dropout") or 0)

    def _option(self, name: str) -> Any:
        """The value of an option of the module; None where it has none such."""
        asked = inspect.signature(self.module).parameters.get(name)
        return None if asked is None else self.options.get(name, asked.default)

    def reader(self, module: nn.Module) -> Reader:
        """A net that answers a word with as many rows of logits reads words, one that answers with one row windows."""
        context = self._option("context")
        with resting(module):
            by_window = module(torch.zeros(2, context or 1, dtype=torch.long)).ndim == 2
        return Reader(context or (1 if by_window else CONTEXT), by_window)

    def read(self, data: Any, target: Any, **how: Any) -> Words:
        return text.read(data, target, self.vocabulary, unit=self.unit, **how)

    def bind(self, rows: Words) -> Net:
        new = copy.copy(self)
        new.words, new.net = rows, self.made(len(rows.vocabulary))
        if self.watch is not None:
            new.watched = text.read(self.watch, vocabulary=rows.vocabulary)
            rows.vocabulary.encode(new.watched.words)  # what was never seen is told now, not in the middle of training
        return new

    def made(self, size: int) -> nn.Module:
        """The module, with the weights that it begins with."""
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(self.seed)
            module = self.module(size, **self.options)
        if self.start is not None:
            load(module, self.start)
        return module

    def problem(self, priors: Any, fixed: Mapping[str, Any], tied: Mapping[str, str]) -> Bound:
        name = self.module.__name__
        if fixed or tied:
            raise OptionError(f"fixed= and tied= are for parameters of laws, and lm.{name} is a net: leave them out")
        believed = NetworkPriors.of(text.the_one(self.prior, priors, f"lm.{name}"), self.net, "p", [])
        _demand_one_a_character(believed, len(self.words.vocabulary))
        problem = TextProblem(self, self.net, believed, self.words, self.watched)
        return Bound(self, problem, problem)

    def answer(self) -> Callable[..., Fit]:
        return self._fit

    def _fit(self, estimator: Any, problem: Any, solution: Any) -> Fit:
        prior = text.the_one(self.prior, estimator.prior)
        found = Learned(problem, solution)
        predictor = Trained(self.label, self.words.vocabulary, found.module, problem.reader, self.options)
        return Fit(predictor, found, self.words.words, None if prior is None else repr(prior))

    @classmethod
    def restore(cls, vocabulary: Vocabulary, settings: Mapping[str, Any], arrays: Arrays) -> Trained:
        """What `Trained.kept` gave, as a net again."""
        model = cls(**settings)
        module = model.made(len(vocabulary))
        load(module, arrays)
        return Trained(cls.label, vocabulary, module, model.reader(module), settings)


@cache
def model(module: type[nn.Module], label: str) -> type[Net]:
    """The model of a net: `lm.NeuralBigram` of the module in lm/nets/neural_bigram.py; the file's name is its label."""
    alpha = getattr(module, "alpha", None)
    return type(
        module.__name__,
        (Net,),
        {"module": module, "label": label, "alpha": alpha, "__doc__": module.__doc__, "__module__": module.__module__},
    )


class Learned:
    """What was found: the weights, how likely the words are under them, and why the training ended."""

    quick_ok = False

    def __init__(self, problem: TextProblem, solution: Solution) -> None:
        self.problem, self.solution, self.solver = problem, solution, solution.solver
        self.n_params = problem.size
        self.history, self.watched = solution.history, solution.notes.get("watched")

    @cached_property
    def module(self) -> nn.Module:
        assert self.solution.params is not None
        module = copy.deepcopy(self.problem.module)
        load(module, self.solution.params)
        return module.cpu().eval()

    @cached_property
    def llf(self) -> float:
        return self.problem.log_likelihood(self.module)

    @cached_property
    def log_posterior(self) -> float:
        return self.problem.log_posterior(self.module)

    @property
    def notes(self) -> tuple[str, ...]:
        """What priors and dropout are called elsewhere."""
        problem, said = self.problem, list[str]()
        squares = {(prior.kernel() or {}).get("square", 0.0) for prior in problem.priors.weights.values()}
        said += [
            f"Weight decay: lambda = {-square / problem.words.lengths.sum():.3g} a character."
            for square in sorted(squares)
            if square
        ]
        belief = problem.priors.probabilities
        if belief is not None and problem.reader.context > 1:
            total = float(belief.counts(len(problem.words.vocabulary)).sum())
            said.append(f"Label smoothing: {total / (1 + total):.3g} of each character is shared among all.")
        pull = self.solution.notes.get("decay")
        if pull:
            said.append(f"The solver took {pull:g} of all weights away at each full step (weight decay, but no prior).")
        if problem.net.dropout:
            said.append(
                f"Dropout {problem.net.dropout:g} while it learned; all of the net is used in what it says here."
            )
        return tuple(said)

    @property
    def nobs(self) -> float:
        weights = self.problem.words.weights_of_characters()
        return float(self.problem.words.lengths.sum() if weights is None else weights.sum())

    @property
    def verdict(self) -> mlekit.Verdict:
        status = Status(int(self.solution.status[0]))
        said = {
            "converged": "the slope is zero at every weight; a net may have other peaks",
            "budget": self._stopped(),
            "failed": self.solution.notes.get("trouble", "the search ended where the slope is not zero"),
        }
        return mlekit.Verdict(status != Status.FAILED, (status.code,), (said[status.code],))

    def _stopped(self) -> str:
        step, watched = self.solution.iterations, self.watched
        why = "as it was asked to" if self.solution.notes.get("stopped") else "when its budget was spent"
        said = f"stopped at step {step:,}, {why}"
        if watched is None or len(watched) < 2:
            return said
        kept = self.solution.notes["kept"]
        if kept < step:
            return f"{said}; the weights of step {kept:,} are kept, where held-out loss was least: early stopping"
        return f"{said}, held-out loss still falling"


class Trained(Predictor):
    """A net that has learned."""

    name = "net"

    def __init__(
        self, name: str, vocabulary: Vocabulary, module: nn.Module, reader: Reader, settings: Mapping[str, Any]
    ) -> None:
        self.name, self.vocabulary, self.module = name, vocabulary, module.cpu().eval()  # type: ignore[misc]
        self.reader, self._settings = reader, dict(settings)

    def next_logits(self, contexts: Codes) -> Floats:
        return self.reader.next(self.module, contexts, len(self.vocabulary))

    def scores(self, words: list[str]) -> Floats:
        return self.reader.scores(self.module, Words(words, self.vocabulary))

    @property
    def params(self) -> Arrays:
        return {name: p.detach().numpy().copy() for name, p in self.module.named_parameters()}

    @property
    def reach(self) -> float:
        return self.reader.context if self.reader.by_window else inf

    def panels(self, words: list[str]) -> dict[str, Panel]:
        """A map of the first embedding with a row for each character; of several in one table, of the first."""
        size, tables = len(self.vocabulary), [m for m in self.module.modules() if isinstance(m, nn.Embedding)]
        rows = [m.weight[:size] for m in tables if m.num_embeddings % size == 0]
        maps: dict[str, Panel] = {"embedding": partial(self._map, words, rows[0])} if rows else {}
        return {**super().panels(words), **maps}

    def _map(self, words: list[str], embedding: Tensor, ax: Any) -> None:
        from mlekit.show import point_map

        rows, often = embedding.detach().double().numpy(), self.frequent(words, NAMED)
        point_map(ax, rows, self.vocabulary.symbols, often, said="• the mark of start and end")

    def kept(self) -> Arrays:
        return {name: t.numpy().copy() for name, t in self.module.state_dict().items()}

    def settings(self) -> Mapping[str, Any]:
        return self._settings

    def notes(self, words: list[str]) -> list[str]:
        longer = int((self.vocabulary.lengths(words) > self.reader.context).sum())
        if self.reader.by_window or not longer:
            return []
        return [f"{longer:,} words are longer than the context of {self.reader.context}: read in pieces that overlap."]


def load(module: nn.Module, arrays: Arrays) -> None:
    """Gives a net the weights that one of its kind has learned."""
    try:
        module.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in arrays.items()})
    except RuntimeError as error:
        said = str(error).strip().splitlines()[-1].strip()
        raise OptionError(f"start: the weights are of another net: {said}") from error


def _demand_one_a_character(believed: NetworkPriors, size: int) -> None:
    if believed.probabilities is not None and not believed.probabilities.fits(size):
        raise OptionError(
            f"prior: {believed.probabilities} is about the next character: give one number, or one for each of {size}, "
            "the end of a word first"
        )
