"""Pictures: what a panel shows can be read, on light and on dark, and pyplot does not keep it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from show.measures import brightness, demand_readable, faint, inked, overlaps, said, stands_out, words

from mlekit.errors import MissingDependency, OptionError
from mlekit.show import bars, curves, figure, heat_map, lines, page_style, point_map, search_paths
from mlekit.show.plot.colors import background, heat_colors, line_colors
from mlekit.show.plot.heat_maps import scale
from mlekit.show.plot.point_maps import principal
from mlekit.show.plot.training import running

pytestmark = pytest.mark.slow

LETTERS = ["", *"abcdefghijklmnopqrstuvwxyz"]
LOOKS = ["default", "dark_background", "ggplot", "Solarize_Light2", "classic"]
RNG = np.random.default_rng(0)
TABLE = RNG.dirichlet(np.full(27, 0.3), 27)
HISTORY = 2 + np.exp(-np.arange(500) / 100) + RNG.normal(0, 0.1, 500)
HELD_OUT = [(100, 2.6), (200, 2.4), (300, 2.3), (400, 2.35), (500, 2.5)]

table = partial(heat_map, row="previous", column="next", value="probability")
PANELS: dict[str, Callable[..., Any]] = {
    "curves": partial(curves, history=HISTORY, held_out=HELD_OUT),
    "curves of few steps": partial(curves, history=[3.0, 2.0, 1.5]),
    "heat_map": partial(table, values=TABLE, labels=LETTERS),
    "heat_map of few": partial(table, values=[[0.25, 0.75], [np.nan, np.nan]], labels=["a", "b"]),
    "heat_map of words": partial(table, values=TABLE, labels=["incomprehensible"] * 27),
    "bars": partial(bars, values=TABLE[0], labels=LETTERS, value="probability"),
    "bars of few": partial(bars, values=[0.9, 0.1], labels=["gru", "ngram"], value="weight"),
    "bars of many": partial(bars, values=np.arange(500.0), labels=[f"w{k}" for k in range(500)], value="weight"),
    "point_map": partial(point_map, rows=RNG.normal(size=(27, 8)), labels=LETTERS),
    "point_map of words": partial(point_map, rows=RNG.normal(size=(300, 8)), labels=[f"word{k}" for k in range(300)]),
}
X = np.linspace(-1, 1, 21)
PATHS = {"newton": [(0.9, 0.9), (0, 0)], "descent": [(0.9, 0.9), (0.5, 0.2), (0.2, 0.1), (0, 0)]}
PANELS |= {
    "lines": partial(
        lines,
        x=X,
        series={"heads": X**2, "tails": (1 - X) ** 2},
        xlabel="p",
        ylabel="loss",
        marks={"top": 0.2, "a half": 0.3, "zero": -0.9},
    ),
    "lines with a note": partial(
        lines, x=X, series={"heads": X**2}, xlabel="p", ylabel="loss", note="a note", marks={"top": 0.2, "next": 0.3}
    ),
    "line": partial(lines, x=X, series={"only": X**2}, xlabel="p", ylabel="loss"),
    "search_paths": partial(
        search_paths, x=X, y=X, heights=-(X**2 + 3 * X[:, None] ** 2), paths=PATHS, xlabel="a", ylabel="b"
    ),
}
each_panel = pytest.mark.parametrize("panel", PANELS.values(), ids=list(PANELS))


@pytest.fixture(autouse=True)
def nothing_is_left_in_pyplot() -> Iterator[None]:
    yield
    assert plt.get_fignums() == []


@pytest.fixture
def mine() -> Iterator[Any]:
    """An Axes of the user's, one of four of a figure that pyplot knows."""
    own, axes = plt.subplots(2, 2, layout="constrained", figsize=(9, 7))
    yield axes[0, 1]
    plt.close(own)


@pytest.mark.parametrize("look", LOOKS)
@each_panel
def test_words_do_not_overlap_and_what_is_drawn_stands_out(
    panel: Callable[..., Any], look: str, caplog: pytest.LogCaptureFixture
) -> None:
    with plt.style.context(look):
        demand_readable(figure([panel]))
    assert caplog.messages == []


@each_panel
def test_small_and_large_figures_can_be_read_too(panel: Callable[..., Any]) -> None:
    for style in [{"figure.figsize": (4.5, 3.6)}, {"figure.figsize": (12, 9)}, page_style()]:
        with mpl.rc_context(style):
            assert overlaps(figure([panel])) == []


@each_panel
def test_the_axes_that_is_given_is_drawn_into_and_comes_back(panel: Callable[..., Any], mine: Any) -> None:
    assert figure([panel], mine) is mine
    assert inked(mine) > 0.002
    assert overlaps(mine.figure) == []
    assert [ax for ax in mine.figure.axes if ax.has_data() and ax.get_label() != "<colorbar>"] == [mine]


