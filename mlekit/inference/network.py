"""Predictions, log densities and draws of a network, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import OptionError, nearest
from ..models.solution import Solution, Status
from ..numerics.arrays import NUMPY, Floats, Numbers
from ..numerics.seeds import generator
from .evaluation import Evaluation
from .verdict import NOT_OK, REASONS, Verdict

if TYPE_CHECKING:
    from ..arguments import Column, Data, Seed, Target
    from ..models.network.problem import NetworkProblem

STATIONARY = "the gradient is zero in every weight; there may be other maxima"


class Learned(NamedTuple):
    """A module with its weights, and the parameters of the distribution beside it."""

    module: Any
    others: Mapping[str, float]


def verdict(solution: Solution) -> Verdict:
    """The verdict on a network, whose curvature is not known."""
    code = Status(int(solution.status[0])).code
    return Verdict(code not in NOT_OK, (code,), (STATIONARY if code == "converged" else REASONS[code],))


def predict(problem: NetworkProblem, learned: Learned, new: Data, which: str) -> NDArray[Any]:
    """One value per row, or one column per level."""
    family, (x, offset) = problem.model.family, inputs(problem, new)
    first, labels = next(iter(family.params)), family.classes()
    free, params = problem.params_at(*learned, x, offset)
    if which == "linear":
        many = family.params[first].many
        return np.stack([0.0 * free[0], *free[: family.params[first].size]], axis=1) if many else free[0]
    if which in family.params:
        return _by_row(params[which], len(x))
    if which not in ("mean", "class"):
        raise OptionError(f"which is {which!r}: {nearest(which, ['mean', 'linear', 'class', *family.params])}")
    mean = family.mean(NUMPY, **params)
    means = _by_row(family.frozen(**params).mean() if mean is None else mean, len(x))
    if which == "mean":
        return means
    if labels is None:
        raise OptionError(f"which='class' is for labels, and the observations of {family.name} are numbers")
    return np.array(labels)[means.argmax(axis=1) if means.ndim > 1 else (means > 0.5).astype(int)]


def log_prob(problem: NetworkProblem, learned: Learned, new: Data, target: Target | None) -> Floats:
    """The log density of each row."""
    return problem.log_density(*learned, rows(problem, new, target))


def evaluate(
    problem: NetworkProblem, learned: Learned, new: Data, target: Target | None, weights: Column | None
) -> Evaluation:
    """The mean loss on new rows."""
    given = rows(problem, new, target, weights)
    loss = -problem.log_density(*learned, given)
    w = np.ones(len(loss)) if given.weights is None else given.weights
    n = w.sum()
    with np.errstate(all="ignore"):
        nll = (w * loss)[w != 0].sum() / n
        variance = (w * (loss - nll) ** 2)[w != 0].sum() / (n - 1) if n > 1 else np.nan
        return Evaluation(float(nll), float(np.sqrt(variance / n)), float(n))


def sample(problem: NetworkProblem, learned: Learned, n: int, new: Data, seed: Seed | None) -> NDArray[Any]:
    """Draws [rows, n]."""
    if n < 0:
        raise OptionError(f"n is {n!r}, but a number of draws has to be 0 or more")
    x, offset = inputs(problem, new)
    _, params = problem.params_at(*learned, x, offset)
    family = problem.model.family
    dist = family.frozen(**{p: _spread(value, len(x)) for p, value in params.items()})
    draws = np.asarray(dist.rvs(size=(n, len(x)), random_state=generator(seed))).T
    labels = family.classes()
    return draws if labels is None else np.array(labels)[draws.astype(int)]


def inputs(problem: NetworkProblem, new: Data) -> tuple[Numbers, Floats | None]:
    """The inputs of new rows, or inputs and offset of the fitted ones."""
    if new is not None:
        assert problem.model.inputs is not None
        return problem.model.inputs.of(new), None
    fitted = rows(problem, None)
    return fitted.x, fitted.offset


def rows(problem: NetworkProblem, new: Data, target: Target | None = None, weights: Column | None = None) -> Any:
    """New rows with their observations, or the fitted ones."""
    given = problem.model.rows if new is None else problem.model.new(new, target, weights)
    if given is None:
        raise OptionError("this fit was saved without its rows: give new ones, or save it with data=True")
    return given


def _by_row(value: Any, count: int) -> Floats:
    """[rows], or [rows, levels] of a list of probabilities."""
    if isinstance(value, list):
        return np.stack([np.broadcast_to(v, (count,)) for v in value], axis=1)
    return np.array(np.broadcast_to(value, (count,)))


def _spread(value: Any, count: int) -> Any:
    """A parameter at each row; of probabilities a list."""
    return [_by_row(v, count) for v in value] if isinstance(value, list) else _by_row(value, count)
