"""Distributions made of other distributions, and families that users bring: one per file.

The function of a file that has the file's name makes the family, and is public: `truncated.py` has `mlekit.truncated`.
"""

from __future__ import annotations

from ...registry import Registry
from ._composite import Composite
from ._reparametrised import Reparametrised

registry = Registry[type[Composite]](__name__, "composite family")


def of_state(name: str) -> type[Composite]:
    """Return the class of a composite by the name in its state: that of a file, or of the one that no user makes."""
    return Reparametrised if name == Reparametrised.state_name() else registry.get(name)
