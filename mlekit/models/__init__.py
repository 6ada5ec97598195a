"""Models: families joined to rows.

`Model` is the interface of a model, `Linear` a linear predictor for each parameter, `Network` any torch module. A model
of your own states a `Problem`; that of a network has a `Stream` of rows to draw from (`ModuleProblem`, `ModuleStream`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .base import Model
from .linear import Linear
from .posterior import LogPosterior
from .problem import Evaluation, Problem
from .solution import Solution, Status

if TYPE_CHECKING:
    from .network.forward import resting as resting
    from .network.module import ModuleProblem as ModuleProblem
    from .network.module import ModuleStream as ModuleStream
    from .network.module import NetworkPriors as NetworkPriors

_NEED_TORCH = {"NetworkPriors", "ModuleProblem", "ModuleStream", "resting"}
__all__ = ["Evaluation", "Linear", "LogPosterior", "Model", "Problem", "Solution", "Status"]


def __getattr__(name: str) -> object:
    if name in _NEED_TORCH:
        return getattr(import_module(f"{__name__}.network"), name)
    raise AttributeError(f"mlekit.models has no {name!r}")
