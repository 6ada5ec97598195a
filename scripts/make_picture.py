"""Draws the picture of the README, docs/_static/picture.svg: one sentence, from a coin to a model of names.

    python scripts/make_picture.py

Everything in it is fitted by mlekit. The file carries its own light and dark colours.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import lm
import mlekit

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs" / "_ext"))

from pictures import BLUE, GREY, HEAT, ORANGE, svg  # noqa: E402

OUT = ROOT / "docs" / "_static" / "picture.svg"
COLOURS = """<style>
:root { --color-foreground-primary: #1f2328; --color-foreground-muted: #6b7280; --color-brand-primary: #2f5d8a;
        --color-figure-second: #b4501e; --color-background-primary: #ffffff; }
@media (prefers-color-scheme: dark) {
:root { --color-foreground-primary: #e6e8eb; --color-foreground-muted: #9aa1ab; --color-brand-primary: #8fbbe6;
        --color-figure-second: #f0a272; --color-background-primary: #14171c; } }
</style>
<rect width="100%" height="100%" rx="8" fill="var(--color-background-primary)"/>"""


def coin(ax: Any) -> None:
    """The log-likelihood of seven heads in ten, its top, and the values that the data do not speak against."""
    fit = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
    curve = fit.profile("p", points=201, level=0.9999).to_frame()
    low, high = fit.conf_int("p", method="profile").to_numpy()[0]
    ax.plot(curve["p"], curve["log_likelihood"], color=BLUE)
    ax.plot([low, high], [fit.llf - 1.92] * 2, color=ORANGE, linewidth=3, solid_capstyle="butt")
    ax.plot(fit["p"], fit.llf, "o", color=ORANGE)
    ax.annotate("0.7", (0.7, fit.llf), (-4, 7), textcoords="offset points", color=ORANGE)
    ax.set(xlabel="probability of heads", ylabel="log-likelihood", ylim=(-14, -4.8), xlim=(0, 1))
    ax.set_title('fit(flips, family="bernoulli")', family="monospace")


def waits(ax: Any, rng: np.random.Generator) -> None:
    """Amounts, and the gamma law under which they are least surprising."""
    x = rng.gamma(2.2, 4.0, 300)
    fit = mlekit.fit(x, family="gamma")
    grid = np.linspace(0.01, x.max(), 200)
    ax.hist(x, bins=24, density=True, color=GREY, alpha=0.45)
    ax.plot(grid, np.exp(fit.log_prob(grid)), color=BLUE)
    ax.set(xlabel="minutes", ylabel="density", yticks=[])
    ax.set_title('fit(waits, family="gamma")', family="monospace")


def regression(ax: Any, rng: np.random.Generator) -> None:
    """Yes or no against a number, with the interval of the curve."""
    x = rng.normal(0, 1.5, 120)
    frame = {"x": x, "y": (rng.random(120) < 1 / (1 + np.exp(-(0.4 + 1.3 * x)))).astype(int)}
    fit = mlekit.fit(frame, "y ~ x", family="bernoulli")
    grid = np.linspace(-4, 4, 100)
    band = fit.predict({"x": grid}, interval="confidence")
    ax.plot(frame["x"], frame["y"] + rng.uniform(-0.03, 0.03, 120), ".", color=GREY, markersize=4)
    ax.fill_between(grid, band["lower"], band["upper"], color=BLUE, alpha=0.25, linewidth=0)
    ax.plot(grid, band["fit"], color=BLUE)
    ax.set(xlabel="x", ylabel="probability of y", yticks=[0, 0.5, 1])
    ax.set_title('fit(df, "y ~ x", family="bernoulli")', family="monospace")


def names(ax: Any) -> None:
    """Which letter follows which in 29,910 names, and what the table makes up."""
    fit = mlekit.fit(lm.names(), family=lm.Bigram())
    marks = [mark or "·" for mark in fit.params.columns]
    ax.imshow(fit.params, cmap=HEAT, vmax=0.4, interpolation="nearest")
    ax.set(xlabel="next letter", ylabel="letter before")
    ax.set_xticks(range(27), marks, fontsize=6)
    ax.set_yticks(range(27), marks, fontsize=6)
    ax.tick_params(length=0, pad=1)
    ax.set_title("fit(names, family=lm.Bigram())", family="monospace")
    invented = [word for word in fit.sample(200, seed=8, max_length=8) if 4 <= len(word) <= 7][:7]
    ax.text(28, 2, "invented:\n" + "\n".join(invented), va="top", linespacing=1.5, color=ORANGE)


def draw() -> str:
    """The four panels as SVG."""
    figure = Figure(figsize=(9, 6), layout="constrained")
    panels = figure.subplots(2, 2).ravel()
    rng = np.random.default_rng(3)
    coin(panels[0])
    waits(panels[1], rng)
    regression(panels[2], rng)
    names(panels[3])
    figure.get_layout_engine().set(w_pad=0.15, h_pad=0.15)
    drawn = svg(figure)
    return drawn.replace(">", ">\n" + COLOURS, 1)


if __name__ == "__main__":
    OUT.write_text(draw(), encoding="utf-8")
    print(f"wrote {OUT.relative_to(ROOT)}, {OUT.stat().st_size / 1024:.0f} KB")
