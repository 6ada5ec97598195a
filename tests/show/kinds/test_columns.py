"""Pictures of regressions and networks: residuals, effects, losses and embeddings."""

from __future__ import annotations

import numpy as np
import pytest
from show.kinds.fits import alone, fitted, rows
from show.measures import labelled, said

import mlekit

# -- residuals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["counts", "trials", "two formulas"])
def test_residuals_stand_against_the_fitted_mean(name: str) -> None:
    x, y = labelled(alone(name, "residuals"), "rows").get_data()
    assert x == pytest.approx(fitted(name).predict())
    assert y == pytest.approx(fitted(name).residuals())


def test_residuals_of_a_network_too() -> None:
    fit = fitted("network")
    x, y = labelled(alone("network", "residuals"), "rows").get_data()
    assert x == pytest.approx(fit.predict())
    assert y == pytest.approx((rows()["v"] - fit.predict()) / fit["sd"])


def test_the_running_mean_is_over_neighbours_and_of_many_rows_some_are_drawn() -> None:
    x = np.linspace(0, 1, 6000)
    fit = mlekit.fit({"x": x, "y": x + np.where(np.arange(6000) % 2, 1.0, -1.0)}, "y ~ x", family="normal")
    ax = fit.plot("residuals").axes[0]
    assert labelled(ax, "running mean").get_ydata() == pytest.approx(np.zeros(12), abs=1e-2)
    assert len(labelled(ax, "rows").get_xdata()) == 2000
    assert "2,000 of 6,000 rows drawn" in ax.get_title(loc="left")


# -- effects -----------------------------------------------------------------------------------------------------------


def test_few_rows_have_no_running_mean_and_none_is_described() -> None:
    few = mlekit.fit({"x": [1.0, 2, 3, 4], "y": [1, 3, 2, 6]}, "y ~ x", family="poisson")
    picture = few.plot("residuals")
    assert "running mean" not in picture.alt
    assert [text.get_text() for text in picture.axes[0].get_legend().get_texts()] == ["rows"]


def test_a_line_is_the_prediction_with_the_others_at_their_median_or_most_frequent_level() -> None:
    fit, data, ax = fitted("counts"), rows(), alone("counts", "effects", params="x")
    (line,) = (line for line in ax.lines if line.get_linestyle() == "-")
    usual = {"g": ["$we_st"], "k": [0], "e": [np.quantile(data["e"], 0.5, method="inverted_cdf")]}
    places = line.get_xdata()
    table = fit.predict({"x": places} | {k: v * len(places) for k, v in usual.items()}, interval="confidence")
    assert (places[0], places[-1]) == (data["x"].min(), data["x"].max())
    assert line.get_ydata() == pytest.approx(table["fit"].to_numpy())
    edge = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (edge.min(), edge.max()) == pytest.approx((table["lower"].min(), table["upper"].max()))
    assert all(word in ax.get_title(loc="left") for word in ["g at $we_st", "k at 0", f"e at {usual['e'][0]:.4g}"])


def test_levels_are_points_with_intervals() -> None:
    fit, ax = fitted("trials"), alone("trials", "effects", params="g")
    assert [text.get_text() for text in ax.get_xticklabels()] == ["$we_st", "north", "south"]
    (points,) = (line for line in ax.lines if line.get_marker() == "o")
    data = rows()
    new = {
        "g": ["$we_st", "north", "south"],
        **{k: [np.quantile(data[k], 0.5, method="inverted_cdf")] * 3 for k in "xn"},
    }
    table = fit.predict(new, "p", interval="confidence")
    assert points.get_ydata() == pytest.approx(table["fit"].to_numpy())
    ends = np.array([piece[:, 1] for piece in ax.collections[0].get_segments()])
    assert ends == pytest.approx(table[["lower", "upper"]].to_numpy())


def test_a_column_of_another_parameter_moves_that_one() -> None:
    ax = alone("two formulas", "effects", params="e")
    assert ax.get_ylabel() == "sd"
    fit, (line,) = fitted("two formulas"), ax.lines
    assert np.log(line.get_ydata()) == pytest.approx(fit["sd: Intercept"] + fit["sd: e"] * line.get_xdata())


def test_a_response_with_levels_has_a_line_for_each_and_they_add_up_to_one() -> None:
    ax = alone("softmax", "effects", params="x")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["hi", "lo", "mid"]
    assert sum(line.get_ydata() for line in ax.lines) == pytest.approx(np.ones(101))


def test_a_network_has_its_mean_along_each_input() -> None:
    fit, ax = fitted("network"), fitted("network").plot("effects").axes[0]
    (line,) = (line for line in ax.lines if line.get_linestyle() == "-")
    middle = np.quantile(rows()["e"], 0.5, method="inverted_cdf")
    x = np.column_stack([line.get_xdata(), np.full(101, middle)])
    assert line.get_ydata() == pytest.approx(fit.predict(x))


def test_four_columns_are_drawn_and_of_many_levels_twenty() -> None:
    rng = np.random.default_rng(0)
    columns = {f"c{k}": rng.normal(size=30) for k in range(7)}
    wide = mlekit.fit(columns | {"y": rng.normal(size=30)}, "y ~ .", family="normal")
    made = wide.plot("effects")
    assert [ax.get_xlabel() for ax in made.axes] == ["c0", "c1", "c2", "c3"]
    assert "3 more at typical values" in made.axes[0].get_title(loc="left")
    long = {"g": [f"level {k % 40}" for k in range(200)], "y": rng.normal(size=200)}
    tall = mlekit.fit(long, "y ~ g", family="normal")
    (ax,) = tall.plot("effects").axes
    assert len(ax.get_xticks()) == 20
    assert "the 20 most frequent of 40 levels" in said(ax.figure)


# -- networks ----------------------------------------------------------------------------------------------------------


def test_the_loss_is_the_history() -> None:
    fit, ax = fitted("network"), alone("network", "loss")
    assert ax.lines[0].get_ydata() == pytest.approx(fit.history)
    assert f"from {fit.history[0]:.4g} to {fit.history[-1]:.4g}" in ax.figure.alt


def test_the_symbols_of_an_embedding_are_points() -> None:
    assert sorted(text.get_text() for text in alone("embedding", "embedding").texts) == list("01234")
