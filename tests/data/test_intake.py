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
    "offset": lambda other: mlekit.fit(X, Y, family="normal", offset=other / 10 * X["x"].to_numpy()),
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


def test_rows_without_a_number_of_trials_are_dropped() -> None:
    data = {"y": [1.0, 2, 3, 2, 9], "n": [3.0, None, 5, 6, 10], "x": [0.0, 1, 2, 3, 5]}
    for target in ("y", "y ~ x"):
        dropped = mlekit.fit(data, target, family=mlekit.families.Binomial(n="n"), missing="drop")
        kept = {name: [v for k, v in enumerate(column) if k != 1] for name, column in data.items()}
        assert dropped.params.equals(mlekit.fit(kept, target, family=mlekit.families.Binomial(n="n")).params)
        assert dropped.nobs == 4
    with pytest.raises(DataError, match="row 1 has no number of trials: leave the row out, or say missing='drop'"):
        mlekit.fit(data, "y", family=mlekit.families.Binomial(n="n"))


GAP = {"y": [None, 5, 7, 2], "n": [3, 4, 9, 6], "x": [3.0, 4, -5, 6], "z": [1.0, 2, np.inf, 4], "e": [1, 1, 1, 1]}
GAP["negative"] = [None, 1, -2, 3]


@pytest.mark.parametrize(
    ("data", "target", "options", "words"),
    [
        (GAP["negative"], None, {"family": "poisson"}, "row 2 is -2"),
        (GAP, "negative ~ x", {"family": "poisson"}, "row 2 is -2"),
        (GAP, "negative", {"family": "poisson", "by": "e"}, "row 2 is -2"),
        (GAP, "y", {"family": mlekit.families.Binomial(n="n")}, "row 1 has 5 successes in 4 trials"),
        (GAP, "cbind(negative, e) ~ 1", {"family": "binomial"}, "row 2 has -2 successes"),
        (GAP, "Surv(negative, e)", {"family": "weibull"}, "row 2 is -2"),
        (GAP, "y ~ log(x)", {"family": "poisson"}, r"log\(x\) is nan in row 2"),
        (GAP, "y ~ z", {"family": "poisson"}, "'z' is inf in row 2"),
        (GAP, "y ~ 1", {"family": "poisson", "offset": "z"}, "the offset of row 2 is inf"),
        (GAP, "negative", {"family": mlekit.truncated("normal", lower=0)}, "row 2 is -2"),
    ],
)
def test_a_row_that_an_error_names_is_counted_in_the_callers_data(data, target, options, words) -> None:
    with pytest.raises(DataError, match=words):
        mlekit.fit(data, target, missing="drop", **options)
