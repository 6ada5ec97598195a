"""Laws: one law, one file, named as users type it.

`get("gamma")` imports that one file. On a miss the other files are imported and their aliases read.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from ..errors import OptionError, nearest
from ..registry import Registry
from ._base import Family as Family
from ._sufficient import SufficientFamily as SufficientFamily

_registry = Registry[type[Family]](__name__, "family")
_INSTANCES: dict[str, Family] = {}


def get(family: Any) -> Family:
    """The law that a name, a Family or a scipy.stats distribution stands for.

    >>> import mlekit
    >>> mlekit.families.get("gaussian").name
    'normal'
    """
    if isinstance(family, str):
        return _INSTANCES.get(family) or _named(family)
    return family if isinstance(family, Family) else _foreign(family)


def _foreign(family: Any) -> Family:
    from .composite._scipy import scipy_family

    return scipy_family(family)


def _named(name: str) -> Family:
    law = _registry.get(name) if name in names() else _aliases().get(name)
    if law is None:
        raise OptionError(f"there is no family {name!r}: {_instead(name)}")
    _INSTANCES[name] = law()
    return _INSTANCES[name]


def _instead(name: str) -> str:
    """scipy's law of that name, which is given as an object; else the names that are nearest."""
    from scipy import stats

    law = vars(stats).get(name.removeprefix("scipy.").removeprefix("stats."))
    if isinstance(law, (stats.rv_continuous, stats.rv_discrete)):
        return f"for scipy's law give the object, import scipy.stats and family=scipy.stats.{law.name}"
    return nearest(name, [*names(), *_aliases()])


def known(name: str) -> bool:
    """Whether a law has this name or alias.

    >>> import mlekit
    >>> mlekit.families.known("gaussian"), mlekit.families.known("nosuch")
    (True, False)
    """
    return name in names() or name in _aliases()


def names() -> Sequence[str]:
    """Return the names of all families: the files of this folder.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.families.names()[:3]
    ['bernoulli', 'binomial', 'categorical']
    """
    return _registry.names


@cache
def _aliases() -> dict[str, type[Family]]:
    return {alias: law for name in names() for law in [_registry.get(name)] for alias in law.aliases}


def list() -> Any:
    """A table of the laws: name, support, parameters, derived, closed form, conjugate priors.

    >>> import mlekit
    >>> mlekit.families.list().loc["gamma", ["support", "parameters", "derived"]].to_dict()
    {'support': 'positive numbers', 'parameters': 'mean, shape', 'derived': 'scale, rate, median, sd, variance'}
    """
    import pandas as pd

    return pd.DataFrame([_registry.get(name).describe() for name in names()]).set_index("name")


def __getattr__(name: str) -> Any:
    return _registry.attribute(name)


def __dir__() -> Any:
    own = {"Family", "SufficientFamily", "get", "known", "list", "names"}
    return sorted({*own, *_registry.public})
