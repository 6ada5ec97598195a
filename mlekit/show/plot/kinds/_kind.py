"""The base classes of all kinds of pictures, by the fits that they are for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar, cast

from ..figures import Panel

if TYPE_CHECKING:
    from ....fits import Fit, GroupedFit, NetworkFit

    AnyFit: TypeAlias = Fit | GroupedFit | NetworkFit

GROUPS = "each group has a picture of its own: fit[key].plot(...)"
NETWORK = "under a network the distribution differs from row to row, and a single weight has no likelihood curve"
NO_GROUPS = "it compares groups: fit with by="
NO_NETWORK = "it is about the training of a network, and this fit has none"
F = TypeVar("F", bound="AnyFit")


class Kind(ABC, Generic[F]):
    """One kind of picture, `fit.plot(name)`, of fits of type F."""

    @abstractmethod
    def mismatch(self, fit: AnyFit) -> str:
        """Return the reason why a fit is not of type F, as a clause; empty where it is."""

    def obstacle(self, fit: F) -> str:
        """Return the reason why a fit of type F has no such picture, as a clause; empty where it has one."""
        return ""

    def refusal(self, fit: AnyFit) -> str:
        """Return the reason why a fit has no such picture, as a clause; empty where it has one."""
        return self.mismatch(fit) or self.obstacle(cast("F", fit))

    def suits(self, fit: AnyFit) -> bool:
        """Return True if a fit has such a picture."""
        return not self.refusal(fit)

    def place(self, fit: F) -> int | None:
        """Return its place in `fit.plot()`; None if the picture is drawn only when it is asked for by name."""
        return None

    def known(self, fit: F) -> list[str]:
        """Return the names that `params` may ask for."""
        return list(fit.params.keys())

    @abstractmethod
    def panels(self, fit: F, names: list[str] | None) -> list[Panel]:
        """Return the panels: one for each name that was asked for, or one in all."""


class OfSingleFits(Kind["Fit"]):
    """Pictures of a single fit with named parameters."""

    def mismatch(self, fit: AnyFit) -> str:
        return GROUPS if fit.grouped else NETWORK if fit.trained else ""


class OfRows(Kind["Fit | NetworkFit"]):
    """Pictures of the rows of a single fit or a network."""

    def mismatch(self, fit: AnyFit) -> str:
        return GROUPS if fit.grouped else ""


class OfGroups(Kind["GroupedFit"]):
    """Pictures that compare groups."""

    def mismatch(self, fit: AnyFit) -> str:
        return "" if fit.grouped else NO_GROUPS


class OfNetworks(Kind["NetworkFit"]):
    """Pictures of what a network has learned."""

    def mismatch(self, fit: AnyFit) -> str:
        return "" if fit.trained else NO_NETWORK
