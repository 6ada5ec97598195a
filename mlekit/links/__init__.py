"""Link functions: one per file, named as users type them.

A link maps the set of a parameter to the real line. It serves the optimizer, which moves along the whole line, and the
regression, whose linear predictor does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import OptionError, nearest
from ..registry import Registry
from ._base import Link as Link

_registry = Registry[type[Link]](__name__, "link")


def get(link: str | Link) -> Link:
    """Return the link of a name; a link is returned as it is.

    Parameters
    ----------
    link : str or Link
        One of :func:`names`, or a link.

    Returns
    -------
    Link

    Raises
    ------
    OptionError
        If there is no link of this name; the message suggests the nearest one.

    Examples
    --------
    >>> import mlekit
    >>> from mlekit.numerics.arrays import NUMPY
    >>> mlekit.links.get("logit").inverse(NUMPY, 0.0).item()
    0.5
    """
    if isinstance(link, Link):
        return link
    if link not in names():
        raise OptionError(f"there is no link {link!r}: {nearest(link, names())}")
    return _registry.get(link)()


def names() -> Sequence[str]:
    """Return the names of all links: the files of this folder.

    Examples
    --------
    >>> import mlekit
    >>> {"log", "logit"} <= set(mlekit.links.names())
    True
    """
    return _registry.names


def __getattr__(name: str) -> Any:
    return _registry.attribute(name)


def __dir__() -> list[str]:
    return sorted({"Link", "get", "names", *_registry.public})
