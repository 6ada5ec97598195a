"""Every kind of picture of every kind of fit: what is drawn are the fit's own numbers, and all of it can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from scipy import stats
from show.measures import alike_but_for_colour, bars, demand_readable, inked, labelled, said

import mlekit
from mlekit.errors import OptionError
from mlekit.priors import Beta, Dirichlet, Flat, Normal
from mlekit.show.plot.kinds import kinds

COIN = [1] * 7 + [0] * 3
N = 60


def rows() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    x, g = rng.normal(size=N), np.array(["north", "south", "$we_st"])[np.arange(N) % 3]
    tries = rng.integers(3, 12, N)
    return {
        "x": x,
        "g": g,
        "k": np.arange(N) % 4,
        "e": rng.uniform(size=N),
        "y": rng.poisson(np.exp(0.5 + 0.4 * x + (g == "south"))),
        "v": 1 + 2 * x + rng.normal(size=N),
        "h": np.array(["no", "yes"])[(x + rng.normal(size=N) > 0).astype(int)],
        "c": np.array(["lo", "mid", "hi"])[np.clip(np.round(x + rng.normal(size=N)).astype(int) + 1, 0, 2)],
        "n": tries,
        "s": rng.binomial(tries, 1 / (1 + np.exp(-x))),
        "w": rng.integers(0, 3, N),
    }


def many(groups: int, size: int = 8) -> dict[str, Any]:
    rng = np.random.default_rng(1)
    return {"g": np.repeat(np.arange(groups), size), "y": rng.gamma(2, 3, groups * size)}


def net(data: dict[str, Any]) -> Any:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = torch.nn.Sequential(*(torch.nn.Linear(a, b, dtype=torch.float64) for a, b in [(2, 4), (4, 1)]))
    x = np.column_stack([data["x"], data["e"]])
    return mlekit.fit(x, data["v"], family=mlekit.network(module, "normal"), solver=mlekit.solvers.Torch(steps=60))


def embedded() -> Any:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = torch.nn.Sequential(torch.nn.Embedding(5, 3), torch.nn.Flatten(), torch.nn.Linear(3, 1))
    x = np.arange(20)[:, None] % 5
    return mlekit.fit(x, x[:, 0] * 1.0, family=mlekit.network(module, "normal"), solver=mlekit.solvers.Torch(steps=5))


FITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "coin": lambda d: mlekit.fit(COIN, family="bernoulli"),
    "all heads": lambda d: mlekit.fit([1] * 8, family="bernoulli"),
    "one count": lambda d: mlekit.fit([3], family="poisson"),
    "levels": lambda d: mlekit.fit(d["g"], family="categorical"),
    "normal": lambda d: mlekit.fit(d["v"], family="normal"),
    "two rows": lambda d: mlekit.fit([1.0, 2.0], family="normal"),
    "student t": lambda d: mlekit.fit(np.random.default_rng(3).standard_t(4, size=90), family="student_t"),
    "held": lambda d: mlekit.fit(d["v"], family="normal", fixed={"sd": 2.0}),
    "weighted": lambda d: mlekit.fit({"y": np.exp(d["x"]), "w": d["w"]}, "y", family="gamma", weights="w"),
    "custom": lambda d: mlekit.fit(np.exp(d["x"]), family=EXPONENTIAL),
    "scipy": lambda d: mlekit.fit(d["v"], family=stats.gumbel_r),
    "beta prior": lambda d: mlekit.fit(COIN, family="bernoulli", prior=Beta(10, 10)),
    "shares": lambda d: mlekit.fit(list("aaabbc"), family="categorical", prior=Dirichlet(3)),
    "mean prior": lambda d: mlekit.fit(d["v"][:12], family="normal", prior={"mean": Normal(3, 0.5)}),
    "counts": lambda d: mlekit.fit(d, "y ~ x + g + C(k) + offset(e)", family="poisson"),
    "two formulas": lambda d: mlekit.fit(d, {"mean": "v ~ x", "sd": "~ e"}, family="normal"),
    "arrays": lambda d: mlekit.fit(np.column_stack([d["x"], d["e"]]), d["v"], family="normal", weights=d["w"]),
    "yes or no": lambda d: mlekit.fit(d, "h ~ x", family="bernoulli", prior=Normal(0, 1)),
    "tries": lambda d: mlekit.fit(d, "s ~ x + g", family=mlekit.families.Binomial(n="n")),
    "softmax": lambda d: mlekit.fit(d, "c ~ x + g", family="categorical"),
    "flat line": lambda d: mlekit.fit({"x": [0.0, 1, 2] * 2, "y": [1.0, 2, 1, 2, 1, 2]}, "y ~ x", family="normal"),
    "shops": lambda d: mlekit.fit(many(5), "y", family="gamma", by="g"),
    "many shops": lambda d: mlekit.fit(many(300), "y", family="gamma", by="g"),
    "two keys": lambda d: mlekit.fit(d, "y", family="poisson", by=["g", "k"]),
    "grouped levels": lambda d: mlekit.fit(d, "c", family="categorical", by="g"),
    "net": net,
    "embedding": lambda d: embedded(),
}
EXPONENTIAL = mlekit.custom(lambda y, rate: np.log(rate) - rate * y, params={"rate": "positive"}, support="positive")
ONE = ("fit", "likelihood", "profile", "qq")
REGRESSION = ("effects", "likelihood", "profile", "qq", "residuals")
HAS = dict.fromkeys(FITS, ONE)
HAS |= {
    "levels": ("fit", "likelihood", "profile"),
    "custom": ("fit", "likelihood", "profile"),
    "beta prior": ("fit", "likelihood", "posterior", "profile", "qq"),
    "mean prior": ("fit", "likelihood", "posterior", "profile", "qq"),
    "shares": ("fit", "likelihood", "posterior", "profile"),
    **dict.fromkeys(("counts", "two formulas", "arrays", "tries", "flat line"), REGRESSION),
    "yes or no": ("effects", "likelihood", "posterior", "profile", "qq", "residuals"),
    "softmax": ("effects", "likelihood", "profile"),
    **dict.fromkeys(("shops", "many shops", "two keys"), ("forest",)),
    "grouped levels": ("forest", "table"),
    "net": ("effects", "loss", "qq", "residuals"),
    "embedding": ("effects", "embedding", "loss", "qq", "residuals"),
}
CURVES = {"likelihood", "profile"}  # of one regression they are as those of another
PAIRS = [
    (n, k) for n, known in HAS.items() for k in known if k not in CURVES or "residuals" not in known or n == "counts"
]
each = pytest.mark.parametrize(("name", "kind"), PAIRS)


@cache
def fitted(name: str) -> Any:
    return FITS[name](rows())


def alone(name: str, kind: str, **options: Any) -> Any:
    (ax,) = fitted(name).plot(kind, **options).axes
    return ax


@pytest.fixture(autouse=True)
def nothing_is_left_in_pyplot() -> Iterator[None]:
    yield
    assert plt.get_fignums() == []


# -- what holds of every picture --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FITS)
def test_a_fit_has_its_kinds_and_the_others_are_refused_with_a_sentence(name: str) -> None:
    assert tuple(kind for kind, it in kinds().items() if not it.absent(fitted(name))) == HAS[name]
    for kind in set(kinds()) - set(HAS[name]):
        with pytest.raises(OptionError, match=rf"kind='{kind}': .{{25,}}; this fit has the pictures '{HAS[name][0]}'"):
            fitted(name).plot(kind)


@pytest.mark.slow
@pytest.mark.parametrize(("look", "size"), [("default", (6.4, 4.8)), ("dark_background", (4.5, 3.6))])
@each
def test_it_can_be_read_on_light_and_on_dark_and_when_it_is_small(
    name: str, kind: str, look: str, size: tuple[float, float]
) -> None:
    with plt.style.context(look), mpl.rc_context({"figure.figsize": size}):
        made = fitted(name).plot(kind)
        demand_readable(made)
    assert [pair for ax in made.axes for pair in alike_but_for_colour(ax)] == []
    assert len(made.alt) > 40
    assert all(ax.get_xlabel() for ax in made.axes if ax.get_label() != "<colorbar>")


@pytest.mark.slow
@pytest.mark.parametrize("name", FITS)
def test_without_a_kind_it_is_what_one_would_look_at_first(name: str) -> None:
    made = fitted(name).plot()
    demand_readable(made)
    assert 1 <= len(made.panels) <= 6


def test_what_comes_first_is_the_fit_then_how_sure_it_is_then_what_would_make_it_wrong() -> None:
    def shown(name: str) -> list[str]:
        return [ax.get_xlabel() for ax in fitted(name).plot().axes]

    assert shown("coin") == ["y", "p"]
    assert shown("normal") == ["y", "mean", "sd", "quantiles of the fitted normal"]
    assert shown("beta prior") == ["y", "p"]
    assert shown("tries") == ["x", "g", "fitted mean", "standard normal quantiles"]
    assert shown("shops") == ["mean", "shape"]
    assert shown("net") == ["x0", "x1", "step", "fitted mean", "standard normal quantiles"]


@pytest.mark.parametrize(("name", "kind"), [("normal", "qq"), ("counts", "residuals"), ("net", "loss")])
def test_the_axes_that_is_given_is_drawn_into_and_comes_back(name: str, kind: str) -> None:
    own, axes = plt.subplots(1, 2)
    assert fitted(name).plot(kind, ax=axes[0]) is axes[0]
    assert inked(axes[0]) > 0.002
    assert not axes[1].has_data()
    plt.close(own)


def test_several_panels_go_into_as_many_axes() -> None:
    own, axes = plt.subplots(1, 2)
    assert fitted("normal").plot("profile", ax=axes) is axes
    assert [ax.get_xlabel() for ax in axes] == ["mean", "sd"]
    with pytest.raises(OptionError, match="one matplotlib Axes for each of 2 panels"):
        fitted("normal").plot("profile", ax=axes[0])
    plt.close(own)


def test_params_says_which_and_a_wrong_name_is_told_the_nearest() -> None:
    assert alone("normal", "profile", params="sd").get_xlabel() == "sd"
    assert alone("counts", "effects", params="g").get_xlabel() == "g"
    assert [ax.get_xlabel() for ax in fitted("counts").plot("effects", params=["k", "x"]).axes] == ["k", "x"]
    with pytest.raises(OptionError, match="'maen'; did you mean 'mean'"):
        fitted("normal").plot("profile", params="maen")
    with pytest.raises(OptionError, match="'xx'"):
        fitted("counts").plot("effects", params="xx")
    with pytest.raises(OptionError, match="did you mean 'sd'"):
        fitted("normal").plot(params="sdd")
    assert fitted("counts").plot(params="x").axes[0].get_xlabel() == "x"


def test_a_misspelt_kind_is_told_the_nearest() -> None:
    with pytest.raises(OptionError, match="did you mean 'profile'"):
        fitted("normal").plot("profil")


@pytest.mark.parametrize("name", ["normal", "student t", "counts"])
def test_a_loaded_fit_without_rows_has_what_needs_none(name: str, tmp_path: Path) -> None:
    fitted(name).save(tmp_path / "fit.json")
    loaded = mlekit.load(tmp_path / "fit.json")
    for kind, it in kinds().items():
        if not it.absent(loaded):
            demand_readable(loaded.plot(kind))
    with pytest.raises(OptionError, match="data=True"):
        loaded.plot("qq")
    fitted(name).save(tmp_path / "whole.json", data=True)
    assert tuple(k for k, it in kinds().items() if not it.absent(mlekit.load(tmp_path / "whole.json"))) == HAS[name]


def test_of_a_fit_with_everything_held_there_is_nothing_to_see_along() -> None:
    fit = mlekit.fit([1.0, 2.0], family="normal", fixed={"mean": 1.0, "sd": 1.0})
    with pytest.raises(OptionError, match="held with fixed="):
        fit.plot("likelihood")
    assert [ax.get_xlabel() for ax in fitted("held").plot("profile").axes] == ["mean"]


# -- fit --------------------------------------------------------------------------------------------------------------


def test_bars_are_relative_frequencies_and_dots_are_probabilities() -> None:
    ax = alone("levels", "fit")
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([1 / 3] * 3)
    assert labelled(ax, "categorical").get_ydata() == pytest.approx(fitted("levels").params.to_numpy())
    counts = mlekit.fit([0, 1, 1, 3], family="poisson")
    (ax,) = counts.plot("fit").axes
    assert [bar.get_height() for bar in ax.patches] == [0.25, 0.5, 0, 0.25]
    assert labelled(ax, "poisson").get_ydata() == pytest.approx(stats.poisson(1.25).pmf(range(4)))


def test_a_histogram_has_an_area_of_one_and_the_density_is_the_law() -> None:
    ax, law = alone("normal", "fit"), fitted("normal").dist
    assert sum(bar.get_height() * bar.get_width() for bar in ax.patches) == pytest.approx(1)
    x, y = labelled(ax, "normal").get_data()
    assert y == pytest.approx(law.pdf(x))


# -- likelihood and profile -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "param"), [("normal", "sd"), ("student t", "df"), ("scipy", "loc"), ("counts", "x")])
def test_a_profile_has_its_top_at_the_estimate_and_crosses_the_cut_at_the_interval(name: str, param: str) -> None:
    fit, ax = fitted(name), alone(name, "profile", params=param)
    x, y = labelled(ax, "log-likelihood").get_data()
    assert (x[np.argmax(y)], y.max()) == pytest.approx((fit[param], fit.llf))
    low, high = fit.conf_int(param, method="profile").to_numpy()[0]
    cut = fit.llf - stats.chi2.ppf(0.95, 1) / 2
    assert np.interp([low, high], x, y) == pytest.approx([cut] * 2, abs=0.02)
    assert labelled(ax, "1.92 below the top").get_ydata() == pytest.approx([cut] * 2)
    assert f"estimate {fit[param]:.4g}; 95% interval (profile) {low:.4g} to {high:.4g}" in ax.figure.alt


def test_the_parabola_is_that_of_the_standard_error() -> None:
    fit, ax = fitted("normal"), alone("normal", "profile", params="mean")
    x, y = labelled(ax, "Wald's parabola").get_data()
    assert y == pytest.approx(fit.llf - (x - fit["mean"]) ** 2 / (2 * fit.bse["mean"] ** 2))


def test_at_a_boundary_the_curve_goes_up_to_the_end_and_there_is_no_parabola() -> None:
    ax = alone("all heads", "profile")
    x, y = labelled(ax, "log-likelihood").get_data()
    assert (x[-1], y[-1]) == (1.0, 0.0)
    assert "Wald's parabola" not in [line.get_label() for line in ax.lines]
    assert y[:-1] == pytest.approx(8 * np.log(x[:-1]))


def test_with_a_prior_it_is_the_log_posterior_and_says_so() -> None:
    fit, ax = fitted("beta prior"), alone("beta prior", "profile")
    x, y = labelled(ax, "log posterior").get_data()
    assert ax.get_ylabel() == "log posterior"
    assert y - y.max() == pytest.approx(stats.beta(17, 13).logpdf(x) - stats.beta(17, 13).logpdf(fit["p"]), abs=1e-9)


def test_the_likelihood_of_a_coin_is_its_formula() -> None:
    x, y = alone("coin", "likelihood").lines[0].get_data()
    assert y == pytest.approx(7 * np.log(x) + 3 * np.log1p(-x))


# -- posterior --------------------------------------------------------------------------------------------------------


def test_prior_likelihood_and_posterior_of_a_coin_are_beta_densities() -> None:
    ax = alone("beta prior", "posterior")
    for label, law in [("prior", (10, 10)), ("likelihood, scaled", (8, 4)), ("posterior", (17, 13))]:
        x, y = labelled(ax, label).get_data()
        assert y == pytest.approx(stats.beta(*law).pdf(x), rel=1e-4, abs=1e-6)
    assert "mode 0.5714; 95% interval (posterior) 0.3894 to 0.7355" in ax.figure.alt


def test_shares_have_the_margins_of_a_dirichlet() -> None:
    for ax, mine in zip(fitted("shares").plot("posterior").axes, [3, 2, 1], strict=True):
        x, y = labelled(ax, "posterior").get_data()
        assert y == pytest.approx(stats.beta(mine + 3, 15 - mine - 3).pdf(x))
        assert labelled(ax, "prior").get_ydata() == pytest.approx(stats.beta(3, 6).pdf(x))


def test_a_flat_prior_is_flat_and_improper_where_its_set_has_no_end() -> None:
    (ax,) = mlekit.fit(COIN, family="bernoulli", prior=Flat()).plot("posterior").axes
    assert set(labelled(ax, "prior, flat").get_ydata()) == {1.0}
    (ax,) = mlekit.fit([1.0, 2, 4], family="normal", fixed={"sd": 1.0}, prior={"mean": Flat()}).plot("posterior").axes
    assert np.ptp(labelled(ax, "prior, flat (improper)").get_ydata()) == 0
    x, y = labelled(ax, "posterior").get_data()
    assert y == pytest.approx(stats.norm(7 / 3, 1 / np.sqrt(3)).pdf(x), rel=1e-3, abs=1e-3)


def test_where_others_are_free_it_is_the_profile_of_the_posterior_and_is_called_so() -> None:
    fit, ax = fitted("mean prior"), alone("mean prior", "posterior")
    x, y = labelled(ax, "posterior (others at best), scaled").get_data()
    assert np.trapezoid(y, x) == pytest.approx(1)
    assert x[np.argmax(y)] == pytest.approx(fit["mean"], abs=0.02)
    seen = fit.profile("mean", level=0.9).to_frame().to_numpy()
    assert np.interp(seen[:, 0], x, np.log(y)) - np.log(y.max()) == pytest.approx(
        seen[:, 1] - seen[:, 1].max(), abs=0.01
    )


def test_a_long_tail_does_not_hide_the_peak_and_what_has_no_prior_of_its_own_has_a_flat_one() -> None:
    fit = mlekit.fit([3.0, 4, 5, 7], family="normal", prior={"mean": Normal(0, 1)})
    (ax,) = fit.plot("posterior", params="sd").axes
    x, y = labelled(ax, "posterior (others at best), scaled").get_data()
    assert x[np.argmax(y)] == pytest.approx(fit["sd"], abs=0.1)
    assert [text.get_text() for text in ax.get_legend().get_texts()][:2] == [
        "prior, flat (improper)",
        "likelihood and other priors, scaled",
    ]


# -- qq ---------------------------------------------------------------------------------------------------------------


def test_points_are_sorted_data_against_quantiles_with_a_band_of_order_statistics() -> None:
    fit, ax = fitted("normal"), alone("normal", "qq")
    x, y = labelled(ax, "data").get_data()
    i = np.arange(1, N + 1)
    assert y.tolist() == sorted(rows()["v"])
    assert x == pytest.approx(fit.dist.ppf((i - 0.5) / N))
    low, high = (line.get_ydata() for line in ax.lines[:2])
    assert low == pytest.approx(fit.dist.ppf(stats.beta(i, N + 1 - i).ppf(0.025)))
    assert high == pytest.approx(fit.dist.ppf(stats.beta(i, N + 1 - i).ppf(0.975)))


def test_rows_without_weight_are_no_points_and_weights_move_the_quantiles() -> None:
    x, y = labelled(alone("weighted", "qq"), "data").get_data()
    w = rows()["w"]
    order = np.argsort(rows()["x"][w > 0])
    mine = w[w > 0][order]
    assert y == pytest.approx(np.exp(rows()["x"][w > 0][order]))
    assert fitted("weighted").dist.cdf(x) == pytest.approx((np.cumsum(mine) - mine / 2) / mine.sum())


def test_of_a_regression_residuals_are_held_against_the_normal() -> None:
    x, y = labelled(alone("counts", "qq"), "data").get_data()
    assert y == pytest.approx(np.sort(fitted("counts").residuals()))
    assert x == pytest.approx(stats.norm.ppf((np.arange(N) + 0.5) / N))


# -- residuals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["counts", "tries", "two formulas"])
def test_residuals_stand_against_the_fitted_mean(name: str) -> None:
    x, y = labelled(alone(name, "residuals"), "rows").get_data()
    assert x == pytest.approx(fitted(name).predict())
    assert y == pytest.approx(fitted(name).residuals())


def test_of_a_net_too() -> None:
    fit = fitted("net")
    x, y = labelled(alone("net", "residuals"), "rows").get_data()
    assert x == pytest.approx(fit.predict())
    assert y == pytest.approx((rows()["v"] - fit.predict()) / fit["sd"])


def test_the_running_mean_is_over_neighbours_and_of_many_rows_some_are_drawn() -> None:
    x = np.linspace(0, 1, 6000)
    fit = mlekit.fit({"x": x, "y": x + np.where(np.arange(6000) % 2, 1.0, -1.0)}, "y ~ x", family="normal")
    ax = fit.plot("residuals").axes[0]
    assert labelled(ax, "running mean").get_ydata() == pytest.approx(np.zeros(12), abs=1e-2)
    assert len(labelled(ax, "rows").get_xdata()) == 2000
    assert "2,000 of 6,000 rows drawn" in ax.get_title(loc="left")


# -- effects ----------------------------------------------------------------------------------------------------------


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
    fit, ax = fitted("tries"), alone("tries", "effects", params="g")
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


def test_a_net_has_its_mean_along_each_input() -> None:
    fit, ax = fitted("net"), fitted("net").plot("effects").axes[0]
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
    assert "3 more as usual" in made.axes[0].get_title(loc="left")
    long = {"g": [f"level {k % 40}" for k in range(200)], "y": rng.normal(size=200)}
    tall = mlekit.fit(long, "y ~ g", family="normal")
    (ax,) = tall.plot("effects").axes
    assert len(ax.get_xticks()) == 20
    assert "the 20 most frequent of 40 levels" in said(ax.figure)


# -- groups -----------------------------------------------------------------------------------------------------------


def test_a_forest_is_the_estimates_in_order_with_their_intervals() -> None:
    fit = fitted("shops")
    for ax, param in zip(fit.plot("forest").axes, ["mean", "shape"], strict=True):
        order = fit.params[param].sort_values().index
        assert ax.lines[0].get_xdata() == pytest.approx(fit.params.loc[order, param].to_numpy())
        assert bars(ax) == pytest.approx(np.maximum(fit.conf_int(param).loc[order].to_numpy(), 0))
        assert [text.get_text() for text in ax.get_yticklabels()] == [str(key) for key in order]
        assert f"dashed: the median, {fit.params[param].median():.4g}; 5 groups" in said(ax.figure)


def test_of_many_groups_the_extremes_are_named_and_the_others_are_a_strip() -> None:
    fit = fitted("many shops")
    ax = fit.plot("forest", params="mean").axes[0]
    ordered = fit.params["mean"].sort_values()
    named = [*ordered.index[:8], *ordered.index[-8:]]
    texts = [text.get_text() for text in ax.get_yticklabels()]
    assert texts == [*map(str, named), "284 more"]
    assert ax.lines[0].get_xdata() == pytest.approx(ordered[named].to_numpy())
    drawn = np.concatenate([bars(ax)[:8], bars(ax)[-8:]])
    assert drawn == pytest.approx(np.maximum(fit.conf_int("mean").loc[named].to_numpy(), 0))
    strip = np.quantile(ordered.to_numpy()[8:-8], [0.05, 0.95, 0.25, 0.75])
    assert bars(ax)[8:10].ravel() == pytest.approx(strip)


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


def test_a_share_of_one_has_no_interval_and_it_is_said() -> None:
    fit = mlekit.fit({"g": [1, 1, 2, 2], "y": [1, 1, 0, 1]}, "y", family="bernoulli", by="g")
    ax = fit.plot("forest").axes[0]
    assert ax.lines[0].get_xdata().tolist() == [0.5, 1.0]
    assert "1 of those named without a standard error" in ax.get_title(loc="left").replace("\n", " ")


def test_a_table_is_the_probability_of_each_level_in_each_group() -> None:
    fit = fitted("grouped levels")
    ax, _ = fit.plot("table").axes
    assert (ax.images[0].get_array() == fit.params.to_numpy()).all()
    assert [text.get_text() for text in ax.get_xticklabels()] == ["hi", "lo", "mid"]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["$we_st", "north", "south"]
    assert fit.plot().axes[0].images


# -- nets -------------------------------------------------------------------------------------------------------------


def test_the_loss_is_the_history() -> None:
    fit, ax = fitted("net"), alone("net", "loss")
    assert ax.lines[0].get_ydata() == pytest.approx(fit.history)
    assert f"from {fit.history[0]:.4g} to {fit.history[-1]:.4g}" in ax.figure.alt


def test_the_symbols_of_an_embedding_are_points() -> None:
    assert sorted(text.get_text() for text in alone("embedding", "embedding").texts) == list("01234")


# -- size -------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("family", ["normal", "student_t"])
def test_of_a_million_rows_few_points_are_drawn_and_both_ends_are_kept(family: str) -> None:
    y = np.random.default_rng(0).normal(size=1_000_000)
    fit = mlekit.fit(y, family=family)
    made = fit.plot()
    drawn = labelled(made.axes[-1], "data").get_ydata()
    assert len(drawn) <= 500
    assert (drawn[0], drawn[-1]) == (y.min(), y.max())


@pytest.mark.slow
def test_a_forest_of_a_hundred_thousand_groups_draws_the_extremes() -> None:
    fit = mlekit.fit(many(100_000), "y", family="gamma", by="g")
    ax = fit.plot("forest").axes[0]
    assert "99,984 more" in [text.get_text() for text in ax.get_yticklabels()]
