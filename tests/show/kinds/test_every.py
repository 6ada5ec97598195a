"""Every kind of picture of every kind of fit: what is drawn can be read, and other pictures are refused."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from show.kinds.fits import FITS, HAS, alone, each, fitted, many
from show.measures import alike_but_for_colour, demand_readable, inked, labelled

import mlekit
from mlekit.errors import OptionError
from mlekit.show.plot.kinds import kinds

# -- what holds of every picture ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FITS)
def test_a_fit_has_its_kinds_and_the_others_are_refused_with_a_sentence(name: str) -> None:
    assert tuple(kind for kind, it in kinds().items() if it.suits(fitted(name))) == HAS[name]
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
    assert all(text[0].isupper() and text.endswith(".") for text in made.descriptions.values())
    assert all(ax.get_xlabel() for ax in made.axes if ax.get_label() != "<colorbar>")


@pytest.mark.slow
@pytest.mark.parametrize("name", FITS)
def test_without_a_kind_it_is_what_one_would_look_at_first(name: str) -> None:
    made = fitted(name).plot()
    demand_readable(made)
    assert 1 <= len(made.panels) <= 6


def test_the_fit_comes_first_then_its_uncertainty_then_checks_of_it() -> None:
    def shown(name: str) -> list[str]:
        return [ax.get_xlabel() for ax in fitted(name).plot().axes]

    assert shown("coin") == ["y", "p"]
    assert shown("normal") == ["y", "mean", "sd", "fitted normal quantiles"]
    assert shown("beta prior") == ["y", "p"]
    assert shown("trials") == ["x", "g", "fitted mean", "standard normal quantiles"]
    assert shown("shops") == ["mean", "shape"]
    assert shown("network") == ["x0", "x1", "step", "fitted mean", "standard normal quantiles"]


@pytest.mark.parametrize(("name", "kind"), [("normal", "qq"), ("counts", "residuals"), ("network", "loss")])
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
    with pytest.raises(OptionError, match="this picture needs 2 matplotlib Axes"):
        fitted("normal").plot("profile", ax=axes[0])
    plt.close(own)


def test_params_selects_panels_and_the_nearest_name_is_suggested_for_a_wrong_one() -> None:
    assert alone("normal", "profile", params="sd").get_xlabel() == "sd"
    assert alone("counts", "effects", params="g").get_xlabel() == "g"
    assert [ax.get_xlabel() for ax in fitted("counts").plot("effects", params=["k", "x"]).axes] == ["k", "x"]
    with pytest.raises(OptionError, match="'maen'; did you mean 'mean'"):
        fitted("normal").plot("profile", params="maen")
    with pytest.raises(OptionError, match="'xx'"):
        fitted("counts").plot("effects", params="xx")
    with pytest.raises(OptionError, match="did you mean 'sd'"):
        fitted("normal").plot(params="sdd")
    for wrong in ([], 3):
        with pytest.raises(OptionError, match="give the name of a parameter or column, or a list of names"):
            fitted("normal").plot(params=wrong)
    assert fitted("counts").plot(params="x").axes[0].get_xlabel() == "x"


def test_the_nearest_kind_is_suggested_for_a_misspelt_one() -> None:
    with pytest.raises(OptionError, match="did you mean 'profile'"):
        fitted("normal").plot("profil")


@pytest.mark.parametrize("name", ["normal", "student t", "counts"])
def test_a_loaded_fit_without_rows_has_the_pictures_that_need_none(name: str, tmp_path: Path) -> None:
    fitted(name).save(tmp_path / "fit.json")
    loaded = mlekit.load(tmp_path / "fit.json")
    for kind, it in kinds().items():
        if it.suits(loaded):
            demand_readable(loaded.plot(kind))
    with pytest.raises(OptionError, match="data=True"):
        loaded.plot("qq")
    fitted(name).save(tmp_path / "whole.json", data=True)
    assert tuple(k for k, it in kinds().items() if it.suits(mlekit.load(tmp_path / "whole.json"))) == HAS[name]


def test_a_fit_with_all_parameters_fixed_has_no_curve() -> None:
    fit = mlekit.fit([1.0, 2.0], family="normal", fixed={"mean": 1.0, "sd": 1.0})
    with pytest.raises(OptionError, match="fixed with fixed="):
        fit.plot("likelihood")
    assert [ax.get_xlabel() for ax in fitted("fixed").plot("profile").axes] == ["mean"]


# -- size --------------------------------------------------------------------------------------------------------------


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
