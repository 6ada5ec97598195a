"""Where to begin with a law that nobody has told us anything about: the best of what the data suggest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice, product
from typing import Any

import numpy as np

from ...errors import OptionError

Array = Any


def middle(s: Any) -> float:
    """A value well inside a set."""
    if np.isfinite(s.low) and np.isfinite(s.high):
        return 0.5 * (s.low + s.high)
    return s.low + 1.0 if np.isfinite(s.low) else s.high - 1.0 if np.isfinite(s.high) else 0.0


def search(
    log_density: Callable[..., Array], params: Mapping[str, Any], summary: Any, most: int = 256
) -> dict[str, Array]:
    """Of a grid of sensible values the one under which each group's rows are least surprising."""
    choices = {name: _choices(s, summary) for name, s in params.items()}
    tries = [dict(zip(choices, values, strict=True)) for values in islice(product(*choices.values()), most)]
    scores = np.stack([_score(log_density, t, summary) for t in tries])
    best = scores.argmax(axis=0)
    return {name: np.stack([t[name] for t in tries])[best, np.arange(len(best))] for name in params}


def _score(log_density: Callable[..., Array], begin: Mapping[str, Array], summary: Any) -> Array:
    spread = {p: summary.layout.spread(v) for p, v in begin.items()}
    with np.errstate(all="ignore"):
        try:
            rows = np.asarray(log_density(summary.y, **spread), dtype=float)
        except OptionError:  # code that cannot take these values may take others
            return np.full(summary.layout.count, -np.inf)
        value = summary.layout.total(rows, summary.weights, len(summary.y))
    return np.broadcast_to(np.where(np.isnan(value), -np.inf, value), (summary.layout.count,))


def _choices(s: Any, summary: Any) -> list[Array]:
    """The middle of an interval; one, the data's spread and size for a half-line; the data's middle for the line."""
    count = summary.layout.count
    if np.isfinite(s.low) and np.isfinite(s.high):
        return [np.full(count, s.low + share * (s.high - s.low)) for share in (0.5, 0.2, 0.8)]
    spread = np.where(summary.sd > 0, summary.sd, 1.0)
    size = np.maximum(np.abs(summary.median), 1e-12)
    if np.isfinite(s.low):
        return [s.low + v for v in (np.ones(count), spread, size, 1 / size, np.full(count, 5.0))]
    if np.isfinite(s.high):
        return [s.high - v for v in (np.ones(count), spread)]
    return [summary.median, np.zeros(count)]
