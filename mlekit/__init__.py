"""mlekit: maximum likelihood for anything, and the uncertainty that belongs to it.

>>> import mlekit
>>> mlekit.fit([1, 0, 1, 1], family="bernoulli")["p"]
0.75
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import errors as errors
    from . import families as families
    from . import fits as fits
    from . import io as io
    from . import links as links
    from . import models as models
    from . import priors as priors
    from . import registry as registry
    from . import show as show
    from . import solvers as solvers
    from .api import counted as counted
    from .api import fit as fit
    from .api import load as load
    from .api import merge as merge
    from .data.observations._constructors import censored as censored
    from .data.observations._constructors import right_censored as right_censored
    from .data.observations._constructors import windowed as windowed
    from .estimator import Estimator as Estimator
    from .families.composite.custom import custom as custom
    from .families.composite.truncated import truncated as truncated
    from .fits import Fit as Fit
    from .fits import GroupedFit as GroupedFit
    from .fits import NetworkFit as NetworkFit
    from .fits.network import network as network
    from .inference.verdict import Verdict as Verdict

__version__ = "0.1.0"

# The module of each public name; a module that is public itself stands for itself. The functions that make composite
# families are public as well, and are found in their files.
_HOMES = {
    "Estimator": "estimator",
    "Fit": "fits",
    "GroupedFit": "fits",
    "NetworkFit": "fits",
    "Verdict": "inference.verdict",
    "censored": "data.observations._constructors",
    "counted": "api",
    "errors": "errors",
    "families": "families",
    "fit": "api",
    "fits": "fits",
    "io": "io",
    "links": "links",
    "load": "api",
    "merge": "api",
    "models": "models",
    "network": "fits.network",
    "priors": "priors",
    "registry": "registry",
    "right_censored": "data.observations._constructors",
    "show": "show",
    "solvers": "solvers",
    "windowed": "data.observations._constructors",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that `import mlekit` costs nothing."""
    if name == "__all__":
        return __dir__()
    if name in _HOMES:
        module = import_module(f"{__name__}.{_HOMES[name]}")
        value = module if name == _HOMES[name] else getattr(module, name)
    elif name[:1] != "_" and name in (composites := _composites()).functions:
        value = composites.function(name)
    else:
        raise AttributeError(f"module 'mlekit' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*_HOMES, *_composites().functions])


def _composites() -> registry.Registry[Any]:
    from .families.composite import registry as composites

    return composites
