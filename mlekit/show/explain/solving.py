"""How the maximum was found: by a formula, by one equation, or by a search."""

from __future__ import annotations

import numpy as np

from .page import Line
from .say import many, num
from .view import View

WAYS = {
    "newton": (
        "Each step lays the parabola on the curve that has its slope and its bend, and goes to the top of it "
        "(Newton's way)"
    ),
    "scipy": "Each step goes along the slope, bent by what earlier slopes said of the curvature",
    "torch": "Each step goes a little along the slope, as nets are trained",
}


def searched(view: View) -> list[str]:
    """What there is to say of a search."""
    s = view.solution
    asked = view.fit.estimator.solver != "auto"
    way = next((words for name, words in WAYS.items() if s.solver.startswith(name)), "")
    first = "You asked for a search, so" if asked else "mlekit has no formula for the place where the slope is zero, so"
    steps = f" in {many(s.iterations, 'step')}" if s.iterations else ""
    said = f"{first} the solver {s.solver} climbed{steps}"
    return [f"{said}. {way}." if way else f"{said}.", *_arrived(view)]


def by_formula(view: View) -> list[str]:
    """What there is to say of a formula that the words of the law do not write out."""
    if view.code == "closed_form":
        return ["The place where the slope is zero has a formula, so nothing was searched."]
    return [
        "One equation in a single number says where the slopes are zero; it was solved, and formulas give the rest."
    ]


def _arrived(view: View) -> list[str]:
    """Where it stands now."""
    s = view.solution
    if not view.ok:
        return ["It did not arrive at a peak: the reasons are at the top of this page."]
    left = None if s.decrement is None else float(np.ravel(s.decrement)[0])
    if left is None or not np.isfinite(left):
        return ["There the slope is zero to rounding, and the curve bends down in every direction."]
    bends = "the curve bends down in every direction"
    bends += " or falls from its kink" if view.rests else ""
    peaks = " Another start found another, lower peak." if "several_peaks" in view.fit.verdict.codes else ""
    near = (
        "is zero to rounding" if left < 1e-15 else f"would move no estimate by more than {num(left, 2)} standard errors"
    )
    return [(f"A further step {near}, and {bends}: that proves a peak, and not only that the steps got small.{peaks}")]


def least_squares(view: View) -> list[str]:
    """Linear equations, solved at once."""
    k = view.problem.size
    return [
        (
            "With normal errors of one sd the top is where the sum of squares is least. That gives linear equations, "
            "one for each coefficient: residuals times column add up to zero."
        ),
        Line("sum of (y - mean) x = 0 for every column x"),
        f"They were solved at once, by a formula; the sd follows. {many(k, 'number')} in all, no search and no start.",
    ]
