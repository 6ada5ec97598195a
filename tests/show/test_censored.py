"""Censored and truncated rows in pictures, pages and tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

import mlekit
from mlekit.errors import OptionError
from mlekit.show.plot.nonparametric import kaplan_meier, turnbull

mpl.use("Agg")
INF = np.inf

# Weeks of remission under 6-mercaptopurine (Freireich et al. 1963; Klein and Moeschberger, table 1.1)
WEEK = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35], float)
RELAPSE = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]) == 1

# Months until cosmetic deterioration under radiotherapy (Finkelstein and Wolfe 1985), each in (lower, upper]
LOWER = [
    *(45, 6, 0, 46, 46, 7, 17, 7, 37, 0, 4, 15, 11, 22, 46, 46, 25, 46, 26, 46, 27, 36, 46),
    *(36, 37, 40, 17, 46, 11, 38, 5, 37, 0, 18, 24, 36, 5, 19, 17, 24, 32, 33, 19, 37, 34, 36),
]  # fmt: skip
UPPER = [
    *(INF, 10, 7, INF, INF, 16, INF, 14, 44, 8, 11, INF, 15, INF, INF, INF, 37, INF, 40, INF, 34, 44, INF),
    *(48, INF, INF, 25, INF, 18, INF, 12, INF, 5, INF, INF, INF, 11, 35, 25, INF, INF, INF, 26, INF, INF, INF),
]  # fmt: skip


# -- the estimators ---------------------------------------------------------------------------------------------------


def test_kaplan_meier_of_the_remission_times_as_in_the_textbook() -> None:
    curve = kaplan_meier(WEEK, RELAPSE, np.ones(21))
    assert curve.right.tolist() == [6, 7, 10, 13, 16, 22, 23]
    np.testing.assert_allclose(curve.survival, [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], atol=6e-5)
    error = np.array([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346])  # Greenwood's, from the same table
    s = curve.survival
    spread = 1.959964 * error / (s * np.abs(np.log(s)))
    np.testing.assert_allclose(curve.low, s ** np.exp(spread), atol=4e-4)
    np.testing.assert_allclose(curve.high, s ** np.exp(-spread), atol=4e-4)


def test_a_weight_is_a_number_of_rows() -> None:
    weights = np.arange(1.0, 22.0)
    times = weights.astype(int)
    once = kaplan_meier(WEEK, RELAPSE, weights)
    repeated = kaplan_meier(np.repeat(WEEK, times), np.repeat(RELAPSE, times), np.ones(times.sum()))
    np.testing.assert_allclose(once.survival, repeated.survival, rtol=1e-12)
    np.testing.assert_allclose(once.high, repeated.high, rtol=1e-12)


def test_without_an_event_nothing_falls() -> None:
    assert not len(kaplan_meier(WEEK, WEEK < 0, np.ones(21)).survival)


def test_who_entered_late_is_at_risk_only_then() -> None:
    curve = kaplan_meier(np.array([2.0, 4, 5, 6]), np.ones(4) == 1, np.ones(4), np.array([0.0, 0, 2, 4.5]))
    # at 2: two at risk, since the third enters at 2, after the event; at 4: two; at 5: two; at 6: one
    np.testing.assert_allclose(curve.survival, [1 / 2, 1 / 4, 1 / 8, 0])


def test_turnbull_of_the_cosmetic_deterioration_as_published() -> None:
    curve = turnbull(np.array(LOWER, float), np.array(UPPER, float), np.ones(46))
    assert curve.left.tolist() == [4, 6, 7, 11, 24, 33, 38, 46]
    assert curve.right.tolist() == [5, 7, 8, 12, 25, 34, 40, 48]
    mass = -np.diff(curve.survival, prepend=1)
    np.testing.assert_allclose(mass, [0.0463, 0.0334, 0.0887, 0.0708, 0.0926, 0.0818, 0.1209, 0.4656], atol=6e-5)


def test_turnbull_of_right_censored_rows_is_kaplan_meier() -> None:
    upper = np.where(RELAPSE, WEEK, INF)
    curve, known = turnbull(WEEK, upper, np.ones(21)), kaplan_meier(WEEK, RELAPSE, np.ones(21))
    np.testing.assert_array_equal(curve.right[:-1], known.right)
    np.testing.assert_allclose(curve.survival[:-1], known.survival, atol=1e-6)
    assert curve.left[-1] == 35
    assert curve.right[-1] == INF


def test_intervals_that_only_touch_share_nothing() -> None:
    curve = turnbull(np.array([0.0, 1, 1]), np.array([1.0, 2, 2]), np.ones(3))
    np.testing.assert_allclose(curve.survival, [2 / 3, 0], atol=1e-7)


def test_windows_are_infinite_where_nothing_was_lost() -> None:
    assert [end.tolist() for end in mlekit.right_censored([2, 3], [1, 0]).windows] == [[-INF, -INF], [INF, INF]]
    assert [end.tolist() for end in mlekit.right_censored([2, 3], [1, 0], entry=1).windows] == [[1, 1], [INF, INF]]


# -- fits -------------------------------------------------------------------------------------------------------------


def _sample(n: int = 80) -> np.ndarray:
    return 10 * np.random.default_rng(1).weibull(1.5, n)


def _right() -> Any:
    return mlekit.fit(mlekit.right_censored(WEEK, RELAPSE), family="weibull")


def _entry() -> Any:
    t, entry = _sample(), np.random.default_rng(2).uniform(0, 4, 80)
    seen = t > entry
    time, event = np.minimum(t, 12)[seen], (t <= 12)[seen]
    return mlekit.fit(mlekit.right_censored(time, event, entry=entry[seen]), family="weibull")


def _interval() -> Any:
    return mlekit.fit(mlekit.censored(LOWER, UPPER), family="exponential")


def _left() -> Any:
    t = _sample()
    return mlekit.fit(mlekit.censored(np.where(t < 3, -INF, t), np.maximum(t, 3)), family="normal")


def _window() -> Any:
    t = _sample()
    return mlekit.fit(mlekit.windowed(t[t > 4], 4), family="exponential")


def _counts() -> Any:
    lower = [0, 1, 1, 2, 2, 2, 3, 3, 4, 4]
    return mlekit.fit(mlekit.censored(lower, [0, 1, 1, 2, 2, 2, 3, INF, INF, 5]), family="poisson")


def _regression() -> Any:
    rng = np.random.default_rng(3)
    x = rng.normal(size=80)
    t = np.exp(1 + 0.5 * x) * rng.weibull(1.5, 80)
    data = {"t": np.minimum(t, 5), "seen": (t <= 5).astype(int), "x": x}
    return mlekit.fit(data, "Surv(t, seen) ~ x", family="weibull")


MAKERS: dict[str, Callable[[], Any]] = {
    "right": _right,
    "entry": _entry,
    "interval": _interval,
    "left": _left,
    "window": _window,
    "counts": _counts,
    "regression": _regression,
}
IDENTICAL = [name for name in MAKERS if name != "regression"]


@cache
def made(name: str) -> Any:
    return MAKERS[name]()


def line(ax: Any, label: str) -> tuple[np.ndarray, np.ndarray]:
    """The data of the line with this label."""
    return next(it for it in ax.lines if it.get_label() == label).get_data()


@pytest.mark.slow
@pytest.mark.parametrize("name", MAKERS)
def test_it_prints_is_explained_reported_and_tabulated(name: str, tmp_path: Path) -> None:
    fit = made(name)
    described = fit.problem.rows.observations.describe()
    assert f"{fit.nobs:g}: {described}" in " ".join(str(fit).split())
    assert described in " ".join(str(fit.explain()).split())
    fit.report(tmp_path / "fit.html")
    assert described in " ".join((tmp_path / "fit.html").read_text().split())
    assert fit.tidy()["term"].tolist() == list(fit.params.index)
    table = fit.augment()
    assert {"fitted", "residual", "log_density"} <= set(table)
    exact = fit.problem.rows.observations.density_rows()
    censored = np.zeros(len(table), bool) if exact is None else ~exact
    np.testing.assert_array_equal(np.isnan(table["residual"]), censored)


def test_the_table_of_a_regression_is_the_one_that_was_given() -> None:
    assert list(made("regression").augment())[:3] == ["t", "seen", "x"]


@pytest.mark.slow
@pytest.mark.parametrize("name", IDENTICAL)
def test_the_first_pictures_have_a_survival_function(name: str) -> None:
    assert "survival function" in made(name).plot().alt


@pytest.mark.parametrize("name", MAKERS)
def test_residuals_of_the_right_model_are_in_the_band(name: str) -> None:
    picture = made(name).plot("qq")
    x, y = line(picture.axes[0], "data")
    assert np.isfinite(y).all()
    assert len(x) == made(name).nobs


def test_the_picture_of_right_censored_rows_is_kaplan_meier() -> None:
    (ax,) = made("right").plot("fit").axes
    x, y = line(ax, "Kaplan-Meier")
    assert y[np.searchsorted(x, 23, side="right") - 1] == pytest.approx(0.4482, abs=1e-4)
    x, y = line(ax, "right-censored")
    assert x.tolist() == np.unique(WEEK[~RELAPSE]).tolist()
    assert y[0] == pytest.approx(0.8571, abs=1e-4)
    x, y = line(ax, "weibull")
    np.testing.assert_allclose(y, made("right").sf(x), rtol=1e-12)


def test_the_limits_end_where_the_estimate_is_zero() -> None:
    fit = mlekit.fit(mlekit.right_censored([1, 2, 3, 2.5], [0, 0, 1, 1]), family="exponential")
    (ax,) = fit.plot("fit").axes
    (band,) = ax.collections
    box = band.get_datalim(ax.transData)
    assert (box.x0, box.x1) == (0, 3)
    assert (round(box.y0, 4), box.y1) == (0.006, 1)  # 0.5^exp(1.96 sqrt(1/2) / log 2), the lower end of Greenwood's


def test_the_picture_of_late_entries_begins_at_the_first_of_them() -> None:
    fit = made("entry")
    (ax,) = fit.plot("fit").axes
    first = float(fit.problem.rows.observations.windows[0].min())
    x, y = line(ax, "weibull")
    np.testing.assert_allclose(y, np.minimum(fit.sf(x) / fit.sf(first), 1), rtol=1e-10)
    x, y = line(ax, "Kaplan-Meier")
    steps = np.isfinite(y)
    assert np.abs(y[steps] - np.minimum(fit.sf(x[steps]) / fit.sf(first), 1)).max() < 0.25


def test_the_picture_of_intervals_is_turnbull_with_boxes_where_it_may_fall() -> None:
    (ax,) = made("interval").plot("fit").axes
    x, y = line(ax, "Turnbull")
    assert y[x == 25].tolist() == pytest.approx([0.668], abs=1e-3)
    boxes = [it.get_datalim(ax.transData) for it in ax.collections]
    assert [(round(box.x0), round(box.x1)) for box in boxes][:2] == [(4, 5), (6, 7)]


def test_the_picture_of_a_window_is_of_the_distribution_within_it() -> None:
    fit = made("window")
    (ax,) = fit.plot("fit").axes
    x, y = line(ax, "exponential")
    np.testing.assert_allclose(y, np.minimum(fit.sf(x) / fit.sf(4.0), 1), rtol=1e-10)
    assert "given values above 4" in ax.get_title(loc="left")


def test_whole_numbers_at_or_beyond_a_count_may_be_that_count() -> None:
    (ax,) = made("counts").plot("fit").axes
    x, y = line(ax, "Turnbull")
    assert y[np.flatnonzero(x == 0)[-1]] == pytest.approx(0.9)
    assert y[np.flatnonzero(x == 2)[-1]] == pytest.approx(0.4)


def test_rows_seen_through_different_windows_are_refused_with_the_reason() -> None:
    t = _sample()
    low, high = np.floor(t / 2) * 0.5, np.full(80, 40.0) + np.arange(80)
    fit = mlekit.fit(mlekit.windowed(t, low, high), family="weibull")
    with pytest.raises(OptionError, match="different windows"):
        fit.plot("fit")


def test_effects_point_to_where_censored_values_are() -> None:
    (ax,) = made("regression").plot("effects").axes
    points = {it.get_marker(): len(it.get_xdata()) for it in ax.lines if it.get_label() == "_data"}
    exact = int(made("regression").problem.rows.observations.density_rows().sum())
    assert points == {".": exact, "^": 80 - exact}


def test_residuals_say_that_some_are_random() -> None:
    picture = made("regression").plot("residuals")
    assert "censored rows are random within their bounds" in picture.alt


def test_a_fit_that_was_loaded_without_its_rows_says_how_they_were_observed(tmp_path: Path) -> None:
    made("right").save(tmp_path / "fit.json")
    again = mlekit.load(tmp_path / "fit.json")
    assert "21: 9 exact, 12 right-censored" in str(again)
    assert "9 exact, 12 right-censored" in str(again.explain())
    with pytest.raises(OptionError, match="data=True"):
        again.plot("fit")


def test_a_fit_that_was_loaded_with_its_rows_draws_the_same(tmp_path: Path) -> None:
    made("entry").save(tmp_path / "fit.json", data=True)
    again = mlekit.load(tmp_path / "fit.json")
    assert again.plot("fit").alt == made("entry").plot("fit").alt
    assert str(again.explain()) == str(made("entry").explain())


def test_the_sd_of_censored_rows_does_not_divide_by_their_number() -> None:
    assert "divides" not in str(made("left"))
    assert "divides" not in str(made("left").explain())
