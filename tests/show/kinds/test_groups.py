"""Many fits: a forest of estimates, and a table of probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from show.kinds.fits import alone, fitted
from show.measures import bars, said

import mlekit


@pytest.mark.slow
def test_a_forest_is_the_estimates_in_order_with_their_intervals() -> None:
    fit = fitted("shops")
    for ax, param in zip(fit.plot("forest").axes, ["mean", "shape"], strict=True):
        order = fit.params[param].sort_values().index
        assert ax.lines[0].get_xdata() == pytest.approx(fit.params.loc[order, param].to_numpy())
        assert bars(ax) == pytest.approx(np.maximum(fit.conf_int(param).loc[order].to_numpy(), 0))
        assert [text.get_text() for text in ax.get_yticklabels()] == [str(key) for key in order]
        assert f"5 groups; dashed: the median, {fit.params[param].median():.4g}" in said(ax.figure)


def test_of_many_groups_the_extremes_are_named_and_the_others_are_a_box() -> None:
    fit = fitted("many shops")
    ax = fit.plot("forest", params="mean").axes[0]
    ordered = fit.params["mean"].sort_values()
    named = [*ordered.index[:8], *ordered.index[-8:]]
    texts = [text.get_text() for text in ax.get_yticklabels()]
    assert texts == [*map(str, named), "284 more"]
    assert ax.lines[0].get_xdata() == pytest.approx(ordered[named].to_numpy())
    drawn = np.concatenate([bars(ax)[:8], bars(ax)[-8:]])
    assert drawn == pytest.approx(np.maximum(fit.conf_int("mean").loc[named].to_numpy(), 0))
    box = np.quantile(ordered.to_numpy()[8:-8], [0.05, 0.95, 0.25, 0.75])
    assert bars(ax)[8:10].ravel() == pytest.approx(box)


def test_keys_of_several_columns_are_joined() -> None:
    texts = {text.get_text() for text in alone("two keys", "forest").get_yticklabels()}
    assert "$we_st · 2" in texts
    assert len(texts) == 12


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_groups_without_a_finite_estimate_are_counted_and_never_drawn() -> None:
    data = {"g": [1, 1, 2, 2, 3, 3], "y": [4.0, 4, 1, 2, 3, 9]}
    fit = mlekit.fit(data, "y", family="normal", by="g")
    ax = fit.plot("forest", params="sd").axes[0]
    assert ax.lines[0].get_xdata() == pytest.approx([0.5, 3.0])
    assert "1 more without a finite, proved estimate" in ax.get_title(loc="left").replace("\n", " ")
    none = mlekit.fit({"g": [1, 1, 2, 2], "y": [4.0, 4, 1, 1]}, "y", family="normal", by="g")
    assert "no group has an estimate" in said(none.plot("forest"))


def test_a_proportion_of_one_has_its_profile_interval() -> None:
    fit = mlekit.fit({"g": [1, 1, 2, 2], "y": [1, 1, 0, 1]}, "y", family="bernoulli", by="g")
    ax = fit.plot("forest").axes[0]
    assert ax.lines[0].get_xdata().tolist() == [0.5, 1.0]
    assert "without" not in ax.get_title(loc="left")
    assert ax.collections[0].get_segments()[1][:, 0].tolist() == pytest.approx([np.exp(-0.96036), 1.0], abs=1e-5)


def test_a_table_is_the_probability_of_each_level_in_each_group() -> None:
    fit = fitted("grouped levels")
    ax, _ = fit.plot("table").axes
    assert (ax.images[0].get_array() == fit.params.to_numpy()).all()
    assert [text.get_text() for text in ax.get_xticklabels()] == ["hi", "lo", "mid"]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["$we_st", "north", "south"]
    assert fit.plot().axes[0].images