def test_several_panels_stand_side_by_side() -> None:
    made = figure([PANELS[name] for name in ("curves", "heat_map", "bars", "point_map")])
    demand_readable(made)
    assert isinstance(made, Figure)
    assert made.get_size_inches().tolist() == [12.8, 9.6]


def test_a_notebook_is_given_a_png_and_no_display_is_asked_for() -> None:
    code = "from mlekit.show import figure\nimport sys\nmade = figure([lambda ax: ax.plot([1, 2])])\n"
    code += "print(made._repr_png_()[:4], 'matplotlib.pyplot' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.stdout.strip(), run.stderr) == (r"b'\x89PNG' False", "")


def test_an_argument_that_is_not_an_axes_is_refused_and_so_is_one_axes_for_two_panels(mine: Any) -> None:
    one, two = [PANELS["bars"]], [PANELS["bars"]] * 2
    for panels, ax, count in [(one, mine.figure, "one"), (two, mine, "2"), (one, [1], "one")]:
        with pytest.raises(OptionError, match=f"this picture needs {count} matplotlib Axes"):
            figure(panels, ax)


def test_as_many_axes_as_panels_are_drawn_into_and_come_back(mine: Any) -> None:
    axes = mine.figure.subplots(1, 2)
    assert figure([PANELS["bars of few"], PANELS["heat_map of few"]], axes) is axes
    assert axes[0].get_xlabel() == "weight"
    assert axes[1].get_ylabel() == "previous"


@each_panel
def test_a_picture_has_a_description(panel: Callable[..., Any]) -> None:
    assert len(figure([panel]).alt) > 20


@pytest.mark.parametrize("name", ["figure", "bars", "point_map"])
def test_without_matplotlib_the_error_gives_the_line_to_type(without: Callable[..., None], name: str) -> None:
    without("matplotlib")
    with pytest.raises(MissingDependency, match=r"pip install 'mlekit\[plot\]'"):
        getattr(import_module("mlekit.show"), name)


def test_the_package_lists_its_public_names_alone_and_has_no_others() -> None:
    package = import_module("mlekit.show")
    assert dir(package) == sorted(package.__all__)
    with pytest.raises(AttributeError, match="nosuch"):
        _ = import_module("mlekit.show").nosuch


# -- colours ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", ["white", "black", "#131416", "#e5e5e5", "#2b2b2b", "#fdf6e3", "#002b36", "#808080"])
def test_colors_stand_out_from_any_background_and_the_lightness_of_a_heat_map_is_monotone(paper: str) -> None:
    ax = Figure().subplots()
    ax.set_facecolor(paper)
    assert min(stands_out(colour, paper) for colour in line_colors(ax, 3)) >= 3
    steps = np.diff([brightness(colour) for colour in heat_colors(ax)(np.linspace(0, 1, 64))])
    assert (steps >= -1e-12).all() or (steps <= 1e-12).all()


def test_the_background_of_a_transparent_figure_is_the_one_on_which_its_text_can_be_read() -> None:
    for words_in, behind in [("black", "white"), ("white", "black")]:
        with mpl.rc_context({"figure.facecolor": "none", "axes.facecolor": "none", "axes.labelcolor": words_in}):
            assert background(Figure().subplots()) == behind
    with mpl.rc_context({"figure.facecolor": "navy", "axes.facecolor": "none"}):
        assert background(Figure().subplots()) == (0, 0, mpl.colors.to_rgb("navy")[2])


def test_a_faint_line_would_be_noticed() -> None:
    ax = Figure().subplots()
    ax.plot([1, 2], color="yellow", label="faint")
    assert faint(ax) == ["faint: yellow"]
    ax.text(0.5, 1.5, "one")
    ax.text(0.5, 1.5, "two")
    assert overlaps(ax.figure) == [("one", "two")]


# -- panels -----------------------------------------------------------------------------------------------------------


def test_curves_name_both_losses_and_mark_the_step_that_is_kept() -> None:
    (ax,) = figure([PANELS["curves"]]).axes
    trained, held_out, kept = ax.lines
    assert held_out.get_xydata().tolist() == [list(map(float, look)) for look in HELD_OUT]
    assert kept.get_xydata().tolist() == [[300, 2.3]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "training, mean of 10 steps",
        "held out",
        "kept: step 300, 2.3",
    ]
    assert len({(line.get_linestyle(), line.get_marker()) for line in ax.lines}) == 3
    assert trained.get_linewidth() <= 1


def test_the_running_mean_is_that_of_the_steps_around() -> None:
    step, mean, width = running(HISTORY)
    assert (width, step[0], step[-1]) == (10, 5.5, 495.5)
    assert mean[7] == pytest.approx(HISTORY[7:17].mean(), rel=1e-12)
    assert running(np.array([3.0, 2.0]))[0].tolist() == [1, 2]


