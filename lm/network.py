"""Networks as language models: the parameters are the weights of a torch module.

How a network reads words is in `lm/reading.py`, the objective in `lm/streams.py`. A Normal prior is on all weights of
the network, once against the summed log-likelihood: weight decay. A Dirichlet prior is alpha - 1 imaginary observations
of every next token: after every token once for a table of pairs, and beside every observed token for a network that
looks further back, which is label smoothing.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import mlekit
from lm.aliases import Settings
from lm.fit import Fit
from lm.model import AnyPrior, LanguageModel, single_prior
from lm.vocabulary import Vocabulary
from lm.words import Words
from lm.words import read as read_words
from mlekit.errors import OptionError, needs
from mlekit.models import NetworkPriors, Solution, resting

try:
    import torch
    from torch import nn
except ImportError as error:
    raise needs("PyTorch", "torch") from error

from lm.reading import Reader
from lm.streams import TextProblem
from lm.trained import NetworkOutcome, NetworkPredictor, load_weights

if TYPE_CHECKING:
    from lm.checkpoint import Arrays

CONTEXT = 128  # of a network without an argument `context`: longer words are read in pieces


class NetworkModel(LanguageModel):
    """A network as a language model, for `mlekit.fit(words, family=...)`.

    Parameters
    ----------
    prior : Prior, optional
        Prior of the weights (Normal) or of the next token (Dirichlet); it may be given to `fit` instead.
    vocabulary : Vocabulary, optional
        The vocabulary to use; by default that of the words.
    unit : {"char", "byte", "word"}, default "char"
        Unit of the tokens.
    seed : int, default 0
        Seed of the initial weights.
    start : dict of str to ndarray, optional
        Initial weights, such as `fit.params` of an earlier fit.
    watch : iterable of str, optional
        Validation words, which are not learned. Their loss is evaluated during the training, and the weights at which
        it was smallest are kept (early stopping).
    **options
        Options of the network itself, such as `width`.

    Raises
    ------
    OptionError
        If the network has no such option.

    Examples
    --------
    >>> import lm, mlekit
    >>> network = lm.NeuralBigram(prior=mlekit.priors.Dirichlet(2))
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=network)
    >>> round(fit.next_probs("av")["a"], 4)
    0.2857
    """

    module: ClassVar[type[nn.Module]]
    label: ClassVar[str]
    trains = True
    network: nn.Module  # this and the next two after `bind`
    words: Words
    watched: Words | None = None
    rows = None

    def __init__(
        self,
        *,
        prior: AnyPrior = None,
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
    def advice(self) -> Mapping[str, str | float]:
        """Solver options that suit the network: method, step size, batch size."""
        return getattr(self.module, "advice", {})

    @property
    def dropout(self) -> float:
        """Probability with which units are left out at each training step."""
        return float(self._option("dropout") or 0)

    def _option(self, name: str) -> Any:
        """Return the value of an option of the module; None if the module has no such option."""
        asked = inspect.signature(self.module).parameters.get(name)
        return None if asked is None else self.options.get(name, asked.default)

    def reader(self, module: nn.Module) -> Reader:
        """Return the way in which the network reads words.

        A network that returns one row of logits per character reads whole words, one that returns a single row reads
        windows.

        Parameters
        ----------
        module : nn.Module

        Returns
        -------
        Reader
        """
        context = self._option("context")
        with resting(module):
            by_window = module(torch.zeros(2, context or 1, dtype=torch.long)).ndim == 2
        return Reader(context or (1 if by_window else CONTEXT), by_window)

    def bind(self, rows: Words) -> NetworkModel:
        """Return the model for these words, with an initialised network."""
        new = copy.copy(self)
        new.words, new.network = rows, self.initial(len(rows.vocabulary))
        if self.watch is not None:
            new.watched = read_words(self.watch, vocabulary=rows.vocabulary)
            rows.vocabulary.encode(new.watched.words)  # an unknown token is an error now, and not during the training
        return new

    def initial(self, size: int) -> nn.Module:
        """Return the module with its initial weights.

        Parameters
        ----------
        size : int
            Size of the vocabulary.

        Returns
        -------
        nn.Module
        """
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(self.seed)
            module = self.module(size, **self.options)
        if self.start is not None:
            load_weights(module, self.start)
        return module

    def problem(self, priors: AnyPrior, fixed: Mapping[str, float], tied: Mapping[str, str]) -> TextProblem:
        """Return the log posterior of the weights."""
        name = self.module.__name__
        if fixed or tied:
            raise OptionError(
                f"fixed= and tied= are for parameters of distributions, and lm.{name} is a network: leave them out"
            )
        all_priors = NetworkPriors.of(single_prior(self.prior, priors, f"lm.{name}"), self.network, "p", [])
        _check_dirichlet(all_priors, len(self.words.vocabulary))
        return TextProblem(self, self.network, all_priors, self.words, self.watched)

    def answer(self) -> Callable[..., Fit]:
        """Return the function that makes the fit."""
        return self._fit

    def _fit(self, estimator: mlekit.Estimator[object], solution: Solution) -> Fit:
        prior = single_prior(self.prior, estimator.prior)
        problem = solution.problem
        assert isinstance(problem, TextProblem)
        outcome = NetworkOutcome(problem, solution)
        predictor = NetworkPredictor(self.label, self.words.vocabulary, outcome.module, problem.reader, self.options)
        return Fit(predictor, outcome, self.words.words, None if prior is None else repr(prior))

    @classmethod
    def restore(cls, vocabulary: Vocabulary, settings: Settings, arrays: Arrays) -> NetworkPredictor:
        """Return the trained network that was saved."""
        model = cls(**settings)
        module = model.initial(len(vocabulary))
        load_weights(module, arrays)
        return NetworkPredictor(cls.label, vocabulary, module, model.reader(module), settings)


@cache
def model(module: type[nn.Module], label: str) -> type[NetworkModel]:
    """Return the language model of a network.

    Parameters
    ----------
    module : type
        A subclass of `torch.nn.Module` whose first argument is the size of the vocabulary, and whose `forward` maps
        codes (B, T) to logits (B, V) of the next token or (B, T, V) of all next tokens.
    label : str
        Name of the model in saved folders: the name of its file in `lm/networks`.

    Returns
    -------
    type
        A subclass of `NetworkModel` named like the module.

    Examples
    --------
    >>> import lm
    >>> from lm.networks.gru import GRU
    >>> model(GRU, "gru") is lm.GRU
    True
    """
    members = {
        "module": module,
        "label": label,
        "default_alpha": getattr(module, "default_alpha", None),
        "__doc__": module.__doc__,
        "__module__": "lm",  # where pickle finds it
        "__signature__": _signature(module),
    }
    return type(module.__name__, (NetworkModel,), members)


def _signature(module: type[nn.Module]) -> inspect.Signature:
    """Return the arguments of a model: those of its network, and those that all networks take."""
    own, common = (inspect.signature(cls).parameters.items() for cls in (module, NetworkModel))
    options = [option.replace(kind=option.KEYWORD_ONLY) for name, option in own if name != "vocabulary"]
    return inspect.Signature([*options, *(option for name, option in common if name != "options")])


def _check_dirichlet(all_priors: NetworkPriors, size: int) -> None:
    """Refuse a Dirichlet prior that does not have one number per token."""
    if all_priors.probabilities is not None and not all_priors.probabilities.fits(size):
        raise OptionError(
            f"prior: {all_priors.probabilities} is about the next character: give one number, or one for each of "
            f"{size}, the end of a word first"
        )
