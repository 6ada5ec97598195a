"""robust: another name of hc1."""

from __future__ import annotations

from .hc1 import Hc1


class Robust(Hc1):
    """The same as hc1."""


Robust.__name__ = Hc1.__name__
