"""Starting values for a distribution of which only the density is known: the best of what the data suggest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice, product
from typing import Any

import numpy as np

from ...errors import OptionError
from ...numerics.sets import ParameterSet

Array = Any


def search(
    log_density: Callable[..., Array], params: Mapping[str, ParameterSet], summary: Any, most: int = 256
) -> dict[str, Array]:
    """Return, of a grid of sensible values, those at which each group has the highest likelihood."""
    choices = {name: _choices(s, summary) for name, s in params.items()}
    grid = [dict(zip(choices, values, strict=True)) for values in islice(product(*choices.values()), most)]
    scores = np.stack([_score(log_density, point, summary) for point in grid])
    best = scores.argmax(axis=0)
    return {name: np.stack([point[name] for point in grid])[best, np.arange(len(best))] for name in params}


def _score(log_density: Callable[..., Array], begin: Mapping[str, Array], summary: Any) -> Array:
    """The log-likelihood of each group; minus infinity where it is undefined."""
    per_row = {p: summary.layout.spread(v) for p, v in begin.items()}
    with np.errstate(all="ignore"):
        try:
            rows = np.asarray(log_density(summary.y, **per_row), dtype=float)
        except OptionError:  # code that cannot take these values may take others
            return np.full(summary.layout.count, -np.inf)
        value = summary.layout.total(rows, summary.weights, len(summary.y))
    return np.broadcast_to(np.where(np.isnan(value), -np.inf, value), (summary.layout.count,))


def _choices(s: Any, summary: Any) -> list[Array]:
    """Points of an interval; of a half-line one, the spread and the size of the data; of the line their middle."""
    count = summary.layout.count
    if np.isfinite(s.low) and np.isfinite(s.high):
        return [np.full(count, s.low + position * (s.high - s.low)) for position in (0.5, 0.2, 0.8)]
    spread = np.where(summary.sd > 0, summary.sd, 1.0)
    size = np.maximum(np.abs(summary.median), 1e-12)
    if np.isfinite(s.low):
        return [s.low + v for v in (np.ones(count), spread, size, 1 / size, np.full(count, 5.0))]
    if np.isfinite(s.high):
        return [s.high - v for v in (np.ones(count), spread)]
    return [summary.median, np.zeros(count)]