def test_a_heat_map_has_a_name_for_each_row_and_column_and_shows_the_table() -> None:
    ax, bar = figure([PANELS["heat_map"]]).axes
    for axis in (ax.xaxis, ax.yaxis):
        assert [label.get_text() for label in axis.get_ticklabels()] == ["•", *LETTERS[1:]]
        assert min(label.get_fontsize() for label in axis.get_ticklabels()) >= 6
    assert (ax.images[0].get_array() == TABLE).all()
    assert (ax.get_xlabel(), ax.get_ylabel(), bar.get_ylabel()) == ("next", "previous", "probability")


def test_a_small_table_has_its_numbers_written_in_and_what_is_unknown_is_hatched() -> None:
    ax, _ = figure([PANELS["heat_map of few"]]).axes
    assert [text.get_text() for text in ax.texts] == ["0.25", "0.75"]
    assert ax.patch.get_hatch()
    image = ax.images[0]
    for text, value in zip(ax.texts, [0.25, 0.75], strict=True):
        assert stands_out(text.get_color(), image.cmap(image.norm(value))) >= 4.5


@pytest.mark.parametrize("top", [1.0, 0.76, 0.033, 0.5, 1e-4, 9.99e-7])
def test_a_scale_of_square_roots_has_round_numbers_with_room_between_them(top: float) -> None:
    ticks = scale(top)
    assert ticks[0] == 0
    assert ticks[-1] <= top
    assert len(ticks) >= 4
    assert np.diff(np.sqrt(np.array(ticks) / top)).min() >= 0.07


def test_bars_are_sorted_and_of_many_bars_the_largest_are_shown_and_a_note_says_so() -> None:
    (ax,) = figure([PANELS["bars of many"]]).axes
    assert [label.get_text() for label in ax.get_yticklabels()] == [f"w{k}" for k in range(499, 469, -1)]
    assert [bar.get_width() for bar in ax.patches] == list(range(499, 469, -1))
    assert "the 30 largest of 500" in said(ax.figure)
    (few,) = figure([PANELS["bars of few"]]).axes
    assert [text.get_text() for text in few.texts] == ["0.9", "0.1"]


def test_two_principal_directions_keep_the_distances_of_a_plane_and_its_variance() -> None:
    plane = RNG.normal(size=(20, 2)) * [3, 1]
    lifted = plane @ np.linalg.qr(RNG.normal(size=(6, 2)))[0].T + RNG.normal(size=6)
    places, variance = principal(lifted)
    for one, other in [(plane, places)]:
        apart = [np.linalg.norm(x[:, None] - x[None], axis=-1) for x in (one, other)]
        assert apart[0] == pytest.approx(apart[1], abs=1e-12)
    spread = np.linalg.eigvalsh(np.cov(lifted.T))[::-1]
    assert variance == pytest.approx(spread[:2] / spread.sum(), abs=1e-12)
    assert principal(lifted)[0].tolist() == places.tolist()


@pytest.mark.parametrize("shape", [(1, 1), (2, 1), (5, 1), (1, 4), (3, 3)])
def test_the_smallest_embeddings_have_a_map(shape: tuple[int, int]) -> None:
    rows = np.arange(float(np.prod(shape))).reshape(shape)
    (ax,) = figure([partial(point_map, rows=rows, labels=LETTERS[1:])]).axes
    assert len(ax.texts) == shape[0]
    assert overlaps(ax.figure) == []


def test_points_in_one_place_have_names_beside_it_with_a_line_to_each() -> None:
    rows = np.vstack([np.zeros((6, 2)), [[1, 0], [0, 1]]])
    (ax,) = figure([partial(point_map, rows=rows, labels=list("abcdefgh"))]).axes
    assert sorted(text.get_text() for text in ax.texts) == list("abcdefgh")
    assert overlaps(ax.figure) == []
    assert len(ax.collections[-1].get_offsets()) == 5  # a dot where a name had to go away; the first one stayed


def test_of_many_points_the_most_frequent_have_names_and_a_note_says_so() -> None:
    priority = np.arange(300)[::-1]
    made = figure([partial(PANELS["point_map of words"], priority=priority)])
    (ax,) = made.axes
    named = {text.get_text() for text in ax.texts}
    assert named <= {f"word{k}" for k in range(240, 300)}
    assert len(named) > 40
    assert f"{len(named)} of 300 are named, the most frequent that have room" in said(made)


@pytest.mark.parametrize("label", ["$x$", r"\frac", "a_b^c", "$", "\n", "\t", "x" * 200])
def test_a_label_is_not_markup_and_never_too_long(label: str) -> None:
    for panel in (
        partial(bars, values=[1.0, 2.0], labels=[label, "b"], value="weight"),
        partial(table, values=np.eye(2), labels=[label, "b"]),
        partial(point_map, rows=np.eye(2), labels=[label, "b"]),
    ):
        made = figure([panel])
        demand_readable(made)
        if label.isprintable() and len(label) < 10:
            assert label in said(made)
        assert not any(text.get_parse_math() for text in words(made) if text.get_text() == label)
