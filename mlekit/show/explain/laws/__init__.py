"""The words of laws, a file each, found by the law's name.

A law without a file here, or one in other parameters than those the file is about, gets `Words`.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import Any

from ._words import Words


def get(view: Any) -> Words:
    """The words of the law of a fit."""
    named = view.family.name
    kind = _class(named) if view.family.origin == "mlekit" and named in names() else Words
    return (kind if not kind.params or kind.params == tuple(view.family.params) else Words)(view)


@cache
def names() -> list[str]:
    """The files of this folder."""
    stems = (file.name.removesuffix(".py") for file in os.scandir(__path__[0]) if file.name.endswith(".py"))
    return sorted(stem for stem in stems if not stem.startswith("_"))


def _class(named: str) -> type[Words]:
    return getattr(import_module(f"{__name__}.{named}"), "".join(part.capitalize() for part in named.split("_")))
