"""The functions that stand on the left of ~: what each takes, and the observations that it makes of columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mlekit.data.labels import Foreign
from mlekit.data.observations import Observations
from mlekit.data.observations._constructors import Named, intervals, side_by_side, survival, windows
from mlekit.data.observations.exact import Exact


@dataclass(frozen=True, slots=True)
class ResponseFunction:
    """A function of columns that gives observations."""

    usages: tuple[str, ...]  # one for each number of arguments that it takes
    make: Callable[[Named], Observations]

    @property
    def usage(self) -> str:
        """The function as it is written."""
        return " or ".join(self.usages)

    @property
    def counts(self) -> list[int]:
        """The numbers of arguments that it takes."""
        return [usage.count(",") + 1 for usage in self.usages]


RESPONSES: dict[str, ResponseFunction] = {
    "Surv": ResponseFunction(("Surv(time, event)", "Surv(entry, time, event)"), survival),
    "censored": ResponseFunction(("censored(lo, hi)",), intervals),
    "windowed": ResponseFunction(("windowed(y, lo, hi)",), windows),
    "cbind": ResponseFunction(("cbind(yes, no)",), side_by_side),
}


def observations(function: str, names: Sequence[str], values: Sequence[Foreign]) -> Observations:
    """The observations of a response: of one column as it is, else of those that the function takes."""
    if function:
        return RESPONSES[function].make(list(zip(names, values, strict=True)))
    return Exact(values[0])
