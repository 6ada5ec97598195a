"""The interface of an interval method, one per file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from ...models.posterior import Fitted
from ...numerics.arrays import Floats

Option = Any  # of a method, as users give it


class IntervalMethod(ABC):
    """A method that finds an interval for each of several values.

    The file's name is the name of the method; `title` is what a table calls it.
    """

    title: ClassVar[str]
    options: ClassVar[tuple[str, ...]] = ()  # keyword arguments that `conf_int` passes on
    from_errors: ClassVar[bool] = False  # computed from standard errors, so that it suits all kinds of them

    @abstractmethod
    def ends(self, solution: Fitted, names: list[str], level: float, **options: Option) -> tuple[Floats, Floats]:
        """(lower, upper), each [G, len(names)], of values that are free."""
