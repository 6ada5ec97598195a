"""What a kind of picture is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from ..sheet import Panel


class Kind(ABC):
    """One kind of picture of a fit, `fit.plot(name)`: the class of a file, named like it."""

    @abstractmethod
    def absent(self, fit: Any) -> str:
        """Why there is no such picture of this fit; "" where there is one."""

    def place(self, fit: Any) -> int | None:
        """Where it stands in `fit.plot()`; None: it is shown when it is asked for by name."""
        return None

    def known(self, fit: Any) -> list[str]:
        """The names that `params` may ask for."""
        return list(fit.params.keys())

    @abstractmethod
    def panels(self, fit: Any, names: list[str] | None) -> list[Panel]:
        """What is drawn: a panel a name, or one for all; `names` are those that were asked for."""
