"""Rows as they come in: what stands side by side belongs together, and an error names the caller's own rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mlekit
from mlekit.errors import DataError

X = pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0, 4.0]}, index=list("abcde"))
Y = pd.Series([1.0, 3.0, 2.0, 5.0, 4.0], index=list("abcde"))
TURNED = Y[::-1]
MOVED = pd.Series(Y.to_numpy(), index=range(5))
PAIRED: dict[str, Callable[[Any], object]] = {
    "y": lambda other: mlekit.fit(X, other, family="normal"),
    "weights": lambda other: mlekit.fit(X, Y, family="normal", weights=other),
    "offset": lambda other: mlekit.fit(X, Y, family="normal", offset=other),
    "by": lambda other: mlekit.fit(X.assign(y=Y), "y", family="exponential", by=other > 2),
    "weights of a column": lambda other: mlekit.fit(Y, family="normal", weights=other),
    "y of new rows": lambda other: mlekit.fit(X, Y, family="normal").evaluate(X, other),
}


@pytest.mark.parametrize("what", PAIRED)
@pytest.mark.parametrize(("other", "first"), [(TURNED, "'e' instead of 'a'"), (MOVED, "0 instead of 'a'")])
def test_pandas_objects_with_different_indexes_are_refused(what: str, other: Any, first: str) -> None:
    words = rf"{what.split(' ')[0]} has another index than \w+ \(row 0: {first}\).*\.to_numpy\(\)"
    with pytest.raises(DataError, match=words):
        PAIRED[what](other)


@pytest.mark.parametrize("what", PAIRED)
def test_equal_indexes_and_none_go_by_position(what: str) -> None:
    for other in (Y, Y.to_numpy()):
        PAIRED[what](other)
    slope = mlekit.fit(X, Y.to_numpy(), family="normal")["x"]
    assert slope == pytest.approx(np.polyfit(X["x"], Y, 1)[0], rel=1e-12)
    assert mlekit.fit(X, TURNED.loc[X.index], family="normal")["x"] == slope
