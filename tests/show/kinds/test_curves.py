"""Curves of likelihood, profile and posterior are the fit's own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from show.kinds.fits import COIN, alone, fitted
from show.measures import labelled

import mlekit
from mlekit.priors import Beta, Flat, Normal

# -- likelihood and profile --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "param"), [("normal", "sd"), ("student t", "df"), ("scipy", "loc"), ("counts", "x")])
def test_a_profile_has_its_top_at_the_estimate_and_crosses_the_cut_at_the_interval(name: str, param: str) -> None:
    fit, ax = fitted(name), alone(name, "profile", params=param)
    x, y = labelled(ax, "log-likelihood").get_data()
    assert (x[np.argmax(y)], y.max()) == pytest.approx((fit[param], fit.llf))
    low, high = fit.conf_int(param, method="profile").to_numpy()[0]
    cut = fit.llf - stats.chi2.ppf(0.95, 1) / 2
    assert np.interp([low, high], x, y) == pytest.approx([cut] * 2, abs=0.02)
    assert labelled(ax, "1.92 below the maximum").get_ydata() == pytest.approx([cut] * 2)
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


def test_far_from_the_maximum_the_whole_curve_is_seen() -> None:
    ax = mlekit.fit([1] * 700 + [0] * 300, family="bernoulli", prior=Beta(900, 900)).plot("likelihood").axes[0]
    assert ax.lines[0].get_ydata().max() < ax.get_ylim()[1]
    assert "below the maximum because of the prior" in ax.get_title(loc="left").replace("\n", " ")


def test_the_likelihood_of_a_coin_is_its_formula() -> None:
    x, y = alone("coin", "likelihood").lines[0].get_data()
    assert y == pytest.approx(7 * np.log(x) + 3 * np.log1p(-x))


# -- posterior ---------------------------------------------------------------------------------------------------------


def test_prior_likelihood_and_posterior_of_a_coin_are_beta_densities() -> None:
    ax = alone("beta prior", "posterior")
    for label, parameters in [("prior", (10, 10)), ("likelihood, scaled", (8, 4)), ("posterior", (17, 13))]:
        x, y = labelled(ax, label).get_data()
        assert y == pytest.approx(stats.beta(*parameters).pdf(x), rel=1e-4, abs=1e-6)
    assert "mode 0.5714; 95% interval (posterior) 0.3894 to 0.7355" in ax.figure.alt


def test_probabilities_have_the_margins_of_a_dirichlet() -> None:
    for ax, mine in zip(fitted("probabilities").plot("posterior").axes, [3, 2, 1], strict=True):
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
    x, y = labelled(ax, "posterior (maximised over others), scaled").get_data()
    assert np.trapezoid(y, x) == pytest.approx(1)
    assert x[np.argmax(y)] == pytest.approx(fit["mean"], abs=0.02)
    seen = fit.profile("mean", level=0.9).to_frame().to_numpy()
    assert np.interp(seen[:, 0], x, np.log(y)) - np.log(y.max()) == pytest.approx(
        seen[:, 1] - seen[:, 1].max(), abs=0.01
    )


def test_a_long_tail_does_not_hide_the_peak_and_what_has_no_prior_of_its_own_has_a_flat_one() -> None:
    fit = mlekit.fit([3.0, 4, 5, 7], family="normal", prior={"mean": Normal(0, 1)})
    (ax,) = fit.plot("posterior", params="sd").axes
    x, y = labelled(ax, "posterior (maximised over others), scaled").get_data()
    assert x[np.argmax(y)] == pytest.approx(fit["sd"], abs=0.1)
    assert [text.get_text() for text in ax.get_legend().get_texts()][:2] == [
        "prior, flat (improper)",
        "likelihood and other priors, scaled",
    ]
