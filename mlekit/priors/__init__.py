"""Priors: one per file. `get` turns what a user typed into one."""

from __future__ import annotations

from typing import Any

from ..registry import Registry
from ._base import Prior as Prior

_registry = Registry[type[Prior]](__name__, "prior")


def get(prior: Any) -> Prior:
    """Return a prior as it is, and a frozen scipy distribution as one.

    Parameters
    ----------
    prior : Prior or frozen scipy distribution
        A value such as ``mlekit.priors.Beta(2, 2)`` or ``scipy.stats.norm(0, 1)``.

    Returns
    -------
    Prior

    Raises
    ------
    OptionError
        If it is neither.

    Examples
    --------
    >>> import mlekit, scipy.stats
    >>> mlekit.priors.get(scipy.stats.norm(0, 1)).log_density(None, 0.0).round(6).item()
    -0.918939
    """
    if isinstance(prior, Prior):
        return prior
    from ._scipy import scipy_prior

    return scipy_prior(prior)


def names() -> list[str]:
    """Return the names of all priors: the files of this folder.

    Examples
    --------
    >>> import mlekit
    >>> "half_normal" in mlekit.priors.names()
    True
    """
    return _registry.names


def __getattr__(name: str) -> Any:
    return _registry.attribute(name)


def __dir__() -> list[str]:
    return sorted({"Prior", "get", "names", *_registry.public})
