"""Standard errors and intervals of the estimates, and how to read them."""

from __future__ import annotations

import numpy as np

from ...inference import covariances
from ...inference.information import critical
from . import prior
from .facts import Facts
from .families import Words
from .formatting import columns, many, name, num, span
from .page import Line

SHOWN = 6
FEW = 20
CUT = 1.92  # half of the 95% quantile of the chi-squared distribution with one degree of freedom
AS_COUNTS = ", and the weights are numbers of rows"
AT_BOUNDARY = ", the more so at a boundary"
TYPES = {
    "unbiased": "the sum of squares is divided by n - p, and intervals use Student's t, as in lm of R",
    "hc": "a sandwich estimator from the squared residuals, valid with many rows even if the variance is misspecified",
    "robust": "a sandwich estimator from the squared scores, valid with many rows even if the variance is misspecified",
}


def uncertainty(facts: Facts, words: Words) -> list[str]:
    """Return the section about standard errors and intervals."""
    if not facts.ok:
        return [
            (
                "No standard error or interval can be trusted here: they are derived from the curvature at a maximum, "
                "and this is not proved to be one."
            )
        ]
    if not facts.free:
        return ["No parameter was estimated, so there is no uncertainty."]
    other = facts.solution.errors is not None
    by_family = not other and not facts.designs and facts.identical and facts.conjugate and facts.exact
    information = words.information() if by_family else []
    return [
        *(prior.posterior(facts) if facts.has_prior else []),
        *(_type(facts) if other else information or _curvature(facts, words)),
        *_table(facts),
        *_reading(facts, words),
        *([] if other or not facts.exact else words.remarks()),
        *_more(facts, words),
    ]


def _type(facts: Facts) -> list[str]:
    kind = facts.fit.cov_type
    meaning = next((words for start, words in TYPES.items() if kind.startswith(start)), covariances.get(kind).title)
    return [f"The standard errors are of type {kind!r}: {meaning}. The estimates are the same with every type."]


def _curvature(facts: Facts, words: Words) -> list[str]:
    """Standard errors from the observed information, for any family."""
    known = [n for n in facts.free if facts.error[n] > 0]
    if not known:
        return []
    if len(facts.free) == 1:
        e = facts.error[known[0]]
        return [words.information_is, Line(f"information {num(e**-2)}    1/sqrt({num(e**-2)}) = {num(e)}")]
    kink = " Coefficients at the kink of their prior are treated as known." if facts.at_kink else ""
    return [
        (
            f"The {words.information_name} is minus the matrix of second derivatives of the {words.curve} at its "
            f"maximum, for {_parameters(facts)} parameters. Its inverse is the covariance matrix of the estimates, and "
            f"the square roots of the diagonal are the standard errors.{kink}"
        )
    ]


def _parameters(facts: Facts) -> int:
    return facts.problem.size - len(facts.at_kink)


def _table(facts: Facts) -> list[str]:
    """Estimates with standard error and interval; coefficients are shown in another section."""
    intervals, _ = facts.intervals
    names = [n for n in facts.free if not facts.designs or n in facts.family.params][:SHOWN]
    known = [n for n in names if not np.isnan(intervals[n][0] + intervals[n][1])]
    if not known:
        return []
    rows = [["", "estimate", "std error", "95% interval"]]
    rows += [
        [name(n), num(facts.value[n]), num(facts.error[n]) if facts.error[n] > 0 else "none", span(*intervals[n])]
        for n in known
    ]
    rest = len([n for n in facts.free if not facts.designs]) - len(names)
    more = [f"The other {rest} are in fit.tidy()."] if rest > 0 else []
    return [*map(Line, columns(rows)), *more]


def _reading(facts: Facts, words: Words) -> list[str]:
    """The meaning of standard error and interval, with one parameter as the example."""
    intervals, method = facts.intervals
    known = [n for n in facts.free if facts.error[n] > 0]
    example = facts.example
    low, high = intervals[example]
    text = [_standard_error(facts, example)] if known else [_no_standard_error(facts)]
    if np.isnan(low + high):
        return text
    if known and facts.designs:
        text += _wald(facts, example)
    if method == "posterior":
        return [*text, prior.credible(low, high, example)]
    return [*text, _method(facts, words, method, example)]


