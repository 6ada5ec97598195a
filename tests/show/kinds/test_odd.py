"""Fits with little to draw: a picture that says so, or a sentence, and never a bare error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import mlekit
from mlekit.errors import OptionError
from mlekit.priors import Beta, Dirichlet, Gamma, Normal
from mlekit.show.plot.kinds import kinds

LEVELS = pd.Series(pd.Categorical(list("aab"), categories=list("abc")))
COUNTS = {"g": list("aab"), "y": [1, 2, 3]}
GROUPS = {"k": [1, 2, 2], "x": [1.0, 2.0, 4.0]}
ODD: dict[str, Callable[[], Any]] = {
    "an endless prior": lambda: mlekit.fit([1, 1, 1], family="bernoulli", prior=Beta(0.5, 0.5)),
    "and of a rate": lambda: mlekit.fit([0, 0, 0], family="poisson", prior=Gamma(shape=0.5, rate=1)),
    "and of probabilities": lambda: mlekit.fit(LEVELS, family="categorical", prior=Dirichlet(0.5)),
    "a prior far away": lambda: mlekit.fit([1.0, 2, 4], family="normal", prior={"mean": Normal(1e9, 1e-9)}),
    "a group that does not count": lambda: mlekit.fit(
        COUNTS, "y", family="poisson", by="g", weights=[1, 1, 0], on_failure="ignore"
    )["b"],
    "a group of one row": lambda: mlekit.fit(GROUPS, "x", family="normal", by="k", on_failure="ignore")[1],
    "one response": lambda: mlekit.fit({"x": [1.0, 2, 3], "y": [2, 2, 2]}, "y ~ x", family="poisson"),
    "a huge shape": lambda: mlekit.fit(1e9 + np.array([0, 0.001, 0.003, 0.002]), family="weibull"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ODD)
def test_a_picture_without_content_says_why(name: str) -> None:
    fit = ODD[name]()
    assert fit.explain().sections
    refused = {name: kind.refusal(fit) for name, kind in kinds().items()}
    for kind, why in refused.items():
        if why:
            with pytest.raises(OptionError, match="picture"):
                fit.plot(kind)
        else:
            assert fit.plot(kind).alt
    if not all(refused.values()):
        assert fit.plot().alt


def test_axes_of_another_kind_are_refused() -> None:
    fit, sheet = mlekit.fit([1.0, 2, 4], family="gamma"), Figure()
    gone = sheet.add_subplot()
    gone.remove()
    for ax in (sheet.add_subplot(projection="polar"), sheet.add_subplot(projection="3d"), gone):
        with pytest.raises(OptionError, match="plain Axes"):
            fit.plot("fit", ax=ax)


@pytest.mark.parametrize("kind", [["qq"], 3])
def test_an_argument_that_is_not_a_kind_is_refused(kind: Any) -> None:
    with pytest.raises(OptionError, match="this fit has the pictures"):
        mlekit.fit([1.0, 2, 4], family="gamma").plot(kind)


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 300 + ".html"])
def test_a_path_that_cannot_be_written_is_refused(path: str) -> None:
    with pytest.raises(OptionError, match=r"name of a file|cannot be written"):
        mlekit.fit([1, 0], family="bernoulli").report(path)


def test_censored_rows_are_drawn_as_a_survival_function_and_residuals() -> None:
    fit = mlekit.fit(mlekit.right_censored([1.0, 2.0, 3.0, 3.0], [1, 1, 0, 0]), family="exponential")
    assert fit.plot("fit").axes[0].get_ylabel() == "probability of a larger value"
    assert "residuals" in fit.plot("qq").axes[0].get_ylabel()
