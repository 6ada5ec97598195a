"""Language models of words on mlekit's Estimator: from a table of counted pairs to a Transformer.

>>> import lm
>>> lm.names()[:3]
['emma', 'liam', 'olivia']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lm.corpus import names as names
    from lm.corpus import read as read
    from lm.corpus import split as split

_homes = {"names": "corpus", "read": "corpus", "split": "corpus"}
__all__ = ["names", "read", "split"]


def __getattr__(name: str) -> object:
    """A public name is imported when it is first asked for, so that `import lm` costs nothing."""
    if name not in _homes:
        raise AttributeError(f"module 'lm' has no attribute {name!r}")
    globals()[name] = value = getattr(import_module(f"lm.{_homes[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_homes})
