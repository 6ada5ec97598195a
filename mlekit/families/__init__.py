"""Families of distributions: one per file, named as users type them.

`get("gamma")` imports that one file. For a name that no file has, the other files are imported and their aliases read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ..errors import OptionError, nearest
from ..registry import Registry
from ._base import Family as Family
from ._sufficient import SufficientFamily as SufficientFamily

if TYPE_CHECKING:
    import pandas as pd

    from ..data.labels import Foreign

_registry = Registry[type[Family]](__name__, "family")
_INSTANCES: dict[str, Family] = {}
KINDS = ("continuous", "discrete")  # of random variables, as scipy words them


def get(family: Foreign) -> Family:
    """Return the family that a name, a Family or a scipy.stats distribution stands for.

    Parameters
    ----------
    family : str, Family or scipy.stats distribution
        A name or alias, such as ``"gaussian"``; a family is returned as it is.

    Returns
    -------
    Family

    Raises
    ------
    OptionError
        If there is no family of this name; the message suggests the nearest ones.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.families.get("gaussian").name
    'normal'
    """
    if isinstance(family, str):
        return _INSTANCES.get(family) or _named(family)
    return family if isinstance(family, Family) else _foreign(family)


def _foreign(family: Foreign) -> Family:
    from .composite._scipy import scipy_family

    return scipy_family(family)


def _named(name: str) -> Family:
    cls = _registry.get(name) if name in names() else _aliases().get(name)
    if cls is None:
        raise OptionError(f"there is no family {name!r}: {_instead(name)}")
    _INSTANCES[name] = cls()
    return _INSTANCES[name]


def _instead(name: str) -> str:
    """The object to give if scipy calls a distribution so, or why it cannot be fitted; else the nearest names."""
    from scipy import stats

    dists = {n: d for n, d in vars(stats).items() if isinstance(d, (stats.rv_continuous, stats.rv_discrete))}
    own = name.removeprefix("scipy.").removeprefix("stats.")
    found = own if own in dists else next((n for n, dist in dists.items() if _called(dist, name)), None)
    if found is None:
        return nearest(name, [*names(), *_aliases()])
    try:
        get(dists[found])
    except OptionError as why:
        return str(why)
    return f"for scipy's distribution give the object, import scipy.stats and family=scipy.stats.{found}"


def _called(dist: Foreign, name: str) -> bool:
    """True if the first line about a distribution of scipy, "A negative binomial discrete ...", has this name."""
    title = (dist.__doc__ or "").strip().partition("\n")[0].lower().replace("-", " ")
    return any(
        f"{article} {name.lower().replace('_', ' ')} {kind} " in title for article in ("a", "an") for kind in KINDS
    )


def from_state(state: Mapping[str, Foreign], own: Family | None = None) -> Family:
    """Return the family whose `state()` this is.

    Parameters
    ----------
    state : mapping
        Plain values: "origin", "name", "options" and "links", as :meth:`Family.state` returns them.
    own : Family, optional
        The family to use instead, for one whose code no file can hold; it gets the links of the state.

    Returns
    -------
    Family

    Raises
    ------
    OptionError
        If there is no such family, or it is the caller's own and was not given.

    Examples
    --------
    >>> import mlekit
    >>> state = mlekit.truncated("poisson", lower=1).state()
    >>> mlekit.families.from_state(state)
    truncated(poisson, lower=1)
    """
    family = own or _built(state)
    return family.with_links(state["links"]) if state["links"] else family


def _built(state: Mapping[str, Foreign]) -> Family:
    if state["origin"] == "caller":
        raise OptionError(f"{state['name']} is a family of your own, whose code no file can hold: give it as family=")
    if state["origin"] == "scipy":
        from .composite._scipy import scipy_distribution

        return get(scipy_distribution(state["name"]))
    from .composite import of_state

    cls = _registry.get(state["name"]) if state["name"] in names() else of_state(state["name"])
    return cls.from_options(state["options"], from_state)


def known(name: str) -> bool:
    """Return True if a family has this name or alias.

    Parameters
    ----------
    name : str

    Returns
    -------
    bool

    Examples
    --------
    >>> import mlekit
    >>> mlekit.families.known("gaussian"), mlekit.families.known("nosuch")
    (True, False)
    """
    return name in names() or name in _aliases()


def names() -> Sequence[str]:
    """Return the names of all families: the files of this folder.

    Returns
    -------
    list of str

    Examples
    --------
    >>> import mlekit
    >>> {"normal", "student_t"} <= set(mlekit.families.names())
    True
    """
    return _registry.names


@cache
def _aliases() -> dict[str, type[Family]]:
    return {alias: cls for name in names() for cls in [_registry.get(name)] for alias in cls.aliases}


def list() -> pd.DataFrame:
    """Return a table of the families: name, support, parameters, derived, closed form, conjugate priors.

    Returns
    -------
    DataFrame
        One row per family, by name.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.families.list().loc["gamma", ["support", "parameters", "derived"]].to_dict()
    {'support': 'positive numbers', 'parameters': 'mean, shape', 'derived': 'scale, rate, median, sd, variance'}
    """
    import pandas as pd

    return pd.DataFrame([_registry.get(name).describe() for name in names()]).set_index("name")


def __getattr__(name: str) -> Any:
    return _registry.attribute(name)


def __dir__() -> Sequence[str]:
    own = {"Family", "SufficientFamily", "from_state", "get", "known", "list", "names"}
    return sorted({*own, *_registry.public})
