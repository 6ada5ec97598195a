"""How the maximum was found: by a formula, by one equation in one unknown, or by a search."""

from __future__ import annotations

import numpy as np

from .facts import Facts
from .formatting import many, num
from .page import Line

METHODS = {
    "newton": "Each step moves to the maximum of a quadratic approximation to the curve (Newton's method)",
    "scipy": "Each step follows the gradient, corrected for the curvature seen so far (a quasi-Newton method)",
    "torch": "Each step moves a little along the gradient, as in the training of networks",
}


def searched(facts: Facts) -> list[str]:
    """Return an account of a search."""
    s = facts.solution
    asked = facts.fit.estimator.solver != "auto"
    reason = "A search was requested" if asked else "mlekit has no closed form for this maximum"
    steps = f" in {many(s.iterations, 'step')}" if s.iterations else ""
    text = f"{reason}, so the solver {s.solver} searched for {'the maximum' if asked else 'it'}{steps}."
    method = next((f" {words}." for name, words in METHODS.items() if s.solver.startswith(name)), "")
    return [text + method, *_end(facts)]


def by_formula(facts: Facts) -> list[str]:
    """Return an account of a closed form that the words about the family do not write out."""
    if facts.code == "closed_form":
        return ["The maximum has a closed form, so no search was needed."]
    return [
        (
            "The score equations reduce to one equation in one unknown, which was solved by a search; the other "
            "estimates have closed forms."
        )
    ]


def _end(facts: Facts) -> list[str]:
    """State of the search at its last step."""
    s = facts.solution
    if not facts.ok:
        return ["It did not reach a maximum: the reasons are at the top of this page."]
    decrement = None if s.decrement is None else float(np.ravel(s.decrement)[0])
    curvature = "the curvature is negative in every direction"
    if facts.at_kink:
        curvature += " in which there is no kink"
    if decrement is None or not np.isfinite(decrement):
        return [f"At the end the gradient is zero to rounding, and {curvature}."]
    change = (
        "no estimate beyond rounding"
        if decrement < 1e-15
        else f"no estimate by more than {num(decrement, 2)} standard errors"
    )
    peaks = " Another start found another, lower maximum." if "several_peaks" in facts.fit.verdict.codes else ""
    return [
        (
            f"A further step would change {change}, and {curvature}: this proves a local maximum, and not only that "
            f"the steps became small.{peaks}"
        )
    ]


def least_squares(facts: Facts) -> list[str]:
    """Return an account of linear equations that were solved directly."""
    return [
        (
            "With normal errors and a common sd, the likelihood is highest where the sum of squares is lowest. This "
            "gives one linear equation per coefficient: the residuals are orthogonal to every column."
        ),
        Line("sum of (y - mean) x = 0 for every column x"),
        (
            "The equations were solved directly, and the sd follows from the residuals: "
            f"{many(facts.problem.size, 'parameter')} in all, without a search or a starting value."
        ),
    ]
