"""Fits of censored and truncated rows have pictures and an explanation, and none that needs values nobody saw."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mlekit
from mlekit.errors import OptionError

TIMES = pd.DataFrame({"time": [2.0, 5.0, 7.0, 1.0, 4.0, 6.0, 3.0, 8.0], "event": [1, 0, 1, 1, 1, 0, 1, 1]})
TIMES["x"] = np.arange(8) % 3 - 1.0
FITS = {
    "one distribution": lambda: mlekit.fit(mlekit.right_censored(TIMES["time"], TIMES["event"]), family="weibull"),
    "intervals": lambda: mlekit.fit(mlekit.censored(TIMES["time"], TIMES["time"] + 1), family="exponential"),
    "a window": lambda: mlekit.fit(mlekit.windowed(TIMES["time"], 0.5, 9), family="normal"),
    "a regression": lambda: mlekit.fit(TIMES, "Surv(time, event) ~ x", family="weibull"),
}


@pytest.mark.parametrize("name", FITS)
def test_a_fit_has_pictures_and_an_explanation(name):
    fit = FITS[name]()
    fit.plot()
    fit.plot("qq")
    text = str(fit.explain())
    assert f"The rows were observed as: {fit.problem.rows.observations.describe()}" in " ".join(text.split())
    assert "Every row has to be an observed failure" not in text


def test_a_histogram_of_unknown_values_is_refused():
    with pytest.raises(OptionError, match="censored or truncated, so their values are not known: see 'qq'"):
        FITS["one distribution"]().plot("fit")


def test_the_qq_plot_shows_one_residual_per_row():
    (ax,) = FITS["one distribution"]().plot("qq").axes
    assert ax.get_ylabel() == "quantile residuals, sorted"
    assert max(len(line.get_xdata()) for line in ax.lines if line.get_marker() == "o") == len(TIMES)


def test_effects_have_a_line_and_no_points_of_the_data():
    (ax,) = FITS["a regression"]().plot("effects").axes
    assert not [line for line in ax.lines if line.get_label() == "_data"]
