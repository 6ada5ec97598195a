"""Fits: the answers of `mlekit.fit`.

They compute nothing: they ask `inference` and `show`, and keep the answers.

    base.py          BaseFit: what every fit can do
    solved.py        SolvedFit: a fit that keeps its problem and solution
    estimates.py     Estimates: named parameters and their errors, of one fit or of each group
    uncertainty.py   Uncertainty: covariances, intervals, profiles, the bootstrap and the posterior
    likelihood.py    LikelihoodFunction: the likelihood at other parameters, and its tests
    distribution.py  FittedDistribution: quantiles, probabilities and draws
    rows.py          FittedRows: predictions, log densities and residuals
    fit.py           Fit: all of these
    grouped.py       GroupedFit: one fit per group
    network.py       NetworkFit, and the function network()
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .base import BaseFit
from .distribution import FittedDistribution
from .estimates import Estimates
from .fit import Fit
from .likelihood import LikelihoodFunction
from .rows import FittedRows
from .solved import SolvedFit
from .uncertainty import Uncertainty

if TYPE_CHECKING:
    from .grouped import GroupedFit
    from .network import NetworkFit

__all__ = [
    "BaseFit",
    "Estimates",
    "Fit",
    "FittedDistribution",
    "FittedRows",
    "GroupedFit",
    "LikelihoodFunction",
    "NetworkFit",
    "SolvedFit",
    "Uncertainty",
]

_LATER = {"GroupedFit": "grouped", "NetworkFit": "network"}  # imported when asked for: one fit needs neither


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
