"""mlekit: maximum likelihood for anything, and the uncertainty that belongs to it.

>>> import mlekit
>>> mlekit.fit([1, 0, 1, 1], family="bernoulli")["p"]
0.75
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import errors, families, links, models, priors, show, solvers
    from .api import counted, fit, load, merge
    from .estimator import Estimator
    from .families.composite.custom import custom
    from .families.composite.truncated import truncated
    from .inference.verdict import Verdict
    from .result import Fit, GroupedFit
    from .result_network import NetworkFit, network

__version__ = "0.1.0"

_WHERE = {
    "Estimator": "estimator",
    "Fit": "result",
    "GroupedFit": "result",
    "Verdict": "inference.verdict",
    "counted": "api",
    "custom": "families.composite.custom",
    "fit": "api",
    "merge": "api",
    "load": "api",
    "NetworkFit": "result_network",
    "network": "result_network",
    "truncated": "families.composite.truncated",
}
_ROOMS = ("errors", "families", "links", "models", "priors", "show", "solvers")

__all__ = [
    "Estimator",
    "Fit",
    "GroupedFit",
    "NetworkFit",
    "Verdict",
    "counted",
    "custom",
    "errors",
    "families",
    "fit",
    "links",
    "load",
    "merge",
    "models",
    "network",
    "priors",
    "show",
    "solvers",
    "truncated",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    if name in _WHERE:
        value = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'mlekit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
