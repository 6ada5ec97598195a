"""Results of an estimation beside the estimates: log-likelihood, numbers of observations and parameters, verdict."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Protocol

import mlekit
from lm.aliases import Floats


class Outcome(Protocol):
    """Members that a Fit asks for."""

    @property
    def llf(self) -> float:
        """Log-likelihood."""
        ...

    @property
    def log_posterior(self) -> float:
        """Log-likelihood plus log prior density."""
        ...

    @property
    def nobs(self) -> float:
        """Number of tokens, as weighted."""
        ...

    @property
    def n_params(self) -> int:
        """Number of free parameters."""
        ...

    @property
    def verdict(self) -> mlekit.Verdict:
        """Verdict on convergence."""
        ...

    @property
    def solver(self) -> str:
        """Name of the solver."""
        ...

    @property
    def quick_ok(self) -> bool:
        """True if a formula gave the maximum."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks for the summary."""
        ...

    @property
    def decay(self) -> float:
        """Weight decay without a prior, as a fraction per full step; 0 for none."""
        ...

    @property
    def history(self) -> Floats | None:
        """Loss at each step of the training of a network."""
        ...

    @property
    def watched(self) -> Floats | None:
        """Step and loss on the validation words, one row per evaluation."""
        ...


@dataclass(frozen=True)
class SavedOutcome:
    """Outcome as plain values, which a file keeps.

    Examples
    --------
    >>> import lm, mlekit
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
    >>> SavedOutcome.of(fit.outcome).n_params
    30
    """

    llf: float
    log_posterior: float
    nobs: float
    n_params: int
    verdict: mlekit.Verdict
    solver: str
    quick_ok: bool = True
    notes: tuple[str, ...] = ()
    decay: float = 0.0
    history: Floats | None = None
    watched: Floats | None = None

    @classmethod
    def of(cls, outcome: Outcome) -> SavedOutcome:
        """Return the values of any outcome.

        Parameters
        ----------
        outcome : Outcome

        Returns
        -------
        SavedOutcome
        """
        return cls(**{field.name: getattr(outcome, field.name) for field in fields(cls)})
