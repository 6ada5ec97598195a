"""The data beside the fitted distribution: bars, densities and quantiles."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from show.kinds.fits import N, alone, fitted, rows
from show.measures import labelled

import mlekit
from mlekit.show.plot.kinds.qq import level, ranks

# -- fit ---------------------------------------------------------------------------------------------------------------


def test_bars_are_relative_frequencies_and_dots_are_probabilities() -> None:
    ax = alone("levels", "fit")
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([1 / 3] * 3)
    assert labelled(ax, "categorical").get_ydata() == pytest.approx(fitted("levels").params.to_numpy())
    counts = mlekit.fit([0, 1, 1, 3], family="poisson")
    (ax,) = counts.plot("fit").axes
    assert [bar.get_height() for bar in ax.patches] == [0.25, 0.5, 0, 0.25]
    assert labelled(ax, "poisson").get_ydata() == pytest.approx(stats.poisson(1.25).pmf(range(4)))


def test_a_histogram_has_an_area_of_one_and_the_density_is_that_of_the_fit() -> None:
    ax, fitted_distribution = alone("normal", "fit"), fitted("normal").dist
    assert sum(bar.get_height() * bar.get_width() for bar in ax.patches) == pytest.approx(1)
    x, y = labelled(ax, "normal").get_data()
    assert y == pytest.approx(fitted_distribution.pdf(x))


# -- qq ----------------------------------------------------------------------------------------------------------------


def test_points_are_sorted_data_against_quantiles_with_a_band_of_order_statistics() -> None:
    fit, ax = fitted("normal"), alone("normal", "qq")
    x, y = labelled(ax, "data").get_data()
    i = np.arange(1, N + 1)
    assert y.tolist() == sorted(rows()["v"])
    assert x == pytest.approx(fit.dist.ppf((i - 0.5) / N))
    low, high = (line.get_ydata() for line in ax.lines[:2])
    half = level(N) / 2
    assert low == pytest.approx(fit.dist.ppf(stats.beta(i, N + 1 - i).ppf(half)))
    assert high == pytest.approx(fit.dist.ppf(stats.beta(i, N + 1 - i).ppf(1 - half)))


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 7, 40, 500])
def test_under_the_right_distribution_the_band_contains_all_points_with_probability_95_percent(
    n: int, rng: np.random.Generator
) -> None:
    """2,000 samples: the standard error is half a percent; five of them, and a tenth of 5% for the table of levels."""
    probabilities = np.sort(rng.random((2000, n)), axis=1)
    _, low, high = ranks(np.ones(n), np.arange(n))
    inside = np.mean(np.all((probabilities >= low) & (probabilities <= high), axis=1))
    assert inside == pytest.approx(0.95, abs=0.03)


def test_rows_without_weight_are_no_points_and_weights_move_the_quantiles() -> None:
    x, y = labelled(alone("weighted", "qq"), "data").get_data()
    w = rows()["w"]
    order = np.argsort(rows()["x"][w > 0])
    mine = w[w > 0][order]
    assert y == pytest.approx(np.exp(rows()["x"][w > 0][order]))
    assert fitted("weighted").dist.cdf(x) == pytest.approx((np.cumsum(mine) - mine / 2) / mine.sum())


def test_residuals_of_a_regression_are_compared_with_the_normal() -> None:
    x, y = labelled(alone("counts", "qq"), "data").get_data()
    assert y == pytest.approx(np.sort(fitted("counts").residuals()))
    assert x == pytest.approx(stats.norm.ppf((np.arange(N) + 0.5) / N))