def _standard_error(facts: Facts, example: str) -> str:
    if facts.has_prior:
        return (
            f"The standard error of {name(example)} is the sd of a normal approximation to the posterior at its mode."
        )
    same = "with the same columns" if facts.designs else "of the same distribution"
    another = "another row" if facts.n == 1 else f"another {many(facts.n, 'row')}"
    return (
        f"The standard error estimates the sd of an estimate over repeated samples: if {another} {same} were drawn "
        f"again and again, the estimate of {name(example)} would have an sd of about {num(facts.error[example])}."
    )


def _wald(facts: Facts, example: str) -> list[str]:
    """A Wald interval with its numbers."""
    estimate, error, times = num(facts.value[example]), num(facts.error[example]), num(critical(facts.solution, 0.95))
    count = len(facts.free) - len(facts.at_kink)
    return [
        Line(f"{name(example)}: {estimate} plus or minus {times} * {error}: {span(*facts.intervals[0][example])}"),
        f"Of {count} such intervals, about {num(count / 20, 2)} can be expected to miss the true value."
        if count >= FEW
        else "",
    ]


def _no_standard_error(facts: Facts) -> str:
    if facts.at_boundary:
        return (
            "There is no standard error: it is derived from the curvature where the score is zero, and on the "
            "boundary the score need not be zero. The interval does not depend on it."
        )
    return "There is no standard error, because the curvature at the estimate is not that of a smooth maximum."


def _method(facts: Facts, words: Words, method: str, example: str) -> str:
    this = f"{span(*facts.intervals[0][example])} for {name(example)}"
    if facts.has_prior:
        return _given_the_prior(method, this)
    return {
        "exact": (
            f"The interval is {words.exact}. If the rows come from this family{AS_COUNTS * facts.rows.weighted}, at "
            f"least 95% of all samples give an interval that contains the true value; 95% is not the probability that "
            f"this one ({this}) does, which would require a prior."
        ),
        "profile": (
            "The interval is a profile likelihood interval: the values at which the log-likelihood, maximised over "
            f"the other parameters, is no more than {CUT} below its maximum. It may be asymmetric. About 95% of all "
            f"samples give an interval that contains the true value: this is a limit for many rows, and with n = "
            f"{num(facts.n)} it is approximate{AT_BOUNDARY * facts.at_boundary}. 95% is not the probability that this "
            f"one ({this}) does."
        ),
    }.get(
        method,
        "This is a Wald interval, the estimate plus or minus a multiple of its standard error. It is accurate where "
        "the log-likelihood is close to quadratic, as it is with many rows. 95% is the approximate coverage of the "
        "procedure, not the probability that the true value is in this interval.",
    )


def _given_the_prior(method: str, this: str) -> str:
    ends = {
        "profile": f"ends where the log posterior, maximised over the other parameters, is {CUT} below its maximum",
        "wald": (
            "is from a normal approximation to the posterior at its mode, 1.96 standard errors to either side "
            "(Laplace's approximation)"
        ),
    }
    return (
        f"The interval ({this}) {ends.get(method, f'is of type {method}')}. Given the data, the family and the prior, "
        "it contains the parameter with a probability of about 95% if the posterior is close to normal, as with many "
        "rows."
    )


def _more(facts: Facts, words: Words) -> list[str]:
    text: list[str] = []
    if words.size() < FEW and not facts.has_prior:
        text.append(
            f"With so little data ({many(words.size(), *words.unit)}) the interval is more informative than the "
            "estimate."
        )
    if not (facts.has_prior or facts.designs or facts.at_boundary):
        text.append(
            f"To halve the width of the interval takes about four times as many {words.unit[1]}, "
            f"{num(4 * words.size())}."
        )
    return text
