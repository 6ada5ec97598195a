"""Draws the picture of the README, docs/_static/picture.svg: one sentence, from a coin to a model of names.

    python scripts/make_picture.py

Everything in it is fitted and drawn by mlekit. The file carries its own light and dark colours.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

import lm
import mlekit
from mlekit.show import page_style, svg
from mlekit.show.plot.web import DARK, LIGHT, css_variables

OUT = Path(__file__).parents[1] / "docs" / "_static" / "picture.svg"
STYLE = f"""<style>svg {{ {css_variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ svg {{ {css_variables(DARK)} }} }}</style>
<rect width="100%" height="100%" rx="8" fill="var(--mlekit-paper)"/>"""
ALT = (
    "Four fits. The log-likelihood of a coin with its top at 0.7 and an interval; a histogram of waiting times with a "
    "gamma density; a logistic regression with a band; the table of which letter follows which in a list of names."
)


def coin(rng: np.random.Generator) -> Any:
    """Seven heads in ten: the hill that is climbed, its top, and the values that the data do not speak against."""
    return mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").plot("likelihood")


def waits(rng: np.random.Generator) -> Any:
    """Waiting times, and the gamma law under which they are least surprising."""
    return mlekit.fit({"minutes": rng.gamma(2.2, 4.0, 300)}, "minutes", family="gamma").plot("fit")


def cure(rng: np.random.Generator) -> Any:
    """Yes or no against a number, with the interval of the curve."""
    dose = rng.normal(0, 1.5, 120)
    healed = rng.random(120) < 1 / (1 + np.exp(-(0.4 + 1.3 * dose)))
    return mlekit.fit({"dose": dose, "healed": healed.astype(int)}, "healed ~ dose", family="bernoulli").plot("effects")


def names(rng: np.random.Generator) -> Any:
    """Which letter follows which in the list of names."""
    return mlekit.fit(lm.names(), family=lm.Bigram()).plot("table")


PANELS: dict[str, Callable[[np.random.Generator], Any]] = {
    'fit(flips, family="bernoulli")': coin,
    'fit(waits, family="gamma")': waits,
    'fit(df, "healed ~ dose", family="bernoulli")': cure,
    "fit(names, family=lm.Bigram())": names,
}


def draw() -> str:
    """The four panels as SVG, each under the line of code that fits it."""
    rng = np.random.default_rng(3)
    with rc_context({**page_style(), "font.size": 9}):
        sheet = Figure(figsize=(9.4, 6.6), layout="constrained")
        sheet.get_layout_engine().set(w_pad=0.15, h_pad=0.15)
        for ax, (code, fitted) in zip(sheet.subplots(2, 2).ravel(), PANELS.items(), strict=True):
            (panel,) = fitted(rng).panels
            panel(ax)
            ax.text(0.5, 1.12, code, transform=ax.transAxes, family="monospace", fontsize=10, ha="center")
        return svg(sheet, ALT).replace(">", ">\n" + STYLE, 1)


if __name__ == "__main__":
    OUT.write_text(draw(), encoding="utf-8")
    print(f"wrote {OUT.name}, {OUT.stat().st_size / 1024:.0f} KB")
