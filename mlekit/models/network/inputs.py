"""Inputs of a network: an array of any number of axes, the columns of a frame, or the right side of a formula."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...data.columns import numbers
from ...data.design import Design
from ...data.engines import is_frame
from ...data.labels import Labels
from ...errors import DataError

Numbers = NDArray[np.number]
FINITE = "a network needs finite numbers; leave such rows out"


class Inputs(ABC):
    """The form of the inputs that a network was fitted to; new rows are converted in the same way."""

    @abstractmethod
    def of(self, data: Any) -> Numbers:
        """The inputs in these data as an array, one entry per row."""

    def given(self, x: Numbers) -> Inputs:
        """The same form with numbers of the type of x."""
        return self

    @abstractmethod
    def state(self) -> dict[str, object]:
        """The form as a file keeps it; `restored` is the inverse."""


@dataclass(frozen=True)
class Arrays(Inputs):
    """An array, a tensor or lists: [n, ...], integers or floats."""

    shape: tuple[int, ...]  # of one row
    kind: str  # "i" or "f"

    def of(self, data: Any) -> Numbers:
        array = as_array(data)
        if array.shape[1:] != self.shape:
            raise DataError(
                f"X has rows of shape {array.shape[1:]}, but the network was fitted to rows of shape {self.shape}"
            )
        kind = np.int64 if self.kind == "i" else np.result_type(array.dtype, np.float32)
        return array.astype(kind, copy=False)

    def given(self, x: Numbers) -> Inputs:
        return replace(self, kind=_kind(x))

    def state(self) -> dict[str, object]:
        return {"shape": list(self.shape), "kind": self.kind}


@dataclass(frozen=True)
class Columns(Inputs):
    """The columns of a frame, as floats, in the order in which the network was fitted to them."""

    names: tuple[str, ...]

    def of(self, data: Any) -> Numbers:
        from ...data.frames import table

        frame = table(data)
        return np.column_stack([_floats(frame.column(name), name) for name in self.names])

    def state(self) -> dict[str, object]:
        return {"names": list(self.names)}


@dataclass(frozen=True)
class Terms(Inputs):
    """The columns of a formula without an intercept, which networks have, and with one for each level of a factor."""

    design: Design

    def of(self, data: Any) -> Numbers:
        from ...data.frames import table

        design = self.design.on(table(data))
        return design.block(0, design.rows)

    def state(self) -> dict[str, object]:
        return {"design": self.design.state()}


def inputs(data: Any) -> Inputs:
    """The form of these data."""
    if is_frame(type(data)):
        from ...data.frames import table

        return Columns(tuple(table(data).names))
    array = as_array(data)
    return Arrays(array.shape[1:], _kind(array))


def _kind(array: Numbers) -> str:
    return "i" if array.dtype.kind == "i" else "f"


def restored(state: Mapping[str, Any]) -> Inputs:
    """The form whose `state` this is."""
    match state:
        case {"shape": shape, "kind": kind}:
            return Arrays(tuple(shape), kind)
        case {"names": names}:
            return Columns(tuple(names))
        case _:
            return Terms(Design.from_state(state["design"]))


def as_array(data: Any) -> Numbers:
    """Numbers with one entry per row: integers as int64, floats as they are."""
    array = data.detach().cpu().numpy() if isinstance(data, torch.Tensor) else np.asarray(data)
    if array.ndim == 0 or array.dtype.kind not in "iufb":
        raise DataError(f"X is {array.dtype} of shape {array.shape}: a network takes numbers, with one entry per row")
    if array.dtype.kind in "iub":
        return array.astype(np.int64)
    bad = ~np.isfinite(array)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        raise DataError(f"X has {array[place]} in row {place[0]}, at {place[1:]}: {FINITE}")
    return array


def _floats(column: object, name: str) -> NDArray[np.float64]:
    if isinstance(column, Labels):
        raise DataError(
            f"the column {name!r} holds labels, and a network takes numbers: give a formula, as in 'y ~ x + C({name})'"
        )
    values = np.asarray(numbers(column, name), dtype=float)
    if not np.isfinite(values).all():
        row = int(np.argmin(np.isfinite(values)))
        raise DataError(f"the column {name!r} is {values[row]} in row {row}: {FINITE}")
    return values
