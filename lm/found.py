"""What is known of a fit: its log-likelihood, how much was fitted to what, and its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mlekit


@dataclass(frozen=True)
class Found:
    """What is known of the maximum. A fit needs an object with these; a file keeps them as they are here."""

    llf: float
    log_posterior: float
    nobs: float
    n_params: int
    verdict: mlekit.Verdict
    solver: str
    quick_ok: bool = True
    notes: tuple[str, ...] = ()  # what else there is to say
    history: Any = None  # of a net: the loss at every step
    watched: Any = None  # and (step, loss on the words that it was told to watch)
