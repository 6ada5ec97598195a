"""How sure an estimate is: its error, its interval, and what these say and do not say."""

from __future__ import annotations

import numpy as np

from ...inference.information import critical
from . import belief
from .laws import Words
from .page import Line
from .say import columns, many, name, num, span
from .view import View

SHOWN = 6
FEW = 20
KINDS = {
    "unbiased": "the sum of squares divided by n - p, and intervals from Student's t, as lm in R has them",
    "hc": "computed from the squared residuals themselves (a sandwich), so that they hold where the variance is wrong",
    "robust": "computed from the squared scores themselves (a sandwich), so that they hold where the variance is wrong",
}


def sure(view: View, words: Words) -> list[str]:
    """The errors and intervals of a fit."""
    if not view.ok:
        return [
            (
                "No error or interval here can be trusted: they are the bend of the curve at its top, and this is not "
                "proved to be one."
            )
        ]
    if not view.free:
        return ["Nothing was free, so nothing is unsure."]
    other = view.solution.errors is not None
    law = [] if other or view.designs or not view.plain or not view.conjugate else words.information()
    return [
        *(belief.posterior(view) if view.believed else []),
        *(_kind(view) if other else law or _curvature(view)),
        *_table(view, bool(law)),
        *_said(view, words),
        *([] if other else words.remarks()),
        *_more(view, words),
    ]


def _kind(view: View) -> list[str]:
    kind = view.fit.cov_type
    told = next((words for start, words in KINDS.items() if kind.startswith(start)), "not those of the curvature")
    return [f"The errors are of the kind {kind!r}: {told}. They change no estimate."]


def _curvature(view: View) -> list[str]:
    """One over the root of the bend, for any law."""
    known = [n for n in view.free if view.error[n] > 0]
    what = "log posterior" if view.believed else "log-likelihood"
    if not known:
        return []
    if len(view.free) == 1:
        e = view.error[known[0]]
        return [
            f"How sharply the {what} bends at its top is the information, and one over its root is the error:",
            Line(f"information {num(e**-2)}    1/sqrt({num(e**-2)}) = {num(e)}"),
        ]
    still = " Those on the kink are left out, as if that were certain." if view.rests else ""
    return [
        (
            f"The {what} has {view.problem.size - len(view.rests)} directions, and bends down in each. The "
            "inverse of the matrix of these bends is the covariance of the estimates; the roots of its diagonal are "
            f"their errors.{still}"
        )
    ]


def _table(view: View, by_law: bool) -> list[str]:
    """The estimates with error and interval; of a regression the strongest are told of elsewhere."""
    intervals, _ = view.intervals
    names = [n for n in view.free if not view.designs or n in view.family.params][:SHOWN]
    ordered = [n for n in names if not np.isnan(intervals[n][0] + intervals[n][1])]
    if not ordered or (view.designs and not by_law and not ordered):
        return []
    rows = [["", "estimate", "error", "95% interval"]]
    rows += [
        [name(n), num(view.value[n]), num(view.error[n]) if view.error[n] > 0 else "none", span(*intervals[n])]
        for n in ordered
    ]
    rest = len([n for n in view.free if not view.designs]) - len(names)
    more = [f"The other {rest} are in fit.tidy()."] if rest > 0 else []
    return [*map(Line, columns(rows)), *more]


def _said(view: View, words: Words) -> list[str]:
    """What error and interval say."""
    intervals, method = view.intervals
    known = [n for n in view.free if view.error[n] > 0]
    first = view.main
    low, high = intervals[first]
    said = [_no_error(view)] if not known else [_error(view, first)]
    if known and view.designs and not np.isnan(low + high):
        said += _reach(view, first)
    if np.isnan(low + high):
        return said
    if method == "posterior":
        return [*said, belief.credible(low, high, first)]
    return [*said, _method(view, words, method, first)]


def _error(view: View, first: str) -> str:
    if view.believed:
        return f"The error of {name(first)} is the width of the posterior at its top, read as if it were a bell there."
    what = "with the same columns" if view.designs else "of the same law"
    who = f"the coefficient of {name(first)}" if view.designs and first not in view.family.params else name(first)
    another = "another row" if view.n == 1 else f"another {many(view.n, 'row')}"
    return (
        f"An error says how far an estimate would usually land from the truth: were {another} "
        f"{what} drawn, and again, {who} would scatter with an sd of about {num(view.error[first])}."
    )


def _reach(view: View, first: str) -> list[str]:
    """A Wald interval with its numbers."""
    times = critical(view.solution, 0.95)
    low, high = view.intervals[0][first]
    count = len(view.free) - len(view.rests)
    return [
        Line(
            f"{name(first)}: {num(view.value[first])} plus or minus {num(times)} * {num(view.error[first])}: "
            f"{span(low, high)}"
        ),
        f"Of {count} such intervals about {num(count / 20, 2)} can be expected to miss." if count >= FEW else "",
    ]


def _no_error(view: View) -> str:
    if view.at_end:
        return (
            "There is no standard error: it comes from the bend of the curve at a level top, and here the curve ends "
            "while it still has a slope. An interval does not need one."
        )
    return "There is no standard error here: the curve has no bend of a smooth top."


def _method(view: View, words: Words, method: str, first: str) -> str:
    low, high = view.intervals[0][first]
    held = f"the {span(low, high)} of {name(first)}"
    if view.believed:
        return _given_the_prior(method, held)
    return {
        "exact": (
            f"The interval is {words.exact}. Of all samples, 95 in 100 or more give an interval that holds the truth. "
            f"Whether {held} does, nobody can say, and 95% is not its probability: that takes a prior."
        ),
        "profile": (
            "The interval is the profile's: the values at which the log-likelihood, the others fitted anew, is no "
            f"more than {num(1.92)} below its top. It may be longer on one side, as the curve is. In the long run 95 "
            f"in 100 such intervals hold the truth; 95% is not the probability that {held} does."
        ),
    }.get(
        method,
        "Such an interval is Wald's, the estimate and so many errors to either side: right when the curve is a "
        "parabola, which many rows make it. It is a procedure that hits 95 times in 100, not a probability that the "
        "truth is in this one.",
    )


def _given_the_prior(method: str, held: str) -> str:
    ends = {
        "profile": f"ends where the log posterior, the others fitted anew, is {num(1.92)} below its top",
        "wald": "takes the posterior for a bell about its top, 1.96 errors to either side (Laplace's approximation)",
    }
    return (
        f"The interval, {held}, {ends.get(method, f'is of the kind {method}')}. It holds the parameter with a "
        "probability of about 95%, given the data, the law and this prior."
    )


def _more(view: View, words: Words) -> list[str]:
    said: list[str] = []
    if words.size() < FEW and not view.believed:
        said.append(
            f"So little ({many(words.size(), *words.unit)}) cannot tell much: take the interval more seriously than "
            "the estimate."
        )
    if not (view.believed or view.designs or view.at_end):
        said.append(f"To halve the interval takes about four times the {words.unit[1]}, {num(4 * words.size())}.")
    return said
