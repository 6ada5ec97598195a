"""Sentences about families, one file per family, found by the name of the family.

A family without a file here, or one in other parameters than those that its file is about, gets `Words`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....registry import Registry
from ._words import Words

if TYPE_CHECKING:
    from ....families._base import Family
    from ..facts import Facts

_registry = Registry[type[Words]](__name__, "page of words about the family")


def get(facts: Facts) -> Words:
    """Return the words about the family of a fit."""
    return _words(facts.family)(facts)


def title(family: Family) -> str:
    """Return the name of a family as it stands in a sentence.

    >>> import mlekit
    >>> title(mlekit.families.get("student_t")), title(mlekit.families.get("gamma"))
    ('Student t', 'gamma')
    """
    return _words(family).title or family.name


def names() -> list[str]:
    """Return the names of the families that have words of their own: the files of this folder."""
    return _registry.names


def _words(family: Family) -> type[Words]:
    words = _registry.get(family.name) if family.origin == "mlekit" and family.name in _registry else Words
    return words if not words.params or words.params == tuple(family.params) else Words
