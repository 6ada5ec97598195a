"""Trained networks: their predictions, and the outcome of the training."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cached_property, partial
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

import mlekit
from lm.aliases import Codes, Floats, Settings
from lm.predictor import Predictor
from lm.reading import Reader
from lm.streams import TextProblem
from lm.text import plural
from lm.vocabulary import Vocabulary
from lm.words import Words
from mlekit.errors import OptionError
from mlekit.models import Solution, Status

if TYPE_CHECKING:
    from lm.checkpoint import Arrays
    from lm.explain.network import NetworkPage
    from lm.fit import Fit
    from mlekit.show import Panel

LABELLED = 60  # tokens that are labelled on the map of an embedding


class NetworkOutcome:
    """Outcome of the training of a network: weights, log-likelihood, and the reason why the training ended.

    Parameters
    ----------
    problem : TextProblem
    solution : Solution
    """

    quick_ok = False

    def __init__(self, problem: TextProblem, solution: Solution) -> None:
        self.problem, self.solution, self.solver = problem, solution, solution.solver
        self.n_params = problem.size

    @property
    def history(self) -> Floats | None:
        return self.solution.history

    @property
    def watched(self) -> Floats | None:
        return self.solution.notes.get("watched")

    @cached_property
    def module(self) -> nn.Module:
        """The network with the weights that were found."""
        assert self.solution.params is not None
        module = copy.deepcopy(self.problem.module)
        load_weights(module, self.solution.params)
        return module.cpu().eval()

    @property
    def llf(self) -> float:
        return self._llf

    @cached_property
    def _llf(self) -> float:
        return self.problem.log_likelihood(self.module)

    @property
    def log_posterior(self) -> float:
        return self._log_posterior

    @cached_property
    def _log_posterior(self) -> float:
        return self.problem.log_posterior(self.module)

    @property
    def notes(self) -> tuple[str, ...]:
        """Priors and dropout by the names they have in machine learning."""
        problem = self.problem
        squares = {(prior.kernel() or {}).get("square", 0.0) for prior in problem.priors.weights.values()}
        notes = [
            f"Weight decay: lambda = {-square / problem.words.lengths.sum():.3g} per character."
            for square in sorted(squares)
            if square
        ]
        dirichlet = problem.priors.probabilities
        if dirichlet is not None and problem.reader.context > 1:
            total = float(dirichlet.counts(len(problem.words.vocabulary)).sum())
            notes.append(f"Label smoothing: weight {total / (1 + total):.3g} is spread evenly over all characters.")
        if self.decay:
            notes.append(
                f"Each full step shrank all matrices and tables by {self.decay:g} of their size (weight decay without "
                "a prior)."
            )
        if problem.model.dropout:
            notes.append(f"Dropout {problem.model.dropout:g} during the training; predictions use the whole network.")
        return tuple(notes)

    @property
    def decay(self) -> float:
        return float(self.solution.notes.get("decay") or 0.0)

    @property
    def nobs(self) -> float:
        return self.problem.words.nobs()

    @property
    def verdict(self) -> mlekit.Verdict:
        status = Status(int(self.solution.status[0]))
        reasons = {
            "converged": "the gradient is zero in every weight; a network may have other local maxima",
            "budget": self._stopped(),
            "failed": self.solution.notes.get("trouble", "the search ended where the gradient is not zero"),
        }
        return mlekit.Verdict(status != Status.FAILED, (status.code,), (reasons[status.code],))

    def _stopped(self) -> str:
        step, watched = self.solution.iterations, self.watched
        why = "on request" if self.solution.notes.get("stopped") else "when its budget was spent"
        stopped = f"stopped at step {step:,}, {why}"
        if watched is None or len(watched) < 2:
            return stopped
        kept = self.solution.notes["kept"]
        if kept < step:
            return f"{stopped}; the weights of step {kept:,} are kept, where held-out loss was smallest: early stopping"
        return f"{stopped}, held-out loss still falling"


class NetworkPredictor(Predictor):
    """A trained network.

    Parameters
    ----------
    name : str
        Name of the model.
    vocabulary : Vocabulary
    module : nn.Module
    reader : Reader
    settings : mapping
        Options of the module.
    """

    def __init__(
        self, name: str, vocabulary: Vocabulary, module: nn.Module, reader: Reader, settings: Settings
    ) -> None:
        self.name, self.vocabulary, self.module = name, vocabulary, module.cpu().eval()
        self.reader, self._settings = reader, dict(settings)

    def next_logits(self, contexts: Codes) -> Floats:
        return self.reader.next(self.module, contexts, len(self.vocabulary))

    def token_log_prob(self, words: list[str]) -> Floats:
        return self.reader.token_log_prob(self.module, Words(words, self.vocabulary))

    @property
    def params(self) -> Arrays:
        return {name: p.detach().numpy().copy() for name, p in self.module.named_parameters()}

    @property
    def memory(self) -> float:
        return self.reader.context if self.reader.by_window else inf

    def arrays(self) -> Arrays:
        return {name: t.numpy().copy() for name, t in self.module.state_dict().items()}

    def settings(self) -> Settings:
        return self._settings

    def notes(self, words: list[str]) -> list[str]:
        longer = int((self.vocabulary.lengths(words) > self.reader.context).sum())
        if self.reader.by_window or not longer:
            return []
        are, context = "is" if longer == 1 else "are", self.reader.context
        return [f"{plural(longer, 'word')} {are} longer than the context of {context}: read in pieces that overlap."]

    def page(self, fit: Fit) -> NetworkPage:
        from lm.explain.network import NetworkPage

        return NetworkPage(fit)

    def panels(self, words: list[str]) -> dict[str, Panel]:
        """Add a map of the first embedding that has one row per token; of several in one table, of the first."""
        size, tables = len(self.vocabulary), [m for m in self.module.modules() if isinstance(m, nn.Embedding)]
        rows = [m.weight[:size] for m in tables if m.num_embeddings % size == 0]
        maps: dict[str, Panel] = {"embedding": partial(self._draw_map, words, rows[0])} if rows else {}
        return {**super().panels(words), **maps}

    def _draw_map(self, words: list[str], embedding: Tensor, ax: Any) -> None:
        from mlekit.show import point_map

        rows, frequent = embedding.detach().double().numpy(), self.frequent(words, LABELLED)
        point_map(ax, rows, self.vocabulary.symbols, frequent, note="• the mark of start and end")


def load_weights(module: nn.Module, arrays: Mapping[str, ArrayLike]) -> None:
    """Copy weights into a network.

    Parameters
    ----------
    module : nn.Module
    arrays : mapping of str to ndarray
        Weights of a network of the same shape, by name.

    Raises
    ------
    OptionError
        If the names or shapes differ.

    Examples
    --------
    >>> import numpy as np
    >>> linear = nn.Linear(1, 1)
    >>> load_weights(linear, {"weight": np.array([[2.0]]), "bias": np.array([1.0])})
    >>> linear(torch.tensor([3.0])).item()
    7.0
    """
    try:
        module.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in arrays.items()})
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1].strip()
        raise OptionError(f"start: the weights are of another network: {reason}") from error
